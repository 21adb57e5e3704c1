// Decisions into wallets: the authority offers one, a wallet in JavaScript fetches it and presents it again, and one
// that does what it should not is refused.
#include <filesystem>

#include "tests/integration/recognition_cases_fixture.h"

namespace passerelle::gateway {
namespace {

constexpr char kConfig[] = R"(http_port: {listen: 127.0.0.1:0}
wallets:
  listen: 127.0.0.1:0
  address: https://localhost
  tls: {certificate: tls.crt.pem, private_key: tls.key.pem}
  key: wallets.key
  certificate: wallets.crt
  issuing: {issuer: "https://centre.example", key: seal.pem, certificate: seal.crt}
)";

// An authority with one case that is decided, and a port for wallets.
class WalletOfferTest : public RecognitionCasesTest {
 protected:
  void SetUp() override {
    if (tests::RunProgram({"/bin/sh", "-c", "command -v node"}).exit_code != 0) GTEST_SKIP() << "node is not installed";
    RecognitionCasesTest::SetUp();
    if (HasFatalFailure()) return;
    id_ = Submit(RowBy("21-decided-by-rule"));
    WaitFor("NL", "evaluators", id_,
            [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_NOTIFIED; });
    MakeCertificate("seal.pem", "seal.crt", "/CN=Seal of a centre/organizationIdentifier=VATNL-111222333",
                    "critical,nonRepudiation");
    MakeCertificate("wallets.key", "wallets.crt", "/CN=A centre", "critical,digitalSignature");
    const std::string page = Page("decisions.md");
    const size_t begin = page.find("```yaml\n") + 8;
    tests::WriteAll(Path("book.yaml"), page.substr(begin, page.find("```", begin) - begin));
    std::filesystem::create_symlink(Source("examples/wallet/wallet.mjs"), Path("wallet.mjs"));
    federation_->StopNode("NL");
    const std::string config = federation_->ConfigPath("NL");
    tests::WriteAll(config, absl::StrCat(tests::ReadAll(config), kConfig));
    const absl::Status started = federation_->StartNode("NL");
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf("NL");
    clients_.clear();
    const std::string ports = tests::ReadAll(Path("ports.json"));
    wallets_ = tests::At(ports, "/wallets");
    http_ = tests::At(ports, "/http");
  }

  static std::string Source(absl::string_view path) { return absl::StrCat(testing::kSourceDir, "/", path); }
  static std::string Page(absl::string_view name) {
    return tests::ReadAll(Source(absl::StrCat("docs/operating/", name)));
  }
  std::string Path(absl::string_view name) const { return absl::StrCat(federation_->NodeFolder("NL"), "/", name); }

