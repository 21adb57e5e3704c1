#include "gateway/fetch/fetcher.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::Duration kConnectTime = absl::Seconds(5);
constexpr int kHttpOk = 200;

struct FreeCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
template <typename T>
using OwnedCurl = std::unique_ptr<T, FreeCurl>;

bool IsReady() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

std::string Part(CURLU* url, CURLUPart part, unsigned int flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string out = text;
  curl_free(text);
  return out;
}

// What arrives, up to a limit.
struct Received {
  std::string bytes;
  size_t bytes_max = 0;
  bool too_large = false;
};

size_t Receive(char* data, size_t size, size_t count, void* to) {
  auto* received = static_cast<Received*>(to);
  if (received->bytes.size() + size * count > received->bytes_max) {
    received->too_large = true;
    return 0;
  }
  received->bytes.append(data, size * count);
  return size * count;
}

// In milliseconds, and at least one: none would be no limit.
long TimeLimitOf(const AllowedServer& server) {
  return std::max(1L, static_cast<long>(absl::ToInt64Milliseconds(server.time_limit)));
}

// Signals are left to libcurl: it keeps SIGPIPE away, and needs no alarm, since it resolves names on a thread.
void SetServer(CURL* handle, const AllowedServer& server) {
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "passerelle");
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, TimeLimitOf(server));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(kConnectTime)));
  if (!server.trusted_authorities.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, server.trusted_authorities.c_str());
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
  }
  if (!server.key_pins.empty()) {
    const std::string pins = absl::StrCat("sha256//", absl::StrJoin(server.key_pins, ";sha256//"));
    curl_easy_setopt(handle, CURLOPT_PINNEDPUBLICKEY, pins.c_str());
  }
}

// One request: the status of the answer, and where it points to when it is a redirect.
struct Answer {
  long status = 0;
  std::string redirect;
};

absl::StatusOr<Answer> Ask(const std::string& address, const AllowedServer& server, const HttpBody* body,
                           Received& received) {
  const OwnedCurl<CURL> handle(IsReady() ? curl_easy_init() : nullptr);
  if (handle == nullptr) return Problem(Reason::kInternal, server.origin, "libcurl does not start");
  SetServer(handle.get(), server);
  curl_easy_setopt(handle.get(), CURLOPT_URL, address.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, Receive);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &received);
  OwnedCurl<curl_slist> headers;
  if (body != nullptr) {
    headers.reset(curl_slist_append(nullptr, absl::StrCat("Content-Type: ", body->content_type).c_str()));
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body->bytes.size()));
    curl_easy_setopt(handle.get(), CURLOPT_POSTFIELDS, body->bytes.data());
  }
  const CURLcode code = curl_easy_perform(handle.get());
  if (received.too_large) {
    return Problem(Reason::kInputTooLarge, server.origin, absl::StrCat("the limit is ", received.bytes_max, " bytes"));
  }
  if (code != CURLE_OK) return Problem(Reason::kNoEvidence, server.origin, curl_easy_strerror(code));
  Answer answer;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  char* redirect = nullptr;
  curl_easy_getinfo(handle.get(), CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) answer.redirect = redirect;
  return answer;
}

}  // namespace

absl::StatusOr<std::string> OriginOf(absl::string_view address) {
  const absl::Status invalid = Problem(Reason::kFieldInvalid, "address", "it is no plain http or https address");
  const OwnedCurl<CURLU> url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, std::string(address).c_str(), 0) != CURLUE_OK) {
    return invalid;
  }
  const std::string scheme = absl::AsciiStrToLower(Part(url.get(), CURLUPART_SCHEME, 0));
  const std::string host = absl::AsciiStrToLower(Part(url.get(), CURLUPART_HOST, 0));
  const std::string port = Part(url.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
  const bool named = !Part(url.get(), CURLUPART_USER, 0).empty() || !Part(url.get(), CURLUPART_PASSWORD, 0).empty();
  if ((scheme != "http" && scheme != "https") || host.empty() || named) return invalid;
  return absl::StrCat(scheme, "://", host, port.empty() ? "" : ":", port);
}

absl::StatusOr<Fetcher> Fetcher::Make(std::vector<AllowedServer> servers) {
  for (size_t i = 0; i < servers.size(); ++i) {
    const std::string place = absl::StrCat("[", i, "].origin");
    const absl::StatusOr<std::string> origin = OriginOf(servers[i].origin);
    if (!origin.ok() || *origin != servers[i].origin) {
      return Problem(Reason::kConfigInvalid, place, "an origin such as https://status.example.org is expected");
    }
    for (size_t j = 0; j < i; ++j) {
      if (servers[j].origin == *origin) return Problem(Reason::kConfigInvalid, place, "stands twice");
    }
    const bool plain = absl::StartsWith(*origin, "http:");
    if (plain && (!servers[i].key_pins.empty() || !servers[i].trusted_authorities.empty())) {
      return Problem(Reason::kConfigInvalid, place, "without TLS there is no key to pin and no certificate");
    }
  }
  return Fetcher(std::move(servers));
}

const AllowedServer* Fetcher::FindServer(absl::string_view address) const {
  const absl::StatusOr<std::string> origin = OriginOf(address);
  if (!origin.ok()) return nullptr;
  for (const AllowedServer& server : servers_) {
    if (server.origin == *origin) return &server;
  }
  return nullptr;
}

absl::StatusOr<HttpReply> Fetcher::Run(std::string address, const HttpBody* body, size_t bytes_max) const {
  const AllowedServer* const server = FindServer(address);
  if (server == nullptr) return Problem(Reason::kNoEvidence, "address", "its server is not one that is allowed");
  const absl::Time end = absl::Now() + server->time_limit;
  AllowedServer asked = *server;
  for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
    Received received;
    received.bytes_max = bytes_max;
    asked.time_limit = end - absl::Now();
    ASSIGN_OR_RETURN(const Answer answer, Ask(address, asked, body, received));
    if (answer.redirect.empty() || body != nullptr) {
      return HttpReply{static_cast<int>(answer.status), std::move(received.bytes)};
    }
    if (FindServer(answer.redirect) != server) {
      return Problem(Reason::kNoEvidence, server->origin, "the server points to another one");
    }
    address = answer.redirect;
  }
  return Problem(Reason::kNoEvidence, server->origin, "the server points on and on");
}

absl::StatusOr<std::string> Fetcher::BodyOf(const std::string& address, absl::StatusOr<HttpReply> reply) const {
  if (!reply.ok()) return reply.status();
  if (reply->status == kHttpOk) return std::move(reply->bytes);
  return Problem(Reason::kNoEvidence, FindServer(address)->origin, absl::StrCat("the server answers ", reply->status));
}

absl::StatusOr<std::string> Fetcher::Get(const std::string& address, size_t bytes_max) const {
  return BodyOf(address, Run(address, nullptr, bytes_max));
}

absl::StatusOr<std::string> Fetcher::Post(const std::string& address, const HttpBody& body, size_t bytes_max) const {
  return BodyOf(address, Run(address, &body, bytes_max));
}

absl::StatusOr<HttpReply> Fetcher::GetReply(const std::string& address, size_t bytes_max) const {
  return Run(address, nullptr, bytes_max);
}

}  // namespace passerelle::gateway
