// Texts, languages, numbers and dates as ELMO documents really hold them.
//
// Thread-safety: free functions; those that take a Source write to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "adapters/elmo/source.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elmo {

using elm::AddNote;
using elm::AddText;
using elm::IsWebAddress;
using elm::LanguageTag;
using elm::Notes;
using elm::StripActiveContent;
using elm::Texts;

// Adds a text where the model allows one a language: a second one is appended to the first, on a line of its own.
void MergeText(const elm::v3::LanguageString& text, Texts* texts);

// Rule text.duplicate-language: the first text of a language goes to `texts`, a further one becomes a note with a
// diagnostic. Empty elements, and elements that hold only punctuation, are passed over.
void TakeTexts(Source* source, const std::vector<xml_node>& nodes, Texts* texts, Notes* notes);
// The same with line breaks kept.
void TakeMultilineTexts(Source* source, const std::vector<xml_node>& nodes, Texts* texts, Notes* notes);

// A decimal number; "7,5" is taken as "7.5" with the diagnostic number.comma. Empty if it is none. The digits stay as
// written.
std::string TakeDecimal(Source* source, const xml_node& node);

// Whether a decimal is zero, such as "0" or "0.0".
bool IsZero(absl::string_view decimal);

// An xs:date or xs:dateTime as xsd:dateTime. Rule date.calendar: a date without time becomes midnight UTC and is never
// moved between zones. Rule date.order: dd-mm-yyyy is turned round. Empty, with a diagnostic and the element listed as
// dropped, if it is no date.
std::string TakeDate(Source* source, const xml_node& node);
// The same for a birth date, whose zone means nothing.
std::string TakeBirthDate(Source* source, const xml_node& node);

// Texts that stand where a value should: "TODO …".
bool IsPlaceholder(absl::string_view text);

}  // namespace passerelle::adapters::elmo
