// A process that this one starts and answers for.
//
// Thread-safety: a ChildProcess belongs to one thread at a time. Ownership: the process ends at the latest when the
// object does; it is never found by name, only by the id under which it was started.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace passerelle::gateway {

class ChildProcess {
 public:
  // Starts `arguments[0]`. Its output and errors are appended to a file. Its standard input is a pipe that ends when
  // this process ends, however that happens. Problems: kInputNotReadable, kOutputNotWritable.
  static absl::StatusOr<std::unique_ptr<ChildProcess>> Start(const std::vector<std::string>& arguments,
                                                             const std::string& output_file);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  // Whether it has not ended yet.
  bool Running();
  // Asks it to end (SIGTERM), without waiting.
  void AskToEnd();
  // Asks it to end, and ends it (SIGKILL) when it has not done so in time. Returns its exit code, or 128 and
  // the number of the signal that ended it.
  int Stop(absl::Duration patience);
  // Ends it at once (SIGKILL), as a power cut would.
  void Kill();

 private:
  ChildProcess(pid_t pid, int input) : pid_(pid), input_(input) {}
  void Signal(int signal);
  bool WaitUntil(absl::Time deadline);

  pid_t pid_;
  int input_;
  bool ended_ = false;
  int exit_code_ = 0;
};

}  // namespace passerelle::gateway
