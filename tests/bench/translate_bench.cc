// Translation of ELMO into JSON-LD, end to end (detection, parse, mapping, account of loss, writing), beside libxml2's
// DOM parse of the same bytes, the floor of every reader of XML, and beside the reference mapping in XSLT
// (../shared/bench/translate), which does less: no loss account, no Annex I.
#include <benchmark/benchmark.h>
#include <libxml/parser.h>
#ifdef PASSERELLE_BENCH_XSLT
#include <libexslt/exslt.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>
#endif

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/document/translate.h"
#include "tests/bench/goals.h"
#include "tests/support/paths.h"

namespace passerelle::bench {
namespace {

struct Transcript {
  const char* name;
  const char* path;  // below ../shared/corpus/elmo
};
constexpr Transcript kTranscripts[] = {
    {"8k", "dk/stads-signed.xml"}, {"19k", "official/example-v1.7.0.xml"}, {"33k", "no/fs-legacy-purl.xml"}};

const std::string kShared = std::string(testing::kSourceDir) + "/../shared";

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

void CountBytes(benchmark::State& state, const std::string& bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(bytes.size()));
}

void Translate(benchmark::State& state, const std::string& bytes) {
  static const auto& registry = *new document::Registry(adapters::MakeRegistry());
  for (auto _ : state) {
    auto translated = document::Translate(registry, bytes, {});
    Require(translated.ok());
    benchmark::DoNotOptimize(translated);
  }
  CountBytes(state, bytes);
}

void Libxml2Dom(benchmark::State& state, const std::string& bytes) {
  for (auto _ : state) {
    xmlDoc* const document =
        xmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr, XML_PARSE_NONET);
    Require(document != nullptr);
    benchmark::DoNotOptimize(document);
    xmlFreeDoc(document);
  }
  CountBytes(state, bytes);
}

#ifdef PASSERELLE_BENCH_XSLT
void Libxslt(benchmark::State& state, const std::string& bytes, xsltStylesheet* sheet) {
  for (auto _ : state) {
    xmlDoc* const document =
        xmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr, XML_PARSE_NONET);
    xmlDoc* const result = xsltApplyStylesheet(sheet, document, nullptr);
    Require(result != nullptr);
    xmlChar* text = nullptr;
    int length = 0;
    Require(xsltSaveResultToString(&text, &length, result, sheet) == 0);
    benchmark::DoNotOptimize(text);
    xmlFree(text);
    xmlFreeDoc(result);
    xmlFreeDoc(document);
  }
  CountBytes(state, bytes);
}
#endif

void Register() {
#ifdef PASSERELLE_BENCH_XSLT
  exsltRegisterAll();
  const std::string sheet_path = kShared + "/bench/translate/elmo2elm-1.0.xsl";
  auto* const sheet = xsltParseStylesheetFile(reinterpret_cast<const xmlChar*>(sheet_path.c_str()));
#endif
  for (const Transcript& transcript : kTranscripts) {
    const std::string bytes = ReadFile(absl::StrCat(kShared, "/corpus/elmo/", transcript.path));
    if (bytes.empty()) {
      std::printf("SKIPPED: there is no ../shared/corpus/elmo/%s\n", transcript.path);
      continue;
    }
    benchmark::RegisterBenchmark(absl::StrCat("Translate/", transcript.name).c_str(),
                                 [bytes](benchmark::State& state) { Translate(state, bytes); });
    benchmark::RegisterBenchmark(absl::StrCat("Libxml2Dom/", transcript.name).c_str(),
                                 [bytes](benchmark::State& state) { Libxml2Dom(state, bytes); });
#ifdef PASSERELLE_BENCH_XSLT
    if (sheet == nullptr) continue;
    benchmark::RegisterBenchmark(absl::StrCat("Libxslt/", transcript.name).c_str(),
                                 [bytes, sheet](benchmark::State& state) { Libxslt(state, bytes, sheet); });
#endif
  }
}

std::vector<Goal> Goals() {
  std::vector<Goal> goals;
  for (const Transcript& transcript : kTranscripts) {
    const std::string name = transcript.name;
    goals.push_back({"translating is no slower than libxml2's DOM parse alone, " + name, "Translate/" + name,
                     "Libxml2Dom/" + name, std::nullopt, 1.0});
    goals.push_back(
        {"translating is 5 x faster than XSLT, " + name, "Libxslt/" + name, "Translate/" + name, 5.0, std::nullopt});
  }
  return goals;
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) {
  passerelle::bench::Register();
  return passerelle::bench::Main(argc, argv, passerelle::bench::Goals());
}
