// Texts, their languages and their markup, as sources write them.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

using Texts = google::protobuf::RepeatedPtrField<v3::LanguageString>;
using Notes = google::protobuf::RepeatedPtrField<v3::Note>;

// Rule language.bcp47: the tag by BCP 47 from spellings such as "nl_NL", "FI", "ENG" or the IRI of the authority list
// (http or https); "und" if it names no language, never "en" for want of better.
std::string LanguageTag(absl::string_view stated);

// Rule language.bcp47 for a source whose field is single and may be absent.
inline constexpr absl::string_view kLanguageUndetermined = "und";

void AddText(absl::string_view language, absl::string_view value, Texts* texts);

// A note with one text.
void AddNote(absl::string_view language, absl::string_view value, Notes* notes);

bool HasLanguage(const Texts& texts, absl::string_view language);

// Rule text.duplicate-language: the first text of a language goes to `texts`, a further one becomes a note. False for
// the latter, so that the caller can say so; true for a text that is there already.
bool AddTextOnce(absl::string_view language, absl::string_view value, Texts* texts, Notes* notes);

// Whether a text has elements of HTML. An address in angle brackets, which Markdown has, and what else an author writes
// between them is none.
bool HasMarkup(absl::string_view text);

// Rule markup.html: the markup without active content (scripts, event handlers, frames, forms, script addresses).
std::string StripActiveContent(absl::string_view html);

// Rule markup.plain: the text of simple HTML for titles: no tags, the five entities of XML and numeric ones resolved,
// white space collapsed.
std::string PlainTextOf(absl::string_view html);

// Small letters in any script, for words that are compared.
std::string InSmallLetters(absl::string_view text);

// Whether a text is an address on the web that the model can hold.
bool IsWebAddress(absl::string_view text);

}  // namespace passerelle::elm
