// A log as a folder of files (C2SP tlog-tiles): what a node hands to an auditor, who needs nothing else but the node's
// public key.
//
//   FOLDER/checkpoint              the signed note
//   FOLDER/tile/0/000 ...          hashes
//   FOLDER/tile/entries/000 ...    leaves
//
// Thread-safety: free functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/port/store.h"
#include "core/evidence/audit.h"
#include "core/evidence/log.h"

namespace passerelle::gateway {

// Writes the log of a store. The folder must be new or empty. Problems: kOutputExists, kOutputNotWritable;
// kResourceNotFound for a log without leaves; those of the store.
absl::Status ExportLog(base::Store& store, const std::string& folder);

// What an auditor sees.
struct AuditedLog {
  evidence::OpenedCheckpoint opened;
  evidence::LogSummary summary;
};

// Reads every leaf of the folder. `seen` is an older checkpoint of the same log from elsewhere; empty for none.
// Problems: those of evidence::OpenCheckpoint and AuditLog; kLogTruncated and kLogForked at "seen" when the log
// does not continue that checkpoint; kLogFile for a file that is missing.
absl::StatusOr<AuditedLog> AuditFolder(const std::string& folder, const std::vector<evidence::NoteKey>& keys,
                                       const std::string& seen);

}  // namespace passerelle::gateway
