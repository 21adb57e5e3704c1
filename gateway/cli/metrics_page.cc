#include "gateway/cli/metrics_page.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"

namespace passerelle::gateway {
namespace {

constexpr size_t kPageBytesMax = 4u << 20;
constexpr timeval kPatience = {.tv_sec = 2, .tv_usec = 0};
// HTTP/1.0: the answer ends with the connection, and has no chunks.
constexpr char kRequest[] = "GET /metrics HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n";

}  // namespace

absl::StatusOr<std::string> ReadMetricsPage(int port) {
  const absl::Status unreachable =
      base::Problem(base::Reason::kPeerUnreachable, absl::StrCat("127.0.0.1:", port), "the metrics page");
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return unreachable;
  const auto closer = absl::MakeCleanup([descriptor] { close(descriptor); });
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof(kPatience));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      send(descriptor, kRequest, sizeof(kRequest) - 1, MSG_NOSIGNAL) != sizeof(kRequest) - 1) {
    return unreachable;
  }
  std::string answer;
  char block[16 * 1024];
  ssize_t count = 0;
  while ((count = recv(descriptor, block, sizeof(block), 0)) > 0) {
    answer.append(block, static_cast<size_t>(count));
    if (answer.size() > kPageBytesMax) return base::Problem(base::Reason::kInputTooLarge, "the metrics page");
  }
  const size_t body = answer.find("\r\n\r\n");
  if (count < 0 || body == std::string::npos || !absl::StrContains(answer.substr(0, answer.find('\r')), " 200")) {
    return unreachable;
  }
  return answer.substr(body + 4);
}

double MetricSum(absl::string_view page, absl::string_view metric, const std::vector<std::string>& labels) {
  double sum = 0;
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    if (!absl::StartsWith(line, absl::StrCat(metric, "{")) && !absl::StartsWith(line, absl::StrCat(metric, " "))) {
      continue;
    }
    const bool wanted = std::all_of(labels.begin(), labels.end(),
                                    [line](const std::string& label) { return absl::StrContains(line, label); });
    double value = 0;
    if (wanted && absl::SimpleAtod(line.substr(line.rfind(' ') + 1), &value)) sum += value;
  }
  return sum;
}

}  // namespace passerelle::gateway
