// Random bytes that are the same in every run with the same seed.
//
// Thread-safety: thread-safe.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/random.h"

namespace passerelle::testing {

class FakeRandom : public base::Random {
 public:
  explicit FakeRandom(uint64_t seed = 1) : generator_(seed) {}

  std::string Bytes(size_t count) override {
    const absl::MutexLock lock(&mutex_);
    std::string bytes(count, '\0');
    for (char& byte : bytes) byte = static_cast<char>(generator_() & 0xff);
    return bytes;
  }

 private:
  absl::Mutex mutex_;
  std::mt19937_64 generator_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::testing
