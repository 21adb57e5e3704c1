#include "core/authenticity/validity.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"

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
  // A credential holds from its begin, and ceases to hold at its end.
  const bool passed_surely = at >= moment->latest;
  const bool passed_perhaps = at >= moment->earliest;
  if (passed_surely != passed_perhaps) return Reason::kFieldInvalid;
  if (is_end) return passed_surely ? Reason::kExpired : Reason::kWithinValidity;
  return passed_surely ? Reason::kWithinValidity : Reason::kNotYetValid;
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

v1::Check CheckValidity(const elm::v3::EuropeanDigitalCredential& credential, absl::Time at) {
  struct Statement {
    const char* term;
    const std::string& text;
    bool is_end;
  };
  std::vector<Statement> statements = {{"validFrom", credential.valid_from(), false},
                                       {"issuanceDate", credential.issuance_date(), false},
                                       {"validUntil", credential.valid_until(), true}};
  for (const std::string& date : credential.expiration_date()) statements.push_back({"expirationDate", date, true});

  v1::Check check;
  check.set_name("validity");
  std::optional<Reason> worst;
  for (const Statement& statement : statements) {
    if (statement.text.empty()) continue;
    const Reason reason = JudgeStatement(statement.text, statement.is_end, at);
    // A text that is no time may be anything, so it is not repeated.
    check.add_inputs(absl::StrCat(statement.term, "=", ReadMoment(statement.text) ? statement.text : "(no time)"));
    if (!worst.has_value() || Gravity(reason) > Gravity(*worst)) worst = reason;
  }
  const Reason reason = worst.value_or(Reason::kNotStated);
  const bool fails = reason == Reason::kExpired || reason == Reason::kNotYetValid;
  check.set_outcome(fails                               ? v1::CHECK_OUTCOME_FAIL
                    : reason == Reason::kWithinValidity ? v1::CHECK_OUTCOME_PASS
                                                        : v1::CHECK_OUTCOME_UNKNOWN);
  const absl::string_view name = base::Catalogue(reason).name;
  check.set_reason(std::string(name));
  return check;
}

}  // namespace passerelle::authenticity
