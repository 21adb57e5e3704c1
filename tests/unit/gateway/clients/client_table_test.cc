// Who a caller is by what it shows, and what it gets for showing something else.
#include "gateway/clients/client_table.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "core/base/problem.h"
#include "gateway/config/client_config.h"
#include "gateway/config/yaml.h"
#include "gateway/grpc/status.h"
#include "gateway/keys/make_certificates.h"
#include "tests/support/fake_clock.h"
#include "tests/support/loopback_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_signer.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::LoopbackServer;
using ::passerelle::testing::TestSigner;
using ::passerelle::testing::WebReply;

constexpr char kExchange[] = "passerelle.exchange.v1.ExchangeService";
constexpr char kSharing[] = "passerelle.sharing.v1.SharingService";
constexpr char kIssuer[] = "https://login.example.org";
constexpr char kFetchedIssuer[] = "https://fetched.example.org";
constexpr char kAudience[] = "https://node.example.org";

constexpr char kPort[] = R"(
listen: 127.0.0.1:0
token_issuers:
- {issuer: "https://login.example.org", audience: "https://node.example.org", jwks_file: keys.json}
- {issuer: "https://fetched.example.org", audience: "https://node.example.org", jwks_url: "ORIGIN/keys",
   trusted_authorities: authority.pem, jwks_age_max: 2h}
clients:
- id: office
  certificate_sha256: OFFICE
  services: [passerelle.exchange.v1.ExchangeService]
- id: portal
  certificate_sha256: PORTAL
  services: [passerelle.sharing.v1.SharingService]
  case_roles: [holder]
  tokens:
  - {issuer: "https://login.example.org", claims: [{name: sub, value: portal-service}]}
  - {issuer: "https://fetched.example.org", claims: [{name: sub, value: portal-service}]}
- id: centre
  services: [passerelle.exchange.v1.ExchangeService]
  case_roles: [decider]
  tokens:
  - {issuer: "https://login.example.org", claims: [{name: groups, value: centre}, {name: azp, value: desk}]}
- id: double
  services: [passerelle.exchange.v1.ExchangeService]
  tokens:
  - {issuer: "https://login.example.org", claims: [{name: groups, value: both}]}
- id: twofold
  services: [passerelle.exchange.v1.ExchangeService]
  tokens:
  - {issuer: "https://login.example.org", claims: [{name: groups, value: both}]}
)";

class ClientTableTest : public ::testing::Test {
 protected:
  ClientTableTest() : folder_(absl::StrCat(::testing::TempDir(), "/clients_", getpid(), "_", count++)) {
    std::filesystem::create_directories(folder_);
    Put("authority.pem", authority_.certificate);
    PutKeys({{"old", &old_}});
    Serve(Keys({{"old", &old_}}));
    const std::string yaml = absl::StrReplaceAll(
        kPort, {{"ORIGIN", server_.origin()}, {"OFFICE", std::string(64, '1')}, {"PORTAL", std::string(64, '2')}});
    EXPECT_OK(ReadYaml(yaml, "port", &port_));
    CompleteTokenIssuers(folder_, &port_);
    EXPECT_OK(CheckClients(port_));
    auto issuers = TokenIssuers::Open(
        port_, &clock_, [this](TokenIssuers::Event event, const std::string& issuer, const absl::Status& problem) {
          const char* const names[] = {"replaced", "refused", "stale"};
          told_.push_back(absl::StrCat(names[static_cast<int>(event)], " ", issuer, " ",
                                       problem.ok() ? "" : base::Catalogue(base::ReasonOf(problem)).name));
        });
    EXPECT_OK(issuers);
    issuers_ = *std::move(issuers);
    table_.Replace(port_);
  }
  ~ClientTableTest() override { std::filesystem::remove_all(folder_); }

