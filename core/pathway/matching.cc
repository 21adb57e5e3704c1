#include "core/pathway/matching.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace passerelle::pathway {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

bool Contains(const Texts& texts, absl::string_view text) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& other) { return other == text; });
}

bool SharesOne(const Texts& a, const Texts& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& text) { return Contains(b, text); });
}

Answer IsAtLevel(const v1::Item& item, uint32_t least) {
  if (least == 0) return Answer::kYes;
  if (item.eqf_level() == 0) return Answer::kUnknown;
  return item.eqf_level() >= least ? Answer::kYes : Answer::kNo;
}

Answer HasSpecification(const v1::Item& item, const v1::Element& element) {
  if (element.specifications().empty() || SharesOne(element.specifications(), item.specifications())) {
    return Answer::kYes;
  }
  const bool same_title = !element.title().empty() && absl::EqualsIgnoreCase(element.title(), item.title());
  return item.specifications().empty() && same_title ? Answer::kUnknown : Answer::kNo;
}

// All outcomes of the element.
Answer HasOutcomes(const v1::Item& item, const v1::Element& element) {
  const bool all = std::all_of(element.outcomes().begin(), element.outcomes().end(), [&](const std::string& outcome) {
    return Contains(item.outcomes(), outcome) || Contains(item.confirmed_outcomes(), outcome);
  });
  if (all) return Answer::kYes;
  const bool open = !item.outcome_texts().empty() || item.outcomes().empty();
  return open ? Answer::kUnknown : Answer::kNo;
}

Answer HasCredits(const v1::Item& item, const std::string& least) {
  const Amount needed = ParseAmount(least).value_or(0);
  const Credits credits = CreditsOf(item);
  if (credits.low >= needed) return Answer::kYes;
  return credits.high < needed ? Answer::kNo : Answer::kUnknown;
}

}  // namespace

Credits CreditsOf(const v1::Item& item) {
  Credits credits;
  credits.low = ParseAmount(item.credits_low()).value_or(0);
  credits.high = ParseAmount(item.credits_high()).value_or(item.credits_low().empty() ? kAnyAmount : credits.low);
  return credits;
}

Answer IsAwardedBy(const v1::Item& item, absl::string_view provider) {
  if (Contains(item.providers(), provider)) return Answer::kYes;
  return item.providers().empty() ? Answer::kUnknown : Answer::kNo;
}

Answer IsInField(const v1::Item& item, absl::string_view field) {
  Answer answer = item.fields().empty() ? Answer::kUnknown : Answer::kNo;
  for (const std::string& stated : item.fields()) {
    if (absl::StartsWith(stated, field)) return Answer::kYes;
    if (absl::StartsWith(field, stated)) answer = Answer::kUnknown;
  }
  return answer;
}

Answer IsInScope(const v1::Item& item, const v1::Scope& scope) {
  Answer answer = IsAtLevel(item, scope.least_eqf_level());
  if (!scope.field().empty()) answer = std::min(answer, IsInField(item, scope.field()));
  if (!scope.outcomes().empty() && !SharesOne(scope.outcomes(), item.outcomes()) &&
      !SharesOne(scope.outcomes(), item.confirmed_outcomes())) {
    const bool open = item.outcomes().empty() || !item.outcome_texts().empty();
    answer = std::min(answer, open ? Answer::kUnknown : Answer::kNo);
  }
  if (!scope.providers().empty()) {
    Answer any = Answer::kNo;
    for (const std::string& provider : scope.providers()) any = std::max(any, IsAwardedBy(item, provider));
    answer = std::min(answer, any);
  }
  return answer;
}

Answer IsElement(const v1::Item& item, const v1::Element& element) {
  return std::min({HasSpecification(item, element), HasOutcomes(item, element),
                   IsAtLevel(item, element.least_eqf_level()), HasCredits(item, element.least_credits())});
}

std::string DescribeScope(const v1::Scope& scope) {
  std::vector<std::string> parts;
  if (!scope.field().empty()) parts.push_back(absl::StrCat("of field ", scope.field()));
  if (!scope.outcomes().empty())
    parts.push_back(absl::StrCat("with outcome ", absl::StrJoin(scope.outcomes(), " or ")));
  if (scope.least_eqf_level() > 0) parts.push_back(absl::StrCat("at level ", scope.least_eqf_level(), " or higher"));
  if (!scope.providers().empty())
    parts.push_back(absl::StrCat("awarded by ", absl::StrJoin(scope.providers(), " or ")));
  return absl::StrJoin(parts, ", ");
}

}  // namespace passerelle::pathway
