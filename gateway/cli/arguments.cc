#include "gateway/cli/arguments.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "re2/re2.h"

namespace passerelle::gateway {

std::optional<absl::Time> ParseTime(absl::string_view text) {
  // absl::ParseTime takes more than RFC 3339 has ("infinite-future", blanks, signed years), so the form comes first.
  static const RE2& form =
      *new RE2(R"((\d{4}-\d{2}-\d{2})(?:[Tt](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)([Zz]|[+-]\d{2}:\d{2}))?)");
  std::string date;
  std::string time;
  std::string offset;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), form, &date, &time, &offset)) return std::nullopt;
  const absl::string_view zone = offset.empty() || offset == "z" ? "Z" : absl::string_view(offset);
  absl::Time parsed;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, absl::StrCat(date, "T", time.empty() ? "00:00:00" : time, zone), &parsed,
                       &ignored))
    return std::nullopt;
  return parsed;
}

}  // namespace passerelle::gateway
