// Certificates that documents carry, parsed once: reading one costs more than all that is done with it, and the seals
// of an issuer all come with the same few.
//
// Thread-safety: thread-safe. Ownership: owns what it keeps; what it returns shares it.
#pragma once

#include <cstddef>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::proof {

// Certificates that are kept, of at most kKeyBytesMax each. The issuers that one node meets in an hour have some
// dozens.
inline constexpr size_t kCertificatesKeptMax = 512;

class CertificateCache {
 public:
  // Certificate::FromDer. What cannot be read is not kept. Whatever has not been asked for while half of the limit was
  // filled anew is forgotten.
  absl::StatusOr<Certificate> Get(absl::string_view der);

 private:
  // By their DER, which they own.
  using Certificates = absl::flat_hash_map<absl::string_view, Certificate>;

  absl::Mutex mutex_;
  Certificates recent_ ABSL_GUARDED_BY(mutex_);
  Certificates earlier_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::proof
