#include "gateway/keys/certificate_times.h"

#include <set>
#include <string>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {

std::vector<absl::Status> CertificatesOutOfTime(const config::v1::NodeConfig& config, absl::Time at) {
  std::set<std::string> paths = {config.client_port().tls().certificate(), config.peer_port().tls().certificate()};
  if (config.has_http_port()) paths.insert(config.http_port().tls().certificate());
  if (config.has_wallets()) paths.insert(config.wallets().tls().certificate());
  std::vector<absl::Status> problems;
  for (const std::string& path : paths) {
    const auto pem = ReadFile(path, base::kConfigBytesMax);
    const absl::Status problem = pem.ok()
                                     ? CheckInTime(path, *pem, at)
                                     : base::Problem(base::Reason::kKeyUnusable, path, base::DetailOf(pem.status()));
    if (!problem.ok()) problems.push_back(problem);
  }
  return problems;
}

}  // namespace passerelle::gateway
