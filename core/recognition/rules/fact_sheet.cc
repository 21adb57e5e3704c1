#include "core/recognition/rules/fact_sheet.h"

#include "core/elm/annex_one.h"
#include "core/recognition/clocks.h"
#include "core/recognition/routes.h"

namespace passerelle::recognition {
namespace {

std::optional<elm::CreditRange> CreditsOf(const v1::WorkloadFacts& workload, bool* declared) {
  if (const std::optional<base::Decimal> ects = base::Decimal::Parse(workload.ects()); ects.has_value()) {
    *declared = true;
    return elm::CreditRange{*ects, *ects, false};
  }
  const std::optional<base::Decimal> hours = base::Decimal::Parse(workload.hours());
  if (!hours.has_value()) return std::nullopt;
  return elm::CreditsOfHours(*hours, base::Decimal::Parse(workload.hours_per_credit()));
}

}  // namespace

int ElementIndex(absl::string_view element) {
  for (size_t i = 0; i < std::size(elm::kAnnexOne); ++i) {
    if (element == elm::kAnnexOne[i].id) return static_cast<int>(i);
  }
  return -1;
}

FactSheet::FactSheet(const v1::CaseFacts& case_facts)
    : facts(case_facts),
      award(ParseDay(case_facts.credential().award_date())),
      decision(ParseDay(case_facts.decision_date())),
      award_country(CountryCode(case_facts.credential().award_country())),
      receiver_country(CountryCode(case_facts.receiver_country())),
      level(FindLevel(case_facts.credential().level(), award)),
      credits(CreditsOf(case_facts.credential().workload(), &credits_declared)) {
  for (const std::string& element : case_facts.stated_elements()) {
    const int index = ElementIndex(element);
    if (index >= 0) elements |= 1U << static_cast<unsigned>(index);
  }
}

}  // namespace passerelle::recognition
