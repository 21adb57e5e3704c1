#include "adapters/sd_jwt_vc/adapter.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/families/badge3.h"
#include "adapters/families/european.h"
#include "adapters/families/names.h"
#include "adapters/families/revocation.h"
#include "adapters/families/status_word.h"
#include "adapters/sd_jwt_vc/mapping.h"
#include "adapters/sd_jwt_vc/presentation.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/allowance.h"
#include "core/document/display.h"
#include "core/elm/codec.h"

namespace passerelle::adapters::sd_jwt_vc {
namespace {

constexpr absl::string_view kLearningType = "urn:eu.europa.ec.eudi:learning:credential:1";
constexpr absl::string_view kMicroCredentialType = "urn:eudi:micro_credential:1";
constexpr absl::string_view kElmType = "urn:eudi:elm:1";
constexpr absl::string_view kElmDiplomaType = "urn:eudi:diploma:1";
constexpr absl::string_view kGreekDiplomaType = "urn:credential:diploma";

// Claims of the token beside a European credential, which are about the proof.
constexpr absl::string_view kTokenClaims[] = {"iss", "sub", "aud",           "iat", "nbf",   "exp",
                                              "jti", "vct", "vct#integrity", "cnf", "status"};

document::v1::Diagnostic MakeDiagnostic(absl::string_view rule, absl::string_view place, absl::string_view message,
                                        document::v1::Severity severity) {
  document::v1::Diagnostic diagnostic;
  diagnostic.set_rule(std::string(rule));
  diagnostic.set_place(std::string(place));
  diagnostic.set_message(std::string(message));
  diagnostic.set_severity(severity);
  return diagnostic;
}

// The list is bounded, and its last entry says so.
class DroppedClaims {
 public:
  explicit DroppedClaims(Imported* imported) : dropped_(imported->dropped) {}

  void Add(absl::string_view name, absl::string_view reason) {
    if (is_full_) return;
    std::string place;
    base::AppendPointerToken(name, place);
    is_full_ = !listed_.Takes([&] { return place.size() + reason.size(); });
    document::v1::DroppedSource& dropped = dropped_.emplace_back();
    if (!is_full_) dropped.set_source(std::move(place));
    dropped.set_reason(std::string(is_full_ ? "and more than are listed" : reason));
  }

