#include "gateway/node_map_file.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/node_config.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kVersionKey = "node_map_version";

}  // namespace

NodeMapFile::NodeMapFile(std::string path, std::shared_ptr<const federation::NodeDirectory> directory,
                         base::Store* store, Log* log)
    : path_(std::move(path)), store_(store), log_(log), holder_(std::move(directory)) {}

absl::StatusOr<std::unique_ptr<NodeMapFile>> NodeMapFile::Open(
    std::string path, std::shared_ptr<const federation::NodeDirectory> directory, base::Store* store, Log* log) {
  const uint64_t version = directory->map().version();
  std::unique_ptr<NodeMapFile> file(new NodeMapFile(std::move(path), std::move(directory), store, log));
  RETURN_IF_ERROR(file->KeepVersion(version));
  return file;
}

absl::Status NodeMapFile::KeepVersion(uint64_t version) {
  return store_->Write([&](base::Transaction& tx) -> absl::Status {
    base::Record record;
    record.key = std::string(kVersionKey);
    record.value = absl::StrCat(version);
    ASSIGN_OR_RETURN(const std::optional<base::Record> known, tx.Get(base::Table::kSetting, kVersionKey));
    if (!known.has_value()) return tx.Insert(base::Table::kSetting, record);
    uint64_t highest = 0;
    if (!absl::SimpleAtoi(known->value, &highest)) return Problem(Reason::kStoreUnavailable, kVersionKey, "no number");
    if (version < highest) {
      return Problem(Reason::kNodeMapUnusable, "version",
                     absl::StrCat("version ", version, " is older than version ", highest, ", which was used before"));
    }
    return version == highest ? absl::OkStatus() : tx.Update(base::Table::kSetting, record);
  });
}

absl::Status NodeMapFile::Refresh() {
  const absl::MutexLock lock(&mutex_);
  std::string fingerprint = FileFingerprint(path_);
  if (fingerprint == fingerprint_) return absl::OkStatus();
  auto directory = LoadNodeMap(path_);
  absl::Status status = directory.status();
  if (status.ok()) status = KeepVersion((*directory)->map().version());
  if (base::ReasonOf(status) == Reason::kStoreUnavailable) return status;
  const uint64_t before = holder_.Get()->map().version();
  if (status.ok()) status = holder_.Replace(*directory);
  fingerprint_ = std::move(fingerprint);
  if (!status.ok()) {
    log_->WriteProblem(LogEvent::kNodeMapRefused, status);
  } else if ((*directory)->map().version() != before) {
    log_->Write(LogEvent::kNodeMapReplaced, {{"version", static_cast<int64_t>((*directory)->map().version())}});
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
