#include "core/authenticity/signer_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/digest.h"
#include "core/base/proto_time.h"
#include "tests/support/data_integrity_signer.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

using ::testing::HasSubstr;

constexpr char kAt[] = "2025-06-02";

std::string SignerOf(const trust::v1::TrustBundle& bundle, const std::string& content) {
  return CheckOf(JudgeWith(Made(bundle), content, kAt), "signer");
}

TEST(SignerCheckTest, ASignerWhoMaySpeakMakesADocumentOfEveryFamilyAuthentic) {
  const auto bundle = Made(FjordBundle());
  for (const SignedDocument& document : SignedDocuments()) {
    SCOPED_TRACE(document.family);
    const v1::AuthenticityVerdict verdict = JudgeWith(bundle, document.bytes, kAt);
    EXPECT_EQ(verdict.verdict(), v1::VERDICT_AUTHENTIC) << Told(verdict);
    EXPECT_EQ(CheckOf(verdict, "seal"), "seal:PASS:SEAL_INTACT");
    EXPECT_EQ(CheckOf(verdict, "signer"), "signer:PASS:SIGNER_CONFIRMED");
    // The same without anchors, and with a bundle that is too old.
    EXPECT_EQ(JudgeWith(nullptr, document.bytes, kAt).verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
    trust::v1::TrustBundle old = FjordBundle();
    *old.mutable_expire_time() = base::ToProto(Day("2026-05-31"));
    const v1::AuthenticityVerdict stale = JudgeWith(Made(old), document.bytes, kAt);
    EXPECT_EQ(stale.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
    EXPECT_EQ(CheckOf(stale, "signer"), "signer:UNKNOWN:TRUST_BUNDLE_UNUSABLE");
  }
}

TEST(SignerCheckTest, WhatADocumentIsCarriedInChangesNothing) {
  const auto bundle = Made(FjordBundle());
  for (const SignedDocument& document : SignedDocuments()) {
    const std::string carried = absl::StrCat(kCarrierMark, document.bytes);
    const v1::AuthenticityVerdict verdict = JudgeWith(bundle, carried, kAt);
    EXPECT_EQ(verdict.verdict(), v1::VERDICT_AUTHENTIC) << document.family << ": " << Told(verdict);
    EXPECT_EQ(verdict.sha256(), base::Sha256Hex(carried));
  }
}

// Takes everything for something that only carries documents, and sees none in it.
class Envelopes : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }
  document::Confidence Detect(absl::string_view /*bytes*/) const override { return document::Confidence::kCertain; }
  absl::StatusOr<document::Imported> Import(absl::string_view /*bytes*/,
                                            const document::ImportOptions& /*options*/) const override {
    return base::Problem(base::Reason::kFormatNotSupported, "");
  }

 private:
  const document::FormatInfo info_ = {"envelope", "", {}, {}, "", "", ""};
};

TEST(SignerCheckTest, ASealOnWhatOnlyCarriesDocumentsMakesNoneAuthentic) {
  std::vector<std::unique_ptr<const document::Adapter>> one;
  one.push_back(std::make_unique<Envelopes>());
  Question question;
  question.content = Token(Keys().first);
  question.at = Day(kAt);
  question.now = question.at;
  question.bundle = Made(FjordBundle());
  const v1::AuthenticityVerdict verdict = Judge(document::Registry(std::move(one)), question);
  EXPECT_EQ(CheckOf(verdict, "signer"), "signer:PASS:SIGNER_CONFIRMED");
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED) << Told(verdict);
}

TEST(SignerCheckTest, ARegisterThatDeniesTheCarrierLeavesTheDocumentOpen) {
  Question question;
  question.content = absl::StrCat(kCarrierMark, Token(Keys().first));
  question.at = Day(kAt);
  question.now = question.at;
  question.bundle = Made(FjordBundle());
  v1::AuthenticityAnswer denied;
  denied.set_sha256(base::Sha256Hex(*question.content));
  denied.set_finding(v1::REGISTER_FINDING_NOT_ISSUED);
  question.register_answer.emplace(denied);
  const v1::AuthenticityVerdict verdict = Judge(Formats(), question);
  EXPECT_EQ(CheckOf(verdict, "register"), "register:UNKNOWN:REGISTER_DENIES");
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED) << Told(verdict);
}

