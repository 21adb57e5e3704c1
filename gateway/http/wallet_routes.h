// What wallets ask and post: the routes of the port for wallets (OpenID4VP 1.0, 5.10 and 8.2).
//
// Thread-safety: a free function; the routes are const after it.
#pragma once

#include "core/wallet/presentations.h"
#include "gateway/http/plain_routes.h"

namespace passerelle::gateway {

// As what requests of wallets are counted and logged.
inline constexpr char kWalletService[] = "passerelle.wallet.v1.WalletPort";

// Adds the methods to the runner too. Both outlive the routes.
PlainRoutes MakeWalletRoutes(CallRunner* runner, wallet::Presentations* presentations);

}  // namespace passerelle::gateway
