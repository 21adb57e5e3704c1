#include "core/wallet/presentations.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/proof/encryption_key.h"
#include "core/proof/jose/jwe.h"
#include "core/proof/jose/jws.h"
#include "core/proof/jose/sign.h"
#include "core/proof/sd_jwt/issue.h"
#include "core/wallet/forget.h"
#include "core/wallet/form.h"
#include "core/wallet/nonces.h"
#include "core/wallet/presentation_records.h"
#include "google/protobuf/text_format.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/authenticity/signed_documents.h"
#include "tests/unit/core/wallet/wallet_fixture.h"

namespace passerelle::wallet {
namespace {

using authenticity::CheckOf;
using authenticity::Day;
using authenticity::Keys;
using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

constexpr char kSdJwtQuery[] =
    R"(queries {id: "micro" format: CREDENTIAL_FORMAT_SD_JWT_VC vct_values: "urn:example:other"
        vct_values: "urn:example:micro" claims {path {member: "title"}}
        claims {path {member: "name"} path {member: "given"}} claims {path {member: "level"}}})";
constexpr char kTokenQuery[] =
    R"(queries {id: "token" format: CREDENTIAL_FORMAT_JWT_VC_JSON type_values {types: "NoSuchType"}
        type_values {types: "VerifiableCredential" types: "MicroCredential"}
        claims {path {member: "credentialSubject"} path {member: "title"}}})";

class PresentationsTest : public ::testing::Test {
 protected:
  PresentationsTest()
      : clock_(Day("2025-06-02")),
        trust_(authenticity::Made(authenticity::FjordBundle())),
        adapters_(document::Registry({})),
        presentations_(Presentations::Options{.store = &store_,
                                              .clock = &clock_,
                                              .random = &random_,
                                              .verifier = TestVerifier(),
                                              .adapters = &adapters_,
                                              .trust = &trust_}) {}

  v1::RequestPresentationRequest Asking(const std::string& queries, bool plain = true) {
    v1::RequestPresentationRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(queries, &request));
    request.set_request_id(base::NewUuid(random_));
    request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    if (plain) request.set_response_mode(v1::RESPONSE_MODE_PLAIN);
    return request;
  }

  // Opens a request, and keeps what the wallet learns of it.
  void Open(const std::string& queries = kSdJwtQuery, bool plain = true) {
    const auto opened = presentations_.Request("desk", Asking(queries, plain));
    ASSERT_TRUE(opened.ok()) << opened.status();
    id_ = opened->id();
    const auto object = presentations_.RequestObject(id_, "");
    ASSERT_TRUE(object.ok()) << object.status();
    request_.emplace(ClaimsOf(*object));
    nonce_ = At(*request_, "/nonce");
    client_id_ = At(*request_, "/client_id");
  }

  // A good presentation of the SD-JWT VC, or with what is given in the place of what would be good.
  std::string Bound(const std::string& sd_jwt, const std::string& audience = "", const std::string& nonce = "",
                    const proof::SigningKey& key = Keys().holder, absl::Duration age = absl::ZeroDuration()) const {
    return *proof::BindSdJwt(sd_jwt, key, audience.empty() ? client_id_ : audience, nonce.empty() ? nonce_ : nonce,
                             clock_.Now() - age);
  }
  std::string Good() const { return Bound(Disclosing(HeldSdJwt(), {"title", "name"})); }

  // A presentation of the token by the holder.
  std::string Vp(const std::string& audience = "", const std::string& nonce = "",
                 const proof::SigningKey& key = Keys().holder, const std::string& type = "JWT",
                 const std::string& more = "") const {
    const std::string payload = absl::StrCat(
        R"({"aud":")", audience.empty() ? client_id_ : audience, R"(","nonce":")", nonce.empty() ? nonce_ : nonce,
        R"(","iat":)", absl::ToUnixSeconds(clock_.Now()), more,
        R"(,"vp":{"@context":["https://www.w3.org/2018/credentials/v1"],"type":["VerifiablePresentation"],)",
        R"("verifiableCredential":[")", HeldToken(), R"("]}})");
    return *proof::SignToken(type, "", payload, key);
  }

  static std::string Body(const std::string& vp_token, const std::string& state) {
    return absl::StrCat("vp_token=", EscapeForQuery(vp_token), "&state=", state);
  }
  static std::string TokenOf(const std::string& id, const std::string& presentation) {
    return absl::StrCat(R"({")", id, R"(":[")", presentation, R"("]})");
  }
  absl::Status Present(const std::string& presentation, const std::string& query = "micro") {
    return presentations_.Answer(id_, Body(TokenOf(query, presentation), id_));
  }
  v1::Presentation Got() {
    const auto got = presentations_.Get("desk", id_);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : v1::Presentation();
  }

  struct Row {
    const char* name;
    const char* queries;
    std::function<std::string()> vp_token;
    Reason reason;
    const char* place;
  };
  void ExpectRefused(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      SCOPED_TRACE(row.name);
      Open(row.queries);
      EXPECT_THAT(presentations_.Answer(id_, Body(row.vp_token(), id_)), HasReasonAt(row.reason, row.place));
      const v1::Presentation got = Got();
      EXPECT_EQ(got.state(), v1::PRESENTATION_STATE_OPEN);
      EXPECT_EQ(got.refusals(), 1u);
      EXPECT_EQ(got.last_refusal().reason(), base::Catalogue(row.reason).name);
      EXPECT_EQ(got.last_refusal().place(), row.place);
      EXPECT_EQ(got.credentials_size(), 0);
    }
  }

  ::passerelle::testing::FakeClock clock_;
  ::passerelle::testing::FakeRandom random_;
  ::passerelle::testing::MemoryStore store_;
  trust::TrustBundleHolder trust_;
  document::Registry adapters_;
  Presentations presentations_;
  std::string id_;
  std::string nonce_;
  std::string client_id_;
  std::optional<base::JsonDocument> request_;
};

