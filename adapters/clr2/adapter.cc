#include "adapters/clr2/adapter.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "adapters/families/badge3.h"
#include "adapters/families/carrier.h"
#include "adapters/families/names.h"
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

constexpr Rule kToken[] = {
    {"iss|sub|nbf|iat|exp|jti|aud|nonce|cnf", "a claim of the token; it belongs to the signature", DropIt, kDropped,
     ""},
};

// The record around the credentials.
constexpr Rule kRecord[] = {
    {"name|description", "names the record, not an award", DropIt, kDropped, ""},
    {"credentialSubject/achievement", "repeats what the credentials of the record say, or was not awarded", DropIt,
     kDropped, ""},
    {"credentialSubject/association", "associations between frameworks have no place in the European model", DropIt,
     kDropped, ""},
    {"credentialSubject/verifiableCredential/type", "", UseIt, kKept, ""},
};

constexpr Rule kHeld[] = {
    {"proof|credentialSchema|credentialStatus|refreshService|termsOfUse",
     "belongs to the seal and its checks, which stay with the original", DropIt, kDropped, ""},
    {"validUntil|expirationDate", "A.additionalNote", document::LabelledNote, document::kWidened, "note.labelled"},
    {"@context|type", "", UseIt, kKept, ""},
    {"id", "A.identifier.notation", document::Verbatim, kKept, ""},
    {"credentialSubject/type", "", UseIt, kKept, ""},
    {"image", "a picture is presentation", DropIt, kDropped, ""},
    {"endorsement|endorsementJwt", "an endorsement is another credential; it stays with the original", DropIt, kDropped,
     ""},
};

// Writes the record anew with the tokens that it holds replaced by their payloads, so that one tree has everything.
// Tokens inside tokens are no badges and stay.
void AppendOpened(const base::JsonDocument& document, dom::element element, base::JsonWriter* json) {
  const auto text = base::AsString(element);
  if (text.has_value() && base::IsCompactJws(*text)) {
    const auto payload = base::PayloadOfCompactJws(*text);
    if (payload.ok() && base::JsonDocument::Parse(*payload).ok()) return json->Raw(*payload);
  }
  json->Raw(document.Text(element));
}

void CopyObject(const base::JsonDocument& document, dom::object object, absl::string_view opened,
                base::JsonWriter* json, const dom::object* inner, absl::string_view inner_name) {
  json->BeginObject();
  for (const dom::key_value_pair member : object) {
    const absl::string_view name = base::View(member.key);
    json->Key(name);
    if (inner != nullptr && name == inner_name) {
      CopyObject(document, *inner, opened, json, nullptr, "");
    } else if (name == opened) {
      json->BeginArray();
      if (const auto list = base::AsArray(member.value)) {
        for (const dom::element entry : *list) AppendOpened(document, entry, json);
      } else {
        AppendOpened(document, member.value, json);
      }
      json->EndArray();
    } else {
      json->Raw(document.Text(member.value));
    }
  }
  json->EndObject();
}

absl::StatusOr<std::string> OpenHeld(absl::string_view record) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(record));
  auto root = base::AsObject(document.root());
  if (!root.has_value()) return Problem(Reason::kNotACredential, "", "one JSON object is expected");
  if (const auto wrapped = base::Find(*root, "vc")) {
    root = base::AsObject(*wrapped);
    if (!root.has_value()) return Problem(Reason::kNotACredential, "/vc", "one JSON object is expected");
  }
  const auto subject_member = base::Find(*root, "credentialSubject");
  const auto subject = subject_member.has_value() ? base::AsObject(*subject_member) : std::nullopt;
  if (!subject.has_value())
    return Problem(Reason::kNotACredential, "/credentialSubject", "one JSON object is expected");
  std::string text;
  base::JsonWriter json(text);
  CopyObject(document, *root, "verifiableCredential", &json, &*subject, "credentialSubject");
  return text;
}

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
    ASSIGN_OR_RETURN(const families::Carried carried, families::OpenCarrier(bytes, families::kNeverBaked));
    ASSIGN_OR_RETURN(const std::string opened, OpenHeld(carried.json));
    ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(opened));
    document::Source source(std::move(tree), options);
    const SourceNode* const record = source.root();
    if (carried.is_signed) {
      source.Note("signature.not-judged", record, "Read out of a signature, which is judged on the original only.");
    }
    document::Draft draft(&source, bytes);
    families::MapBadge3Envelope(&source, &draft, record);
    families::MapBadge3Issuer(&source, record, &draft, &draft.body());
    families::MapBadge3Learner(&source, source.FindFirst(record, "credentialSubject"), &draft);
    Apply(kRecord, record, {&source, draft.DocumentTargets()});
    for (const SourceNode* held : source.Find(record, "credentialSubject/verifiableCredential")) {
      MapHeld(&source, &draft, held);
    }
    return draft.Finish(options);
  }

 private:
  static void MapHeld(document::Source* source, document::Draft* draft, const SourceNode* held) {
    const SourceNode* const wrapped = source->FindFirst(held, "vc");
    if (wrapped != nullptr) Apply(kToken, held, {source, {}});
    const SourceNode* const credential = wrapped == nullptr ? held : wrapped;
    elm::v3::Organisation* const body = draft->AddBody();
    families::MapBadge3Issuer(source, credential, draft, body);
    document::DraftAchievement* const claim = families::MapBadge3Claims(source, credential, draft, body);
    if (claim == nullptr) return;
    families::MapBadge3Learner(source, source->FindFirst(credential, "credentialSubject"), draft);
    Apply(kHeld, credential, {source, draft->TargetsOf(*claim)});
  }

  const FormatInfo info_ = {"clr2",  "Comprehensive Learner Record 2.0", {"2.0"}, {"read"},
                            "alpha", "application/vc+ld+json",           "clr2-1"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<Clr2Adapter>(); }

}  // namespace passerelle::adapters::clr2
