// Reading XML takes time in proportion to its length: a long document of many short texts beside a short one.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/xml.h"
#include "tests/bench/goals.h"

namespace passerelle::bench {
namespace {

std::string Document(int64_t texts) {
  std::string document = "<elmo>";
  for (int64_t i = 0; i < texts; ++i) absl::StrAppend(&document, "<title lang=\"en\">Course</title>");
  return absl::StrCat(document, "</elmo>");
}

void ReadXml(benchmark::State& state) {
  const std::string document = Document(state.range(0));
  for (auto _ : state) {
    if (!base::ReadXml(document).ok()) std::abort();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(document.size()));
}
BENCHMARK(ReadXml)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) {
  return passerelle::bench::Main(argc, argv,
                                 {{"a hundred times as many texts", "ReadXml/100000", "ReadXml/1000", {}, 200}});
}