TEST(SignerCheckTest, NamesWhatItRestsOn) {
  const v1::AuthenticityVerdict verdict = JudgeWith(Made(FjordBundle()), SealedCredential(Keys().seal), kAt);
  const std::string json = VerdictJson(verdict);
  EXPECT_THAT(json, HasSubstr("certificate="));
  EXPECT_THAT(json, HasSubstr("organizationIdentifier=VATNO-999888777"));
  EXPECT_THAT(json, HasSubstr("signed(claimed)=2025-06-01T00:00:00Z"));
  EXPECT_THAT(json, HasSubstr(R"("time":"2025-06-01T00:00:00Z")"));
  for (const char* name : {"Ingrid", "Solbakken"}) EXPECT_THAT(json, ::testing::Not(HasSubstr(name)));
}

// A token with its certificates in the header.
std::string CertifiedToken(absl::string_view issuer, const testing::TestSigner& signer, const std::string& certificate,
                           absl::string_view more = "") {
  return signer.Token(
      absl::StrCat(R"("typ":"vc+jwt","x5c":[")", absl::Base64Escape(certificate), R"("])", more),
      absl::StrCat(R"({"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"issuer":")",
                   issuer, R"(","validFrom":"2025-06-01T00:00:00Z","credentialSubject":{}})"));
}

