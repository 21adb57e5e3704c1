// The choices of a schedule: all of them come from its seed, so that the seed is the schedule.
//
// Thread-safety: for one thread.
#pragma once

#include <cstdint>
#include <random>

namespace passerelle::simulation {

class Dice {
 public:
  explicit Dice(uint64_t seed) : generator_(seed) {}

  // Uniform from 0 to count - 1; count is at least 1.
  int Below(int count) { return static_cast<int>(generator_() % static_cast<uint64_t>(count)); }
  // From low to high, both included.
  int Between(int low, int high) { return low + Below(high - low + 1); }
  bool Chance(int permille) { return Below(1000) < permille; }

 private:
  std::mt19937_64 generator_;
};

}  // namespace passerelle::simulation
