#include "gateway/node/node_map_file.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Reason;

absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> LoadUnsigned(const std::string& path) {
  federation::v1::NodeMap map;
  RETURN_IF_ERROR(ReadYamlFile(path, &map));
  return federation::NodeDirectory::Make(std::move(map));
}

// The problem of a signed map with both files, since either may be the wrong one.
absl::Status OfFiles(const std::string& path, const std::string& root, const absl::Status& problem) {
  // Of whatever else failed, the place is told already.
  if (!absl::StartsWith(base::Catalogue(base::ReasonOf(problem)).name, "NODE_MAP_")) return problem;
  return InFile(absl::StrCat(path, " under the root ", root), problem);
}

}  // namespace

absl::StatusOr<federation::v1::FederationRoot> LoadFederationRoot(const std::string& path) {
  federation::v1::FederationRoot root;
  RETURN_IF_ERROR(ReadYamlFile(path, &root));
  RETURN_IF_ERROR(federation::FederationRoot::Make(root).status());
  return root;
}

absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> LoadNodeMap(const std::string& path,
                                                                             const std::string& root, absl::Time now) {
  if (root.empty()) return LoadUnsigned(path);
  ASSIGN_OR_RETURN(const federation::v1::FederationRoot trusted, LoadFederationRoot(root));
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, federation::kNodeMapBytesMax));
  absl::StatusOr<federation::OpenedMap> opened = federation::OpenNodeMap(bytes, {trusted, 0, ""}, now);
  if (!opened.ok()) return OfFiles(path, root, opened.status());
  return std::move(opened->directory);
}

absl::StatusOr<std::unique_ptr<NodeMapFile>> NodeMapFile::Open(Options options) {
  std::unique_ptr<NodeMapFile> file(new NodeMapFile(std::move(options)));
  const Options& to = file->options_;
  {
    const absl::MutexLock lock(&file->mutex_);
    file->fingerprint_ = FileFingerprint(to.path);
  }
  if (to.root.empty()) {
    ASSIGN_OR_RETURN(auto directory, LoadUnsigned(to.path));
    ASSIGN_OR_RETURN(file->keeper_, federation::NodeMapKeeper::OpenUnsigned(std::move(directory), to.store));
  } else {
    ASSIGN_OR_RETURN(const federation::v1::FederationRoot root, LoadFederationRoot(to.root));
    const auto bytes = ReadFile(to.path, federation::kNodeMapBytesMax);
    auto keeper = federation::NodeMapKeeper::OpenSigned(root, bytes, to.store, to.clock);
    if (!keeper.ok()) return OfFiles(to.path, to.root, keeper.status());
    file->keeper_ = *std::move(keeper);
    if (!file->keeper_->file_refused().ok()) RETURN_IF_ERROR(file->Tell(file->keeper_->file_refused(), "file"));
  }
  return file;
}

absl::StatusOr<bool> NodeMapFile::Load() {
  if (options_.root.empty()) {
    ASSIGN_OR_RETURN(auto directory, LoadUnsigned(options_.path));
    return keeper_->OfferUnsigned(std::move(directory));
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(options_.path, federation::kNodeMapBytesMax));
  return keeper_->Offer(bytes);
}

absl::Status NodeMapFile::Tell(const absl::StatusOr<bool>& newer, absl::string_view source) {
  if (newer.ok()) {
    const auto version = static_cast<int64_t>(holder()->Get()->map().version());
    if (*newer) options_.log->Write(LogEvent::kNodeMapReplaced, {{"version", version}, {"source", source}});
    return absl::OkStatus();
  }
  if (base::ReasonOf(newer.status()) == Reason::kStoreUnavailable) return newer.status();
  options_.log->WriteProblem(LogEvent::kNodeMapRefused, newer.status(), {{"source", source}});
  options_.metrics->NodeMapRefused(source == "file" ? "file" : "peer", base::PlaceOf(newer.status()));
  return absl::OkStatus();
}

absl::Status NodeMapFile::Refresh() {
  const absl::MutexLock lock(&mutex_);
  std::string fingerprint = FileFingerprint(options_.path);
  if (fingerprint == fingerprint_) return absl::OkStatus();
  RETURN_IF_ERROR(Tell(Load(), "file"));
  fingerprint_ = std::move(fingerprint);
  return absl::OkStatus();
}

absl::Status NodeMapFile::Offer(absl::string_view signed_map, absl::string_view peer) {
  return Tell(keeper_->Offer(signed_map), peer);
}

}  // namespace passerelle::gateway
