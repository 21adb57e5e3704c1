// What scripts/new-adapter.sh makes is an adapter: it is listed, it recognises and reads its example, and it accounts
// for what the example says beyond its rules.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sample_register/adapter.h"
#include "core/document/translate.h"
#include "tests/support/paths.h"

namespace passerelle {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

document::Registry OneAdapter() {
  std::vector<std::unique_ptr<const document::Adapter>> adapters;
  adapters.push_back(adapters::sample_register::MakeAdapter());
  return document::Registry(std::move(adapters));
}

TEST(NewAdapterTest, ReadsItsExample) {
  const document::Registry registry = OneAdapter();
  const std::string input = ReadFile(PASSERELLE_SAMPLE_TREE "/tests/golden/sample_register/first/input.json");
  EXPECT_EQ(document::Detect(registry, input).format, "sample-register");
  const auto translated = document::Translate(registry, input, {});
  ASSERT_TRUE(translated.ok()) << translated.status();
  const auto& claim = translated->credential->credential_subject().person().has_claim(0).learning_achievement();
  EXPECT_EQ(claim.title(0).value(), "First steps");
  EXPECT_EQ(claim.awarded_by().awarding_date(), "2025-06-30T00:00:00Z");
  ASSERT_EQ(translated->report.dropped_size(), 1);
  EXPECT_EQ(translated->report.dropped(0).source(), "/award/remark");
}

TEST(NewAdapterTest, HasItsLine) {
  EXPECT_EQ(ReadFile(PASSERELLE_SAMPLE_TREE "/adapters/adapters.cmake"), "passerelle_adapter(sample_register)\n");
}

TEST(NewAdapterTest, TheScriptRefusesWhatIsNoNameAndWhatIsThere) {
  const std::string script = std::string(testing::kSourceDir) + "/scripts/new-adapter.sh ";
  EXPECT_NE(std::system((script + "Bad-Name " PASSERELLE_SAMPLE_TREE " 2>/dev/null").c_str()), 0);
  EXPECT_NE(std::system((script + "sample_register " PASSERELLE_SAMPLE_TREE " 2>/dev/null").c_str()), 0);
}

}  // namespace
}  // namespace passerelle
