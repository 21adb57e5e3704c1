// The keywords of JSON-LD 1.1 (Syntax, 1.7).
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::rdf {

enum class Keyword {
  kNone,
  kBase,
  kContainer,
  kContext,
  kDirection,
  kGraph,
  kId,
  kImport,
  kIncluded,
  kIndex,
  kJson,
  kLanguage,
  kList,
  kNest,
  kNoneValue,
  kPrefix,
  kPropagate,
  kProtected,
  kReverse,
  kSet,
  kType,
  kValue,
  kVersion,
  kVocab,
};

// The keyword that the text is; kNone for every other text.
Keyword KeywordOf(absl::string_view text);
inline bool IsKeyword(absl::string_view text) { return KeywordOf(text) != Keyword::kNone; }

// Whether the text is "@" and letters: reserved, and without meaning unless it is a keyword.
bool HasKeywordForm(absl::string_view text);

}  // namespace passerelle::rdf
