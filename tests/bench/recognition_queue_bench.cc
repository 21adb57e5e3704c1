// The store of an authority with many open cases: a page of the queue, and taking what is due, in SQLite and in
// PostgreSQL; beside the look-up of one case in the same database. Neither may grow with the number of cases, which
// comes from PASSERELLE_BENCH_CASES; 100,000 when it is not set. The plans of the queries stand in
// docs/operating/cases.md.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_queue.h"
#include "core/recognition/case_records.h"
#include "core/recognition/clocks.h"
#include "gateway/store/postgres_store.h"
#include "gateway/store/sqlite_store.h"
#include "tests/bench/goals.h"
#include "tests/support/postgresql_server.h"

namespace passerelle::bench {
namespace {

namespace fs = std::filesystem;
namespace v1 = recognition::v1;
using base::Store;
using base::Transaction;

constexpr int kRepetitions = 200;  // of each kind
constexpr int kDays = 120;         // over which what is due is spread: a procedure takes four months at most
constexpr size_t kPerWrite = 5'000;
constexpr int kDueAtOnce = 100;
constexpr absl::CivilDay kFirstDay(2026, 1, 1);

// Where this was set, the look-up of a case took 0.01 to 0.02 ms in SQLite: these are the 5 ms that a page may take.
constexpr double kTimesTheLookUp = 250;

void Require(bool holds) {
  if (!holds) std::abort();
}

size_t CaseCount() {
  size_t count = 100'000;
  const char* const asked = std::getenv("PASSERELLE_BENCH_CASES");
  if (asked != nullptr) Require(absl::SimpleAtoi(asked, &count) && count >= kPerWrite);
  return count;
}

std::string CaseId(size_t number) { return absl::StrFormat("%08x-0000-4000-8000-000000000000", number); }

// An open case with the events of a usual one.
v1::RecognitionCase OpenCase(size_t number) {
  v1::RecognitionCase content;
  content.set_id(CaseId(number));
  content.set_applicant_node("NO");
  content.set_authority_node("BG");
  content.set_holder_pseudonym(absl::StrCat("holder-", number));
  content.set_state(v1::CASE_STATE_EVALUATION);
  content.mutable_document()->set_sha256(std::string(64, 'a'));
  content.mutable_document()->set_content("{}");
  content.mutable_procedure()->set_revision(5);
  for (const char* transition : {"T01", "T04", "T06", "T09", "T11"}) {
    v1::CaseEvent* const event = content.add_events();
    event->set_transition(transition);
    event->set_actor("system");
    event->set_reason("as the table says");
    event->mutable_event_time()->set_seconds(1'767'225'600);
  }
  return content;
}

void Fill(size_t cases, Store* store) {
  const absl::Time first = absl::FromCivil(kFirstDay, absl::UTCTimeZone());
  for (size_t begin = 0; begin < cases; begin += kPerWrite) {
    const absl::Status written = store->Write([&](Transaction& tx) -> absl::Status {
      for (size_t i = begin; i < std::min(begin + kPerWrite, cases); ++i) {
        const int day = static_cast<int>(i % kDays);
        RETURN_IF_ERROR(recognition::InsertCase(OpenCase(i), first + absl::Hours(24) * day, tx));
        RETURN_IF_ERROR(recognition::MoveInQueue(CaseId(i), std::nullopt, kFirstDay + day, tx));
      }
      return absl::OkStatus();
    });
    Require(written.ok());
  }
}

// The median of many; `work` gets the number of the repetition.
double Median(const std::function<void(int)>& work) {
  std::vector<double> seconds;
  for (int i = 0; i < kRepetitions; ++i) {
    const absl::Time start = absl::Now();
    work(i);
    seconds.push_back(absl::ToDoubleSeconds(absl::Now() - start));
  }
  std::nth_element(seconds.begin(), seconds.begin() + kRepetitions / 2, seconds.end());
  return seconds[kRepetitions / 2];
}

void Measure(const std::string& database, size_t cases, Store* store, std::vector<Measured>* measured,
             std::vector<Goal>* goals) {
  const absl::Time start = absl::Now();
  Fill(cases, store);
  std::printf("%-10s %zu cases written in %.1f s\n", database.c_str(), cases,
              absl::ToDoubleSeconds(absl::Now() - start));
  const auto read = [store](const std::function<absl::Status(Transaction&)>& work) {
    Require(store->Read([&](Transaction& tx) { return work(tx); }).ok());
  };
  const double one = Median([&](int i) {
    read([&](Transaction& tx) {
      return recognition::LoadCase(CaseId(static_cast<size_t>(i) * 7919 % cases), tx).status();
    });
  });
  // As Cases::ListDue has it: the places, and the case of each.
  const double page = Median([&](int i) {
    const std::string day = recognition::DayText(kFirstDay + i % kDays);
    read([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto places, recognition::ListQueue(i % 2 == 0 ? "" : absl::StrCat("due/", day, "/"), "",
                                                                 base::kPageSizeDefault + 1, tx));
      Require(static_cast<int>(places.size()) == base::kPageSizeDefault + 1);
      for (const auto& place : places) RETURN_IF_ERROR(recognition::LoadCase(place.case_id, tx).status());
      return absl::OkStatus();
    });
  });
  // Every case is due by then, and a hundred of them are taken, one after the other, until later.
  const absl::Time now = absl::FromCivil(kFirstDay + 2 * kDays, absl::UTCTimeZone());
  const double due = Median([&](int) {
    Require(store
                ->Write([&](Transaction& tx) -> absl::Status {
                  ASSIGN_OR_RETURN(std::vector<recognition::StoredCase> taken,
                                   recognition::DueCases(now, kDueAtOnce, tx));
                  Require(static_cast<int>(taken.size()) == kDueAtOnce);
                  for (recognition::StoredCase& stored : taken) {
                    stored.due = now + absl::Hours(24);
                    RETURN_IF_ERROR(recognition::UpdateCase(stored, tx));
                  }
                  return absl::OkStatus();
                })
                .ok());
  });
  // Nothing is due before the first day: the clocks are looked at, and no case is.
  const double idle = Median([&](int) {
    read([&](Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const auto none,
                       recognition::DueCases(absl::FromCivil(kFirstDay - 1, absl::UTCTimeZone()), kDueAtOnce, tx));
      Require(none.empty());
      return absl::OkStatus();
    });
  });
  const std::pair<const char*, double> rows[] = {{"one case", one},
                                                 {"a page of 50 of the queue", page},
                                                 {"100 cases that are due, taken", due},
                                                 {"nothing is due", idle}};
  for (const auto& [name, seconds] : rows) {
    std::printf("%-10s %-32s %8.3f ms\n", database.c_str(), name, seconds * 1e3);
    measured->push_back({absl::StrCat(database, "/", name), seconds});
  }
  std::fflush(stdout);
  const std::string look_up = absl::StrCat(database, "/one case");
  goals->push_back({absl::StrCat(database, ": a page against the look-up of a case"),
                    absl::StrCat(database, "/a page of 50 of the queue"),
                    look_up,
                    {},
                    kTimesTheLookUp});
  goals->push_back({absl::StrCat(database, ": looking whether something is due against the look-up of a case"),
                    absl::StrCat(database, "/nothing is due"),
                    look_up,
                    {},
                    5.0});
}

int Run(int argc, char** argv) {
  const size_t cases = CaseCount();
  const fs::path folder = fs::temp_directory_path() / absl::StrCat("recognition_queue_bench_", getpid());
  fs::create_directories(folder);
  std::vector<Measured> measured;
  std::vector<Goal> goals;
  {
    const auto sqlite = gateway::SqliteStore::Open((folder / "cases.db").string());
    Require(sqlite.ok());
    Measure("sqlite", cases, sqlite->get(), &measured, &goals);
  }
  fs::remove_all(folder);
  const auto server = testing::PostgresqlServer::Start();
  if (server.ok()) {
    gateway::PostgresOptions options;
    options.connection = (*server)->ConnectionString();
    const auto postgres = gateway::PostgresStore::Open(options);
    Require(postgres.ok());
    Measure("postgresql", cases, postgres->get(), &measured, &goals);
  } else {
    std::printf("postgresql: SKIPPED, %s\n", std::string(server.status().message()).c_str());
  }
  return Main(argc, argv, goals, measured);
}

}  // namespace
}  // namespace passerelle::bench

int main(int argc, char** argv) { return passerelle::bench::Run(argc, argv); }
