// A transaction on a connection to PostgreSQL: begins when made, rolls back when destroyed unless it was committed.
// After a failure of the store nothing more can be done in it, and it cannot be committed.
//
// A transaction that reads sees one snapshot. One that writes runs at READ COMMITTED and locks every row that it gets,
// until its end (strict two-phase locking), so that those which touch the same records run one after the other without
// having to fail. A record that was not there when it was asked for cannot be locked: when it is there after all,
// since somebody else has been faster, that is a conflict, and the store runs the work again.
//
// Thread-safety: for one thread. Ownership: does not own the connection.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "core/base/port/store.h"
#include "gateway/store/postgres_connection.h"

namespace passerelle::gateway {

class PostgresTransaction : public base::Transaction {
 public:
  enum class Kind { kWriter, kReader };

  PostgresTransaction(PostgresConnection* connection, Kind kind);
  ~PostgresTransaction() override;

  absl::StatusOr<std::optional<base::Record>> Get(base::Table table, absl::string_view key) override;
  absl::Status Insert(base::Table table, const base::Record& record) override;
  absl::Status Update(base::Table table, const base::Record& record) override;
  absl::Status Delete(base::Table table, absl::string_view key) override;
  absl::StatusOr<std::vector<base::Record>> List(base::Table table, absl::string_view group,
                                                 absl::string_view after_key, int limit) override;
  absl::StatusOr<std::vector<base::Record>> Due(base::Table table, absl::Time now, int limit) override;

  // The failure that began or ended it, if any.
  const absl::Status& state() const { return state_; }
  // Whether it ended because of another transaction, so that the same work can be tried again.
  bool conflict() const { return conflict_; }
  // Whether it wrote something that is due by now.
  bool made_due() const { return made_due_; }
  absl::Status Commit();

 private:
  absl::StatusOr<PostgresResult> Run(base::Table table, PostgresStatement statement,
                                     const PostgresParameters& parameters);
  absl::StatusOr<std::vector<base::Record>> Rows(base::Table table, PostgresStatement statement,
                                                 const PostgresParameters& parameters);
  // Ends the transaction because a record is there now that was not when it was asked for.
  absl::Status Overtaken(base::Table table);
  bool Missed(base::Table table, absl::string_view key) const;
  // How many rows a statement changed.
  absl::StatusOr<int> Change(base::Table table, PostgresStatement statement, const PostgresParameters& parameters);

  PostgresConnection* const connection_;
  const Kind kind_;
  absl::Status state_;
  bool open_ = false;
  bool conflict_ = false;
  bool made_due_ = false;
  absl::flat_hash_set<std::pair<base::Table, std::string>> missed_;  // what was asked for and was not there
};

}  // namespace passerelle::gateway
