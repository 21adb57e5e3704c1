#include "gateway/node/wallets.h"

#include <openssl/x509v3.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/http/wallet_routes.h"
#include "gateway/keys/keys.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

std::string HostOf(absl::string_view address) {
  absl::ConsumePrefix(&address, "https://");
  return std::string(address.substr(0, address.find(':')));
}

// OpenID4VP 1.0, 5.9.3.
absl::StatusOr<std::string> ClientIdOf(const config::v1::Wallets& config, const proof::Certificate& certificate) {
  if (config.client_id() == config::v1::WALLET_CLIENT_ID_X509_HASH) {
    return absl::StrCat("x509_hash:",
                        base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, certificate.der())));
  }
  const std::string host = HostOf(config.address());
  const unsigned int flags = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  if (X509_check_host(certificate.openssl(), host.data(), host.size(), flags, nullptr) != 1) {
    return Problem(Reason::kConfigInvalid, "wallets.certificate", "it does not name the host of wallets.address");
  }
  return absl::StrCat("x509_san_dns:", host);
}

}  // namespace

absl::StatusOr<wallet::Verifier> LoadVerifier(const config::v1::Wallets& config) {
  ASSIGN_OR_RETURN(proof::Sealer signer, LoadSealer(config.key(), config.certificate()));
  wallet::Verifier verifier;
  verifier.address = config.address();
  ASSIGN_OR_RETURN(verifier.client_id, ClientIdOf(config, signer.certificate()));
  verifier.signer = std::make_shared<const proof::Sealer>(std::move(signer));
  return verifier;
}

absl::StatusOr<wallet::Issuer> LoadWalletIssuer(const config::v1::Wallets& config) {
  ASSIGN_OR_RETURN(proof::Sealer seal, LoadSealer(config.issuing().key(), config.issuing().certificate()));
  wallet::Issuer issuer;
  issuer.address = config.address();
  issuer.name = config.issuing().issuer();
  issuer.seal = std::make_shared<const proof::Sealer>(std::move(seal));
  return issuer;
}

absl::StatusOr<std::unique_ptr<NodeWallets>> NodeWallets::Open(const config::v1::Wallets& config,
                                                               wallet::Presentations::Options presentations,
                                                               wallet::Offers::Options offers) {
  ASSIGN_OR_RETURN(presentations.verifier, LoadVerifier(config));
  std::unique_ptr<NodeWallets> wallets(new NodeWallets(config, std::move(presentations)));
  if (config.has_issuing()) {
    ASSIGN_OR_RETURN(offers.issuer, LoadWalletIssuer(config));
    wallets->offers_ = std::make_unique<wallet::Offers>(std::move(offers));
  }
  return wallets;
}

absl::Status NodeWallets::Listen(CallRunner* runner, const base::Clock* clock) {
  routes_ = MakeWalletRoutes(runner, &presentations_, offers_.get());
  ASSIGN_OR_RETURN(server_, HttpServer::Start({.listen = config_.listen(),
                                               .tls = config_.tls(),
                                               .allowed_origins = {},
                                               .runner = runner,
                                               .routes = &routes_,
                                               .clock = clock}));
  return absl::OkStatus();
}

void NodeWallets::Stop() {
  if (server_ != nullptr) server_->Stop();
}

}  // namespace passerelle::gateway
