// `passerelle federation` as scripts call it: exit codes, JSON, refusals. docs/operating/federation.md shows the same
// for people, and its commands are run as well.
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/proof/key.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"

namespace passerelle::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Three authorities, of which two sign; nodes NO and NL.
class FederationCommandTest : public ::testing::Test {
 protected:
  FederationCommandTest() {
    for (const char* name : {"ada", "bo", "cleo", "no", "nl"}) {
      const auto key = proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256).value();
      WriteAll(Path(std::string(name) + ".pem"), key.ToPem().value());
      chmod(Path(std::string(name) + ".pem").c_str(), 0600);
      const Outcome exported = RunProgram({"/usr/bin/openssl", "pkey", "-in", Path(std::string(name) + ".pem"),
                                           "-pubout", "-out", Path(std::string(name) + ".pub")});
      EXPECT_EQ(exported.exit_code, 0) << exported.err;
    }
  }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  // Runs a command; words that begin with '@' are files of the folder.
  Outcome Run(const std::vector<std::string>& words) const {
    std::vector<std::string> arguments = {Passerelle(), "federation"};
    for (const std::string& word : words) {
      const size_t at = word.find('@');
      arguments.push_back(at == std::string::npos ? word : word.substr(0, at) + Path(word.substr(at + 1)));
    }
    return RunProgram(arguments);
  }

  void MakeMap() {
    ASSERT_EQ(Run({"init", "--name", "test", "--threshold", "2", "--authority", "Ada=@ada.pub", "--authority",
                   "Bo=@bo.pub", "--authority", "Cleo=@cleo.pub", "--out", "@draft.yaml"})
                  .exit_code,
              0);
    for (const char* node : {"NO", "NL"}) {
      const std::string key = node == std::string("NO") ? "@no.pub" : "@nl.pub";
      const Outcome added = Run({"add", "@draft.yaml", "--node", node, "--country", node, "--authority",
                                 std::string("Centre of ") + node, "--endpoint", "node.example:7443", "--message-key",
                                 key, "--answers", "recognition", "--levels", "5-8", "--json"});
      ASSERT_EQ(added.exit_code, 0) << added.err;
      EXPECT_EQ(At(added.out, "/nodes"), node == std::string("NO") ? "1" : "2");
    }
    ASSERT_EQ(Run({"propose", "@draft.yaml", "--at", "2026-03-01", "--out", "@map.json"}).exit_code, 0);
    ASSERT_EQ(Run({"show", "@map.json", "--root"}).exit_code, 0);
    WriteAll(Path("root.yaml"), Run({"show", "@map.json", "--root"}).out);
  }

  const std::string folder_ = ScratchFolder();
};

TEST_F(FederationCommandTest, IsWrittenAsJsonAtEveryStep) {
  MakeMap();
  const Outcome proposed = Run({"propose", "@draft.yaml", "--at", "2026-03-01", "--out", "@map.json", "--json"});
  EXPECT_EQ(At(proposed.out, "/version"), "1");
  EXPECT_EQ(At(proposed.out, "/signed_by"), "[]");
  EXPECT_EQ(At(proposed.out, "/warnings"), "[]");
  EXPECT_THAT(At(proposed.out, "/changes/0/change"), "added");
  const Outcome signed_once = Run({"sign", "@map.json", "--key", "@ada.pem", "--json"});
  EXPECT_EQ(At(signed_once.out, "/signed_by"), "[\"Ada\"]") << signed_once.err;
  const Outcome early = Run({"verify", "@map.json", "--root", "@root.yaml", "--at", "2026-03-02", "--json"});
  EXPECT_EQ(early.exit_code, 1);
  EXPECT_EQ(At(early.out, "/reason"), "NODE_MAP_SIGNATURES");
  EXPECT_EQ(At(early.out, "/place"), "signatures");
  EXPECT_EQ(Run({"sign", "@map.json", "--key", "@cleo.pem", "--out", "@two.json"}).exit_code, 0);
  const Outcome combined = Run({"combine", "@map.json", "@two.json", "--out", "@both.json", "--json"});
  EXPECT_EQ(At(combined.out, "/signed_by"), "[\"Ada\",\"Cleo\"]") << combined.err;
  const Outcome good = Run({"verify", "@both.json", "--root", "@root.yaml", "--at", "2026-03-02", "--json"});
  EXPECT_EQ(good.exit_code, 0) << good.out;
  EXPECT_EQ(At(good.out, "/good"), "true");
  EXPECT_EQ(At(good.out, "/stale"), "false");
  EXPECT_EQ(At(good.out, "/signed_by"), "[\"Ada\",\"Cleo\"]");
  EXPECT_EQ(At(good.out, "/sha256"), At(combined.out, "/sha256"));
  const Outcome stale = Run({"verify", "@both.json", "--root", "@root.yaml", "--at", "2026-06-05", "--json"});
  EXPECT_EQ(At(stale.out, "/stale"), "true") << stale.out;
  EXPECT_EQ(Run({"verify", "@both.json", "--root", "@root.yaml", "--at", "2026-07-01"}).exit_code, 1);
  const Outcome shown = Run({"show", "@both.json", "--json"});
  EXPECT_EQ(At(shown.out, "/nodes/1/id"), "NL");
  EXPECT_THAT(At(shown.out, "/nodes/0/competences/0"), HasSubstr("levels 5 to 8"));
  const Outcome published =
      Run({"publish", "@both.json", "--root", "@root.yaml", "--to", "@node-map.json", "--at", "2026-03-02", "--json"});
  EXPECT_EQ(At(published.out, "/good"), "true");
  EXPECT_EQ(ReadAll(Path("node-map.json")), ReadAll(Path("both.json")));
  const Outcome same = Run({"diff", "@both.json", "@node-map.json", "--json"});
  EXPECT_EQ(same.exit_code, 0);
  EXPECT_EQ(At(same.out, "/changes"), "[]");
}

