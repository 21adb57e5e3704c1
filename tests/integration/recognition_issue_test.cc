// What follows from a decision: it is issued to its holder as a credential, verified, explained in a letter, and
// revoked.
#include <filesystem>

#include "core/base/digest.h"
#include "core/proof/public_key.h"
#include "tests/integration/recognition_cases_fixture.h"

namespace passerelle::gateway {
namespace {

// The authority's seal, its book, and what verifiers have: its keys.
class Sealed {
 public:
  explicit Sealed(const std::string& folder) : folder_(folder) {
    Run({"/usr/bin/openssl",
         "req",
         "-x509",
         "-newkey",
         "ec",
         "-pkeyopt",
         "ec_paramgen_curve:P-256",
         "-nodes",
         "-keyout",
         Path("seal.pem"),
         "-out",
         Path("seal.crt"),
         "-days",
         "30",
         "-subj",
         "/CN=Seal of a centre/organizationIdentifier=VATNL-111222333",
         "-addext",
         "keyUsage=critical,nonRepudiation",
         "-addext",
         "basicConstraints=critical,CA:FALSE"});
    const std::string key = Run({"/usr/bin/openssl", "pkey", "-in", Path("seal.pem"), "-pubout"}).out;
    std::filesystem::create_directories(Path("anchors"));
    std::filesystem::create_directories(Path("lists"));
    tests::WriteAll(Path("anchors/issuer.json"), absl::StrCat(R"({"issuer":"https://centre.example","jwks":{"keys":[)",
                                                              proof::PublicKey::FromPem(key).value().jwk(), "]}}"));
    const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/decisions.md"));
    const size_t begin = page.find("```yaml\n") + 8;
    tests::WriteAll(Path("book.yaml"), page.substr(begin, page.find("```", begin) - begin));
  }

  std::string Path(absl::string_view name) const { return absl::StrCat(folder_, "/", name); }

  // With seal and book.
  std::vector<std::string> Options() const {
    return {"--seal", Path("seal.pem"), "--seal-certificate", Path("seal.crt"), "--book", Path("book.yaml")};
  }

  void MakeLists(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {tests::Passerelle(), "recognition", "status", "--out", Path("lists")};
    for (const std::string& option : Options()) arguments.push_back(option);
    for (const std::string& option : more) arguments.push_back(option);
    Run(arguments);
  }

