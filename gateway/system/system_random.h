// base::Random on OpenSSL's generator.
//
// Thread-safety: thread-safe.
#pragma once

#include <string>

#include "core/base/port/random.h"

namespace passerelle::gateway {

class SystemRandom : public base::Random {
 public:
  // Ends the process when there is no randomness: everything that would be signed or named with it would be unsafe.
  std::string Bytes(size_t count) override;
};

}  // namespace passerelle::gateway
