#include "gateway/registers/file_register.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using authenticity::v1::REGISTER_FINDING_IN_FORCE;
using authenticity::v1::REGISTER_FINDING_NOT_ISSUED;
using authenticity::v1::REGISTER_FINDING_REVOKED;
using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kIndex[] = R"(entries:
- credential_id: c1
  file: one.xml
  holder_reference: h1
  issue_time: 2026-01-10T00:00:00Z
  media_type: application/xml
- credential_id: c2
  file: sub/two.json
  holder_reference: h2
  issue_time: 2026-01-11T00:00:00Z
  revoke_time: 2026-03-01T00:00:00Z
- credential_id: c3
  file: three.json
  holder_reference: h1
  issue_time: 2027-01-01T00:00:00Z
)";

class FileRegisterTest : public ::testing::Test {
 public:
  ~FileRegisterTest() override { std::filesystem::remove_all(folder_); }

  void Put(const std::string& file, const std::string& content) {
    const std::string path = absl::StrCat(folder_, "/", file);
    std::ofstream(path + ".new") << content;
    std::filesystem::rename(path + ".new", path);
  }

 protected:
  FileRegisterTest() : clock_(absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone())) {
    static int count = 0;
    folder_ = absl::StrCat(::testing::TempDir(), "/file_register_", getpid(), "_", ++count);
    std::filesystem::create_directories(folder_ + "/sub");
    Put("one.xml", "<one/>");
    Put("sub/two.json", "{\"two\":2}");
    Put("three.json", "{\"three\":3}");
    Put("register.yaml", kIndex);
  }
  absl::StatusOr<std::unique_ptr<FileRegister>> Open() {
    return FileRegister::Open(folder_, &clock_, [this](const absl::Status& status) { changes_.push_back(status); });
  }

  std::string folder_;
  ::passerelle::testing::FakeClock clock_;
  std::vector<absl::Status> changes_;
};

TEST_F(FileRegisterTest, ReturnsAnEntryWithItsDocumentByteForByte) {
  auto reg = Open();
  ASSERT_THAT(reg, IsOk());
  const auto entry = (*reg)->LookUpCredential("c1");
  ASSERT_THAT(entry, IsOk());
  EXPECT_EQ(entry->document().content(), "<one/>");
  EXPECT_EQ(entry->document().sha256(), base::Sha256Hex("<one/>"));
  EXPECT_EQ(entry->document().media_type(), "application/xml");
  EXPECT_EQ(entry->holder_reference(), "h1");
  EXPECT_THAT((*reg)->LookUpCredential("c9"), HasReason(Reason::kResourceNotFound));
}

TEST_F(FileRegisterTest, SaysWhatItKnowsOfADigest) {
  auto reg = Open();
  ASSERT_THAT(reg, IsOk());
  const auto finding = [&](absl::string_view content) {
    return (*reg)->ConfirmDigest(base::Sha256Hex(content))->finding();
  };
  EXPECT_EQ(finding("<one/>"), REGISTER_FINDING_IN_FORCE);
  EXPECT_EQ(finding("{\"two\":2}"), REGISTER_FINDING_REVOKED);
  EXPECT_EQ(finding("{\"three\":3}"), REGISTER_FINDING_NOT_ISSUED) << "its issue lies ahead";
  EXPECT_EQ(finding("<one/> "), REGISTER_FINDING_NOT_ISSUED);
  clock_.Set(absl::FromCivil(absl::CivilDay(2026, 2, 1), absl::UTCTimeZone()));
  EXPECT_EQ(finding("{\"two\":2}"), REGISTER_FINDING_IN_FORCE) << "it is revoked only later";
}

TEST_F(FileRegisterTest, ListsAHoldersEntriesPageByPage) {
  auto reg = Open();
  ASSERT_THAT(reg, IsOk());
  const auto ids = [&](absl::string_view holder, absl::string_view after, int limit) {
    std::vector<std::string> out;
    const auto entries = (*reg)->ListHolderCredentials(holder, after, limit);
    EXPECT_THAT(entries, IsOk());
    for (const auto& entry : *entries) {
      EXPECT_FALSE(entry.has_document());
      out.push_back(entry.credential_id());
    }
    return out;
  };
  EXPECT_THAT(ids("h1", "", 10), ElementsAre("c1", "c3"));
  EXPECT_THAT(ids("h1", "", 1), ElementsAre("c1"));
  EXPECT_THAT(ids("h1", "c1", 1), ElementsAre("c3"));
  EXPECT_THAT(ids("nobody", "", 10), ElementsAre());
}

