// One row of a cases.tsv file, with the files that it names.
//
// Thread-safety: a case is const after reading and can be shared. Ownership: values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// The columns of cases.tsv: case_id, kind, crypto, gateway, file, params, evidence.
struct ConformanceCase {
  std::string folder;  // of the cases.tsv; the paths below are relative to it
  std::string id;
  std::string kind;
  std::string crypto;   // valid, invalid, ambiguous, n/a, per-test
  std::string gateway;  // accept, reject, legacy, n/a, per-test
  std::string file;
  std::string params;    // a JSON object
  std::string evidence;  // where the answers come from

  // The bytes of the judged file. Problems of ReadFile.
  absl::StatusOr<std::string> Content() const;
  // The bytes of another file of the suite, such as a key set. Problems of ReadFile.
  absl::StatusOr<std::string> Read(absl::string_view path) const;
};

// The rows of `folder`/cases.tsv. Problems of ReadFile; kFieldMissing for a column that is not there, kFieldInvalid for
// a row of another length.
absl::StatusOr<std::vector<ConformanceCase>> ReadCases(const std::string& folder);

}  // namespace passerelle::gateway
