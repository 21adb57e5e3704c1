// The service for clients that ask wallets for presentations, and issue decisions into them.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include <functional>
#include <vector>

#include "core/wallet/offers.h"
#include "core/wallet/presentations.h"
#include "gateway/grpc/raw_service.h"
#include "passerelle/wallet/v1/wallet_service.grpc.pb.h"

namespace passerelle::gateway {

class WalletService : public RawService<wallet::v1::WalletService> {
 public:
  // `offers` is null for a node that issues nothing; `roles` gives those in which a client may take steps of cases.
  WalletService(CallRunner* runner, wallet::Presentations* presentations, wallet::Offers* offers,
                std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)> roles);
};

}  // namespace passerelle::gateway