TEST_F(PresentationsTest, TheRequestIsSignedAndSaysWhatIsAskedAndWhatFor) {
  const auto opened = presentations_.Request("desk", Asking(kSdJwtQuery, false));
  ASSERT_OK(opened);
  EXPECT_EQ(opened->state(), v1::PRESENTATION_STATE_OPEN);
  EXPECT_EQ(opened->wallet_uri(), absl::StrCat("openid4vp://?client_id=x509_san_dns%3Awallets.example&request_uri="
                                               "https%3A%2F%2Fwallets.example%2Fpresentations%2F",
                                               opened->id(), "%2Frequest&request_uri_method=post"));
  ASSERT_OK_AND_ASSIGN(const std::string object, presentations_.RequestObject(opened->id(), "of the wallet"));
  const base::JsonDocument header = HeaderOf(object);
  EXPECT_EQ(At(header, "/typ"), "oauth-authz-req+jwt");
  EXPECT_EQ(At(header, "/x5c/0"), base::Base64Encode(TestVerifier().signer->certificate().der()));
  ASSERT_OK_AND_ASSIGN(const proof::Jws jws, proof::Jws::ParseCompact(object));
  const auto verdict =
      jws.VerifyWithKey(jws.signatures().front(), *TestVerifier().signer->certificate().key(), proof::JwsProfile());
  EXPECT_TRUE(verdict.Accepted());
  const base::JsonDocument claims = ClaimsOf(object);
  const std::vector<std::pair<const char*, std::string>> rows = {
      {"/response_type", "vp_token"},
      {"/response_mode", "direct_post.jwt"},
      {"/aud", "https://self-issued.me/v2"},
      {"/client_id", "x509_san_dns:wallets.example"},
      {"/response_uri", absl::StrCat(kAddress, "/presentations/", opened->id(), "/response")},
      {"/state", opened->id()},
      {"/wallet_nonce", "of the wallet"},
      {"/dcql_query/credentials/0/meta/vct_values/1", "urn:example:micro"},
      {"/client_metadata/jwks/keys/0/alg", "ECDH-ES"},
      {"/client_metadata/jwks/keys/0/use", "enc"},
      {"/client_metadata/jwks/keys/0/d", "absent"},
      {"/client_metadata/encrypted_response_enc_values_supported", R"(["A256GCM"])"},
      {"/client_metadata/vp_formats_supported/dc+sd-jwt/kb-jwt_alg_values/0", "ES256"},
      {"/verifier_info/0/data/purpose", "recognition"},
      {"/redirect_uri", "absent"}};
  for (const auto& [pointer, text] : rows) EXPECT_EQ(At(claims, pointer), text) << pointer;
  EXPECT_GE(At(claims, "/nonce").size(), 32u);
  EXPECT_THAT(presentations_.RequestObject(opened->id(), std::string(kWalletNonceBytesMax + 1, 'x')),
              HasReasonAt(Reason::kInputTooLarge, "wallet_nonce"));
  EXPECT_THAT(presentations_.RequestObject("nobody", ""), HasReasonAt(Reason::kPresentationUnknown, "state"));
}

