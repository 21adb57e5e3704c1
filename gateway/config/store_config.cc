#include "gateway/config/store_config.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "gateway/config/node_config.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr int kConnectionsDefault = 10;
constexpr int kConnectionsLeast = 2;  // a reader beside a writer
constexpr int kConnectionsMost = 100;
constexpr int kTimeLimitDefaultSeconds = 5;
constexpr absl::Duration kTimeLimitMost = absl::Minutes(1);
constexpr size_t kSchemaBytesMost = 63;  // of an identifier of PostgreSQL
constexpr size_t kPasswordBytesMost = 1024;

absl::Status RefuseStore(absl::string_view key, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, absl::StrCat("postgresql_store.", key), detail);
}

// The schema's name is put into statements as it is.
bool IsSchemaName(absl::string_view name) {
  if (name.empty() || name.size() > kSchemaBytesMost || absl::ascii_isdigit(name[0])) return false;
  for (const char c : name) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '_') return false;
  }
  // Names that begin so belong to PostgreSQL.
  return name.substr(0, 3) != "pg_";
}

absl::Status CheckConnection(const std::string& connection) {
  if (connection.empty()) return RefuseStore("connection", "is missing");
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(connection.c_str(), &message), PQconninfoFree);
  PQfreemem(message);  // it could quote the string
  if (parsed == nullptr) return RefuseStore("connection", "it is no connection string of libpq");
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && absl::string_view(option->keyword) == "password") {
      return RefuseStore("connection", "a password stands in it; use password_file or password_variable");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void CompleteStore(const std::string& folder, config::v1::NodeConfig* config) {
  if (!config->store().empty()) config->set_store(ResolvePath(folder, config->store()));
  if (!config->has_postgresql_store()) return;
  config::v1::PostgresqlStore* const store = config->mutable_postgresql_store();
  if (!store->password_file().empty()) store->set_password_file(ResolvePath(folder, store->password_file()));
  if (store->schema().empty()) store->set_schema("passerelle");
  if (store->connections() == 0) store->set_connections(kConnectionsDefault);
  if (!store->has_time_limit()) store->mutable_time_limit()->set_seconds(kTimeLimitDefaultSeconds);
}

absl::Status CheckStore(const config::v1::NodeConfig& config) {
  if (!config.has_postgresql_store()) {
    return config.store().empty() ? Problem(Reason::kConfigInvalid, "store", "is missing") : absl::OkStatus();
  }
  if (!config.store().empty()) return Problem(Reason::kConfigInvalid, "store", "one of store and postgresql_store");
  const config::v1::PostgresqlStore& store = config.postgresql_store();
  RETURN_IF_ERROR(CheckConnection(store.connection()));
  if (!store.password_file().empty() && !store.password_variable().empty()) {
    return RefuseStore("password_variable", "one of password_file and password_variable");
  }
  if (!IsSchemaName(store.schema())) {
    return RefuseStore("schema", "lower-case letters, digits and underscores are expected, no digit first");
  }
  if (store.connections() < kConnectionsLeast || store.connections() > kConnectionsMost) {
    return RefuseStore("connections", absl::StrCat(kConnectionsLeast, " to ", kConnectionsMost));
  }
  const absl::Duration limit = base::FromProto(store.time_limit());
  if (limit < absl::Milliseconds(100) || limit > kTimeLimitMost) {
    return RefuseStore("time_limit", absl::StrCat("from 100ms to ", absl::FormatDuration(kTimeLimitMost)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> LoadStorePassword(const config::v1::PostgresqlStore& store) {
  if (!store.password_variable().empty()) {
    const char* const value = std::getenv(store.password_variable().c_str());
    if (value == nullptr || *value == '\0') return RefuseStore("password_variable", "the variable is not set");
    return std::string(value);
  }
  if (store.password_file().empty()) return std::string();
  ASSIGN_OR_RETURN(std::string text, ReadFile(store.password_file(), kPasswordBytesMost));
  absl::string_view line = text;
  absl::ConsumeSuffix(&line, "\n");
  absl::ConsumeSuffix(&line, "\r");
  if (line.empty() || line.find_first_of(absl::string_view("\n\0", 2)) != absl::string_view::npos) {
    return RefuseStore("password_file", "one line is expected");
  }
  return std::string(line);
}

}  // namespace passerelle::gateway
