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

// Reads every leaf of the folder. `seen` is an older checkpoint of the same log from elsewhere; empty for none.
// Problems: those of evidence::OpenCheckpoint and AuditLog; kLogTruncated and kLogForked at "seen" when the log
// does not continue that checkpoint; kLogFile for a file that is missing.
absl::StatusOr<AuditedLog> AuditFolder(const std::string& folder, const std::vector<evidence::NoteKey>& keys,
                                       const std::string& seen);

// Checks every time-stamp of a folder that was audited: its authority, its checkpoint, and that the log continues that.
// The oldest first. Problems: kTimeStampInvalid and kTimeStampMalformed with the file; kLogTruncated, kLogForked; those
// of evidence::OpenCheckpoint; kInputTooLarge.
absl::StatusOr<std::vector<AuditedTimeStamp>> AuditTimeStamps(const std::string& folder, const AuditedLog& audited,
                                                              const std::vector<evidence::NoteKey>& keys,
                                                              const proof::TrustAnchors& anchors);

}  // namespace passerelle::gateway
