#include "core/federation/duplicate_memory.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::federation {
namespace {

absl::Duration Stated(bool stated, const google::protobuf::Duration& duration, absl::Duration otherwise) {
  return stated ? base::FromProto(duration) : otherwise;
}

std::string PlaceIn(const v1::Node& node, absl::string_view field) {
  return absl::StrCat("nodes[", node.id(), "].", field);
}

absl::Status Unusable(const v1::Node& node, absl::string_view field, absl::string_view detail) {
  return base::Problem(base::Reason::kNodeMapUnusable, PlaceIn(node, field), detail);
}

}  // namespace

absl::Duration DuplicateMemoryOf(const v1::Node& node) {
  return Stated(node.has_duplicate_memory(), node.duplicate_memory(), base::kDuplicateMemory);
}

absl::Duration SendingHorizonOf(const v1::Node& node) {
  return Stated(node.has_sending_horizon(), node.sending_horizon(), base::kExchangeLifeMax);
}

absl::Duration ClockBoundOf(const v1::Node& node) {
  return Stated(node.has_clock_bound(), node.clock_bound(), kClockBoundDefault);
}

absl::Status CheckDuplicateMemory(const v1::Node& sender, const v1::Node& receiver) {
  const absl::Duration needed =
      SendingHorizonOf(sender) + base::kFreshnessWindow + ClockBoundOf(sender) + ClockBoundOf(receiver);
  if (DuplicateMemoryOf(receiver) >= needed) return absl::OkStatus();
  return base::Problem(base::Reason::kDuplicateMemoryTooShort, PlaceIn(receiver, "duplicate_memory"),
                       absl::StrCat("it is ", absl::FormatDuration(DuplicateMemoryOf(receiver)), ", and ", sender.id(),
                                    " may repeat a message for ", absl::FormatDuration(needed)));
}

absl::Status CheckOwnTerms(const v1::Node& own) {
  if (DuplicateMemoryOf(own) > base::kDuplicateMemory) {
    return Unusable(own, "duplicate_memory",
                    absl::StrCat("this node remembers for ", absl::FormatDuration(base::kDuplicateMemory)));
  }
  if (SendingHorizonOf(own) < base::kExchangeLifeMax) {
    return Unusable(own, "sending_horizon",
                    absl::StrCat("this node tries for up to ", absl::FormatDuration(base::kExchangeLifeMax)));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::federation