TEST_F(PresentationsTest, WhatWasAskedForIsKeptWithItsVerdictForWhoAsked) {
  Open();
  const std::string presentation = Good();
  EXPECT_OK(Present(presentation));
  const v1::Presentation got = Got();
  EXPECT_EQ(got.state(), v1::PRESENTATION_STATE_ANSWERED);
  ASSERT_EQ(got.credentials_size(), 1);
  EXPECT_EQ(got.credentials(0).query_id(), "micro");
  EXPECT_EQ(got.credentials(0).content(), presentation);
  EXPECT_EQ(got.credentials(0).sha256(), base::Sha256Hex(presentation));
  EXPECT_EQ(got.credentials(0).verdict().sha256(), base::Sha256Hex(presentation));
  EXPECT_EQ(CheckOf(got.credentials(0).verdict(), "seal"), "seal:PASS:SEAL_INTACT");
  EXPECT_EQ(CheckOf(got.credentials(0).verdict(), "holder"), "holder:PASS:HOLDER_BOUND");
  EXPECT_FALSE(absl::StrContains(presentation, "grade"));
  EXPECT_THAT(presentations_.Get("another", id_), HasReasonAt(Reason::kResourceNotFound, "id"));
  EXPECT_THAT(presentations_.Get("desk", ""), HasReasonAt(Reason::kFieldMissing, "id"));
}

TEST_F(PresentationsTest, ACredentialOfTheDraftsTypeIsTaken) {
  Open();
  EXPECT_OK(Present(Bound(Disclosing(HeldSdJwt("vc+sd-jwt"), {"title", "name"}))));
}

TEST_F(PresentationsTest, ATokenIsTakenOutOfItsPresentation) {
  Open(kTokenQuery);
  EXPECT_OK(Present(Vp(), "token"));
  const v1::Presentation got = Got();
  ASSERT_EQ(got.credentials_size(), 1);
  EXPECT_EQ(got.credentials(0).content(), HeldToken());
  EXPECT_EQ(CheckOf(got.credentials(0).verdict(), "seal"), "seal:PASS:SEAL_INTACT");
}

TEST_F(PresentationsTest, EveryPresentationThatIsNotGoodIsRefusedAndLeavesNothing) {
  const auto sd = [](const std::string& presentation) { return TokenOf("micro", presentation); };
  const auto disclosed = [](const std::vector<std::string>& names) { return Disclosing(HeldSdJwt(), names); };
  const std::vector<Row> rows = {
      {"another nonce", kSdJwtQuery,
       [&] {
         return sd(Bound(disclosed({"title", "name"}), "", "n-0S6"));
       },
       Reason::kKeyBinding, "vp_token.micro: nonce"},
      {"another receiver", kSdJwtQuery,
       [&] {
         return sd(Bound(disclosed({"title", "name"}), "x509_san_dns:other.example"));
       },
       Reason::kKeyBinding, "vp_token.micro: aud"},
      {"another key", kSdJwtQuery,
       [&] {
         return sd(Bound(disclosed({"title", "name"}), "", "", StrangersKey()));
       },
       Reason::kKeyBinding, "vp_token.micro: signature"},
      {"an old binding", kSdJwtQuery,
       [&] {
         return sd(Bound(disclosed({"title", "name"}), "", "", Keys().holder, absl::Hours(1)));
       },
       Reason::kKeyBindingOld, "vp_token.micro: iat"},
      {"no binding", kSdJwtQuery,
       [&] {
         return sd(disclosed({"title", "name"}));
       },
       Reason::kKeyBinding, "vp_token.micro"},
      {"a claim short", kSdJwtQuery, [&] { return sd(Bound(disclosed({"title"}))); }, Reason::kPresentationIncomplete,
       "vp_token.micro: [\"name\",\"given\"]"},
      {"a claim too many", kSdJwtQuery,
       [&] {
         return sd(Bound(disclosed({"title", "name", "grade"})));
       },
       Reason::kFieldInvalid, "vp_token.micro: /grade"},
      {"another type", R"(queries {id: "micro" format: CREDENTIAL_FORMAT_SD_JWT_VC vct_values: "urn:example:diploma"})",
       [&] { return sd(Bound(disclosed({}))); }, Reason::kPresentationIncomplete, "vp_token.micro: vct"},
      {"another format", kSdJwtQuery, [&] { return sd(Vp()); }, Reason::kSdJwtMalformed, "vp_token.micro"},
      {"no credential", kSdJwtQuery, [&] { return std::string("{}"); }, Reason::kPresentationIncomplete,
       "vp_token.micro"},
      {"one more credential", kSdJwtQuery,
       [&] { return absl::StrCat(R"({"other":["x"],"micro":[")", Good(), R"("]})"); }, Reason::kFieldInvalid,
       "vp_token"},
      {"two presentations", kSdJwtQuery,
       [&] { return absl::StrCat(R"({"micro":[")", Good(), R"(",")", Good(), R"("]})"); }, Reason::kFieldInvalid,
       "vp_token.micro"},
      {"a bare presentation", kSdJwtQuery, [&] { return absl::StrCat(R"({"micro":")", Good(), R"("})"); },
       Reason::kFieldInvalid, "vp_token.micro"},
      {"an object for a text", kSdJwtQuery, [&] { return std::string(R"({"micro":[{}]})"); }, Reason::kFieldInvalid,
       "vp_token.micro"},
      {"no object", kSdJwtQuery, [&] { return Good(); }, Reason::kJsonMalformed, "vp_token"},
      {"a list", kSdJwtQuery, [&] { return std::string("[]"); }, Reason::kFieldInvalid, "vp_token"},
  };
  ExpectRefused(rows);
}

