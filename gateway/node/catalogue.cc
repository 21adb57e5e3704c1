#include "gateway/node/catalogue.h"

#include "core/base/status_macros.h"
#include "core/catalogue/provider_policies.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {

absl::StatusOr<catalogue::v1::ProviderList> LoadProviders(const std::string& path) {
  catalogue::v1::ProviderList providers;
  if (path.empty()) return providers;
  RETURN_IF_ERROR(ReadYamlFile(path, &providers));
  RETURN_IF_ERROR(InFile(path, catalogue::CheckProviders(providers)));
  return providers;
}

absl::StatusOr<std::unique_ptr<NodeCatalogue>> NodeCatalogue::Open(const config::v1::Catalogue& config) {
  ASSIGN_OR_RETURN(catalogue::v1::ProviderList providers, LoadProviders(config.providers()));
  ASSIGN_OR_RETURN(std::unique_ptr<OfferReaders> offers, OfferReaders::Open(config.index()));
  return std::unique_ptr<NodeCatalogue>(new NodeCatalogue(std::move(offers), std::move(providers)));
}

}  // namespace passerelle::gateway
