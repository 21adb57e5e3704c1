// Public keys of other nodes: nothing crashes, and what is read is the same key when it is written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/problem.h"
#include "core/proof/key.h"

namespace base = passerelle::base;
namespace proof = passerelle::proof;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto key = proof::VerificationKey::FromJwk(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!key.ok()) {
    Require(base::ReasonOf(key.status()) == base::Reason::kKeyUnusable);
    return 0;
  }
  const auto again = proof::VerificationKey::FromJwk(key->jwk());
  Require(again.ok() && again->thumbprint() == key->thumbprint());
  Require(!key->Verify("", std::string(64, '\0')));
  return 0;
}
