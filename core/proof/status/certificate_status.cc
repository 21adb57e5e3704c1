#include "core/proof/status/certificate_status.h"

#include <algorithm>
#include <optional>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/x509/revocation.h"

namespace passerelle::proof {
namespace {

using base::Reason;

constexpr absl::string_view kPlace = "certificate";

}  // namespace

StatusOutcome CheckCertificateStatus(const Certificate& certificate, const Certificate& issuer,
                                     absl::Span<const std::string> addresses, const StatusLists& lists,
                                     absl::Time now) {
  RevocationEvidence evidence;
  for (const std::string& address : addresses) {
    const std::optional<StoredStatusList> list = lists.Find(address);
    if (list) evidence.revocation_lists.push_back(*list->bytes);
  }
  const RevocationAnswer answer = CheckRevocation(certificate, issuer, evidence, now);
  StatusOutcome outcome;
  outcome.place = std::string(kPlace);
  if (answer.status == RevocationStatus::kUnknown) {
    outcome.reason = Reason::kNoEvidence;
    outcome.detail = evidence.revocation_lists.empty() ? "no list was ever fetched" : "no list is by the issuer";
    return outcome;
  }
  outcome.age = std::max(now - answer.as_of, absl::ZeroDuration());
  const absl::Time latest = answer.as_of + base::kStatusStaleMax;
  const absl::Time fresh_until = std::min(answer.next_update.value_or(latest), latest);
  outcome.stale = now > fresh_until;
  outcome.within_grace = outcome.stale && now <= fresh_until + base::kStatusStaleMax;
  if (answer.status == RevocationStatus::kRevoked) {
    outcome.state = StatusState::kRevoked;
    outcome.reason = Reason::kCertificateRevoked;
  } else if (outcome.stale) {
    outcome.reason = Reason::kStatusStale;
  } else {
    outcome.state = StatusState::kGood;
    outcome.reason = Reason::kStatusGood;
  }
  return outcome;
}

}  // namespace passerelle::proof
