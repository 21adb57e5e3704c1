#include "gateway/cli/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"

namespace passerelle::gateway {
namespace {

constexpr absl::Duration kPollInterval = absl::Milliseconds(5);

}  // namespace

absl::StatusOr<std::unique_ptr<ChildProcess>> ChildProcess::Start(const std::vector<std::string>& arguments,
                                                                  const std::string& output_file) {
  const int output = open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return base::Problem(base::Reason::kOutputNotWritable, output_file, strerrordesc_np(errno));
  const auto close_output = absl::MakeCleanup([output] { close(output); });
  int input[2];
  if (pipe2(input, O_CLOEXEC) != 0) {
    return base::Problem(base::Reason::kInternal, "pipe", strerrordesc_np(errno));
  }
  const auto close_input = absl::MakeCleanup([&input] { close(input[0]); });

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  // A group of its own, so that Ctrl-C reaches this process alone, which then stops the child in order; and no signal
  // is blocked, whatever is blocked here.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    close(input[1]);
    return base::Problem(base::Reason::kInputNotReadable, arguments[0], strerrordesc_np(error));
  }
  return std::unique_ptr<ChildProcess>(new ChildProcess(pid, input[1]));
}

ChildProcess::~ChildProcess() {
  if (Running()) Kill();
  close(input_);
}

bool ChildProcess::Running() { return !WaitUntil(absl::InfinitePast()); }

void ChildProcess::AskToEnd() {
  if (Running()) Signal(SIGTERM);
}

int ChildProcess::Stop(absl::Duration patience) {
  AskToEnd();
  if (!WaitUntil(absl::Now() + patience)) Kill();
  return exit_code_;
}

void ChildProcess::Kill() {
  Signal(SIGKILL);
  WaitUntil(absl::InfiniteFuture());
}

void ChildProcess::Signal(int signal) {
  // Until it has been waited for, the id cannot belong to another process.
  if (!ended_) kill(pid_, signal);
}

bool ChildProcess::WaitUntil(absl::Time deadline) {
  while (!ended_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = true;
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (absl::Now() >= deadline) {
      return false;
    } else {
      absl::SleepFor(kPollInterval);
    }
  }
  return true;
}

}  // namespace passerelle::gateway
