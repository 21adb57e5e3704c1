#include "core/evidence/keyed_digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace passerelle::evidence {

base::Sha256Digest KeyedDigest(absl::string_view key, absl::string_view bytes) {
  base::Sha256Digest digest = {};
  // A null key would mean the one before.
  HMAC(EVP_sha256(), key.empty() ? "" : key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data(), nullptr);
  return digest;
}

}  // namespace passerelle::evidence
