// What the documents of the German XBildung family (XHochschule, XBerufsbildung) have in common: how they write people,
// grades and codes. Elements are found by local name, because versions moved them between namespaces.
//
// Thread-safety: as in mapping.h.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "core/document/mapping.h"

namespace passerelle::document {

// A person by nameNatuerlichePerson, geburt, matrikelnummer and identifikationsnummer. Numbers that come from the tax
// number, and accounts of citizens' portals, are not passed on; a European Student Identifier is.
Rules XBildungPerson();

// Old versions have the date of birth itself in the element, new ones have it in an element below.
LossClass XBildungBirthDay(const Step& step);
// The model holds one given name; a second element is another part of it, and a name is not shortened.
LossClass XBildungGivenName(const Step& step);

// The language that a document states for itself (sprache), as a tag; "de" where it states none, as the family's
// documents are German unless they say otherwise.
std::string XBildungLanguage(Source* source, const SourceNode* document);

// benotung, gesamtnote, gesamtergebnis: T.grade is the first of note, wortbezeichnung and punkte as written, the others
// stand beside it; the scheme with its best, worst and pass mark is described (O3). Nothing is re-scaled.
void MapXBildungGrade(const Context& context, const SourceNode* grade);

// Whether a grade was passed, by its words and by the scheme that stands beside it; not passed if one of them says so.
// nullopt where nothing does.
std::optional<bool> XBildungPassed(const Source& source, const SourceNode* grade);

// The value of a code element without the URI of its list: the last segment.
LossClass EqfLevelCode(const Step& step);
LossClass IscedFieldCode(const Step& step);
LossClass CodeNote(const Step& step);

// The type of assessment goes to T, the first of it to the specification that the grade has.
void PutAssessmentType(const Context& context, const SourceNode* node, const elm::v3::Concept& type,
                       absl::string_view rule);

}  // namespace passerelle::document
