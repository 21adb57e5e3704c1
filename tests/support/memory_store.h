// A store in memory that keeps the contract of core/base/port/store.h, rollback included. It forgets when it ends.
//
// Thread-safety: thread-safe; transactions run one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "core/base/port/store.h"

namespace passerelle::testing {

class MemoryStore : public base::Store {
 public:
  absl::Status Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;
  absl::Status Read(absl::FunctionRef<absl::Status(base::Transaction&)> work) override;

  // Puts the records of another store in the place of these, as when a backup is made or put back.
  void PutBack(MemoryStore& from);
  // Whether any record has these bytes.
  bool Holds(absl::string_view bytes);

 private:
  friend class MemoryTransaction;

  struct Entry {
    base::Record record;
    uint64_t sequence = 0;  // order of insertion; an update keeps it
  };
  struct Rows {
    std::map<std::string, Entry, std::less<>> by_key;
    std::map<std::pair<std::string, uint64_t>, std::string> by_group;
    std::set<std::tuple<absl::Time, uint64_t, std::string>> by_due;
  };

  absl::Mutex mutex_;
  std::map<base::Table, Rows> tables_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_sequence_ ABSL_GUARDED_BY(mutex_) = 1;
};

}  // namespace passerelle::testing
