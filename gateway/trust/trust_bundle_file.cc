#include "gateway/trust/trust_bundle_file.h"

#include <optional>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

constexpr absl::string_view kBundleKey = "trust_bundle";

}  // namespace

absl::StatusOr<std::unique_ptr<TrustBundleFile>> TrustBundleFile::Open(std::string path, const std::string& root,
                                                                       base::Store* store, const base::Clock* clock) {
  trust::v1::TrustRoot message;
  RETURN_IF_ERROR(ReadYamlFile(root, &message));
  ASSIGN_OR_RETURN(trust::TrustSigners signers, trust::TrustSigners::Make(message));
  std::unique_ptr<TrustBundleFile> file(new TrustBundleFile(std::move(path), std::move(signers), store, clock));
  const absl::MutexLock lock(&file->mutex_);
  file->fingerprint_ = FileFingerprint(file->path_);
  ASSIGN_OR_RETURN(std::shared_ptr<const trust::TrustBundle> bundle, file->Load());
  file->holder_ = std::make_unique<trust::TrustBundleHolder>(std::move(bundle));
  return file;
}

absl::StatusOr<std::string> TrustBundleFile::Kept() const {
  std::string kept;
  RETURN_IF_ERROR(store_->Read([&kept](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(base::Table::kSetting, kBundleKey));
    kept = record ? record->value : "";
    return absl::OkStatus();
  }));
  return kept;
}

absl::Status TrustBundleFile::Keep(absl::string_view signed_bundle) {
  return store_->Write([&](base::Transaction& tx) -> absl::Status {
    base::Record record;
    record.key = std::string(kBundleKey);
    record.value = std::string(signed_bundle);
    ASSIGN_OR_RETURN(const std::optional<base::Record> known, tx.Get(base::Table::kSetting, kBundleKey));
    return known ? tx.Update(base::Table::kSetting, record) : tx.Insert(base::Table::kSetting, record);
  });
}

absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> TrustBundleFile::Load() {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path_, base::kTrustBundleBytesMax));
  ASSIGN_OR_RETURN(const std::string kept, Kept());
  trust::OpenRequest request;
  request.now = clock_->Now();
  trust::ReadBundle before;
  if (!kept.empty()) {
    ASSIGN_OR_RETURN(before, trust::ReadTrustBundle(kept));
    request.present = before.bundle.get();
    request.version_seen = before.bundle->message().version();
  }
  ASSIGN_OR_RETURN(const trust::OpenedBundle opened, trust::OpenTrustBundle(bytes, signers_, request));
  // The rules for a bundle that replaces another one, across a restart.
  if (before.bundle != nullptr) {
    trust::TrustBundleHolder holder(before.bundle);
    RETURN_IF_ERROR(holder.Replace(opened.bundle));
  }
  if (bytes != kept) RETURN_IF_ERROR(Keep(bytes));
  return opened.bundle;
}

absl::Status TrustBundleFile::Refresh() {
  const absl::MutexLock lock(&mutex_);
  std::string fingerprint = FileFingerprint(path_);
  if (fingerprint == fingerprint_) return absl::OkStatus();
  absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> bundle = Load();
  if (!bundle.ok() && base::ReasonOf(bundle.status()) == base::Reason::kStoreUnavailable) return bundle.status();
  fingerprint_ = std::move(fingerprint);
  RETURN_IF_ERROR(bundle.status());
  return holder_->Replace(*std::move(bundle));
}

}  // namespace passerelle::gateway