  using Named = std::vector<std::pair<std::string, const TestSigner*>>;
  static std::string Keys(const Named& keys) {
    std::vector<std::string> jwks;
    for (const auto& [id, signer] : keys) {
      std::string jwk = signer->public_key().jwk();
      jwk.insert(1, absl::StrCat(R"("use":"sig","kid":")", id, R"(",)"));
      jwks.push_back(std::move(jwk));
    }
    return absl::StrCat(R"({"keys":[)", absl::StrJoin(jwks, ","), "]}");
  }
  void Put(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ + "/new") << content;
    std::filesystem::rename(folder_ + "/new", absl::StrCat(folder_, "/", name));
  }
  void PutKeys(const Named& keys) const { Put("keys.json", Keys(keys)); }
  // What the server has; nothing for a server that answers nothing useful.
  void Serve(const std::string& keys) {
    const absl::MutexLock lock(&mutex_);
    served_ = keys;
  }

  // The header with a token that was made now.
  std::string Bearer(const std::string& claims, const std::string& issuer = kIssuer, const char* kid = "old",
                     const TestSigner* signer = nullptr) const {
    const int64_t now = absl::ToUnixSeconds(clock_.Now());
    return absl::StrCat("Bearer ",
                        (signer == nullptr ? old_ : *signer)
                            .Token(absl::StrCat(R"("typ":"at+jwt","kid":")", kid, "\""),
                                   absl::StrCat(R"({"iss":")", issuer, R"(","aud":")", kAudience, R"(","iat":)", now,
                                                R"(,"exp":)", now + 300, ",", claims, "}")));
  }
  std::string Portal(const std::string& issuer = kIssuer, const char* kid = "old",
                     const TestSigner* signer = nullptr) const {
    return Bearer(R"("sub":"portal-service")", issuer, kid, signer);
  }
  // `certificate` is a digit that stands 64 times; '-' for none.
  absl::StatusOr<std::string> Who(char certificate, std::vector<std::string> authorization, const char* service) const {
    CallerCredentials caller;
    caller.certificate_sha256 = certificate == '-' ? Problem(Reason::kClientUnknown, "certificate")
                                                   : absl::StatusOr<std::string>(std::string(64, certificate));
    caller.authorization = std::move(authorization);
    return table_.Authorise(caller, service, issuers_.get());
  }
  absl::StatusOr<std::string> Fetched(const char* kid = "old", const TestSigner* signer = nullptr) const {
    return Who('-', {Portal(kFetchedIssuer, kid, signer)}, kSharing);
  }

  static inline int count = 0;
  const std::string folder_;
  const TestSigner old_{proof::KeyAlgorithm::kEs256};
  const TestSigner new_{proof::KeyAlgorithm::kEdDsa};
  const CertificatePems authority_ = *MakeAuthority("Test");
  const CertificatePems own_ = *MakeCertificate(authority_, "urn:test:server");
  absl::Mutex mutex_;
  std::string served_;
  const LoopbackServer server_{[this](const std::string&, const std::string&) {
                                 const absl::MutexLock lock(&mutex_);
                                 return served_.empty() ? WebReply{503, "", ""} : WebReply{200, served_, ""};
                               },
                               own_.certificate, own_.private_key};
  passerelle::testing::FakeClock clock_;
  config::v1::ClientPort port_;
  std::vector<std::string> told_;
  std::unique_ptr<TokenIssuers> issuers_;
  ClientTable table_;
};

TEST_F(ClientTableTest, KnowsAClientByItsCertificateOrByItsToken) {
  EXPECT_EQ(Who('1', {}, kExchange).value(), "office");
  EXPECT_EQ(Who('2', {}, kSharing).value(), "portal");
  EXPECT_EQ(Who('-', {Portal()}, kSharing).value(), "portal");
  EXPECT_EQ(Who('2', {Portal()}, kSharing).value(), "portal");
  // A certificate that is no client's says nothing.
  EXPECT_EQ(Who('9', {Portal()}, kSharing).value(), "portal");
  std::string header = Portal();
  header.replace(0, 6, "bEARER");
  EXPECT_EQ(Who('-', {header}, kSharing).value(), "portal");
  EXPECT_EQ(Who('-', {Bearer(R"("azp":"desk","groups":["a","centre"])")}, kExchange).value(), "centre");
  EXPECT_EQ(table_.CaseRoles("centre", kExchange),
            std::vector<recognition::v1::CaseActor>{recognition::v1::CASE_ACTOR_DECIDER});
}

