#include "core/catalogue/provider_policies.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/decimal.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/day.h"
#include "core/catalogue/provider_types.h"
#include "core/elm/rules/text.h"

namespace passerelle::catalogue {
namespace {

using base::Decimal;
using base::Problem;
using base::Reason;

constexpr uint32_t kEqfLevelMax = 8;

bool IsFieldOfStudy(absl::string_view text) {
  return text.size() <= 4 && text.find_first_not_of("0123456789") == absl::string_view::npos;
}

absl::Status CheckPolicyAddresses(const v1::AcceptancePolicy& policy, const std::string& at) {
  if (!elm::IsWebAddress(policy.link())) {
    return Problem(Reason::kConfigInvalid, at + ".link", "a published policy has a web address");
  }
  if (!policy.process().empty() && !elm::IsWebAddress(policy.process())) {
    return Problem(Reason::kConfigInvalid, at + ".process", "it is no web address");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicyNumbers(const v1::AcceptancePolicy& policy, const std::string& at) {
  for (const auto& [name, level] : {std::pair{".least_eqf_level", policy.least_eqf_level()},
                                    std::pair{".most_eqf_level", policy.most_eqf_level()}}) {
    if (level > kEqfLevelMax) return Problem(Reason::kConfigInvalid, at + name, "levels are 1 to 8");
  }
  if (policy.most_eqf_level() != 0 && policy.most_eqf_level() < policy.least_eqf_level()) {
    return Problem(Reason::kConfigInvalid, at + ".most_eqf_level", "it is below the least one");
  }
  if (!policy.least_credits().empty() && !Decimal::Parse(policy.least_credits()).has_value()) {
    return Problem(Reason::kConfigInvalid, at + ".least_credits", "it is no decimal number such as 7.5");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicyCodes(const v1::AcceptancePolicy& policy, const std::string& at) {
  for (int i = 0; i < policy.fields_size(); ++i) {
    if (policy.fields(i).empty() || !IsFieldOfStudy(policy.fields(i))) {
      return Problem(Reason::kConfigInvalid, absl::StrCat(at, ".fields[", i, "]"), "it is no code of ISCED-F 2013");
    }
  }
  const auto& purposes = policy.purposes();
  if (purposes.empty() ||
      std::find(purposes.begin(), purposes.end(), v1::ACCEPTANCE_PURPOSE_UNSPECIFIED) != purposes.end()) {
    return Problem(Reason::kConfigInvalid, at + ".purposes", "a policy says what it is about");
  }
  const auto& schemes = policy.quality_schemes();
  if (std::find(schemes.begin(), schemes.end(), v1::QUALITY_ASSURANCE_SCHEME_UNSPECIFIED) != schemes.end()) {
    return Problem(Reason::kConfigInvalid, at + ".quality_schemes", "one of them is not stated");
  }
  return absl::OkStatus();
}

absl::Status CheckPolicy(const v1::AcceptancePolicy& policy, const std::string& at) {
  if (policy.version().empty()) return Problem(Reason::kConfigInvalid, at + ".version", "it is missing");
  RETURN_IF_ERROR(CheckPolicyAddresses(policy, at));
  RETURN_IF_ERROR(CheckPolicyNumbers(policy, at));
  RETURN_IF_ERROR(CheckPolicyCodes(policy, at));
  RETURN_IF_ERROR(CheckDay(policy.valid_from(), Reason::kConfigInvalid, at + ".valid_from"));
  return CheckDay(policy.valid_until(), Reason::kConfigInvalid, at + ".valid_until");
}

absl::Status CheckQuestion(const PolicyQuestion& question) {
  if (question.purpose == v1::ACCEPTANCE_PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  if (question.eqf_level > kEqfLevelMax) return Problem(Reason::kFieldInvalid, "eqf_level", "levels are 1 to 8");
  if (!question.credits.empty() && !Decimal::Parse(question.credits).has_value()) {
    return Problem(Reason::kFieldInvalid, "credits", "it is no decimal number such as 7.5");
  }
  if (!IsFieldOfStudy(question.field)) return Problem(Reason::kFieldInvalid, "field", "it is no code of ISCED-F 2013");
  RETURN_IF_ERROR(CheckDay(question.awarded, Reason::kFieldInvalid, "awarded"));
  if (!DayOf(question.day)) return Problem(Reason::kFieldInvalid, "day", "it is no day such as 2026-01-31");
  return absl::OkStatus();
}

// Puts a question to one policy, demand by demand.
class Asked {
 public:
  Asked(const v1::AcceptancePolicy& policy, const PolicyQuestion& question) : policy_(policy), question_(question) {}

  PolicyAnswer Run() && {
    Purpose();
    Level();
    Credits();
    Field();
    Quality();
    Age();
    if (!lacking_.empty()) return {{}, Acceptance::kDoesNotAccept, std::move(lacking_)};
    if (!open_.empty()) return {{}, Acceptance::kOpen, std::move(open_)};
    return {{}, Acceptance::kAccepts, {}};
  }

 private:
  void Purpose() {
    const auto& purposes = policy_.purposes();
    if (std::find(purposes.begin(), purposes.end(), question_.purpose) == purposes.end()) {
      lacking_.emplace_back("the policy is not about this purpose");
    }
  }

  void Level() {
    if (policy_.least_eqf_level() == 0 && policy_.most_eqf_level() == 0) return;
    if (question_.eqf_level == 0) {
      open_.emplace_back("the level is not stated");
    } else if (question_.eqf_level < policy_.least_eqf_level()) {
      lacking_.push_back(absl::StrCat("EQF level ", policy_.least_eqf_level(), " at least"));
    } else if (policy_.most_eqf_level() != 0 && question_.eqf_level > policy_.most_eqf_level()) {
      lacking_.push_back(absl::StrCat("EQF level ", policy_.most_eqf_level(), " at most"));
    }
  }

  void Credits() {
    if (policy_.least_credits().empty()) return;
    if (question_.credits.empty()) {
      open_.emplace_back("the credits are not stated");
    } else if (*Decimal::Parse(question_.credits) < *Decimal::Parse(policy_.least_credits())) {
      lacking_.push_back(absl::StrCat(policy_.least_credits(), " ECTS credits at least"));
    }
  }

  void Field() {
    if (policy_.fields().empty()) return;
    const auto within = [&](const std::string& field) { return absl::StartsWith(question_.field, field); };
    const auto broader = [&](const std::string& field) { return absl::StartsWith(field, question_.field); };
    if (std::any_of(policy_.fields().begin(), policy_.fields().end(), within)) return;
    if (std::any_of(policy_.fields().begin(), policy_.fields().end(), broader)) {
      open_.emplace_back(question_.field.empty() ? "the field is not stated" : "the field is stated too broadly");
    } else {
      lacking_.push_back(absl::StrCat("field ", absl::StrJoin(policy_.fields(), " or ")));
    }
  }

  void Quality() {
    const auto& accepted = policy_.quality_schemes();
    if (accepted.empty()) return;
    const auto is_accepted = [&](int scheme) {
      return std::find(accepted.begin(), accepted.end(), scheme) != accepted.end();
    };
    const auto& stated = question_.quality_schemes;
    if (std::any_of(stated.begin(), stated.end(), is_accepted)) return;
    // Another kind of quality assurance does not say that this one is missing.
    open_.emplace_back("quality assurance of a kind that the policy accepts is not stated");
  }

  void Age() {
    if (policy_.years_max() == 0) return;
    const std::optional<absl::CivilDay> awarded = DayOf(question_.awarded);
    if (!awarded.has_value()) {
      open_.emplace_back("the day of the award is not stated");
      return;
    }
    // A credential of 29 February has its anniversary on 1 March where there is no such day.
    const absl::CivilDay last(awarded->year() + policy_.years_max(), awarded->month(), awarded->day());
    if (*DayOf(question_.day) > last) {
      lacking_.push_back(absl::StrCat("awarded within ", policy_.years_max(), " years"));
    }
  }

  const v1::AcceptancePolicy& policy_;
  const PolicyQuestion& question_;
  std::vector<std::string> lacking_;
  std::vector<std::string> open_;
};

PolicyAnswer AnswerOf(const v1::ListedProvider& provider, const PolicyQuestion& question) {
  PolicyAnswer answer;
  if (!provider.has_policy()) {
    answer.why.emplace_back("policy: not published");
  } else if (!IsWithin(*DayOf(question.day), provider.policy().valid_from(), provider.policy().valid_until())) {
    answer.why.emplace_back("the published policy is not in force on this day");
  } else {
    answer = Asked(provider.policy(), question).Run();
  }
  answer.provider = provider;
  return answer;
}

}  // namespace

absl::string_view AcceptanceWord(Acceptance acceptance) {
  switch (acceptance) {
    case Acceptance::kAccepts:
      return "ACCEPTS";
    case Acceptance::kOpen:
      return "OPEN";
    case Acceptance::kDoesNotAccept:
      return "DOES_NOT_ACCEPT";
    case Acceptance::kNotPublished:
      return "NOT_PUBLISHED";
  }
  return "";
}

absl::Status CheckProviders(const v1::ProviderList& list) {
  std::set<absl::string_view> ids;
  for (int i = 0; i < list.providers_size(); ++i) {
    const v1::ListedProvider& provider = list.providers(i);
    const std::string at = absl::StrCat("providers[", i, "]");
    if (provider.id().empty()) return Problem(Reason::kConfigInvalid, at + ".id", "it is missing");
    if (!ids.insert(provider.id()).second) return Problem(Reason::kConfigInvalid, at + ".id", "it stands twice");
    RETURN_IF_ERROR(CheckProviderType(provider.type(), at + ".type"));
    if (provider.has_policy()) RETURN_IF_ERROR(CheckPolicy(provider.policy(), at + ".policy"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PolicyAnswer>> WhoAccepts(const v1::ProviderList& list, const PolicyQuestion& question) {
  RETURN_IF_ERROR(CheckProviders(list));
  RETURN_IF_ERROR(CheckQuestion(question));
  std::vector<PolicyAnswer> answers;
  for (const v1::ListedProvider& provider : list.providers()) {
    if (!question.country.empty() && provider.country() != question.country) continue;
    answers.push_back(AnswerOf(provider, question));
  }
  std::sort(answers.begin(), answers.end(), [](const PolicyAnswer& a, const PolicyAnswer& b) {
    return std::make_tuple(a.acceptance, absl::string_view(a.provider.id())) <
           std::make_tuple(b.acceptance, absl::string_view(b.provider.id()));
  });
  return answers;
}

}  // namespace passerelle::catalogue
