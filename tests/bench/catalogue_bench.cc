// A catalogue of many offers: harvested, harvested again as it is and with a change in one file of a hundred, and
// searched, in SQLite and in PostgreSQL; beside the look-up of one offer by its id in the same database. The number of
// offers comes from PASSERELLE_BENCH_OFFERS; 20,000 when it is not set.
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "adapters/registry.h"
#include "gateway/catalogue/open_offers.h"
#include "gateway/cli/catalogue_harvest.h"
#include "tests/bench/catalogue_offers.h"
#include "tests/bench/goals.h"
#include "tests/support/postgresql_server.h"

namespace passerelle::bench {
namespace {

namespace fs = std::filesystem;
using catalogue::OfferQuery;
using gateway::OfferIndex;

constexpr size_t kQueries = 300;  // of each kind

// Where this was set, the slowest look-ups took 0.1 ms: these are the 50 ms that a reader may wait for a page.
constexpr double kTimesTheLookUp = 500;

void Require(bool holds) {
  if (!holds) std::abort();
}

size_t OfferCount() {
  size_t count = 20'000;
  const char* const asked = std::getenv("PASSERELLE_BENCH_OFFERS");
  if (asked != nullptr) Require(absl::SimpleAtoi(asked, &count) && count >= kOffersOfFile);
  return count / kOffersOfFile * kOffersOfFile;
}

void WriteFile(const fs::path& folder, size_t file, int version) {
  std::ofstream(folder / absl::StrFormat("%06d.jsonld", file), std::ios::binary) << CatalogueFile(file, version);
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// A harvest in a process of its own, so that its memory can be told; what it printed last, and its time.
Measured Harvest(const std::string& name, const gateway::HarvestRequest& request) {
  const absl::Time start = absl::Now();
  const pid_t child = fork();
  Require(child >= 0);
  if (child == 0) {
    std::ostringstream out;
    std::ostringstream err;
    gateway::RunHarvest(adapters::MakeRegistry(), request, {out, err});
    std::printf("%s", out.str().c_str());
    std::fflush(stdout);
    _exit(out.str().empty() ? 1 : 0);
  }
  int status = 0;
  rusage usage = {};
  Require(wait4(child, &status, 0, &usage) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::printf("%-40s %8.2f s, %8.2f s of a processor, %ld MB at most\n", name.c_str(), seconds,
              Seconds(usage.ru_utime) + Seconds(usage.ru_stime), usage.ru_maxrss / 1024);
  std::fflush(stdout);
  return {name, seconds};
}

struct Percentiles {
  double p50 = 0;
  double p99 = 0;
  double own_p99 = 0;  // of this thread's processor time, which other work on the machine does not change
};

double OwnSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Seconds.
Percentiles Time(const std::function<void(size_t)>& ask) {
  std::vector<double> seconds;
  std::vector<double> own;
  for (size_t i = 0; i < kQueries; ++i) {
    const absl::Time start = absl::Now();
    const double own_start = OwnSeconds();
    ask(i);
    own.push_back(OwnSeconds() - own_start);
    seconds.push_back(absl::ToDoubleSeconds(absl::Now() - start));
  }
  std::sort(seconds.begin(), seconds.end());
  std::sort(own.begin(), own.end());
  return {seconds[kQueries / 2], seconds[kQueries * 99 / 100], own[kQueries * 99 / 100]};
}

// A kind of question: how one is made.
struct Kind {
  const char* name;
  void (*make)(Numbers* numbers, size_t offers, OfferQuery* query);
};

const Kind kKinds[] = {
    {"rare word",
     [](Numbers* n, size_t, OfferQuery* q) { q->text = WordAt(kVocabulary / 2 + n->Below(kVocabulary / 2)); }},
    {"frequent word", [](Numbers* n, size_t, OfferQuery* q) { q->text = WordAt(n->Below(20)); }},
    {"three words as they come",
     [](Numbers* n, size_t, OfferQuery* q) {
       for (int i = 0; i < 3; ++i) absl::StrAppend(&q->text, FrequentWord(n), " ");
     }},
    {"three letters of a word", [](Numbers* n, size_t, OfferQuery* q) { q->text = FrequentWord(n).substr(0, 3); }},
    {"a word without its last letter",
     [](Numbers* n, size_t, OfferQuery* q) {
       while (q->text.size() < 5) q->text = FrequentWord(n);
       q->text.pop_back();
     }},
    {"word, country and level",
     [](Numbers* n, size_t, OfferQuery* q) {
       q->text = FrequentWord(n);
       q->country = CountryAt(n->Below(10));
       q->least_level = q->most_level = 1 + static_cast<uint32_t>(n->Below(8));
     }},
    {"country, field, level and credits",
     [](Numbers* n, size_t, OfferQuery* q) {
       q->country = CountryAt(n->Below(10));
       q->field = FieldAt(n->Below(10)).substr(0, 2 + n->Below(3));
       q->least_level = 5;
       q->least_credits = "5";
       q->most_credits = "12.5";
     }},
    {"all, a page somewhere",
     [](Numbers* n, size_t offers, OfferQuery* q) {
       size_t number = n->Below(offers);
       q->after = OfferId(number % 100 == 99 ? number - 1 : number);
     }},
};

void Search(const std::string& database, size_t offers, OfferIndex* index, std::vector<Measured>* measured,
            std::vector<Goal>* goals) {
  // What SQLite does, it does in this thread.
  const bool own = database == "sqlite";
  Numbers numbers(1);
  const auto get = [&](size_t) {
    const size_t number = numbers.Below(offers);
    Require(index->Get(OfferId(number % 100 == 99 ? number - 1 : number)).ok());
  };
  Time(get);  // warm
  const Percentiles plain = Time(get);
  std::printf("%-10s %-36s p50 %8.3f ms  p99 %8.3f ms (own %8.3f ms)\n", database.c_str(), "one offer by its id",
              plain.p50 * 1e3, plain.p99 * 1e3, plain.own_p99 * 1e3);
  measured->push_back({absl::StrCat(database, "/one offer by its id"), own ? plain.own_p99 : plain.p99});
  for (const Kind& kind : kKinds) {
    size_t found = 0;
    const Percentiles times = Time([&](size_t) {
      OfferQuery query;
      kind.make(&numbers, offers, &query);
      const auto page = index->Search(query);
      Require(page.ok());
      found += page->size();
    });
    std::printf("%-10s %-36s p50 %8.3f ms  p99 %8.3f ms (own %8.3f ms)  p99 %6.1f times the look-up's, %4.1f offers\n",
                database.c_str(), kind.name, times.p50 * 1e3, times.p99 * 1e3, times.own_p99 * 1e3,
                times.p99 / plain.p99, static_cast<double>(found) / kQueries);
    std::fflush(stdout);
    measured->push_back({absl::StrCat(database, "/", kind.name), own ? times.own_p99 : times.p99});
    goals->push_back({absl::StrCat(database, ": ", kind.name, ", p99 against the look-up of one offer"),
                      absl::StrCat(database, "/", kind.name),
                      absl::StrCat(database, "/one offer by its id"),
                      {},
                      kTimesTheLookUp});
  }
}

void Measure(const std::string& database, const std::string& name, const fs::path& folder, size_t offers,
             std::vector<Measured>* measured, std::vector<Goal>* goals) {
  gateway::HarvestRequest request;
  request.index = name;
  request.source = (folder / "source.yaml").string();
  request.paths = {(folder / "catalogue").string()};
  request.day = "2026-01-31";
  const std::string first = absl::StrCat(database, "/first harvest");
  const std::string again = absl::StrCat(database, "/harvest of the same");
  measured->push_back(Harvest(first, request));
  measured->push_back(Harvest(again, request));
  for (size_t file = 0; file < offers / kOffersOfFile; file += 100) WriteFile(folder / "catalogue", file, 1);
  measured->push_back(Harvest(absl::StrCat(database, "/one file of a hundred changed"), request));
  for (size_t file = 0; file < offers / kOffersOfFile; file += 100) WriteFile(folder / "catalogue", file, 0);
  goals->push_back(
      {absl::StrCat(database, ": a harvest of the same, times faster than the first"), first, again, 20, {}});
  const auto index = gateway::OpenOffers(name);
  Require(index.ok());
  Search(database, offers, index->get(), measured, goals);
}

int Run(int argc, char** argv) {
  const size_t offers = OfferCount();
  const fs::path folder = fs::temp_directory_path() / absl::StrCat("catalogue_bench_", getpid());
  fs::create_directories(folder / "catalogue");
  std::ofstream(folder / "source.yaml") << "id: authority\nkind: authority\nprovider_type: HEI\n";
  for (size_t file = 0; file < offers / kOffersOfFile; ++file) WriteFile(folder / "catalogue", file, 0);
  std::printf("%zu offers in %zu files\n", offers, offers / kOffersOfFile);
  std::fflush(stdout);
  std::vector<Measured> measured;
  std::vector<Goal> goals;
  Measure("sqlite", (folder / "offers.db").string(), folder, offers, &measured, &goals);
  std::printf("sqlite     the file has %ju MB\n", fs::file_size(folder / "offers.db") >> 20);
  std::fflush(stdout);
  auto server = testing::PostgresqlServer::Start();
  if (server.ok()) {
    Measure("postgresql", (*server)->ConnectionUri(), folder, offers, &measured, &goals);
  } else {
    std::printf("postgresql: SKIPPED, %s\n", std::string(server.status().message()).c_str());
  }
  fs::remove_all(folder);
  return Main(argc, argv, goals, measured);
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) { return passerelle::bench::Run(argc, argv); }
