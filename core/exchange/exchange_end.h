// How an exchange comes to its end, and what is said of an attempt that failed.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/relay/outbox.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::exchange {

// A problem as a resource has it; `origin` is the node that found it, empty when that is not known.
v1::ExchangeProblem ToProblem(const absl::Status& problem, absl::string_view origin);

// The documents are there.
void EndDelivered(v1::Exchange* exchange);
// What was delivered cannot be used; `node`, which asked, says so.
void EndUnusable(const absl::Status& problem, absl::string_view node, v1::Exchange* exchange);
// A message of the exchange got no reply, but a problem: a signed refusal, which is the evidence, or none at all.
void EndRefused(const absl::Status& problem, const relay::v1::Envelope* evidence, absl::string_view node, bool expired,
                v1::Exchange* exchange);

}  // namespace passerelle::exchange
