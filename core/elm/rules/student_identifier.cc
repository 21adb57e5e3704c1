#include "core/elm/rules/student_identifier.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

constexpr absl::string_view kPrefix = "urn:schac:personalUniqueCode:int:esi:";
// Characters of a subdivision's part of an ISO 3166-2 code.
constexpr size_t kRegionCharactersMax = 3;
// Characters of a label of a domain (RFC 1035).
constexpr size_t kLabelCharactersMax = 63;

bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }
bool IsHexDigit(char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); }

bool IsCountryOrRegion(absl::string_view scope) {
  const absl::string_view code = scope.substr(0, 2);
  const std::optional<v3::Concept> country = Country(code);
  // The Union's own codes, such as EL, are none of ISO 3166.
  if (!country.has_value() || CountryCodeOf(country->id()) != absl::AsciiStrToUpper(code)) return false;
  if (scope.size() == 2) return true;
  const absl::string_view region = scope.substr(std::min<size_t>(3, scope.size()));
  return scope[2] == '-' && !region.empty() && region.size() <= kRegionCharactersMax &&
         std::all_of(region.begin(), region.end(), IsAlphanumeric);
}

bool IsDomain(absl::string_view scope) {
  const std::vector<absl::string_view> labels = absl::StrSplit(scope, '.');
  return labels.size() > 1 && std::all_of(labels.begin(), labels.end(), [](absl::string_view label) {
           return !label.empty() && label.size() <= kLabelCharactersMax && label.front() != '-' &&
                  label.back() != '-' &&
                  std::all_of(label.begin(), label.end(), [](char c) { return c == '-' || IsAlphanumeric(c); });
         });
}

bool IsCode(absl::string_view code) {
  constexpr absl::string_view kOthers = "()+,-.:=@;$_!*'";
  for (size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '%') {
      if (i + 2 >= code.size() || !IsHexDigit(code[i + 1]) || !IsHexDigit(code[i + 2])) return false;
      i += 2;
    } else if (!IsAlphanumeric(code[i]) && !absl::StrContains(kOthers, code[i])) {
      return false;
    }
  }
  return !code.empty();
}

}  // namespace

bool ClaimsStudentIdentifier(absl::string_view text) { return absl::StartsWithIgnoreCase(text, kPrefix); }

bool IsStudentIdentifier(absl::string_view text) {
  if (!ClaimsStudentIdentifier(text) || text.size() > kStudentIdentifierCharactersMax) return false;
  const absl::string_view rest = text.substr(kPrefix.size());
  const size_t colon = rest.find(':');
  if (colon == absl::string_view::npos) return false;
  const absl::string_view scope = rest.substr(0, colon);
  return (IsCountryOrRegion(scope) || IsDomain(scope)) && IsCode(rest.substr(colon + 1));
}

}  // namespace passerelle::elm
