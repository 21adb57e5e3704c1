#include "core/pathway/check_pathway.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/pathway/amount.h"
#include "core/pathway/criterion.h"
#include "core/pathway/eligibility.h"
#include "core/pathway/relations.h"

namespace passerelle::pathway {
namespace {

using base::Problem;
using base::Reason;

constexpr uint32_t kLevelMax = 8;         // of the European Qualifications Framework
constexpr uint32_t kAgeMonthsMax = 1200;  // a century, so that a slip of the pen is found

absl::Status Invalid(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, place, detail);
}

absl::Status Contradictory(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kPathwayContradictory, place, detail);
}

absl::Status CheckDay(const std::string& day, absl::string_view place, Reason reason) {
  // Days are compared as texts, so that only one spelling will do.
  if (day.empty() || MonthsLater(day, 0) == day) return absl::OkStatus();
  return Problem(reason, place, "it is no day such as 2026-01-31");
}

absl::Status CheckLevel(uint32_t level, absl::string_view place, Reason reason) {
  if (level <= kLevelMax) return absl::OkStatus();
  return Problem(reason, place, "levels go from 1 to 8");
}

absl::Status CheckCredits(const std::string& text, absl::string_view place) {
  const std::optional<Amount> credits = ParseAmount(text);
  if (!credits.has_value()) return Invalid(place, "it is no decimal number such as 7.5");
  if (*credits == 0) return Invalid(place, "no credits at all ask for nothing");
  return absl::OkStatus();
}

absl::Status CheckFraction(const std::string& text, absl::string_view place) {
  const std::optional<Amount> fraction = ParseAmount(text);
  if (!fraction.has_value()) return Invalid(place, "it is no decimal number such as 0.75");
  if (*fraction > kOneCredit) return Invalid(place, "a share is at most 1, which is all");
  return absl::OkStatus();
}

absl::Status CheckField(const std::string& field, absl::string_view place) {
  const bool digits = field.find_first_not_of("0123456789") == std::string::npos;
  if (field.empty() || (digits && field.size() >= 2 && field.size() <= 4)) return absl::OkStatus();
  return Invalid(place, "fields of ISCED-F have two to four digits");
}

absl::Status CheckScope(const v1::Scope& scope, const std::string& place) {
  RETURN_IF_ERROR(CheckField(scope.field(), place + ".field"));
  return CheckLevel(scope.least_eqf_level(), place + ".least_eqf_level", Reason::kConfigInvalid);
}

absl::Status CheckElement(const v1::Element& element, const std::string& place) {
  if (element.id().empty()) return Invalid(place + ".id", "it is missing");
  if (element.specifications().empty() && element.outcomes().empty() && element.least_eqf_level() == 0 &&
      element.least_credits().empty()) {
    return Invalid(place, "the element says nothing of what it asks for");
  }
  if (!element.least_credits().empty())
    RETURN_IF_ERROR(CheckCredits(element.least_credits(), place + ".least_credits"));
  return CheckLevel(element.least_eqf_level(), place + ".least_eqf_level", Reason::kConfigInvalid);
}

absl::Status CheckPlaces(const v1::Rule& rule, const std::string& place) {
  const v1::PlacesRule& places = *PlacesOf(rule);
  if (places.elements().empty()) return Invalid(place + ".elements", "there is no place to fill");
  if (places.elements_size() > kPlacesMax) return Invalid(place + ".elements", "there are too many");
  std::set<std::string> seen;
  for (int i = 0; i < places.elements_size(); ++i) {
    const std::string at = absl::StrCat(place, ".elements[", i, "]");
    RETURN_IF_ERROR(CheckElement(places.elements(i), at));
    if (!seen.insert(places.elements(i).id()).second) return Invalid(at + ".id", "it stands in this rule already");
  }
  if (static_cast<int>(places.least()) > places.elements_size()) {
    return Invalid(place + ".least", "more places have to be filled than there are");
  }
  if (places.least() > 0 && rule.kind_case() != v1::Rule::kNOf) {
    return Invalid(place + ".least", "only a rule of the kind n_of says how many");
  }
  if (places.least() == 0 && rule.kind_case() == v1::Rule::kNOf) return Invalid(place + ".least", "it is missing");
  return absl::OkStatus();
}

absl::Status CheckShare(const v1::ShareRule& share, const std::string& place) {
  if (share.fraction().empty() == share.credits().empty()) {
    return Invalid(place, "it needs either a fraction or credits; where both are meant, they are two rules");
  }
  if (DescribeScope(share.scope()).empty()) return Invalid(place + ".scope", "it is missing: a share of what?");
  RETURN_IF_ERROR(CheckScope(share.scope(), place + ".scope"));
  if (!share.fraction().empty()) return CheckFraction(share.fraction(), place + ".fraction");
  return CheckCredits(share.credits(), place + ".credits");
}

