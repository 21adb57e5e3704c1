// What the formats of one country have in common beyond their vocabularies: conversions for the tables of their
// adapters.
//
// Thread-safety: as in mapping.h.
#pragma once

#include "absl/strings/string_view.h"
#include "core/document/mapping.h"

namespace passerelle::document {

// Rule country.register: a format without a field for it says the country by being of a register of that country. Puts
// it into the awarding body of the context, marked as put in by the format. `alpha2` by ISO 3166-1.
void CountryOfRegister(absl::string_view alpha2, const Context& context);

// Finland, S.nationalID: the personal identity code, and the birth date in it (rule birth-date.hetu). A code that is
// there already, of a further record of the same learner, is passed over.
LossClass FinnishIdentityCode(const Step& step);

// Finland, Q.eqfLevel: the level of a code of the classification of education (rule level.koulutus).
LossClass FinnishLevelOfCode(const Step& step);

// Adds an identifier to S, A, Q, V or B, whichever the row's target begins with, with the name of its scheme; one that
// is there already is passed over.
LossClass PutIdentifier(const Step& step, absl::string_view scheme);
LossClass PutIdentifier(const Step& step, absl::string_view notation, absl::string_view scheme);

// Marks the assessment as passed.
void MarkPassed(const Targets& targets);

}  // namespace passerelle::document
