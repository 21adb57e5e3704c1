// The vocabularies of the European Union that the European Learning Model points at: concepts to write, and look-ups
// for concepts that were read.
//
// The small vocabularies are the rows of vocabulary.def and vocabulary_isced.def. Countries and languages are the EU's
// authority lists: country codes are ISO 3166-1 alpha-3 with a few codes of the EU, language codes ISO 639-3 in capital
// letters; both come from ICU, so nothing is listed twice. Nothing is fetched.
//
//   concept = ConceptOf(Vocabulary::kMode, kModeOnline);        // …/snb/learning-assessment/920fbb3cbe "Online"
//   std::optional<v3::Concept> country = Country("no");         // …/authority/country/NOR "Norway"
//
// Thread-safety: free functions on values; the tables are built once, on first use.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// Vocabularies with a table here.
enum class Vocabulary {
#define VOCABULARY(name, path, completeness) k##name,
#include "core/elm/vocabulary.def"
};

// Codes by name: kModeOnline, kAssessmentPortfolio, kCreditSystemEcts, kCredentialTypeConverted, …; see vocabulary.def.
#define CONCEPT(vocabulary, name, code, label) inline constexpr absl::string_view k##vocabulary##name = code;
#include "core/elm/vocabulary.def"

// Whether a concept belongs to the scheme it claims.
enum class Membership { kMember, kNotMember, kUnknown };

// A concept of a vocabulary by its code ("920fbb3cbe"): id, type, scheme and English label. nullopt if the table lacks
// the code. ISCED-F codes are taken as sources write them ("0732", "732", "07.3").
std::optional<v3::Concept> ConceptOf(Vocabulary vocabulary, absl::string_view code);

// The same by English label, without regard to case.
std::optional<v3::Concept> ConceptByLabel(Vocabulary vocabulary, absl::string_view label);

// A level of the European Qualifications Framework, 1 to 8; nullopt for others.
std::optional<v3::Concept> EqfLevel(int level);

// A field of study of ISCED-F 2013.
std::optional<v3::Concept> IscedField(absl::string_view code);

// A country by ISO 3166-1 alpha-2 or alpha-3, the EU's own codes (EL, UK, XK, EU, 1A0, EUR, OP_DATPRO) or the IRI of
// the authority list, in any case. nullopt for codes that name no country (AA, XX, ZZ).
std::optional<v3::Concept> Country(absl::string_view code);

// A language by BCP 47 ("nb", "nl-NL", "nl_NL"), ISO 639-2/T or -3 ("DEU") or the IRI of the authority list. nullopt
// for what names no language; "und" and "mul" do.
std::optional<v3::Concept> Language(absl::string_view tag);

// A file type by media type ("application/pdf"); nullopt if the table has none for it.
std::optional<v3::Concept> FileTypeOfMedia(absl::string_view media_type);

// A concept outside our tables: of ESCO, of a national framework, or of a private list. Writes what it is given; an
// empty scheme or label is left out. `language` is that of the label.
v3::Concept MakeConcept(absl::string_view iri, absl::string_view scheme, absl::string_view label,
                        absl::string_view language = "en");

// IRI of the scheme of a vocabulary.
std::string SchemeOf(Vocabulary vocabulary);
inline constexpr absl::string_view kCountryScheme = "http://publications.europa.eu/resource/authority/country";
inline constexpr absl::string_view kLanguageScheme = "http://publications.europa.eu/resource/authority/language";

inline constexpr absl::string_view kNationalLevelScheme = "http://data.europa.eu/snb/qdr/25831c2";

// English label of a concept that the tables know, levels of national frameworks, countries and languages included.
std::optional<std::string> LabelOf(absl::string_view iri);

// Whether `iri` is a concept of the scheme. kUnknown where the list here is not the whole list, or the scheme is not
// known at all; an IRI outside the base of a scheme known here is never a member.
Membership MembershipOf(absl::string_view iri, absl::string_view scheme);

// The vocabulary under whose base the IRI stands; countries and languages are none of them.
std::optional<Vocabulary> VocabularyOf(absl::string_view iri);

// Whether the table lists every concept that the EU publishes.
bool IsComplete(Vocabulary vocabulary);

// A country or language by its English name, without regard to case.
std::optional<v3::Concept> CountryNamed(absl::string_view name);
std::optional<v3::Concept> LanguageNamed(absl::string_view name);

// The code of an IRI of a vocabulary ("…/snb/eqf/6" -> "6"); nullopt if it stands outside.
std::optional<std::string> CodeOf(Vocabulary vocabulary, absl::string_view iri);

// ISO 3166-1 alpha-2 of a country concept; Kosovo is "XK", the European Union "EU". nullopt for other IRIs.
std::optional<std::string> CountryCodeOf(absl::string_view iri);

// BCP 47 tag of a language concept, the shortest there is ("de", "nb", "gsw"). nullopt for other IRIs.
std::optional<std::string> LanguageTagOf(absl::string_view iri);

// The same of a language that is named by a tag in any form, or by its IRI ("deu", "DE-at", "iw"). nullopt if unknown.
std::optional<std::string> LanguageTagFor(absl::string_view tag);

}  // namespace passerelle::elm
