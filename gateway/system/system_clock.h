// base::Clock on the machine's clock.
//
// Thread-safety: thread-safe.
#pragma once

#include "absl/time/clock.h"
#include "core/base/port/clock.h"

namespace passerelle::gateway {

class SystemClock : public base::Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace passerelle::gateway