// What is open is open to strangers and clients alike, under their own names; nothing else is.
TEST_F(ClientTableTest, LetsAnybodyCallWhatIsOpen) {
  constexpr char kCatalogue[] = "passerelle.catalogue.v1.CatalogueService";
  EXPECT_THAT(Who('-', {}, kCatalogue), HasReasonAt(Reason::kClientUnknown, "certificate"));
  port_.add_open_services(kCatalogue);
  EXPECT_OK(CheckClients(port_));
  table_.Replace(port_);
  EXPECT_EQ(Who('-', {}, kCatalogue).value(), kAnybody);
  EXPECT_EQ(Who('9', {}, kCatalogue).value(), kAnybody);
  EXPECT_EQ(Who('1', {}, kCatalogue).value(), "office");
  EXPECT_THAT(Who('-', {}, kSharing), HasReasonAt(Reason::kClientUnknown, "certificate"));
  // A token that is not good is no reason to be taken for nobody.
  EXPECT_EQ(Who('-', {"Bearer x"}, kCatalogue).status().code(), absl::StatusCode::kUnauthenticated);
}

struct Refusal {
  const char* name;
  char certificate;
  std::vector<std::string> authorization;
  const char* service;
  absl::StatusCode code;
  Reason reason;
  const char* place;
};

class RefusedClientTest : public ClientTableTest {
 protected:
  void ExpectRefusals(const std::vector<Refusal>& refusals) {
    for (const Refusal& row : refusals) {
      SCOPED_TRACE(row.name);
      const absl::Status refused = Who(row.certificate, row.authorization, row.service).status();
      EXPECT_THAT(refused, HasReasonAt(row.reason, row.place));
      EXPECT_EQ(refused.code(), row.code);
      // As it goes out.
      const grpc::Status answer = ToGrpc(refused);
      EXPECT_EQ(static_cast<int>(answer.error_code()), static_cast<int>(row.code));
      EXPECT_FALSE(absl::StrContains(answer.error_message(), "portal-service"));
    }
  }
};

TEST_F(RefusedClientTest, LetsNobodyInOtherwise) {
  constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;
  constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
  const std::string broken = Portal() + "!";
  const std::vector<Refusal> refusals = {
      {"nothing", '-', {}, kSharing, kDenied, Reason::kClientUnknown, "certificate"},
      {"unknown certificate", '9', {}, kSharing, kDenied, Reason::kClientUnknown, "certificate"},
      {"service of another client", '1', {}, kSharing, kDenied, Reason::kClientNotAllowed, kSharing},
      {"token for a service of another client",
       '-',
       {Portal()},
       kExchange,
       kDenied,
       Reason::kClientNotAllowed,
       kExchange},
      {"certificate of another client", '1', {Portal()}, kSharing, kDenied, Reason::kClientUnknown, "token"},
      {"certificate of another client that may", '1', {Portal()}, kExchange, kDenied, Reason::kClientUnknown, "token"},
      {"bad token beside a good certificate",
       '2',
       {broken},
       kSharing,
       kUnauthenticated,
       Reason::kJwsMalformed,
       "token"},
      {"subject of nobody", '-', {Bearer(R"("sub":"other")")}, kSharing, kDenied, Reason::kClientUnknown, "token"},
      {"no subject", '-', {Bearer(R"("name":"portal-service")")}, kSharing, kDenied, Reason::kClientUnknown, "token"},
      {"one of two claims",
       '-',
       {Bearer(R"("groups":["centre"])")},
       kExchange,
       kDenied,
       Reason::kClientUnknown,
       "token"},
      {"two clients at once",
       '-',
       {Bearer(R"("groups":["both"])")},
       kExchange,
       kDenied,
       Reason::kClientUnknown,
       "token"},
      {"subject of another issuer",
       '-',
       {Portal("https://evil.example")},
       kSharing,
       kUnauthenticated,
       Reason::kClaimInvalid,
       "token.iss"},
      {"key of another issuer",
       '-',
       {Portal(kIssuer, "old", &new_)},
       kSharing,
       kUnauthenticated,
       Reason::kAlgorithmMismatch,
       "token.alg"},
  };
  ExpectRefusals(refusals);
}

