// Wallets and a running node: a wallet in JavaScript presents a credential to the node of the authority that asks for
// it, and one that does what it should not is refused.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "core/proof/jose/sign.h"
#include "core/proof/key.h"
#include "core/proof/sd_jwt/issue.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gtest/gtest.h"
#include "passerelle/document/v1/document_service.grpc.pb.h"
#include "passerelle/wallet/v1/wallet_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

using wallet::v1::Presentation;
using Stub = wallet::v1::WalletService::Stub;

constexpr char kWallets[] = "passerelle.wallet.v1.WalletService";
constexpr char kIssuer[] = "did:web:school.example";
constexpr char kConfig[] = R"(wallets:
  listen: 127.0.0.1:0
  address: https://localhost
  tls: {certificate: tls.crt.pem, private_key: tls.key.pem}
  key: wallets.key.pem
  certificate: wallets.crt.pem
)";
constexpr char kBundle[] = R"(federation: one-machine
version: 1
issue_time: NOW
expire_time: LATER
did_keys:
  - {did: "did:web:school.example", jwks: ['JWK']}
issuer_bindings:
  - issuer: [{scheme: did, value: "did:web:school.example"}, {scheme: iss, value: "did:web:school.example"}]
    key_thumbprints: ["THUMBPRINT"]
    source: the register of the test
)";

std::string Source(absl::string_view path) { return absl::StrCat(testing::kSourceDir, "/", path); }

class WalletTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { RequireTls13(); }

  void SetUp() override {
    if (tests::RunProgram({"/bin/sh", "-c", "command -v node"}).exit_code != 0) GTEST_SKIP() << "node is not installed";
    const auto time = [](absl::Time at) { return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", at, absl::UTCTimeZone()); };
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.drain = absl::Seconds(2);
    LocalNode node;
    node.id = "NL";
    node.competent_authority = "Authority of the test";
    node.country = "NL";
    node.clients = {{"desk", {kWallets, "passerelle.document.v1.DocumentService"}},
                    {"other", {kWallets}},
                    {"stranger", {"passerelle.document.v1.DocumentService"}}};
    node.trust_bundle = absl::StrReplaceAll(kBundle, {{"NOW", time(absl::Now() - absl::Minutes(1))},
                                                      {"LATER", time(absl::Now() + absl::Hours(24))},
                                                      {"JWK", issuer_.verification_key().jwk()},
                                                      {"THUMBPRINT", issuer_.verification_key().thumbprint()}});
    options.nodes = {node};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    // The first start writes the configuration, with a port of its own.
    ASSERT_TRUE(federation_->Start().ok());
    federation_->StopNode("NL");
    MakeSigner();
    Configure(kConfig);
    const absl::Status started = federation_->StartNode("NL");
    ASSERT_TRUE(started.ok()) << started << federation_->LogOf("NL");
    FindPort();
    MakeCredentials();
  }

  std::string Path(absl::string_view name) const { return absl::StrCat(federation_->NodeFolder("NL"), "/", name); }

  void MakeSigner() const {
    const tests::Outcome made = tests::RunProgram({"/usr/bin/openssl",
                                                   "req",
                                                   "-x509",
                                                   "-newkey",
                                                   "ec",
                                                   "-pkeyopt",
                                                   "ec_paramgen_curve:P-256",
                                                   "-nodes",
                                                   "-keyout",
                                                   Path("wallets.key.pem"),
                                                   "-out",
                                                   Path("wallets.crt.pem"),
                                                   "-days",
                                                   "30",
                                                   "-subj",
                                                   "/CN=Authority of the test",
                                                   "-addext",
                                                   "subjectAltName=DNS:localhost",
                                                   "-addext",
                                                   "keyUsage=critical,digitalSignature",
                                                   "-addext",
                                                   "basicConstraints=critical,CA:FALSE"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
  }

  void Configure(absl::string_view more) const {
    const std::string path = federation_->ConfigPath("NL");
    tests::WriteAll(path, absl::StrCat(tests::ReadAll(path), more));
  }

  void FindPort() {
    port_ = tests::At(tests::ReadAll(Path("ports.json")), "/wallets");
    ASSERT_NE(port_, "absent");
  }

  // A key, and two credentials for it: an SD-JWT VC and a token.
  void MakeCredentials() const {
    const tests::Outcome made =
        tests::RunProgram({"/usr/bin/env", "node", Source("examples/wallet/wallet.mjs"), "key", Path("holder.json")});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const std::string jwk(absl::StripAsciiWhitespace(made.out));
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    SystemRandom random;
    proof::SdJwtContent content;
    content.key_id = absl::StrCat(kIssuer, "#", issuer_.verification_key().thumbprint());
    content.claims =
        absl::StrCat(R"({"iss":")", kIssuer, R"(","vct":"urn:eu.europa.ec.eudi:learning:credential:1","iat":)", now,
                     R"(,"exp":)", now + 86400, R"(,"cnf":{"jwk":)", jwk,
                     R"(},"title":"Welding","name":{"given":"Mira"},"grade":"C","achievement_title":"Welding",)",
                     R"("issuing_authority":"School","issuing_country":"NO","date_of_issuance":"2026-06-19",)",
                     R"("given_name":"M.","family_name":"S."})");
    content.withholdable = {"/title", "/name", "/name/given", "/grade"};
    const auto issued = proof::IssueSdJwt(content, issuer_, random);
    ASSERT_TRUE(issued.ok()) << issued.status();
    tests::WriteAll(Path("held.sd-jwt"), *issued);
    const std::string did = absl::StrCat("did:jwk:", base::Base64UrlEncode(jwk));
    const std::string token = absl::StrCat(
        R"({"iss":")", kIssuer, R"(","sub":")", did, R"(","iat":)", now, R"(,"exp":)", now + 86400,
        R"(,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiableCredential","MicroCredential"],)",
        R"("issuer":")", kIssuer, R"(","credentialSubject":{"id":")", did, R"(","title":"Beekeeping"}}})");
    const auto signed_token = proof::SignToken("JWT", content.key_id, token, issuer_);
    ASSERT_TRUE(signed_token.ok());
    tests::WriteAll(Path("held.jwt"), *signed_token);
  }

  std::unique_ptr<Stub> As(const std::string& client) const {
    return wallet::v1::WalletService::NewStub(federation_->ClientChannel("NL", federation_->ClientTls("NL", client)));
  }

  // A request of the desk for the title and the given name.
  wallet::v1::RequestPresentationRequest Asking() {
    wallet::v1::RequestPresentationRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    wallet::v1::CredentialQuery* query = request.add_queries();
    query->set_id("micro");
    query->set_format(wallet::v1::CREDENTIAL_FORMAT_SD_JWT_VC);
    query->add_vct_values("urn:eu.europa.ec.eudi:learning:credential:1");
    query->add_claims()->add_path()->set_member("title");
    wallet::v1::ClaimQuery* given = query->add_claims();
    given->add_path()->set_member("name");
    given->add_path()->set_member("given");
    return request;
  }

  Presentation Ask(const std::function<void(wallet::v1::RequestPresentationRequest&)>& change = {}) {
    wallet::v1::RequestPresentationRequest request = Asking();
    if (change) change(request);
    const auto opened = Call(*As("desk"), &Stub::RequestPresentation, request);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? opened->presentation() : Presentation();
  }

  absl::StatusOr<Presentation> Get(const std::string& client, const std::string& id) const {
    wallet::v1::GetPresentationRequest request;
    request.set_id(id);
    const auto got = Call(*As(client), &Stub::GetPresentation, request);
    if (!got.ok()) return got.status();
    return got->presentation();
  }

  tests::Outcome RunNode(std::vector<std::string> arguments) const {
    const std::vector<std::string> more = {"--key",         Path("holder.json"),
                                           "--credential",  Path("held.sd-jwt"),
                                           "--credential",  Path("held.jwt"),
                                           "--verifiers",   Path("wallets.crt.pem"),
                                           "--authorities", federation_->folder() + "/authority.crt.pem",
                                           "--connect",     port_};
    arguments.insert(arguments.begin(), {"/usr/bin/env", "node"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tests::RunProgram(arguments);
  }
  tests::Outcome PresentTo(const Presentation& opened) const {
    return RunNode({Source("examples/wallet/wallet.mjs"), "present", opened.wallet_uri()});
  }
  // What the node answers to a wallet that does the wrong thing.
  std::string Misbehave(const std::string& what, const Presentation& opened,
                        const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {Source("tests/integration/hostile_wallet.mjs"), what, opened.wallet_uri()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const tests::Outcome outcome = RunNode(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << what << outcome.err;
    return outcome.out;
  }

  SystemRandom random_;
  const proof::SigningKey issuer_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);
  std::unique_ptr<LocalFederation> federation_;
  std::string port_;
};

TEST_F(WalletTest, AHolderPresentsWhatTheDeskAsksFor) {
  const Presentation opened = Ask();
  EXPECT_EQ(opened.state(), wallet::v1::PRESENTATION_STATE_OPEN);
  EXPECT_TRUE(absl::StrContains(opened.wallet_uri(), "x509_hash"));
  const tests::Outcome presented = PresentTo(opened);
  ASSERT_EQ(presented.exit_code, 0) << presented.err;
  const auto got = Get("desk", opened.id());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->state(), wallet::v1::PRESENTATION_STATE_ANSWERED);
  ASSERT_EQ(got->credentials_size(), 1);
  const wallet::v1::PresentedCredential& credential = got->credentials(0);
  EXPECT_EQ(credential.sha256(), base::Sha256Hex(credential.content()));
  std::map<std::string, std::string> checks;
  for (const authenticity::v1::Check& check : credential.verdict().checks()) checks[check.name()] = check.reason();
  EXPECT_EQ(checks["seal"], "SEAL_INTACT");
  EXPECT_EQ(checks["signer"], "SIGNER_CONFIRMED");
  EXPECT_EQ(checks["holder"], "HOLDER_BOUND");
  EXPECT_EQ(credential.verdict().verdict(), authenticity::v1::VERDICT_AUTHENTIC) << credential.verdict().DebugString();
  // What was not asked for has not come, and for others there is nothing.
  EXPECT_EQ(std::count(credential.content().begin(), credential.content().end(), '~'), 4)
      << "title, name and given are disclosed, and grade is not";
  for (const char* client : {"other", "stranger"}) {
    const auto none = Get(client, opened.id());
    const char* const reason = client == std::string("other") ? "RESOURCE_NOT_FOUND" : "CLIENT_NOT_ALLOWED";
    EXPECT_TRUE(absl::StrContains(none.status().message(), reason)) << none.status();
  }
  // It can be gone on with.
  const auto documents =
      document::v1::DocumentService::NewStub(federation_->ClientChannel("NL", federation_->ClientTls("NL", "desk")));
  document::v1::TranslateDocumentRequest translate;
  translate.set_content(credential.content());
  const auto translated = Call(*documents, &document::v1::DocumentService::Stub::TranslateDocument, translate);
  EXPECT_TRUE(translated.ok()) << translated.status();
  // Nothing personal in the log.
  EXPECT_FALSE(absl::StrContains(federation_->LogOf("NL"), "Mira"));
  EXPECT_FALSE(absl::StrContains(federation_->LogOf("NL"), opened.id()));
}

TEST_F(WalletTest, ATokenIsPresentedWithoutEncryption) {
  const Presentation opened = Ask([](wallet::v1::RequestPresentationRequest& request) {
    request.set_response_mode(wallet::v1::RESPONSE_MODE_PLAIN);
    request.clear_queries();
    wallet::v1::CredentialQuery* query = request.add_queries();
    query->set_id("token");
    query->set_format(wallet::v1::CREDENTIAL_FORMAT_JWT_VC_JSON);
    query->add_type_values()->add_types("MicroCredential");
    wallet::v1::ClaimQuery* title = query->add_claims();
    title->add_path()->set_member("credentialSubject");
    title->add_path()->set_member("title");
  });
  const tests::Outcome presented = PresentTo(opened);
  ASSERT_EQ(presented.exit_code, 0) << presented.err;
  const auto got = Get("desk", opened.id());
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->credentials_size(), 1);
  EXPECT_EQ(got->credentials(0).content(), tests::ReadAll(Path("held.jwt")));
}

// What a wallet does, the answers that it gets, and what becomes of the request.
TEST_F(WalletTest, AWalletThatDoesWhatItShouldNotIsRefused) {
  struct Row {
    const char* what;
    std::vector<const char*> answers;
    wallet::v1::PresentationState state;
  };
  const auto open = wallet::v1::PRESENTATION_STATE_OPEN;
  const auto answered = wallet::v1::PRESENTATION_STATE_ANSWERED;
  const std::vector<Row> rows = {
      {"replay", {"200 - -", "400 invalid_request PRESENTATION_ANSWERED at state"}, answered},
      {"nonce", {"400 invalid_request KEY_BINDING_INVALID at vp_token.micro: nonce"}, open},
      {"audience", {"400 invalid_request KEY_BINDING_INVALID at vp_token.micro: aud"}, open},
      {"key", {"400 invalid_request KEY_BINDING_INVALID at vp_token.micro: signature"}, open},
      {"claim", {"400 invalid_request PRESENTATION_INCOMPLETE at vp_token.micro: ['title']"}, open},
      {"more", {"400 invalid_request FIELD_INVALID at vp_token.micro: /grade"}, open},
      {"unbound", {"400 invalid_request KEY_BINDING_INVALID at vp_token.micro"}, open},
      {"type", {"400 invalid_request KEY_BINDING_INVALID at vp_token.micro: typ"}, open},
      {"plain", {"400 invalid_request FIELD_INVALID at vp_token"}, open},
      {"foreignKey", {"400 invalid_request SIGNATURE_INVALID at response: tag"}, open},
      {"state", {"400 invalid_request FIELD_INVALID at state"}, open},
      {"unknown",
       {"404 invalid_request PRESENTATION_UNKNOWN at state", "404 invalid_request PRESENTATION_UNKNOWN at state"},
       open},
      {"shapes",
       {"405 invalid_argument another one is expected",
        "415 invalid_argument application/x-www-form-urlencoded is expected",
        "400 invalid_request FIELD_INVALID at body", "415 invalid_argument identity is expected",
        "413 resource_exhausted at most 1048576 bytes", "404 not_found there is nothing under it",
        "404 not_found there is nothing under it"},
       open},
      {"spend",
       {"400 invalid_request PRESENTATION_INCOMPLETE at vp_token.micro", "400 invalid_request PRESENTATION_INCOMPLETE",
        "400 invalid_request PRESENTATION_INCOMPLETE", "400 invalid_request PRESENTATION_INCOMPLETE",
        "400 invalid_request PRESENTATION_INCOMPLETE", "404 invalid_request PRESENTATION_UNKNOWN at state"},
       wallet::v1::PRESENTATION_STATE_FAILED},
      {"decline", {"200 - -"}, wallet::v1::PRESENTATION_STATE_DECLINED},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const Presentation opened = Ask();
    const std::vector<std::string> lines = absl::StrSplit(Misbehave(row.what, opened), '\n', absl::SkipEmpty());
    ASSERT_EQ(lines.size(), row.answers.size()) << absl::StrJoin(lines, "\n");
    for (size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(absl::StartsWith(lines[i], row.answers[i])) << lines[i];
    const auto got = Get("desk", opened.id());
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->state(), row.state);
    EXPECT_EQ(got->credentials_size(), row.state == answered ? 1 : 0);
  }
}

TEST_F(WalletTest, APresentationForOneRequestAnswersNoOther) {
  const Presentation first = Ask();
  const Presentation second = Ask();
  EXPECT_TRUE(absl::StartsWith(Misbehave("reuse", second, {"--other", first.wallet_uri()}),
                               "400 invalid_request KEY_BINDING_INVALID at vp_token.micro: nonce"));
}

TEST_F(WalletTest, OfTwoAnswersAtOnceOneIsTaken) {
  const Presentation opened = Ask();
  const std::string answers = Misbehave("race", opened);
  EXPECT_TRUE(absl::StrContains(answers, "200 - -")) << answers;
  EXPECT_TRUE(absl::StrContains(answers, "PRESENTATION_ANSWERED")) << answers;
}

TEST_F(WalletTest, AnAnswerIsThereAfterARestart) {
  const Presentation opened = Ask();
  ASSERT_EQ(PresentTo(opened).exit_code, 0);
  const Presentation waiting = Ask();
  federation_->KillNode("NL");
  ASSERT_TRUE(federation_->StartNode("NL").ok());
  FindPort();
  const auto got = Get("desk", opened.id());
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->credentials_size(), 1);
  const tests::Outcome presented = PresentTo(waiting);
  EXPECT_EQ(presented.exit_code, 0) << presented.err;
}

TEST_F(WalletTest, ANodeNamesItselfByItsHost) {
  federation_->StopNode("NL");
  Configure("  client_id: x509_san_dns\n");
  ASSERT_TRUE(federation_->StartNode("NL").ok()) << federation_->LogOf("NL");
  FindPort();
  const Presentation opened = Ask();
  EXPECT_TRUE(absl::StrContains(opened.wallet_uri(), "x509_san_dns%3Alocalhost"));
  const tests::Outcome presented = PresentTo(opened);
  EXPECT_EQ(presented.exit_code, 0) << presented.err;
  // Under a host that its certificate does not name it does not start.
  federation_->StopNode("NL");
  const std::string path = federation_->ConfigPath("NL");
  tests::WriteAll(path, absl::StrReplaceAll(tests::ReadAll(path), {{"https://localhost", "https://other.example"}}));
  const absl::Status refused = federation_->StartNode("NL");
  EXPECT_TRUE(absl::StrContains(refused.ToString(), "wallets.certificate")) << refused;
}

}  // namespace
}  // namespace passerelle::gateway
