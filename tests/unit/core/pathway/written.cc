#include "tests/unit/core/pathway/written.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/pathway/evaluation_report.h"
#include "google/protobuf/text_format.h"

namespace passerelle::pathway {
namespace {

using Texts = google::protobuf::RepeatedPtrField<std::string>;

void SetAll(absl::string_view value, Texts* texts) {
  texts->Clear();
  if (value == "-") return;
  for (const absl::string_view text : absl::StrSplit(value, ',')) *texts->Add() = std::string(text);
}

std::string OrNone(absl::string_view value) { return value == "-" ? "" : std::string(value); }

void SetQuality(absl::string_view value, v1::Item* item) {
  for (absl::string_view text : absl::StrSplit(value, ',')) {
    v1::QualityFact* const fact = item->add_quality();
    fact->set_obligatory(absl::ConsumeSuffix(&text, "+"));
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, ':');
    fact->set_scheme(parts.first);
    fact->set_coverage(parts.second == "covered"      ? v1::COVERAGE_COVERED
                       : parts.second == "conditions" ? v1::COVERAGE_COVERED_WITH_CONDITIONS
                       : parts.second == "not"        ? v1::COVERAGE_NOT_COVERED
                                                      : v1::COVERAGE_UNSPECIFIED);
  }
}

void SetUse(absl::string_view value, v1::Item* item) {
  if (value == "unknown") return item->set_uses_known(false);
  const std::pair<std::string, std::string> parts = absl::StrSplit(value, '@');
  v1::Use* const use = item->add_uses();
  use->set_award(parts.first);
  use->set_owner(parts.second);
}

void SetCredits(absl::string_view value, v1::Item* item) {
  const std::vector<std::string> parts = absl::StrSplit(OrNone(value), '-');
  item->set_credits_low(parts.front());
  item->set_credits_high(parts.back());
}

// The words of states; false for a name that is none of them.
bool SetState(absl::string_view name, absl::string_view value, v1::Item* item) {
  if (name == "a") {
    item->set_assessment(value == "yes"        ? v1::ASSESSMENT_FACT_ASSESSED
                         : value == "attended" ? v1::ASSESSMENT_FACT_ATTENDED_ONLY
                                               : v1::ASSESSMENT_FACT_UNSPECIFIED);
  } else if (name == "auth") {
    item->set_authenticity(value == "yes"  ? v1::ITEM_AUTHENTICITY_AUTHENTIC
                           : value == "no" ? v1::ITEM_AUTHENTICITY_NOT_AUTHENTIC
                                           : v1::ITEM_AUTHENTICITY_UNSPECIFIED);
  } else if (name == "st") {
    item->set_status(value == "ok"          ? v1::ITEM_STATUS_IN_FORCE
                     : value == "revoked"   ? v1::ITEM_STATUS_REVOKED
                     : value == "suspended" ? v1::ITEM_STATUS_SUSPENDED
                                            : v1::ITEM_STATUS_UNSPECIFIED);
  } else if (name == "sv") {
    item->set_supervision(static_cast<v1::Supervision>(value[0] - '0'));
  } else {
    return false;
  }
  return true;
}

bool SetTexts(absl::string_view name, absl::string_view value, v1::Item* item) {
  const std::pair<absl::string_view, Texts*> lists[] = {
      {"f", item->mutable_fields()},           {"o", item->mutable_outcomes()},
      {"p", item->mutable_providers()},        {"s", item->mutable_specifications()},
      {"parts", item->mutable_parts()},        {"sup", item->mutable_supersedes()},
      {"t", item->mutable_outcome_texts()},    {"k", item->mutable_confirmed_outcomes()},
      {"at", item->mutable_assessment_types()}};
  for (const auto& [list, texts] : lists) {
    if (name != list) continue;
    SetAll(value, texts);
    return true;
  }
  return false;
}

void Set(absl::string_view name, absl::string_view value, v1::Item* item) {
  uint32_t level = 0;
  if (SetTexts(name, value, item) || SetState(name, value, item)) return;
  if (name == "c") return SetCredits(value, item);
  if (name == "q") return SetQuality(value, item);
  if (name == "use") return SetUse(value, item);
  if (name == "d") return item->set_award_date(OrNone(value));
  if (name == "r") return item->set_renewal_date(std::string(value));
  if (name == "u" && value == "?") return item->set_expiry_open(true);
  if (name == "u") return item->set_valid_until(std::string(value));
  if (name == "v") return item->set_course_version(std::string(value));
  if (name == "title") return item->set_title(std::string(value));
  if (name == "g") {
    const std::pair<std::string, std::string> parts = absl::StrSplit(value, '@');
    item->set_grade(parts.first);
    item->set_grade_scheme(parts.second);
  } else if (name == "l" && absl::SimpleAtoi(value, &level)) {
    item->set_eqf_level(level);
  } else {
    ADD_FAILURE() << "what is " << name << "=" << value << "?";
  }
}

}  // namespace

v1::Item WrittenItem(absl::string_view text) {
  v1::Item item;
  item.set_credits_low("5");
  item.set_credits_high("5");
  item.set_award_date("2025-01-01");
  item.add_providers("own");
  item.set_assessment(v1::ASSESSMENT_FACT_ASSESSED);
  item.set_authenticity(v1::ITEM_AUTHENTICITY_AUTHENTIC);
  item.set_status(v1::ITEM_STATUS_IN_FORCE);
  item.set_uses_known(true);
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (item.id().empty()) {
      item.set_id(std::string(word));
      continue;
    }
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(word, absl::MaxSplits('=', 1));
    Set(parts.first, parts.second, &item);
  }
  return item;
}

std::vector<v1::Item> WrittenItems(absl::string_view text) {
  std::vector<v1::Item> items;
  for (const absl::string_view item : absl::StrSplit(text, ';', absl::SkipWhitespace())) {
    items.push_back(WrittenItem(item));
  }
  return items;
}

v1::Pathway WrittenPathway(const std::string& rules) {
  v1::Pathway pathway;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(rules, &pathway)) << rules;
  pathway.set_id("test");
  pathway.set_version("1");
  pathway.set_owner("own");
  if (pathway.status() == v1::PATHWAY_STATUS_UNSPECIFIED) pathway.set_status(v1::PATHWAY_STATUS_ACTIVE);
  if (pathway.type() == v1::PATHWAY_TYPE_UNSPECIFIED) pathway.set_type(v1::PATHWAY_TYPE_OPEN);
  return pathway;
}

std::string Summary(const v1::Evaluation& evaluation) {
  std::string credits = evaluation.credits_low();
  if (evaluation.credits_high() != credits) absl::StrAppend(&credits, "-", evaluation.credits_high());
  std::vector<std::string> rules;
  for (const v1::RuleResult& rule : evaluation.rules()) {
    rules.push_back(absl::StrCat(rule.rule_id(), "=", OutcomeWord(rule.outcome()).substr(0, 1)));
  }
  std::vector<std::string> items;
  for (const v1::ItemResult& item : evaluation.items()) {
    const std::string related = item.related_item_id().empty() ? "" : absl::StrCat("(", item.related_item_id(), ")");
    const std::string element = item.element_id().empty() ? "" : absl::StrCat("@", item.element_id());
    items.push_back(absl::StrCat(item.item_id(), ":", item.reason(), related, element));
  }
  return absl::StrCat(OutcomeWord(evaluation.outcome()), " ", credits, " | ", absl::StrJoin(rules, " "), " | ",
                      absl::StrJoin(items, " "));
}

}  // namespace passerelle::pathway
