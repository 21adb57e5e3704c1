// Every rule holds for this repository, and every rule can fail.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/arch/rules.h"
#include "tests/support/paths.h"

namespace passerelle::arch {
namespace {

const SourceTree& Repository() {
  static const auto* const tree = new SourceTree(SourceTree::Read(testing::kSourceDir));
  return *tree;
}

bool IsSuppressed(const Rule& rule, const Breach& breach) {
  for (const Suppression& suppression : Suppressions()) {
    if (absl::string_view(suppression.rule) == rule.name && suppression.path == breach.path) return true;
  }
  return false;
}

// A tree with exactly one breach of one rule.
struct Planted {
  const char* name;
  Check check;
  std::map<std::string, std::string> files;
  const char* expected;  // in "path:line: what"
};

// What GoogleTest prints of a parameter.
void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.name; }

class ArchRule : public ::testing::TestWithParam<Rule> {};

TEST_P(ArchRule, HoldsForTheRepository) {
  for (const Breach& breach : GetParam().check(Repository())) {
    if (IsSuppressed(GetParam(), breach)) continue;
    ADD_FAILURE() << breach.path << ":" << breach.line << ": " << breach.what;
  }
  if (HasFailure()) GTEST_LOG_(ERROR) << GetParam().name << ": " << GetParam().reason;
}

std::string NameOf(const ::testing::TestParamInfo<Rule>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Rules, ArchRule, ::testing::ValuesIn(Rules()), NameOf);

TEST(ArchSuppression, StillHasABreach) {
  for (const Suppression& suppression : Suppressions()) {
    bool found = false;
    for (const Rule& rule : Rules()) {
      if (absl::string_view(rule.name) != suppression.rule) continue;
      for (const Breach& breach : rule.check(Repository())) found = found || breach.path == suppression.path;
    }
    EXPECT_TRUE(found) << suppression.rule << " is no longer broken by " << suppression.path << ": delete the line";
  }
}

std::string Lines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += "  x();\n";
  return text;
}

std::vector<Planted> PlantedIncludes() {
  return {
      {"RoomAbove",
       CheckIncludeEdges,
       {{"core/elm/a.cc", "\n#include \"core/relay/inbox.h\"\n"}},
       "core/elm/a.cc:2: core/elm may not know core/relay"},
      {"RoomUnknown",
       CheckIncludeEdges,
       {{"core/cellar/a.cc", "#include \"core/base/problem.h\"\n"}},
       "core/cellar/a.cc:1: core/cellar is not in the table of rooms"},
      {"CoreKnowsGateway",
       CheckIncludeEdges,
       {{"core/base/a.h", "#include \"gateway/main.h\"\n"}},
       "core/base/a.h:1: the core includes gateway/main.h"},
      {"AdapterKnowsAnother",
       CheckIncludeEdges,
       {{"adapters/a/x.cc", "#include \"adapters/b/adapter.h\"\n"}},
       "adapters/a/x.cc:1: an adapter includes adapters/b/adapter.h"},
      {"AdapterKnowsRelay",
       CheckIncludeEdges,
       {{"adapters/a/x.cc", "#include \"passerelle/relay/v1/envelope.pb.h\"\n"}},
       "adapters/a/x.cc:1: an adapter includes passerelle/relay/v1/envelope.pb.h"},
      {"GatewayKnowsOneAdapter",
       CheckIncludeEdges,
       {{"gateway/main.cc", "#include \"adapters/elmo/adapter.h\"\n"}},
       "instead of adapters/registry.h"},
      {"ProductKnowsTests",
       CheckIncludeEdges,
       {{"gateway/main.cc", "#include \"tests/support/clock.h\"\n"}},
       "gateway/main.cc:1: the product includes tests/support/clock.h"},
      {"CoreKnowsGrpc",
       CheckCoreIsPure,
       {{"core/relay/a.cc", "#include <grpcpp/grpcpp.h>\n"}},
       "core/relay/a.cc:1: includes grpcpp/grpcpp.h"},
      {"CoreReadsFiles", CheckCoreIsPure, {{"core/relay/a.cc", "#include <fstream>\n"}}, "includes fstream"},
      {"StoreChosenInside",
       CheckConcreteStores,
       {{"gateway/grpc/a.cc", "#include \"gateway/store/sqlite_store.h\"\n"}},
       "gateway/grpc/a.cc:1: includes gateway/store/sqlite_store.h"},
  };
}

std::vector<Planted> PlantedTexts() {
  return {
      {"NoPragmaOnce", CheckHeaders, {{"core/base/a.h", "// What it is.\n"}}, "no #pragma once"},
      {"NoHeaderComment", CheckHeaders, {{"core/base/a.h", "#pragma once\n"}}, "no comment at the top"},
      {"LongFile", CheckFileLength, {{"core/base/a.cc", Lines(601)}}, "601 lines"},
      {"LongFunction",
       CheckFunctionLength,
       {{"core/base/a.cc", absl::StrCat("void F() {\n", Lines(70), "}\n")}},
       "core/base/a.cc:1: a function of 72 lines"},
      {"LongFunctionInClass",
       CheckFunctionLength,
       {{"core/base/a.cc", absl::StrCat("namespace a {\nclass B {\n  void F() {\n", Lines(69), "  }\n};\n}\n")}},
       "core/base/a.cc:3: a function of 71 lines"},
      {"WallClock", CheckBannedCalls, {{"core/base/a.cc", "auto x = absl::Now();\n"}}, "absl::Now; use base::Clock"},
      {"Environment", CheckBannedCalls, {{"gateway/grpc/a.cc", "auto x = getenv(\"A\");\n"}}, "getenv; use"},
      {"Output", CheckBannedCalls, {{"core/base/a.cc", "std::cout << 1;\n"}}, "std::cout; use"},
      {"Tab", CheckPlainText, {{"core/base/a.cc", "\tint x;\n"}}, "a tab"},
      {"DirectionMark", CheckPlainText, {{"core/base/a.cc", "int x; // \xE2\x80\xAE\n"}}, "an invisible character"},
      {"Latin1", CheckPlainText, {{"core/base/a.cc", "// caf\xE9\n"}}, "not UTF-8"},
      {"TrailingBlank", CheckPlainText, {{"core/base/a.cc", "int x; \n"}}, "blanks at the end"},
      {"Unfinished", CheckUnfinished, {{"docs/a.md", "the word TODO\nTODO: b\n"}}, "docs/a.md:2: TODO"},
      {"MachinePath", CheckMachinePaths, {{"docs/a.md", absl::StrCat("see /ho", "me/anna/x\n")}}, "docs/a.md:1"},
  };
}

