#include "adapters/presentation/envelope.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/families/carrier.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/json_peek.h"
#include "core/base/jws_payload.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::adapters::presentation {
namespace {

using base::Problem;
using base::Reason;
using document::Confidence;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kPresentationType = "VerifiablePresentation";
constexpr absl::string_view kEnvelopedType = "EnvelopedVerifiableCredential";
constexpr absl::string_view kEnvelopedPresentationType = "EnvelopedVerifiablePresentation";
// Members that hold credentials: of presentations, of answers of an issuer, and of single entries of these.
constexpr absl::string_view kHolders[] = {"verifiableCredential", "credentials", "credential"};

// One line of a token: base64url, the dots between its parts, and the tildes of disclosures.
bool IsTokenText(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '~';
  });
}

bool IsToken(absl::string_view text) {
  const absl::string_view first = text.substr(0, text.find('~'));
  return IsTokenText(text) && base::IsCompactJws(first);
}

// The token without the white space that a mail or an editor put into it, and without a byte order mark; empty if it is
// none, or is as it has to be.
std::string MendedToken(absl::string_view bytes) {
  if (base::IsCompactJws(bytes)) return "";
  const size_t received = bytes.size();
  absl::ConsumePrefix(&bytes, kByteOrderMark);
  bytes = absl::StripAsciiWhitespace(bytes);
  if (bytes.empty() || !absl::ascii_isalnum(static_cast<unsigned char>(bytes.front()))) return "";
  std::string token(bytes);
  token.erase(std::remove_if(token.begin(), token.end(), [](char c) { return c == '\n' || c == '\r'; }), token.end());
  return token.size() != received && IsToken(token) ? token : "";
}

bool HasType(object members, absl::string_view type) {
  const std::optional<element> stated = base::Find(members, "type");
  if (!stated.has_value()) return false;
  if (base::AsString(*stated) == type) return true;
  const std::optional<array> several = base::AsArray(*stated);
  return several.has_value() &&
         std::any_of(several->begin(), several->end(), [type](element one) { return base::AsString(one) == type; });
}

std::string PlaceOf(absl::string_view place, absl::string_view name) {
  std::string inner(place);
  base::AppendPointerToken(name, inner);
  return inner;
}

// Lists every member but the one that holds the credential as the envelope's own.
void DropOthers(object members, absl::string_view taken, const std::string& place, Envelope* envelope) {
  for (const auto& [key, value] : members) {
    const absl::string_view name = base::View(key);
    if (name == taken) continue;
    envelope->dropped.push_back(PlaceOf(place, name));
    const bool holds = std::find(std::begin(kHolders), std::end(kHolders), name) != std::end(kHolders);
    envelope->has_others = envelope->has_others || (holds && !value.is_null());
  }
}

// The token of an enveloped credential: "data:application/vc+jwt,eyJ…".
absl::Status OpenData(object members, const std::string& place, Envelope* envelope) {
  const std::string id = PlaceOf(place, "id");
  const auto stated = base::FindString(members, "id");
  const auto data = families::ContentOfDataAddress(stated.value_or(""));
  if (!data.has_value()) {
    return Problem(Reason::kFieldInvalid, id, "an enveloped credential stands in a data: address");
  }
  if (!IsToken(*data)) return Problem(Reason::kFormatNotSupported, id, "what is enveloped is no token in text form");
  envelope->contents.push_back({std::string(*data), id});
  envelope->used.push_back(id);
  DropOthers(members, "id", place, envelope);
  return absl::OkStatus();
}

// What one entry holds: a token, an envelope of one, an entry with a member for it, or the credential itself.
absl::Status OpenEntry(const base::JsonDocument& document, element entry, const std::string& place,
                       Envelope* envelope) {
  if (const auto text = base::AsString(entry); text.has_value()) {
    envelope->contents.push_back({std::string(absl::StripAsciiWhitespace(*text)), place});
    envelope->used.push_back(place);
    return absl::OkStatus();
  }
  const std::optional<object> members = base::AsObject(entry);
  if (!members.has_value()) return Problem(Reason::kFieldInvalid, place, "a credential or its token is expected");
  if (HasType(*members, kEnvelopedType)) return OpenData(*members, place, envelope);
  const std::optional<element> inner = base::Find(*members, "credential");
  if (!inner.has_value() || base::Find(*members, "type").has_value()) {
    envelope->contents.push_back({document.Text(entry), place});
    return absl::OkStatus();
  }
  const std::string at = PlaceOf(place, "credential");
  const auto text = base::AsString(*inner);
  envelope->contents.push_back({text.has_value() ? std::string(*text) : document.Text(*inner), at});
  if (text.has_value()) envelope->used.push_back(at);
  DropOthers(*members, "credential", place, envelope);
  return absl::OkStatus();
}

