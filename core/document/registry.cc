#include <memory>
#include <utility>
#include <vector>

#include "core/base/problem.h"
#include "core/document/adapter.h"

namespace passerelle::document {

absl::StatusOr<Exported> Adapter::Export(const elm::v3::EuropeanDigitalCredential& /*credential*/,
                                         const ExportOptions& /*options*/) const {
  return base::Problem(base::Reason::kFormatNotSupported, Info().id, "credentials are not written in it");
}

absl::StatusOr<Exported> Adapter::ExportCatalogue(const elm::v3::Dataset& /*catalogue*/,
                                                  const ExportOptions& /*options*/) const {
  return base::Problem(base::Reason::kFormatNotSupported, Info().id, "catalogues are not written in it");
}

Registry::Registry(std::vector<std::unique_ptr<const Adapter>> adapters) : adapters_(std::move(adapters)) {}

absl::StatusOr<std::optional<Enclosed>> Adapter::Open(absl::string_view /*bytes*/,
                                                      const ImportOptions& /*options*/) const {
  return std::optional<Enclosed>();
}

std::optional<std::string> Adapter::SignedWithin(absl::string_view /*bytes*/) const { return std::nullopt; }

const Adapter* Registry::Find(absl::string_view format) const {
  for (const auto& adapter : adapters_) {
    if (adapter->Info().id == format) return adapter.get();
  }
  return nullptr;
}

}  // namespace passerelle::document
