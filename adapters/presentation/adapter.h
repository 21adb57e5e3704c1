// Presentations and envelopes: what wallets, issuers and exports put around a credential. Verifiable presentations (W3C
// data model 1.1 and 2.0) and their tokens, enveloped credentials (data model 2.0, 4.13), answers of issuers
// (OpenID4VCI 1.0, 8.3), signatures in JSON serialization (RFC 7515, 7.2; RFC 9901, 8), and tokens that were quoted,
// broken into lines or listed on their way. The credential inside is left to the adapter of its own format.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::presentation {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::presentation
