// YAML files as protobuf messages, by reflection: configuration, node map, policies, register index.
//
// Keys are field names; an unknown key is refused with the nearest known one. Enum values are written by short name in
// lower case ("active") or full name; durations as "10s", "1.5s" or "24h"; times as RFC 3339; bytes in base64. A scalar
// for a text field is its text as written, so that the node id NO stays "NO".
//
// Thread-safety: free functions on values.
//
//   config::v1::NodeConfig config;
//   RETURN_IF_ERROR(ReadYaml(bytes, "node.yaml", &config));
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace passerelle::gateway {

// `name` is the file's name; places read "name:line: path". Problem: kConfigInvalid.
absl::Status ReadYaml(absl::string_view bytes, absl::string_view name, google::protobuf::Message* message);

// The same of a file; kInputNotReadable, kConfigInvalid.
absl::Status ReadYamlFile(const std::string& path, google::protobuf::Message* message);

// Sets one field, as an override does: `path` such as "client_port.listen", `value` as text for a single value and as
// YAML for a list or a group. What stood there is replaced. `source` is the override's name for places. Problem:
// kConfigInvalid.
absl::Status SetYamlField(absl::string_view source, absl::string_view path, absl::string_view value,
                          google::protobuf::Message* message);

// The message as YAML that ReadYaml reads back. Fields with default values are left out.
std::string WriteYaml(const google::protobuf::Message& message);

}  // namespace passerelle::gateway
