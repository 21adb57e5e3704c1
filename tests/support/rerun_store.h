// A store that runs the work of every transaction twice, as one does that met another writer: the first run is undone.
//
// Thread-safety: as the inner store; one caller at a time. Ownership: the inner store must outlive it.
#pragma once

#include <functional>
#include <utility>

#include "absl/status/status.h"
#include "core/base/port/store.h"

namespace passerelle::testing {

class RerunStore : public base::Store {
 public:
  explicit RerunStore(base::Store& inner) : inner_(inner) {}

  // What the other writer does, between the two runs of every Write from now on.
  void BetweenRuns(std::function<void()> other) { other_ = std::move(other); }

  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override {
    inner_
        .Write([&](base::Transaction& tx) {
          work(tx).IgnoreError();
          return absl::AbortedError("another writer was met");
        })
        .IgnoreError();
    if (other_ != nullptr) other_();
    return inner_.Write(work);
  }
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override {
    inner_.Read(work).IgnoreError();
    return inner_.Read(work);
  }

 private:
  base::Store& inner_;
  std::function<void()> other_;
};

}  // namespace passerelle::testing
