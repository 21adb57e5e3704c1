#include "core/elm/codec_literal.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace passerelle::elm {

using base::AsString;
using base::View;
namespace dom = simdjson::dom;

namespace {

absl::string_view WithoutAt(absl::string_view name) {
  absl::ConsumePrefix(&name, "@");
  return name;
}

// By byte; those above ASCII are parts of characters that IRIs may have.
constexpr std::array<bool, 256> kIriBytes = [] {
  std::array<bool, 256> bytes{};
  for (size_t byte = ' ' + 1; byte < bytes.size(); ++byte) bytes[byte] = true;
  for (const char excluded : {'<', '>', '"', '{', '}', '|', '^', '`', '\\'}) {
    bytes[static_cast<unsigned char>(excluded)] = false;
  }
  return bytes;
}();

constexpr size_t kLanguageTagBytesMax = 64;

}  // namespace

std::optional<ValueObject> AsValueObject(dom::object object) {
  ValueObject result;
  bool found = false;
  for (const dom::key_value_pair member : object) {
    const absl::string_view name = WithoutAt(View(member.key));
    if (name == "value") {
      if (found) return std::nullopt;
      found = true;
      result.value = member.value;
      result.bare = result.bare || member.key.front() != '@';
    } else if (name == "type" && member.value.is_string()) {
      result.type = *AsString(member.value);
    } else if (name == "language" && member.value.is_string()) {
      result.language = *AsString(member.value);
      result.bare = result.bare || member.key.front() != '@';
    } else {
      return std::nullopt;
    }
  }
  return found ? std::optional(result) : std::nullopt;
}

std::optional<absl::string_view> AsReference(dom::object object) {
  std::optional<absl::string_view> id;
  for (const dom::key_value_pair member : object) {
    if (id.has_value() || (member.key != "id" && member.key != "@id")) return std::nullopt;
    id = AsString(member.value);
    if (!id.has_value()) return std::nullopt;
  }
  return id;
}

std::optional<dom::element> AsSet(dom::element value) {
  const auto object = base::AsObject(value);
  if (!object.has_value() || object->size() != 1) return std::nullopt;
  const auto set = base::Find(*object, "@set");
  return set.has_value() && set->is_array() ? set : std::nullopt;
}

std::optional<int64_t> AsInteger(dom::element value) {
  constexpr double kExactBelow = 9007199254740992.0;  // 2^53, up to which doubles hold every integer
  int64_t whole = 0;
  if (value.get(whole) == simdjson::SUCCESS) return whole;
  double number = 0;
  if (!value.is_double() || value.get(number) != simdjson::SUCCESS) return std::nullopt;
  if (std::fabs(number) >= kExactBelow || std::trunc(number) != number) return std::nullopt;
  return static_cast<int64_t>(number);
}

bool HasIriCharactersOnly(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return kIriBytes[static_cast<unsigned char>(c)]; });
}

bool IsAbsoluteIri(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos || colon == 0 || !absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) {
    return false;
  }
  for (const char c : text.substr(0, colon)) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '+' && c != '-' && c != '.') return false;
  }
  return HasIriCharactersOnly(text);
}

absl::string_view DatatypeName(v3::Datatype datatype) {
  switch (datatype) {
    case v3::DATATYPE_DATE_TIME:
      return "dateTime";
    case v3::DATATYPE_DURATION:
      return "duration";
    case v3::DATATYPE_ANY_URI:
      return "anyURI";
    case v3::DATATYPE_INTEGER:
      return "integer";
    case v3::DATATYPE_POSITIVE_INTEGER:
      return "positiveInteger";
    case v3::DATATYPE_DECIMAL:
      return "decimal";
    case v3::DATATYPE_BOOLEAN:
      return "boolean";
    case v3::DATATYPE_HTML:
      return "HTML";
    default:
      return "string";
  }
}

bool IsTextDatatype(v3::Datatype datatype) {
  return datatype == v3::DATATYPE_HTML || DatatypeName(datatype) == "string";
}

bool IsTypeOf(absl::string_view stated, v3::Datatype datatype) {
  const size_t cut = stated.find_last_of("#:/");
  return (cut == absl::string_view::npos ? stated : stated.substr(cut + 1)) == DatatypeName(datatype);
}

bool IsLiteralOf(const ValueObject& literal, v3::Datatype datatype) {
  if (!literal.type.empty()) return IsTypeOf(literal.type, datatype);
  if (literal.value.is_string()) return IsTextDatatype(datatype);
  if (literal.value.is_bool()) return datatype == v3::DATATYPE_BOOLEAN;
  return datatype == v3::DATATYPE_INTEGER && AsInteger(literal.value).has_value();
}

bool IsNoLanguage(absl::string_view language) { return language.empty() || language == "@none" || language == "none"; }

bool CanBeLanguage(absl::string_view language) {
  if (language.size() > kLanguageTagBytesMax) return false;
  return IsNoLanguage(language) || (!absl::StartsWith(language, "@") && language != "value");
}

}  // namespace passerelle::elm
