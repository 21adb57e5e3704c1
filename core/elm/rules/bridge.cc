#include "core/elm/rules/bridge.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

struct Row {
  absl::string_view word;
  absl::string_view code;
  bool roughly;
};

constexpr Row kModes[] = {
#define MODE_WORD(word, concept) {word, concept, false},
#include "core/elm/rules/bridges.def"
};

constexpr Row kAssessments[] = {
#define ASSESSMENT_WORD(word, concept) {word, concept, false},
#define ASSESSMENT_ROUGHLY(word, concept) {word, concept, true},
#include "core/elm/rules/bridges.def"
};

constexpr absl::string_view kNoOneConcept[] = {
#define NO_ONE_CONCEPT(word) word,
#include "core/elm/rules/bridges.def"
};

// "distance-learning", "Distance_learning" and "distance learning" are one word.
std::string Normal(absl::string_view word) {
  std::string normal = absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"-", " "}, {"_", " "}});
  absl::RemoveExtraAsciiWhitespace(&normal);
  return normal;
}

template <size_t kRows>
Bridged Bridge(Vocabulary vocabulary, const Row (&rows)[kRows], absl::string_view word) {
  if (const auto code = CodeOf(vocabulary, word)) return {ConceptOf(vocabulary, *code), false};
  const std::string normal = Normal(word);
  for (const absl::string_view known : kNoOneConcept) {
    if (known == normal) return {};
  }
  for (const Row& row : rows) {
    if (row.word == normal) return {ConceptOf(vocabulary, row.code), row.roughly};
  }
  return {ConceptByLabel(vocabulary, normal), false};
}

}  // namespace

Bridged ModeOfWord(absl::string_view word) { return Bridge(Vocabulary::kMode, kModes, word); }

Bridged AssessmentOfWord(absl::string_view word) { return Bridge(Vocabulary::kAssessment, kAssessments, word); }

Bridged SupervisionOf(std::optional<bool> supervised, std::optional<bool> identity_checked) {
  if (!supervised.has_value() || !identity_checked.has_value()) return {};
  if (*supervised && !*identity_checked) return {};
  const absl::string_view code = *supervised         ? kIdVerificationSupervisedWithId
                                 : *identity_checked ? kIdVerificationUnsupervisedWithId
                                                     : kIdVerificationUnsupervisedWithoutId;
  return {ConceptOf(Vocabulary::kIdVerification, code), false};
}

Bridged SupervisionOfWord(absl::string_view word, std::optional<bool> identity_checked) {
  const std::string normal = Normal(word);
  if (normal == "onsite with identity verification") {
    // Annex I's value says "supervised" in words, the profile's does not.
    Bridged bridged = SupervisionOf(true, true);
    bridged.derived = true;
    return bridged;
  }
  if (normal == "supervised online") return SupervisionOf(true, identity_checked);
  if (normal == "supervised with no identity verification") return SupervisionOf(true, false);
  if (normal == "unsupervised with no identity verification") return SupervisionOf(false, false);
  return {};
}

}  // namespace passerelle::elm
