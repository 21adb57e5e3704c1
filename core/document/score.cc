#include "core/document/score.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/elm/annex_one.h"

namespace passerelle::document {
namespace {

using base::Problem;
using base::Reason;

// What a decision on recognition rests on: a learner can name himself and an awarding body can be looked up, but what
// was learnt, how much, at which level, and how that was assured stands in the document or nowhere.
struct Decisive {
  absl::string_view element;
  absl::string_view name;
};
constexpr Decisive kDecisive[] = {{"A1-M06", "outcomes"},
                                  {"A1-M07", "workload"},
                                  {"A1-M08", "level"},
                                  {"A1-M09", "assessment"},
                                  {"A1-M11", "quality-assurance"}};
constexpr uint32_t kDecisiveWeight = 3;
constexpr absl::string_view kAllDecisive = "decision";

uint32_t Weight(absl::string_view element) {
  if (!absl::StartsWith(element, "A1-M")) return 0;
  for (const Decisive& decisive : kDecisive) {
    if (decisive.element == element) return kDecisiveWeight;
  }
  return 1;
}

bool IsElement(absl::string_view name) {
  return std::any_of(std::begin(elm::kAnnexOne), std::end(elm::kAnnexOne),
                     [name](const elm::AnnexOneName& known) { return name == known.id; });
}

}  // namespace

bool Survives(v1::ElementStatus status) {
  return status == v1::ELEMENT_STATUS_STATED || status == v1::ELEMENT_STATUS_TEXT ||
         status == v1::ELEMENT_STATUS_DERIVED;
}

uint32_t Score(const v1::TranslationReport& report) {
  uint32_t halves = 0;
  uint32_t possible = 0;
  for (const auto& element : report.elements()) {
    const uint32_t weight = Weight(element.element());
    possible += 2 * weight;
    if (element.status() == v1::ELEMENT_STATUS_STATED) {
      halves += 2 * weight;
    } else if (Survives(element.status())) {
      halves += weight;
    }
  }
  return possible == 0 ? 0 : 100 * halves / possible;
}

absl::StatusOr<std::vector<std::string>> ElementsOf(const std::vector<std::string>& names) {
  std::vector<std::string> elements;
  for (const std::string& name : names) {
    const size_t before = elements.size();
    if (IsElement(name)) elements.push_back(name);
    for (const Decisive& decisive : kDecisive) {
      if (decisive.name == name || name == kAllDecisive) elements.emplace_back(decisive.element);
    }
    if (elements.size() > before) continue;
    return Problem(Reason::kFieldInvalid, "refuse_loss",
                   "an element is A1-M01 to A1-M11 or A1-O01 to A1-O05, or outcomes, workload, level, assessment, "
                   "quality-assurance, or decision for these five");
  }
  return elements;
}

absl::Status RefuseLoss(const v1::TranslationReport& report, const std::vector<std::string>& elements) {
  const std::set<std::string> refused(elements.begin(), elements.end());
  std::vector<std::string> lost;
  for (const auto& element : report.elements()) {
    if (refused.count(element.element()) > 0 && !Survives(element.status())) lost.push_back(element.element());
  }
  if (lost.empty()) return absl::OkStatus();
  return Problem(Reason::kLossRefused, absl::StrJoin(lost, ","), "the translation would not state it");
}

}  // namespace passerelle::document