TEST_F(PresentationsTest, ATokenThatIsNotGoodIsRefused) {
  const auto vp = [](const std::string& presentation) { return TokenOf("token", presentation); };
  const std::vector<Row> rows = {
      {"a token with another nonce", kTokenQuery, [&] { return vp(Vp("", "n-0S6")); }, Reason::kKeyBinding,
       "vp_token.token: nonce"},
      {"a token for another receiver", kTokenQuery, [&] { return vp(Vp("x509_san_dns:other.example")); },
       Reason::kKeyBinding, "vp_token.token: aud"},
      {"a token by another key", kTokenQuery, [&] { return vp(Vp("", "", StrangersKey())); }, Reason::kKeyBinding,
       "vp_token.token: signature"},
      {"a token of another use", kTokenQuery, [&] { return vp(Vp("", "", Keys().holder, "at+jwt")); },
       Reason::kKeyBinding, "vp_token.token: typ"},
      {"a token whose time is over", kTokenQuery,
       [&] { return vp(Vp("", "", Keys().holder, "JWT", R"(,"exp":1000)")); }, Reason::kExpired, "vp_token.token: exp"},
      {"the credential without a presentation", kTokenQuery, [&] { return vp(HeldToken()); },
       Reason::kPresentationIncomplete, "vp_token.token: vp"},
      {"a token of another type",
       R"(queries {id: "token" format: CREDENTIAL_FORMAT_JWT_VC_JSON type_values {types: "Diploma"}})",
       [&] { return vp(Vp()); }, Reason::kPresentationIncomplete, "vp_token.token: vc/type"},
      {"a token without the claim",
       R"(queries {id: "token" format: CREDENTIAL_FORMAT_JWT_VC_JSON type_values {types: "MicroCredential"}
           claims {path {member: "credentialSubject"} path {member: "grade"}}})",
       [&] { return vp(Vp()); }, Reason::kPresentationIncomplete, "vp_token.token: [\"credentialSubject\",\"grade\"]"},
  };
  ExpectRefused(rows);
}

TEST_F(PresentationsTest, ARequestTakesOneAnswer) {
  Open();
  const std::string first = Good();
  EXPECT_OK(Present(first));
  // The same again, and another good one.
  EXPECT_THAT(Present(first), HasReasonAt(Reason::kPresentationAnswered, "state"));
  EXPECT_THAT(Present(Good()), HasReason(Reason::kPresentationAnswered));
  EXPECT_THAT(presentations_.RequestObject(id_, ""), HasReason(Reason::kPresentationAnswered));
  EXPECT_EQ(Got().credentials_size(), 1);
  // For another request it is no answer either.
  Open();
  EXPECT_THAT(Present(first), HasReasonAt(Reason::kKeyBinding, "vp_token.micro: nonce"));
}

