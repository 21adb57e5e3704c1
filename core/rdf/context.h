// Active contexts of JSON-LD 1.1 (API, 4.1): what terms mean at a place of a document.
//
// Thread-safety: immutable once shared. Ownership: shared pointers; a scoped context is a view into its JSON document,
// which outlives the active context.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace passerelle::rdf {

// Container mappings, as bits.
enum Container : uint8_t {
  kContainerGraph = 1,
  kContainerId = 2,
  kContainerIndex = 4,
  kContainerLanguage = 8,
  kContainerList = 16,
  kContainerSet = 32,
  kContainerType = 64,
};

// A context as written in a document, not processed yet.
struct LocalContext {
  simdjson::dom::element element;
  std::string base_url;  // what its relative references are resolved against
  bool is_pinned = false;
};

struct TermDefinition {
  std::optional<std::string> iri;  // none: the term has no meaning
  bool is_prefix = false;
  bool is_reverse = false;
  bool is_protected = false;
  std::optional<std::string> type;
  // Empty texts: explicitly none, whatever the default.
  std::optional<std::string> language;
  std::optional<std::string> direction;
  uint8_t containers = 0;
  std::optional<std::string> index;
  std::optional<std::string> nest;
  std::optional<LocalContext> context;

  bool Has(Container container) const { return (containers & container) != 0; }
  // Whether they differ in nothing but being protected.
  bool SameMeaning(const TermDefinition& other) const;
};

struct ActiveContext {
  std::optional<std::string> base;  // the base IRI
  std::string original_base;
  std::optional<std::string> vocab;
  std::string language;   // empty: none
  std::string direction;  // empty: none
  absl::flat_hash_map<std::string, std::shared_ptr<const TermDefinition>> terms;
  std::shared_ptr<const ActiveContext> previous;
  bool is_pinned = false;  // made of pinned contexts only

  const TermDefinition* Find(absl::string_view term) const {
    const auto found = terms.find(term);
    return found == terms.end() ? nullptr : found->second.get();
  }
  bool HasProtectedTerms() const;
};

using ActiveContextPtr = std::shared_ptr<const ActiveContext>;

// Keeps texts that are made on the way; views of them stay valid while it lives.
class TextPool {
 public:
  absl::string_view Keep(std::string text) {
    texts_.push_back(std::move(text));
    return texts_.back();
  }

 private:
  std::deque<std::string> texts_;
};

enum class Relative {
  kNothing,        // relative references stay as they are
  kVocab,          // terms and the vocabulary mapping
  kDocument,       // the base IRI
  kVocabDocument,  // terms and the vocabulary mapping, then the base IRI
};

// IRI expansion (API, 5.2) of a value that is not within a context. None: the value means nothing. The view is of the
// value, of the context, or of the pool.
std::optional<absl::string_view> ExpandIri(const ActiveContext& context, absl::string_view value, Relative relative,
                                           TextPool& pool);

}  // namespace passerelle::rdf
