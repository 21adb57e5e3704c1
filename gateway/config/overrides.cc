#include "gateway/config/overrides.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

constexpr absl::string_view kPrefix = "PASSERELLE_CONFIG_";

}  // namespace

ConfigOverride FromEnvironment(absl::string_view entry) {
  const size_t equals = entry.find('=');
  absl::string_view name = entry.substr(0, equals);
  const std::string source(name);
  if (equals == absl::string_view::npos || !absl::ConsumePrefix(&name, kPrefix)) return {};
  return {source, absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"__", "."}}),
          std::string(entry.substr(equals + 1))};
}

std::vector<ConfigOverride> EnvironmentOverrides() {
  std::vector<ConfigOverride> overrides;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    ConfigOverride set = FromEnvironment(*entry);
    if (!set.source.empty()) overrides.push_back(std::move(set));
  }
  // A group before the keys within it, and the same outcome whatever order the environment has.
  std::sort(overrides.begin(), overrides.end(),
            [](const ConfigOverride& a, const ConfigOverride& b) { return a.path < b.path; });
  return overrides;
}

absl::StatusOr<ConfigOverride> FromFlag(absl::string_view assignment) {
  const size_t equals = assignment.find('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return base::Problem(base::Reason::kConfigInvalid, "--set", "KEY=VALUE is expected");
  }
  return ConfigOverride{"--set", std::string(assignment.substr(0, equals)), std::string(assignment.substr(equals + 1))};
}

absl::StatusOr<std::vector<ConfigOverride>> AllOverrides(const std::vector<std::string>& flags) {
  std::vector<ConfigOverride> overrides = EnvironmentOverrides();
  for (const std::string& assignment : flags) {
    ASSIGN_OR_RETURN(ConfigOverride set, FromFlag(assignment));
    overrides.push_back(std::move(set));
  }
  return overrides;
}

}  // namespace passerelle::gateway