TEST_F(FileRegisterTest, TakesAChangedIndexWithoutARestart) {
  auto reg = Open();
  ASSERT_THAT(reg, IsOk());
  Put("register.yaml", "entries:\n- {credential_id: c9, file: one.xml, issue_time: \"2026-01-10T00:00:00Z\"}\n");
  EXPECT_THAT((*reg)->LookUpCredential("c9"), IsOk());
  EXPECT_THAT((*reg)->LookUpCredential("c1"), HasReason(Reason::kResourceNotFound));
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_THAT(changes_[0], IsOk());
}

TEST_F(FileRegisterTest, KeepsTheIndexWhenTheChangedOneCannotBeUsed) {
  auto reg = Open();
  ASSERT_THAT(reg, IsOk());
  Put("register.yaml", "entires: []\n");
  EXPECT_THAT((*reg)->LookUpCredential("c1"), IsOk());
  EXPECT_THAT((*reg)->LookUpCredential("c1"), IsOk());
  ASSERT_EQ(changes_.size(), 1u) << "it is tried once for each change";
  EXPECT_THAT(changes_[0], HasReason(Reason::kConfigInvalid));
}

TEST_F(FileRegisterTest, NeverGivesOutADocumentThatChangedBehindItsBack) {
  auto reg = Open();
  ASSERT_THAT(reg, IsOk());
  Put("one.xml", "<forged/>");
  EXPECT_THAT((*reg)->LookUpCredential("c1"), HasReason(Reason::kRegisterUnavailable));
  EXPECT_EQ((*reg)->ConfirmDigest(base::Sha256Hex("<forged/>"))->finding(), REGISTER_FINDING_NOT_ISSUED);
  std::filesystem::remove(folder_ + "/one.xml");
  EXPECT_THAT((*reg)->LookUpCredential("c1"), HasReason(Reason::kRegisterUnavailable));
}

struct Fault {
  std::string name;
  std::string entry;
  std::string detail;
};

class FileRegisterRefuses : public FileRegisterTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(FileRegisterRefuses, AnIndexThatCannotBeUsed) {
  std::filesystem::create_symlink("/etc/hostname", folder_ + "/link");
  Put("register.yaml", absl::StrCat("entries:\n- {", GetParam().entry, "}\n"));
  const auto reg = Open();
  EXPECT_THAT(reg, HasReason(Reason::kConfigInvalid));
  EXPECT_THAT(base::DetailOf(reg.status()), HasSubstr(GetParam().detail));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FileRegisterRefuses,
    ::testing::Values(
        Fault{"PathUp", "credential_id: a, file: ../no-such-document, issue_time: \"2026-01-10T00:00:00Z\"",
              "no such file"},
        Fault{"PathUpToAFile", "credential_id: a, file: ../../etc/hostname, issue_time: \"2026-01-10T00:00:00Z\"", ""},
        Fault{"Absolute", "credential_id: a, file: /etc/hostname, issue_time: \"2026-01-10T00:00:00Z\"", ""},
        Fault{"LinkOut", "credential_id: a, file: link, issue_time: \"2026-01-10T00:00:00Z\"", "not in the register"},
        Fault{"NoFile", "credential_id: a, issue_time: \"2026-01-10T00:00:00Z\"", "no such file"},
        Fault{"NoId", "file: one.xml, issue_time: \"2026-01-10T00:00:00Z\"", "credential_id is missing"},
        Fault{"NoIssueTime", "credential_id: a, file: one.xml", "issue_time is missing"},
        Fault{"IdTwice",
              "credential_id: a, file: one.xml, issue_time: \"2026-01-10T00:00:00Z\"}\n- {credential_id: a, file: "
              "three.json, issue_time: \"2026-01-10T00:00:00Z\"",
              "credential_id stands twice"},
        Fault{"DocumentTwice",
              "credential_id: a, file: one.xml, issue_time: \"2026-01-10T00:00:00Z\"}\n- {credential_id: b, file: "
              "one.xml, issue_time: \"2026-01-10T00:00:00Z\"",
              "same document"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(FileRegisterTest, NamesAFolderWithoutIndex) {
  std::filesystem::remove(folder_ + "/register.yaml");
  EXPECT_THAT(Open(), HasReason(Reason::kInputNotReadable));
}

}  // namespace
}  // namespace passerelle::gateway
