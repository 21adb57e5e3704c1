// Any bytes as a sealed document, of every family: nothing crashes, and without anchors nobody is known to have signed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/authenticity/seal_check.h"
#include "core/authenticity/signer_check.h"
#include "core/authenticity/status_check.h"

namespace authenticity = passerelle::authenticity;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  authenticity::Evidence evidence;
  evidence.at = absl::UnixEpoch() + absl::Hours(24 * 365 * 56);
  const authenticity::Sealed sealed =
      authenticity::CheckSeal(absl::string_view(reinterpret_cast<const char*>(data), size), evidence);
  const auto signer = authenticity::CheckSigner(sealed, nullptr, evidence, {});
  const auto status = authenticity::CheckStatus(nullptr, sealed, nullptr, evidence, {});
  if (signer.outcome() == authenticity::v1::CHECK_OUTCOME_PASS) std::abort();
  if (status.outcome() == authenticity::v1::CHECK_OUTCOME_PASS) std::abort();
  return 0;
}