TEST_F(RefusedClientTest, LetsNobodyInWithAnotherHeader) {
  constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;
  const std::vector<Refusal> refusals = {
      {"two headers", '-', {Portal(), Portal()}, kSharing, kUnauthenticated, Reason::kFieldInvalid, "authorization"},
      {"another scheme",
       '2',
       {"Basic cG9ydGFsOnBvcnRhbA=="},
       kSharing,
       kUnauthenticated,
       Reason::kFieldInvalid,
       "authorization"},
      {"empty header", '2', {""}, kSharing, kUnauthenticated, Reason::kFieldInvalid, "authorization"},
      {"no token", '2', {"Bearer "}, kSharing, kUnauthenticated, Reason::kJwsMalformed, "token"},
      {"token without the word",
       '-',
       {Portal().substr(7)},
       kSharing,
       kUnauthenticated,
       Reason::kFieldInvalid,
       "authorization"},
      {"two tokens", '-', {Portal() + ", " + Portal()}, kSharing, kUnauthenticated, Reason::kJwsMalformed, "token"},
  };
  ExpectRefusals(refusals);
}

TEST_F(ClientTableTest, ANodeWithoutIssuersTakesNoTokens) {
  CallerCredentials caller;
  caller.certificate_sha256 = std::string(64, '2');
  EXPECT_EQ(table_.Authorise(caller, kSharing, nullptr).value(), "portal");
  caller.authorization = {Portal()};
  const absl::Status refused = table_.Authorise(caller, kSharing, nullptr).status();
  EXPECT_THAT(refused, HasReasonAt(Reason::kFieldInvalid, "authorization"));
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ClientTableTest, AClientThatWasTakenOutIsNoOneAnyMore) {
  EXPECT_OK(Who('-', {Portal()}, kSharing));
  port_.mutable_clients(1)->clear_tokens();
  table_.Replace(port_);
  EXPECT_THAT(Who('-', {Portal()}, kSharing), HasReasonAt(Reason::kClientUnknown, "token"));
}

TEST_F(ClientTableTest, KeysOfAFileRollOver) {
  PutKeys({{"old", &old_}, {"new", &new_}});
  EXPECT_THAT(Who('-', {Portal(kIssuer, "new", &new_)}, kSharing), HasReasonAt(Reason::kKeyNotFound, "token.kid"));
  issuers_->Refresh();
  EXPECT_OK(Who('-', {Portal(kIssuer, "new", &new_)}, kSharing));
  EXPECT_OK(Who('-', {Portal()}, kSharing));
  PutKeys({{"new", &new_}});
  issuers_->Refresh();
  EXPECT_OK(Who('-', {Portal(kIssuer, "new", &new_)}, kSharing));
  EXPECT_FALSE(Who('-', {Portal()}, kSharing).ok());
  EXPECT_EQ(Who('-', {Portal()}, kSharing).status().code(), absl::StatusCode::kUnauthenticated);
  told_.clear();
  Put("keys.json", "{");
  issuers_->Refresh();
  issuers_->Refresh();
  EXPECT_EQ(told_, std::vector<std::string>{absl::StrCat("refused ", kIssuer, " KEY_UNUSABLE")});
  EXPECT_OK(Who('-', {Portal(kIssuer, "new", &new_)}, kSharing));
}

