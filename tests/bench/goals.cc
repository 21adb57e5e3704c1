#include "tests/bench/goals.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace passerelle::bench {
namespace {

// Runs of one benchmark; the median of an odd number is one of them.
constexpr char kRepetitions[] = "--benchmark_repetitions=5";
// Interleaving spreads what else the machine does over all benchmarks alike.
constexpr char kInterleaved[] = "--benchmark_enable_random_interleaving=true";
constexpr char kShort[] = "--benchmark_min_time=0.1";

// The name, with how the time was measured and by how many threads where that was asked for.
std::string NameOf(const benchmark::BenchmarkName& name) {
  std::string full = name.function_name;
  for (const std::string& part : {name.args, name.time_type, name.threads}) {
    if (!part.empty()) absl::StrAppend(&full, "/", part);
  }
  return full;
}

// Keeps the time of every single run, and prints the aggregates as the console reporter does. The library's own flag
// for that would withhold the single runs from us too.
class KeepingReporter : public benchmark::ConsoleReporter {
 public:
  KeepingReporter() : ConsoleReporter(OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> printed;
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration || run.error_occurred) printed.push_back(run);
      if (run.run_type != Run::RT_Iteration || run.error_occurred || run.iterations == 0) continue;
      const std::string name = NameOf(run.run_name);
      const auto iterations = static_cast<double>(run.iterations);
      const bool real = run.run_name.time_type == "real_time";
      times_[name].push_back((real ? run.real_accumulated_time : run.cpu_accumulated_time) / iterations);
      if (real) times_[name + "/cpu"].push_back(run.cpu_accumulated_time / iterations);
    }
    ConsoleReporter::ReportRuns(printed);
  }

  // What was measured by other means.
  void Add(const std::string& name, double seconds) { times_[name].push_back(seconds); }

  // Seconds an iteration: the median of CPU time, or for a benchmark that asks for real time the least of either, since
  // other programs on the machine only add to what the work takes.
  std::optional<double> TimeOf(const std::string& name) const {
    const auto found = times_.find(name);
    if (found == times_.end()) return std::nullopt;
    std::vector<double> times = found->second;
    std::sort(times.begin(), times.end());
    const bool real = absl::EndsWith(name, "/cpu") || times_.contains(name + "/cpu");
    return times[real ? 0 : times.size() / 2];
  }

 private:
  std::map<std::string, std::vector<double>> times_;
};

}  // namespace

int Main(int argc, char** argv, const std::vector<Goal>& goals, const std::vector<Measured>& others) {
  // Before the caller's, so that those win.
  std::vector<std::string> arguments = {argv[0], kRepetitions, kInterleaved, kShort};
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 64;
  KeepingReporter reporter;
  for (const Measured& other : others) reporter.Add(other.name, other.seconds);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();

  size_t missed = 0;
  size_t judged = 0;
  size_t measured = 0;
  std::printf("\n");
  for (const Goal& goal : goals) {
    const auto numerator = reporter.TimeOf(goal.numerator);
    const auto denominator = reporter.TimeOf(goal.denominator);
    if (!numerator.has_value() || !denominator.has_value() || *denominator <= 0) {
      std::printf("not judged  %s: %s or %s did not run\n", goal.what.c_str(), goal.numerator.c_str(),
                  goal.denominator.c_str());
      continue;
    }
    const double ratio = *numerator / *denominator;
    std::string bound;
    if (goal.at_least.has_value()) absl::StrAppendFormat(&bound, " at least %.2f", *goal.at_least);
    if (goal.at_most.has_value()) absl::StrAppendFormat(&bound, " at most %.2f", *goal.at_most);
    const bool met = (!goal.at_least.has_value() || ratio >= *goal.at_least) &&
                     (!goal.at_most.has_value() || ratio <= *goal.at_most);
    const char* const verdict = bound.empty() ? "measured  " : met ? "met       " : "MISSED    ";
    if (bound.empty()) {
      ++measured;
    } else {
      ++judged;
      missed += met ? 0 : 1;
      bound.insert(0, ", goal");
    }
    std::printf("%s  %s: %.2f%s (%.1f us / %.1f us)\n", verdict, goal.what.c_str(), ratio, bound.c_str(),
                *numerator * 1e6, *denominator * 1e6);
  }
  std::printf("%zu goals judged, %zu missed, %zu not judged; %zu ratios measured without a goal\n", judged, missed,
              goals.size() - judged - measured, measured);
  return missed == 0 ? 0 : 1;
}

}  // namespace passerelle::bench
