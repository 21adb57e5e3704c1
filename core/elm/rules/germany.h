// Germany: what the documents of the XBildung family (XHochschule, XBerufsbildung) write as codes and words, and what
// they mean. Both adapters read them here.
//
// Sources: the code lists leistungsart and leistungsstatus of XHochschule 1.2, and pruefungsteilaevo of XBerufsbildung
// 0.6. A code is a URI that carries the version of its list, which differs from the version of the document, so that
// only the last segment is compared.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// The last segment of a code: "klausur" of ".../1.0/code/leistungsart/klausur"; all of it where there is no slash.
absl::string_view CodeSegment(absl::string_view code);

// Rule assessment.leistungsart: the type of assessment that a kind of achievement stands for. Kinds of teaching (modul,
// vorlesung, seminar) say nothing. Write it as derived.
std::optional<v3::Concept> AssessmentOfLeistungsart(absl::string_view code);

// Rule assessment.exam-part: the same by the words in the title of a part of an examination: "Schriftliche ...",
// "Fachgespräch", "Projektarbeit", "Betrieblicher Auftrag". Write it as derived.
std::optional<v3::Concept> AssessmentOfExamPart(absl::string_view title);

// Rule title.code-list: the title of a part of the examination of trainers (list pruefungsteilaevo); empty for others.
absl::string_view TitleOfTrainerPart(absl::string_view code);

// Rule status.leistungsstatus: whether an achievement was passed; nullopt for codes that do not say so (registered,
// excused, incomplete, unknown). What is not passed is no achievement.
std::optional<bool> PassedByLeistungsstatus(absl::string_view code);

// Rule grading.pass-mark: whether a grade was passed by its own scheme, in the direction from the worst to the best
// mark; one of these two may be empty. nullopt where no pass mark is stated, where the scheme contradicts itself, and
// for a grade that is not on the scale. Letters are only compared for being equal.
struct MarkScheme {
  std::string best;
  std::string pass;
  std::string worst;
};
std::optional<bool> PassedByScheme(absl::string_view grade, const MarkScheme& scheme);

// The same by the words of a grade, "sehr gut" to "nicht bestanden"; nullopt for words that say neither.
std::optional<bool> PassedByWords(absl::string_view words);

// The concept of a German learning opportunity kind: studiengang, modul, kurs; nullopt for others.
std::optional<v3::Concept> OpportunityOfLeistungsart(absl::string_view code);

}  // namespace passerelle::elm
