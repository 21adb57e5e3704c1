// Port: randomness.
#pragma once

#include <string>

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

}  // namespace passerelle::base
