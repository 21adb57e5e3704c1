// Hints between the replicas of a node: "something is due at once", by LISTEN and NOTIFY of PostgreSQL. One connection
// and one thread of their own, so that no write waits for a hint and many writes make one.
//
// A hint may be lost with the connection, which is made again in the background; nothing but speed depends on it.
//
// Thread-safety: thread-safe. Ownership: ends its thread when destroyed.
#pragma once

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "gateway/store/postgres_connection.h"

namespace passerelle::gateway {

class PostgresHints {
 public:
  explicit PostgresHints(PostgresOptions options);
  PostgresHints(const PostgresHints&) = delete;
  PostgresHints& operator=(const PostgresHints&) = delete;
  ~PostgresHints();

  // As SharedStore::OnHint.
  void OnHint(std::function<void()> look);
  // Tells the other replicas, soon.
  void Give();

 private:
  void Run();
  // Until something fails: tells what is to be told and hears what others tell.
  void Serve(PostgresConnection& connection);
  bool Stopping();
  bool TakeGiven();
  void Wake();
  void Look();

  const PostgresOptions options_;
  int wake_read_ = -1;  // a pipe that ends the wait for the server; negative where none could be made
  int wake_write_ = -1;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool given_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Mutex look_mutex_;
  std::function<void()> look_ ABSL_GUARDED_BY(look_mutex_);
  std::thread thread_;
};

}  // namespace passerelle::gateway
