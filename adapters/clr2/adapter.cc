#include "adapters/clr2/adapter.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/badge3.h"
#include "adapters/families/badge3_results.h"
#include "adapters/families/carrier.h"
#include "adapters/families/names.h"
#include "adapters/families/revocation.h"
#include "adapters/families/token_claims.h"
#include "core/base/json.h"
#include "core/base/json_peek.h"
#include "core/base/jws_payload.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::clr2 {
namespace {

namespace dom = simdjson::dom;
using document::DropIt;
using document::UseIt;

// The record around the credentials.
constexpr Rule kRecord[] = {
    {"name|description", "names the record, not an award", DropIt, kDropped, ""},
    {"credentialSubject/achievement", "repeats what the credentials of the record say, or was not awarded", DropIt,
     kDropped, ""},
    {"credentialSubject/association", "associations between frameworks have no place in the European model", DropIt,
     kDropped, ""},
};

constexpr absl::string_view kEndorsement = "an endorsement is another credential; it stays with the original";
constexpr absl::string_view kNested = "a record within the record is not read; it stays with the original";

constexpr Rule kHeld[] = {
    {"proof|credentialSchema|credentialStatus|refreshService|termsOfUse",
     "belongs to the seal and its checks, which stay with the original", DropIt, kDropped, ""},
    {"validUntil|expirationDate", "A.additionalNote", document::LabelledNote, document::kWidened, "note.labelled"},
    {"@context|type", "", UseIt, kKept, ""},
    {"id", "A.identifier.notation", document::Verbatim, kKept, ""},
    {"credentialSubject/type", "", UseIt, kKept, ""},
    {"image", "a picture is presentation", DropIt, kDropped, ""},
    {"endorsement|endorsementJwt", kEndorsement, DropIt, kDropped, ""},
};

bool IsOfType(const document::Source& source, const SourceNode* credential, absl::string_view type) {
  for (const SourceNode* stated : source.Find(credential, "type")) {
    if (stated->text == type) return true;
  }
  return false;
}

bool IsEndorsement(const document::Source& source, const SourceNode* credential) {
  return IsOfType(source, credential, "EndorsementCredential");
}

// Why a credential of the record is no badge; empty if it is one.
absl::string_view WhyNoBadge(const document::Source& source, const SourceNode* credential) {
  if (!credential->IsBranch()) return "no credential that can be read; it stays with the original";
  if (IsEndorsement(source, credential)) return kEndorsement;
  if (IsOfType(source, credential, "ClrCredential")) return kNested;
  if (source.FindFirst(credential, "credentialSubject/achievement") != nullptr) return "";
  return "a credential without an achievement; it stays with the original";
}

// Whether two nodes say the same in the same order. Recursive; the reader has bounded the depth.
bool IsSame(const SourceNode& one, const SourceNode& other) {
  if (one.kind != other.kind || one.name != other.name || one.text != other.text) return false;
  const SourceNode* beside = other.first_child;
  for (const SourceNode* child = one.first_child; child != nullptr; child = child->next_sibling) {
    if (beside == nullptr || !IsSame(*child, *beside)) return false;
    beside = beside->next_sibling;
  }
  return beside == nullptr;
}

// A record written anew with the tokens that it holds replaced by their payloads, so that one tree has everything.
// Tokens inside tokens are no badges and stay.
class RecordOpener {
 public:
  absl::Status Open(std::string carried) {
    families::CompletedToken token = families::CompleteToken(std::move(carried));
    claims_ = std::move(token.findings);
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(token.json));
    auto root = base::AsObject(document.root());
    if (!root.has_value()) return Problem(Reason::kNotACredential, "", "one JSON object is expected");
    if (const auto wrapped = base::Find(*root, "vc")) {
      root = base::AsObject(*wrapped);
      if (!root.has_value()) return Problem(Reason::kNotACredential, "/vc", "one JSON object is expected");
    }
    const auto subject_member = base::Find(*root, kSubject);
    const auto subject = subject_member.has_value() ? base::AsObject(*subject_member) : std::nullopt;
    if (!subject.has_value())
      return Problem(Reason::kNotACredential, "/credentialSubject", "one JSON object is expected");
    base::JsonWriter json(json_);
    json.BeginObject();
    for (const dom::key_value_pair member : *root) {
      json.Key(base::View(member.key));
      if (base::View(member.key) == kSubject) {
        RETURN_IF_ERROR(AppendSubject(document, *subject, &json));
      } else {
        json.Raw(document.Text(member.value));
      }
    }
    json.EndObject();
    return absl::OkStatus();
  }