absl::Status OpenEntries(const base::JsonDocument& document, element value, const std::string& place,
                         Envelope* envelope) {
  const std::optional<array> several = base::AsArray(value);
  if (!several.has_value()) {
    return OpenEntry(document, value, place, envelope);
  }
  size_t index = 0;
  for (const element entry : *several) {
    RETURN_IF_ERROR(OpenEntry(document, entry, absl::StrCat(place, "/", index++), envelope));
  }
  return absl::OkStatus();
}

// A signature in JSON serialization as the compact one that it stands for, with its disclosures (RFC 9901, 8).
absl::Status OpenJsonSignature(object members, Envelope* envelope) {
  object holder = members;
  if (const auto signatures = base::Find(members, "signatures"); signatures.has_value()) {
    const std::optional<array> several = base::AsArray(*signatures);
    if (!several.has_value() || several->size() != 1 || !base::AsObject(several->at(0)).has_value()) {
      return Problem(Reason::kFormatNotSupported, "/signatures", "one signature is expected");
    }
    holder = *base::AsObject(several->at(0));
  }
  const auto payload = base::FindString(members, "payload");
  const auto header = base::FindString(holder, "protected");
  const auto signature = base::FindString(holder, "signature");
  if (!payload.has_value() || !header.has_value() || !signature.has_value()) {
    return Problem(Reason::kSealMalformed, "", "a signature has protected header, payload and value");
  }
  std::string token = absl::StrCat(*header, ".", *payload, ".", *signature);
  const auto unprotected = base::Find(holder, "header");
  const auto fields = unprotected.has_value() ? base::AsObject(*unprotected) : std::nullopt;
  const auto disclosures = fields.has_value() ? base::Find(*fields, "disclosures") : std::nullopt;
  const auto list = disclosures.has_value() ? base::AsArray(*disclosures) : std::nullopt;
  if (list.has_value()) {
    absl::StrAppend(&token, "~");
    for (const element disclosure : *list) absl::StrAppend(&token, base::AsString(disclosure).value_or(""), "~");
    absl::StrAppend(&token, base::FindString(*fields, "kb_jwt").value_or(""));
  }
  envelope->contents.push_back({std::move(token), "/payload"});
  envelope->used.push_back("/payload");
  DropOthers(members, "payload", "", envelope);
  return absl::OkStatus();
}

absl::Status OpenMembers(const base::JsonDocument& document, object members, const std::string& place,
                         Envelope* envelope) {
  if (HasType(members, kEnvelopedType) || HasType(members, kEnvelopedPresentationType)) {
    return OpenData(members, place, envelope);
  }
  if (base::IsJsonJws(members)) return OpenJsonSignature(members, envelope);
  for (const absl::string_view name : kHolders) {
    const std::optional<element> value = base::Find(members, name);
    if (!value.has_value()) continue;
    DropOthers(members, name, place, envelope);
    return OpenEntries(document, *value, PlaceOf(place, name), envelope);
  }
  return absl::OkStatus();
}

absl::StatusOr<Envelope> OpenJson(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(bytes));
  Envelope envelope;
  const std::optional<object> members = base::AsObject(document.root());
  if (!members.has_value()) {
    RETURN_IF_ERROR(OpenEntries(document, document.root(), "", &envelope));
    return envelope;
  }
  // The claims of a token hold the presentation in one of them.
  const auto claim = base::Find(*members, "vp");
  const auto inner = claim.has_value() ? base::AsObject(*claim) : std::nullopt;
  if (inner.has_value()) DropOthers(*members, "vp", "", &envelope);
  RETURN_IF_ERROR(inner.has_value() ? OpenMembers(document, *inner, "/vp", &envelope)
                                    : OpenMembers(document, *members, "", &envelope));
  return envelope;
}

// The payload of a token, which the buffer holds, or the text itself.
absl::StatusOr<absl::string_view> JsonOf(absl::string_view bytes, std::string* buffer) {
  if (!base::IsCompactJws(bytes)) return bytes;
  ASSIGN_OR_RETURN(*buffer, base::PayloadOfCompactJws(bytes));
  return absl::string_view(*buffer);
}

// Values of JSON strings, which stand before any reading: the look at the top must stay cheap.
bool IsTokenString(absl::string_view json) {
  json = absl::StripAsciiWhitespace(json);
  return json.size() > 2 && json.front() == '"' && json.back() == '"' && IsToken(json.substr(1, json.size() - 2));
}