absl::Status CheckSequence(const v1::Pathway& pathway, const v1::SequenceRule& rule, const std::string& place) {
  if (rule.elements_size() < 2) return Invalid(place + ".elements", "an order needs two elements at least");
  if (rule.elements_size() > kPlacesMax) return Invalid(place + ".elements", "there are too many");
  std::set<std::string> known;
  for (const v1::Element* element : ElementsOf(pathway)) known.insert(element->id());
  for (int i = 0; i < rule.elements_size(); ++i) {
    if (known.count(rule.elements(i)) > 0) continue;
    return Invalid(absl::StrCat(place, ".elements[", i, "]"), "no place of the pathway has this element");
  }
  return absl::OkStatus();
}

absl::Status CheckCoverage(const v1::CoverageRule& rule, const std::string& place) {
  if (rule.outcomes().empty()) return Invalid(place + ".outcomes", "there is nothing to cover");
  if (rule.outcomes_size() > kPlacesMax) return Invalid(place + ".outcomes", "there are too many");
  for (int i = 0; i < rule.outcomes_size(); ++i) {
    if (rule.outcomes(i).id().empty()) return Invalid(absl::StrCat(place, ".outcomes[", i, "].id"), "it is missing");
  }
  if (rule.match() == v1::MATCH_MODE_UNSPECIFIED) return Invalid(place + ".match", "it is missing");
  return absl::OkStatus();
}

