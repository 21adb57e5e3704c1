// The catalogue of a node: its index of offers, and the policies of providers.
//
// Thread-safety: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "gateway/catalogue/offer_readers.h"
#include "passerelle/catalogue/v1/provider_policy.pb.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// The list in a file, checked; an empty one for no file. Problems: kConfigInvalid with file and field,
// kInputNotReadable, kInputTooLarge.
absl::StatusOr<catalogue::v1::ProviderList> LoadProviders(const std::string& path);

class NodeCatalogue {
 public:
  // Problems: those of LoadProviders and OfferReaders::Open.
  static absl::StatusOr<std::unique_ptr<NodeCatalogue>> Open(const config::v1::Catalogue& config);

  OfferReaders* offers() { return offers_.get(); }
  const catalogue::v1::ProviderList* providers() const { return &providers_; }

 private:
  NodeCatalogue(std::unique_ptr<OfferReaders> offers, catalogue::v1::ProviderList providers)
      : offers_(std::move(offers)), providers_(std::move(providers)) {}

  const std::unique_ptr<OfferReaders> offers_;
  const catalogue::v1::ProviderList providers_;
};

}  // namespace passerelle::gateway
