// Private keys as unencrypted PKCS#8 PEM (RFC 5958, RFC 7468).
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

typedef struct evp_pkey_st EVP_PKEY;

namespace passerelle::proof {

// Problem: kKeyUnusable.
absl::StatusOr<std::shared_ptr<EVP_PKEY>> ReadPkcs8(absl::string_view pem);

// kInternal when OpenSSL writes none. Of a key whose private half stays elsewhere it writes something that is none.
absl::StatusOr<std::string> WritePkcs8(const EVP_PKEY* key);

}  // namespace passerelle::proof
