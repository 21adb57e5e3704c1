// The contract of the command line that does not depend on a document: exit codes, usage errors, shapes.
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Outcome RunPasserelle(std::vector<std::string> arguments, absl::string_view standard_input = "",
                      const std::vector<std::string>& environment = {}) {
  arguments.insert(arguments.begin(), Passerelle());
  return RunProgram(arguments, standard_input, environment);
}

std::string Document(const std::string& name) {
  return std::string(testing::kSourceDir) + "/tests/cli/documents/" + name;
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* says;
};

class UsageError : public ::testing::TestWithParam<UsageCase> {};

TEST_P(UsageError, ExitsWith64AndOneLineThatSaysWhatToWrite) {
  const Outcome outcome = RunPasserelle(GetParam().arguments);
  EXPECT_EQ(outcome.exit_code, 64);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("write: passerelle "));
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().says));
  const std::vector<std::string> lines = absl::StrSplit(outcome.err, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 1u) << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(
    CommandLine, UsageError,
    ::testing::Values(UsageCase{"NoCommand", {}, "translate"},
                      UsageCase{"UnknownCommand", {"transmogrify"}, "translate"},
                      UsageCase{"UnknownOption", {"formats", "--xml"}, "passerelle formats [--json]"},
                      UsageCase{"TranslateWithoutFile", {"translate"}, "FILE"},
                      UsageCase{"TranslateFromUnknownFormat", {"translate", "x", "--from", "morse"}, "one of elm"},
                      UsageCase{"TranslateToOtherFormat", {"translate", "x", "--to", "elm-xml"}, "elm"},
                      UsageCase{"RefuseLossOfUnknownElement", {"translate", "x", "--refuse-loss", "A1-M12"}, "A1-M11"},
                      UsageCase{"ReportIndexNoNumber", {"translate", "x", "--report-index", "two"}, "--report-index"},
                      UsageCase{"ReportIndexNegative", {"translate", "x", "--report-index", "-1"}, "--report-index"},
                      UsageCase{"SealWithoutCertificate", {"translate", "x", "--seal", "k"}, "--certificate"},
                      UsageCase{"CertificateWithoutSeal", {"translate", "x", "--certificate", "c"}, "--seal"},
                      UsageCase{"SealOfAnotherFormat",
                                {"translate", "x", "--to", "openbadges3", "--seal", "k", "--certificate", "c"},
                                "elm and elmo"},
                      UsageCase{"TimeStampOnXml",
                                {"translate", "x", "--to", "elmo", "--seal", "k", "--certificate", "c", "--time-stamps",
                                 "http://127.0.0.1:1"},
                                "elm only"},
                      UsageCase{"RecognitionWithoutCommand", {"recognition"}, "check POLICY"},
                      UsageCase{"RecognitionCheckWithoutPolicy", {"recognition", "check"}, "POLICY"},
                      UsageCase{"EvaluateWithoutCase", {"recognition", "evaluate", "--policy", "p"}, "--case"},
                      UsageCase{"EvaluateAtNoDay",
                                {"recognition", "evaluate", "--policy", "p", "--case", "c", "--at", "2026-02-30"},
                                "--at"},
                      UsageCase{"VerifyAtNoTime", {"verify", "x", "--at", "yesterday"}, "--at"},
                      UsageCase{"VerifyAtNoDay", {"verify", "x", "--at", "2026-02-30"}, "--at"},
                      UsageCase{"VerifyAtWithoutOffset", {"verify", "x", "--at", "2026-02-03T10:00:00"}, "--at"},
                      UsageCase{"VerifyAtInfinity", {"verify", "x", "--at", "infinite-future"}, "--at"},
                      UsageCase{"VerifyAnchorsAbsent", {"verify", "x", "--anchors", "/no/such/folder"}, "--anchors"},
                      UsageCase{"CheckInUnknownLanguage", {"check", "x", "--lang", "no"}, "bg, cs, da, de"},
                      UsageCase{"CheckTwoFiles", {"check", "x", "y"}, "FILE"},
                      UsageCase{"AcceptsForNoPurpose",
                                {"catalogue", "accepts", "--providers", "p", "--for", "fun"},
                                "credit, access, exemption"},
                      UsageCase{"AcceptsByNoScheme",
                                {"catalogue", "accepts", "--providers", "p", "--quality", "iso"},
                                "esg, eqavet, eqf_annex_iv, national, label, internal"},
                      UsageCase{"EligibleWithoutRegister", {"catalogue", "eligible", "o"}, "--register"},
                      UsageCase{"ServeWithoutConfig", {"serve"}, "--config"},
                      UsageCase{"StoreWithoutCommand", {"store"}, "subcommand"},
                      UsageCase{"StoreCheckWithoutConfig", {"store", "check"}, "--config"},
                      UsageCase{"StoreCopyWithoutTarget", {"store", "copy", "--from", "a"}, "--to"},
                      UsageCase{"StoreBackupWithoutFile", {"store", "backup", "--config", "a"}, "--to"},
                      UsageCase{"StoreRestoreWithoutFile", {"store", "restore", "--config", "a"}, "--from"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Usage, OfACommandBelowIsItsOwnAlone) {
  const Outcome step = RunPasserelle({"recognition", "step"});
  EXPECT_THAT(step.err, HasSubstr("write: passerelle recognition step CASE --step STEP"));
  EXPECT_THAT(step.err, HasSubstr("; NODE is --node HOST:PORT"));
  EXPECT_THAT(step.err, Not(HasSubstr("evaluate --policy")));
  const Outcome check = RunPasserelle({"recognition", "check"});
  EXPECT_THAT(check.err, ::testing::EndsWith("write: passerelle recognition check POLICY... [--json]\n"));
}

TEST(CaseCommands, WhatIsNoAddressIsRefusedBeforeAnythingIsCalled) {
  for (const std::string node : {"nowhere", "nl.example:0", ":7443", "https://nl.example:7443", "::1:7443"}) {
    const Outcome outcome = RunPasserelle(
        {"recognition", "list", "--node", node, "--certificate", "c", "--key", "k", "--authorities", "a"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, ::testing::StartsWith("FIELD_INVALID at --node " + node + ": ")) << node;
  }
}

TEST(CommandLine, HelpAndVersionAreNoErrors) {
  EXPECT_EQ(RunPasserelle({"--help"}).exit_code, 0);
  EXPECT_THAT(RunPasserelle({"--help"}).out, HasSubstr("translate"));
  EXPECT_THAT(RunPasserelle({"translate", "--help"}).out, HasSubstr("--refuse-loss"));
  EXPECT_THAT(RunPasserelle({"version"}).out, ::testing::StartsWith("passerelle "));
  EXPECT_EQ(RunPasserelle({"--version"}).out, RunPasserelle({"version"}).out);
}

TEST(CommandLine, FormatsHaveTheContractsShape) {
  const Outcome outcome = RunPasserelle({"formats", "--json"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(At(outcome.out, "/0/id"), "elm");
  for (const char* member : {"versions", "directions"}) {
    EXPECT_THAT(At(outcome.out, std::string("/0/") + member), ::testing::StartsWith("[\"")) << member;
  }
  EXPECT_THAT(RunPasserelle({"formats"}).out, HasSubstr("elmo"));
}

TEST(Detect, NamesEveryFileInOrder) {
  const std::string folder = ScratchFolder();
  WriteAll(folder + "/nothing.txt", "just text");
  const std::string elmo = Document("transcript.elmo.xml");
  const Outcome text = RunPasserelle({"detect", elmo, folder + "/nothing.txt"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_EQ(text.out, "elmo  " + elmo + "\nunknown  " + folder + "/nothing.txt\n");
  const Outcome json = RunPasserelle({"detect", "--json", elmo, folder + "/nothing.txt"});
  EXPECT_EQ(At(json.out, "/0/format"), "elmo");
  EXPECT_EQ(At(json.out, "/0/confidence"), "100");
  EXPECT_EQ(At(json.out, "/1/format"), "unknown");
  EXPECT_EQ(At(json.out, "/1/confidence"), "0");
}

TEST(Detect, SaysWhatAFileOfNoFormatIs) {
  const std::string file = ScratchFolder() + "/scan.pdf";
  WriteAll(file, "%PDF-1.7\n");
  const Outcome text = RunPasserelle({"detect", file});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_THAT(text.out, ::testing::StartsWith("unknown  " + file + "  (it is a PDF, "));
  EXPECT_THAT(At(RunPasserelle({"detect", "--json", file}).out, "/0/what"), HasSubstr("it is a PDF"));
}

TEST(Detect, AFileNameForgesNoLine) {
  const std::string file = ScratchFolder() + "/a\nelmo  b\x1B[31m\u202E";
  WriteAll(file, "x");
  const Outcome outcome = RunPasserelle({"detect", file});
  EXPECT_THAT(outcome.out, ::testing::EndsWith("/a\\x0aelmo  b\\x1b[31m\\u202e\n"));
}

TEST(Detect, WritesJsonForAFileNameThatIsNotUtf8) {
  const std::string file = ScratchFolder() + "/caf\xE9";
  WriteAll(file, "x");
  EXPECT_EQ(At(RunPasserelle({"detect", "--json", file}).out, "/0/format"), "unknown");
}

TEST(Input, ThatCannotBeReadIsNamed) {
  const std::string folder = ScratchFolder();
  for (const std::string& file : {folder + "/absent", folder}) {
    for (const char* command : {"detect", "translate", "check"}) {
      const Outcome outcome = RunPasserelle({command, file});
      EXPECT_EQ(outcome.exit_code, 1) << command;
      EXPECT_THAT(outcome.err, ::testing::StartsWith("INPUT_NOT_READABLE at " + file + ": "));
      EXPECT_THAT(outcome.out, IsEmpty());
    }
    // What could not be read was not judged.
    EXPECT_EQ(RunPasserelle({"verify", file}).exit_code, 2);
  }
}

TEST(Translate, ReadsStandardInputAsItReadsFiles) {
  const std::string document = ReadAll(Document("transcript.elmo.xml"));
  const Outcome piped = RunPasserelle({"translate", "-"}, document);
  EXPECT_EQ(piped.exit_code, 0);
  EXPECT_EQ(At(piped.out, "/type/1"), "EuropeanDigitalCredential");
  EXPECT_EQ(piped.out, RunPasserelle({"translate", Document("transcript.elmo.xml")}).out);
}

TEST(Translate, PutsTheAccountIntoTheReportAndASummaryOnTheErrorStream) {
  const std::string report = ScratchFolder() + "/report.json";
  const Outcome outcome = RunPasserelle({"translate", Document("transcript.elmo.xml"), "--report", report});
  EXPECT_EQ(outcome.exit_code, 0);
  const std::string json = ReadAll(report);
  EXPECT_EQ(At(json, "/from"), "elmo");
  EXPECT_EQ(At(json, "/to"), "elm");
  EXPECT_EQ(At(json, "/elements/A1-M02/status"), "stated");
  EXPECT_EQ(At(json, "/elements/A1-M11/status"), "missing");
  for (const char* member : {"mapping_version", "dropped", "diagnostics", "score"}) {
    EXPECT_NE(At(json, std::string("/") + member), "absent") << member;
  }
  EXPECT_THAT(outcome.err, HasSubstr("missing"));
  EXPECT_THAT(outcome.err, HasSubstr("A1-M11"));
}

TEST(Translate, RefusesTheNamedLossAndWritesNothing) {
  const std::string report = ScratchFolder() + "/report.json";
  const Outcome refused = RunPasserelle(
      {"translate", Document("transcript.elmo.xml"), "--refuse-loss", "A1-M08,A1-M11", "--report", report});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, ::testing::StartsWith("LOSS_REFUSED at A1-M11: "));
  EXPECT_EQ(ReadAll(report), "");
  // A file after the option is the document, not another element.
  EXPECT_EQ(RunPasserelle({"translate", "--refuse-loss", "A1-M08", Document("transcript.elmo.xml")}).exit_code, 0);
}

TEST(Translate, FailsWhenTheReportCannotBeWritten) {
  const Outcome outcome =
      RunPasserelle({"translate", Document("transcript.elmo.xml"), "--report", "/no/such/folder/report"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, ::testing::StartsWith("OUTPUT_NOT_WRITABLE at /no/such/folder/report: "));
}

TEST(Check, TellsModelAnnexAndDefinitionApart) {
  const Outcome outcome = RunPasserelle({"check", "--json", Document("transcript.elmo.xml")});
  EXPECT_EQ(outcome.exit_code, 1);  // ELMO states no quality assurance
  EXPECT_EQ(At(outcome.out, "/format"), "elmo");
  EXPECT_EQ(At(outcome.out, "/annex_one/complete"), "false");
  EXPECT_EQ(At(outcome.out, "/annex_one/elements/A1-M05/status"), "stated");
  for (const char* member : {"/european_model/conforms", "/european_model/profile", "/european_model/findings",
                             "/definition", "/plausibility", "/annex_one/elements/A1-O05"}) {
    EXPECT_NE(At(outcome.out, member), "absent") << member;
  }
  // What the seal over the translation will state decides nothing before.
  EXPECT_EQ(At(outcome.out, "/european_model/conforms"), "true");
  EXPECT_EQ(At(outcome.out, "/european_model/findings/0/rule"), "absent");
  for (const char* finding : {"/european_model/set_by_seal/0/rule", "/european_model/set_by_seal/1/rule"}) {
    EXPECT_EQ(At(outcome.out, finding), "shape.min") << finding;
  }
}

TEST(Verify, SaysThatItCannotBeEstablishedAndForWhichDay) {
  const Outcome outcome = RunPasserelle({"verify", "--json", "--at", "2026-01-31", Document("transcript.elmo.xml")});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(At(outcome.out, "/verdict"), "CANNOT_BE_ESTABLISHED");
  EXPECT_EQ(At(outcome.out, "/at"), "2026-01-31T00:00:00Z");
  EXPECT_EQ(At(outcome.out, "/checks/0/name"), "format");
  EXPECT_EQ(At(outcome.out, "/checks/0/outcome"), "PASS");
}

TEST(Verify, NamesTheFileThatIsNoAnchor) {
  const std::string folder = ScratchFolder();
  const std::vector<std::string> command = {"verify", Document("transcript.elmo.xml"), "--anchors", folder};
  EXPECT_EQ(RunPasserelle(command).exit_code, 2);
  std::ofstream(folder + "/note.txt") << "no anchor";
  const Outcome outcome = RunPasserelle(command);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("EVIDENCE_FILE_UNUSABLE at note.txt"));
}

TEST(Output, IsTheSameInEveryLocaleAndTimeZone) {
  const std::vector<std::vector<std::string>> commands = {
      {"translate", "--pretty", Document("transcript.elmo.xml")},
      {"check", Document("transcript.elmo.xml")},
      {"verify", "--json", "--at", "2026-01-31", Document("transcript.elmo.xml")},
      {"formats"}};
  for (const auto& command : commands) {
    const Outcome plain = RunPasserelle(command, "", {"LC_ALL=C", "TZ=UTC"});
    const Outcome other =
        RunPasserelle(command, "", {"LC_ALL=de_DE.UTF-8", "LANG=tr_TR.UTF-8", "TZ=Pacific/Kiritimati"});
    EXPECT_EQ(plain.out, other.out) << command[0];
    EXPECT_EQ(plain.err, other.err) << command[0];
    EXPECT_EQ(plain.exit_code, other.exit_code) << command[0];
  }
}

TEST(Output, ThatCannotBeWrittenIsAFailure) {
  const Outcome outcome = RunProgram({"/bin/sh", "-c", Passerelle() + " formats > /dev/full"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, ::testing::StartsWith("OUTPUT_NOT_WRITABLE"));
  // An answer that nobody has got is no "not authentic".
  const std::string verify = Passerelle() + " verify " + Document("transcript.elmo.xml") + " > /dev/full";
  EXPECT_EQ(RunProgram({"/bin/sh", "-c", verify}).exit_code, 2);
}

}  // namespace
}  // namespace passerelle::tests