TEST(SignerCheckTest, CertificatesOfATokenCountByTheirPath) {
  constexpr absl::string_view kWorkshop = "https://verksted.example";
  const FjordKeys& keys = Keys();
  const testing::TestSigner& sealer = keys.seal.signer();
  const std::string seal = keys.seal.der();
  struct Row {
    const char* name;
    std::string token;
    bool bound;
    const char* in_seal;
    const char* in_signer;
  };
  const std::vector<Row> rows = {
      {"bound to the issuer", CertifiedToken(kWorkshop, sealer, seal), true, "PASS:SEAL_INTACT",
       "PASS:SIGNER_CONFIRMED"},
      {"bound to nobody", CertifiedToken(kWorkshop, sealer, seal), false, "PASS:SEAL_INTACT", "UNKNOWN:ISSUER_UNKNOWN"},
      {"bound to somebody else", CertifiedToken("https://skole.example", sealer, seal), true, "PASS:SEAL_INTACT",
       "UNKNOWN:ISSUER_UNKNOWN"},
      {"a certificate that anybody can make", CertifiedToken(kWorkshop, keys.stranger.signer(), keys.stranger.der()),
       true, "PASS:SEAL_INTACT", "UNKNOWN:CERTIFICATE_UNTRUSTED"},
      {"the certificate of another", CertifiedToken(kWorkshop, keys.stranger.signer(), seal), true,
       "FAIL:SIGNATURE_INVALID", "UNKNOWN:NO_EVIDENCE"},
      {"an authority that signs itself", CertifiedToken(kWorkshop, keys.root.signer(), keys.root.der()), true,
       "UNKNOWN:SIGNER_CERTIFICATE", "UNKNOWN:SIGNER_CERTIFICATE"},
      {"no certificate", CertifiedToken(kWorkshop, sealer, "none"), true, "UNKNOWN:SIGNER_CERTIFICATE",
       "UNKNOWN:SIGNER_CERTIFICATE"},
      // The keys of an issuer that the bundle knows are all it has.
      {"a known issuer's name",
       CertifiedToken(kFjord, keys.stranger.signer(), keys.stranger.der(), R"(,"kid":"key-1")"), true,
       "FAIL:SIGNATURE_INVALID", "UNKNOWN:NO_EVIDENCE"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    trust::v1::TrustBundle bundle = FjordBundle();
    if (row.bound) {
      trust::v1::IssuerBinding* binding = bundle.add_issuer_bindings();
      binding->add_issuer()->set_scheme("url");
      binding->mutable_issuer(0)->set_value(std::string(kWorkshop));
      binding->add_key_thumbprints(sealer.public_key().thumbprint());
      binding->set_source("register of institutions, entry 8");
    }
    const v1::AuthenticityVerdict verdict = JudgeWith(Made(bundle), row.token, kAt);
    EXPECT_EQ(CheckOf(verdict, "seal"), absl::StrCat("seal:", row.in_seal));
    EXPECT_EQ(CheckOf(verdict, "signer"), absl::StrCat("signer:", row.in_signer));
  }
  // Without anchors, nothing that a token brings along is looked at.
  trust::v1::TrustBundle bundle = FjordBundle();
  bundle.clear_service_certificates();
  EXPECT_EQ(CheckOf(JudgeWith(Made(bundle), rows[0].token, kAt), "seal"), "seal:UNKNOWN:KEY_NOT_FOUND");
}

// Each of these could be taken for a signature of the institution by somebody who looks at one thing only.
TEST(SignerCheckTest, NobodyBorrowsAName) {
  const testing::TestSigner& thief = Keys().stranger.signer();
  const testing::TestSigner thief_proofs(proof::KeyAlgorithm::kEdDsa);
  const std::string by_thief = Token(thief);
  struct Row {
    const char* name;
    std::string content;
    std::function<void(trust::v1::TrustBundle&)> change;
    const char* signer;
    v1::Verdict verdict;
  };
  const auto nothing = [](trust::v1::TrustBundle&) {};
  const auto known_thief = [&](trust::v1::TrustBundle& bundle) {
    bundle.mutable_did_keys(0)->add_jwks(Jwk(thief.public_key(), "key-9"));
  };
  const std::vector<Row> rows = {
      {"a key of its own under the id of another's", by_thief, nothing, "signer:UNKNOWN:NO_EVIDENCE",
       v1::VERDICT_NOT_AUTHENTIC},
      {"a key that verifies, but may not speak", Token(thief, {.kid = "key-9"}), known_thief,
       "signer:FAIL:SIGNER_NOT_ENTITLED", v1::VERDICT_NOT_AUTHENTIC},
      {"a key that certifies itself, in the institution's name",
       ProvenBadge(thief_proofs, testing::DidKeyMethod(thief_proofs), kFjord), nothing,
       "signer:FAIL:SIGNER_NOT_ENTITLED", v1::VERDICT_NOT_AUTHENTIC},
      {"a key that certifies itself, in its own name",
       ProvenBadge(thief_proofs, testing::DidKeyMethod(thief_proofs), testing::DidKey(thief_proofs)), nothing,
       "signer:UNKNOWN:ISSUER_UNKNOWN", v1::VERDICT_CANNOT_BE_ESTABLISHED},
      {"a certificate from nowhere", SealedCredential(Keys().stranger), nothing, "signer:UNKNOWN:CERTIFICATE_UNTRUSTED",
       v1::VERDICT_CANNOT_BE_ESTABLISHED},
      {"a provider that speaks for somebody else", SignedTranscript(proof::RsaSigner().certificate),
       [](trust::v1::TrustBundle& bundle) {
         bundle.mutable_issuer_bindings(0)->clear_providers();
         bundle.mutable_issuer_bindings(0)->add_providers("emreg:somebody");
       },
       "signer:FAIL:SIGNER_NOT_ENTITLED", v1::VERDICT_NOT_AUTHENTIC},
      {"an institution of which nothing is known", Token(Keys().first),
       [](trust::v1::TrustBundle& bundle) { bundle.clear_issuer_bindings(); }, "signer:UNKNOWN:ISSUER_UNKNOWN",
       v1::VERDICT_CANNOT_BE_ESTABLISHED},
      {"a qualified certificate of another organisation",
       [] {
         testing::CertificateWish wish = testing::SealWish();
         wish.organization_identifier = "VATNO-111222333";
         return SealedCredential(testing::TestIdentity(proof::KeyAlgorithm::kEs256, wish, Keys().root));
       }(),
       nothing, "signer:UNKNOWN:ISSUER_UNKNOWN", v1::VERDICT_CANNOT_BE_ESTABLISHED},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    trust::v1::TrustBundle bundle = FjordBundle();
    row.change(bundle);
    const v1::AuthenticityVerdict verdict = JudgeWith(Made(bundle), row.content, kAt);
    EXPECT_EQ(CheckOf(verdict, "signer"), row.signer);
    EXPECT_EQ(verdict.verdict(), row.verdict) << Told(verdict);
  }
}

// An awarding body of that number.
void AwardedBy(absl::string_view number, elm::v3::LearningAchievement* achievement) {
  achievement->mutable_awarded_by()->clear_awarding_body();
  auto* const body = achievement->mutable_awarded_by()->add_awarding_body()->mutable_organisation();
  body->mutable_registration()->set_notation(std::string(number));
}

// The issuer of the whole cannot vouch for what another body awarded, wherever it stands.
TEST(SignerCheckTest, WhatAnotherBodyAwardedIsFoundAnywhere) {
  const auto signer_of = [](const std::function<void(elm::v3::Person&)>& change) {
    const auto edit = [&change](elm::v3::EuropeanDigitalCredential& credential) {
      change(*credential.mutable_credential_subject()->mutable_person());
    };
    return SignerOf(FjordBundle(), SealedCredential(Keys().seal, "2025-06-01", edit));
  };
  const auto part = [](absl::string_view number) {
    return [number](elm::v3::Person& person) {
      AwardedBy(number, person.mutable_has_claim(0)->mutable_learning_achievement()->add_has_part());
    };
  };
  EXPECT_EQ(signer_of(part(kFjordNumber)), "signer:PASS:SIGNER_CONFIRMED");
  EXPECT_EQ(signer_of(part("VATNO-111222333")), "signer:UNKNOWN:ISSUER_UNKNOWN");
  // Behind more bodies that bear the issuer's number than are looked at one by one.
  const auto crowd = [](absl::string_view last) {
    return [last](elm::v3::Person& person) {
      for (int i = 0; i < 70; ++i) {
        elm::v3::LearningAchievement* const claim = person.add_has_claim()->mutable_learning_achievement();
        AwardedBy(kFjordNumber, claim);
        auto* const body = claim->mutable_awarded_by()->mutable_awarding_body(0)->mutable_organisation();
        body->add_vat_identifier()->set_notation(absl::StrCat("branch-", i));
      }
      AwardedBy(last, person.add_has_claim()->mutable_learning_achievement());
    };
  };
  EXPECT_EQ(signer_of(crowd(kFjordNumber)), "signer:PASS:SIGNER_CONFIRMED");
  EXPECT_EQ(signer_of(crowd("VATNO-111222333")), "signer:UNKNOWN:ISSUER_UNKNOWN");
}

TEST(SignerCheckTest, TheCertificateInASignatureIsOnlyAHint) {
  // The KeyInfo of a transcript is unsigned: another certificate in it, or none, changes nothing.
  for (const std::string& certificate : {std::string(), proof::EcSigner().certificate}) {
    EXPECT_EQ(SignerOf(FjordBundle(), SignedTranscript(certificate)), "signer:PASS:SIGNER_CONFIRMED");
  }
}

// A certificate for keys, not for content, seals nothing, whoever vouches for it.
TEST(SignerCheckTest, ASealInXmlNeedsACertificateForContent) {
  const auto sealed_with = [](const char* key_usage) {
    testing::CertificateWish wish = testing::SealWish();
    wish.key_usage = key_usage;
    const testing::TestIdentity identity(proof::KeyAlgorithm::kRs256, wish, Keys().root);
    proof::TestSigner signer;
    signer.key = std::shared_ptr<EVP_PKEY>(identity.signer().openssl(), [](EVP_PKEY*) {});
    signer.certificate = identity.der();
    return CheckOf(JudgeWith(Made(FjordBundle()), proof::Seal(proof::Transcript(""), signer), kAt), "seal");
  };
  EXPECT_EQ(sealed_with("critical,nonRepudiation"), "seal:PASS:SEAL_INTACT");
  EXPECT_EQ(sealed_with("critical,keyEncipherment"), "seal:UNKNOWN:SIGNER_CERTIFICATE");
}

TEST(SignerCheckTest, ACertificateThatIsPinnedItselfNeedsNoPath) {
  trust::v1::TrustBundle bundle = FjordBundle();
  trust::v1::IssuerBinding* binding = bundle.add_issuer_bindings();
  binding->add_issuer()->set_scheme("registration");
  binding->mutable_issuer(0)->set_value(std::string(kFjordNumber));
  binding->add_certificate_sha256(base::Sha256Hex(Keys().stranger.der()));
  binding->set_source("a letter");
  EXPECT_EQ(SignerOf(bundle, SealedCredential(Keys().stranger)), "signer:PASS:SIGNER_CONFIRMED");
}

TEST(SignerCheckTest, AKeyThatOnlyFitsNeverMakesADocumentFalse) {
  // The issuer may have signed with a key that the bundle does not have yet.
  trust::v1::TrustBundle bundle = FjordBundle();
  bundle.mutable_did_keys(0)->clear_jwks();
  bundle.mutable_did_keys(0)->add_jwks(Keys().first.public_key().jwk());
  const v1::AuthenticityVerdict other = JudgeWith(Made(bundle), Token(Keys().second), kAt);
  EXPECT_EQ(CheckOf(other, "seal"), "seal:UNKNOWN:KEY_NOT_FOUND");
  EXPECT_EQ(other.verdict(), v1::VERDICT_CANNOT_BE_ESTABLISHED);
  EXPECT_EQ(JudgeWith(Made(bundle), Token(Keys().first), kAt).verdict(), v1::VERDICT_AUTHENTIC);
  // Keys of nobody, under the id that the signature names.
  bundle.mutable_did_keys(0)->clear_did();
  *bundle.mutable_did_keys(0)->mutable_jwks(0) = Jwk(Keys().first.public_key(), "key-1");
  EXPECT_EQ(CheckOf(JudgeWith(Made(bundle), Token(Keys().second), kAt), "seal"), "seal:UNKNOWN:KEY_NOT_FOUND");
}

TEST(SignerCheckTest, ADisclosureThatTheIssuerDidNotSignBreaksTheSeal) {
  const std::string forged = SelectiveToken() + base::Base64UrlEncode(R"(["salt","level","8"])") + "~";
  const v1::AuthenticityVerdict verdict = JudgeWith(Made(FjordBundle()), forged, kAt);
  EXPECT_EQ(verdict.verdict(), v1::VERDICT_NOT_AUTHENTIC);
  EXPECT_EQ(CheckOf(verdict, "seal"), "seal:FAIL:DISCLOSURE_INVALID");
}

TEST(SignerCheckTest, TheHolderIsJudgedByWhatItWasAskedWith) {
  const std::string bound = SelectiveToken("https://asking.example", "n-1", "2025-06-02");
  const auto bundle = Made(FjordBundle());
  const auto holder = [&](const std::string& content, std::optional<proof::KeyBindingDemand> asked) {
    Question question;
    question.content = content;
    question.at = Day("2025-06-02");
    question.bundle = bundle;
    question.holder = std::move(asked);
    const v1::AuthenticityVerdict verdict = Judge(Formats(), question);
    return absl::StrCat(CheckOf(verdict, "holder"), " ", VerdictWord(verdict.verdict()));
  };
  EXPECT_EQ(holder(bound, proof::KeyBindingDemand{"https://asking.example", "n-1"}),
            "holder:PASS:HOLDER_BOUND AUTHENTIC");
  EXPECT_EQ(holder(bound, {}), "holder:UNKNOWN:HOLDER_NOT_ASKED AUTHENTIC");
  EXPECT_EQ(holder(bound, proof::KeyBindingDemand{"https://other.example", "n-1"}),
            "holder:FAIL:KEY_BINDING_INVALID NOT_AUTHENTIC");
  EXPECT_EQ(holder(bound, proof::KeyBindingDemand{"https://asking.example", "n-2"}),
            "holder:FAIL:KEY_BINDING_INVALID NOT_AUTHENTIC");
  EXPECT_EQ(holder(SelectiveToken(), proof::KeyBindingDemand{"https://asking.example", "n-1"}),
            "holder:UNKNOWN:NO_EVIDENCE AUTHENTIC");
  EXPECT_EQ(holder(SelectiveToken("https://asking.example", "n-1", "2025-06-01"),
                   proof::KeyBindingDemand{"https://asking.example", "n-1"}),
            "holder:FAIL:KEY_BINDING_OLD NOT_AUTHENTIC");
}

}  // namespace
}  // namespace passerelle::authenticity
