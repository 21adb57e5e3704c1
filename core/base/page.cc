#include "core/base/page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::base {
namespace {

// Hexadecimal digits by which a token is tied to its list; enough to notice a mix-up.
constexpr size_t kTieDigits = 16;

std::string Tie(absl::string_view list, absl::string_view key) {
  return Sha256Hex(absl::StrCat(list.size(), ":", list, key)).substr(0, kTieDigits);
}

}  // namespace

absl::StatusOr<Page> ReadPage(absl::string_view list, int page_size, absl::string_view page_token) {
  if (page_size < 0) return Problem(Reason::kFieldInvalid, "page_size", "it is negative");
  Page page;
  page.size = page_size == 0 ? kPageSizeDefault : std::min(page_size, kPageSizeMax);
  if (page_token.empty()) return page;
  const absl::StatusOr<std::string> token = Base64UrlDecode(page_token);
  if (!token.ok() || token->size() <= kTieDigits ||
      token->compare(0, kTieDigits, Tie(list, absl::string_view(*token).substr(kTieDigits))) != 0) {
    return Problem(Reason::kFieldInvalid, "page_token", "it is not a token of this list");
  }
  page.after = token->substr(kTieDigits);
  return page;
}

std::string PageToken(absl::string_view list, absl::string_view last_key) {
  return Base64UrlEncode(absl::StrCat(Tie(list, last_key), last_key));
}

}  // namespace passerelle::base
