// The main of a benchmark program: runs the program's benchmarks, interleaved and repeated, and judges ratios between
// them. Absolute figures do not travel between machines; a ratio of two figures of one run does.
//
//   int main(int argc, char** argv) {
//     return passerelle::bench::Main(argc, argv, {{"read is 5 x faster than protobuf", "ProtobufRead", "Read", 5,
//     {}}});
//   }
//
// The names are those of Google Benchmark ("Read/transcript", "Read/real_time/threads:2"). The median of the CPU time
// of one iteration counts, or the least real time where a benchmark asks for real time; its least CPU time has "/cpu"
// behind the name then. A goal whose benchmarks did not run, because they were filtered or their input is not there, is
// printed as not judged, and a ratio without a bound as measured.
//
// Thread-safety: called once, from main. Ownership: keeps nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace passerelle::bench {

// A bound on the ratio of the times of two benchmarks; without any, the ratio is only told.
struct Goal {
  std::string what;         // for people
  std::string numerator;    // name of a benchmark
  std::string denominator;  // name of a benchmark
  std::optional<double> at_least;
  std::optional<double> at_most;
};

// What was measured by other means than Google Benchmark, in the same run.
struct Measured {
  std::string name;
  double seconds = 0;
};

// Runs the benchmarks and prints their table, then the goals with what was measured. Exit code: 0 if no goal was
// missed, 1 if one was, 64 for arguments that Google Benchmark does not know.
int Main(int argc, char** argv, const std::vector<Goal>& goals, const std::vector<Measured>& others = {});

}  // namespace passerelle::bench
