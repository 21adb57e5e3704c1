// Inputs and results of the command line, which may be files, pipes, or standard input.
//
// Thread-safety: free functions.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

// The bytes of a file, or of standard input for "-". At most `bytes_max` bytes; the size is looked at before anything
// is read. Problems: kInputNotReadable (absent, a folder, no permission), kInputTooLarge.
absl::StatusOr<std::string> ReadInput(const std::string& path, size_t bytes_max);

// Writes a result: a file is there whole or not at all, readable by its owner only; what is no file (a pipe, a device)
// is written to. Problem: kOutputNotWritable.
absl::Status WriteResult(const std::string& path, absl::string_view content);

}  // namespace passerelle::gateway
