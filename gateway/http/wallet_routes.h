// What wallets ask and post: the routes of the port for wallets (OpenID4VP 1.0, 5.10 and 8.2; OpenID4VCI 1.0, 6 to 8
// and 12).
//
// Thread-safety: a free function; the routes are const after it.
#pragma once

#include "core/wallet/offers.h"
#include "core/wallet/presentations.h"
#include "gateway/http/plain_routes.h"

namespace passerelle::gateway {

// As what requests of wallets are counted and logged.
inline constexpr char kWalletService[] = "passerelle.wallet.v1.WalletPort";

// Adds the methods to the runner too. All outlive the routes; `offers` is null for a node that issues nothing.
PlainRoutes MakeWalletRoutes(CallRunner* runner, wallet::Presentations* presentations, wallet::Offers* offers);

}  // namespace passerelle::gateway
