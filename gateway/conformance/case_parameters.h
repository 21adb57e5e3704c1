// The parameters of a row: its JSON object, and the key material that it names.
//
// Thread-safety: belongs to one thread. Ownership: points to the row.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/proof/jose/key_set.h"
#include "gateway/conformance/case.h"

namespace passerelle::gateway {

class CaseParameters {
 public:
  static absl::StatusOr<CaseParameters> Of(const ConformanceCase& row);

  std::optional<simdjson::dom::element> Find(absl::string_view name) const;
  // Empty if there is none.
  std::string Text(absl::string_view name) const;
  bool Flag(absl::string_view name) const;
  // "at"; without it, now.
  absl::Time Time() const;
  // "keys": a key set in a file of the suite, or in the row itself. Private halves, which suites of test keys keep
  // beside the public ones and which the product refuses, are left out.
  absl::StatusOr<proof::KeySet> Keys() const;

 private:
  CaseParameters(const ConformanceCase& row, base::JsonDocument document)
      : row_(&row), document_(std::move(document)) {}

  const ConformanceCase* row_;
  base::JsonDocument document_;
};

// A JWK or JWK set without members that are private.
std::string PublicHalf(const base::JsonDocument& document, simdjson::dom::element keys);

}  // namespace passerelle::gateway
