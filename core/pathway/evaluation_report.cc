#include "core/pathway/evaluation_report.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/json.h"
#include "core/base/one_line.h"

namespace passerelle::pathway {
namespace {

void WriteTexts(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& texts,
                base::JsonWriter* json) {
  json->Key(name);
  json->BeginArray();
  for (const std::string& text : texts) json->String(text);
  json->EndArray();
}

void WriteCredits(const std::string& low, const std::string& high, base::JsonWriter* json) {
  json->Key("credits");
  json->BeginObject();
  json->Member("low", low);
  json->Member("high", high);
  json->EndObject();
}

void WriteItem(const v1::ItemResult& item, base::JsonWriter* json) {
  json->BeginObject();
  json->Member("item", item.item_id());
  json->Member("title", item.title());
  json->Member("credential", item.credential_id());
  json->Member("use", UseWord(item.use()));
  json->Member("rule", item.rule_id());
  json->Member("element", item.element_id());
  WriteCredits(item.credits_low(), item.credits_high(), json);
  json->Member("reason", item.reason());
  json->Member("explanation", item.explanation());
  WriteTexts("open", item.open(), json);
  json->Member("related", item.related_item_id());
  json->EndObject();
}

void WriteRule(const v1::RuleResult& rule, base::JsonWriter* json) {
  json->BeginObject();
  json->Member("rule", rule.rule_id());
  json->Member("kind", rule.kind());
  json->Member("outcome", OutcomeWord(rule.outcome()));
  json->Member("needed", rule.needed());
  json->Member("have", rule.have());
  json->Member("explanation", rule.explanation());
  WriteTexts("items", rule.item_ids(), json);
  json->EndObject();
}

void WriteGap(const v1::Gap& gap, base::JsonWriter* json) {
  json->BeginObject();
  json->Member("rule", gap.rule_id());
  json->Member("missing", gap.missing());
  json->Key("suggestions");
  json->BeginArray();
  for (const v1::Suggestion& suggestion : gap.suggestions()) {
    json->BeginObject();
    json->Member("offer", suggestion.offer_id());
    json->Member("title", suggestion.title());
    json->Member("why", suggestion.why());
    json->EndObject();
  }
  json->EndArray();
  json->EndObject();
}

std::string Range(const std::string& low, const std::string& high) {
  return low == high ? low : absl::StrCat(low, " to ", high);
}

}  // namespace

absl::string_view OutcomeWord(v1::Outcome outcome) {
  switch (outcome) {
    case v1::OUTCOME_SATISFIED:
      return "SATISFIED";
    case v1::OUTCOME_NOT_SATISFIED:
      return "NOT_SATISFIED";
    default:
      return "UNKNOWN";
  }
}

absl::string_view UseWord(v1::ItemUse use) {
  switch (use) {
    case v1::ITEM_USE_USED:
      return "USED";
    case v1::ITEM_USE_PARTLY:
      return "PARTLY";
    default:
      return "NOT_USED";
  }
}

std::string EvaluationJson(const v1::Evaluation& evaluation) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  json.Member("pathway", evaluation.pathway_id());
  json.Member("version", evaluation.pathway_version());
  json.Member("owner", evaluation.owner());
  json.Member("owner_name", evaluation.owner_name());
  json.Member("date", evaluation.date());
  json.Member("outcome", OutcomeWord(evaluation.outcome()));
  WriteCredits(evaluation.credits_low(), evaluation.credits_high(), &json);
  json.Key("items");
  json.BeginArray();
  for (const v1::ItemResult& item : evaluation.items()) WriteItem(item, &json);
  json.EndArray();
  json.Key("rules");
  json.BeginArray();
  for (const v1::RuleResult& rule : evaluation.rules()) WriteRule(rule, &json);
  json.EndArray();
  json.Key("gaps");
  json.BeginArray();
  for (const v1::Gap& gap : evaluation.gaps()) WriteGap(gap, &json);
  json.EndArray();
  WriteTexts("assumptions", evaluation.assumptions(), &json);
  json.Member("assignment_proven", evaluation.assignment_proven());
  json.Member("creates_entitlement", evaluation.creates_entitlement());
  json.Member("notice", evaluation.notice());
  json.Member("how_to_apply", evaluation.how_to_apply());
  json.EndObject();
  return text;
}

std::string EvaluationText(const v1::Evaluation& evaluation) {
  std::string text = absl::StrCat(OutcomeWord(evaluation.outcome()), ", ",
                                  Range(evaluation.credits_low(), evaluation.credits_high()), " ECTS credits count\n");
  // Titles are those of documents and offers.
  const auto add = [&text](const std::string& line) { absl::StrAppend(&text, base::OneLine(line), "\n"); };
  add(absl::StrCat("pathway ", evaluation.pathway_id(), ", version ", evaluation.pathway_version(), ", on ",
                   evaluation.date()));
  text += "\n";
  for (const v1::RuleResult& rule : evaluation.rules()) {
    add(absl::StrFormat("%-13s  %s: %s", OutcomeWord(rule.outcome()), rule.rule_id(), rule.needed()));
    add(absl::StrFormat("%-13s  have: %s", "", rule.have()));
  }
  text += "\n";
  for (const v1::ItemResult& item : evaluation.items()) {
    add(absl::StrFormat("%-8s  %5s  %s: %s%s", UseWord(item.use()), Range(item.credits_low(), item.credits_high()),
                        item.title().empty() ? item.item_id() : item.title(), item.explanation(),
                        item.element_id().empty() ? "" : absl::StrCat(" As ", item.element_id(), ".")));
  }
  for (const v1::Gap& gap : evaluation.gaps()) {
    text += "\n";
    add(absl::StrCat("Missing for ", gap.rule_id(), ": ", gap.missing()));
    for (const v1::Suggestion& suggestion : gap.suggestions()) {
      add(absl::StrCat("  offered: ", suggestion.title(), " (", suggestion.offer_id(), "): ", suggestion.why()));
    }
  }
  if (!evaluation.assumptions().empty()) text += "\n";
  for (const std::string& assumption : evaluation.assumptions()) add("Assumed: " + assumption);
  if (!evaluation.assignment_proven()) text += "\nThe search for the best assignment was too long and was ended.\n";
  text += "\n";
  add(evaluation.notice());
  add("Who decides: " + (evaluation.owner_name().empty() ? evaluation.owner() : evaluation.owner_name()));
  if (!evaluation.how_to_apply().empty()) add("How to apply: " + evaluation.how_to_apply());
  return text;
}

}  // namespace passerelle::pathway
