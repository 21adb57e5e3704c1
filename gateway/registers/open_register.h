// The register that a configuration names.
//
// Thread-safety: free function.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "core/base/port/clock.h"
#include "core/registers/register.h"
#include "passerelle/config/v1/node_config.pb.h"

namespace passerelle::gateway {

// Null if the configuration names none. `changed` is told of reloads (file_register.h) and may be null. A database or
// service that is away is no problem: questions find that out. Problems: those of FileRegister::Open, kConfigInvalid.
absl::StatusOr<std::unique_ptr<registers::Register>> OpenRegister(const config::v1::NodeConfig& config,
                                                                  const base::Clock* clock,
                                                                  std::function<void(const absl::Status&)> changed);

}  // namespace passerelle::gateway
