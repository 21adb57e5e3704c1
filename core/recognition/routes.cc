#include "core/recognition/routes.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

struct Party {
  absl::string_view country;
  absl::string_view from;
  absl::string_view until;
};
constexpr Party kParties[] = {
#define PARTY(country, from, until) {country, from, until},
#include "core/recognition/legal_base.def"
#undef PARTY
};

// Member state that has not ratified, by the same source.
constexpr Party kNotParty = {"GR", "2023-02-01", ""};

RouteChoice Open(std::vector<absl::string_view> missing) {
  return {v1::RECOGNITION_ROUTE_UNSPECIFIED,
          "Which procedure applies cannot be told from what is known; what is missing is asked for.",
          std::move(missing)};
}

bool HasCredits(const v1::CredentialFacts& credential) { return !credential.workload().ects().empty(); }

// Rules 4, 6 and 7: by the setting of the learning and by whether it was assessed.
RouteChoice ByLearning(const v1::CredentialFacts& credential) {
  if (credential.setting() == v1::LEARNING_SETTING_INFORMAL) {
    return {v1::RECOGNITION_ROUTE_RPL_VALIDATION,
            "Informal learning leads to recognition through validation only; nothing is compared.",
            {}};
  }
  const v1::Known assessed = credential.assessment().assessed();
  if (assessed == v1::KNOWN_NO) {
    return {v1::RECOGNITION_ROUTE_RPL_VALIDATION,
            "The document certifies attendance: nothing is compared, what was learnt can be validated.",
            {}};
  }
  if (assessed == v1::KNOWN_UNSPECIFIED) return Open({"credential.assessment"});
  if (credential.setting() == v1::LEARNING_SETTING_NON_FORMAL) {
    return {v1::RECOGNITION_ROUTE_RPL_WITH_EVIDENCE,
            "Non-formal, assessed learning: the comparison is evidence for recognition of prior learning.",
            {}};
  }
  if (credential.setting() != v1::LEARNING_SETTING_FORMAL) return Open({"credential.setting"});
  if (HasCredits(credential) || credential.part_of_higher_education() == v1::KNOWN_YES) {
    return {v1::RECOGNITION_ROUTE_LRC,
            "Formal, assessed learning with credits or within higher education: academic recognition.",
            {}};
  }
  if (credential.part_of_higher_education() == v1::KNOWN_NO) {
    return {v1::RECOGNITION_ROUTE_RPL_WITH_EVIDENCE,
            "Formal, assessed learning outside higher education and without credits: the comparison is evidence for "
            "recognition of prior learning.",
            {}};
  }
  return Open({"credential.part_of_higher_education", "credential.workload"});
}

absl::string_view Without(absl::string_view prefix, absl::string_view name) {
  return absl::StartsWith(name, prefix) ? name.substr(prefix.size()) : name;
}

}  // namespace

RouteChoice ChooseRoute(const v1::CaseFacts& facts) {
  if (facts.aim() == v1::RECOGNITION_AIM_REGULATED_PROFESSION) {
    return {v1::RECOGNITION_ROUTE_OUT_OF_SCOPE_2005_36,
            "Access to a regulated profession is a matter of Directive 2005/36/EC: ask the single point of contact of "
            "the country, not this procedure.",
            {}};
  }
  if (facts.holder_is_subject() != v1::KNOWN_YES || facts.sharing_authorised() != v1::KNOWN_YES) {
    return {v1::RECOGNITION_ROUTE_BLOCKED_CONSENT,
            "The holder is not shown to be the subject, or has not authorised the sharing: nothing is looked at.",
            {}};
  }
  if (facts.aim() == v1::RECOGNITION_AIM_UNSPECIFIED) return Open({"aim"});
  if (facts.aim() == v1::RECOGNITION_AIM_EMPLOYMENT && facts.receiver() == v1::RECEIVER_KIND_EMPLOYER) {
    return {v1::RECOGNITION_ROUTE_EMPLOYMENT,
            "An employer gets a statement of facts, and a comparison on request; nothing binding.",
            {}};
  }
  if (facts.mobility().learning_agreement() == v1::KNOWN_YES && facts.aim() == v1::RECOGNITION_AIM_MOBILITY_CREDIT) {
    return {v1::RECOGNITION_ROUTE_MOBILITY_CREDIT, "A period abroad under a learning agreement.", {}};
  }
  return ByLearning(facts.credential());
}

bool HasAutomaticRules(v1::RecognitionRoute route) {
  return route == v1::RECOGNITION_ROUTE_LRC || route == v1::RECOGNITION_ROUTE_MOBILITY_CREDIT;
}

absl::string_view RouteWord(v1::RecognitionRoute route) {
  if (route == v1::RECOGNITION_ROUTE_UNSPECIFIED) return "NOT_KNOWN";
  return Without("RECOGNITION_ROUTE_", v1::RecognitionRoute_Name(route));
}

std::string CountryCode(absl::string_view country) {
  std::string code = absl::AsciiStrToUpper(country);
  return code == "EL" ? "GR" : code;
}

std::optional<bool> IsLisbonParty(absl::string_view country, absl::CivilDay day) {
  const std::string code = CountryCode(country);
  for (const Party& party : kParties) {
    if (party.country == code && Within(day, party.from, party.until)) return true;
  }
  if (code == kNotParty.country && Within(day, kNotParty.from, kNotParty.until)) return false;
  return std::nullopt;
}

bool CitesLisbon(absl::string_view legal_base) {
  const std::string text = absl::AsciiStrToLower(legal_base);
  return absl::StrContains(text, "lisbon") || absl::StrContains(text, "исабон") ||
         absl::StrContains(text, "cets 165") || absl::StrContains(text, "ets no. 165");
}

}  // namespace passerelle::recognition
