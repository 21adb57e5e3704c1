#include "adapters/ebsi/adapter.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "adapters/ebsi/bodies.h"
#include "adapters/ebsi/dialects.h"
#include "adapters/families/badge3.h"
#include "adapters/families/carrier.h"
#include "adapters/families/names.h"
#include "adapters/families/token_claims.h"
#include "core/base/digest.h"
#include "core/base/json_peek.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::ebsi {
namespace {

constexpr absl::string_view kCatalogueContext = "ec.europa.eu/credentials/v1";

// The signatures of the algorithms in use (Ed25519, ECDSA on P-256 and secp256k1, RSA) have at least so many bytes.
constexpr size_t kSignatureBytesMin = 64;
// Published examples abbreviate signatures to a few letters; a sentence is longer.
constexpr size_t kAbbreviatedLettersMax = 11;

constexpr Rule kEnvelope[] = {
    {"@context|type", "", document::UseIt, kKept, ""},
    {"id", "C.identifier.notation", document::Verbatim, kKept, ""},
    {"validFrom", "C.validFrom", document::DateTime, kKept, "date.calendar"},
    {"issued|issuanceDate|issuedDate", "date of the document; the date from which it holds counts", document::DropIt,
     kDropped, ""},
    {"validUntil|expirationDate", "C.validUntil", document::DateTime, kKept, "date.calendar"},
    {"proof|credentialSchema|credentialStatus|termsOfUse",
     "belongs to the seal and its checks, which stay with the original", document::DropIt, kDropped, ""},
    {"evidence", "how the issuer identified the learner belongs to the issuing", document::DropIt, kDropped, ""},
    {"displayParameter|credentialProfiles", "presentation of the original", document::DropIt, kDropped, ""},
};

// A text in the place of a signature is no missing signature: somebody wanted it to look signed.
absl::Status CheckProof(document::Source* source, const SourceNode* credential) {
  for (const SourceNode* jws : source->Find(credential, "proof/jws")) {
    const std::vector<std::string> parts = absl::StrSplit(jws->text, '.');
    const std::string stated = parts.size() == 3 ? parts[2] : std::string();
    const auto signature = base::Base64UrlDecode(absl::StripSuffix(stated, "=="));
    if (!stated.empty() && stated.size() <= kAbbreviatedLettersMax) {
      source->Warn("proof.abbreviated", jws, "The signature is abbreviated; the document counts as unsigned.");
    } else if (!signature.ok() || signature->size() < kSignatureBytesMin) {
      return Problem(Reason::kProofPlaceholder, source->tree().Path(jws));
    }
  }
  return absl::OkStatus();
}

// Enrolment has the form of an award, with the title and the credits of the programme; its type alone says what it is.
absl::Status CheckAwarded(const document::Source& source, const SourceNode* credential) {
  for (const SourceNode* type : source.Find(credential, "type")) {
    if (!absl::StrContains(type->text, "ProofOfEnrol")) continue;
    return Problem(Reason::kEnrolmentCertificate, source.tree().Path(type));
  }
  return absl::OkStatus();
}

absl::Status MapDialect(const Reading& reading) {
  const auto has = [&reading](absl::string_view member) {
    return reading.source->FindFirst(reading.subject, member) != nullptr;
  };
  if (has("hasClaim")) {
    MapClaims(reading);
  } else if (has("achieved")) {
    MapAchieved(reading);
  } else if (has("learningAchievement|learningSpecification")) {
    MapFlatDiploma(reading);
  } else if (reading.source->FindFirst(reading.credential, "learningAchievement") != nullptr) {
    return Problem(Reason::kFormatNotSupported, reading.source->tree().Path(reading.credential),
                   "the form of 2019, which repeats an XML document, is not read");
  } else {
    return Problem(Reason::kNothingAwarded, reading.source->tree().Path(reading.subject),
                   "the credential states who somebody is, not what was achieved");
  }
  return absl::OkStatus();
}

class EbsiAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    std::string buffer;
    auto peek = base::JsonPeek::Of(families::PeekCarrier(bytes, families::kNeverBaked, &buffer));
    if (!peek.has_value()) return Confidence::kNone;
    if (peek->Has("vc")) peek = base::JsonPeek::Of(peek->Value("vc"));
    if (!peek.has_value()) return Confidence::kNone;
    const absl::string_view type = peek->Value("type");
    // Later credentials of EBSI are of the European model, context and all.
    if (absl::StrContains(type, "EuropeanDigitalCredential")) {
      return absl::StrContains(peek->Value("@context"), kCatalogueContext) ? Confidence::kCertain : Confidence::kNone;
    }
    const bool named = absl::StrContains(type, "VerifiableAttestation") ||
                       absl::StrContains(type, "VerifiableDiploma") ||
                       absl::StrContains(type, "EuropeanHigherEducationMicrocredential");
    return named ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(const families::Carried carried, families::OpenCarrier(bytes, families::kNeverBaked));
    const families::CompletedToken token = families::CompleteToken(carried.json);
    document::SourceTree::Options tree_options;
    tree_options.ignore_case = true;
    ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(token.json, tree_options));
    document::Source source(std::move(tree), options);
    const SourceNode* credential = source.root();
    const SourceNode* const wrapped = source.FindFirst(credential, "vc");
    if (wrapped != nullptr) {
      families::MapTokenClaims(token.findings, credential, &source);
      credential = wrapped;
    }
    if (carried.is_signed) {
      source.Note("signature.not-judged", credential, "Read out of a signature, which is judged on the original only.");
    }
    RETURN_IF_ERROR(CheckAwarded(source, credential));
    RETURN_IF_ERROR(CheckProof(&source, credential));
    const std::vector<const SourceNode*> subjects = source.Find(credential, "credentialSubject");
    if (subjects.empty()) {
      return Problem(Reason::kNotACredential, source.tree().Path(credential), "a credentialSubject is expected");
    }
    RETURN_IF_ERROR(families::CheckOneSubject(source, credential));
    document::Draft draft(&source, bytes);
    Apply(kEnvelope, credential, {&source, draft.DocumentTargets()});
    Issuers issuers = IssuersOf(source, credential);
    for (const SourceNode* subject : subjects) {
      RETURN_IF_ERROR(MapDialect({&source, &draft, credential, &issuers, subject}));
    }
    return draft.Finish(options);
  }

 private:
  const FormatInfo info_ = {"ebsi-vc",
                            "Verifiable credentials of EBSI and DC4EU",
                            {"flat diploma 2020-2022", "multi-university 2022-11", "DC4EU catalogue 2025"},
                            {"read"},
                            "beta",
                            "application/vc+ld+json",
                            "ebsi-vc-10"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<EbsiAdapter>(); }

}  // namespace passerelle::adapters::ebsi
