#include "core/wallet/offers.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/proof/jose/sign.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/recognition/issue/decision_json.h"
#include "core/wallet/forget.h"
#include "core/wallet/form.h"
#include "core/wallet/key_proof.h"
#include "core/wallet/nonces.h"
#include "core/wallet/offer_records.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/authenticity/signed_documents.h"
#include "tests/unit/core/nodes/credentials.h"
#include "tests/unit/core/recognition/issue/issue_examples.h"
#include "tests/unit/core/wallet/wallet_fixture.h"

namespace passerelle::wallet {
namespace {

using authenticity::Day;
using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;
using recognition::v1::RecognitionCase;

class OffersTest : public ::testing::Test {
 protected:
  OffersTest()
      : clock_(Day("2025-06-02")),
        adapters_(testing::TestFormats()),
        case_(recognition::ClosedCase(recognition::v1::DECISION_KIND_FULL)),
        offers_(Offers::Options{.store = &store_,
                                .clock = &clock_,
                                .random = &random_,
                                .issuer = {kAddress, "https://centre.example", TestVerifier().signer},
                                .adapters = &adapters_,
                                .find_case = [this](absl::string_view, absl::string_view id) { return Found(id); }}) {
    case_.mutable_document()->set_content(testing::EuropeanDocument());
  }

  absl::StatusOr<RecognitionCase> Found(absl::string_view id) const {
    if (id != case_.id()) return base::Problem(Reason::kResourceNotFound, "id");
    return case_;
  }

  v1::OfferDecisionRequest Wish(bool with_code = false) {
    v1::OfferDecisionRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_case_id(case_.id());
    request.set_decision_sha256(recognition::DecisionSha256(case_));
    request.set_country("BG");
    request.set_language("en");
    request.set_status_list("https://centre.example/status/token");
    request.set_status_index(17);
    request.set_with_transaction_code(with_code);
    return request;
  }

  v1::Offer Made(bool with_code = false) {
    const auto made = offers_.Make("desk", Wish(with_code));
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *made : v1::Offer();
  }

  static std::string Form(const v1::Offer& offer, const std::string& more = "") {
    const base::JsonDocument json = *base::JsonDocument::Parse(offer.offer_json());
    return absl::StrCat("grant_type=", EscapeForQuery(kPreAuthorizedGrant), "&pre-authorized_code=",
                        At(json, absl::StrCat("/grants/", kPreAuthorizedGrant, "/pre-authorized_code")), more);
  }
  // An access token.
  std::vector<std::string> Redeem(const v1::Offer& offer) {
    const auto token = offers_.Token(Form(offer));
    EXPECT_TRUE(token.ok()) << token.status();
    if (!token.ok()) return {};
    return {absl::StrCat("Bearer ", At(*base::JsonDocument::Parse(*token), "/access_token"))};
  }
  std::string Nonce() { return At(*base::JsonDocument::Parse(*offers_.Nonce()), "/c_nonce"); }
  std::string Proof(const std::string& nonce) const {
    const std::string claims = absl::StrCat(R"({"aud":")", kAddress, R"(","iat":)", absl::ToUnixSeconds(clock_.Now()),
                                            R"(,"nonce":")", nonce, "\"}");
    const std::string header = absl::StrCat(R"({"alg":"ES256","typ":"openid4vci-proof+jwt","jwk":)",
                                            StrangersKey().verification_key().jwk(), "}");
    const std::string input = absl::StrCat(base::Base64UrlEncode(header), ".", base::Base64UrlEncode(claims));
    return absl::StrCat(input, ".", base::Base64UrlEncode(*StrangersKey().Sign(input)));
  }
  static std::string Asking(const std::string& proof) {
    return absl::StrCat(R"({"credential_configuration_id":"recognition-decision","proofs":{"jwt":[")", proof,
                        R"("]}})");
  }
  v1::OfferState StateOf(const v1::Offer& offer) { return offers_.Get("desk", offer.id())->state(); }

  ::passerelle::testing::FakeClock clock_;
  ::passerelle::testing::FakeRandom random_;
  ::passerelle::testing::MemoryStore store_;
  document::Registry adapters_;
  RecognitionCase case_;
  Offers offers_;
};