bool IsTokenList(absl::string_view json) {
  json = absl::StripAsciiWhitespace(json);
  if (!absl::ConsumePrefix(&json, "[")) return false;
  json = absl::StripLeadingAsciiWhitespace(json);
  const size_t end = json.find_first_of(",]");
  return end != absl::string_view::npos && IsTokenString(json.substr(0, end));
}

// Whether a list or value holds a credential or a token.
bool HoldsAny(absl::string_view json) { return json.find_first_of("{\"") != absl::string_view::npos; }

// Signatures are around anything; only what says that it is a credential, or a presentation of one, is one.
Confidence ConfidenceOfPayload(absl::string_view json) {
  absl::string_view text = absl::StripAsciiWhitespace(json);
  if (!absl::ConsumePrefix(&text, "\"") || !absl::ConsumeSuffix(&text, "\"")) return Confidence::kNone;
  const auto payload = base::Base64UrlDecode(text);
  const auto top = payload.ok() ? base::JsonPeek::Of(*payload) : std::nullopt;
  if (!top.has_value()) return Confidence::kNone;
  const bool is_mine = top->Has("vct") || absl::StrContains(top->Value("type"), "\"VerifiableCredential\"") ||
                       absl::StrContains(top->Value("vc"), "\"VerifiableCredential\"") ||
                       absl::StrContains(top->Value("type"), absl::StrCat("\"", kPresentationType, "\"")) ||
                       absl::StrContains(top->Value("vp"), absl::StrCat("\"", kPresentationType, "\""));
  return is_mine ? Confidence::kPossible : Confidence::kNone;
}

Confidence ConfidenceOf(const base::JsonPeek& top) {
  const absl::string_view type = top.Value("type");
  for (const absl::string_view mine : {kEnvelopedType, kEnvelopedPresentationType}) {
    if (absl::StrContains(type, absl::StrCat("\"", mine, "\""))) return Confidence::kCertain;
  }
  if (absl::StrContains(type, absl::StrCat("\"", kPresentationType, "\""))) {
    return HoldsAny(top.Value("verifiableCredential")) ? Confidence::kCertain : Confidence::kNone;
  }
  const absl::string_view claim = top.Value("vp");
  if (absl::StrContains(claim, kPresentationType)) {
    const auto inner = base::JsonPeek::Of(claim);
    const bool holds = inner.has_value() && HoldsAny(inner->Value("verifiableCredential"));
    return holds ? Confidence::kCertain : Confidence::kNone;
  }
  if (top.Has("signature") || top.Has("signatures")) return ConfidenceOfPayload(top.Value("payload"));
  if (!type.empty()) return Confidence::kNone;
  for (const absl::string_view name : kHolders) {
    const absl::string_view value = top.Value(name);
    // What issuers say of the credentials that they can issue has the types of these, and no subject.
    const bool holds = IsTokenString(value) || IsTokenList(value) ||
                       absl::StrContains(value, "\"credentialSubject\"") ||
                       (name == "credentials" && absl::StrContains(value, "\"credential\""));
    if (holds) return Confidence::kPossible;
  }
  return Confidence::kNone;
}

}  // namespace

Confidence LooksLikeEnvelope(absl::string_view bytes) {
  if (IsTokenString(bytes) || IsTokenList(bytes) || !MendedToken(bytes).empty()) return Confidence::kPossible;
  std::string buffer;
  const absl::StatusOr<absl::string_view> json = JsonOf(bytes, &buffer);
  const auto top = json.ok() ? base::JsonPeek::Of(*json) : std::nullopt;
  // An array is looked at in its first entry, which is no envelope but within one.
  const bool is_array = json.ok() && absl::StartsWith(absl::StripLeadingAsciiWhitespace(*json), "[");
  return top.has_value() && !is_array ? ConfidenceOf(*top) : Confidence::kNone;
}

absl::StatusOr<Envelope> OpenEnvelope(absl::string_view bytes) {
  if (std::string token = MendedToken(bytes); !token.empty()) {
    Envelope envelope;
    envelope.contents.push_back({std::move(token), ""});
    return envelope;
  }
  std::string buffer;
  ASSIGN_OR_RETURN(const absl::string_view json, JsonOf(bytes, &buffer));
  ASSIGN_OR_RETURN(Envelope envelope, OpenJson(json));
  if (envelope.contents.empty()) return Problem(Reason::kNothingAwarded, "", "the envelope holds no credential");
  return envelope;
}

}  // namespace passerelle::adapters::presentation
