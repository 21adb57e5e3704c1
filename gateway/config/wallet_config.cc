#include "gateway/config/wallet_config.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/rules/text.h"
#include "gateway/fetch/fetcher.h"
#include "gateway/files/files.h"
#include "gateway/keys/pkcs11.h"

namespace passerelle::gateway {
namespace {

absl::Status RefuseWallets(absl::string_view key, absl::string_view detail) {
  return base::Problem(base::Reason::kConfigInvalid, key, detail);
}

void Resolve(const std::string& folder, std::string* path) {
  if (!path->empty() && !IsPkcs11Uri(*path)) *path = ResolvePath(folder, *path);
}

}  // namespace

void CompleteWallets(const std::string& folder, config::v1::Wallets* wallets) {
  Resolve(folder, wallets->mutable_tls()->mutable_certificate());
  Resolve(folder, wallets->mutable_tls()->mutable_private_key());
  Resolve(folder, wallets->mutable_key());
  Resolve(folder, wallets->mutable_certificate());
  if (wallets->has_issuing()) {
    Resolve(folder, wallets->mutable_issuing()->mutable_key());
    Resolve(folder, wallets->mutable_issuing()->mutable_certificate());
  }
  if (wallets->client_id() == config::v1::WALLET_CLIENT_ID_UNSPECIFIED) {
    wallets->set_client_id(config::v1::WALLET_CLIENT_ID_X509_HASH);
  }
}

absl::Status CheckWallets(const config::v1::Wallets& wallets) {
  const absl::StatusOr<std::string> origin = OriginOf(wallets.address());
  if (!absl::StartsWith(wallets.address(), "https://") || !origin.ok() || *origin != wallets.address()) {
    return RefuseWallets("wallets.address", "an origin such as https://wallets.example.org is expected");
  }
  const std::pair<absl::string_view, const std::string*> paths[] = {{"tls.certificate", &wallets.tls().certificate()},
                                                                    {"tls.private_key", &wallets.tls().private_key()},
                                                                    {"key", &wallets.key()},
                                                                    {"certificate", &wallets.certificate()}};
  for (const auto& [key, path] : paths) {
    if (path->empty()) return RefuseWallets(absl::StrCat("wallets.", key), "is missing");
  }
  if (wallets.has_issuing()) {
    if (!elm::IsWebAddress(wallets.issuing().issuer())) {
      return RefuseWallets("wallets.issuing.issuer", "it is no address on the web");
    }
    if (wallets.issuing().key().empty()) return RefuseWallets("wallets.issuing.key", "is missing");
    if (wallets.issuing().certificate().empty()) return RefuseWallets("wallets.issuing.certificate", "is missing");
  }
  if (!wallets.tls().trusted_authorities().empty()) {
    return RefuseWallets("wallets.tls.trusted_authorities", "wallets show no certificate");
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