TEST_F(OffersTest, ADecisionIsIssuedForTheKeyOfTheWallet) {
  const v1::Offer offer = Made();
  EXPECT_TRUE(
      absl::StartsWith(offer.wallet_uri(), "openid-credential-offer://?credential_offer=%7B%22credential_issuer"));
  EXPECT_EQ(offer.state(), v1::OFFER_STATE_OPEN);
  EXPECT_EQ(offer.transaction_code(), "");
  const std::vector<std::string> token = Redeem(offer);
  EXPECT_EQ(StateOf(offer), v1::OFFER_STATE_REDEEMED);
  ASSERT_OK_AND_ASSIGN(const std::string answer, offers_.Credential(token, Asking(Proof(Nonce()))));
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument json, base::JsonDocument::Parse(answer));
  const std::string credential = At(json, "/credentials/0/credential");
  proof::KeySet keys;
  keys.Add(*TestVerifier().signer->certificate().key());
  const proof::SdJwtVerdict verdict = proof::VerifySdJwt(credential, keys, clock_.Now(), {});
  ASSERT_TRUE(verdict.Accepted());
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"/iss", "https://centre.example"},
      {"/vct", "urn:passerelle:recognition-decision:1"},
      {"/case", case_.id()},
      {"/decision_sha256", recognition::DecisionSha256(case_)},
      {"/cnf/jwk", StrangersKey().verification_key().jwk()},
      {"/status/status_list/uri", "https://centre.example/status/token"},
      {"/status/status_list/idx", "17"}};
  for (const auto& [pointer, text] : rows) EXPECT_EQ(At(*verdict.claims, pointer), text) << pointer;
  const v1::Offer issued = *offers_.Get("desk", offer.id());
  EXPECT_EQ(issued.state(), v1::OFFER_STATE_ISSUED);
  EXPECT_EQ(issued.holder_key_thumbprint(), StrangersKey().verification_key().thumbprint());
  EXPECT_EQ(issued.wallet_uri(), "") << "secrets are told once";
  EXPECT_THAT(offers_.Get("another", offer.id()), HasReasonAt(Reason::kResourceNotFound, "id"));
}

TEST_F(OffersTest, TheNodeSaysWhatItIssuesAndHow) {
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument issuer, base::JsonDocument::Parse(IssuerMetadata(offers_.issuer())));
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument server, base::JsonDocument::Parse(ServerMetadata(offers_.issuer())));
  const std::string configuration = "/credential_configurations_supported/recognition-decision";
  EXPECT_EQ(At(issuer, "/credential_issuer"), kAddress);
  EXPECT_EQ(At(issuer, "/credential_endpoint"), absl::StrCat(kAddress, "/credential"));
  EXPECT_EQ(At(issuer, "/nonce_endpoint"), absl::StrCat(kAddress, "/nonce"));
  EXPECT_EQ(At(issuer, configuration + "/format"), "dc+sd-jwt");
  EXPECT_EQ(At(issuer, configuration + "/credential_signing_alg_values_supported"), R"(["ES256"])");
  EXPECT_EQ(At(issuer, configuration + "/proof_types_supported/jwt/proof_signing_alg_values_supported"),
            R"(["ES256","ES384","ES512","EdDSA"])");
  EXPECT_EQ(At(server, "/issuer"), kAddress);
  EXPECT_EQ(At(server, "/token_endpoint"), absl::StrCat(kAddress, "/token"));
  EXPECT_EQ(At(server, "/pre-authorized_grant_anonymous_access_supported"), "true");
}

TEST_F(OffersTest, ACodeIsUsedOnceAndForItsTime) {
  const v1::Offer offer = Made();
  Redeem(offer);
  EXPECT_THAT(offers_.Token(Form(offer)), HasReasonAt(Reason::kGrantInvalid, "pre-authorized_code"));
  const v1::Offer late = Made();
  clock_.Advance(kOfferLifeDefault);
  EXPECT_THAT(offers_.Token(Form(late)), HasReason(Reason::kGrantInvalid));
  EXPECT_EQ(StateOf(late), v1::OFFER_STATE_EXPIRED);
  EXPECT_THAT(offers_.Token("grant_type=x"), HasReasonAt(Reason::kFieldInvalid, "grant_type"));
  EXPECT_THAT(offers_.Token(absl::StrCat("grant_type=", EscapeForQuery(kPreAuthorizedGrant))),
              HasReasonAt(Reason::kFieldMissing, "pre-authorized_code"));
}

