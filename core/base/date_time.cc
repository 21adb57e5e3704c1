#include "core/base/date_time.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace passerelle::base {
namespace {

// Whether the text begins with the form: "0" stands for a digit, everything else for itself in either case.
bool TakeForm(absl::string_view form, absl::string_view& text) {
  if (text.size() < form.size()) return false;
  for (size_t i = 0; i < form.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (form[i] == '0' ? !absl::ascii_isdigit(c) : absl::ascii_toupper(c) != form[i]) return false;
  }
  text.remove_prefix(form.size());
  return true;
}

// absl::ParseTime takes more than RFC 3339 has ("infinite-future", blanks, signed years), so the form comes first.
bool HasForm(absl::string_view text) {
  if (!TakeForm("0000-00-00T00:00:00", text)) return false;
  if (TakeForm(".0", text)) {
    for (int more = 0; more < 8 && TakeForm("0", text); ++more) {
    }
  }
  if (!TakeForm("Z", text) && !TakeForm("+00:00", text) && !TakeForm("-00:00", text)) return false;
  return text.empty();
}

}  // namespace

std::optional<absl::Time> ParseDateTime(absl::string_view text) {
  absl::string_view rest = text;
  const bool date_only = TakeForm("0000-00-00", rest) && rest.empty();
  const std::string full = absl::AsciiStrToUpper(date_only ? absl::StrCat(text, "T00:00:00Z") : text);
  absl::Time parsed;
  if (!HasForm(full) || !absl::ParseTime(absl::RFC3339_full, full, &parsed, nullptr)) return std::nullopt;
  return parsed;
}

std::string WriteDateTime(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

}  // namespace passerelle::base
