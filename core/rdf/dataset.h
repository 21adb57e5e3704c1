// An RDF dataset: quads of terms. Every distinct term is kept once, as the text that canonical N-Quads has for it
// (RDFC-1.0, 5; N-Quads 1.1 with minimal escapes), so that writing a quad is putting texts in a row.
//
// Thread-safety: const methods are safe together. Ownership: the dataset owns its texts; views stay valid while it
// lives, also when it is moved.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace passerelle::rdf {

inline constexpr absl::string_view kXsdString = "http://www.w3.org/2001/XMLSchema#string";
inline constexpr absl::string_view kRdfLangString = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString";

using TermId = uint32_t;
// The graph of quads that are in no named graph; its text is empty.
inline constexpr TermId kDefaultGraph = 0;

struct Quad {
  TermId subject;
  TermId predicate;
  TermId object;
  TermId graph = kDefaultGraph;

  friend bool operator==(const Quad& left, const Quad& right) { return left.Tie() == right.Tie(); }
  template <typename H>
  friend H AbslHashValue(H state, const Quad& quad) {
    return H::combine(std::move(state), quad.subject, quad.predicate, quad.object, quad.graph);
  }
  std::tuple<TermId, TermId, TermId, TermId> Tie() const { return {subject, predicate, object, graph}; }
};

class Dataset {
 public:
  Dataset();
  Dataset(Dataset&&) = default;
  Dataset& operator=(Dataset&&) = default;
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  // The number of a term; made when it is new. Texts of IRIs and blank nodes come without brackets and "_:".
  TermId Iri(absl::string_view iri);
  TermId BlankNode(absl::string_view label);
  // `language` is empty for literals without one; then the datatype may be anything, xsd:string included.
  TermId Literal(absl::string_view lexical, absl::string_view datatype, absl::string_view language);

  // Adds the quad unless it is there already. Problem: kRdfTooComplex beyond kRdfQuadsMax and kRdfTextBytesMax.
  absl::Status Add(const Quad& quad);

  const std::vector<Quad>& quads() const { return quads_; }
  // The N-Quads text of a term.
  absl::string_view Text(TermId term) const { return texts_[term]; }
  bool IsBlankNode(TermId term) const { return term != kDefaultGraph && texts_[term][0] == '_'; }
  size_t term_count() const { return texts_.size(); }

  // The quad as a line of N-Quads with its line feed.
  std::string Line(const Quad& quad) const;

 private:
  TermId Intern(std::string text);

  std::deque<std::string> texts_;
  absl::flat_hash_map<absl::string_view, TermId> ids_;
  std::vector<Quad> quads_;
  absl::flat_hash_set<Quad> present_;
  size_t text_bytes_ = 0;
};

}  // namespace passerelle::rdf