TEST_F(OffersTest, ATransactionCodeIsNotGuessed) {
  const v1::Offer good = Made(true);
  ASSERT_EQ(good.transaction_code().size(), static_cast<size_t>(kTransactionCodeDigits));
  EXPECT_THAT(offers_.Token(Form(good)), HasReasonAt(Reason::kFieldMissing, "tx_code"));
  EXPECT_OK(offers_.Token(Form(good, absl::StrCat("&tx_code=", good.transaction_code()))));
  const v1::Offer guessed = Made(true);
  for (uint32_t i = 0; i < kOfferRefusalsMax; ++i) {
    EXPECT_THAT(offers_.Token(Form(guessed, "&tx_code=wrong")), HasReasonAt(Reason::kGrantInvalid, "tx_code"));
  }
  EXPECT_THAT(offers_.Token(Form(guessed, absl::StrCat("&tx_code=", guessed.transaction_code()))),
              HasReasonAt(Reason::kGrantInvalid, "pre-authorized_code"));
  EXPECT_EQ(StateOf(guessed), v1::OFFER_STATE_FAILED);
  EXPECT_THAT(offers_.Token(Form(Made(), "&tx_code=1")), HasReasonAt(Reason::kFieldInvalid, "tx_code"));
}

TEST_F(OffersTest, ATokenIsUsedOnceAndForItsTime) {
  const std::vector<std::string> token = Redeem(Made());
  EXPECT_OK(offers_.Credential(token, Asking(Proof(Nonce()))));
  EXPECT_THAT(offers_.Credential(token, Asking(Proof(Nonce()))), HasReasonAt(Reason::kGrantInvalid, "authorization"));
  const std::vector<std::string> late = Redeem(Made());
  clock_.Advance(kTokenLife);
  EXPECT_THAT(offers_.Credential(late, Asking(Proof(Nonce()))), HasReason(Reason::kGrantInvalid));
  for (const std::vector<std::string>& other : {std::vector<std::string>{},
                                                {"Basic x"},
                                                {"Bearer "},
                                                {"Bearer x", "Bearer y"},
                                                {absl::StrCat("Bearer ", std::string(64, '0'))}}) {
    EXPECT_THAT(offers_.Credential(other, "{}"), HasReason(Reason::kGrantInvalid));
  }
}

TEST_F(OffersTest, ANonceIsUsedOnceAndForItsTime) {
  const std::vector<std::string> first = Redeem(Made());
  const std::vector<std::string> second = Redeem(Made());
  const std::string nonce = Nonce();
  EXPECT_OK(offers_.Credential(first, Asking(Proof(nonce))));
  EXPECT_THAT(offers_.Credential(second, Asking(Proof(nonce))), HasReasonAt(Reason::kWalletProof, "nonce"));
  const std::string old = Nonce();
  clock_.Advance(kNonceLife + absl::Seconds(1));
  const std::vector<std::string> third = Redeem(Made());
  EXPECT_THAT(offers_.Credential(third, Asking(Proof(old))), HasReasonAt(Reason::kWalletProof, "nonce"));
  std::string foreign = Nonce();
  foreign.back() = foreign.back() == 'A' ? 'E' : 'A';
  EXPECT_THAT(offers_.Credential(third, Asking(Proof(foreign))), HasReasonAt(Reason::kWalletProof, "nonce"));
  EXPECT_OK(offers_.Credential(third, Asking(Proof(Nonce()))));
  EXPECT_NE(Nonce(), Nonce());
}

TEST_F(OffersTest, ManyBadProofsEndAnOffer) {
  const v1::Offer offer = Made();
  const std::vector<std::string> token = Redeem(offer);
  for (uint32_t i = 0; i < kOfferRefusalsMax; ++i) {
    EXPECT_THAT(offers_.Credential(token, Asking("x.y.z")), HasReason(Reason::kWalletProof));
  }
  EXPECT_THAT(offers_.Credential(token, Asking(Proof(Nonce()))), HasReason(Reason::kGrantInvalid));
  EXPECT_EQ(StateOf(offer), v1::OFFER_STATE_FAILED);
}

