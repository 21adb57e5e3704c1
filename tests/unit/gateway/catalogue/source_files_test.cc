#include "gateway/catalogue/source_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

namespace fs = std::filesystem;
using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;

class SourceFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / "source_files_test";
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "sub" / "empty");
    for (const char* name : {"b.json", "a.json", "sub/c.json", ".partial", "no\xffutf8"}) std::ofstream(folder_ / name);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::vector<std::string> Names(const std::vector<std::string>& paths) {
    const auto files = SourceFiles(paths);
    EXPECT_OK(files);
    std::vector<std::string> names;
    if (!files.ok()) return names;
    for (const CataloguePath& file : *files) {
      EXPECT_TRUE(fs::exists(file.path)) << file.name;
      names.push_back(file.name);
    }
    return names;
  }

  fs::path folder_;
};

TEST_F(SourceFilesTest, FoldersHaveTheirFilesByName) {
  EXPECT_THAT(Names({folder_.string()}), ElementsAre("a.json", "b.json", "no\\xffutf8", "sub/c.json"));
  EXPECT_THAT(Names({folder_.string() + "/"}), ElementsAre("a.json", "b.json", "no\\xffutf8", "sub/c.json"));
  const std::string file = (folder_ / "b.json").string();
  EXPECT_THAT(Names({file, (folder_ / "sub").string()}), ElementsAre(file, (folder_ / "sub" / "c.json").string()));
  // Whether a file is there is found out when it is read.
  EXPECT_OK(SourceFiles({"/nowhere"}));
}

// What was read of one of them must not be taken for the other.
TEST_F(SourceFilesTest, FilesOfOneNameInSeveralFoldersAreTold) {
  const fs::path one = folder_ / "sub";
  const fs::path other = folder_ / "other";
  fs::create_directories(other);
  std::ofstream(other / "c.json");
  EXPECT_THAT(Names({one.string() + "/", other.string()}),
              ElementsAre((one / "c.json").string(), (other / "c.json").string()));
}

TEST_F(SourceFilesTest, AFolderWithoutFilesIsNoSource) {
  const std::string empty = (folder_ / "sub" / "empty").string();
  EXPECT_THAT(SourceFiles({empty}), HasReasonAt(Reason::kInputNotReadable, empty));
}

TEST_F(SourceFilesTest, FilesAreBounded) {
  EXPECT_OK(SourceFiles({folder_.string()}, 4));
  EXPECT_THAT(SourceFiles({folder_.string()}, 3), HasReasonAt(Reason::kInputTooLarge, "catalogue"));
  EXPECT_THAT(SourceFiles({"a", "b"}, 1), HasReasonAt(Reason::kInputTooLarge, "catalogue"));
}

}  // namespace
}  // namespace passerelle::gateway
