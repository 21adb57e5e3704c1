#include "core/federation/map_keeper.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::federation {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;
using base::Transaction;

constexpr absl::string_view kVersionKey = "node_map_version";
constexpr absl::string_view kMapKey = "node_map_signed";

// What a store remembers.
struct Kept {
  uint64_t version = 0;
  std::string signed_map;
};

absl::StatusOr<uint64_t> ReadVersion(Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, kVersionKey));
  uint64_t version = 0;
  if (record && !absl::SimpleAtoi(record->value, &version)) {
    return Problem(Reason::kStoreUnavailable, kVersionKey, "no number");
  }
  return version;
}

absl::StatusOr<Kept> ReadKept(base::Store& store) {
  Kept kept;
  RETURN_IF_ERROR(store.Read([&kept](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(kept.version, ReadVersion(tx));
    ASSIGN_OR_RETURN(const std::optional<Record> record, tx.Get(Table::kSetting, kMapKey));
    kept.signed_map = record ? record->value : "";
    return absl::OkStatus();
  }));
  return kept;
}

absl::Status Put(Transaction& tx, absl::string_view key, absl::string_view value) {
  Record record;
  record.key = std::string(key);
  record.value = std::string(value);
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kSetting, key));
  return known ? tx.Update(Table::kSetting, record) : tx.Insert(Table::kSetting, record);
}

// A map that was in force: good as of its issue, whatever the time is now.
absl::StatusOr<OpenedMap> OpenKept(const std::string& bytes, const v1::FederationRoot& root) {
  ASSIGN_OR_RETURN(const MapFile file, ReadMapFile(bytes));
  return OpenNodeMap(bytes, {root, 0, ""}, base::FromProto(file.part.map.issue_time()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<NodeMapKeeper>> NodeMapKeeper::OpenUnsigned(
    std::shared_ptr<const NodeDirectory> directory, base::Store* store) {
  std::unique_ptr<NodeMapKeeper> keeper(new NodeMapKeeper(store, nullptr));
  RETURN_IF_ERROR(keeper->Keep(directory->map().version(), ""));
  keeper->holder_ = std::make_unique<NodeMapHolder>(std::move(directory));
  return keeper;
}

absl::StatusOr<std::unique_ptr<NodeMapKeeper>> NodeMapKeeper::OpenSigned(const v1::FederationRoot& root,
                                                                         const absl::StatusOr<std::string>& file,
                                                                         base::Store* store, const base::Clock* clock) {
  std::unique_ptr<NodeMapKeeper> keeper(new NodeMapKeeper(store, clock));
  ASSIGN_OR_RETURN(const Kept kept, ReadKept(*store));
  {
    const absl::MutexLock lock(&keeper->mutex_);
    keeper->held_ = {root, kept.version, ""};
    if (!kept.signed_map.empty()) {
      absl::StatusOr<OpenedMap> opened = OpenKept(kept.signed_map, root);
      // It does not hold by this root when the operator vouches for a new beginning.
      if (opened.ok()) keeper->PutInForce(*std::move(opened), kept.signed_map);
    }
  }
  const absl::StatusOr<bool> newer = file.ok() ? keeper->Offer(*file) : absl::StatusOr<bool>(file.status());
  keeper->file_refused_ = newer.status();
  const bool store_failed = !newer.ok() && base::ReasonOf(newer.status()) == Reason::kStoreUnavailable;
  if (keeper->holder_ == nullptr || store_failed) return newer.status();
  return keeper;
}

void NodeMapKeeper::PutInForce(OpenedMap opened, absl::string_view bytes) {
  held_ = {opened.root.message(), opened.directory->map().version(), opened.sha256};
  signed_map_ = std::make_shared<const std::string>(bytes);
  if (holder_ == nullptr) {
    holder_ = std::make_unique<NodeMapHolder>(std::move(opened.directory));
  } else {
    // Versions were compared.
    (void)holder_->Replace(std::move(opened.directory));
  }
}

std::shared_ptr<const std::string> NodeMapKeeper::signed_map() const {
  const absl::MutexLock lock(&mutex_);
  return signed_map_;
}

v1::FederationRoot NodeMapKeeper::root() const {
  const absl::MutexLock lock(&mutex_);
  return held_.root;
}

absl::Status NodeMapKeeper::Keep(uint64_t version, absl::string_view signed_map) {
  return store_->Write([&](Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const uint64_t highest, ReadVersion(tx));
    if (version < highest) {
      return Problem(Reason::kNodeMapRollback, "version",
                     absl::StrCat("version ", version, " is older than version ", highest, ", which was used before"));
    }
    RETURN_IF_ERROR(Put(tx, kVersionKey, absl::StrCat(version)));
    return signed_map.empty() ? absl::OkStatus() : Put(tx, kMapKey, signed_map);
  });
}

absl::StatusOr<bool> NodeMapKeeper::Offer(absl::string_view bytes) {
  const absl::MutexLock lock(&mutex_);
  if (clock_ == nullptr) return Problem(Reason::kNodeMapUnusable, "root", "no root is known to check it with");
  ASSIGN_OR_RETURN(OpenedMap opened, OpenNodeMap(bytes, held_, clock_->Now()));
  if (holder_ != nullptr && opened.sha256 == held_.sha256) return false;
  RETURN_IF_ERROR(Keep(opened.directory->map().version(), bytes));
  PutInForce(std::move(opened), bytes);
  return true;
}

absl::StatusOr<bool> NodeMapKeeper::OfferUnsigned(std::shared_ptr<const NodeDirectory> directory) {
  const absl::MutexLock lock(&mutex_);
  if (clock_ != nullptr) return Problem(Reason::kNodeMapSignatures, "signatures", "the map is not signed");
  RETURN_IF_ERROR(Keep(directory->map().version(), ""));
  const bool newer = directory->map().version() > holder_->Get()->map().version();
  RETURN_IF_ERROR(holder_->Replace(std::move(directory)));
  return newer;
}

}  // namespace passerelle::federation
