#include "tests/support/balancer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace passerelle::testing {
namespace {

constexpr int kLookMs = 50;  // how soon an end is noticed

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int to, const char* bytes, ssize_t count) {
  for (ssize_t sent = 0; sent < count;) {
    const ssize_t step = send(to, bytes + sent, static_cast<size_t>(count - sent), MSG_NOSIGNAL);
    if (step <= 0) return false;
    sent += step;
  }
  return true;
}

}  // namespace

Balancer::Balancer(Line line) : line_(std::move(line)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 64);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  accepter_ = std::thread([this] { Accept(); });
}

Balancer::~Balancer() {
  ending_ = true;
  accepter_.join();
  close(listener_);
  std::vector<std::thread> pumps;
  {
    const absl::MutexLock lock(&mutex_);
    pumps.swap(pumps_);
  }
  for (std::thread& pump : pumps) pump.join();
}

void Balancer::Serve(std::vector<int> ports) {
  const absl::MutexLock lock(&mutex_);
  connections_.assign(ports.size(), 0);
  ports_ = std::move(ports);
}

std::vector<int> Balancer::Connections() {
  const absl::MutexLock lock(&mutex_);
  return connections_;
}

void Balancer::Accept() {
  while (!ending_) {
    pollfd wait = {listener_, POLLIN, 0};
    if (poll(&wait, 1, kLookMs) <= 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const absl::MutexLock lock(&mutex_);
    pumps_.emplace_back([this, client] { Pump(client); });
  }
}

int Balancer::Connect() {
  const absl::MutexLock lock(&mutex_);
  for (size_t tried = 0; tried < ports_.size(); ++tried) {
    const size_t chosen = next_++ % ports_.size();
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(ports_[chosen]);
    if (connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0) {
      ++connections_[chosen];
      return server;
    }
    close(server);
  }
  return -1;
}

// Hands on what is there to read. False when the connection has ended.
bool Balancer::HandOn(int from, int to) const {
  char bytes[16384];
  const ssize_t count = recv(from, bytes, sizeof(bytes), 0);
  if (count <= 0) return false;
  const bool whole = line_();
  return SendAll(to, bytes, whole ? count : count / 2) && whole;
}

void Balancer::Pump(int client) {
  const int server = Connect();
  bool open = server >= 0;
  while (open && !ending_) {
    pollfd waits[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(waits, 2, kLookMs) <= 0) continue;
    if (waits[0].revents != 0) open = HandOn(client, server);
    if (open && waits[1].revents != 0) open = HandOn(server, client);
  }
  close(client);
  if (server >= 0) close(server);
}

}  // namespace passerelle::testing
