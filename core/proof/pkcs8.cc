#include "core/proof/pkcs8.h"

#include <openssl/pem.h>

#include "absl/strings/match.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;

}  // namespace

absl::StatusOr<std::shared_ptr<EVP_PKEY>> ReadPkcs8(absl::string_view pem) {
  const ErrorScope errors;
  if (pem.size() > base::kConfigBytesMax) return Problem(Reason::kKeyUnusable, "", "it is too large for a key");
  if (!absl::StrContains(pem, "-----BEGIN PRIVATE KEY-----")) {
    return Problem(Reason::kKeyUnusable, "",
                   "it is not an unencrypted PKCS#8 PEM; convert it with openssl pkcs8 -topk8");
  }
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::shared_ptr<EVP_PKEY> key =
      Share(bio == nullptr ? nullptr : PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return Problem(Reason::kKeyUnusable, "", "the PEM cannot be read");
  return key;
}

absl::StatusOr<std::string> WritePkcs8(const EVP_PKEY* key) {
  const ErrorScope errors;
  const Owned<BIO> bio(BIO_new(BIO_s_secmem()));
  if (bio == nullptr || PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return Problem(Reason::kInternal, "", "OpenSSL wrote no PEM");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace passerelle::proof
