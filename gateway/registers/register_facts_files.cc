#include "gateway/registers/register_facts_files.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

std::string Fingerprint(const std::vector<std::string>& paths) {
  std::string fingerprint;
  for (const std::string& path : paths) absl::StrAppend(&fingerprint, FileFingerprint(path), "\n");
  return fingerprint;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const recognition::RegisterSnapshots>> LoadRegisterFacts(
    const std::vector<std::string>& paths) {
  std::vector<recognition::v1::RegisterFacts> snapshots;
  absl::flat_hash_set<std::string> sources;
  for (const std::string& path : paths) {
    recognition::v1::RegisterFacts snapshot;
    RETURN_IF_ERROR(ReadYamlFile(path, &snapshot));
    RETURN_IF_ERROR(InFile(path, recognition::CheckRegisterFacts(snapshot)));
    if (!sources.insert(snapshot.source()).second) {
      return Problem(Reason::kRegisterFactsUnusable, absl::StrCat(path, ": source"),
                     "another snapshot is of the same source");
    }
    snapshots.push_back(std::move(snapshot));
  }
  return recognition::RegisterSnapshots::Make(std::move(snapshots));
}

absl::StatusOr<std::unique_ptr<RegisterFactsFiles>> RegisterFactsFiles::Open(std::vector<std::string> paths) {
  // Before the files: what changes while they are read is seen as a change.
  std::string fingerprint = Fingerprint(paths);
  ASSIGN_OR_RETURN(auto snapshots, LoadRegisterFacts(paths));
  return std::unique_ptr<RegisterFactsFiles>(
      new RegisterFactsFiles(std::move(paths), std::move(fingerprint), std::move(snapshots)));
}

absl::StatusOr<bool> RegisterFactsFiles::Refresh() {
  const absl::MutexLock lock(&mutex_);
  std::string fingerprint = Fingerprint(paths_);
  if (fingerprint == fingerprint_) return false;
  fingerprint_ = std::move(fingerprint);
  ASSIGN_OR_RETURN(auto snapshots, LoadRegisterFacts(paths_));
  RETURN_IF_ERROR(holder_.Replace(std::move(snapshots)));
  return true;
}

}  // namespace passerelle::gateway