TEST_F(PresentationsTest, AForgedCredentialIsKeptWithAVerdictThatSaysSo) {
  Open();
  std::string forged = Disclosing(HeldSdJwt(), {"title", "name"});
  const size_t signature = forged.find('~') - 10;
  forged[signature] = forged[signature] == 'A' ? 'B' : 'A';
  EXPECT_OK(Present(Bound(forged)));
  const v1::Presentation got = Got();
  ASSERT_EQ(got.credentials_size(), 1);
  EXPECT_EQ(got.credentials(0).verdict().verdict(), authenticity::v1::VERDICT_NOT_AUTHENTIC);
}

TEST_F(PresentationsTest, ManyRefusedAnswersEndARequest) {
  Open();
  for (uint32_t i = 0; i < kRefusalsMax; ++i) {
    EXPECT_THAT(presentations_.Answer(id_, "state=" + id_), HasReason(Reason::kPresentationIncomplete)) << i;
  }
  EXPECT_EQ(Got().state(), v1::PRESENTATION_STATE_FAILED);
  EXPECT_THAT(Present(Good()), HasReason(Reason::kPresentationUnknown));
}

TEST_F(PresentationsTest, ARequestEndsWithItsTimeAndIsForgotten) {
  v1::RequestPresentationRequest request = Asking(kSdJwtQuery);
  request.mutable_life()->set_seconds(60);
  ASSERT_OK_AND_ASSIGN(const v1::Presentation opened, presentations_.Request("desk", request));
  Open();
  clock_.Advance(absl::Seconds(60));
  EXPECT_THAT(presentations_.Answer(opened.id(), ""), HasReason(Reason::kPresentationUnknown));
  EXPECT_THAT(presentations_.RequestObject(opened.id(), ""), HasReason(Reason::kPresentationUnknown));
  ASSERT_OK_AND_ASSIGN(const v1::Presentation over, presentations_.Get("desk", opened.id()));
  EXPECT_EQ(over.state(), v1::PRESENTATION_STATE_EXPIRED);
  EXPECT_OK(Present(Good()));  // the other one
  EXPECT_THAT(ForgetDue(clock_.Now(), 10, store_), ::passerelle::testing::IsOkAndHolds(1));
  EXPECT_OK(presentations_.Get("desk", opened.id()));
  clock_.Advance(kPresentationKept);
  EXPECT_THAT(ForgetDue(clock_.Now(), 10, store_), ::passerelle::testing::IsOkAndHolds(2));
  EXPECT_THAT(presentations_.Get("desk", opened.id()), HasReason(Reason::kResourceNotFound));
  EXPECT_THAT(presentations_.Get("desk", id_), HasReason(Reason::kResourceNotFound));
}

TEST_F(PresentationsTest, AWalletMayDecline) {
  Open();
  EXPECT_THAT(presentations_.Answer(id_, "error=Oh%20no&state=" + id_), HasReasonAt(Reason::kFieldInvalid, "error"));
  EXPECT_OK(presentations_.Answer(id_, absl::StrCat("error=access_denied&error_description=x&state=", id_)));
  EXPECT_EQ(Got().state(), v1::PRESENTATION_STATE_DECLINED);
  EXPECT_EQ(Got().wallet_error(), "access_denied");
  EXPECT_THAT(Present(Good()), HasReason(Reason::kPresentationAnswered));
}

TEST_F(PresentationsTest, AnEncryptedAnswerIsDecrypted) {
  Open(kSdJwtQuery, /*plain=*/false);
  ASSERT_OK_AND_ASSIGN(const proof::EncryptionKey key,
                       proof::EncryptionKey::FromJwk(At(*request_, "/client_metadata/jwks/keys/0")));
  EXPECT_EQ(At(*request_, "/client_metadata/jwks/keys/0/kid"), key.thumbprint());
  const auto encrypted = [&](const std::string& state, const proof::EncryptionKey& to) {
    const std::string content = absl::StrCat(R"({"state":")", state, R"(","vp_token":)", TokenOf("micro", Good()), "}");
    return absl::StrCat("response=", proof::CompactJwe(*proof::EncryptJwe(to, {}, content)));
  };
  EXPECT_THAT(Present(Good()), HasReasonAt(Reason::kFieldInvalid, "vp_token")) << "it is not encrypted";
  EXPECT_THAT(presentations_.Answer(id_, "response=a.b"), HasReasonAt(Reason::kJwsMalformed, "response"));
  EXPECT_THAT(presentations_.Answer(id_, encrypted("other", key)), HasReasonAt(Reason::kFieldInvalid, "state"));
  EXPECT_THAT(presentations_.Answer(id_, encrypted(id_, proof::DecryptionKey::Generate()->encryption_key())),
              HasReasonAt(Reason::kKeyNotFound, "response: header/kid"));
  EXPECT_OK(presentations_.Answer(id_, encrypted(id_, key)));
  EXPECT_EQ(Got().state(), v1::PRESENTATION_STATE_ANSWERED);
}