  tests::Outcome Verify(absl::string_view file, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {tests::Passerelle(), "verify",   Path(file),   "--anchors",
                                          Path("anchors"),     "--status", Path("lists")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tests::RunProgram(arguments);
  }

 private:
  static tests::Outcome Run(const std::vector<std::string>& arguments) {
    const tests::Outcome outcome = tests::RunProgram(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome;
  }

  const std::string folder_;
};

bool HasProgram(const std::string& name) {
  return tests::RunProgram({"/bin/sh", "-c", "command -v " + name}).exit_code == 0;
}

// An authority that issues: one case that is decided, and one that is open.
class RecognitionIssueTest : public RecognitionCasesTest {
 protected:
  void SetUp() override {
    RecognitionCasesTest::SetUp();
    if (HasFatalFailure()) return;
    id_ = Submit(RowBy("21-decided-by-rule"));
    WaitFor("NL", "evaluators", id_,
            [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_NOTIFIED; });
    sealed_ = std::make_unique<Sealed>(federation_->folder());
  }

  // `passerelle recognition` as the office of NL.
  tests::Outcome Run(std::vector<std::string> arguments, bool seals = true) const {
    const std::string client = absl::StrCat(federation_->NodeFolder("NL"), "/clients/office");
    arguments.insert(arguments.begin(), {tests::Passerelle(), "recognition"});
    std::vector<std::string> more = {"--node",        absl::StrCat("127.0.0.1:", federation_->PortsOf("NL").client),
                                     "--certificate", client + ".crt.pem",
                                     "--key",         client + ".key.pem",
                                     "--authorities", federation_->folder() + "/authority.crt.pem"};
    if (seals) {
      for (const std::string& option : sealed_->Options()) more.push_back(option);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tests::RunProgram(arguments);
  }

  // Whether every form of the decision gets that exit code when it is verified, and which check brought it about: none
  // has another outcome than PASS but "status", which has `status`.
  void ExpectVerdicts(int exit_code, const std::string& status) const {
    for (const auto& [as, file] : kForms) {
      const tests::Outcome verdict = sealed_->Verify(file, {"--json"});
      EXPECT_EQ(verdict.exit_code, exit_code) << as << "\n" << verdict.out << verdict.err;
      std::map<std::string, std::string> found;
      for (int i = 0; tests::At(verdict.out, absl::StrCat("/checks/", i)) != "absent"; ++i) {
        const std::string check = absl::StrCat("/checks/", i);
        const std::string outcome = tests::At(verdict.out, check + "/outcome");
        found[tests::At(verdict.out, check + "/name")] =
            absl::StrCat(outcome, " ", tests::At(verdict.out, check + "/reason"));
      }
      for (const char* passed : {"seal", "signer"}) {
        EXPECT_TRUE(absl::StartsWith(found[passed], "PASS")) << as << " " << passed << " " << found[passed];
      }
      EXPECT_EQ(found["status"], status) << as << "\n" << verdict.out;
      for (const auto& [name, outcome] : found) {
        EXPECT_TRUE(name == "status" || !absl::StartsWith(outcome, "FAIL")) << as << " " << name << " " << outcome;
      }
    }
  }

  static constexpr std::pair<const char*, const char*> kForms[] = {
      {"elm", "decision.json"}, {"vc-jwt", "decision.jwt"}, {"sd-jwt", "decision.sd-jwt"}};
  std::string id_;
  std::unique_ptr<Sealed> sealed_;
};

TEST_F(RecognitionIssueTest, ADecisionIsIssuedVerifiedAndRevoked) {
  for (const auto& [as, file] : kForms) {
    const tests::Outcome issued = Run({"issue", id_, "--as", as, "--out", sealed_->Path(file)});
    EXPECT_EQ(issued.exit_code, 0) << issued.err;
  }
  ExpectVerdicts(2, "UNKNOWN NO_EVIDENCE");  // without a list nobody can say that it still holds
  sealed_->MakeLists();
  ExpectVerdicts(0, "PASS STATUS_GOOD");
  const std::string book = tests::ReadAll(sealed_->Path("book.yaml"));
  const tests::Outcome bare = Run({"issue", id_, "--as", "json"}, false);
  EXPECT_EQ(bare.exit_code, 0) << bare.err;
  EXPECT_EQ(tests::ReadAll(sealed_->Path("book.yaml")), book);
  EXPECT_TRUE(absl::StrContains(bare.out, "\"kind\":\"AUTO_LEVEL\"")) << bare.out << bare.err;
  const std::string digest = base::Sha256Hex(absl::StripTrailingAsciiWhitespace(bare.out));
  EXPECT_TRUE(absl::StrContains(tests::ReadAll(sealed_->Path("decision.json")), digest));
  EXPECT_TRUE(absl::StrContains(tests::ReadAll(sealed_->Path("book.yaml")), digest));

  std::string altered = tests::ReadAll(sealed_->Path("decision.json"));
  altered.replace(altered.find("Jurgis"), 6, "Jonas1");
  tests::WriteAll(sealed_->Path("altered.json"), altered);
  EXPECT_EQ(sealed_->Verify("altered.json").exit_code, 1);

  sealed_->MakeLists({"--revoke", id_, "--reason-code", "AUTH-REVOKED"});
  ExpectVerdicts(1, "FAIL REVOKED");
  const tests::Outcome again = Run({"issue", id_, "--out", sealed_->Path("again.json")});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(again.err, "FIELD_INVALID at decisions")) << again.err;
  const tests::Outcome letter =
      Run({"letter", id_, "--book", sealed_->Path("book.yaml"), "--out", sealed_->Path("late.html"), "--credential",
           sealed_->Path("decision.json"), "--seal-certificate", sealed_->Path("seal.crt")},
          false);
  EXPECT_EQ(letter.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(letter.err, "FIELD_INVALID at decisions")) << letter.err;
}

TEST_F(RecognitionIssueTest, AnOpenCaseIsNotIssued) {
  const std::string open = Submit(RowBy("22-recognition-ended"));
  WaitFor("NL", "evaluators", open,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_EVALUATION; });
  const tests::Outcome refused = Run({"issue", open});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(refused.err, "GUARD_NOT_MET at state")) << refused.err;
  EXPECT_EQ(Run({"issue", id_, "--as", "pdf"}).exit_code, 64);
  // Only the bare decision needs no seal.
  const tests::Outcome sealless = Run({"issue", id_}, false);
  EXPECT_EQ(sealless.exit_code, 64);
  EXPECT_TRUE(absl::StrContains(sealless.err, "--seal")) << sealless.err;
}

TEST_F(RecognitionIssueTest, ALetterExplainsItAndIsReadableForEverybody) {
  EXPECT_EQ(Run({"issue", id_, "--as", "elm", "--out", sealed_->Path("decision.json")}).exit_code, 0);
  const std::vector<std::string> letter = {"letter",
                                           id_,
                                           "--book",
                                           sealed_->Path("book.yaml"),
                                           "--languages",
                                           "nl,bg",
                                           "--out",
                                           sealed_->Path("letter.html"),
                                           "--seal-certificate",
                                           sealed_->Path("seal.crt"),
                                           "--credential",
                                           sealed_->Path("decision.json")};
  const tests::Outcome written = Run(letter, false);
  EXPECT_EQ(written.exit_code, 0) << written.err;
  const std::string html = tests::ReadAll(sealed_->Path("letter.html"));
  for (const std::string& part :
       {std::string("Jurgis Kazlauskas"), std::string("Volgens regels erkend"), std::string("Признато по правила"),
        base::Sha256Hex(tests::ReadAll(sealed_->Path("decision.json"))),
        std::string("https://centre.example/verify")}) {
    EXPECT_TRUE(absl::StrContains(html, part)) << part;
  }
  // What is no sealed credential, what was changed, and what is without its seal: the place is named, and there is no
  // letter.
  tests::WriteAll(sealed_->Path("changed.json"),
                  absl::StrReplaceAll(tests::ReadAll(sealed_->Path("decision.json")), {{"Kazlauskas", "Kazlauskis"}}));
  const std::pair<std::string, std::string> wrong[] = {
      {absl::StrCat(testing::kSourceDir, "/gateway/cli/demo_data/transcript.xml"), "JWS_MALFORMED at "},
      {sealed_->Path("changed.json"), "SIGNATURE_INVALID at "}};
  for (const auto& [file, reason] : wrong) {
    std::vector<std::string> mismatched = letter;
    mismatched.back() = file;
    mismatched[7] = sealed_->Path("none.html");
    const tests::Outcome refused = Run(mismatched, false);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(absl::StrContains(refused.err, absl::StrCat(reason, file, ": credential"))) << refused.err;
    EXPECT_FALSE(std::filesystem::exists(sealed_->Path("none.html")));
  }

  if (!HasProgram("weasyprint") || !HasProgram("pdfinfo")) {
    GTEST_SKIP() << "SKIPPED: weasyprint or pdfinfo is not installed";
  }
  const tests::Outcome made = tests::RunProgram({"/usr/bin/weasyprint", "--quiet", "--pdf-variant", "pdf/ua-1",
                                                 sealed_->Path("letter.html"), sealed_->Path("letter.pdf")});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  const std::string info = tests::RunProgram({"/usr/bin/pdfinfo", sealed_->Path("letter.pdf")}).out;
  EXPECT_TRUE(absl::StrContains(info, "Tagged:          yes")) << info;
  const std::string tags = tests::RunProgram({"/usr/bin/pdfinfo", "-struct-text", sealed_->Path("letter.pdf")}).out;
  for (const char* tag : {"H1", "H2", "Jurgis Kazlauskas", "Признато по правила"}) {
    EXPECT_TRUE(absl::StrContains(tags, tag)) << tag << "\n" << tags;
  }
}

// The commands of docs/operating/decisions.md, with this test's names in the place of the page's.
TEST_F(RecognitionIssueTest, TheCommandsOfThePageDoWhatItSays) {
  if (!HasProgram("weasyprint")) GTEST_SKIP() << "weasyprint is not installed";
  const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/decisions.md"));
  const std::string client = absl::StrCat(federation_->NodeFolder("NL"), "/clients/office");
  const size_t begin = page.find("```sh\n") + 6;
  const std::string commands =
      absl::StrReplaceAll(page.substr(begin, page.find("```", begin) - begin),
                          {{"passerelle ", tests::Passerelle() + " "},
                           {"CASE", id_},
                           {"nl.example:7443", absl::StrCat("127.0.0.1:", federation_->PortsOf("NL").client)},
                           {"office.crt", client + ".crt.pem"},
                           {"office.key", client + ".key.pem"},
                           {"authorities.pem", federation_->folder() + "/authority.crt.pem"}});
  const tests::Outcome outcome =
      tests::RunProgram({"/bin/sh", "-ec", absl::StrCat("cd ", sealed_->Path(""), "\n", commands)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << commands;
  EXPECT_EQ(sealed_->Verify("decision.json").exit_code, 1);
  EXPECT_TRUE(absl::StartsWith(tests::ReadAll(sealed_->Path("letter.pdf")), "%PDF-"));
}

}  // namespace
}  // namespace passerelle::gateway
