#include "core/rdf/keyword.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace passerelle::rdf {
namespace {

struct Spelling {
  absl::string_view text;
  Keyword keyword;
};

constexpr Spelling kSpellings[] = {
    {"@base", Keyword::kBase},
    {"@container", Keyword::kContainer},
    {"@context", Keyword::kContext},
    {"@direction", Keyword::kDirection},
    {"@graph", Keyword::kGraph},
    {"@id", Keyword::kId},
    {"@import", Keyword::kImport},
    {"@included", Keyword::kIncluded},
    {"@index", Keyword::kIndex},
    {"@json", Keyword::kJson},
    {"@language", Keyword::kLanguage},
    {"@list", Keyword::kList},
    {"@nest", Keyword::kNest},
    {"@none", Keyword::kNoneValue},
    {"@prefix", Keyword::kPrefix},
    {"@propagate", Keyword::kPropagate},
    {"@protected", Keyword::kProtected},
    {"@reverse", Keyword::kReverse},
    {"@set", Keyword::kSet},
    {"@type", Keyword::kType},
    {"@value", Keyword::kValue},
    {"@version", Keyword::kVersion},
    {"@vocab", Keyword::kVocab},
};

}  // namespace

Keyword KeywordOf(absl::string_view text) {
  if (text.size() < 3 || text[0] != '@') return Keyword::kNone;
  for (const Spelling& spelling : kSpellings) {
    if (spelling.text == text) return spelling.keyword;
  }
  return Keyword::kNone;
}

bool HasKeywordForm(absl::string_view text) {
  return text.size() > 1 && text[0] == '@' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return absl::ascii_isalpha(static_cast<unsigned char>(c));
         });
}

}  // namespace passerelle::rdf
