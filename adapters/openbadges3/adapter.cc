#include "adapters/openbadges3/adapter.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "adapters/families/badge3.h"
#include "adapters/families/carrier.h"
#include "adapters/families/names.h"
#include "adapters/families/revocation.h"
#include "adapters/families/token_claims.h"
#include "adapters/openbadges3/write.h"
#include "core/base/json_peek.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::openbadges3 {
namespace {

constexpr families::BakingMarks kMarks = {"openbadgecredential", "credential"};

std::optional<base::JsonPeek> CredentialIn(absl::string_view json) {
  auto peek = base::JsonPeek::Of(json);
  return peek.has_value() && peek->Has("vc") ? base::JsonPeek::Of(peek->Value("vc")) : peek;
}

// Whether what does not say that it is a badge has the subject of one, which no other format has.
bool HasAchievement(const base::JsonPeek& credential) {
  const auto subject = base::JsonPeek::Of(credential.Value("credentialSubject"));
  return subject.has_value() && base::JsonPeek::Of(subject->Value("achievement")).has_value();
}

class OpenBadges3Adapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    std::string buffer;
    const auto credential = CredentialIn(families::PeekCarrier(bytes, kMarks, &buffer));
    if (!credential.has_value()) return Confidence::kNone;
    const absl::string_view type = credential->Value("type");
    if (!families::NamesBadge3(type)) return HasAchievement(*credential) ? Confidence::kPossible : Confidence::kNone;
    // The European model says more than the badge beside it.
    return absl::StrContains(type, "EuropeanDigitalCredential") ? Confidence::kPossible : Confidence::kCertain;
  }

  std::optional<std::string> SignedWithin(absl::string_view bytes) const override {
    return families::Unbake(bytes, kMarks);
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(const families::Carried carried, families::OpenCarrier(bytes, kMarks));
    const families::CompletedToken token = families::CompleteToken(carried.json);
    ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(token.json));
    document::Source source(std::move(tree), options);
    const SourceNode* credential = source.root();
    const SourceNode* const wrapped = source.FindFirst(credential, "vc");
    if (wrapped != nullptr) {
      families::MapTokenClaims(token.findings, credential, &source);
      credential = wrapped;
    }
    const SourceNode* const subject = source.FindFirst(credential, "credentialSubject");
    if (subject == nullptr) {
      return Problem(Reason::kNotACredential, source.tree().Path(credential), "a credentialSubject is expected");
    }
    if (!IsNamed(source, credential)) {
      source.Warn("type.missing", credential, "The credential does not say that it is a badge; its subject is one's.");
    }
    RETURN_IF_ERROR(families::CheckNotRevoked(source, source.root()));
    RETURN_IF_ERROR(families::CheckNotRevoked(source, credential));
    RETURN_IF_ERROR(families::CheckOneSubject(source, credential));
    RETURN_IF_ERROR(families::CheckEmbedded(source, credential));
    RETURN_IF_ERROR(families::CheckPassed(source, credential));
    if (carried.is_signed) {
      source.Note("signature.not-judged", credential, "Read out of a signature, which is judged on the original only.");
    }
    document::Draft draft(&source, bytes);
    families::MapBadge3Envelope(&source, &draft, credential);
    const families::Badge3Bodies bodies = families::MapBadge3Issuer(&source, credential, &draft, &draft.body());
    families::MapBadge3Learner(&source, subject, &draft);
    families::MapBadge3Claims(&source, credential, &draft, bodies);
    return draft.Finish(options);
  }

  absl::StatusOr<document::Exported> Export(const elm::v3::EuropeanDigitalCredential& credential,
                                            const document::ExportOptions& options) const override {
    return WriteBadge(credential, options);
  }

 private:
  static bool IsNamed(const document::Source& source, const SourceNode* credential) {
    const std::vector<const SourceNode*> types = source.Find(credential, "type");
    return std::any_of(types.begin(), types.end(),
                       [](const SourceNode* type) { return families::NamesBadge3(type->text); });
  }

  const FormatInfo info_ = {"openbadges3",
                            "Open Badges 3.0, with the Dutch profile educredentials",
                            {"3.0.0", "3.0.1", "3.0.2", "3.0.3", "educredentials"},
                            {"read", "write"},
                            "beta",
                            "application/vc+ld+json",
                            "openbadges3-9"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<OpenBadges3Adapter>(); }

}  // namespace passerelle::adapters::openbadges3
