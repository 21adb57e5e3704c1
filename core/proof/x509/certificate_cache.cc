#include "core/proof/x509/certificate_cache.h"

#include <optional>
#include <utility>

#include "core/base/status_macros.h"

namespace passerelle::proof {

absl::StatusOr<Certificate> CertificateCache::Get(absl::string_view der) {
  std::optional<Certificate> known;
  {
    const absl::MutexLock lock(&mutex_);
    const auto found = recent_.find(der);
    if (found != recent_.end()) return found->second;
    const auto before = earlier_.find(der);
    if (before != earlier_.end()) known = before->second;
  }
  if (!known) {
    ASSIGN_OR_RETURN(known, Certificate::FromDer(der));
  }
  const absl::MutexLock lock(&mutex_);
  if (recent_.size() >= kCertificatesKeptMax / 2) earlier_ = std::exchange(recent_, {});
  recent_.emplace(known->der(), *known);
  return *std::move(known);
}

}  // namespace passerelle::proof
