#include "core/proof/jose/claim_times.h"

#include <cmath>

#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::proof {

using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

std::optional<absl::Time> NumericDate(element value) {
  double seconds = 0;
  if (!value.is_number() || value.get(seconds) != simdjson::SUCCESS || std::abs(seconds) > 1e12) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

namespace {

void CheckMoment(object claims, absl::string_view name, bool is_end, absl::Time at, Findings& findings) {
  const std::optional<element> member = base::Find(claims, name);
  if (!member.has_value()) return;
  const std::optional<absl::Time> moment = NumericDate(*member);
  if (!moment.has_value()) return findings.Refuse(Reason::kClaimInvalid, name, "it is no date of the right form");
  if (is_end && *moment < at - base::kTokenClockSkew) findings.Refuse(Reason::kExpired, name);
  if (!is_end && *moment > at + base::kTokenClockSkew) findings.Refuse(Reason::kNotYetValid, name);
}

}  // namespace

void CheckClaimTimes(object claims, absl::Time at, Findings& findings) {
  CheckMoment(claims, "exp", true, at, findings);
  CheckMoment(claims, "nbf", false, at, findings);
  // The suite of the W3C itself writes it as a text.
  const std::optional<element> iat = base::Find(claims, "iat");
  if (iat.has_value() && !NumericDate(*iat).has_value()) findings.Note(Reason::kClaimInvalid, "iat", "no number");
}

}  // namespace passerelle::proof