TEST_F(ClientTableTest, KeysAreFetchedBesideTheCalls) {
  // Nobody knows yet: the caller may come again.
  const absl::Status before = Fetched().status();
  EXPECT_THAT(before, HasReasonAt(Reason::kNoEvidence, "token.iss"));
  EXPECT_EQ(before.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server_.requests(), 0);
  issuers_->Refresh();
  EXPECT_EQ(server_.requests(), 1);
  EXPECT_EQ(told_, std::vector<std::string>{absl::StrCat("replaced ", kFetchedIssuer, " ")});
  for (int i = 0; i < 5; ++i) EXPECT_OK(Fetched());
  issuers_->Refresh();
  EXPECT_EQ(server_.requests(), 1);
  clock_.Advance(kTokenKeysRefresh);
  issuers_->Refresh();
  EXPECT_EQ(server_.requests(), 2);
  EXPECT_EQ(told_.size(), 1u) << "the same keys";
}

TEST_F(ClientTableTest, ANewKeyIsFetchedSoonerAndAnOldOneIsRefusedFromThenOn) {
  issuers_->Refresh();
  Serve(Keys({{"old", &old_}, {"new", &new_}}));
  EXPECT_THAT(Fetched("new", &new_), HasReasonAt(Reason::kKeyNotFound, "token.kid"));
  issuers_->Refresh();
  EXPECT_EQ(server_.requests(), 1) << "callers do not make the node fetch as often as they like";
  clock_.Advance(kTokenKeysSooner);
  issuers_->Refresh();
  EXPECT_EQ(server_.requests(), 2);
  EXPECT_OK(Fetched("new", &new_));
  EXPECT_OK(Fetched());
  Serve(Keys({{"new", &new_}}));
  clock_.Advance(kTokenKeysRefresh);
  issuers_->Refresh();
  EXPECT_OK(Fetched("new", &new_));
  EXPECT_EQ(Fetched().status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ClientTableTest, KeysThatCannotBeFetchedAnewAreUsedForAWhile) {
  issuers_->Refresh();
  told_.clear();
  Serve("");
  for (int minutes = 0; minutes < 119; minutes += 7) {
    clock_.Advance(absl::Minutes(7));
    issuers_->Refresh();
    EXPECT_OK(Fetched()) << minutes;
  }
  EXPECT_EQ(told_, std::vector<std::string>{absl::StrCat("refused ", kFetchedIssuer, " NO_EVIDENCE")});
  clock_.Advance(absl::Minutes(1));
  issuers_->Refresh();
  issuers_->Refresh();
  issuers_->Refresh();
  const absl::Status stale = Fetched().status();
  EXPECT_THAT(stale, HasReasonAt(Reason::kNoEvidence, "token.iss"));
  EXPECT_EQ(stale.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(told_.size(), 2u);
  EXPECT_EQ(told_.back(), absl::StrCat("stale ", kFetchedIssuer, " NO_EVIDENCE"));
  // The other issuer is not concerned.
  EXPECT_OK(Who('-', {Portal()}, kSharing));
  Serve(Keys({{"new", &new_}}));
  clock_.Advance(kTokenKeysSooner);
  issuers_->Refresh();
  EXPECT_OK(Fetched("new", &new_));
}

TEST_F(ClientTableTest, WhatTheServerSendsInsteadOfKeysReplacesNothing) {
  issuers_->Refresh();
  for (const std::string& other : {std::string("<html>"), std::string(R"({"keys":[]})"),
                                   std::string(kTokenKeysBytesMax + 1, ' '), Keys({{"a", &old_}, {"a", &new_}})}) {
    Serve(other);
    clock_.Advance(kTokenKeysRefresh);
    issuers_->Refresh();
    EXPECT_OK(Fetched());
  }
  EXPECT_EQ(server_.requests(), 5);
}

}  // namespace
}  // namespace passerelle::gateway
