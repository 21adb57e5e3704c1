#include "core/elm/vocabulary.h"

#include <unicode/locid.h>
#include <unicode/uloc.h>

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/elm/national_level.h"
#include "core/elm/region.h"

namespace passerelle::elm {
namespace {

constexpr absl::string_view kSnb = "http://data.europa.eu/snb/";
constexpr absl::string_view kAuthority = "http://publications.europa.eu/resource/authority/";
constexpr absl::string_view kSchemeCode = "25831c2";

enum Completeness { kComplete, kPartial };

struct VocabularyRow {
  absl::string_view path;
  Completeness completeness;
};

constexpr VocabularyRow kVocabularies[] = {
#define VOCABULARY(name, path, completeness) {path, completeness},
#include "core/elm/vocabulary.def"
};

struct ConceptRow {
  Vocabulary vocabulary;
  absl::string_view code;
  absl::string_view label;
};

constexpr ConceptRow kConcepts[] = {
#define CONCEPT(vocabulary, name, code, label) {Vocabulary::k##vocabulary, code, label},
#include "core/elm/vocabulary.def"
#define ISCED_FIELD(code, label) {Vocabulary::kIscedF, code, label},
#include "core/elm/vocabulary_isced.def"
#undef ISCED_FIELD
};

// Entries of the authority list of countries that ISO 3166-1, as ICU has it, lacks or names otherwise.
struct SpecialCountry {
  absl::string_view alpha2;
  absl::string_view code;
  absl::string_view label;
};
constexpr SpecialCountry kSpecialCountries[] = {
    {"XK", "1A0", "Kosovo"},
    {"TF", "FQ0", "French Southern and Antarctic Lands"},
    {"EU", "EUR", "European Union"},
    {"CP", "CPT", "Clipperton"},
    {"", "OP_DATPRO", "Provisional data"},
};

// Entries of ICU that are no members of the authority list, by alpha-2.
constexpr absl::string_view kNotInAuthorityList[] = {"DG", "EA", "IC", "XK", "TF", "CP"};

struct Entry {
  std::string code;  // of the authority list
  std::string tag;   // alpha-2 of a country; empty if there is none
  std::string label;
};

struct Countries {
  std::vector<Entry> entries;
  absl::flat_hash_map<std::string, size_t> by_key;  // alpha-2 and authority code, in capital letters
};

std::string EnglishCountry(absl::string_view alpha2) {
  icu::UnicodeString name;
  icu::Locale("", std::string(alpha2).c_str()).getDisplayCountry(icu::Locale::getEnglish(), name);
  std::string utf8;
  return name.toUTF8String(utf8);
}

const Countries& CountryTable() {
  static const Countries* const table = [] {
    auto* countries = new Countries;
    const auto add = [countries](Entry entry) {
      const size_t index = countries->entries.size();
      countries->by_key.emplace(entry.code, index);
      if (!entry.tag.empty()) countries->by_key.emplace(entry.tag, index);
      countries->entries.push_back(std::move(entry));
    };
    for (const SpecialCountry& row : kSpecialCountries) {
      add({std::string(row.code), std::string(row.alpha2), std::string(row.label)});
    }
    for (const char* const* alpha2 = uloc_getISOCountries(); *alpha2 != nullptr; ++alpha2) {
      bool listed = true;
      for (absl::string_view other : kNotInAuthorityList) listed = listed && other != *alpha2;
      const std::string alpha3 = uloc_getISO3Country(absl::StrCat("_", *alpha2).c_str());
      if (listed && !alpha3.empty()) add({alpha3, *alpha2, EnglishCountry(*alpha2)});
    }
    // The EU's own two letters.
    countries->by_key.emplace("EL", countries->by_key.at("GR"));
    countries->by_key.emplace("UK", countries->by_key.at("GB"));
    return countries;
  }();
  return *table;
}

const Entry* FindCountry(absl::string_view code) {
  absl::ConsumePrefix(&code, kCountryScheme);
  absl::ConsumePrefix(&code, "/");
  const Countries& table = CountryTable();
  const auto found = table.by_key.find(absl::AsciiStrToUpper(absl::StripAsciiWhitespace(code)));
  return found == table.by_key.end() ? nullptr : &table.entries[found->second];
}

// A language as ICU knows it.
struct LanguageEntry {
  std::string code;   // ISO 639-3, in small letters
  std::string tag;    // BCP 47
  std::string label;  // English
};

// `primary` is a subtag of two or three small letters. Nothing if ICU does not know it.
std::optional<LanguageEntry> AskLanguage(const std::string& primary) {
  if (primary == "und") return LanguageEntry{primary, primary, "Undetermined"};
  const std::string code = uloc_getISO3Language(primary.c_str());
  if (code.empty()) return std::nullopt;
  const icu::Locale locale(code.c_str());
  icu::UnicodeString name;
  locale.getDisplayLanguage(icu::Locale::getEnglish(), name);
  LanguageEntry entry{code, locale.getLanguage(), ""};
  name.toUTF8String(entry.label);
  return entry;
}

// By subtags of two and of three letters. Every text of a document asks for its language, and asking ICU each time is
// a fifth of a translation.
const absl::flat_hash_map<std::string, LanguageEntry>& LanguageTable() {
  static const auto* const table = [] {
    auto* made = new absl::flat_hash_map<std::string, LanguageEntry>;
    const auto add = [made](const std::string& primary) {
      if (std::optional<LanguageEntry> entry = AskLanguage(primary)) {
        made->emplace(entry->code, *entry);
        made->emplace(primary, *std::move(entry));
      }
    };
    for (const char* const* language = uloc_getISOLanguages(); *language != nullptr; ++language) add(*language);
    add("und");
    return made;
  }();
  return *table;
}

// `tag` is a BCP 47 tag or an IRI of the authority list.
std::optional<LanguageEntry> FindLanguage(absl::string_view tag) {
  for (absl::string_view prefix : {kLanguageScheme, absl::string_view("https://publications.europa.eu/resource/"
                                                                      "authority/language")}) {
    absl::ConsumePrefix(&tag, prefix);
  }
  absl::ConsumePrefix(&tag, "/");
  const std::string primary = absl::AsciiStrToLower(absl::StripAsciiWhitespace(tag.substr(0, tag.find_first_of("-_"))));
  if (primary.size() < 2 || primary.size() > 3) return std::nullopt;
  for (char c : primary) {
    if (!absl::ascii_isalpha(c)) return std::nullopt;
  }
  const auto found = LanguageTable().find(primary);
  // ICU also knows codes that are no longer listed, such as "iw".
  return found == LanguageTable().end() ? AskLanguage(primary) : found->second;
}

// Codes of languages by their English names in small letters.
const absl::flat_hash_map<std::string, std::string>& LanguageNames() {
  static const auto* const names = [] {
    auto* made = new absl::flat_hash_map<std::string, std::string>;
    for (const char* const* language = uloc_getISOLanguages(); *language != nullptr; ++language) {
      const auto entry = LanguageTable().find(*language);
      if (entry != LanguageTable().end()) made->emplace(absl::AsciiStrToLower(entry->second.label), *language);
    }
    return made;
  }();
  return *names;
}

// The beginning of the IRIs of a vocabulary's concepts, and the IRI of its scheme.
struct Namespace {
  std::string base;
  std::string scheme;
};

Namespace MakeNamespace(absl::string_view path) {
  if (absl::ConsumePrefix(&path, "snb/")) {
    const std::string base = absl::StrCat(kSnb, path, "/");
    return {base, absl::StrCat(base, kSchemeCode)};
  }
  absl::ConsumePrefix(&path, "authority/");
  const std::string scheme = absl::StrCat(kAuthority, path);
  return {absl::StrCat(scheme, "/"), scheme};
}

const Namespace& NamespaceOf(Vocabulary vocabulary) {
  static const auto* const namespaces = [] {
    auto* made = new std::vector<Namespace>;
    for (const VocabularyRow& row : kVocabularies) made->push_back(MakeNamespace(row.path));
    return made;
  }();
  return (*namespaces)[static_cast<size_t>(vocabulary)];
}

const std::string& BaseOf(Vocabulary vocabulary) { return NamespaceOf(vocabulary).base; }

// Whether an IRI is of a scheme whose concepts lie below it; takes the scheme off.
bool ConsumeScheme(absl::string_view* iri, absl::string_view scheme) {
  absl::string_view rest = *iri;
  if (!absl::ConsumePrefix(&rest, scheme) || !absl::ConsumePrefix(&rest, "/")) return false;
  *iri = rest;
  return true;
}

struct VocabularyTables {
  absl::flat_hash_map<std::string, const ConceptRow*> by_iri;
  absl::flat_hash_map<std::string, Vocabulary> by_scheme;
  absl::flat_hash_map<std::string, Vocabulary> by_base;
};

const VocabularyTables& ConceptTables() {
  static const VocabularyTables* const tables = [] {
    auto* made = new VocabularyTables;
    for (const ConceptRow& row : kConcepts) made->by_iri.emplace(absl::StrCat(BaseOf(row.vocabulary), row.code), &row);
    for (size_t i = 0; i < std::size(kVocabularies); ++i) {
      made->by_scheme.emplace(SchemeOf(static_cast<Vocabulary>(i)), static_cast<Vocabulary>(i));
      made->by_base.emplace(BaseOf(static_cast<Vocabulary>(i)), static_cast<Vocabulary>(i));
    }
    return made;
  }();
  return *tables;
}

v3::Concept ConceptOfRow(const ConceptRow& row) {
  const Namespace& names = NamespaceOf(row.vocabulary);
  return MakeConcept(absl::StrCat(names.base, row.code), names.scheme, row.label);
}

}  // namespace

std::string SchemeOf(Vocabulary vocabulary) { return NamespaceOf(vocabulary).scheme; }

v3::Concept MakeConcept(absl::string_view iri, absl::string_view scheme, absl::string_view label,
                        absl::string_view language) {
  v3::Concept made;
  made.set_id(std::string(iri));
  made.add_type("Concept");
  if (!scheme.empty()) {
    v3::ConceptScheme* in_scheme = made.add_in_scheme();
    in_scheme->set_id(std::string(scheme));
    in_scheme->add_type("ConceptScheme");
  }
  if (!label.empty()) {
    v3::LanguageString* text = made.add_pref_label();
    text->set_language(std::string(language));
    text->set_value(std::string(label));
  }
  return made;
}

std::optional<v3::Concept> ConceptOf(Vocabulary vocabulary, absl::string_view code) {
  if (vocabulary == Vocabulary::kIscedF) return IscedField(code);
  const auto found = ConceptTables().by_iri.find(absl::StrCat(BaseOf(vocabulary), code));
  if (found == ConceptTables().by_iri.end()) return std::nullopt;
  return ConceptOfRow(*found->second);
}

std::optional<v3::Concept> ConceptByLabel(Vocabulary vocabulary, absl::string_view label) {
  label = absl::StripAsciiWhitespace(label);
  if (label.empty()) return std::nullopt;
  for (const ConceptRow& row : kConcepts) {
    if (row.vocabulary == vocabulary && absl::EqualsIgnoreCase(row.label, label)) return ConceptOfRow(row);
  }
  return std::nullopt;
}

std::optional<v3::Concept> EqfLevel(int level) {
  if (level < 1 || level > 8) return std::nullopt;
  return ConceptOf(Vocabulary::kEqf, absl::StrCat(level));
}

std::optional<v3::Concept> IscedField(absl::string_view code) {
  std::string digits = absl::StrReplaceAll(absl::StripAsciiWhitespace(code), {{".", ""}});
  const auto find = [](absl::string_view text) {
    return ConceptTables().by_iri.find(absl::StrCat(BaseOf(Vocabulary::kIscedF), text));
  };
  auto found = find(digits);
  // "732" stands for "0732" where no field "732" exists.
  if (found == ConceptTables().by_iri.end()) found = find(absl::StrCat("0", digits));
  if (found == ConceptTables().by_iri.end()) return std::nullopt;
  return ConceptOfRow(*found->second);
}

std::optional<v3::Concept> Country(absl::string_view code) {
  const Entry* entry = FindCountry(code);
  if (entry == nullptr) return std::nullopt;
  return MakeConcept(absl::StrCat(kCountryScheme, "/", entry->code), kCountryScheme, entry->label);
}

std::optional<v3::Concept> Language(absl::string_view tag) {
  const std::optional<LanguageEntry> entry = FindLanguage(tag);
  if (!entry.has_value()) return std::nullopt;
  return MakeConcept(absl::StrCat(kLanguageScheme, "/", absl::AsciiStrToUpper(entry->code)), kLanguageScheme,
                     entry->label);
}

std::optional<v3::Concept> FileTypeOfMedia(absl::string_view media_type) {
  static constexpr std::pair<absl::string_view, absl::string_view> kMedia[] = {
      {"application/pdf", kFileTypePdf},
      {"application/xml", kFileTypeXml},
      {"text/xml", kFileTypeXml},
      {"application/json", kFileTypeJson},
      {"image/png", kFileTypePng},
      {"application/ld+json", kFileTypeJsonLd},
      {"image/jpeg", kFileTypeJpeg},
      {"text/html", kFileTypeHtml},
      {"text/plain", kFileTypeText},
      {"application/jose+json", kFileTypeJson},
      {"text/csv", kFileTypeCsv},
      {"image/svg+xml", kFileTypeSvg},
      {"application/sd-jwt", kFileTypeText},
  };
  const absl::string_view bare = absl::StripAsciiWhitespace(media_type.substr(0, media_type.find(';')));
  for (const auto& [media, code] : kMedia) {
    if (absl::EqualsIgnoreCase(media, bare)) return ConceptOf(Vocabulary::kFileType, code);
  }
  return std::nullopt;
}

std::optional<std::string> LabelOf(absl::string_view iri) {
  if (const std::optional<NationalLevel> level = NationalLevelByIri(iri)) {
    return absl::StrCat(level->framework_name, ", ", level->level);
  }
  const auto found = ConceptTables().by_iri.find(iri);
  if (found != ConceptTables().by_iri.end()) {
    if (found->second->label.empty()) return std::nullopt;
    return std::string(found->second->label);
  }
  absl::string_view code = iri;
  if (ConsumeScheme(&code, kCountryScheme)) {
    const Entry* entry = FindCountry(iri);
    if (entry != nullptr) return entry->label;
  } else if (ConsumeScheme(&code, kLanguageScheme)) {
    if (std::optional<LanguageEntry> entry = FindLanguage(iri)) return std::move(entry->label);
  }
  return std::nullopt;
}

Membership MembershipOf(absl::string_view iri, absl::string_view scheme) {
  if (scheme == kCountryScheme || scheme == kLanguageScheme) {
    absl::string_view code = iri;
    if (!ConsumeScheme(&code, scheme)) return Membership::kNotMember;
    if (scheme == kCountryScheme) {
      const Entry* entry = FindCountry(code);
      return entry != nullptr && entry->code == code ? Membership::kMember : Membership::kNotMember;
    }
    // ICU knows the languages of its locales; the authority list has thousands more.
    const std::optional<LanguageEntry> entry = FindLanguage(code);
    return entry.has_value() && code == absl::AsciiStrToUpper(entry->code) ? Membership::kMember : Membership::kUnknown;
  }
  if (scheme == kTerritorialUnitScheme) {
    return IsRegion(iri) && CountryOfRegion(iri).has_value() ? Membership::kUnknown : Membership::kNotMember;
  }
  if (scheme == kNationalLevelScheme && NationalLevelByIri(iri).has_value()) return Membership::kMember;
  const auto vocabulary = ConceptTables().by_scheme.find(scheme);
  if (vocabulary == ConceptTables().by_scheme.end()) {
    // A scheme of the EU whose list is not here still has only concepts under its own base.
    absl::string_view base = scheme;
    if (absl::StartsWith(base, kSnb) && absl::ConsumeSuffix(&base, kSchemeCode) && !absl::StartsWith(iri, base)) {
      return Membership::kNotMember;
    }
    return Membership::kUnknown;
  }
  if (!absl::StartsWith(iri, BaseOf(vocabulary->second))) return Membership::kNotMember;
  if (ConceptTables().by_iri.contains(iri)) return Membership::kMember;
  return IsComplete(vocabulary->second) ? Membership::kNotMember : Membership::kUnknown;
}

std::optional<Vocabulary> VocabularyOf(absl::string_view iri) {
  const absl::string_view base = iri.substr(0, iri.rfind('/') + 1);
  const auto found = ConceptTables().by_base.find(base);
  if (found == ConceptTables().by_base.end()) return std::nullopt;
  return found->second;
}

bool IsComplete(Vocabulary vocabulary) {
  return kVocabularies[static_cast<size_t>(vocabulary)].completeness == kComplete;
}

std::optional<v3::Concept> CountryNamed(absl::string_view name) {
  for (const Entry& entry : CountryTable().entries) {
    if (absl::EqualsIgnoreCase(entry.label, name)) return Country(entry.code);
  }
  return std::nullopt;
}

std::optional<v3::Concept> LanguageNamed(absl::string_view name) {
  const auto found = LanguageNames().find(absl::AsciiStrToLower(name));
  if (found == LanguageNames().end()) return std::nullopt;
  return Language(found->second);
}

std::optional<std::string> CodeOf(Vocabulary vocabulary, absl::string_view iri) {
  if (!absl::ConsumePrefix(&iri, BaseOf(vocabulary)) || iri.empty()) return std::nullopt;
  return std::string(iri);
}

std::optional<std::string> CountryCodeOf(absl::string_view iri) {
  absl::string_view code = iri;
  if (!ConsumeScheme(&code, kCountryScheme)) return std::nullopt;
  const Entry* entry = FindCountry(iri);
  if (entry == nullptr || entry->tag.empty()) return std::nullopt;
  return entry->tag;
}

std::optional<std::string> LanguageTagOf(absl::string_view iri) {
  absl::string_view code = iri;
  if (!ConsumeScheme(&code, kLanguageScheme)) return std::nullopt;
  return LanguageTagFor(iri);
}

std::optional<std::string> LanguageTagFor(absl::string_view tag) {
  std::optional<LanguageEntry> entry = FindLanguage(tag);
  if (!entry.has_value()) return std::nullopt;
  return std::move(entry->tag);
}

}  // namespace passerelle::elm
