#include "core/authenticity/validity.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/authenticity/check.h"
#include "core/authenticity/signed_badge.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/jose/claim_times.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;

// Zones reach from 14 hours before UTC to 12 hours after.
constexpr absl::Duration kZoneEast = absl::Hours(14);
constexpr absl::Duration kZoneWest = absl::Hours(12);

struct Moment {
  absl::Time earliest;
  absl::Time latest;
};

std::optional<Moment> ReadMoment(const std::string& text) {
  absl::Time time;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return Moment{time, time};
  if (absl::ParseTime("%Y-%m-%d%ET%H:%M:%E*S", text, &time, nullptr)) {
    return Moment{time - kZoneEast, time + kZoneWest};
  }
  return std::nullopt;
}

// What one statement says at a time, by reason; the worst of all statements counts.
Reason JudgeStatement(const std::string& text, bool is_end, absl::Time at) {
  const std::optional<Moment> moment = ReadMoment(text);
  if (!moment.has_value()) return Reason::kFieldInvalid;
  // As the verifiers of signatures judge times: what another clock may see otherwise is no fault.
  const auto passed = [&](absl::Time time) {
    return is_end ? time < at - base::kTokenClockSkew : time <= at + base::kTokenClockSkew;
  };
  if (passed(moment->earliest) != passed(moment->latest)) return Reason::kFieldInvalid;
  if (is_end) return passed(moment->latest) ? Reason::kExpired : Reason::kWithinValidity;
  return passed(moment->latest) ? Reason::kWithinValidity : Reason::kNotYetValid;
}

int Gravity(Reason reason) {
  switch (reason) {
    case Reason::kExpired:
      return 3;
    case Reason::kNotYetValid:
      return 2;
    case Reason::kFieldInvalid:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::vector<ValidityStatement> StatementsOf(const elm::v3::EuropeanDigitalCredential& credential) {
  std::vector<ValidityStatement> statements = {{"validFrom", credential.valid_from(), false},
                                               {"issuanceDate", credential.issuance_date(), false},
                                               {"validUntil", credential.valid_until(), true}};
  for (const std::string& date : credential.expiration_date()) statements.push_back({"expirationDate", date, true});
  return statements;
}

std::vector<ValidityStatement> StatementsOf(const Sealed& sealed) {
  std::vector<ValidityStatement> statements;
  if (sealed.credential.has_value()) {
    for (const auto& [name, is_end] : {std::pair{"validFrom", false}, std::pair{"issuanceDate", false},
                                       std::pair{"validUntil", true}, std::pair{"expirationDate", true}}) {
      const auto date = base::FindString(*sealed.credential, name);
      if (date) statements.push_back({name, std::string(*date), is_end});
    }
  }
  if (sealed.claims.has_value()) {
    for (const auto& [name, is_end] : {std::pair{"nbf", false}, std::pair{"iat", false}, std::pair{"exp", true}}) {
      const auto claim = base::Find(*sealed.claims, name);
      const std::optional<absl::Time> time = claim ? proof::NumericDate(*claim) : std::nullopt;
      if (time) statements.push_back({name, base::WriteDateTime(*time), is_end});
    }
    if (const std::optional<SignedBadge> badge = ReadSignedBadge(*sealed.claims)) {
      statements.push_back({"issuedOn", std::string(badge->issued), false});
      statements.push_back({"expires", std::string(badge->expires), true});
    }
  }
  if (statements.empty() && sealed.claimed_time)
    statements.push_back({"signed", base::WriteDateTime(*sealed.claimed_time), false});
  return statements;
}

v1::Check CheckValidity(const std::vector<ValidityStatement>& statements, absl::Time at) {
  std::vector<std::string> inputs;
  std::optional<Reason> worst;
  for (const ValidityStatement& statement : statements) {
    if (statement.text.empty()) continue;
    const Reason reason = JudgeStatement(statement.text, statement.is_end, at);
    // A text that is no time may be anything, so it is not repeated.
    inputs.push_back(absl::StrCat(statement.term, "=", ReadMoment(statement.text) ? statement.text : "(no time)"));
    if (!worst.has_value() || Gravity(reason) > Gravity(*worst)) worst = reason;
  }
  const Reason reason = worst.value_or(Reason::kNotStated);
  const bool fails = reason == Reason::kExpired || reason == Reason::kNotYetValid;
  return MakeCheck("validity",
                   fails                               ? v1::CHECK_OUTCOME_FAIL
                   : reason == Reason::kWithinValidity ? v1::CHECK_OUTCOME_PASS
                                                       : v1::CHECK_OUTCOME_UNKNOWN,
                   reason, std::move(inputs));
}

}  // namespace passerelle::authenticity