TEST_F(FederationCommandTest, RoutesWithExitCodesOfTheirOwn) {
  MakeMap();
  const std::vector<std::string> question = {"route",     "--map",       "@map.json", "--at", "2026-03-02",
                                             "--purpose", "recognition", "--country", "NO",   "--json"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), question.begin(), question.end());
    return Run(more);
  };
  const Outcome found = with({"--level", "6"});
  EXPECT_EQ(found.exit_code, 0) << found.out;
  EXPECT_EQ(At(found.out, "/outcome"), "found");
  EXPECT_EQ(At(found.out, "/candidates/0/node"), "NO");
  EXPECT_THAT(At(found.out, "/steps/0"), HasSubstr("levels 5 to 8"));
  const Outcome asked = with({});
  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_EQ(At(asked.out, "/outcome"), "ambiguous");
  EXPECT_EQ(At(asked.out, "/missing"), "[\"level\"]");
  const Outcome unknown = with({"--level", "4"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_EQ(At(unknown.out, "/outcome"), "unknown");
  // An unsigned proposal is looked at, but not believed where a root is named.
  EXPECT_THAT(At(with({"--level", "6", "--root", Path("root.yaml")}).out, "/place"),
              AllOf(HasSubstr("map.json"), HasSubstr("root.yaml"), HasSubstr("signatures")));
}

TEST_F(FederationCommandTest, RefusesAndWritesNothing) {
  MakeMap();
  EXPECT_THAT(Run({"sign", "@map.json", "--key", "@no.pem"}).err, StartsWith("FIELD_INVALID at key"));
  EXPECT_THAT(Run({"sign", "@map.json", "--key", "@absent.pem"}).err, StartsWith("KEY_UNUSABLE"));
  EXPECT_THAT(Run({"publish", "@map.json", "--root", "@root.yaml", "--to", "@node-map.json"}).err,
              StartsWith("NODE_MAP_SIGNATURES at signatures"));
  EXPECT_NE(access(Path("node-map.json").c_str(), F_OK), 0);
  const std::string draft = ReadAll(Path("draft.yaml"));
  EXPECT_THAT(Run({"add", "@draft.yaml", "--node", "BG"}).err, StartsWith("FIELD_MISSING at nodes[BG]"));
  EXPECT_THAT(Run({"add", "@draft.yaml", "--node", "NL", "--message-key", "@no.pub"}).err,
              StartsWith("NODE_MAP_UNUSABLE at nodes[1].message_keys[1]"));
  EXPECT_EQ(ReadAll(Path("draft.yaml")), draft);
  EXPECT_THAT(Run({"init", "--name", "x", "--threshold", "2", "--authority", "Ada=@ada.pub", "--out", "@x.yaml"}).err,
              StartsWith("NODE_MAP_UNUSABLE at root.threshold"));
  EXPECT_THAT(Run({"show", "@draft.yaml"}).err, HasSubstr(" at "));
  EXPECT_EQ(Run({"show", "@absent.json"}).exit_code, 1);
}

struct UsageCase {
  const char* name;
  std::vector<std::string> words;
  const char* says;
};

class FederationUsageTest : public FederationCommandTest, public ::testing::WithParamInterface<UsageCase> {};

TEST_P(FederationUsageTest, ExitsWith64) {
  const Outcome outcome = Run(GetParam().words);
  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().says));
  EXPECT_THAT(outcome.err, HasSubstr("write: passerelle federation"));
}

INSTANTIATE_TEST_SUITE_P(
    All, FederationUsageTest,
    ::testing::Values(UsageCase{"NoSubcommand", {}, "subcommand"},
                      UsageCase{"UnknownSubcommand", {"crown"}, "subcommand"},
                      UsageCase{"AuthorityWithoutFile",
                                {"init", "--name", "x", "--threshold", "1", "--out", "x", "--authority", "Ada"},
                                "--authority"},
                      UsageCase{"LevelsTurnedRound",
                                {"add", "x", "--node", "NO", "--answers", "recognition", "--levels", "8-5"},
                                "--levels"},
                      UsageCase{
                          "UnknownPurpose", {"add", "x", "--node", "NO", "--answers", "glory"}, "further-learning"},
                      UsageCase{"LevelsWithoutPurpose", {"add", "x", "--node", "NO", "--levels", "5"}, "--answers"},
                      UsageCase{"LivesTooLong", {"propose", "x", "--out", "y", "--life", "400"}, "--life"},
                      UsageCase{"VerifyWithoutRoot", {"verify", "x"}, "--root"},
                      UsageCase{"VerifyAtNoTime", {"verify", "x", "--root", "y", "--at", "soon"}, "--at"},
                      UsageCase{"RouteToNoCountry",
                                {"route", "--map", "x", "--purpose", "recognition", "--country", "norway"},
                                "--country"},
                      UsageCase{"RouteAtLevelNine",
                                {"route", "--map", "x", "--purpose", "recognition", "--country", "NO", "--level", "9"},
                                "--level"}),
    [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace passerelle::tests
