// Makes the term definitions of one context definition (JSON-LD 1.1 API, 4.2).
//
// Thread-safety: belongs to one thread. Ownership: views into the context definition and the active context that is
// being made, which outlive it.
#pragma once

#include <simdjson.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/rdf/context.h"

namespace passerelle::rdf {

// The entries of a context definition by name, those of "@import" included.
using DefinitionEntries = std::map<absl::string_view, LocalContext>;

class TermMaker {
 public:
  TermMaker(const DefinitionEntries& entries, bool protects, bool override_protected, ActiveContext& context)
      : entries_(entries), protects_(protects), override_protected_(override_protected), context_(context) {}

  // Defines the term unless it is defined. Problem: kJsonLdInvalid; the place is the term.
  absl::Status Define(absl::string_view term);

  // IRI expansion (5.2) within the context definition, which defines what it needs.
  absl::StatusOr<std::optional<std::string>> Expand(absl::string_view value, Relative relative);

  // Terms with a scoped context, which is to be checked once the definition is complete.
  const std::vector<std::string>& scoped_terms() const { return scoped_terms_; }

 private:
  // A term on its way: the entry, what is made of it, and whether it was written as a mere text.
  struct Draft {
    absl::string_view term;
    std::optional<simdjson::dom::object> value;  // none for a text, and for null
    std::optional<absl::string_view> id_text;    // what was written for "@id"
    bool is_null = false;                        // null, or "@id": null
    bool is_simple = false;
    TermDefinition made;
  };
  using Entry = std::optional<simdjson::dom::element>;

  absl::StatusOr<Draft> StartDraft(absl::string_view term, const LocalContext& entry);
  static bool IsAllowedForType(simdjson::dom::element value);
  // False: the term is to be ignored, for it looks like a keyword.
  absl::StatusOr<bool> FillIn(Draft& draft, const LocalContext& entry);
  absl::Status SetProtected(Draft& draft);
  absl::Status SetType(Draft& draft);
  absl::StatusOr<bool> SetReverse(Draft& draft, simdjson::dom::element reverse);
  absl::StatusOr<bool> SetIri(Draft& draft);
  absl::StatusOr<bool> SetIriFromId(Draft& draft);
  absl::Status SetIriFromTerm(Draft& draft);
  absl::Status SetContainer(Draft& draft);
  absl::Status SetIndex(Draft& draft);
  absl::Status SetContext(Draft& draft, const LocalContext& entry);
  absl::Status SetLanguageAndDirection(Draft& draft);
  absl::Status SetNest(Draft& draft);
  absl::Status SetPrefix(Draft& draft);
  static absl::Status CheckEntries(const Draft& draft);
  absl::Status Store(Draft draft, const TermDefinition* previous);

  const DefinitionEntries& entries_;
  const bool protects_;
  const bool override_protected_;
  ActiveContext& context_;
  absl::flat_hash_map<std::string, bool> defined_;  // false: on the way
  std::vector<std::string> scoped_terms_;
};

}  // namespace passerelle::rdf
