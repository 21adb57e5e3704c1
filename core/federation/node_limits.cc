#include "core/federation/node_limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"

namespace passerelle::federation {
namespace {

absl::Status Exceeded(base::Reason reason, const v1::Node& receiver, absl::string_view limit, uint64_t most) {
  return base::Problem(reason, absl::StrCat("nodes[", receiver.id(), "].limits.", limit),
                       absl::StrCat("at most ", most));
}

}  // namespace

absl::Status CheckMessageSize(const v1::Node& receiver, size_t bytes) {
  const uint64_t most = receiver.limits().message_bytes_max();
  if (most == 0 || bytes <= most) return absl::OkStatus();
  return Exceeded(base::Reason::kInputTooLarge, receiver, "message_bytes_max", most);
}

absl::Status MessageRate::Take(const v1::Node& receiver, absl::string_view sender, absl::Time now) {
  const uint32_t most = receiver.limits().messages_per_minute_max();
  if (most == 0) return absl::OkStatus();
  const absl::MutexLock lock(&mutex_);
  Bucket& bucket = buckets_.try_emplace(sender, Bucket{static_cast<double>(most), now}).first->second;
  // A clock that was set back gives nothing and takes nothing.
  const absl::Duration passed = std::max(absl::ZeroDuration(), now - bucket.counted_at);
  bucket.left = std::min<double>(most, bucket.left + absl::FDivDuration(passed, absl::Minutes(1)) * most);
  bucket.counted_at = now;
  if (bucket.left < 1) return Exceeded(base::Reason::kOverloaded, receiver, "messages_per_minute_max", most);
  bucket.left -= 1;
  return absl::OkStatus();
}

}  // namespace passerelle::federation
