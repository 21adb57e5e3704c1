// All records of a store as they are at one moment, table by table in the order of insertion. For copies and checks.
//
// Thread-safety: for one thread. Ownership: has a connection of its own, and changes nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "gateway/store_tools.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

struct NumberedRecord {
  int64_t number = 0;  // grows with the order of insertion; above 0
  base::Record record;
};

// Whether others may go on writing to the store while the source lives; it does not see what they write.
enum class Others { kWrite, kWait };

class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // Up to `limit` records after the one with the number `after`, from the first when 0. Problems: kStoreUnavailable,
  // kStoreDamaged.
  virtual absl::StatusOr<std::vector<NumberedRecord>> Next(base::Table table, int64_t after, int limit) = 0;
  // Kind and schema version, what is wrong with the database itself, and what could become so.
  virtual absl::StatusOr<StoreReport> Inspect() = 0;
};

// Problems: kStoreUnavailable, also when there is no store; kStoreDamaged, kStoreInUse; those of LoadStorePassword.
absl::StatusOr<std::unique_ptr<RecordSource>> OpenRecordSource(const config::v1::NodeConfig& config, Others others);

// The two kinds.
absl::StatusOr<std::unique_ptr<RecordSource>> OpenSqliteSource(const std::string& path, Others others);
absl::StatusOr<std::unique_ptr<RecordSource>> OpenPostgresSource(const config::v1::PostgresqlStore& config,
                                                                 Others others);

}  // namespace passerelle::gateway
