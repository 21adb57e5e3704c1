// The documents are true: generated pages are as committed, links lead somewhere, and commands do what is shown.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/docs/console_blocks.h"
#include "tests/docs/generated_pages.h"
#include "tests/docs/openapi_page.h"
#include "tests/support/paths.h"

namespace passerelle::docs {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = testing::kSourceDir;
const fs::path kProgram = std::string(testing::kBuildDir) + "/passerelle";

std::string ReadText(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::vector<fs::path> Documents() {
  std::vector<fs::path> paths = {kRoot / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "docs")) {
    if (entry.path().extension() == ".md") paths.push_back(entry.path());
  }
  return paths;
}

TEST(GeneratedPages, AreAsCommitted) {
  const api::DescriptorSet descriptors(std::string(testing::kBuildDir) + "/passerelle.binpb");
  for (const Page& page : GeneratedPages(descriptors)) {
    EXPECT_TRUE(ReadText(kRoot / "docs" / page.name) == page.text)
        << "docs/" << page.name << " differs; scripts/check.sh docs --update writes it";
  }
}

TEST(ConfigurationPage, SaysWhatEveryKeyMeans) {
  const std::string page = ConfigurationPage(api::DescriptorSet(std::string(testing::kBuildDir) + "/passerelle.binpb"));
  EXPECT_TRUE(absl::StrContains(page, "| `client_port.clients[].id` | text |")) << page;
  EXPECT_TRUE(absl::StrContains(page, "| `time_limits.call` | duration | 30s |")) << page;
  EXPECT_FALSE(absl::StrContains(page, "|  |\n")) << "a key without a comment";
}

TEST(OpenApiPage, RefersToWhatIsThere) {
  const std::string page = OpenApiPage(api::DescriptorSet(std::string(testing::kBuildDir) + "/passerelle.binpb"));
  const std::string kReference = "\"$ref\": \"#/components/";
  int references = 0;
  for (size_t at = page.find(kReference); at != std::string::npos; at = page.find(kReference, at + 1)) {
    const size_t begin = page.find('/', at + kReference.size()) + 1;
    const std::string name = page.substr(begin, page.find('"', begin) - begin);
    EXPECT_TRUE(absl::StrContains(page, absl::StrCat("\"", name, "\": {"))) << name;
    ++references;
  }
  EXPECT_GT(references, 50);
  EXPECT_TRUE(absl::StrContains(page, "\"/passerelle.exchange.v1.ExchangeService/CreateExchange\": {"));
  EXPECT_FALSE(absl::StrContains(page, "VerifyDocuments\"")) << "streams have no form over HTTP";
  for (const char* other : {"RelayService/", "NodeMapService/", "RegisterService/"}) {
    EXPECT_FALSE(absl::StrContains(page, other)) << other;
  }
  EXPECT_FALSE(absl::StrContains(page, "\"description\": \"\"")) << "something without a comment";
}

// Relative links, "[text](path#anchor)".
TEST(Links, LeadToFiles) {
  for (const fs::path& document : Documents()) {
    const std::string text = ReadText(document);
    for (size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const std::string target = text.substr(at + 2, text.find_first_of(")# ", at + 2) - at - 2);
      if (target.empty() || absl::StrContains(target, "://")) continue;
      EXPECT_TRUE(fs::exists(document.parent_path() / target)) << document << " leads to " << target;
    }
  }
}

// "[Suite.Name](../../tests/…/file.cc)" names a test of that file.
TEST(Links, ToTestsNameOnesThatAreThere) {
  const fs::path page = kRoot / "docs/operating/degraded.md";
  const std::string text = ReadText(page);
  int named = 0;
  for (size_t at = text.find("](../../tests/"); at != std::string::npos; at = text.find("](../../tests/", at + 1)) {
    const size_t begin = text.rfind('[', at) + 1;
    const std::vector<std::string> name = absl::StrSplit(text.substr(begin, at - begin), '.');
    ASSERT_EQ(name.size(), 2u);
    const std::string file = ReadText(page.parent_path() / text.substr(at + 2, text.find(')', at) - at - 2));
    EXPECT_TRUE(absl::StrContains(file, absl::StrCat("(", name[0], ", ", name[1], ")"))) << name[0] << "." << name[1];
    ++named;
  }
  EXPECT_GT(named, 10);
}

// Runs a command in a folder; its output, and its exit code.
std::pair<std::string, int> RunInShell(const std::string& command, const fs::path& folder) {
  const std::string script = absl::StrCat("cd '", folder.string(), "' && PATH='", testing::kBuildDir,
                                          "':\"$PATH\" && {\n", command, "\n} 2>&1");
  FILE* const pipe = popen(script.c_str(), "r");
  if (pipe == nullptr) return {"popen failed", -1};
  std::string output;
  std::array<char, 4096> buffer;
  for (size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) output.append(buffer.data(), got);
  const int status = pclose(pipe);
  return {output, WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

TEST(Commands, DoWhatTheDocumentsShow) {
  ASSERT_TRUE(fs::exists(kProgram)) << "build passerelle first";
  for (const fs::path& document : Documents()) {
    int number = 0;
    for (const std::vector<ConsoleCommand>& block : ConsoleBlocks(ReadText(document))) {
      const fs::path folder =
          fs::path(::testing::TempDir()) / absl::StrCat("docs_", document.stem().string(), ++number);
      fs::remove_all(folder);
      fs::create_directories(folder);
      for (const char* shared : {"tests", "docs", "gateway"})
        fs::create_directory_symlink(kRoot / shared, folder / shared);
      for (const ConsoleCommand& command : block) {
        SCOPED_TRACE(absl::StrCat(document.string(), ":", command.line, ": ", command.command));
        const auto [output, exit_code] = RunInShell(command.command, folder);
        EXPECT_EQ(exit_code, command.exit_code) << output;
        EXPECT_EQ(MissingLine(command.output, output), "") << output;
      }
      fs::remove_all(folder);
    }
  }
}

TEST(ConsoleBlocks, AreReadWithOutputContinuationAndExitCode) {
  const auto blocks =
      ConsoleBlocks("```sh\n$ not run\n```\n\n<!-- exit: 2 -->\n```console\n$ a\nx\n...\n$ b \\\n  c\ny\n```\n");
  ASSERT_EQ(blocks.size(), 1u);
  ASSERT_EQ(blocks[0].size(), 2u);
  EXPECT_EQ(blocks[0][0].command, "a");
  EXPECT_EQ(blocks[0][0].output, (std::vector<std::string>{"x", "..."}));
  EXPECT_EQ(blocks[0][0].exit_code, 0);
  EXPECT_EQ(blocks[0][1].command, "b \\\n  c");
  EXPECT_EQ(blocks[0][1].output, (std::vector<std::string>{"y"}));
  EXPECT_EQ(blocks[0][1].exit_code, 2);
  EXPECT_EQ(blocks[0][1].line, 10u);
}

TEST(ConsoleBlocks, MissingLinesAreFoundInOrder) {
  EXPECT_EQ(MissingLine({"a", "...", "c"}, "a\nb\nc\n"), "");
  EXPECT_EQ(MissingLine({"c", "a"}, "a\nb\nc\n"), "a");
  EXPECT_EQ(MissingLine({"d"}, "a\n"), "d");
}

}  // namespace
}  // namespace passerelle::docs
