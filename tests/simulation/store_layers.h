// Stores around a store: what a killed or failing process does to it, what a planted bug does to it, and a look at what
// is really in it.
//
//   ProcessStore     as one run of a process sees it: each step may be its last
//   PlantedStore     with a bug, if one is planted
//   MonitoredStore   sees every transaction that stays
//   MemoryStore      outlives the process
//
// Thread-safety: for one thread. Ownership: the store within, and what is given by pointer or reference, must outlive
// the layer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/port/store.h"
#include "core/evidence/merkle.h"
#include "tests/simulation/planted_bug.h"
#include "tests/simulation/report.h"

namespace passerelle::simulation {

// One run of a process.
struct Life {
  std::string node;
  bool alive = true;
};

// Unwinds what a process was doing when it was killed.
struct Killed {
  const Life* life;
};

enum class StoreFault { kNone, kBeforeCommit, kAfterCommit };

// Decides about processes. Both throw Killed when the process is dead.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // Between two steps of a process, outside of transactions: others may act, time may pass.
  virtual void Between(Life& life) = 0;
  // Within a transaction, before and after each access: nobody else acts.
  virtual void Within(Life& life) = 0;
  virtual StoreFault NextStoreFault() = 0;
};

// A transaction that hands everything on.
class TransactionLayer : public base::Transaction {
 public:
  explicit TransactionLayer(base::Transaction& inner) : inner_(inner) {}
  absl::StatusOr<std::optional<base::Record>> Get(base::Table table, absl::string_view key) override {
    return inner_.Get(table, key);
  }
  absl::Status Insert(base::Table table, const base::Record& record) override { return inner_.Insert(table, record); }
  absl::Status Update(base::Table table, const base::Record& record) override { return inner_.Update(table, record); }
  absl::Status Delete(base::Table table, absl::string_view key) override { return inner_.Delete(table, key); }
  absl::StatusOr<std::vector<base::Record>> List(base::Table table, absl::string_view group,
                                                 absl::string_view after_key, int limit) override {
    return inner_.List(table, group, after_key, limit);
  }
  absl::StatusOr<std::vector<base::Record>> Due(base::Table table, absl::Time now, int limit) override {
    return inner_.Due(table, now, limit);
  }

 protected:
  base::Transaction& inner_;
};

class ProcessStore : public base::Store {
 public:
  // `tears`: what a killed transaction had written stays, which no store may do.
  ProcessStore(base::Store& durable, Scheduler& scheduler, Life& life, bool tears)
      : durable_(durable), scheduler_(scheduler), life_(life), tears_(tears) {}
  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;

 private:
  base::Store& durable_;
  Scheduler& scheduler_;
  Life& life_;
  const bool tears_;
};

class PlantedStore : public base::Store {
 public:
  PlantedStore(base::Store& inner, Bug bug) : inner_(inner), bug_(bug) {}
  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override { return inner_.Read(work); }

 private:
  friend class PlantedTransaction;
  void ReopenOne(base::Transaction& tx);

  base::Store& inner_;
  const Bug bug_;
  std::map<std::string, base::Record> before_;  // log records and exchanges before their last update
  int checkpoints_ = 0;
  bool done_ = false;  // bugs that happen once
};

// Tells the report when a transaction that stays breaks a transition of a resource, or the growth of the log.
class MonitoredStore : public base::Store {
 public:
  MonitoredStore(base::Store& inner, std::string node, Report& report)
      : inner_(inner), node_(std::move(node)), report_(report) {}
  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override { return inner_.Read(work); }

  // The last checkpoint, as a witness elsewhere has it; empty before there is one.
  const std::string& last_checkpoint() const { return checkpoint_; }

 private:
  using Key = std::pair<base::Table, std::string>;
  struct Look {
    std::vector<std::pair<Key, std::string>> resources;
    std::optional<std::string> checkpoint;
    evidence::TreeHead head;
  };
  void LookAt(const std::vector<Key>& written, base::Transaction& tx, Look& look);
  void LookAtCheckpoint(base::Transaction& tx, Look& look);
  void Compare(const Key& key, const std::string& now);

  base::Store& inner_;
  const std::string node_;
  Report& report_;
  std::map<Key, std::string> resources_;  // exchanges and authorisations as they are
  std::string checkpoint_;
  evidence::TreeHead head_;
};

}  // namespace passerelle::simulation
