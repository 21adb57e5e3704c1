// Port: the time. The core never reads a wall clock; it is given one.
#pragma once

#include "absl/time/time.h"

namespace passerelle::base {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

}  // namespace passerelle::base
