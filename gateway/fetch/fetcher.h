// Fetching over HTTP from servers that the configuration names, and from no other: status lists, and time-stamps for
// the command line. Nothing is fetched while a request is served, save the status of a student card.
//
// Bounded in bytes and time, with no proxy, no compression, no cookies, and at most kRedirectsMax redirects, all within
// one server. TLS 1.2 or newer, the certificate checked, and pinned where pins are given.
//
// Thread-safety: immutable; can be shared. Ownership: a value.
//
//   ASSIGN_OR_RETURN(const Fetcher fetcher, Fetcher::Make({{"https://status.example.org", {}, ""}}));
//   ASSIGN_OR_RETURN(const std::string bytes, fetcher.Get("https://status.example.org/lists/3", 4u << 20));
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace passerelle::gateway {

// Longest time of a request in all, redirects included, unless its server has another.
inline constexpr absl::Duration kFetchTime = absl::Seconds(10);

// A server that may be asked.
struct AllowedServer {
  std::string origin;                 // "https://status.example.org", with a port unless it is the scheme's own
  std::vector<std::string> key_pins;  // base64 of the SHA-256 of a SubjectPublicKeyInfo; none means any key
  std::string trusted_authorities;    // path of PEM certificates; empty means the system's
  absl::Duration time_limit = kFetchTime;
};

// What is sent with a POST.
struct HttpBody {
  std::string content_type;
  std::string bytes;
};

// What came back.
struct HttpReply {
  int status = 0;
  std::string bytes;
};

// Redirects of one request.
inline constexpr int kRedirectsMax = 3;

class Fetcher {
 public:
  // Problem: kConfigInvalid for an origin that is none, or stands twice, or has pins without TLS; the place is its
  // index, "[0].origin".
  static absl::StatusOr<Fetcher> Make(std::vector<AllowedServer> servers);

  // Whether the address is of one of the servers.
  bool Allows(absl::string_view address) const { return FindServer(address) != nullptr; }

  // The body of the answer 200. Problems, with the origin as place: kNoEvidence when the address is of no server that
  // is allowed, when the server cannot be reached or proven, or answers otherwise; kInputTooLarge.
  absl::StatusOr<std::string> Get(const std::string& address, size_t bytes_max) const;
  absl::StatusOr<std::string> Post(const std::string& address, const HttpBody& body, size_t bytes_max) const;
  // The same for whoever makes something of other answers than 200 too.
  absl::StatusOr<HttpReply> GetReply(const std::string& address, size_t bytes_max) const;

 private:
  explicit Fetcher(std::vector<AllowedServer> servers) : servers_(std::move(servers)) {}
  const AllowedServer* FindServer(absl::string_view address) const;
  absl::StatusOr<HttpReply> Run(std::string address, const HttpBody* body, size_t bytes_max) const;
  absl::StatusOr<std::string> BodyOf(const std::string& address, absl::StatusOr<HttpReply> reply) const;

  std::vector<AllowedServer> servers_;
};

// "scheme://host", and the port unless it is the scheme's own, in lower case. Problem: kFieldInvalid for anything but
// an http or https address without user and password.
absl::StatusOr<std::string> OriginOf(absl::string_view address);

}  // namespace passerelle::gateway
