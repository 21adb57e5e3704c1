#include "core/proof/credential_times.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/limits.h"

namespace passerelle::proof {
namespace {

std::optional<absl::Time> ReadDate(simdjson::dom::element value) {
  const std::optional<absl::string_view> text = base::AsString(value);
  if (!text.has_value()) return std::nullopt;
  const std::optional<absl::Time> time = base::ParseDateTime(*text);
  return time.has_value() ? time : base::ParseDateTime(absl::StrCat(*text, "Z"));
}

}  // namespace

void CheckDate(simdjson::dom::object members, absl::string_view name, Bound bound, absl::Time at, Findings& findings) {
  const auto member = base::Find(members, name);
  if (!member.has_value()) return;
  const std::optional<absl::Time> moment = ReadDate(*member);
  if (!moment.has_value()) {
    findings.Refuse(base::Reason::kClaimInvalid, name, "it is no date of the right form");
  } else if (bound == Bound::kEnd && *moment < at - base::kTokenClockSkew) {
    findings.Refuse(base::Reason::kExpired, name);
  } else if (bound == Bound::kBegin && *moment > at + base::kTokenClockSkew) {
    findings.Refuse(base::Reason::kNotYetValid, name);
  }
}

void CheckCredentialTimes(simdjson::dom::object credential, absl::Time at, Findings& findings) {
  for (const absl::string_view begin : {"validFrom", "issuanceDate"}) {
    CheckDate(credential, begin, Bound::kBegin, at, findings);
  }
  for (const absl::string_view end : {"validUntil", "expirationDate"}) {
    CheckDate(credential, end, Bound::kEnd, at, findings);
  }
}

absl::string_view IdOf(std::optional<simdjson::dom::element> value) {
  if (!value.has_value()) return "";
  const auto object = base::AsObject(*value);
  return object.has_value() ? base::FindString(*object, "id").value_or("") : base::AsString(*value).value_or("");
}

}  // namespace passerelle::proof
