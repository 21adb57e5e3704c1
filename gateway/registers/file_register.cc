#include "gateway/registers/file_register.h"

#include <climits>
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"
#include "gateway/registers/finding.h"
#include "passerelle/registers/v1/register_index.pb.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using registers::v1::RegisterEntry;
using registers::v1::RegisterIndexEntry;

constexpr absl::string_view kIndexFile = "register.yaml";

// The real path of a document, links followed; a path that leaves the folder is refused.
absl::StatusOr<std::string> DocumentPath(const std::string& folder, const std::string& file, const std::string& place) {
  char real_folder[PATH_MAX];
  char real_file[PATH_MAX];
  if (file.empty() || realpath(folder.c_str(), real_folder) == nullptr ||
      realpath(absl::StrCat(folder, "/", file).c_str(), real_file) == nullptr) {
    return Problem(Reason::kConfigInvalid, place, "there is no such file");
  }
  if (file.front() == '/' || !absl::StartsWith(real_file, absl::StrCat(real_folder, "/"))) {
    return Problem(Reason::kConfigInvalid, place, "the file is not in the register's folder");
  }
  return std::string(real_file);
}

RegisterEntry MakeEntry(const RegisterIndexEntry& row) {
  RegisterEntry entry;
  entry.set_credential_id(row.credential_id());
  entry.set_holder_reference(row.holder_reference());
  if (row.has_issue_time()) *entry.mutable_issue_time() = row.issue_time();
  if (row.has_revoke_time()) *entry.mutable_revoke_time() = row.revoke_time();
  return entry;
}

}  // namespace

struct FileRegister::Index {
  struct Row {
    RegisterEntry entry;
    std::string path;
    std::string media_type;
    FileDigest digest;
  };
  absl::Time loaded_at;
  std::vector<Row> rows;
  absl::flat_hash_map<std::string, size_t> by_id;
  absl::flat_hash_map<std::string, size_t> by_digest;
};

FileRegister::FileRegister(std::string folder, const base::Clock* clock,
                           std::function<void(const absl::Status&)> changed)
    : folder_(std::move(folder)), clock_(clock), changed_(std::move(changed)) {}

FileRegister::~FileRegister() = default;

absl::StatusOr<std::unique_ptr<FileRegister>> FileRegister::Open(std::string folder, const base::Clock* clock,
                                                                 std::function<void(const absl::Status&)> changed) {
  std::unique_ptr<FileRegister> reg(new FileRegister(std::move(folder), clock, std::move(changed)));
  const absl::MutexLock lock(&reg->mutex_);
  // Taken before reading: a change in between is seen at the next question.
  reg->fingerprint_ = FileFingerprint(absl::StrCat(reg->folder_, "/", kIndexFile));
  ASSIGN_OR_RETURN(reg->index_, Load(reg->folder_, clock->Now()));
  return reg;
}

absl::StatusOr<std::shared_ptr<const FileRegister::Index>> FileRegister::Load(const std::string& folder,
                                                                              absl::Time now) {
  const std::string index_path = absl::StrCat(folder, "/", kIndexFile);
  registers::v1::RegisterIndex file;
  RETURN_IF_ERROR(ReadYamlFile(index_path, &file));
  auto index = std::make_shared<Index>();
  index->loaded_at = now;
  for (int i = 0; i < file.entries_size(); ++i) {
    const RegisterIndexEntry& row = file.entries(i);
    const std::string place = absl::StrCat(index_path, ": entries[", i, "]");
    if (row.credential_id().empty()) return Problem(Reason::kConfigInvalid, place, "credential_id is missing");
    if (!row.has_issue_time()) return Problem(Reason::kConfigInvalid, place, "issue_time is missing");
    ASSIGN_OR_RETURN(std::string path, DocumentPath(folder, row.file(), absl::StrCat(place, ".file")));
    ASSIGN_OR_RETURN(const FileDigest digest, DigestFile(path, base::kContentBytesMax));
    if (!index->by_id.try_emplace(row.credential_id(), index->rows.size()).second) {
      return Problem(Reason::kConfigInvalid, place, "credential_id stands twice");
    }
    if (!index->by_digest.try_emplace(digest.sha256, index->rows.size()).second) {
      return Problem(Reason::kConfigInvalid, place, "the same document stands twice");
    }
    index->rows.push_back({MakeEntry(row), std::move(path), row.media_type(), digest});
  }
  return std::shared_ptr<const Index>(std::move(index));
}

