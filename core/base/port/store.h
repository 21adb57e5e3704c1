// Port: durable state. A store keeps records in tables; the core decides what they mean. Everything that belongs
// together is written in one transaction: either all of it is durable when Write returns OK, or none of it ever is.
//
// Both implementations, SQLite and PostgreSQL, run the same contract test, tests/support/store_contract.h.
//
// Thread-safety: Store is thread-safe; a Transaction belongs to the call that got it.
//
//   RETURN_IF_ERROR(store.Write([&](Transaction& tx) -> absl::Status {
//     ASSIGN_OR_RETURN(std::optional<Record> known, tx.Get(Table::kInbox, key));
//     if (known) { ...; return absl::OkStatus(); }
//     return tx.Insert(Table::kInbox, {.key = key, .value = answer});
//   }));
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace passerelle::base {

// What a table holds. Names of tables are part of the stored data: never renamed.
enum class Table {
  kRequest,        // request ids of clients and the answers they got
  kAuthorisation,  // sharing authorisations
  kExchange,       // exchanges
  kCase,           // recognition cases
  kOutbox,         // messages to other nodes, with the digests of their attempts
  kInbox,          // messages of other nodes, with the answers they got
  kSetting,        // single values, such as the highest node map version seen
  kContent,        // contents of documents that are too large for one record, in pieces
};

struct Record {
  std::string key;         // unique in its table
  std::string value;       // bytes; a serialised message
  std::string group = "";  // lists are made within a group; empty is a group too
  // When something has to be done with the record, to the millisecond; InfiniteFuture for never.
  absl::Time due = absl::InfiniteFuture();
};

class Transaction {
 public:
  virtual ~Transaction() = default;

  // The record, or nullopt.
  virtual absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) = 0;
  // AlreadyExists when the key is taken.
  virtual absl::Status Insert(Table table, const Record& record) = 0;
  // NotFound when there is no such key.
  virtual absl::Status Update(Table table, const Record& record) = 0;
  // Does nothing when there is no such key.
  virtual absl::Status Delete(Table table, absl::string_view key) = 0;
  // Up to `limit` records of a group in the order in which they were inserted, after the record `after_key` (from the
  // first when empty; NotFound when the group has no such record). Cost: index range, independent of the table's size.
  virtual absl::StatusOr<std::vector<Record>> List(Table table, absl::string_view group, absl::string_view after_key,
                                                   int limit) = 0;
  // Up to `limit` records due at or before `now`, earliest first; never one that is never due. Cost: index range.
  virtual absl::StatusOr<std::vector<Record>> Due(Table table, absl::Time now, int limit) = 0;
};

class Store {
 public:
  virtual ~Store() = default;
  // Runs `work` in a transaction that sees a consistent state and conflicts with no other writer; commits durably when
  // it returns OK and rolls back otherwise, returning its status. kStoreUnavailable when the store itself fails.
  // `work` must not call the store again. It can run several times, where it met another writer, and on another thread
  // than its caller's: what it captures has to be as at the start of its first run, so it begins with resetting what it
  // fills. Only the last run counts.
  virtual absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> work) = 0;
  // The same without the right to write.
  virtual absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> work) = 0;
};

}  // namespace passerelle::base
