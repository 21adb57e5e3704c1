#include "core/elm/codec_envelope.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/codec_tables.h"

namespace passerelle::elm {
namespace {

using base::AsArray;
using base::AsObject;
using base::AsString;
using base::JsonDocument;
using base::Problem;
using base::Reason;
namespace dom = simdjson::dom;

absl::Status SealProblem(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kSealMalformed, place, detail);
}

// Whether the payload is unencoded, by the protected header (RFC 7797).
absl::StatusOr<bool> IsUnencoded(absl::string_view encoded_header, absl::string_view place) {
  const auto header = base::Base64UrlDecode(encoded_header);
  if (!header.ok()) return SealProblem(place, "the protected header is not base64url");
  const auto document = JsonDocument::Parse(*header);
  const auto object = document.ok() ? AsObject(document->root()) : std::nullopt;
  if (!object.has_value()) return SealProblem(place, "the protected header is no JSON object");
  const auto b64 = base::Find(*object, "b64");
  bool encoded = true;
  if (b64.has_value() && b64->get(encoded) != simdjson::SUCCESS) {
    return SealProblem(place, "b64 in the protected header is neither true nor false");
  }
  return !encoded;
}

absl::StatusOr<bool> IsUnencoded(dom::object signature, absl::string_view place) {
  const auto header = base::Find(signature, "protected");
  if (!header.has_value()) return false;
  const auto text = AsString(*header);
  if (!text.has_value()) return SealProblem(place, "the protected header is no text");
  return IsUnencoded(*text, place);
}

// The payload of a seal in JSON serialization, general or flattened (RFC 7515, 7.2).
absl::StatusOr<std::string> PayloadOfJson(dom::object seal) {
  const auto payload = base::FindString(seal, "payload");
  if (!payload.has_value()) return SealProblem("/payload", "the payload is no text");
  bool unencoded = false;
  if (const auto signatures = base::Find(seal, "signatures")) {
    const auto array = AsArray(*signatures);
    if (!array.has_value() || array->size() == 0) return SealProblem("/signatures", "there is no signature");
    size_t index = 0;
    for (const dom::element entry : *array) {
      const std::string place = absl::StrCat("/signatures/", index);
      const auto signature = AsObject(entry);
      if (!signature.has_value()) return SealProblem(place, "the signature is no object");
      ASSIGN_OR_RETURN(const bool here, IsUnencoded(*signature, place));
      if (index > 0 && here != unencoded) return SealProblem(place, "the signatures differ in b64");
      unencoded = here;
      ++index;
    }
  } else {
    ASSIGN_OR_RETURN(unencoded, IsUnencoded(seal, "/protected"));
  }
  if (unencoded) return std::string(*payload);
  auto bytes = base::Base64UrlDecode(*payload);
  if (!bytes.ok()) return SealProblem("/payload", "the payload is not base64url");
  return *std::move(bytes);
}

absl::StatusOr<std::string> PayloadOfCompact(absl::string_view seal) {
  const std::vector<absl::string_view> parts = absl::StrSplit(seal, '.');
  ASSIGN_OR_RETURN(const bool unencoded, IsUnencoded(parts[0], "protected header"));
  // RFC 7797, 5.2: an unencoded payload of a compact seal stands elsewhere, unless it has no dot.
  if (unencoded) return SealProblem("payload", "a compact seal cannot carry a payload that is not encoded");
  auto bytes = base::Base64UrlDecode(parts[1]);
  if (!bytes.ok()) return SealProblem("payload", "the payload is not base64url");
  return *std::move(bytes);
}

bool IsJsonSeal(dom::object object) {
  return base::Find(object, "payload").has_value() &&
         (base::Find(object, "signatures").has_value() || base::Find(object, "signature").has_value());
}

// What the root of a document says that it is.
struct RootTypes {
  bool stated = false;
  bool credential = false;
  bool presentation = false;
  bool verifiable = false;
  std::string known;  // another class of the model
};

void AddType(dom::element value, RootTypes& types) {
  if (const auto array = AsArray(value)) {
    for (const dom::element entry : *array) AddType(entry, types);
    return;
  }
  const auto text = AsString(value);
  if (!text.has_value()) return;
  types.stated = true;
  const TypeTable* const type = FindType(*text);
  if (type == nullptr) return;
  types.credential = types.credential || type->name == "EuropeanDigitalCredential";
  types.presentation =
      types.presentation || type->name == "VerifiablePresentation" || type->name == "EuropeanDigitalPresentation";
  types.verifiable = types.verifiable || type->name == "VerifiableCredential";
  if (type->table != nullptr) types.known = type->name;
}

RootTypes TypesOf(dom::object object) {
  RootTypes types;
  for (const char* const name : {"type", "@type"}) {
    if (const auto stated = base::Find(object, name)) AddType(*stated, types);
  }
  return types;
}

// Drafts lack the type; then the members tell.
bool HasMembersOfCredential(dom::object object) {
  const auto subject = base::Find(object, "credentialSubject");
  if (!subject.has_value()) return false;
  for (const char* const name : {"issuer", "credentialSchema", "displayParameter"}) {
    if (base::Find(object, name).has_value()) return true;
  }
  const auto node = AsObject(*subject);
  return node.has_value() && base::Find(*node, "hasClaim").has_value();
}

bool IsCredential(dom::object object) {
  const RootTypes types = TypesOf(object);
  return types.credential || (!types.stated && HasMembersOfCredential(object));
}

std::string WhatItIs(dom::object object) {
  const RootTypes types = TypesOf(object);
  const auto presented = base::Find(object, "verifiableCredential");
  if (types.presentation || presented.has_value()) {
    const auto array = presented.has_value() ? AsArray(*presented) : std::nullopt;
    const size_t count = array.has_value() ? array->size() : presented.has_value() ? 1 : 0;
    return absl::StrCat("a presentation of ", count, " credentials; send a credential by itself");
  }
  if (base::Find(object, "@graph").has_value()) return "a flattened JSON-LD graph; send it as one tree";
  if (!types.known.empty()) return absl::StrCat("a node of the class ", types.known);
  if (types.verifiable) return "a verifiable credential of another model";
  return "a JSON object without the type EuropeanDigitalCredential";
}

// The one object of a value that is an object or an array of one.
std::optional<dom::object> SingleObject(dom::element value) {
  if (const auto array = AsArray(value)) return array->size() == 1 ? SingleObject(array->at(0)) : std::nullopt;
  return AsObject(value);
}

absl::StatusOr<OpenedCredential> OpenTree(JsonDocument document) {
  auto root = SingleObject(document.root());
  if (!root.has_value()) return Problem(Reason::kNotACredential, "", "one JSON object is expected");
  OpenedCredential opened{std::move(document), *root, Envelope::kBare, {}};
  if (IsCredential(*root)) return opened;
  constexpr std::pair<absl::string_view, Envelope> kWrappers[] = {{"credential", Envelope::kUpload},
                                                                  {"elm", Envelope::kElmClaim}};
  for (const auto& [name, envelope] : kWrappers) {
    const auto wrapped = base::Find(*root, name);
    if (!wrapped.has_value()) continue;
    const auto inner = SingleObject(*wrapped);
    const std::string place = absl::StrCat("/", name);
    if (!inner.has_value()) return Problem(Reason::kNotACredential, place, "one JSON object is expected");
    if (!IsCredential(*inner)) return Problem(Reason::kNotACredential, place, WhatItIs(*inner));
    opened.credential = *inner;
    opened.envelope = envelope;
    for (const dom::key_value_pair member : *root) {
      if (base::View(member.key) == name) continue;
      opened.findings.push_back({"", "envelope.member",
                                 absl::StrCat("the envelope has the member ", absl::CHexEscape(base::View(member.key)),
                                              ", which is no part of the credential")});
    }
    return opened;
  }
  return Problem(Reason::kNotACredential, "", WhatItIs(*root));
}

absl::StatusOr<OpenedCredential> OpenPayload(absl::string_view payload) {
  auto document = JsonDocument::Parse(payload);
  absl::StatusOr<OpenedCredential> opened = document.ok() ? OpenTree(*std::move(document)) : document.status();
  if (!opened.ok()) {
    // The place is one inside the payload; the reason stays.
    const absl::Status& status = opened.status();
    const std::string place = base::PlaceOf(status);
    return Problem(base::ReasonOf(status), place.empty() ? "payload" : absl::StrCat("payload, ", place),
                   base::DetailOf(status));
  }
  opened->envelope = Envelope::kSealed;
  return opened;
}

}  // namespace

bool IsCompactSeal(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  int dots = 0;
  for (const char c : text) {
    const bool base64url = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
    if (!base64url && c != '.') return false;
    dots += c == '.';
  }
  return dots == 2 && text.front() != '.';
}

absl::StatusOr<OpenedCredential> OpenCredential(absl::string_view bytes) {
  if (bytes.size() <= base::kDocumentBytesMax && IsCompactSeal(bytes)) {
    ASSIGN_OR_RETURN(const std::string payload, PayloadOfCompact(absl::StripAsciiWhitespace(bytes)));
    return OpenPayload(payload);
  }
  ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Parse(bytes));
  const auto root = AsObject(document.root());
  if (!root.has_value() || !IsJsonSeal(*root)) return OpenTree(std::move(document));
  ASSIGN_OR_RETURN(const std::string payload, PayloadOfJson(*root));
  return OpenPayload(payload);
}

}  // namespace passerelle::elm
