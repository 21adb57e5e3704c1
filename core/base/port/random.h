// Port: randomness.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace passerelle::base {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // `count` unpredictable bytes.
  virtual std::string Bytes(size_t count) = 0;
};

// A random UUID (RFC 9562, version 4), lower case.
std::string NewUuid(Random& random);
// One that begins with the time in milliseconds (RFC 9562, version 7), lower case. For what is made at a high rate:
// records under such keys lie side by side in the order in which they were made.
std::string NewTimedUuid(Random& random, absl::Time now);

}  // namespace passerelle::base
