#include "tests/unit/core/authenticity/signed_documents.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/elm/adapter.h"
#include "adapters/elmo/adapter.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/elm/codec.h"
#include "core/proof/jades/sealer.h"
#include "core/proof/sd_jwt/issue.h"
#include "tests/support/data_integrity_signer.h"
#include "tests/support/fake_random.h"
#include "tests/unit/core/nodes/credentials.h"

namespace passerelle::authenticity {
namespace {

testing::CertificateWish FjordWish() {
  testing::CertificateWish wish = testing::SealWish();
  wish.organization_identifier = std::string(kFjordNumber);
  return wish;
}

google::protobuf::Timestamp IssuedOn(absl::string_view day) { return base::ToProto(Day(day)); }

int64_t Seconds(absl::string_view day) { return absl::ToUnixSeconds(Day(day)); }

// What only carries a document, as a picture does.
class CarrierAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }
  document::Confidence Detect(absl::string_view bytes) const override {
    return absl::StartsWith(bytes, kCarrierMark) ? document::Confidence::kCertain : document::Confidence::kNone;
  }
  std::optional<std::string> SignedWithin(absl::string_view bytes) const override {
    return std::string(absl::StripPrefix(bytes, kCarrierMark));
  }
  absl::StatusOr<document::Imported> Import(absl::string_view /*bytes*/,
                                            const document::ImportOptions& /*options*/) const override {
    return base::Problem(base::Reason::kFormatNotSupported, "");
  }

 private:
  const document::FormatInfo info_ = {"carrier", "", {}, {}, "", "", ""};
};

}  // namespace

FjordKeys::FjordKeys() : seal(proof::KeyAlgorithm::kEs256, FjordWish(), root) {}

const document::Registry& Formats() {
  static const auto& formats = *[] {
    std::vector<std::unique_ptr<const document::Adapter>> three;
    three.push_back(adapters::elm::MakeAdapter());
    three.push_back(adapters::elmo::MakeAdapter());
    three.push_back(std::make_unique<CarrierAdapter>());
    return new document::Registry(std::move(three));
  }();
  return formats;
}

const FjordKeys& Keys() {
  static const auto& keys = *new FjordKeys();
  return keys;
}

std::string Jwk(const proof::PublicKey& key, absl::string_view id) {
  std::string jwk = key.jwk();
  jwk.pop_back();
  return absl::StrCat(jwk, R"(,"kid":")", id, "\"}");
}

trust::v1::TrustBundle FjordBundle() {
  const FjordKeys& keys = Keys();
  const proof::PublicKey selective =
      *proof::PublicKey::FromJwk(absl::string_view(keys.selective.verification_key().jwk()));
  trust::v1::TrustBundle bundle;
  bundle.set_federation("test");
  bundle.set_version(1);
  *bundle.mutable_issue_time() = IssuedOn("2024-01-01");
  *bundle.mutable_expire_time() = IssuedOn("2027-01-01");
  trust::v1::DidKeys* did = bundle.add_did_keys();
  did->set_did(std::string(kFjord));
  did->add_jwks(Jwk(keys.first.public_key(), "key-1"));
  did->add_jwks(Jwk(keys.second.public_key(), "#key-2"));
  did->add_jwks(Jwk(keys.proofs.public_key(), absl::StrCat(kFjord, "#key-3")));
  did->add_jwks(Jwk(selective, "key-4"));
  trust::v1::ServiceCertificate* root = bundle.add_service_certificates();
  root->set_kind(trust::v1::SERVICE_KIND_CA_QC);
  root->set_certificate(keys.root.der());
  root->add_granted();
  trust::v1::ProviderKey* provider = bundle.add_provider_keys();
  provider->set_registry("emreg");
  provider->set_provider("no-transcripts");
  provider->set_certificate(proof::RsaSigner().certificate);
  trust::v1::IssuerBinding* binding = bundle.add_issuer_bindings();
  for (const auto& [scheme, value] :
       {std::pair{"did", kFjord}, std::pair{"schac", absl::string_view("fjord.example")}}) {
    trust::v1::IssuerIdentifier* issuer = binding->add_issuer();
    issuer->set_scheme(scheme);
    issuer->set_value(std::string(value));
  }
  for (const proof::PublicKey& key :
       {keys.first.public_key(), keys.second.public_key(), keys.proofs.public_key(), selective}) {
    binding->add_key_thumbprints(key.thumbprint());
  }
  binding->add_providers("emreg:no-transcripts");
  binding->set_source("register of institutions, entry 7");
  return bundle;
}

std::shared_ptr<const trust::TrustBundle> Made(trust::v1::TrustBundle bundle) {
  auto made = trust::TrustBundle::Make(std::move(bundle));
  if (!made.ok()) ADD_FAILURE() << made.status();
  return made.ok() ? *std::move(made) : nullptr;
}

std::string Token(const testing::TestSigner& signer, const TokenFacts& facts) {
  const std::string payload = absl::StrCat(
      R"({"iss":")", kFjord, R"(","sub":"did:example:mira","jti":"urn:uuid:7","iat":)", Seconds(facts.issued),
      R"(,"exp":)", Seconds(facts.expires),
      R"(,"vc":{"@context":["https://www.w3.org/2018/credentials/v1"],"id":"urn:uuid:7","type":["VerifiableCredential",")",
      facts.type, R"("],"issuer":")", kFjord, R"(","issuanceDate":")", facts.issued,
      R"(T00:00:00Z","credentialSubject":{"id":"did:example:mira","title":"Beekeeping"})", facts.status, "}}");
  return signer.Token(absl::StrCat(R"("typ":"JWT","kid":")", kFjord, "#", facts.kid, "\""), payload);
}

