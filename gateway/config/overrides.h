// What overrides single keys of the configuration file: a variable of the environment, or a flag. The order is flag,
// environment, file, default.
//
// A variable is PASSERELLE_CONFIG_ and the key in capitals, with two underscores for a dot:
// PASSERELLE_CONFIG_CLIENT_PORT__LISTEN=0.0.0.0:7001 sets client_port.listen. A flag is --set client_port.listen=…
//
// Thread-safety: free functions; EnvironmentOverrides only while no other thread changes the environment.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

struct ConfigOverride {
  std::string source;  // where it comes from, for problems: the variable's name, or "--set"
  std::string path;    // "client_port.listen"
  std::string value;   // a single value as it is; a list or a group in YAML
};

// Those of this process's environment, by name. A name that is no key is refused when the configuration is loaded.
std::vector<ConfigOverride> EnvironmentOverrides();

// The override that one entry of an environment ("NAME=value") makes; no path when it is none of ours.
ConfigOverride FromEnvironment(absl::string_view entry);

// A flag's "key=value". Problem: kConfigInvalid without a key or an equals sign.
absl::StatusOr<ConfigOverride> FromFlag(absl::string_view assignment);

// Those of the environment and then those of the flags, which count more because they come last.
absl::StatusOr<std::vector<ConfigOverride>> AllOverrides(const std::vector<std::string>& flags);

}  // namespace passerelle::gateway
