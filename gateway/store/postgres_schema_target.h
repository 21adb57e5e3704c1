// The schema of a store in PostgreSQL, as what is brought up to date. The changes that it has had stand in its table
// schema_change: their number, the digest of their text, the oldest program that can work beside them, and when.
//
// Thread-safety: for one thread. Ownership: does not own the connection.
#pragma once

#include "gateway/store/postgres_connection.h"
#include "gateway/store/schema.h"

namespace passerelle::gateway {

class PostgresSchemaTarget : public SchemaTarget {
 public:
  explicit PostgresSchemaTarget(PostgresConnection* connection) : connection_(connection) {}

  absl::StatusOr<SchemaState> State() override;
  absl::Status Begin() override;
  absl::Status Apply(const SchemaChange& change) override;
  absl::Status Commit() override;

 private:
  PostgresConnection* const connection_;
};

}  // namespace passerelle::gateway