std::shared_ptr<const FileRegister::Index> FileRegister::Current() {
  const std::string fingerprint = FileFingerprint(absl::StrCat(folder_, "/", kIndexFile));
  std::optional<absl::Status> reload;
  std::shared_ptr<const Index> current;
  {
    const absl::MutexLock lock(&mutex_);
    if (fingerprint != fingerprint_) {
      fingerprint_ = fingerprint;
      auto index = Load(folder_, clock_->Now());
      reload = index.status();
      if (index.ok()) index_ = *std::move(index);
    }
    current = index_;
  }
  if (reload.has_value() && changed_) changed_(*reload);
  return current;
}

absl::StatusOr<RegisterEntry> FileRegister::LookUpCredential(absl::string_view credential_id) {
  const auto index = Current();
  const auto found = index->by_id.find(credential_id);
  if (found == index->by_id.end()) return Problem(Reason::kResourceNotFound, "credential_id");
  const Index::Row& row = index->rows[found->second];
  RegisterEntry entry = row.entry;
  entry.mutable_document()->set_sha256(row.digest.sha256);
  entry.mutable_document()->set_media_type(row.media_type);
  if (row.digest.bytes > base::kDocumentBytesMax) {
    entry.set_document_bytes(row.digest.bytes);
    return entry;
  }
  auto bytes = ReadFile(row.path, base::kDocumentBytesMax);
  if (!bytes.ok()) return Problem(Reason::kRegisterUnavailable, "document", "the document's file cannot be read");
  if (base::Sha256Hex(*bytes) != row.digest.sha256) {
    return Problem(Reason::kRegisterUnavailable, "document", "the document's file changed since the index was loaded");
  }
  entry.mutable_document()->set_content(*std::move(bytes));
  return entry;
}

absl::StatusOr<std::string> FileRegister::ReadDocument(absl::string_view credential_id, uint64_t offset,
                                                       uint32_t limit) {
  const auto index = Current();
  const auto found = index->by_id.find(credential_id);
  if (found == index->by_id.end()) return Problem(Reason::kResourceNotFound, "credential_id");
  auto bytes = ReadFileRange(index->rows[found->second].path, offset, limit);
  if (!bytes.ok()) return Problem(Reason::kRegisterUnavailable, "document", "the document's file cannot be read");
  return bytes;
}

absl::StatusOr<authenticity::v1::AuthenticityAnswer> FileRegister::ConfirmDigest(absl::string_view sha256) {
  const auto index = Current();
  const absl::Time now = clock_->Now();
  const auto found = index->by_digest.find(sha256);
  const RegisterEntry* const entry = found == index->by_digest.end() ? nullptr : &index->rows[found->second].entry;
  return FindingOf(entry, sha256, index->loaded_at, now);
}

absl::StatusOr<std::vector<RegisterEntry>> FileRegister::ListHolderCredentials(absl::string_view holder_reference,
                                                                               absl::string_view after, int limit) {
  const auto index = Current();
  size_t position = 0;
  if (!after.empty()) {
    const auto found = index->by_id.find(after);
    if (found == index->by_id.end()) return Problem(Reason::kResourceNotFound, "after");
    position = found->second + 1;
  }
  std::vector<RegisterEntry> entries;
  for (; position < index->rows.size() && static_cast<int>(entries.size()) < limit; ++position) {
    const RegisterEntry& entry = index->rows[position].entry;
    if (entry.holder_reference() == holder_reference) entries.push_back(entry);
  }
  return entries;
}

}  // namespace passerelle::gateway
