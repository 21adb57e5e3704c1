// Encrypted content of anybody: nothing crashes, and nothing opens that was not encrypted to the key. The input is also
// taken as content, which comes back as it was.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/problem.h"
#include "core/proof/jose/jwe.h"

namespace base = passerelle::base;
namespace proof = passerelle::proof;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Nobody has encrypted anything to it outside this program.
const proof::DecryptionKey& Key() {
  static const auto& key = *new proof::DecryptionKey(proof::DecryptionKey::Generate().value());
  return key;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<proof::JweParts> parts = proof::ReadCompactJwe(bytes);
  if (parts.ok()) {
    Require(proof::CompactJwe(*parts) == bytes);
    const absl::StatusOr<proof::Jwe> foreign = proof::Jwe::Parse(*parts);
    if (foreign.ok()) Require(!foreign->Decrypt(Key()).ok());
  }

  const auto encrypted =
      proof::EncryptJwe(Key().encryption_key(), {.party_u = std::string(bytes.substr(0, 64))}, bytes);
  Require(encrypted.ok());
  const absl::StatusOr<proof::Jwe> own = proof::Jwe::Parse(*encrypted);
  Require(own.ok());
  const auto content = own->Decrypt(Key());
  Require(content.ok() && *content == bytes);

  const auto public_key = proof::EncryptionKey::FromJwk(bytes);
  if (!public_key.ok()) Require(base::ReasonOf(public_key.status()) == base::Reason::kKeyUnusable);
  return 0;
}
