#include "tests/bench/load.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace passerelle::bench {
namespace {

constexpr unsigned kSeed = 20220616;

void OnThreads(int count, absl::FunctionRef<void(int)> work) {
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (int i = 0; i < count; ++i) threads.emplace_back([work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

void Require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "the benchmark cannot go on: %s\n", what.c_str());
  std::exit(2);
}

absl::Duration ProcessorTime(pid_t process) {
  clockid_t clock = 0;
  timespec used = {};
  Require(clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &used) == 0, "a process has ended");
  return absl::DurationFromTimespec(used);
}

size_t PeakMemory(pid_t process) {
  std::ifstream status(absl::StrCat("/proc/", process, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, "VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  Require(false, "a process has ended");
  return 0;
}

absl::Duration ClosedLoop(int callers, int count, absl::FunctionRef<void()> call) {
  std::atomic<int> begun = 0;
  const absl::Time start = absl::Now();
  OnThreads(callers, [&](int /*caller*/) {
    while (begun++ < count) call();
  });
  return absl::Now() - start;
}

std::vector<absl::Duration> OpenLoop(int callers, double rate, absl::Duration length, absl::FunctionRef<void()> call) {
  std::mutex mutex;
  std::mt19937 random(kSeed);
  std::exponential_distribution<double> gap(rate);
  std::vector<absl::Duration> took;
  absl::Time next = absl::Now();
  const absl::Time end = next + length;
  OnThreads(callers, [&](int /*caller*/) {
    while (true) {
      absl::Time due;
      {
        const std::lock_guard<std::mutex> lock(mutex);
        next += absl::Seconds(gap(random));
        due = next;
      }
      if (due >= end) return;
      absl::SleepFor(due - absl::Now());
      call();
      const absl::Duration one = absl::Now() - due;
      const std::lock_guard<std::mutex> lock(mutex);
      took.push_back(one);
    }
  });
  std::sort(took.begin(), took.end());
  return took;
}

absl::Duration Quantile(const std::vector<absl::Duration>& sorted, double quantile) {
  if (sorted.empty()) return absl::ZeroDuration();
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(quantile * static_cast<double>(sorted.size())))];
}

}  // namespace passerelle::bench
