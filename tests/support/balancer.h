// A balancer of TCP connections on the loopback interface: each goes to the next server in turn that takes it. What a
// Service of Kubernetes does for the replicas behind it. It can also be a bad line.
//
// Thread-safety: thread-safe. Ownership: closes its connections and ends its threads when destroyed.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace passerelle::testing {

class Balancer {
 public:
  // Called before each piece that is handed on, from many threads: it may take its time, and with false the connection
  // is cut within the piece.
  using Line = std::function<bool()>;

  explicit Balancer(Line line = [] { return true; });
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;
  ~Balancer();

  int port() const { return port_; }
  // Ports of the servers behind it, from now on.
  void Serve(std::vector<int> ports);
  // How many connections went to each of them.
  std::vector<int> Connections();

 private:
  void Accept();
  // Connected to the next server that takes a connection, or -1.
  int Connect();
  void Pump(int client);

  bool HandOn(int from, int to) const;

  const Line line_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_ = false;
  absl::Mutex mutex_;
  std::vector<int> ports_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> connections_ ABSL_GUARDED_BY(mutex_);
  size_t next_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> pumps_ ABSL_GUARDED_BY(mutex_);
  std::thread accepter_;
};

}  // namespace passerelle::testing
