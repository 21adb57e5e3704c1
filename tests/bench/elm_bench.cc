// The codec and the checks of the European model, beside simdjson's DOM parse (the floor), protobuf's own JSON and
// protobuf's wire format of the same message.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "core/elm/constraints_graph.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/util/json_util.h"
#include "tests/bench/elm_documents.h"
#include "tests/bench/goals.h"

namespace passerelle::bench {
namespace {

using elm::v3::EuropeanDigitalCredential;
using google::protobuf::Arena;

void Require(bool holds) {
  if (!holds) std::abort();
}

void CountBytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(bytes));
}

std::string ProtobufJson(const EuropeanDigitalCredential& credential) {
  std::string json;
  Require(google::protobuf::util::MessageToJsonString(credential, &json).ok());
  return json;
}

void SimdjsonDom(benchmark::State& state, const ElmDocument& document) {
  simdjson::dom::parser parser;
  const simdjson::padded_string bytes(document.bytes);
  for (auto _ : state) {
    simdjson::dom::element root;
    Require(parser.parse(bytes).get(root) == simdjson::SUCCESS);
    benchmark::DoNotOptimize(root);
  }
  CountBytes(state, document.bytes.size());
}

void Read(benchmark::State& state, const ElmDocument& document) {
  for (auto _ : state) {
    auto read = elm::Read(document.bytes);
    Require(read.ok());
    benchmark::DoNotOptimize(read);
  }
  CountBytes(state, document.bytes.size());
}

void ProtobufJsonRead(benchmark::State& state, const ElmDocument& document) {
  const std::string json = ProtobufJson(document.credential);
  for (auto _ : state) {
    EuropeanDigitalCredential credential;
    Require(google::protobuf::util::JsonStringToMessage(json, &credential).ok());
    benchmark::DoNotOptimize(credential);
  }
  CountBytes(state, json.size());
}

void ArenaWireParse(benchmark::State& state, const ElmDocument& document) {
  const std::string wire = document.credential.SerializeAsString();
  for (auto _ : state) {
    Arena arena;
    auto* const credential = Arena::CreateMessage<EuropeanDigitalCredential>(&arena);
    Require(credential->ParseFromString(wire));
    benchmark::DoNotOptimize(credential);
  }
  CountBytes(state, wire.size());
}

// What a message costs that is made without an arena.
void WireParse(benchmark::State& state, const ElmDocument& document) {
  const std::string wire = document.credential.SerializeAsString();
  for (auto _ : state) {
    EuropeanDigitalCredential credential;
    Require(credential.ParseFromString(wire));
    benchmark::DoNotOptimize(credential);
  }
  CountBytes(state, wire.size());
}

void Write(benchmark::State& state, const ElmDocument& document) {
  for (auto _ : state) {
    std::string written = elm::Write(document.credential);
    benchmark::DoNotOptimize(written);
  }
  CountBytes(state, document.bytes.size());
}

void ProtobufJsonWrite(benchmark::State& state, const ElmDocument& document) {
  size_t bytes = 0;
  for (auto _ : state) {
    const std::string json = ProtobufJson(document.credential);
    bytes = json.size();
    benchmark::DoNotOptimize(json.data());
  }
  CountBytes(state, bytes);
}

void Check(benchmark::State& state, const ElmDocument& document) {
  const auto read = elm::Read(document.bytes);
  Require(read.ok());
  for (auto _ : state) {
    const auto graph = std::make_shared<const elm::NodeGraph>(read->credential);
    elm::Conformance conformance = elm::CheckConstraints(*read, *graph);
    document::v1::AnnexOneReport annex_one = elm::AnnexOne(graph);
    benchmark::DoNotOptimize(conformance);
    benchmark::DoNotOptimize(annex_one);
  }
  CountBytes(state, document.bytes.size());
}

std::vector<Goal> GoalsOf(const std::string& name) {
  return {
      {absl::StrCat(name, ": JSON-LD read, times faster than protobuf's JSON reader"),
       absl::StrCat("ProtobufJsonRead/", name),
       absl::StrCat("Read/", name),
       5,
       {}},
      {absl::StrCat(name, ": JSON-LD read against the arena wire parse"),
       absl::StrCat("Read/", name),
       absl::StrCat("ArenaWireParse/", name),
       {},
       3},
      {absl::StrCat(name, ": JSON-LD write, times faster than protobuf's JSON writer"),
       absl::StrCat("ProtobufJsonWrite/", name),
       absl::StrCat("Write/", name),
       3,
       {}},
      {absl::StrCat(name, ": constraints and Annex I against the read"),
       absl::StrCat("Check/", name),
       absl::StrCat("Read/", name),
       {},
       1},
      // No goals, for comparison.
      {absl::StrCat(name, ": JSON-LD read against the wire parse without an arena"),
       absl::StrCat("Read/", name),
       absl::StrCat("WireParse/", name),
       {},
       {}},
      {absl::StrCat(name, ": JSON-LD read against simdjson's DOM parse"),
       absl::StrCat("Read/", name),
       absl::StrCat("SimdjsonDom/", name),
       {},
       {}},
  };
}

int RunAll(int argc, char** argv) {
  std::vector<Goal> goals;
  for (const ElmDocument& document : ElmDocuments()) {
    const auto add = [&document](const char* name, void (*run)(benchmark::State&, const ElmDocument&)) {
      benchmark::RegisterBenchmark(absl::StrCat(name, "/", document.name).c_str(), [run, &document](
                                                                                       benchmark::State& state) {
        run(state, document);
      })->Unit(benchmark::kMicrosecond);
    };
    add("SimdjsonDom", SimdjsonDom);
    add("Read", Read);
    add("ProtobufJsonRead", ProtobufJsonRead);
    add("ArenaWireParse", ArenaWireParse);
    add("WireParse", WireParse);
    add("Write", Write);
    add("ProtobufJsonWrite", ProtobufJsonWrite);
    add("Check", Check);
    for (Goal& goal : GoalsOf(document.name)) goals.push_back(std::move(goal));
  }
  return Main(argc, argv, goals);
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) { return passerelle::bench::RunAll(argc, argv); }
