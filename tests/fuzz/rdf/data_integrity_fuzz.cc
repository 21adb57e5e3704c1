// Data Integrity proofs: nothing crashes, and a document that does not verify is not handed on.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/proof/di/data_integrity.h"

namespace proof = passerelle::proof;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  proof::DataIntegrityOptions options;
  options.at = absl::FromUnixSeconds(1750000000);
  const proof::DataIntegrityVerdict verdict =
      proof::VerifyDataIntegrity(absl::string_view(reinterpret_cast<const char*>(data), size), options);
  if (verdict.verified != verdict.document.has_value()) std::abort();
  if (!verdict.verified && !verdict.findings.refused()) std::abort();
  return 0;
}
