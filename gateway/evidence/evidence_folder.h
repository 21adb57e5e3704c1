// A log as a folder of files (C2SP tlog-tiles): what a node hands to an auditor, who needs nothing else but the node's
// public key.
//
//   FOLDER/checkpoint              the signed note
//   FOLDER/tile/0/000 ...          hashes
//   FOLDER/tile/entries/000 ...    leaves
//   FOLDER/time-stamps/20261126T104000.123Z.checkpoint, .token   an older checkpoint, and a time-stamp over it (RFC
//   3161)
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"
#include "core/evidence/audit.h"
#include "core/evidence/log.h"
#include "core/proof/x509/certificate.h"

namespace passerelle::gateway {

// Writes the log of a store. The folder must be new or empty. Problems: kOutputExists, kOutputNotWritable;
// kResourceNotFound for a log without leaves; those of the store.
absl::Status ExportLog(base::Store& store, const std::string& folder);

// What an auditor sees.
struct AuditedLog {
  evidence::OpenedCheckpoint opened;
  evidence::LogSummary summary;
};

// By that time the log had so many of its leaves.
struct AuditedTimeStamp {
  absl::Time time;
  uint64_t size = 0;
};

// Reads every leaf of the folder. Problems: those of evidence::OpenCheckpoint, in the file "checkpoint", and of
// AuditLog; kLogFile for a file that is missing.
absl::StatusOr<AuditedLog> AuditFolder(const std::string& folder, const std::vector<evidence::NoteKey>& keys);

// Whether a log that was audited continues an older checkpoint of its own, which stands in the file `name`; how many
// leaves it had then. Problems: those of evidence::OpenCheckpoint, in that file; at its name kNote for a checkpoint of
// another log, kLogTruncated and kLogForked; kLogFile.
absl::StatusOr<uint64_t> CheckContinues(const std::string& folder, const AuditedLog& audited,
                                        const std::vector<evidence::NoteKey>& keys, const std::string& older,
                                        absl::string_view name);

// Checks every time-stamp of a folder that was audited: its authority, its checkpoint, and that the log continues that.
// The oldest first, at least one. Problems: kLogFile for a folder that has none or cannot be read, and for one that has
// a checkpoint without its token or a token alone; kTimeStampInvalid and kTimeStampMalformed with the file; those of
// CheckContinues; kInputTooLarge.
absl::StatusOr<std::vector<AuditedTimeStamp>> AuditTimeStamps(const std::string& folder, const AuditedLog& audited,
                                                              const std::vector<evidence::NoteKey>& keys,
                                                              const proof::TrustAnchors& anchors);

}  // namespace passerelle::gateway
