// Any bytes as COSE_Sign1: read or refused with a reason, and never verified by a key that signed nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/problem.h"
#include "core/proof/cose/cose_sign1.h"
#include "core/proof/cose/cose_vc.h"

namespace base = passerelle::base;
namespace proof = passerelle::proof;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

const proof::KeySet& Keys() {
  static const auto& keys = *new proof::KeySet(
      *proof::KeySet::Parse(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"));
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto message = proof::CoseSign1::Parse(bytes);
  if (message.ok()) {
    Require(!message->Verify(Keys(), "external").Accepted());
    message->KeyId();
  } else {
    Require(base::ReasonOf(message.status()) != base::Reason::kInternal);
  }
  Require(!proof::VerifyCoseVc(bytes, Keys(), absl::FromUnixSeconds(1'900'000'000)).verified);
  return 0;
}