  const std::string& json() const { return json_; }
  // What became of the claims of the record's own token, and of those of the credentials in it, by their order.
  const std::vector<elm::ClaimFinding>& claims() const { return claims_; }
  const std::vector<std::vector<elm::ClaimFinding>>& held_claims() const { return held_claims_; }

 private:
  static constexpr absl::string_view kSubject = "credentialSubject";
  static constexpr absl::string_view kHolds = "verifiableCredential";
  static constexpr absl::string_view kHeldPlace = "/credentialSubject/verifiableCredential";

  absl::Status AppendSubject(const base::JsonDocument& document, dom::object subject, base::JsonWriter* json) {
    json->BeginObject();
    for (const dom::key_value_pair member : subject) {
      json->Key(base::View(member.key));
      if (base::View(member.key) != kHolds) {
        json->Raw(document.Text(member.value));
        continue;
      }
      json->BeginArray();
      RETURN_IF_ERROR(AppendAll(document, member.value, json));
      json->EndArray();
    }
    json->EndObject();
    return absl::OkStatus();
  }

  // Arrays in arrays become one, as looking up takes them. Recursive; the reader has bounded the depth.
  absl::Status AppendAll(const base::JsonDocument& document, dom::element value, base::JsonWriter* json) {
    const auto list = base::AsArray(value);
    if (!list.has_value()) return AppendOpened(document, value, json);
    for (const dom::element entry : *list) RETURN_IF_ERROR(AppendAll(document, entry, json));
    return absl::OkStatus();
  }

  absl::Status AppendOpened(const base::JsonDocument& document, dom::element element, base::JsonWriter* json) {
    std::vector<elm::ClaimFinding>& claims = held_claims_.emplace_back();
    const auto text = base::AsString(element);
    if (text.has_value() && base::IsCompactJws(*text)) {
      if (!families::CheckSigned(*text).ok()) {
        return Problem(Reason::kSignatureNone, absl::StrCat(kHeldPlace, "/", held_claims_.size() - 1));
      }
      auto payload = base::PayloadOfCompactJws(*text);
      if (payload.ok() && base::JsonDocument::Parse(*payload).ok()) {
        families::CompletedToken token = families::CompleteToken(*std::move(payload));
        claims = std::move(token.findings);
        json->Raw(token.json);
        return absl::OkStatus();
      }
    }
    json->Raw(document.Text(element));
    return absl::OkStatus();
  }

  std::string json_;
  std::vector<elm::ClaimFinding> claims_;
  std::vector<std::vector<elm::ClaimFinding>> held_claims_;
};