absl::Status CheckItemRule(const v1::Rule& rule, const std::string& place) {
  switch (rule.kind_case()) {
    case v1::Rule::kMaxAge:
      if (rule.max_age().months() == 0 || rule.max_age().months() > kAgeMonthsMax) {
        return Invalid(place + ".months", absl::StrCat("it goes from 1 to ", kAgeMonthsMax));
      }
      return CheckField(rule.max_age().field(), place + ".field");
    case v1::Rule::kMinGrade:
      if (rule.min_grade().scheme().empty()) return Invalid(place + ".scheme", "it is missing");
      if (rule.min_grade().accepted().empty()) return Invalid(place + ".accepted", "no grade would be enough");
      return absl::OkStatus();
    case v1::Rule::kQaAccepted:
      if (rule.qa_accepted().schemes().empty()) return Invalid(place + ".schemes", "no scheme would be enough");
      return absl::OkStatus();
    case v1::Rule::kExclusiveUse:
      if (rule.exclusive_use().use() == v1::EXCLUSIVE_USE_UNSPECIFIED) return Invalid(place + ".use", "it is missing");
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::Status CheckRule(const v1::Pathway& pathway, const v1::Rule& rule, const std::string& place) {
  switch (rule.kind_case()) {
    case v1::Rule::kMinCredits:
      RETURN_IF_ERROR(CheckCredits(rule.min_credits().credits(), place + ".credits"));
      return CheckScope(rule.min_credits().scope(), place + ".scope");
    case v1::Rule::kMaxCredits:
      RETURN_IF_ERROR(CheckCredits(rule.max_credits().credits(), place + ".credits"));
      return CheckScope(rule.max_credits().scope(), place + ".scope");
    case v1::Rule::kMinShare:
      return CheckShare(rule.min_share(), place);
    case v1::Rule::kRequired:
    case v1::Rule::kOneOf:
    case v1::Rule::kNOf:
    case v1::Rule::kCapstone:
      return CheckPlaces(rule, place);
    case v1::Rule::kSequence:
      return CheckSequence(pathway, rule.sequence(), place);
    case v1::Rule::kPrerequisite:
      return CheckElement(rule.prerequisite().element(), place + ".element");
    case v1::Rule::kCoverage:
      return CheckCoverage(rule.coverage(), place);
    case v1::Rule::kMaxOverlap:
      if (rule.max_overlap().action() == v1::OVERLAP_ACTION_UNSPECIFIED) {
        return Invalid(place + ".action", "it is missing");
      }
      return CheckFraction(rule.max_overlap().fraction(), place + ".fraction");
    case v1::Rule::kMaxExternal:
      return CheckFraction(rule.max_external().fraction(), place + ".fraction");
    case v1::Rule::KIND_NOT_SET:
      return Invalid(place, "the rule says nothing of what it asks for");
    default:
      return CheckItemRule(rule, place);
  }
}

std::string KindOf(const v1::Rule& rule) {
  if (rule.kind_case() == v1::Rule::KIND_NOT_SET) return "kind";
  return std::string(v1::Rule::descriptor()->FindFieldByNumber(static_cast<int>(rule.kind_case()))->name());
}

std::string PlaceOfRule(const v1::Pathway& pathway, int index) {
  return absl::StrCat("rules[", index, "].", KindOf(pathway.rules(index)));
}

// Whether every credit of one scope is surely one of the other.
bool IsWithin(const v1::Scope& inner, const v1::Scope& outer) {
  return DescribeScope(outer).empty() || inner.SerializeAsString() == outer.SerializeAsString();
}

// Credits that a rule asks for at least, and of which.
const v1::Scope* LeastCredits(const v1::Rule& rule, Amount* least) {
  if (rule.has_min_credits()) {
    *least = ParseAmount(rule.min_credits().credits()).value_or(0);
    return &rule.min_credits().scope();
  }
  if (rule.has_min_share() && !rule.min_share().credits().empty()) {
    *least = ParseAmount(rule.min_share().credits()).value_or(0);
    return &rule.min_share().scope();
  }
  return nullptr;
}

absl::Status CheckLeastAgainstMost(const v1::Pathway& pathway) {
  for (int most = 0; most < pathway.rules_size(); ++most) {
    if (!pathway.rules(most).has_max_credits()) continue;
    const v1::CreditRule& rule = pathway.rules(most).max_credits();
    const Amount limit = ParseAmount(rule.credits()).value_or(0);
    for (const v1::Rule& other : pathway.rules()) {
      Amount least = 0;
      const v1::Scope* const scope = LeastCredits(other, &least);
      if (scope == nullptr || least <= limit || !IsWithin(*scope, rule.scope())) continue;
      return Contradictory(absl::StrCat(PlaceOfRule(pathway, most), ".credits"),
                           absl::StrCat("it contradicts the rule ", other.id(), ", which asks for ", WriteAmount(least),
                                        " credits, while no more than ", WriteAmount(limit), " may count"));
    }
  }
  return absl::OkStatus();
}

using Order = std::map<std::string, std::set<std::string>>;  // by element, what comes right after it

// Whether some element comes before itself. Takes away what nothing comes before, until nothing or a circle is left.
bool HasCircle(const Order& after) {
  std::map<std::string, int> before;  // how many elements come right before it
  for (const auto& [element, next] : after) {
    before.try_emplace(element, 0);
    for (const std::string& later : next) ++before[later];
  }
  std::vector<std::string> open;
  for (const auto& [element, count] : before) {
    if (count == 0) open.push_back(element);
  }
  size_t taken = 0;
  for (; !open.empty(); ++taken) {
    const auto next = after.find(open.back());
    open.pop_back();
    if (next == after.end()) continue;
    for (const std::string& later : next->second) {
      if (--before[later] == 0) open.push_back(later);
    }
  }
  return taken < before.size();
}

// Whether what comes after `from`, by any rule, comes before it too.
bool ComesBack(const Order& after, const std::string& from) {
  std::set<std::string> seen;
  std::vector<std::string> open = {from};
  while (!open.empty()) {
    const std::string element = open.back();
    open.pop_back();
    const auto next = after.find(element);
    if (next == after.end()) continue;
    for (const std::string& later : next->second) {
      if (later == from) return true;
      if (seen.insert(later).second) open.push_back(later);
    }
  }
  return false;
}

absl::Status CheckOrders(const v1::Pathway& pathway) {
  Order after;
  bool any = false;
  for (int i = 0; i < pathway.rules_size(); ++i) {
    const v1::SequenceRule& rule = pathway.rules(i).sequence();
    any = any || pathway.rules(i).has_sequence();
    for (int e = 1; e < rule.elements_size(); ++e) after[rule.elements(e - 1)].insert(rule.elements(e));
    if (rule.elements().empty() || !HasCircle(after)) continue;
    for (int e = 0; e < rule.elements_size(); ++e) {
      if (!ComesBack(after, rule.elements(e))) continue;
      return Contradictory(absl::StrCat(PlaceOfRule(pathway, i), ".elements[", e, "]"),
                           "the orders contradict each other: the element would have to come before itself");
    }
  }
  if (!any && pathway.type() == v1::PATHWAY_TYPE_RIGID) {
    return Invalid("type", "a rigid pathway needs a rule of the kind sequence");
  }
  return absl::OkStatus();
}

absl::Status CheckHead(const v1::Pathway& pathway) {
  if (pathway.id().empty()) return Invalid("id", "it is missing");
  if (pathway.version().empty()) return Invalid("version", "it is missing");
  if (pathway.owner().empty()) return Invalid("owner", "it is missing: a pathway without an owner cannot be used");
  RETURN_IF_ERROR(CheckDay(pathway.valid_from(), "valid_from", Reason::kConfigInvalid));
  RETURN_IF_ERROR(CheckDay(pathway.valid_to(), "valid_to", Reason::kConfigInvalid));
  if (!pathway.valid_to().empty() && pathway.valid_to() < pathway.valid_from()) {
    return Invalid("valid_to", "it is before valid_from");
  }
  if (pathway.status() == v1::PATHWAY_STATUS_UNSPECIFIED) return Invalid("status", "it is missing");
  if (pathway.type() == v1::PATHWAY_TYPE_UNSPECIFIED) return Invalid("type", "it is missing");
  RETURN_IF_ERROR(CheckLevel(pathway.target().eqf_level(), "target.eqf_level", Reason::kConfigInvalid));
  if (pathway.rules().empty()) return Invalid("rules", "the pathway asks for nothing, and everything would satisfy it");
  if (pathway.rules_size() > kRulesMax) return Invalid("rules", "there are too many");
  return absl::OkStatus();
}

// Whether the rule asks for an award; the others say which awards count, or how many of them at most.
bool AsksForSomething(const v1::Rule& rule) {
  return !LooksAtOneItem(rule) && !rule.has_max_credits() && !rule.has_max_overlap() && !rule.has_max_external() &&
         !rule.has_sequence();
}

// Kinds of which a second rule could only contradict the first.
bool IsSingle(const v1::Rule& rule) { return rule.has_exclusive_use() || rule.has_max_overlap(); }

absl::Status CheckItem(const v1::Item& item, const std::string& place) {
  if (item.id().empty()) return Problem(Reason::kFieldMissing, place + ".id");
  if (item.parts_size() > kItemsMax) return Problem(Reason::kInputTooLarge, place + ".parts");
  RETURN_IF_ERROR(CheckDay(item.award_date(), place + ".award_date", Reason::kFieldInvalid));
  RETURN_IF_ERROR(CheckDay(item.renewal_date(), place + ".renewal_date", Reason::kFieldInvalid));
  RETURN_IF_ERROR(CheckDay(item.valid_until(), place + ".valid_until", Reason::kFieldInvalid));
  RETURN_IF_ERROR(CheckLevel(item.eqf_level(), place + ".eqf_level", Reason::kFieldInvalid));
  for (const auto& [field, text] :
       {std::pair("credits_low", &item.credits_low()), std::pair("credits_high", &item.credits_high())}) {
    if (text->empty() || ParseAmount(*text).has_value()) continue;
    return Problem(Reason::kFieldInvalid, absl::StrCat(place, ".", field), "it is no decimal number such as 7.5");
  }
  const Credits credits = CreditsOf(item);
  if (credits.high < credits.low) {
    return Problem(Reason::kFieldInvalid, place + ".credits_high", "it is less than credits_low");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckPathway(const v1::Pathway& pathway) {
  RETURN_IF_ERROR(CheckHead(pathway));
  std::set<std::string> ids;
  std::set<int> single;
  for (int i = 0; i < pathway.rules_size(); ++i) {
    const v1::Rule& rule = pathway.rules(i);
    if (rule.id().empty()) return Invalid(absl::StrCat("rules[", i, "].id"), "it is missing");
    if (!ids.insert(rule.id()).second) return Invalid(absl::StrCat("rules[", i, "].id"), "another rule has it");
    RETURN_IF_ERROR(CheckRule(pathway, rule, PlaceOfRule(pathway, i)));
    if (IsSingle(rule) && !single.insert(static_cast<int>(rule.kind_case())).second) {
      return Contradictory(PlaceOfRule(pathway, i), "the pathway has a rule of this kind already");
    }
  }
  if (std::none_of(pathway.rules().begin(), pathway.rules().end(), AsksForSomething)) {
    return Invalid("rules", "the pathway asks for no award at all, and nothing would satisfy it");
  }
  RETURN_IF_ERROR(CheckLeastAgainstMost(pathway));
  return CheckOrders(pathway);
}

absl::Status CheckItems(const std::vector<v1::Item>& items) {
  if (items.size() > static_cast<size_t>(kItemsMax)) {
    return Problem(Reason::kInputTooLarge, "items", absl::StrCat("at most ", kItemsMax, " are evaluated at once"));
  }
  for (size_t i = 0; i < items.size(); ++i) RETURN_IF_ERROR(CheckItem(items[i], absl::StrCat("items[", i, "]")));
  return CheckRelations(items);
}

}  // namespace passerelle::pathway
