#include "core/sharing/browser_address.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/elm/rules/text.h"

namespace passerelle::sharing {

bool IsBrowserAddress(absl::string_view text) {
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
  if (text.size() > kBrowserAddressBytesMax || !printable || !elm::IsWebAddress(text)) return false;
  absl::string_view rest = text;
  if (!absl::ConsumePrefix(&rest, "https://")) return false;
  const absl::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  return !authority.empty() && authority.front() != ':' && !absl::StrContains(authority, '@');
}

}  // namespace passerelle::sharing
