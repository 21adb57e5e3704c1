// A PostgreSQL server of the test's own: made in a temporary folder, listening on a socket in it only, run by a user
// who is not root, and gone with the object.
//
// Thread-safety: for one thread. Ownership: owns the processes and the folder.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace passerelle::testing {

class PostgresqlServer {
 public:
  // NotFound with a reason where Debian's postgresql-15 is not installed or cannot be run. Files are not synchronised,
  // unless `durable`: for those who measure.
  static absl::StatusOr<std::unique_ptr<PostgresqlServer>> Start(bool durable = false);
  ~PostgresqlServer();

  std::string ConnectionString() const;
  // The same as an address.
  std::string ConnectionUri() const;
  // Runs statements as the database's owner; failures are failures of the test.
  void Execute(const std::string& sql);
  // The first value of a query's first row.
  std::string Ask(const std::string& sql);
  void Stop();
  // `file_kib_most` limits the size of the server's files, which is the nearest thing to a full disk that a test can
  // make; 0 for no limit.
  absl::Status Restart(int file_kib_most = 0);

 private:
  PostgresqlServer(std::string folder, bool durable) : folder_(std::move(folder)), durable_(durable) {}
  // Runs a command of PostgreSQL as a user who is not root; its exit code.
  // `before` is for the shell.
  int Run(const std::string& command, const std::string& before = "") const;

  const std::string folder_;
  const bool durable_;
};

}  // namespace passerelle::testing
