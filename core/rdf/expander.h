// Expansion of JSON-LD 1.1 (API, 5.1 and 5.3).
//
// Thread-safety: belongs to one thread and one document. Ownership: what it returns holds views into the document, the
// contexts and the expander.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/rdf/context.h"
#include "core/rdf/context_processor.h"
#include "core/rdf/expanded.h"
#include "core/rdf/json_ld.h"
#include "core/rdf/keyword.h"

namespace passerelle::rdf {

class Expander {
 public:
  Expander(ContextSource& contexts, const JsonLdOptions& options) : options_(options), processor_(contexts) {}

  // The expanded document: node objects. Problems of ToRdf.
  absl::StatusOr<Expanded::Items> Run(simdjson::dom::element document);

  bool used_inline_context() const { return processor_.used_inline_context(); }

 private:
  using Element = simdjson::dom::element;
  using Property = std::optional<absl::string_view>;  // the active property
  using Status = absl::Status;

  // The outcome of expanding one element: nothing, one object, or an array.
  struct Outcome {
    bool is_array = false;
    Expanded::Items items;
  };

  // An object on its way.
  struct ObjectState {
    ActiveContextPtr context;
    ActiveContextPtr type_scoped;  // for the values of "@type"
    Property property;
    absl::string_view input_type;
    std::vector<std::pair<absl::string_view, Element>> nests;
    Expanded result;
  };

  // What an index, id or type map needs for each of its entries.
  struct MapState {
    absl::string_view key;  // the property
    const TermDefinition& term;
    absl::string_view index_key;     // "@index", or the property that takes the index
    ActiveContextPtr context;        // of the property
    ActiveContextPtr value_context;  // of the entries, before one scoped by type
  };

  // Names a step into the document while it lives, for the places of problems.
  class Step {
   public:
    Step(Expander& expander, absl::string_view name) : expander_(expander) { expander_.path_.emplace_back(name, 0); }
    Step(Expander& expander, size_t index) : expander_(expander) {
      expander_.path_.emplace_back(absl::string_view(), index);
    }
    ~Step() { expander_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Expander& expander_;
  };

  // expander.cc: the algorithm's outline.
  absl::StatusOr<Outcome> Expand(ActiveContextPtr context, Property property, Element element, bool from_map);
  absl::StatusOr<Expanded::Items> ExpandToItems(const ActiveContextPtr& context, Property property, Element element);
  absl::StatusOr<Outcome> ExpandScalar(ActiveContextPtr context, Property property, const TermDefinition* term,
                                       Element element);
  absl::StatusOr<Outcome> ExpandArray(const ActiveContextPtr& context, Property property, simdjson::dom::array array,
                                      bool from_map);
  absl::StatusOr<Outcome> ExpandObject(ActiveContextPtr context, Property property, const TermDefinition* term,
                                       simdjson::dom::object object, bool from_map);
  bool MustRevert(const ActiveContext& context, simdjson::dom::object object);
  absl::StatusOr<ActiveContextPtr> ApplyTypeScoped(const ActiveContextPtr& context, simdjson::dom::object object,
                                                   absl::string_view& input_type);
  absl::StatusOr<ActiveContextPtr> ApplyTypeTerm(const ActiveContextPtr& type_scoped, const ActiveContextPtr& context,
                                                 absl::string_view type);
  absl::StatusOr<ActiveContextPtr> ApplyScoped(const ActiveContextPtr& context, const TermDefinition* term,
                                               ProcessOptions options);
  Status ExpandMembers(ObjectState& state, simdjson::dom::object object);
  Status ExpandNests(ObjectState& state);
  absl::StatusOr<Expanded> ExpandText(const ActiveContext& context, absl::string_view property, absl::string_view text,
                                      std::optional<Element> element);

  // expander_keywords.cc: keyword entries, and what an object must be in the end.
  Status ExpandKeyword(ObjectState& state, Keyword keyword, Element value);
  Status SetId(ObjectState& state, Element value);
  Status AddTypes(ObjectState& state, Element value);
  Status AddType(ObjectState& state, Element value);
  Status AddIncluded(ObjectState& state, Element value);
  Status SetValue(ObjectState& state, Element value);
  Status SetLanguage(ObjectState& state, Element value);
  Status SetDirection(ObjectState& state, Element value);
  Status SetList(ObjectState& state, Element value);
  Status AddReverse(ObjectState& state, Element value);
  absl::StatusOr<Outcome> Finish(ObjectState& state);
  absl::StatusOr<Outcome> FinishValue(ObjectState& state);

  // expander_properties.cc: properties and their containers.
  Status ExpandProperty(ObjectState& state, absl::string_view key, absl::string_view iri, Element value);
  absl::StatusOr<Outcome> ExpandPropertyValue(ObjectState& state, absl::string_view key, const TermDefinition* term,
                                              Element value);
  absl::StatusOr<Outcome> ExpandLanguageMap(const ObjectState& state, const TermDefinition& term,
                                            simdjson::dom::object map);
  Status ExpandLanguageEntry(const ObjectState& state, const TermDefinition& term, absl::string_view language,
                             Element value, Outcome& outcome);
  absl::StatusOr<Outcome> ExpandIndexMap(const ObjectState& state, absl::string_view key, const TermDefinition& term,
                                         simdjson::dom::object map);
  Status ExpandIndexEntry(const MapState& map, absl::string_view index, Element value, Outcome& outcome);
  Status AddIndex(const MapState& map, absl::string_view index, absl::string_view expanded, Expanded& item);
  Status AddIndexProperty(const MapState& map, absl::string_view index, Expanded& item);

  std::optional<absl::string_view> Iri(const ActiveContext& context, absl::string_view value, Relative relative) {
    return ExpandIri(context, value, relative, pool_);
  }
  Status Charge();
  std::string Place() const;
  Status Invalid(absl::string_view code) const;
  // A problem in safe mode, nothing otherwise.
  Status NotCovered(absl::string_view what) const;
  // The same unless the text is an absolute IRI or a blank node identifier.
  Status CheckReference(absl::string_view iri, absl::string_view what) const;

  const JsonLdOptions& options_;
  ContextProcessor processor_;
  TextPool pool_;
  std::vector<std::pair<absl::string_view, size_t>> path_;
  size_t items_ = 0;
};

}  // namespace passerelle::rdf
