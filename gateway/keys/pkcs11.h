// Private keys that stay in a module of PKCS#11, named by a URI (RFC 7512):
//
//   pkcs11:token=seals;object=seal-2026?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/passerelle/pin
//
// "module-path" names the module, "pin-source" the file with the PIN, which only its owner may read. Uses the engine of
// the package libengine-pkcs11-openssl. A process has one module.
//
// Thread-safety: free functions; thread-safe. Ownership: a key shares the module, which stays loaded for good.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

typedef struct evp_pkey_st EVP_PKEY;

namespace passerelle::gateway {

bool IsPkcs11Uri(absl::string_view reference);

// The key. Problem: kKeyUnusable with what is wrong; it never names the PIN.
absl::StatusOr<std::shared_ptr<EVP_PKEY>> OpenPkcs11Key(absl::string_view uri);

}  // namespace passerelle::gateway
