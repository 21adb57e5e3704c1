#include "gateway/store/postgres_hints.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace passerelle::gateway {
namespace {

constexpr absl::Duration kConnectAgain = absl::Seconds(1);
// Hints closer together than this are one.
constexpr absl::Duration kBetweenHints = absl::Milliseconds(10);
// How often it looks for what is to be told where no pipe could be made, in milliseconds.
constexpr int kLookWithoutPipeMs = 100;

std::string Channel(const std::string& schema) { return absl::StrCat("passerelle_", schema); }

}  // namespace

PostgresHints::PostgresHints(PostgresOptions options) : options_(std::move(options)) {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
    wake_read_ = ends[0];
    wake_write_ = ends[1];
  }
  thread_ = std::thread([this] { Run(); });
}

PostgresHints::~PostgresHints() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  Wake();
  thread_.join();
  if (wake_read_ >= 0) close(wake_read_);
  if (wake_write_ >= 0) close(wake_write_);
}

void PostgresHints::OnHint(std::function<void()> look) {
  const absl::MutexLock lock(&look_mutex_);
  look_ = std::move(look);
}

void PostgresHints::Give() {
  {
    const absl::MutexLock lock(&mutex_);
    if (given_) return;
    given_ = true;
  }
  Wake();
}

void PostgresHints::Wake() {
  // A full pipe wakes as well; without one, the time limit of the wait does.
  [[maybe_unused]] const ssize_t written = write(wake_write_, "", 1);
}

bool PostgresHints::Stopping() {
  const absl::MutexLock lock(&mutex_);
  return stopping_;
}

bool PostgresHints::TakeGiven() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(given_, false);
}

void PostgresHints::Look() {
  const absl::MutexLock lock(&look_mutex_);
  if (look_) look_();
}

void PostgresHints::Run() {
  while (!Stopping()) {
    const auto connection = PostgresConnection::Open(options_);
    // Losing a hint with the machine costs nothing; its transaction need not wait for the disk.
    if (connection.ok() && (*connection)->Execute("SET synchronous_commit = off").ok() &&
        (*connection)->Execute(absl::StrCat("LISTEN ", Channel(options_.schema))).ok()) {
      Serve(**connection);
    }
    const absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kConnectAgain);
  }
}

void PostgresHints::Serve(PostgresConnection& connection) {
  const std::string notify = absl::StrCat("NOTIFY ", Channel(options_.schema));
  while (!Stopping()) {
    if (TakeGiven()) {
      if (!connection.Execute(notify).ok()) return;
      absl::SleepFor(kBetweenHints);
    }
    bool heard = false;
    while (PGnotify* const hint = PQnotifies(connection.handle())) {
      // Its own hints come back to the one who gave them.
      heard = heard || hint->be_pid != PQbackendPID(connection.handle());
      PQfreemem(hint);
    }
    if (heard) Look();
    pollfd waits[] = {{PQsocket(connection.handle()), POLLIN, 0}, {wake_read_, POLLIN, 0}};
    if (poll(waits, 2, wake_read_ < 0 ? kLookWithoutPipeMs : -1) < 0) continue;
    char bytes[64];
    while (read(wake_read_, bytes, sizeof(bytes)) > 0) {
    }
    if (PQconsumeInput(connection.handle()) != 1) return;
  }
}

}  // namespace passerelle::gateway
