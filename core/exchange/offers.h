// What the asked node has answered with, without the large contents that it set aside for it.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "core/base/port/store.h"
#include "core/contents/contents.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::exchange {

// The contents of a delivery that come piece by piece, each once.
std::vector<contents::Content> LargeContents(
    const google::protobuf::RepeatedPtrField<v1::DeliveredDocument>& documents);

// Deletes an offer and what it has set aside; does nothing where there is none.
absl::Status EraseOffer(const contents::ContentsOf& of, base::Transaction& tx);

}  // namespace passerelle::exchange
