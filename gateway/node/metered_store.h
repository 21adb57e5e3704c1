// A store that counts the states into which exchanges and cases come, once they are durable.
//
// What it must know of the core's records: the head of an exchange or a case is a message of that type and is in a
// group; what belongs to it is in no group, or has no state.
//
// Thread-safety: as the store it wraps. Ownership: owns it.
#pragma once

#include <memory>
#include <utility>

#include "core/base/port/store.h"
#include "gateway/telemetry/metrics.h"

namespace passerelle::gateway {

class MeteredStore : public base::Store {
 public:
  MeteredStore(std::unique_ptr<base::Store> store, Metrics* metrics) : store_(std::move(store)), metrics_(metrics) {}

  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override { return store_->Read(work); }

 private:
  const std::unique_ptr<base::Store> store_;
  Metrics* const metrics_;
};

}  // namespace passerelle::gateway