std::string SelectiveToken(absl::string_view audience, absl::string_view nonce, absl::string_view at) {
  testing::FakeRandom random;
  proof::SdJwtContent content;
  content.key_id = "key-4";
  content.claims =
      absl::StrCat(R"({"iss":")", kFjord, R"(","vct":"urn:example:micro","iat":)", Seconds("2024-06-01"), R"(,"exp":)",
                   Seconds("2027-06-01"), R"(,"cnf":{"jwk":)", Keys().holder.verification_key().jwk(),
                   R"(},"title":"Welding","name":{"given":"Mira"}})");
  content.withholdable = {"/title", "/name"};
  const std::string issued = *proof::IssueSdJwt(content, Keys().selective, random);
  if (audience.empty()) return issued;
  return *proof::BindSdJwt(issued, Keys().holder, audience, nonce, Day(at));
}

std::string ProvenBadge(const testing::TestSigner& signer, absl::string_view method, absl::string_view issuer) {
  constexpr absl::string_view kSuite = "eddsa-rdfc-2022";
  const std::string badge = absl::StrCat(
      R"({"@context":["https://www.w3.org/ns/credentials/v2",)",
      R"("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:uuid:b4d9e2f0-0000-4000-8000-000000000002",)",
      R"("type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":")", issuer,
      R"(","type":["Profile"],"name":"Northshore College"},"validFrom":"2024-01-01T00:00:00Z","name":"Beekeeping",)",
      R"("credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"urn:example:beekeeping",)",
      R"("type":["Achievement"],"name":"Beekeeping","description":"Keeps bees through a winter.",)",
      R"("criteria":{"narrative":"Hive inspected in spring."}}}})");
  return testing::WithProof(badge, testing::MakeProof(badge, kSuite, signer, testing::ProofMembers(kSuite, method)));
}

std::string SealedCredential(const testing::TestIdentity& identity, absl::string_view sealed_at,
                             const std::function<void(elm::v3::EuropeanDigitalCredential&)>& change) {
  elm::v3::EuropeanDigitalCredential credential = testing::MakeCredential({.valid_from = "2024-06-30T10:00:00Z"});
  elm::v3::Organisation* issuer = credential.mutable_issuer()->mutable_organisation();
  issuer->mutable_registration()->set_notation(std::string(kFjordNumber));
  if (change) change(credential);
  const auto sealer = proof::Sealer::Make(identity.KeyPem(), identity.CertificatePem());
  return *sealer->Seal(elm::Write(credential), Day(sealed_at));
}

std::string SignedTranscript(absl::string_view certificate, proof::SignatureShape shape) {
  if (!certificate.empty()) shape.after_value = proof::KeyInfo(certificate);
  const std::string transcript = absl::StrCat(
      R"(<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1">)",
      "<generatedDate>2024-06-30T10:00:00+02:00</generatedDate><learner><givenNames>Mira</givenNames>",
      "<familyName>Solheim</familyName></learner><report><issuer><country>NO</country>",
      R"(<identifier type="schac">fjord.example</identifier><title xml:lang="en">Fjord School</title></issuer>)",
      R"(<learningOpportunitySpecification><title xml:lang="en">Tidal Energy</title><type>Course</type><specifies>)",
      "<learningOpportunityInstance><date>2024-06-01</date><status>passed</status>",
      "</learningOpportunityInstance></specifies></learningOpportunitySpecification>",
      "<issueDate>2024-06-30T10:00:00+02:00</issueDate></report>", proof::SignatureTemplate(shape), "</elmo>");
  return proof::Sign(transcript, proof::RsaSigner());
}

std::vector<SignedDocument> SignedDocuments() {
  std::vector<SignedDocument> documents = {
      {"token", Token(Keys().first)},
      {"sd-jwt", SelectiveToken()},
      {"data-integrity", ProvenBadge(Keys().proofs, absl::StrCat(kFjord, "#key-3"), kFjord)},
      {"jades", SealedCredential(Keys().seal)},
      {"xmldsig", SignedTranscript(proof::RsaSigner().certificate)},
  };
  for (SignedDocument& document : documents) document.end = document.bytes.size();
  // The members that hold what is signed, and the transcript without its signature.
  SignedDocument& jades = documents[3];
  jades.begin = jades.bytes.find("\"payload\"");
  jades.end = jades.bytes.find_last_of('"');
  documents[4].begin = documents[4].bytes.find("<generatedDate");
  documents[4].end = documents[4].bytes.find("<ds:Signature");
  return documents;
}

std::string CheckOf(const v1::AuthenticityVerdict& verdict, absl::string_view name) {
  for (const v1::Check& check : verdict.checks()) {
    if (check.name() == name) return absl::StrCat(name, ":", OutcomeWord(check.outcome()), ":", check.reason());
  }
  return "";
}

std::string Told(const v1::AuthenticityVerdict& verdict) {
  std::string told(VerdictWord(verdict.verdict()));
  for (const v1::Check& check : verdict.checks()) absl::StrAppend(&told, " ", CheckOf(verdict, check.name()));
  return told;
}

v1::AuthenticityVerdict JudgeWith(std::shared_ptr<const trust::TrustBundle> bundle, const std::string& content,
                                  absl::string_view at, const v1::VerdictPolicy& policy) {
  Question question;
  question.content = content;
  question.at = Day(at);
  question.now = Day("2026-06-01");
  question.bundle = std::move(bundle);
  question.policy = policy;
  return Judge(Formats(), question);
}

}  // namespace passerelle::authenticity
