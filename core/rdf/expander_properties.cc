// Properties of an object and their containers (JSON-LD 1.1 API, 5.1.2, steps 13.5 to 13.14).
#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"
#include "core/rdf/expander.h"

namespace passerelle::rdf {

namespace dom = simdjson::dom;

absl::Status Expander::ExpandProperty(ObjectState& state, absl::string_view key, absl::string_view iri, Element value) {
  // The definition lives in the context, which stays the same until the property is done.
  const TermDefinition* const term = state.context->Find(key);
  ASSIGN_OR_RETURN(Outcome outcome, ExpandPropertyValue(state, key, term, value));
  Expanded::Items& items = outcome.items;
  if (items.empty() && !outcome.is_array) {
    return value.is_null() || value.is_object() ? absl::OkStatus() : NotCovered("a value without meaning");
  }
  if (term != nullptr && term->Has(kContainerList)) {
    const bool is_list = !outcome.is_array && items[0].IsList();
    if (!is_list) {
      Expanded list;
      list.list = std::move(items);
      items = Expanded::Items();
      items.push_back(std::move(list));
    }
  }
  if (term != nullptr && term->Has(kContainerGraph) && !term->Has(kContainerId) && !term->Has(kContainerIndex)) {
    for (Expanded& item : items) {
      Expanded graph;
      graph.graph.emplace().push_back(std::move(item));
      item = std::move(graph);
    }
  }
  if (term == nullptr || !term->is_reverse) {
    state.result.properties.emplace_back(iri, std::move(items));
    return absl::OkStatus();
  }
  if (!std::all_of(items.begin(), items.end(), [](const Expanded& item) { return item.IsNode(); })) {
    return Invalid("invalid reverse property value");
  }
  state.result.has_reverse = true;
  state.result.reverse.emplace_back(iri, std::move(items));
  return absl::OkStatus();
}

absl::StatusOr<Expander::Outcome> Expander::ExpandPropertyValue(ObjectState& state, absl::string_view key,
                                                                const TermDefinition* term, Element value) {
  if (term != nullptr && term->type == "@json") {
    RETURN_IF_ERROR(Charge());
    Outcome outcome;
    Expanded& json = outcome.items.emplace_back();
    json.has_value = true;
    json.value = value;
    json.has_type = true;
    json.types.emplace_back("@json");
    return outcome;
  }
  const auto map = base::AsObject(value);
  if (term != nullptr && map.has_value()) {
    if (term->Has(kContainerLanguage)) return ExpandLanguageMap(state, *term, *map);
    if (term->Has(kContainerIndex) || term->Has(kContainerType) || term->Has(kContainerId)) {
      return ExpandIndexMap(state, key, *term, *map);
    }
  }
  return Expand(state.context, key, value, false);
}

// Step 13.7.
absl::StatusOr<Expander::Outcome> Expander::ExpandLanguageMap(const ObjectState& state, const TermDefinition& term,
                                                              dom::object map) {
  Outcome outcome;
  outcome.is_array = true;
  for (const dom::key_value_pair member : map) {
    const absl::string_view language = base::View(member.key);
    const Step step(*this, language);
    if (const auto array = base::AsArray(member.value)) {
      for (const Element entry : *array) {
        RETURN_IF_ERROR(ExpandLanguageEntry(state, term, language, entry, outcome));
      }
    } else {
      RETURN_IF_ERROR(ExpandLanguageEntry(state, term, language, member.value, outcome));
    }
  }
  return outcome;
}

absl::Status Expander::ExpandLanguageEntry(const ObjectState& state, const TermDefinition& term,
                                           absl::string_view language, Element value, Outcome& outcome) {
  if (value.is_null()) return absl::OkStatus();
  RETURN_IF_ERROR(Charge());
  const auto text = base::AsString(value);
  if (!text.has_value()) return Invalid("invalid language map value");
  Expanded& item = outcome.items.emplace_back();
  item.has_value = true;
  item.value = value;
  item.value_text = *text;
  const auto iri = Iri(*state.context, language, Relative::kVocab);
  if (!iri.has_value() || *iri != "@none") item.language = pool_.Keep(absl::AsciiStrToLower(language));
  const absl::string_view direction = term.direction.has_value() ? *term.direction : state.context->direction;
  if (!direction.empty()) item.direction = direction;
  return absl::OkStatus();
}

// Step 13.8.
absl::StatusOr<Expander::Outcome> Expander::ExpandIndexMap(const ObjectState& state, absl::string_view key,
                                                           const TermDefinition& term, dom::object map) {
  const absl::string_view index_key = term.index.has_value() ? absl::string_view(*term.index) : "@index";
  MapState map_state{key, term, index_key, state.context, state.context};
  // A context scoped by type belongs to the object that has the map, not to the objects within.
  if (term.Has(kContainerType) && state.context->previous != nullptr) {
    map_state.value_context = state.context->previous;
  }
  Outcome outcome;
  outcome.is_array = true;
  for (const dom::key_value_pair member : map) {
    const Step step(*this, base::View(member.key));
    RETURN_IF_ERROR(ExpandIndexEntry(map_state, base::View(member.key), member.value, outcome));
  }
  return outcome;
}

absl::Status Expander::ExpandIndexEntry(const MapState& map, absl::string_view index, Element value, Outcome& outcome) {
  ActiveContextPtr context = map.value_context;
  if (map.term.Has(kContainerType)) {
    ASSIGN_OR_RETURN(context, ApplyScoped(context, context->Find(index), {false, false}));
  }
  const auto iri = Iri(*map.context, index, Relative::kVocab);
  const absl::string_view expanded = iri.value_or("");
  Outcome entry;
  if (value.is_array()) {
    ASSIGN_OR_RETURN(entry, Expand(context, map.key, value, true));
  } else {
    // A single value is an array of one (13.8.3.5), which matters to lists.
    ASSIGN_OR_RETURN(entry, Expand(context, map.key, value, true));
    const bool nests = entry.is_array && map.term.Has(kContainerList);
    if (nests) {
      Expanded list;
      list.list = std::move(entry.items);
      entry.items = Expanded::Items();
      entry.items.push_back(std::move(list));
    }
  }
  for (Expanded& item : entry.items) {
    if (map.term.Has(kContainerGraph) && !item.IsGraph()) {
      Expanded graph;
      graph.graph.emplace().push_back(std::move(item));
      item = std::move(graph);
    }
    RETURN_IF_ERROR(AddIndex(map, index, expanded, item));
    outcome.items.push_back(std::move(item));
  }
  return absl::OkStatus();
}

// Steps 13.8.3.7.2 to 13.8.3.7.5.
absl::Status Expander::AddIndex(const MapState& map, absl::string_view index, absl::string_view expanded,
                                Expanded& item) {
  if (expanded == "@none") return absl::OkStatus();
  if (map.term.Has(kContainerIndex)) {
    if (map.index_key != "@index") return AddIndexProperty(map, index, item);
    if (!item.index.has_value()) item.index = index;
  } else if (map.term.Has(kContainerId)) {
    if (item.id.has_value()) return absl::OkStatus();
    const auto id = Iri(*map.context, index, Relative::kDocument);
    if (!id.has_value()) return NotCovered("a reserved word as an identifier");
    RETURN_IF_ERROR(CheckReference(*id, "a relative identifier"));
    item.id = id;
  } else if (map.term.Has(kContainerType)) {
    RETURN_IF_ERROR(CheckReference(expanded, "a type that no context defines"));
    item.has_type = true;
    item.type_is_array = true;
    item.types.insert(item.types.begin(), expanded);
  }
  return absl::OkStatus();
}

absl::Status Expander::AddIndexProperty(const MapState& map, absl::string_view index, Expanded& item) {
  if (item.has_value) return Invalid("invalid value object");
  const auto iri = Iri(*map.context, map.index_key, Relative::kVocab);
  if (!iri.has_value()) return NotCovered("an index property without meaning");
  ASSIGN_OR_RETURN(Expanded value, ExpandText(*map.context, map.index_key, index, std::nullopt));
  Expanded::Items values;
  values.push_back(std::move(value));
  item.properties.emplace_back(*iri, std::move(values));
  return absl::OkStatus();
}

}  // namespace passerelle::rdf
