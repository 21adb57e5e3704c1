// The part of a node that deals with wallets: as whom it asks them and issues into them, and what it has asked and
// offered.
//
// Thread-safety: thread-safe. Ownership: owns what it makes; the parts that it is given outlive it.
#pragma once

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "core/wallet/offers.h"
#include "core/wallet/presentations.h"
#include "gateway/http/http_server.h"
#include "gateway/http/plain_routes.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// As whom a configuration has the node ask wallets. Problems, with the file or key: kKeyUnusable, and kConfigInvalid
// where the certificate does not name the host of the address that wallets are told.
absl::StatusOr<wallet::Verifier> LoadVerifier(const config::v1::Wallets& config);

// As whom it has the node issue. Problem: kKeyUnusable.
absl::StatusOr<wallet::Issuer> LoadWalletIssuer(const config::v1::Wallets& config);

class NodeWallets {
 public:
  // Both without who the node is, which the configuration says. Problems: those of LoadVerifier and LoadWalletIssuer.
  static absl::StatusOr<std::unique_ptr<NodeWallets>> Open(const config::v1::Wallets& config,
                                                           wallet::Presentations::Options presentations,
                                                           wallet::Offers::Options offers);

  wallet::Presentations* presentations() { return &presentations_; }
  wallet::Offers* offers() { return offers_.get(); }  // null for a node that issues nothing
  // Opens the port, on which `runner` decides. Problems: kPortUnavailable, kKeyUnusable.
  absl::Status Listen(CallRunner* runner, const base::Clock* clock);
  int port() const { return server_ == nullptr ? 0 : server_->port(); }
  void Stop();

 private:
  NodeWallets(const config::v1::Wallets& config, wallet::Presentations::Options presentations)
      : config_(config), presentations_(std::move(presentations)) {}

  const config::v1::Wallets config_;
  wallet::Presentations presentations_;
  std::unique_ptr<wallet::Offers> offers_;
  PlainRoutes routes_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace passerelle::gateway
