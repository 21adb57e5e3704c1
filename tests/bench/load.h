// Load on running processes, and what it costs them.
//
// Thread-safety: each function is called from one thread at a time; the call that it is given is made by several.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"

namespace passerelle::bench {

// Ends the program with a line on standard error unless it holds: what was measured would mean nothing.
void Require(bool holds, const std::string& what);

// Processor time that a process has used in all its threads, the kernel's work for it included.
absl::Duration ProcessorTime(pid_t process);
// The most memory that a process has had so far, in bytes.
size_t PeakMemory(pid_t process);

// Makes `count` calls, with `callers` at once. Returns how long that took.
absl::Duration ClosedLoop(int callers, int count, absl::FunctionRef<void()> call);

// Makes calls at random times (exponential gaps, fixed seed), `rate` a second for `length`, whether the ones before
// have ended or not as far as `callers` suffice. Returns how long each took from when it was due, sorted.
std::vector<absl::Duration> OpenLoop(int callers, double rate, absl::Duration length, absl::FunctionRef<void()> call);

// The quantile (0 to 1) of sorted figures.
absl::Duration Quantile(const std::vector<absl::Duration>& sorted, double quantile);

}  // namespace passerelle::bench
