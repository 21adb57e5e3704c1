// Pages of lists (AIP-158): how many entries, and where to go on.
//
// A page token names the last entry of the page before and the list that it was made for. A token of another list, or
// one that was not made here, is refused; it gives no rights, because every list checks its caller itself.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

struct Page {
  int size = 0;       // kPageSizeDefault when none was wished for, at most kPageSizeMax
  std::string after;  // key of the last entry of the page before; empty on the first page
};

// `list` names the list and everything that narrows it, such as the client. Problem: kFieldInvalid for "page_size" and
// "page_token".
absl::StatusOr<Page> ReadPage(absl::string_view list, int page_size, absl::string_view page_token);

// Token of the page after the entry `last_key`.
std::string PageToken(absl::string_view list, absl::string_view last_key);

}  // namespace passerelle::base