 private:
  std::vector<document::v1::DroppedSource>& dropped_;
  document::Listing listed_;
  bool is_full_ = false;
};

bool IsTokenClaim(absl::string_view name) {
  return std::find(std::begin(kTokenClaims), std::end(kTokenClaims), name) != std::end(kTokenClaims);
}

// The European credential within the claims: the claim "elm", or the claims without those of the token.
absl::StatusOr<std::string> EuropeanPart(const base::JsonDocument& claims, bool in_claim, Imported& imported) {
  DroppedClaims dropped(&imported);
  std::string rest;
  base::JsonWriter json(rest);
  std::string found;
  json.BeginObject();
  const std::optional<simdjson::dom::object> members = base::AsObject(claims.root());
  if (!members.has_value()) return Problem(Reason::kNotACredential, "");
  for (const auto& [key, value] : *members) {
    const absl::string_view name = base::View(key);
    if (IsTokenClaim(name)) {
      dropped.Add(name, "is about the token and its proof, not about the award");
    } else if (in_claim && name == "elm") {
      found = claims.Text(value);
    } else if (in_claim) {
      dropped.Add(name, "stands beside the European credential and belongs to no type that is known");
    } else {
      json.Key(name);
      json.Raw(claims.Text(value));
    }
  }
  json.EndObject();
  if (in_claim && found.empty()) return Problem(Reason::kNotACredential, "/elm");
  return in_claim ? found : rest;
}

// A credential of the European Learning Model in the token. The token is not one itself, so that the credential is a
// translation, with the token as evidence.
absl::StatusOr<Imported> ImportEuropean(const Presentation& presentation, bool in_claim) {
  Imported imported;
  ASSIGN_OR_RETURN(const base::JsonDocument claims, base::JsonDocument::Parse(presentation.claims));
  ASSIGN_OR_RETURN(const std::string european, EuropeanPart(claims, in_claim, imported));
  const absl::string_view place = in_claim ? "/elm" : "";
  ASSIGN_OR_RETURN(elm::ReadCredential read, elm::Read(european));
  RETURN_IF_ERROR(families::CheckOneSubject(read, place));
  document::Listing listed;
  for (const elm::Finding& finding : read.findings) {
    if (!listed.Takes([&] { return finding.pointer.size() + finding.message.size(); })) continue;
    const bool kept = finding.rule == "json.unknown-member";
    imported.diagnostics.push_back(MakeDiagnostic(finding.rule, absl::StrCat(place, finding.pointer), finding.message,
                                                  kept ? document::v1::SEVERITY_NOTE : document::v1::SEVERITY_WARNING));
  }
  for (const std::string& pointer : presentation.withheld) {
    if (!listed.Takes([&] { return pointer.size(); })) continue;
    imported.diagnostics.push_back(MakeDiagnostic("disclosure.withheld", pointer,
                                                  "Something here was withheld, or the issuer put decoys here.",
                                                  document::v1::SEVERITY_NOTE));
  }
  imported.credential = std::move(read.credential);
  const elm::v3::Person& learner = imported.credential->credential_subject().person();
  if (!imported.credential->has_display_parameter() && !learner.has_claim().empty() &&
      learner.has_claim(0).has_learning_achievement()) {
    document::AddDisplay(learner.has_claim(0).learning_achievement().title(), {}, &*imported.credential);
  }
  return imported;
}

// A micro-credential of DC4EU: the body of an Open Badge 3.0 as claims of the token.
absl::Status MapBadge(Source& source, Draft& draft) {
  const document::SourceNode* const credential = source.root();
  const document::SourceNode* const subject = source.FindFirst(credential, "credentialSubject");
  if (subject == nullptr) return Problem(Reason::kNotACredential, "/credentialSubject");
  RETURN_IF_ERROR(families::CheckOneSubject(source, credential));
  RETURN_IF_ERROR(families::CheckEmbedded(source, credential));
  RETURN_IF_ERROR(families::CheckPassed(source, credential));
  families::MapBadge3Envelope(&source, &draft, credential);
  const families::Badge3Bodies bodies = families::MapBadge3Issuer(&source, credential, &draft, &draft.body());
  families::MapBadge3Learner(&source, subject, &draft);
  families::MapBadge3Claims(&source, credential, &draft, bodies);
  if (source.FindFirst(credential, "issuer") == nullptr) {
    MapSigner(source, draft);
  } else if (const document::SourceNode* const signer = source.FindFirst(credential, "iss")) {
    source.Drop(signer, "is the signer of the token; the issuer of the badge is carried");
  }
  return absl::OkStatus();
}

// What the claims themselves say of the award: that it was taken back, or is none yet.
absl::Status CheckAwarded(const Source& source) {
  RETURN_IF_ERROR(families::CheckNotRevoked(source, source.root()));
  for (const document::SourceNode* stated : source.Find(source.root(), families::kAwardStatus)) {
    const families::StatusWord word = families::StatusWordOf(stated->text);
    const bool unfinished = word == families::StatusWord::kUnfinished;
    if (!unfinished && word != families::StatusWord::kNotPassed) continue;
    return Problem(unfinished ? Reason::kResultNotFinal : Reason::kNothingAwarded, source.tree().Path(stated));
  }
  return absl::OkStatus();
}

// The types that are mapped by tables.
absl::StatusOr<Imported> ImportMapped(const Presentation& presentation, absl::string_view bytes,
                                      const ImportOptions& options, Source& source) {
  Draft draft(&source, bytes);
  MapToken(source);
  if (presentation.type == kMicroCredentialType) {
    RETURN_IF_ERROR(MapBadge(source, draft));
    NoteDisclosures(presentation, source);
  } else if (presentation.type == kGreekDiplomaType) {
    RETURN_IF_ERROR(CheckTitle(presentation, source, "title"));
    MapDiploma(source, draft);
    NoteDisclosures(presentation, source);
  } else {
    RETURN_IF_ERROR(CheckTitle(presentation, source, "achievement_title"));
    MapLearningCredential(source, draft);
    NoteWithheld(presentation, source);
  }
  if (presentation.draft_form) {
    source.Warn("sd-jwt.draft-form", source.root(), "Line breaks or a missing tilde of an early draft were made good.");
  }
  return draft.Finish(options);
}

class SdJwtVcAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const Outline outline = OutlineOf(bytes);
    if (!outline.is_sd_jwt || !(outline.media_type_fits || outline.has_type)) return Confidence::kNone;
    return outline.media_type_fits && outline.has_type ? Confidence::kCertain : Confidence::kPossible;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(const Presentation presentation, ReadPresentation(bytes, options.format_named));
    const std::string& type = presentation.type;
    const bool european = type == kElmType || type == kElmDiplomaType;
    if (!european && type != kLearningType && type != kMicroCredentialType && type != kGreekDiplomaType) {
      return Problem(Reason::kFormatUnknown, "/vct", "the type is none of learning that is known");
    }
    ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfJson(presentation.claims));
    Source source(std::move(tree), options);
    RETURN_IF_ERROR(CheckAwarded(source));
    if (european) return ImportEuropean(presentation, type == kElmType);
    return ImportMapped(presentation, bytes, options, source);
  }

 private:
  const document::FormatInfo info_ = {"sd-jwt-vc",
                                      "SD-JWT VC, learning credentials for wallets",
                                      {"RFC 9901", "draft 2023"},
                                      {"read"},
                                      "beta",
                                      "application/dc+sd-jwt",
                                      "sd-jwt-vc-7"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<SdJwtVcAdapter>(); }

}  // namespace passerelle::adapters::sd_jwt_vc
