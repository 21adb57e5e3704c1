#include "gateway/node/gauges.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

// Bytes of memory that the process holds; 0 when the system does not tell.
double ResidentBytes() {
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  long total = 0;
  long resident = 0;
  const int read = std::fscanf(file, "%ld %ld", &total, &resident);
  std::fclose(file);
  return read == 2 ? static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

absl::Status NodeGauges::Refresh() {
  Certificates();
  const auto directory = node_map_->Get();
  const federation::v1::NodeMap& map = directory->map();
  if (map.has_expire_time()) metrics_->NodeMapExpiry(base::FromProto(map.expire_time()));
  for (const federation::v1::Node& node : map.nodes()) {
    if (node.id() != config_->node() && !node.endpoint().empty()) metrics_->KnowPeer(node.id());
  }
  metrics_->ResidentMemory(ResidentBytes());
  return Outbox();
}

// A file that cannot be read now leaves what was measured before: it is still what the node uses.
void NodeGauges::Certificates() {
  const auto measure = [this](const std::string& purpose, const std::string& path) {
    const auto pem = ReadFile(path, base::kConfigBytesMax);
    if (!pem.ok()) return;
    const auto end = CertificatesEnd(*pem);
    if (end.ok()) metrics_->CertificateExpiry(purpose, *end);
  };
  measure("client_port", config_->client_port().tls().certificate());
  measure("peer_port", config_->peer_port().tls().certificate());
  if (config_->has_http_port()) measure("http_port", config_->http_port().tls().certificate());
  if (config_->has_wallets()) measure("wallets", config_->wallets().tls().certificate());
  for (int i = 0; i < config_->seals_size(); ++i) {
    measure(absl::StrCat("seal_", i), config_->seals(i).certificate());
  }
  if (config_->has_grpc_register()) measure("grpc_register", config_->grpc_register().tls().certificate());
}

absl::Status NodeGauges::Outbox() {
  std::vector<base::Record> due;
  const absl::Time now = clock_->Now();
  RETURN_IF_ERROR(store_->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(due, tx.Due(base::Table::kOutbox, now, 1));
    return absl::OkStatus();
  }));
  metrics_->RelayOverdue(due.empty() ? absl::ZeroDuration() : std::max(absl::ZeroDuration(), now - due.front().due));
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
