#include "adapters/openbadges3/write_forms.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/text.h"

namespace passerelle::adapters::openbadges3 {
namespace {

// Types of identifiers that the specification lists itself, of those that documents use.
constexpr absl::string_view kListedTypes[] = {"identifier", "name",      "emailAddress", "sourcedId",
                                              "systemId",   "accountId", "userName",     "nationalIdentityNumber"};

}  // namespace

bool IsUri(absl::string_view text) {
  return elm::IsWebAddress(text) || absl::StartsWith(text, "did:") || absl::StartsWith(text, "urn:");
}

std::string DateTimeOf(absl::string_view text) {
  const auto date = elm::ReadDate(text);
  if (!date.has_value()) return "";
  const std::string time = date->time.substr(0, 8);
  return absl::StrCat(date->day, "T", time.empty() ? "00:00:00" : time, date->zone.empty() ? "Z" : date->zone);
}

std::string ExtensionOf(absl::string_view scheme) {
  for (const absl::string_view listed : kListedTypes) {
    if (listed == scheme) return std::string(scheme);
  }
  std::string name = "ext:";
  for (const char c : scheme) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
    name.push_back(plain ? c : '_');
  }
  return name == "ext:" ? "identifier" : name;
}

}  // namespace passerelle::adapters::openbadges3
