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
  // NotFound with a reason where Debian's postgresql-15 is not installed or cannot be run.
  static absl::StatusOr<std::unique_ptr<PostgresqlServer>> Start();
  ~PostgresqlServer();

  std::string ConnectionString() const;
  // Runs statements as the database's owner; failures are failures of the test.
  void Execute(const std::string& sql);
  void Stop();
  absl::Status Restart();

 private:
  explicit PostgresqlServer(std::string folder) : folder_(std::move(folder)) {}
  // Runs a command of PostgreSQL as a user who is not root; its exit code.
  int Run(const std::string& command) const;

  const std::string folder_;
};

}  // namespace passerelle::testing
