// Canonical JSON: what is canonical stays as it is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/jcs.h"
#include "core/base/json.h"

namespace base = passerelle::base;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto document = base::JsonDocument::Parse(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!document.ok()) return 0;
  const auto canonical = base::CanonicalJson(document->root());
  if (!canonical.ok()) return 0;
  const auto again = base::JsonDocument::Parse(*canonical);
  // A number that was written with an exponent can become one of more digits than 64 bits hold; readers refuse it.
  if (!again.ok()) return 0;
  const auto twice = base::CanonicalJson(again->root());
  if (twice.ok() && *twice != *canonical) std::abort();
  return 0;
}
