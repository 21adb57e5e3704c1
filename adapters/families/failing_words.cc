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

// Of the ECTS grading scale; on another one they may stand for a pass.
constexpr absl::string_view kFailingLetters[] = {"F", "FX"};

}  // namespace

bool IsFailingWord(absl::string_view grade) {
  const std::string lower = elm::InSmallLetters(absl::StripAsciiWhitespace(grade));
  return elm::PassedByFinnishWords(grade) == false || elm::PassedByWords(grade) == false ||
         std::find(std::begin(kFailures), std::end(kFailures), lower) != std::end(kFailures);
}

void WarnOfFailingWord(document::Source* source, const SourceNode* grade) {
  const absl::string_view word = absl::StripAsciiWhitespace(grade->text);
  const bool letter = std::any_of(std::begin(kFailingLetters), std::end(kFailingLetters),
                                  [word](absl::string_view failing) { return absl::EqualsIgnoreCase(word, failing); });
  if (!letter && !IsFailingWord(word)) return;
  source->Warn("grade.failing-word", grade,
               "The grade reads as not passed; it is kept, since a word alone proves nothing.");
}

LossClass GradeInWords(const Step& step) {
  WarnOfFailingWord(&step.source(), step.node);
  return document::Text(step);
}

}  // namespace passerelle::adapters::families
