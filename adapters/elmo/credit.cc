#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/elmo/mapping.h"
#include "core/base/decimal.h"
#include "core/elm/rules/workload.h"

namespace passerelle::adapters::elmo {
namespace {

using elm::v3::LearningAchievement;
using elm::v3::Qualification;

// Rule credit.ects. The schema defines the value as the credits that the learner was awarded, so it is both what the
// specification offers and what the learner received.
void MapCredit(Source* source, const xml_node& credit, size_t depth, LearningAchievement* achievement,
               Qualification* qualification) {
  const xml_node value_node = source->Child(credit, "value");
  const xml_node scheme_node = source->Child(credit, "scheme");
  const std::string written = base::XmlText(value_node);
  const std::string value = TakeDecimal(source, value_node);
  const std::string scheme = source->Take(scheme_node);
  if (written.empty() || (!value.empty() && IsZero(value))) {
    source->Warn("credit.zero", credit, "No credit, or none but zero, counts as missing.");
    return;
  }
  if (value.empty() || !elm::IsEcts(scheme)) {
    source->Note("credit.text", credit, "Credit of another scheme, or no number, is kept as text.");
    AddNote("en", absl::StrCat("Credit: ", written, " (", scheme.empty() ? "no scheme" : scheme, ")"),
            qualification->mutable_additional_note());
    return;
  }
  if (qualification->credit_point_size() > 0) {
    const auto first = base::Decimal::Parse(qualification->credit_point(0).point());
    if (first.has_value() && first == base::Decimal::Parse(value)) return;  // says the same again
    source->Warn("credit.contradiction", credit,
                 "The document states several amounts of credits in one system; the first counts.");
    AddNote("en", absl::StrCat("Credit: ", written, " (", scheme, ")"), qualification->mutable_additional_note());
    return;
  }
  *qualification->add_credit_point() = elm::EctsCredits(value);
  *achievement->add_credit_received() = elm::EctsCredits(value);
  if (depth == 0) source->Origin("A1-M07", document::v1::ELEMENT_STATUS_STATED, value_node, "credit.ects");
}

// Rule workload.hours.
void MapHours(Source* source, const xml_node& node, size_t depth, Qualification* qualification) {
  if (base::XmlText(node).empty()) return;
  // The schema has a decimal point, so that a comma may be one of thousands.
  const std::string written = base::XmlText(node);
  if (absl::StrContains(written, ',') && elm::HasThousandsOrDecimals(written)) {
    source->Warn("workload.text", node, "The hours can be thousands or a decimal number; they are kept as text.");
    AddNote("en", absl::StrCat("Hours: ", source->Take(node)), qualification->mutable_additional_note());
    if (depth == 0) source->Origin("A1-M07", document::v1::ELEMENT_STATUS_TEXT, node, "workload.text");
    return;
  }
  const std::string text = TakeDecimal(source, node);
  if (!text.empty() && IsZero(text)) {
    source->Note("workload.zero", node, "Zero hours count as missing.");
    return;
  }
  const std::optional<std::string> duration = elm::HoursAsDuration(text);
  if (!duration.has_value()) {
    source->Warn("workload.unreadable", node, "This is no number of hours.");
    source->Drop(node, "is no number of hours");
    return;
  }
  qualification->set_volume_of_learning(*duration);
  if (depth == 0) source->Origin("A1-M07", document::v1::ELEMENT_STATUS_STATED, node, "workload.hours");
}

}  // namespace

void MapWorkload(Source* source, const xml_node& specification, const xml_node& instance, size_t depth,
                 LearningAchievement* achievement, Qualification* qualification) {
  // The legacy namespace has the credit in the specification.
  for (const xml_node& parent : {specification, instance}) {
    for (const xml_node& credit : source->Children(parent, "credit")) {
      MapCredit(source, credit, depth, achievement, qualification);
    }
  }
  MapHours(source, source->Child(instance, "engagementHours"), depth, qualification);
  const xml_node text = source->Child(instance, "credit");
  const bool noted = !base::XmlText(source->Child(text, "value")).empty() &&
                     !elm::IsEcts(base::XmlText(source->Child(text, "scheme")));
  const bool computable = qualification->credit_point_size() > 0 || !qualification->volume_of_learning().empty();
  if (depth == 0 && noted && !computable) {
    source->Origin("A1-M07", document::v1::ELEMENT_STATUS_TEXT, text, "credit.text");
  }
}

}  // namespace passerelle::adapters::elmo