TEST_F(PresentationsTest, WhatAClientAsksForIsChecked) {
  const std::vector<std::pair<std::function<void(v1::RequestPresentationRequest&)>, std::pair<Reason, const char*>>>
      rows = {{[](auto& request) { request.clear_request_id(); }, {Reason::kFieldMissing, "request_id"}},
              {[](auto& request) { request.clear_purpose(); }, {Reason::kFieldMissing, "purpose"}},
              {[](auto& request) { request.set_purpose(static_cast<sharing::v1::Purpose>(77)); },
               {Reason::kFieldInvalid, "purpose"}},
              {[](auto& request) { request.set_response_mode(static_cast<v1::ResponseMode>(77)); },
               {Reason::kFieldInvalid, "response_mode"}},
              {[](auto& request) { request.clear_queries(); }, {Reason::kFieldMissing, "queries"}},
              {[](auto& request) { request.mutable_life()->set_seconds(29); }, {Reason::kFieldInvalid, "life"}},
              {[](auto& request) { request.mutable_life()->set_seconds(3601); }, {Reason::kFieldInvalid, "life"}}};
  for (const auto& [change, problem] : rows) {
    v1::RequestPresentationRequest request = Asking(kSdJwtQuery);
    change(request);
    EXPECT_THAT(presentations_.Request("desk", request), HasReasonAt(problem.first, problem.second));
  }
}

TEST_F(PresentationsTest, TheSameRequestOpensOne) {
  const v1::RequestPresentationRequest request = Asking(kSdJwtQuery);
  ASSERT_OK_AND_ASSIGN(const v1::Presentation first, presentations_.Request("desk", request));
  ASSERT_OK_AND_ASSIGN(const v1::Presentation again, presentations_.Request("desk", request));
  EXPECT_EQ(first.id(), again.id());
  v1::RequestPresentationRequest other = Asking(kTokenQuery);
  other.set_request_id(request.request_id());
  EXPECT_THAT(presentations_.Request("desk", other), HasReason(Reason::kRequestIdReused));
}

TEST_F(PresentationsTest, AClientHasSoManyOpenRequests) {
  for (int i = 0; i < kOpenRequestsMax; ++i) ASSERT_OK(presentations_.Request("desk", Asking(kSdJwtQuery)));
  EXPECT_THAT(presentations_.Request("desk", Asking(kSdJwtQuery)), HasReasonAt(Reason::kOverloaded, "presentation"));
  EXPECT_OK(presentations_.Request("another", Asking(kSdJwtQuery)));
  clock_.Advance(kRequestLifeDefault);
  EXPECT_THAT(ForgetDue(clock_.Now(), 3, store_), ::passerelle::testing::IsOkAndHolds(kOpenRequestsMax + 1))
      << "all that is due, however few at once";
  EXPECT_OK(presentations_.Request("desk", Asking(kSdJwtQuery)));
}

TEST_F(PresentationsTest, WhatOffersLeftIsForgottenToo) {
  const auto use = [&] {
    return store_.Write([&](base::Transaction& tx) { return UseNonce("a nonce", clock_.Now(), tx); });
  };
  ASSERT_OK(use());
  EXPECT_THAT(use(), HasReason(Reason::kWalletProof));
  clock_.Advance(kNonceLife);
  EXPECT_THAT(ForgetDue(clock_.Now(), 1, store_), ::passerelle::testing::IsOkAndHolds(1))
      << "also where nothing is offered";
  EXPECT_OK(use());
}

TEST_F(PresentationsTest, AnAnswerHasALimit) {
  Open();
  EXPECT_THAT(presentations_.Answer(id_, std::string(kAnswerBytesMax + 1, 'x')),
              HasReasonAt(Reason::kInputTooLarge, "body"));
}

}  // namespace
}  // namespace passerelle::wallet
