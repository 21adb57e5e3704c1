// Mapping by table: a row says where a value stands in the source, where it goes in the European model, how it is
// converted, what that does to it, and by which rule. Adapters are tables of rows; what no row carries is listed as
// dropped by the Source.
//
//   constexpr Rule kAchievement[] = {
//       {"name", "A.title", Text, kKept, ""},
//       {"credits", "Q.creditPoint", EctsPoints, kKept, "credit.ects"},
//       {"mode", "Q.mode", ModeWord, kKept, "mode.word"},
//       {"remarks", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
//       {"image", "not carried: a picture is presentation", DropIt, kDropped, ""},
//   };
//   Apply(kAchievement, node, {&source, targets, "nl"});
//
// Thread-safety: tables are constant; Apply writes to its Source and messages, for one thread.
#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/document/source.h"
#include "core/document/targets.h"

namespace passerelle::document {

struct Step;

// Puts a node's value where the rule says. Returns what really became of it: the class of the rule, or a weaker one. A
// conversion that returns kDropped has said why (Source::Drop), or the row's path counts as having no room.
using Conversion = LossClass (*)(const Step& step);

// One row. Paths are those of SourceTree::Find and of targets.h.
struct Rule {
  absl::string_view source;
  absl::string_view target;  // of DropIt, the reason instead
  Conversion convert;
  LossClass loss;
  absl::string_view rule;  // id for the report; empty where a value is carried as it is
  // The conversion takes objects and elements with parts, and accounts for the parts itself. Others get values only.
  bool takes_parts = false;
};
using Rules = absl::Span<const Rule>;

// What a table is applied with.
struct Context {
  Source* source;
  Targets targets;
  std::string language = "und";  // of texts that do not say theirs
  std::string unit = "";         // of amounts, where the document states it beside them; notes of an amount name it
};

// A row at a node.
struct Step {
  const Context& context;
  const Rule& rule;
  const SourceNode* node;

  Source& source() const { return *context.source; }
  // The value with blanks around it taken off; empty for a branch.
  std::string Value() const;
  // xml:lang of the node or of what it stands in, or the context's language.
  std::string Language() const;
  // The last step of the source path as words: "workPlacement" becomes "work placement".
  std::string Label() const;
};

// Applies the rows in their order: each to every node that its path leads to. Empty values are passed over. Nothing
// more is applied once the source is exhausted (Source::CheckAllowance).
void Apply(Rules rules, const SourceNode* node, const Context& context);

// The conversions that formats share. What stands in brackets is the rule that they name in the loss report.

LossClass Texts(const Step& step);           // a text, or an object of texts by language; rows with it take parts
LossClass Text(const Step& step);            // a text in its language; a second one of a language becomes a note
LossClass PlainText(const Step& step);       // the same without markup (markup.plain)
LossClass Verbatim(const Step& step);        // a string as it stands, numbers too
LossClass Prose(const Step& step);           // a note; Markdown stays, its blanks too (markup.html)
LossClass LabelledNote(const Step& step);    // a note "label: value"
LossClass DateTime(const Step& step);        // date.calendar, date.order, date.zone
LossClass BirthDate(const Step& step);       // date.calendar
LossClass EctsPoints(const Step& step);      // credit.ects; the field is defined as ECTS
LossClass Hours(const Step& step);           // workload.hours
LossClass FreeWorkload(const Step& step);    // workload.text, for a path that ends in Q.creditPoint
LossClass IsoDuration(const Step& step);     // xsd:duration
LossClass EqfLevel(const Step& step);        // level.eqf; the field is defined as EQF
LossClass EqfLevelText(const Step& step);    // level.eqf; the text says that it is EQF
LossClass IscedField(const Step& step);      // field.isced
LossClass CountryCode(const Step& step);     // country.code; a location's address is meant by "B.location"
LossClass LanguageCode(const Step& step);    // language.code
LossClass WebAddress(const Step& step);      // address.web
LossClass ModeWord(const Step& step);        // mode.word
LossClass AssessmentWord(const Step& step);  // assessment.word
LossClass DropIt(const Step& step);          // left out; the target is the reason
LossClass UseIt(const Step& step);           // decides how others are read, or repeats one of them

// A labelled note in the target's own place: "label: value", for values that a rule could not compute with.
LossClass NoteOf(const Step& step, absl::string_view target, absl::string_view label, absl::string_view value);

// Adds an identifier. The name of the scheme may be empty.
void AddIdentifier(absl::string_view notation, absl::string_view scheme_name,
                   google::protobuf::RepeatedPtrField<elm::v3::IdentifierNode>* identifiers);

// A word that no concept says, as a concept of our own scheme, so that the credential itself shows what was stated.
elm::v3::Concept PrivateConcept(absl::string_view list, absl::string_view word, absl::string_view language);

}  // namespace passerelle::document
