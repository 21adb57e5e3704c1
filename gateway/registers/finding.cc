#include "gateway/registers/finding.h"

#include "core/base/proto_time.h"

namespace passerelle::gateway {

authenticity::v1::AuthenticityAnswer FindingOf(const registers::v1::RegisterEntry* entry, absl::string_view sha256,
                                               absl::Time register_time, absl::Time now) {
  authenticity::v1::AuthenticityAnswer answer;
  answer.set_sha256(std::string(sha256));
  *answer.mutable_register_time() = base::ToProto(register_time);
  if (entry == nullptr || base::FromProto(entry->issue_time()) > now) {
    answer.set_finding(authenticity::v1::REGISTER_FINDING_NOT_ISSUED);
    return answer;
  }
  *answer.mutable_issue_time() = entry->issue_time();
  const bool revoked = entry->has_revoke_time() && base::FromProto(entry->revoke_time()) <= now;
  if (revoked) *answer.mutable_revoke_time() = entry->revoke_time();
  answer.set_finding(revoked ? authenticity::v1::REGISTER_FINDING_REVOKED
                             : authenticity::v1::REGISTER_FINDING_IN_FORCE);
  return answer;
}

}  // namespace passerelle::gateway
