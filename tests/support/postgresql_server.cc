#include "tests/support/postgresql_server.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace passerelle::testing {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin";

}  // namespace

int PostgresqlServer::Run(const std::string& command, const std::string& before) const {
  // PostgreSQL refuses to be run by root; Debian's package brings a user for it.
  const std::string as_user = geteuid() == 0 ? "runuser -u postgres -- " : "";
  return std::system(
      absl::StrCat("cd ", folder_, " && ", before, as_user, kPrograms, "/", command, " > log 2>&1").c_str());
}

absl::StatusOr<std::unique_ptr<PostgresqlServer>> PostgresqlServer::Start(bool durable) {
  if (!std::filesystem::exists(absl::StrCat(kPrograms, "/initdb"))) {
    return absl::NotFoundError("postgresql-15 is not installed (scripts/setup.sh installs it)");
  }
  // Paths of sockets are short.
  char folder[] = "/tmp/passerelle-pg-XXXXXX";
  if (mkdtemp(folder) == nullptr) return absl::NotFoundError("no temporary folder can be made");
  std::unique_ptr<PostgresqlServer> server(new PostgresqlServer(folder, durable));
  const std::string own = absl::StrCat("chown postgres ", folder);
  if (geteuid() == 0 && std::system(own.c_str()) != 0) return absl::NotFoundError("there is no user postgres");
  if (server->Run("initdb -D data -U owner -A trust --no-sync -E UTF8 --no-locale") != 0) {
    return absl::NotFoundError("initdb cannot be run here");
  }
  const absl::Status started = server->Restart();
  if (!started.ok()) return started;
  return server;
}

absl::Status PostgresqlServer::Restart(int file_kib_most) {
  // The shell counts in blocks of 512 bytes.
  const std::string limit = file_kib_most == 0 ? "" : absl::StrCat("ulimit -f ", 2 * file_kib_most, " && ");
  const std::string options =
      absl::StrCat("\"-c listen_addresses='' -c fsync=", durable_ ? "on" : "off", " -k ", folder_, "\"");
  if (Run(absl::StrCat("pg_ctl -D data -w -l server.log -o ", options, " start"), limit) != 0) {
    return absl::NotFoundError("the server cannot be started here");
  }
  return absl::OkStatus();
}

void PostgresqlServer::Stop() { Run("pg_ctl -D data -w -m immediate stop"); }

PostgresqlServer::~PostgresqlServer() {
  Stop();
  std::filesystem::remove_all(folder_);
}

std::string PostgresqlServer::ConnectionString() const {
  return absl::StrCat("host=", folder_, " dbname=postgres user=owner");
}

std::string PostgresqlServer::ConnectionUri() const {
  return absl::StrCat("postgresql:///postgres?host=", folder_, "&user=owner");
}

void PostgresqlServer::Execute(const std::string& sql) {
  PGconn* const connection = PQconnectdb(ConnectionString().c_str());
  PGresult* const result = PQexec(connection, sql.c_str());
  EXPECT_EQ(PQresultStatus(result), PGRES_COMMAND_OK) << PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
}

std::string PostgresqlServer::Ask(const std::string& sql) {
  PGconn* const connection = PQconnectdb(ConnectionString().c_str());
  PGresult* const result = PQexec(connection, sql.c_str());
  EXPECT_EQ(PQresultStatus(result), PGRES_TUPLES_OK) << PQerrorMessage(connection);
  std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
  PQclear(result);
  PQfinish(connection);
  return value;
}

}  // namespace passerelle::testing
