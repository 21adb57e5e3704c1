#include "core/recognition/issue/letter_lines.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/recognition/clocks.h"
#include "core/recognition/decisions.h"
#include "core/recognition/issue/letter_labels.h"

namespace passerelle::recognition {
namespace {

absl::string_view PurposeKey(int purpose) {
  switch (purpose) {
    case sharing::v1::PURPOSE_FURTHER_LEARNING:
      return "purpose/further_learning";
    case sharing::v1::PURPOSE_EMPLOYMENT:
      return "purpose/employment";
    default:
      return "purpose/recognition";
  }
}

class Lines {
 public:
  explicit Lines(absl::string_view language) : language_(language) {}

  void Add(absl::string_view key, std::vector<LetterText> texts) {
    if (!texts.empty()) lines_.push_back({key, std::move(texts)});
  }
  void Words(absl::string_view key, const std::string& text) {
    if (!text.empty()) Add(key, {{text, true, ""}});
  }
  void Plain(absl::string_view key, const std::string& text) {
    if (!text.empty()) Add(key, {{text, false, ""}});
  }
  LetterText Label(absl::string_view key) const { return {std::string(LetterWord(key, language_)), false, ""}; }

  std::vector<LetterLine> Take() { return std::move(lines_); }

 private:
  const absl::string_view language_;
  std::vector<LetterLine> lines_;
};

// What the decision covers: in the reader's language where it is one of the usual scopes.
LetterText ScopeText(const std::string& scope, absl::string_view language) {
  const absl::string_view known = LetterWord(absl::StrCat("scope/", scope), language);
  return known.empty() ? LetterText{scope, true, ""} : LetterText{std::string(known), false, ""};
}

std::vector<LetterText> LevelTexts(const v1::Decision& decision, absl::string_view language) {
  std::vector<LetterText> texts;
  if (decision.eqf_level() > 0) {
    const std::string level = absl::StrCat(decision.eqf_level());
    texts.push_back({absl::StrReplaceAll(LetterWord("eqf", language), {{"%", level}}), false, ""});
  }
  if (!decision.level().empty()) texts.push_back({decision.level(), true, ""});
  return texts;
}

}  // namespace

std::string MeaningOf(absl::string_view code, absl::string_view language) {
  const absl::string_view meaning = LetterWord(absl::StrCat("code/", code), language);
  return std::string(meaning.empty() ? code : meaning);
}

absl::string_view KindText(v1::DecisionKind kind, absl::string_view language) {
  return LetterWord(absl::StrCat("kind/", KindWord(kind)), language);
}

LetterText DayLine(const std::string& day, absl::string_view language) {
  const std::optional<absl::CivilDay> parsed = ParseDay(day);
  if (!parsed.has_value()) return {day, false, ""};
  return {LongDay(*parsed, language), false, day};
}

std::vector<LetterLine> DecisionLines(const v1::RecognitionCase& content, absl::string_view language) {
  const v1::Decision& decision = content.procedure().decision();
  Lines lines(language);
  lines.Plain("case", content.id());
  lines.Plain("document", content.document().sha256());
  lines.Add("date", {DayLine(decision.decision_date(), language)});
  lines.Add("purpose", {lines.Label(PurposeKey(content.purpose())), {decision.purpose(), true, ""}});
  lines.Add("outcome", {{std::string(KindText(decision.kind(), language)), false, ""}});
  lines.Words("recognised_as", decision.recognised_as());
  if (!decision.scope().empty()) lines.Add("scope", {ScopeText(decision.scope(), language)});
  lines.Add("level", LevelTexts(decision, language));
  lines.Words("agreement", decision.agreement());
  if (decision.authenticity_checked()) lines.Add("authenticity", {lines.Label("checked")});
  lines.Words("target", decision.target());
  lines.Words("alternative", decision.alternative());
  lines.Words("bridging_offer", decision.bridging_offer());
  lines.Words("workload", decision.workload());
  lines.Words("quality", decision.quality());
  std::vector<LetterText> comparable;
  for (const std::string& credential : decision.comparable()) comparable.push_back({credential, true, ""});
  if (decision.nothing_comparable()) comparable.push_back(lines.Label("nothing_comparable"));
  lines.Add("comparable", std::move(comparable));
  lines.Words("legal_value", decision.legal_value());
  lines.Words("legal_base", decision.legal_base());
  std::vector<LetterText> policy = {{absl::StrCat(decision.policy_id(), ", ", decision.policy_version()), false, ""}};
  if (decision.kind() == v1::DECISION_KIND_AUTO_LEVEL) policy.push_back(lines.Label("by_rule"));
  lines.Add("policy", std::move(policy));
  return lines.Take();
}

}  // namespace passerelle::recognition
