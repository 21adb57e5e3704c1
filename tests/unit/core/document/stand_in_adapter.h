// An adapter whose answers the test sets.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/document/adapter.h"

namespace passerelle::document {

class StandInAdapter : public Adapter {
 public:
  StandInAdapter(std::string id, Confidence confidence, Imported imported = {})
      : info_{std::move(id), "", {}, {"read"}, "alpha", "", "7"},
        confidence_(confidence),
        imported_(std::move(imported)) {}

  const FormatInfo& Info() const override { return info_; }
  Confidence Detect(absl::string_view /*bytes*/) const override { return confidence_; }
  absl::StatusOr<Imported> Import(absl::string_view /*bytes*/, const ImportOptions& /*options*/) const override {
    Imported imported;
    static_cast<Account&>(imported) = imported_;
    imported.credential = elm::v3::EuropeanDigitalCredential(*imported_.credential);
    imported.european = imported_.european;
    return imported;
  }

 private:
  const FormatInfo info_;
  const Confidence confidence_;
  const Imported imported_;
};

template <typename... Adapters>
Registry RegistryOf(Adapters... adapters) {
  std::vector<std::unique_ptr<const Adapter>> list;
  (list.push_back(std::move(adapters)), ...);
  return Registry(std::move(list));
}

}  // namespace passerelle::document
