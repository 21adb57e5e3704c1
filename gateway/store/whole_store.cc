#include "gateway/store/whole_store.h"

#include <initializer_list>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "core/base/status_macros.h"
#include "gateway/store/schema.h"

namespace passerelle::gateway {
namespace {

using base::Record;
using base::Table;

// Records held in memory at a time. The largest have a document and its translation, some 30 MB.
constexpr int kBatch = 64;

// A digest over everything that a record is, chained so that order counts.
std::string Chained(absl::string_view before, const Record& record) {
  std::string text(before);
  const std::string due = record.due == absl::InfiniteFuture() ? "never" : absl::StrCat(ToMicros(record.due));
  for (const absl::string_view part :
       std::initializer_list<absl::string_view>{record.key, record.group, due, record.value}) {
    absl::StrAppend(&text, part.size(), ":", part);
  }
  return base::Sha256Hex(text);
}

}  // namespace

absl::StatusOr<TableDigest> ReadTable(RecordSource& source, Table table,
                                      absl::FunctionRef<absl::Status(const Record&)> visit) {
  TableDigest digest;
  for (int64_t after = 0;;) {
    ASSIGN_OR_RETURN(const std::vector<NumberedRecord> batch, source.Next(table, after, kBatch));
    if (batch.empty()) return digest;
    for (const NumberedRecord& numbered : batch) {
      RETURN_IF_ERROR(visit(numbered.record));
      digest.sha256 = Chained(digest.sha256, numbered.record);
      ++digest.records;
    }
    after = batch.back().number;
  }
}

absl::StatusOr<std::vector<TableDigest>> ReadTables(RecordSource& source) {
  std::vector<TableDigest> digests;
  for (const Table table : kTables) {
    ASSIGN_OR_RETURN(TableDigest digest, ReadTable(source, table, [](const Record&) { return absl::OkStatus(); }));
    digests.push_back(std::move(digest));
  }
  return digests;
}

std::vector<TableCount> CountsOf(const std::vector<TableDigest>& digests) {
  std::vector<TableCount> counts;
  for (size_t i = 0; i < digests.size(); ++i) {
    counts.push_back({std::string(TableName(kTables[i])), digests[i].records});
  }
  return counts;
}

absl::StatusOr<StoreReport> ReadWholeStore(RecordSource& source) {
  ASSIGN_OR_RETURN(StoreReport report, source.Inspect());
  if (report.schema_version != kSchemaVersion) return report;
  const absl::StatusOr<std::vector<TableDigest>> digests = ReadTables(source);
  if (digests.ok()) {
    report.tables = CountsOf(*digests);
  } else {
    report.findings.push_back(absl::StrCat("Its records cannot all be read: ", digests.status().message()));
  }
  return report;
}

}  // namespace passerelle::gateway
