// A look at the top members of a JSON text without reading it: for format detection, which must be cheap and must work
// on texts that are broken further on.
//
// Thread-safety: free functions on values. Cost: linear in the text; ownership: views into it.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::base {

// The members of the object at the beginning of the text (or of the first object of an array there), as far as brackets
// and quotes tell, up to kPeekMembersMax. Names are not unescaped; values are JSON.
class JsonPeek {
 public:
  // nullopt if the text does not begin as an object.
  static std::optional<JsonPeek> Of(absl::string_view text);

  // The value of a member as JSON, empty if there is none.
  absl::string_view Value(absl::string_view name) const;
  bool Has(absl::string_view name) const { return !Value(name).empty(); }
  const std::vector<std::pair<absl::string_view, absl::string_view>>& members() const { return members_; }

 private:
  std::vector<std::pair<absl::string_view, absl::string_view>> members_;
};

}  // namespace passerelle::base
