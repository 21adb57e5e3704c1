#include "core/proof/jose/claim_times.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::proof {

using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

namespace {

// A text with or without an offset; without one it is taken to be UTC.
std::optional<absl::Time> CredentialDate(element value) {
  const std::optional<absl::string_view> text = base::AsString(value);
  if (!text.has_value()) return std::nullopt;
  const std::optional<absl::Time> time = base::ParseDateTime(*text);
  return time.has_value() ? time : base::ParseDateTime(absl::StrCat(*text, "Z"));
}

}  // namespace

std::optional<absl::Time> NumericDate(element value) {
  double seconds = 0;
  if (!value.is_number() || value.get(seconds) != simdjson::SUCCESS || std::abs(seconds) > 1e12) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

void CheckMoment(object members, absl::string_view name, std::optional<absl::Time> (*read)(element), bool is_end,
                 absl::Time at, Findings& findings) {
  const std::optional<element> member = base::Find(members, name);
  if (!member.has_value()) return;
  const std::optional<absl::Time> moment = read(*member);
  if (!moment.has_value()) return findings.Refuse(Reason::kClaimInvalid, name, "it is no date of the right form");
  if (is_end && *moment < at) findings.Refuse(Reason::kExpired, name);
  if (!is_end && *moment > at + base::kTokenClockSkew) findings.Refuse(Reason::kNotYetValid, name);
}

void CheckClaimTimes(object claims, absl::Time at, Findings& findings) {
  CheckMoment(claims, "exp", NumericDate, true, at - base::kTokenClockSkew, findings);
  CheckMoment(claims, "nbf", NumericDate, false, at, findings);
  // The suite of the W3C itself writes it as a text.
  const std::optional<element> iat = base::Find(claims, "iat");
  if (iat.has_value() && !NumericDate(*iat).has_value()) findings.Note(Reason::kClaimInvalid, "iat", "no number");
}

void CheckCredentialTimes(object credential, absl::Time at, Findings& findings) {
  for (const absl::string_view begin : {"validFrom", "issuanceDate"}) {
    CheckMoment(credential, begin, CredentialDate, false, at, findings);
  }
  for (const absl::string_view end : {"validUntil", "expirationDate"}) {
    CheckMoment(credential, end, CredentialDate, true, at, findings);
  }
}

}  // namespace passerelle::proof
