#include "core/pathway/explanation.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/pathway/evaluate.h"

namespace passerelle::pathway {
namespace {

std::string KindNameOf(const v1::Rule& rule) {
  return std::string(v1::Rule::descriptor()->FindFieldByNumber(static_cast<int>(rule.kind_case()))->name());
}

absl::string_view RelationText(Relation relation) {
  switch (relation) {
    case Relation::kPresentedTwice:
      return "It was presented twice, and counts once.";
    case Relation::kSameCourse:
      return "It is of the same course as another item, which counts.";
    case Relation::kPart:
      return "It is a part of an item that counts, or has it as a part; both together would count twice.";
    case Relation::kCommonPart:
      return "It has a part in common with an item that counts; the part would count twice.";
    case Relation::kOverlap:
      return "It shares more of its outcomes with an item that counts than the pathway allows.";
  }
  return "";
}

void Counted(const Explanation& all, size_t item, v1::ItemResult* line) {
  const ItemFacts& facts = all.facts[item];
  const Credits credits = CreditsOf(all.items[item]);
  const bool certain = facts.objections.empty();
  line->set_use(v1::ITEM_USE_USED);
  line->set_credits_low(WriteAmount(certain ? credits.low : 0));
  line->set_credits_high(WriteAmount(credits.high));
  line->set_reason(certain ? "COUNTED" : "COUNTED_IF_CONFIRMED");
  std::string text = certain ? "It counts." : "It counts if what is open is confirmed.";
  if (facts.place.criterion >= 0) {
    const auto criterion = static_cast<size_t>(facts.place.criterion);
    line->set_rule_id(all.pathway.rules(all.rules[criterion]).id());
    line->set_element_id(all.criteria[criterion]->ElementOf(facts.place.place));
  }
  for (const Objection& objection : facts.objections) {
    line->add_open(objection.reason);
    absl::StrAppend(&text, " ", objection.text);
  }
  line->set_explanation(text);
}

// An item of which only parts count.
bool CountsInParts(const Explanation& all, size_t item) {
  for (size_t other = 0; other < all.items.size(); ++other) {
    if (all.facts[other].counted && all.relations.IsPart(other, item)) return true;
  }
  return false;
}

void NotCounted(const Explanation& all, size_t item, v1::ItemResult* line) {
  line->set_use(v1::ITEM_USE_NOT_USED);
  line->set_credits_low("0");
  line->set_credits_high("0");
  const ItemFacts& facts = all.facts[item];
  for (const Objection& objection : facts.objections) {
    if (objection.answer != Answer::kNo) continue;
    line->set_reason(objection.reason);
    line->set_explanation(objection.text);
    if (facts.related.has_value()) line->set_related_item_id(all.items[*facts.related].id());
    return;
  }
  for (size_t other = 0; other < all.items.size(); ++other) {
    const std::optional<Relation> relation = all.relations.Between(item, other);
    if (!all.facts[other].counted || !relation.has_value()) continue;
    const bool parts = CountsInParts(all, item);
    line->set_use(parts ? v1::ITEM_USE_PARTLY : v1::ITEM_USE_NOT_USED);
    line->set_reason(parts ? "PARTS_COUNTED" : std::string(RelationWord(*relation)));
    line->set_explanation(std::string(parts ? "It counts through its parts." : RelationText(*relation)));
    line->set_related_item_id(all.items[other].id());
    return;
  }
  const auto candidate = static_cast<size_t>(std::find(all.candidate_items.begin(), all.candidate_items.end(), item) -
                                             all.candidate_items.begin());
  const bool listed = all.pathway.type() == v1::PATHWAY_TYPE_OPEN ||
                      std::any_of(all.criteria.begin(), all.criteria.end(),
                                  [&](const auto& criterion) { return criterion->Lists(candidate); });
  line->set_reason(listed ? "NOT_NEEDED" : "NOT_LISTED");
  line->set_explanation(listed ? "It could count, and no rule needs it." : "The pathway has no place for it.");
}

std::vector<std::string> ItemsOf(const Explanation& all, size_t criterion) {
  std::vector<std::string> ids;
  for (size_t c = 0; c < all.candidate_items.size(); ++c) {
    const ItemFacts& facts = all.facts[all.candidate_items[c]];
    const bool has_places = !all.criteria[criterion]->PlacesFor(c).empty();
    const bool fills = facts.place.criterion == static_cast<int>(criterion);
    if (!facts.counted || !all.criteria[criterion]->Concerns(c) || (has_places && !fills)) continue;
    ids.push_back(all.items[all.candidate_items[c]].id());
  }
  return ids;
}

absl::string_view OutcomeText(v1::Outcome outcome) {
  switch (outcome) {
    case v1::OUTCOME_SATISFIED:
      return "Satisfied.";
    case v1::OUTCOME_NOT_SATISFIED:
      return "Not satisfied.";
    default:
      return "Cannot be told from what is stated, or a person has to decide.";
  }
}

void Weighed(const Explanation& all, size_t criterion, v1::RuleResult* line) {
  const Criterion& weighed = *all.criteria[criterion];
  line->set_outcome(weighed.Now().outcome);
  line->set_needed(weighed.NeededText());
  line->set_have(weighed.HaveText());
  line->set_explanation(std::string(OutcomeText(line->outcome())));
  for (const std::string& id : ItemsOf(all, criterion)) line->add_item_ids(id);
}

// A rule that looks at one item leaves items out; it is open while an item counts of which it is not known.
void OfItems(const Explanation& all, const v1::Rule& rule, v1::RuleResult* line) {
  int out = 0;
  int open = 0;
  for (size_t i = 0; i < all.items.size(); ++i) {
    for (const Objection& objection : all.facts[i].objections) {
      if (objection.rule != rule.id()) continue;
      if (objection.answer == Answer::kNo) ++out;
      if (objection.answer != Answer::kUnknown || !all.facts[i].counted) continue;
      ++open;
      line->add_item_ids(all.items[i].id());
    }
  }
  line->set_outcome(open > 0 ? v1::OUTCOME_UNKNOWN : v1::OUTCOME_SATISFIED);
  line->set_needed(NeededOfAnItem(rule));
  line->set_have(absl::StrCat(out, " left out, ", open, " open"));
  line->set_explanation(open > 0 ? "Items count only if what is open is confirmed."
                                 : "Every item that counts is as the rule asks.");
}

void OverlapExcludes(const Explanation& all, const v1::OverlapRule& rule, v1::RuleResult* line) {
  int out = 0;
  for (size_t i = 0; i < all.items.size(); ++i) {
    for (size_t other = 0; other < all.items.size() && !all.facts[i].counted; ++other) {
      if (!all.facts[other].counted || all.relations.Between(i, other) != Relation::kOverlap) continue;
      ++out;
      line->add_item_ids(all.items[i].id());
      break;
    }
  }
  line->set_outcome(v1::OUTCOME_SATISFIED);
  line->set_needed(NeededOfOverlap(rule));
  line->set_have(absl::StrCat(out, " left out"));
  line->set_explanation("Of items that overlap more, one counts.");
}

// Anything that may count can be what has to be there before, whether it counts or not.
void Prerequisite(const Explanation& all, const v1::Element& element, v1::RuleResult* line) {
  Answer best = Answer::kNo;
  for (const size_t i : all.candidate_items) {
    Answer answer = IsElement(all.items[i], element);
    if (!all.facts[i].objections.empty()) answer = std::min(answer, Answer::kUnknown);
    if (answer != Answer::kNo) line->add_item_ids(all.items[i].id());
    best = std::max(best, answer);
  }
  line->set_outcome(best == Answer::kYes       ? v1::OUTCOME_SATISFIED
                    : best == Answer::kUnknown ? v1::OUTCOME_UNKNOWN
                                               : v1::OUTCOME_NOT_SATISFIED);
  line->set_needed(element.title().empty() ? element.id() : element.title());
  line->set_have(best == Answer::kYes ? "there" : best == Answer::kUnknown ? "open" : "not there");
  line->set_explanation(std::string(OutcomeText(line->outcome())));
}

void AddGap(const v1::RuleResult& line, const std::string& missing, const Criterion* criterion,
            const std::vector<v1::Item>& offers, v1::Evaluation* evaluation) {
  v1::Gap* const gap = evaluation->add_gaps();
  gap->set_rule_id(line.rule_id());
  gap->set_missing(missing);
  for (const v1::Item& offer : offers) {
    if (criterion == nullptr || gap->suggestions_size() == kSuggestionsMax) break;
    const std::string why = criterion->WhyOffer(offer);
    if (why.empty()) continue;
    v1::Suggestion* const suggestion = gap->add_suggestions();
    suggestion->set_offer_id(offer.id());
    suggestion->set_title(offer.title());
    suggestion->set_why(why);
  }
}

// The offers by id, without those whose course the holder has already.
std::vector<v1::Item> NewOffers(const Explanation& all, const std::vector<v1::Item>& offers) {
  std::vector<v1::Item> fresh;
  for (const v1::Item& offer : offers) {
    const bool known = std::any_of(all.items.begin(), all.items.end(), [&](const v1::Item& item) {
      return std::any_of(item.specifications().begin(), item.specifications().end(), [&](const std::string& id) {
        return std::find(offer.specifications().begin(), offer.specifications().end(), id) !=
               offer.specifications().end();
      });
    });
    if (!known) fresh.push_back(offer);
  }
  std::sort(fresh.begin(), fresh.end(), [](const v1::Item& a, const v1::Item& b) { return a.id() < b.id(); });
  return fresh;
}

}  // namespace

void ExplainItems(const Explanation& explanation, v1::Evaluation* evaluation) {
  Amount low = 0;
  Amount high = 0;
  for (size_t i = 0; i < explanation.items.size(); ++i) {
    v1::ItemResult* const line = evaluation->add_items();
    line->set_item_id(explanation.items[i].id());
    line->set_title(explanation.items[i].title());
    line->set_credential_id(explanation.items[i].credential_id());
    if (explanation.facts[i].counted) {
      Counted(explanation, i, line);
      const Credits credits = CreditsOf(explanation.items[i]);
      low += explanation.facts[i].objections.empty() ? credits.low : 0;
      high = std::min(kAnyAmount, high + credits.high);
    } else {
      NotCounted(explanation, i, line);
    }
  }
  evaluation->set_credits_low(WriteAmount(low));
  evaluation->set_credits_high(WriteAmount(high));
}

void ExplainRules(const Explanation& explanation, const std::vector<v1::Item>& offers, v1::Evaluation* evaluation) {
  const std::vector<v1::Item> fresh = NewOffers(explanation, offers);
  for (int i = 0; i < explanation.pathway.rules_size(); ++i) {
    const v1::Rule& rule = explanation.pathway.rules(i);
    v1::RuleResult* const line = evaluation->add_rules();
    line->set_rule_id(rule.id());
    line->set_kind(KindNameOf(rule));
    const auto found = std::find(explanation.rules.begin(), explanation.rules.end(), i);
    const Criterion* criterion = nullptr;
    std::string missing;
    if (found != explanation.rules.end()) {
      const auto index = static_cast<size_t>(found - explanation.rules.begin());
      criterion = explanation.criteria[index].get();
      missing = criterion->MissingText();
      Weighed(explanation, index, line);
    } else if (LooksAtOneItem(rule)) {
      OfItems(explanation, rule, line);
      missing = "a confirmation of what is open";
    } else if (rule.has_prerequisite()) {
      Prerequisite(explanation, rule.prerequisite().element(), line);
      missing = line->needed();
    } else {
      OverlapExcludes(explanation, rule.max_overlap(), line);
    }
    if (line->outcome() != v1::OUTCOME_SATISFIED) AddGap(*line, missing, criterion, fresh, evaluation);
  }
}

void ExplainDoubles(const Explanation& explanation, v1::Evaluation* evaluation) {
  for (size_t c = 0; c < explanation.rules.size(); ++c) {
    if (explanation.rules[c] != kNoRule) continue;
    v1::RuleResult* const line = evaluation->add_rules();
    line->set_rule_id("no-double-counting");
    line->set_kind("duplicates");
    Weighed(explanation, c, line);
    if (line->outcome() == v1::OUTCOME_SATISFIED) continue;
    AddGap(*line, explanation.criteria[c]->MissingText(), nullptr, {}, evaluation);
  }
}

void ListAssumptions(const Explanation& explanation, v1::Evaluation* evaluation) {
  const v1::Pathway& pathway = explanation.pathway;
  if (pathway.status() == v1::PATHWAY_STATUS_DRAFT) evaluation->add_assumptions("The pathway is a draft.");
  for (size_t i = 0; i < explanation.items.size(); ++i) {
    if (!explanation.facts[i].counted) continue;
    const v1::Item& item = explanation.items[i];
    const Credits credits = CreditsOf(item);
    if (credits.high >= kAnyAmount) {
      evaluation->add_assumptions(absl::StrCat(item.id(), ": no credits are stated; it may be any number."));
    } else if (credits.low != credits.high) {
      evaluation->add_assumptions(absl::StrCat(item.id(), ": the credits are an estimate from hours, ",
                                               WriteRange(credits.low, credits.high), "."));
    }
    if (!pathway.authenticity_required() && item.authenticity() != v1::ITEM_AUTHENTICITY_AUTHENTIC) {
      evaluation->add_assumptions(absl::StrCat(item.id(), ": taken as authentic, which is not established."));
    }
  }
  const bool outcomes = std::any_of(pathway.rules().begin(), pathway.rules().end(),
                                    [](const v1::Rule& rule) { return rule.has_coverage() || rule.has_max_overlap(); });
  if (outcomes) {
    evaluation->add_assumptions(
        "Outcomes are compared by their identifiers, which ESCO keeps from version to version; what two "
        "texts have in common is not seen.");
  }
}

}  // namespace passerelle::pathway