  void MakeCertificate(absl::string_view key, absl::string_view certificate, const std::string& subject,
                       absl::string_view usage) const {
    const tests::Outcome made = tests::RunProgram({"/usr/bin/openssl",
                                                   "req",
                                                   "-x509",
                                                   "-newkey",
                                                   "ec",
                                                   "-pkeyopt",
                                                   "ec_paramgen_curve:P-256",
                                                   "-nodes",
                                                   "-keyout",
                                                   Path(key),
                                                   "-out",
                                                   Path(certificate),
                                                   "-days",
                                                   "30",
                                                   "-subj",
                                                   subject,
                                                   "-addext",
                                                   absl::StrCat("keyUsage=", usage),
                                                   "-addext",
                                                   "basicConstraints=critical,CA:FALSE"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  tests::Outcome RunOffer(const std::string& client, bool with_code) const {
    const std::string path = absl::StrCat(federation_->NodeFolder("NL"), "/clients/", client);
    std::vector<std::string> arguments = {tests::Passerelle(),
                                          "recognition",
                                          "offer",
                                          id_,
                                          "--book",
                                          Path("book.yaml"),
                                          "--node",
                                          absl::StrCat("127.0.0.1:", federation_->PortsOf("NL").client),
                                          "--certificate",
                                          path + ".crt.pem",
                                          "--key",
                                          path + ".key.pem",
                                          "--authorities",
                                          federation_->folder() + "/authority.crt.pem"};
    if (with_code) arguments.push_back("--transaction-code");
    return tests::RunProgram(arguments);
  }

  // The lines that an offer prints: the link, and the transaction code.
  std::vector<std::string> Offer(bool with_code = false) const {
    const tests::Outcome offered = RunOffer("evaluators", with_code);
    EXPECT_EQ(offered.exit_code, 0) << offered.err;
    return absl::StrSplit(absl::StrReplaceAll(offered.out, {{"transaction code ", ""}}), '\n');
  }

  // What the node answers to a wallet that does the wrong thing, a line for each answer.
  std::vector<std::string> Misbehave(const std::string& what, const std::string& link,
                                     const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {
        "/usr/bin/env", "node",          Source("tests/integration/hostile_receiver.mjs"), what,
        link,           "--authorities", federation_->folder() + "/authority.crt.pem",     "--connect",
        wallets_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const tests::Outcome outcome = tests::RunProgram(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << what << outcome.err;
    return absl::StrSplit(outcome.out, '\n', absl::SkipEmpty());
  }

  static void ExpectAnswers(const std::vector<std::string>& lines, const std::vector<const char*>& answers) {
    ASSERT_EQ(lines.size(), answers.size()) << absl::StrJoin(lines, "\n");
    for (size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(absl::StartsWith(lines[i], answers[i])) << lines[i];
  }

  std::string id_;
  std::string wallets_;
  std::string http_;
};

// The commands of docs/operating/wallets.md, with this test's names in the place of the page's.
TEST_F(WalletOfferTest, TheCommandsOfThePageDoWhatItSays) {
  const std::string page = Page("wallets.md");
  const std::string client = absl::StrCat(federation_->NodeFolder("NL"), "/clients/evaluators");
  std::string commands;
  for (size_t at = page.find("```sh\n"); at != std::string::npos; at = page.find("```sh\n", at + 1)) {
    absl::StrAppend(&commands, page.substr(at + 6, page.find("```", at + 6) - at - 6));
  }
  commands =
      absl::StrReplaceAll(commands, {{"passerelle recognition", tests::Passerelle() + " recognition"},
                                     {"CASE", id_},
                                     {"nl.example:7443", absl::StrCat("127.0.0.1:", federation_->PortsOf("NL").client)},
                                     {"nl.example:8443", http_},
                                     {"nl.example:8444", wallets_},
                                     {"office.crt", client + ".crt.pem"},
                                     {"office.key", client + ".key.pem"},
                                     {"authorities.pem", federation_->folder() + "/authority.crt.pem"}});
  const tests::Outcome outcome = tests::RunProgram({"/bin/sh", "-ec", absl::StrCat("cd ", Path(""), "\n", commands)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << outcome.out << commands;
  EXPECT_EQ(outcome.out, "accepted urn:passerelle:recognition-decision:1\npresented\nPRESENTATION_STATE_ANSWERED\n");
  const std::string presented = tests::ReadAll(Path("presented.json"));
  EXPECT_EQ(tests::At(presented, "/presentation/credentials/0/queryId"), "decision");
  // What is in the wallet verifies like every decision that is issued, and can be revoked like it.
  const std::string key = tests::RunProgram({"/usr/bin/openssl", "pkey", "-in", Path("seal.pem"), "-pubout"}).out;
  std::filesystem::create_directories(Path("anchors"));
  std::filesystem::create_directories(Path("lists"));
  tests::WriteAll(Path("anchors/issuer.json"), absl::StrCat(R"({"issuer":"https://centre.example","jwks":{"keys":[)",
                                                            proof::PublicKey::FromPem(key).value().jwk(), "]}}"));
  std::vector<std::string> lists = {tests::Passerelle(), "recognition", "status",         "--out",
                                    Path("lists"),       "--seal",      Path("seal.pem"), "--seal-certificate",
                                    Path("seal.crt"),    "--book",      Path("book.yaml")};
  const std::vector<std::string> verify = {
      tests::Passerelle(), "verify", Path("decision.sd-jwt"), "--anchors", Path("anchors"), "--status", Path("lists")};
  EXPECT_EQ(tests::RunProgram(lists).exit_code, 0);
  EXPECT_EQ(tests::RunProgram(verify).exit_code, 0) << tests::RunProgram(verify).out;
  lists.insert(lists.end(), {"--revoke", id_, "--reason-code", "AUTH-REVOKED"});
  EXPECT_EQ(tests::RunProgram(lists).exit_code, 0);
  EXPECT_EQ(tests::RunProgram(verify).exit_code, 1);
}

TEST_F(WalletOfferTest, WhoMayNotDecideOffersNothing) {
  const tests::Outcome refused = RunOffer("office", false);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(refused.err, "CLIENT_NOT_ALLOWED at case_roles")) << refused.err;
}

TEST_F(WalletOfferTest, ACodeAndATokenAreUsedOnce) {
  ExpectAnswers(Misbehave("twice", Offer()[0]), {"200 - -", "400 invalid_grant GRANT_INVALID at pre-authorized_code",
                                                 "200 - -", "401 invalid_token GRANT_INVALID at authorization"});
  std::vector<std::string> race = Misbehave("race", Offer()[0]);
  std::sort(race.begin(), race.end());
  ExpectAnswers(race, {"200 - -", "400 invalid_grant GRANT_INVALID at pre-authorized_code"});
}

TEST_F(WalletOfferTest, TransactionCodesAreNotGuessed) {
  const std::vector<std::string> offer = Offer(true);
  ASSERT_EQ(offer[1].size(), 6u);
  ExpectAnswers(
      Misbehave("codes", offer[0], {"--tx-code", offer[1]}),
      {"400 invalid_request FIELD_MISSING at tx_code", "400 invalid_grant GRANT_INVALID at tx_code",
       "400 invalid_grant GRANT_INVALID at tx_code", "400 invalid_grant GRANT_INVALID at tx_code",
       "400 invalid_grant GRANT_INVALID at tx_code", "400 invalid_grant GRANT_INVALID at pre-authorized_code"});
}

TEST_F(WalletOfferTest, AWalletThatDoesWhatItShouldNotIsRefused) {
  ExpectAnswers(
      Misbehave("forms", Offer()[0]),
      {"400 invalid_request FIELD_INVALID at grant_type", "400 invalid_request FIELD_MISSING at pre-authorized_code",
       "400 invalid_grant GRANT_INVALID", "400 invalid_grant GRANT_INVALID",
       "405 invalid_argument another one is expected", "401 invalid_token GRANT_INVALID at authorization",
       "401 invalid_token GRANT_INVALID at authorization"});
  ExpectAnswers(
      Misbehave("requests", Offer()[0]),
      {"400 invalid_credential_request JSON_MALFORMED",
       "400 unknown_credential_configuration FIELD_INVALID at credential_configuration_id",
       "400 invalid_proof WALLET_PROOF_INVALID at proofs",
       "400 invalid_credential_request FIELD_INVALID at credential_identifier",
       "400 invalid_proof WALLET_PROOF_INVALID at proofs", "401 invalid_token GRANT_INVALID at authorization"});
  const std::vector<std::pair<const char*, const char*>> proofs = {
      {"audience", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].aud"},
      {"foreignNonce", "400 invalid_nonce WALLET_PROOF_INVALID at nonce"},
      {"noNonce", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].nonce"},
      {"old", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].iat"},
      {"type", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].typ"},
      {"unsigned", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].signature"},
      {"otherKey", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].signature"},
      {"privateKey", "400 invalid_proof WALLET_PROOF_INVALID at proofs.jwt[0].jwk"}};
  for (const auto& [what, answer] : proofs) ExpectAnswers(Misbehave(what, Offer()[0]), {answer});
  ExpectAnswers(Misbehave("nonceReused", Offer()[0], {"--other", Offer()[0]}),
                {"200 - -", "400 invalid_nonce WALLET_PROOF_INVALID at nonce"});
}

}  // namespace
}  // namespace passerelle::gateway
