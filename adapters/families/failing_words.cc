#include "adapters/families/failing_words.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "adapters/families/names.h"
#include "core/elm/rules/finland.h"
#include "core/elm/rules/germany.h"
#include "core/elm/rules/text.h"

namespace passerelle::adapters::families {
namespace {

// English, Dutch, Norwegian and Danish; the rules of Finland and Germany have their own.
constexpr absl::string_view kFailures[] = {"fail",         "failed",        "not passed",
                                           "niet behaald", "niet geslaagd", "onvoldoende",
                                           "ikke bestått", "ikkje bestått", "ikke bestået"};

// Of the grading scale of ECTS.
constexpr absl::string_view kFailingLetters[] = {"F", "FX"};

}  // namespace

bool IsFailingWord(absl::string_view grade) {
  grade = grade.substr(0, grade.find('('));  // "failed (0)"
  const std::string lower = elm::InSmallLetters(absl::StripAsciiWhitespace(grade));
  return elm::PassedByFinnishWords(grade) == false || elm::PassedByWords(grade) == false ||
         std::find(std::begin(kFailures), std::end(kFailures), lower) != std::end(kFailures);
}

bool ReadsAsFailing(absl::string_view grade) {
  const absl::string_view word = absl::StripAsciiWhitespace(grade);
  const bool letter = std::any_of(std::begin(kFailingLetters), std::end(kFailingLetters),
                                  [word](absl::string_view failing) { return absl::EqualsIgnoreCase(word, failing); });
  return letter || IsFailingWord(word);
}

void WarnOfFailingWord(document::Source* source, const SourceNode* grade) {
  if (!ReadsAsFailing(grade->text)) return;
  source->Warn("grade.failing-word", grade,
               "The grade reads as not passed; it is kept, since a word alone proves nothing.");
}

LossClass GradeInWords(const Step& step) {
  WarnOfFailingWord(&step.source(), step.node);
  return document::Text(step);
}

}  // namespace passerelle::adapters::families
