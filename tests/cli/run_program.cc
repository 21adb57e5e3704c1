#include "tests/cli/run_program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "core/base/json.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

constexpr absl::Duration kLongestRun = absl::Minutes(1);

int WaitFor(pid_t pid) {
  const absl::Time deadline = absl::Now() + kLongestRun;
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) != pid) {
    if (absl::Now() > deadline) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      return -1;
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Outcome RunProgram(const std::vector<std::string>& arguments, absl::string_view standard_input,
                   const std::vector<std::string>& environment) {
  std::string folder = "/tmp/passerelle-run-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return {};
  const std::string in = folder + "/in";
  const std::string out = folder + "/out";
  const std::string err = folder + "/err";
  WriteAll(in, standard_input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT, 0600);
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  pid_t pid = 0;
  Outcome outcome;
  if (posix_spawn(&pid, arguments[0].c_str(), &actions, nullptr, Pointers(arguments).data(),
                  Pointers(variables).data()) == 0) {
    outcome.exit_code = WaitFor(pid);
  }
  posix_spawn_file_actions_destroy(&actions);
  outcome.out = ReadAll(out);
  outcome.err = ReadAll(err);
  std::filesystem::remove_all(folder);
  return outcome;
}

std::string Passerelle() { return std::string(testing::kBuildDir) + "/passerelle"; }

std::string ScratchFolder() {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = absl::StrCat(info->test_suite_name(), "-", info->name());
  const std::string folder = ::testing::TempDir() + "passerelle-" + absl::StrReplaceAll(name, {{"/", "-"}});
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

std::string At(const std::string& json, const std::string& pointer) {
  const auto document = base::JsonDocument::Parse(json);
  if (!document.ok()) return "not JSON: " + json;
  simdjson::dom::element element;
  if (document->root().at_pointer(pointer).get(element) != simdjson::SUCCESS) return "absent";
  std::string_view text;
  return element.get(text) == simdjson::SUCCESS ? std::string(text) : document->Text(element);
}

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteAll(const std::string& path, absl::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}  // namespace passerelle::tests