TEST_F(OffersTest, WhatWasReplacedMeanwhileIsNotIssued) {
  const std::vector<std::string> token = Redeem(Made());
  const RecognitionCase before = case_;
  case_.mutable_procedure()->mutable_decision()->set_scope("something else");
  EXPECT_THAT(offers_.Credential(token, Asking(Proof(Nonce()))), HasReasonAt(Reason::kFieldInvalid, "decision_sha256"));
  case_ = before;
  case_.set_state(recognition::v1::CASE_STATE_APPEALED);
  EXPECT_THAT(offers_.Credential(token, Asking(Proof(Nonce()))), HasReasonAt(Reason::kGuardNotMet, "state"));
}

TEST_F(OffersTest, WhatCannotBeIssuedIsNotOffered) {
  const std::vector<std::pair<std::function<void(v1::OfferDecisionRequest&)>, std::pair<Reason, const char*>>> rows = {
      {[](auto& wish) { wish.clear_request_id(); }, {Reason::kFieldMissing, "request_id"}},
      {[](auto& wish) { wish.clear_case_id(); }, {Reason::kFieldMissing, "case_id"}},
      {[](auto& wish) { wish.set_case_id("another"); }, {Reason::kResourceNotFound, "id"}},
      {[](auto& wish) { wish.clear_decision_sha256(); }, {Reason::kFieldMissing, "decision_sha256"}},
      {[](auto& wish) { wish.set_decision_sha256("another"); }, {Reason::kFieldInvalid, "decision_sha256"}},
      {[](auto& wish) { wish.set_country("??"); }, {Reason::kFieldInvalid, "country"}},
      {[](auto& wish) { wish.set_language("xx"); }, {Reason::kFieldInvalid, "language"}},
      {[](auto& wish) { wish.clear_status_list(); }, {Reason::kFieldMissing, "status_list"}},
      {[](auto& wish) { wish.set_status_list("http://x.example"); }, {Reason::kFieldInvalid, "status_list"}},
      {[](auto& wish) { wish.mutable_life()->set_seconds(29); }, {Reason::kFieldInvalid, "life"}},
      {[](auto& wish) { wish.mutable_life()->set_seconds(3601); }, {Reason::kFieldInvalid, "life"}}};
  for (const auto& [change, problem] : rows) {
    v1::OfferDecisionRequest wish = Wish();
    change(wish);
    EXPECT_THAT(offers_.Make("desk", wish), HasReasonAt(problem.first, problem.second));
  }
  case_.set_state(recognition::v1::CASE_STATE_EVALUATION);
  EXPECT_THAT(offers_.Make("desk", Wish()), HasReasonAt(Reason::kGuardNotMet, "state"));
}

TEST_F(OffersTest, TheSameRequestMakesOneOfferAndTellsItsSecretsOnce) {
  const v1::OfferDecisionRequest wish = Wish(true);
  ASSERT_OK_AND_ASSIGN(const v1::Offer first, offers_.Make("desk", wish));
  ASSERT_OK_AND_ASSIGN(const v1::Offer again, offers_.Make("desk", wish));
  EXPECT_EQ(first.id(), again.id());
  EXPECT_NE(first.wallet_uri(), "");
  EXPECT_EQ(again.wallet_uri(), "");
  EXPECT_EQ(again.transaction_code(), "");
}

TEST_F(OffersTest, AClientHasSoManyOffersAndTheyAreForgotten) {
  for (int i = 0; i < kOffersMax; ++i) Made();
  EXPECT_THAT(offers_.Make("desk", Wish()), HasReasonAt(Reason::kOverloaded, "offer"));
  clock_.Advance(kOfferLifeDefault);
  EXPECT_THAT(ForgetDue(clock_.Now(), 1000, store_), IsOkAndHolds(kOffersMax));
  const v1::Offer offer = Made();
  EXPECT_OK(offers_.Credential(Redeem(offer), Asking(Proof(Nonce()))));
  clock_.Advance(kOfferKept);
  EXPECT_THAT(ForgetDue(clock_.Now(), 1000, store_), IsOkAndHolds(kOffersMax + 2)) << "with the offer and its nonce";
  EXPECT_THAT(offers_.Get("desk", offer.id()), HasReason(Reason::kResourceNotFound));
}

}  // namespace
}  // namespace passerelle::wallet
