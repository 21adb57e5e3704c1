#include "gateway/node/metered_store.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"
#include "core/recognition/case_records.h"
#include "passerelle/exchange/v1/exchange.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::gateway {
namespace {

using base::Record;
using base::Table;

struct StateChange {
  Table table;
  std::string state;
};

// The state in a record, as a word; empty when the record has none.
std::string StateOf(Table table, const Record& record) {
  if (record.group.empty()) return "";
  std::string name;
  if (table == Table::kExchange) {
    exchange::v1::Exchange exchange;
    if (!exchange.ParseFromString(record.value)) return "";
    name = std::string(absl::StripPrefix(exchange::v1::ExchangeState_Name(exchange.state()), "EXCHANGE_STATE_"));
  } else if (table == Table::kCase) {
    // Questions, the queue and cases that have not opened lie in the same table.
    if (record.group != recognition::kCaseGroup) return "";
    recognition::v1::RecognitionCase recognition_case;
    if (!recognition_case.ParseFromString(record.value)) return "";
    name = std::string(absl::StripPrefix(recognition::v1::CaseState_Name(recognition_case.state()), "CASE_STATE_"));
  }
  return absl::AsciiStrToLower(name);
}

// Notes changes of state; everything else goes on to the transaction as it is.
class WatchedTransaction : public base::Transaction {
 public:
  explicit WatchedTransaction(base::Transaction* transaction) : transaction_(transaction) {}
  const std::vector<StateChange>& changes() const { return changes_; }

  absl::StatusOr<std::optional<Record>> Get(Table table, absl::string_view key) override {
    return transaction_->Get(table, key);
  }
  absl::Status Insert(Table table, const Record& record) override {
    RETURN_IF_ERROR(transaction_->Insert(table, record));
    Note(table, "", StateOf(table, record));
    return absl::OkStatus();
  }
  absl::Status Update(Table table, const Record& record) override {
    const std::string state = StateOf(table, record);
    if (state.empty()) return transaction_->Update(table, record);
    ASSIGN_OR_RETURN(const std::optional<Record> before, transaction_->Get(table, record.key));
    RETURN_IF_ERROR(transaction_->Update(table, record));
    Note(table, before.has_value() ? StateOf(table, *before) : "", state);
    return absl::OkStatus();
  }
  absl::Status Delete(Table table, absl::string_view key) override { return transaction_->Delete(table, key); }
  absl::StatusOr<std::vector<Record>> List(Table table, absl::string_view group, absl::string_view after_key,
                                           int limit) override {
    return transaction_->List(table, group, after_key, limit);
  }
  absl::StatusOr<std::vector<Record>> Due(Table table, absl::Time now, int limit) override {
    return transaction_->Due(table, now, limit);
  }

 private:
  void Note(Table table, const std::string& before, const std::string& after) {
    if (!after.empty() && after != before) changes_.push_back({table, after});
  }

  base::Transaction* const transaction_;
  std::vector<StateChange> changes_;
};

}  // namespace

absl::Status MeteredStore::Write(absl::FunctionRef<absl::Status(base::Transaction&)> work) {
  std::vector<StateChange> changes;
  RETURN_IF_ERROR(store_->Write([&](base::Transaction& tx) -> absl::Status {
    WatchedTransaction watched(&tx);
    absl::Status status = work(watched);
    changes = watched.changes();
    return status;
  }));
  for (const StateChange& change : changes) {
    if (change.table == Table::kExchange) {
      metrics_->ExchangeState(change.state);
    } else {
      metrics_->RecognitionState(change.state);
    }
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