class Clr2Adapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    std::string buffer;
    auto peek = base::JsonPeek::Of(families::PeekCarrier(bytes, families::kNeverBaked, &buffer));
    if (peek.has_value() && peek->Has("vc")) peek = base::JsonPeek::Of(peek->Value("vc"));
    if (!peek.has_value()) return Confidence::kNone;
    return absl::StrContains(peek->Value("type"), "ClrCredential") ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(families::Carried carried, families::OpenCarrier(bytes, families::kNeverBaked));
    RecordOpener opener;
    RETURN_IF_ERROR(opener.Open(std::move(carried.json)));
    ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(opener.json()));
    document::Source source(std::move(tree), options);
    const SourceNode* const record = source.root();
    if (carried.is_signed) {
      source.Note("signature.not-judged", record, "Read out of a signature, which is judged on the original only.");
    }
    RETURN_IF_ERROR(CheckHeld(source));
    families::TellTokenClaims(opener.claims(), record, &source);
    document::Draft draft(&source, bytes);
    families::MapBadge3Envelope(&source, &draft, record);
    families::MapBadge3Learner(&source, source.FindFirst(record, "credentialSubject"), &draft);
    Apply(kRecord, record, {&source, draft.DocumentTargets()});
    bool any = false;
    bool described = false;  // the issuer of the record, in a credential
    const SourceNode* first_left_out = nullptr;
    absl::string_view why_left_out;
    absl::flat_hash_map<std::string, const SourceNode*> seen;  // by id
    for (const SourceNode* held : source.Find(record, "credentialSubject/verifiableCredential")) {
      const std::string id = source.TextOf(CredentialOf(source, held), "id");
      const auto [before, is_new] = seen.try_emplace(id, held);
      if (!id.empty() && !is_new && IsSame(*before->second, *held)) {
        source.Drop(held, "repeats a credential of the record");
        continue;
      }
      const auto& claims = opener.held_claims();
      const absl::string_view why = MapHeld(&source, &draft, held, claims[held->number], &described);
      any = any || why.empty();
      if (why.empty() || first_left_out != nullptr) continue;
      first_left_out = held;
      why_left_out = why;
    }
    if (!any && first_left_out != nullptr) {
      return Problem(Reason::kNothingAwarded, source.tree().Path(first_left_out), why_left_out);
    }
    source.Drop(source.FindFirst(record, "issuer"), "assembled the record; who awarded is named in each credential");
    return draft.Finish(options);
  }

 private:
  // An address, or an object with one.
  static std::string IssuerOf(const document::Source& source, const SourceNode* credential) {
    const SourceNode* const issuer = source.FindFirst(credential, "issuer");
    return issuer == nullptr || !issuer->IsBranch() ? source.TextOf(credential, "issuer") : source.TextOf(issuer, "id");
  }

  static const SourceNode* CredentialOf(const document::Source& source, const SourceNode* held) {
    const SourceNode* const wrapped = source.FindFirst(held, "vc");
    return wrapped == nullptr ? held : wrapped;
  }

  // A record is about one learner, and so is every credential that it holds; none of them was revoked.
  static absl::Status CheckHeld(const document::Source& source) {
    RETURN_IF_ERROR(families::CheckNotRevoked(source, source.root()));
    families::OneLearner learner;
    RETURN_IF_ERROR(learner.Meet(source, source.FindFirst(source.root(), "credentialSubject")));
    for (const SourceNode* held : source.Find(source.root(), "credentialSubject/verifiableCredential")) {
      const SourceNode* const credential = CredentialOf(source, held);
      if (IsEndorsement(source, credential)) continue;  // its subject is what it praises
      RETURN_IF_ERROR(families::CheckNotRevoked(source, held));
      RETURN_IF_ERROR(families::CheckNotRevoked(source, credential));
      RETURN_IF_ERROR(families::CheckOneSubject(source, credential));
      for (const SourceNode* subject : source.Find(credential, "credentialSubject")) {
        RETURN_IF_ERROR(learner.Meet(source, subject));
      }
    }
    return absl::OkStatus();
  }

  // Why the credential was left out; empty if it is an achievement of the translation.
  static absl::string_view MapHeld(document::Source* source, document::Draft* draft, const SourceNode* held,
                                   const std::vector<elm::ClaimFinding>& claims, bool* described) {
    const SourceNode* const credential = CredentialOf(*source, held);
    if (const absl::string_view why = WhyNoBadge(*source, credential); !why.empty()) {
      if (why == kNested) {
        source->Warn("record.nested", held, "A record within the record is not read; it is left out.");
      } else {
        source->Warn("record.no-badge", held, "A credential of the record is no badge; it is left out.");
      }
      source->Drop(held, why);
      return why;
    }
    if (const SourceNode* const status = families::NotPassed(*source, credential)) {
      families::DropNotPassed(source, status, held);
      return families::kNotPassedReason;
    }
    if (credential != held) families::MapTokenClaims(claims, held, source);
    const families::Badge3Bodies bodies = families::MapBadge3Issuer(source, credential, draft, draft->AddBody());
    const std::string issuer = IssuerOf(*source, credential);
    // The record may describe the same body more fully; written once, however many credentials are by it.
    if (!*described && !issuer.empty() && issuer == IssuerOf(*source, source->root())) {
      families::MapBadge3Issuer(source, source->root(), draft, bodies.first);
      *described = true;
    }
    document::DraftAchievement* const claim = families::MapBadge3Claims(source, credential, draft, bodies);
    if (claim == nullptr) return families::kNotPassedReason;
    families::MapBadge3Learner(source, source->FindFirst(credential, "credentialSubject"), draft);
    Apply(kHeld, credential, {source, draft->TargetsOf(*claim)});
    return "";
  }

  const FormatInfo info_ = {"clr2",  "Comprehensive Learner Record 2.0", {"2.0"}, {"read"},
                            "alpha", "application/vc+ld+json",           "clr2-8"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<Clr2Adapter>(); }

}  // namespace passerelle::adapters::clr2
