#include "core/erasure/retention.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/recognition/case_outcomes.h"
#include "core/recognition/clocks.h"
#include "core/sharing/authorisations.h"

namespace passerelle::erasure {
namespace {

using base::Problem;
using base::Reason;
using recognition::v1::CaseState;
using recognition::v1::RecognitionCase;

const v1::RetentionRule* Find(v1::RetentionClass retention_class, const Rules& rules) {
  for (const v1::RetentionRule& rule : rules) {
    if (rule.retention_class() == retention_class) return &rule;
  }
  return nullptr;
}

bool AtAuthority(const RecognitionCase& content, absl::string_view node) { return content.authority_node() == node; }

absl::CivilDay LastChange(const RecognitionCase& content) {
  return recognition::DayOf(base::FromProto(content.update_time()));
}

// Whether a case came to its end without a decision.
bool EndedUndecided(CaseState state) {
  switch (state) {
    case recognition::v1::CASE_STATE_NOT_DELIVERED:
    case recognition::v1::CASE_STATE_WITHDRAWN:
    case recognition::v1::CASE_STATE_LAPSED:
    case recognition::v1::CASE_STATE_ROUTED_RPL:
    case recognition::v1::CASE_STATE_OUT_OF_SCOPE:
      return true;
    default:
      return false;
  }
}

// The last day for an appeal, as far as one is open or can be made; nullopt for none.
struct Appeal {
  std::optional<absl::CivilDay> until;  // nullopt while no last day is known
};
std::optional<Appeal> OpenAppeal(const RecognitionCase& content, absl::CivilDay today) {
  // A policy without rules of a procedure has no appeal that the node would see the end of.
  if (content.outcome().revision() == 0) return std::nullopt;
  // The authority has the day in the procedure, the holder's side in what it was told.
  std::optional<absl::CivilDay> until = recognition::ParseDay(content.procedure().appeal_until());
  if (!until.has_value()) until = recognition::ParseDay(content.outcome().appeal_until());
  switch (content.state()) {
    case recognition::v1::CASE_STATE_DECIDED:
    case recognition::v1::CASE_STATE_APPEALED:
    case recognition::v1::CASE_STATE_APPEAL_DECIDED:
      return Appeal();
    case recognition::v1::CASE_STATE_NOTIFIED:
      if (until.has_value() && *until < today) return std::nullopt;
      return Appeal{until};
    case recognition::v1::CASE_STATE_REVOKED:
      if (!until.has_value() || *until < today) return std::nullopt;
      return Appeal{until};
    default:
      return std::nullopt;
  }
}

// Whoever keeps a file by its own law.
std::string AuthorityOf(const v1::RetentionRule* rule, const std::string& stated, absl::string_view node) {
  if (rule != nullptr && !rule->authority().empty()) return rule->authority();
  return stated.empty() ? std::string(node) : stated;
}

// A duty for as long as the class says from that day; for ever where no rule says. nullopt when it is over.
std::optional<Duty> ForPeriod(v1::RetentionGround ground, v1::RetentionClass retention_class, const Rules& rules,
                              absl::CivilDay from, absl::CivilDay today) {
  const v1::RetentionRule* const rule = Find(retention_class, rules);
  Duty duty{ground, "", std::nullopt, ""};
  if (rule == nullptr) return duty;
  duty.until = from + static_cast<int>(rule->days());
  duty.text = rule->ground();
  return *duty.until < today ? std::nullopt : std::optional<Duty>(duty);
}

}  // namespace

absl::Status CheckRules(const Rules& rules) {
  std::set<int> seen;
  for (size_t i = 0; i < rules.size(); ++i) {
    const v1::RetentionRule& rule = rules[i];
    const auto refuse = [&](absl::string_view field, absl::string_view detail) {
      return Problem(Reason::kConfigInvalid, absl::StrCat("retention_rules[", i, "].", field), detail);
    };
    if (rule.retention_class() == v1::RETENTION_CLASS_UNSPECIFIED ||
        !v1::RetentionClass_IsValid(rule.retention_class())) {
      return refuse("retention_class", "a class is expected");
    }
    if (!seen.insert(rule.retention_class()).second) return refuse("retention_class", "the class stands twice");
    if (rule.days() > kRetentionDaysMax) return refuse("days", absl::StrCat("at most ", kRetentionDaysMax));
    if (rule.ground().size() > kGroundBytesMax) return refuse("ground", "it is too long");
    if (rule.authority().size() > kGroundBytesMax) return refuse("authority", "it is too long");
  }
  return absl::OkStatus();
}

std::optional<Duty> DutyForCase(const RecognitionCase& content, absl::string_view node, const Rules& rules,
                                absl::CivilDay today) {
  const v1::RetentionRule* const rule = Find(v1::RETENTION_CLASS_DECIDED_CASE, rules);
  const std::string authority =
      AtAuthority(content, node)
          ? AuthorityOf(rule, content.outcome().competent_authority(), node)
          : AuthorityOf(nullptr, content.outcome().competent_authority(), content.authority_node());
  if (EndedUndecided(content.state())) return std::nullopt;
  if (!recognition::IsDecided(content.state())) {
    return Duty{v1::RETENTION_GROUND_PROCEDURE_OPEN, "", std::nullopt, authority};
  }
  const std::optional<Appeal> appeal = OpenAppeal(content, today);
  if (appeal.has_value()) return Duty{v1::RETENTION_GROUND_APPEAL_OPEN, "", appeal->until, authority};
  // The file is the authority's; what the holder's side has is the holder's.
  if (!AtAuthority(content, node)) return std::nullopt;
  std::optional<Duty> duty = ForPeriod(v1::RETENTION_GROUND_ARCHIVE_PERIOD, v1::RETENTION_CLASS_DECIDED_CASE, rules,
                                       LastChange(content), today);
  if (duty.has_value()) duty->authority = authority;
  return duty;
}

std::optional<Duty> DutyForAuthorisation(const sharing::v1::Authorisation& authorisation, absl::string_view node,
                                         const Rules& rules, absl::CivilDay today) {
  const absl::CivilDay end = recognition::DayOf(sharing::Authorisations::EndOf(authorisation));
  std::optional<Duty> duty =
      ForPeriod(v1::RETENTION_GROUND_PROOF, v1::RETENTION_CLASS_AUTHORISATION, rules, end, today);
  if (duty.has_value()) duty->authority = AuthorityOf(Find(v1::RETENTION_CLASS_AUTHORISATION, rules), "", node);
  return duty;
}

std::optional<Duty> DutyByHold(const v1::Hold& hold, absl::CivilDay today) {
  const std::optional<absl::CivilDay> until = recognition::ParseDay(hold.until());
  if (until.has_value() && *until < today) return std::nullopt;
  return Duty{v1::RETENTION_GROUND_LEGAL_CLAIM, hold.ground(), until, hold.authority()};
}

std::optional<v1::RetentionClass> ClassOfCase(const RecognitionCase& content, absl::string_view node,
                                              absl::CivilDay today) {
  const bool undecided = EndedUndecided(content.state());
  if (!undecided && (!recognition::IsDecided(content.state()) || OpenAppeal(content, today).has_value())) {
    return std::nullopt;
  }
  if (!AtAuthority(content, node)) return v1::RETENTION_CLASS_HOLDERS_CASE;
  return undecided ? v1::RETENTION_CLASS_UNDECIDED_CASE : v1::RETENTION_CLASS_DECIDED_CASE;
}

std::optional<int> DaysOf(v1::RetentionClass retention_class, const Rules& rules) {
  const v1::RetentionRule* const rule = Find(retention_class, rules);
  return rule == nullptr ? std::nullopt : std::optional<int>(static_cast<int>(rule->days()));
}

bool IsOver(v1::RetentionClass retention_class, const Rules& rules, absl::CivilDay from, absl::CivilDay today) {
  const std::optional<int> days = DaysOf(retention_class, rules);
  return days.has_value() && from + *days < today;
}

}  // namespace passerelle::erasure