std::vector<Planted> PlantedCatalogues() {
  return {
      {"LimitWithoutTest",
       CheckLimitsAreTested,
       {{"core/base/limits.h", "// Bytes.\ninline constexpr int kA = 1;\n"}},
       "names no test"},
      {"LimitWithLostTest",
       CheckLimitsAreTested,
       {{"core/base/limits.h", "// Test: tests/unit/a_test.cc, big.\ninline constexpr int kA = 1;\n"}},
       "there is no tests/unit/a_test.cc"},
      {"ReasonUnused",
       CheckReasonsAreUsed,
       {{"core/base/problems.def", "PROBLEM(kA, \"A\")\n"}, {"core/base/a.cc", "// kA\nauto x = \"kA\";\n"}},
       "problems.def:1: kA is never"},
      {"AdapterWithoutLine",
       CheckAdapterTable,
       {{"adapters/adapters.cmake", "\n"}, {"adapters/b/adapter.h", "\n"}},
       "has no line for b"},
      {"AdapterWithoutFolder",
       CheckAdapterTable,
       {{"adapters/adapters.cmake", "passerelle_adapter(a)\n"}, {"tests/golden/a/x", ""}},
       "there is no adapters/a/adapter.h"},
      {"SourceNotBuilt",
       CheckSourcesAreBuilt,
       {{"core/base/CMakeLists.txt", "passerelle_library(a SOURCES a.cc)\n"},
        {"core/base/a.cc", ""},
        {"core/base/b.cc", ""}},
       "core/base/b.cc:0: no CMakeLists.txt names it"},
  };
}

class PlantedBreach : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedBreach, IsFoundAndNothingElse) {
  const std::vector<Breach> breaches = GetParam().check(SourceTree(GetParam().files));
  ASSERT_EQ(breaches.size(), 1u);
  const std::string found = absl::StrCat(breaches[0].path, ":", breaches[0].line, ": ", breaches[0].what);
  EXPECT_TRUE(absl::StrContains(found, GetParam().expected)) << found;
}

std::string NameOfPlanted(const ::testing::TestParamInfo<Planted>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Includes, PlantedBreach, ::testing::ValuesIn(PlantedIncludes()), NameOfPlanted);
INSTANTIATE_TEST_SUITE_P(Texts, PlantedBreach, ::testing::ValuesIn(PlantedTexts()), NameOfPlanted);
INSTANTIATE_TEST_SUITE_P(Catalogues, PlantedBreach, ::testing::ValuesIn(PlantedCatalogues()), NameOfPlanted);

TEST(CodeLines, BlankCommentsAndLiterals) {
  EXPECT_EQ(CodeLines("a /* b */ c // d\n"), (std::vector<std::string>{"a         c     ", ""}));
  EXPECT_EQ(CodeLines("f(\"x\\\"{\", '{', 1'000);"), (std::vector<std::string>{"f(\"    \", ' ', 1'000);"}));
  EXPECT_EQ(CodeLines("R\"(a\n{)\" b"), (std::vector<std::string>{"    ", "    b"}));
  EXPECT_EQ(CodeLines("#define A {\\\n  {\nb"), (std::vector<std::string>{"", "", "b"}));
}

TEST(EmptyFolders, AreFoundAtAnyDepth) {
  const std::string root = absl::StrCat(::testing::TempDir(), "/arch_empty_folders");
  std::filesystem::create_directories(absl::StrCat(root, "/a/b"));
  std::filesystem::create_directories(absl::StrCat(root, "/build/c"));
  std::ofstream(absl::StrCat(root, "/a/file.txt")) << "x";
  const std::vector<Breach> breaches = CheckEmptyFolders(SourceTree::Read(root));
  std::filesystem::remove_all(root);
  ASSERT_EQ(breaches.size(), 1u);
  EXPECT_EQ(breaches[0].path, "a/b");
}

TEST(FunctionLength, CountsNoDataAndNoNestedScopes) {
  EXPECT_TRUE(CheckFunctionLength(SourceTree({{"a.cc", absl::StrCat("int x[] = {\n", Lines(100), "};\n")}})).empty());
  EXPECT_TRUE(CheckFunctionLength(SourceTree({{"a.cc", absl::StrCat("class A {\n", Lines(100), "};\n")}})).empty());
  EXPECT_TRUE(CheckFunctionLength(SourceTree({{"a.cc", absl::StrCat("void F() {\n", Lines(68), "}\n")}})).empty());
}

}  // namespace
}  // namespace passerelle::arch
