#include "tests/docs/console_blocks.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace passerelle::docs {
namespace {

// The code of "<!-- exit: N -->"; 0 for other lines.
int ExitCode(absl::string_view line) {
  int code = 0;
  if (absl::ConsumePrefix(&line, "<!-- exit: ") && absl::ConsumeSuffix(&line, " -->") &&
      absl::SimpleAtoi(line, &code)) {
    return code;
  }
  return 0;
}

// Reads the lines of one fence.
std::vector<ConsoleCommand> ReadBlock(const std::vector<std::string>& lines, size_t begin, size_t end) {
  std::vector<ConsoleCommand> commands;
  bool continued = false;
  for (size_t i = begin; i < end; ++i) {
    absl::string_view line = lines[i];
    if (continued) {
      absl::StrAppend(&commands.back().command, "\n", line);
    } else if (absl::ConsumePrefix(&line, "$ ")) {
      commands.push_back({i + 1, std::string(line), {}, 0});
    } else if (!commands.empty()) {
      commands.back().output.emplace_back(line);
      continue;
    }
    continued = absl::EndsWith(line, "\\");
  }
  return commands;
}

}  // namespace

std::vector<std::vector<ConsoleCommand>> ConsoleBlocks(absl::string_view markdown) {
  const std::vector<std::string> lines = absl::StrSplit(markdown, '\n');
  std::vector<std::vector<ConsoleCommand>> blocks;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] != "```console") continue;
    size_t end = i + 1;
    while (end < lines.size() && lines[end] != "```") ++end;
    std::vector<ConsoleCommand> commands = ReadBlock(lines, i + 1, end);
    if (!commands.empty()) {
      commands.back().exit_code = i == 0 ? 0 : ExitCode(lines[i - 1]);
      blocks.push_back(std::move(commands));
    }
    i = end;
  }
  return blocks;
}

std::string MissingLine(const std::vector<std::string>& shown, absl::string_view output) {
  const std::vector<std::string> lines = absl::StrSplit(output, '\n');
  size_t at = 0;
  for (const std::string& wanted : shown) {
    if (wanted == "..." || absl::StripAsciiWhitespace(wanted).empty()) continue;
    while (at < lines.size() && absl::StripAsciiWhitespace(lines[at]) != absl::StripAsciiWhitespace(wanted)) ++at;
    if (at++ == lines.size()) return wanted;
  }
  return "";
}

}  // namespace passerelle::docs
