#include "core/rdf/expander.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/iri.h"
#include "core/rdf/json_ld_problem.h"

namespace passerelle::rdf {

namespace dom = simdjson::dom;

absl::StatusOr<Expanded::Items> Expander::Run(Element document) {
  ActiveContextPtr context = processor_.Initial(options_.base);
  if (options_.expand_context.has_value()) {
    ASSIGN_OR_RETURN(context, processor_.Process(context, {*options_.expand_context, options_.base, false}, {}));
  }
  ASSIGN_OR_RETURN(Outcome outcome, Expand(context, std::nullopt, document, false));
  if (outcome.items.size() != 1 || outcome.is_array) return std::move(outcome.items);
  Expanded& only = outcome.items[0];
  const bool is_mere_graph = only.graph.has_value() && !only.id.has_value() && !only.has_type &&
                             !only.index.has_value() && !only.included.has_value() && only.properties.empty() &&
                             !only.has_reverse;
  if (!is_mere_graph) return std::move(outcome.items);
  Expanded::Items inner = *std::move(only.graph);
  return inner;
}

absl::StatusOr<Expander::Outcome> Expander::Expand(ActiveContextPtr context, Property property, Element element,
                                                   bool from_map) {
  if (element.is_null()) return Outcome();
  RETURN_IF_ERROR(Charge());
  const TermDefinition* const term = property.has_value() ? context->Find(*property) : nullptr;
  if (const auto array = base::AsArray(element)) return ExpandArray(context, property, *array, from_map);
  if (const auto object = base::AsObject(element)) {
    return ExpandObject(std::move(context), property, term, *object, from_map);
  }
  return ExpandScalar(std::move(context), property, term, element);
}

absl::StatusOr<Expanded::Items> Expander::ExpandToItems(const ActiveContextPtr& context, Property property,
                                                        Element element) {
  ASSIGN_OR_RETURN(Outcome outcome, Expand(context, property, element, false));
  return std::move(outcome.items);
}

// Step 4.
absl::StatusOr<Expander::Outcome> Expander::ExpandScalar(ActiveContextPtr context, Property property,
                                                         const TermDefinition* term, Element element) {
  if (!property.has_value() || *property == "@graph") {
    RETURN_IF_ERROR(NotCovered("a value that belongs to nothing"));
    return Outcome();
  }
  ASSIGN_OR_RETURN(context, ApplyScoped(context, term, {true, true}));
  Outcome outcome;
  const auto text = base::AsString(element);
  ASSIGN_OR_RETURN(Expanded value, ExpandText(*context, *property, text.has_value() ? *text : "", element));
  outcome.items.push_back(std::move(value));
  return outcome;
}

// Step 5.
absl::StatusOr<Expander::Outcome> Expander::ExpandArray(const ActiveContextPtr& context, Property property,
                                                        dom::array array, bool from_map) {
  Outcome outcome;
  outcome.is_array = true;
  const TermDefinition* const term = property.has_value() ? context->Find(*property) : nullptr;
  size_t index = 0;
  for (const Element entry : array) {
    const Step step(*this, index++);
    ASSIGN_OR_RETURN(Outcome expanded, Expand(context, property, entry, from_map));
    if (expanded.is_array && term != nullptr && term->Has(kContainerList)) {
      outcome.items.emplace_back().list = std::move(expanded.items);
      continue;
    }
    std::move(expanded.items.begin(), expanded.items.end(), std::back_inserter(outcome.items));
  }
  return outcome;
}

// Steps 7 to 20.
absl::StatusOr<Expander::Outcome> Expander::ExpandObject(ActiveContextPtr context, Property property,
                                                         const TermDefinition* term, dom::object object,
                                                         bool from_map) {
  if (context->previous != nullptr && !from_map && MustRevert(*context, object)) context = context->previous;
  ASSIGN_OR_RETURN(context, ApplyScoped(context, term, {true, true}));
  if (const auto local = base::Find(object, "@context")) {
    const auto processed = processor_.Process(context, {*local, options_.base, false}, {});
    if (!processed.ok()) {
      const absl::Status& fault = processed.status();
      std::string place = absl::StrCat(Place(), "/@context");
      if (!base::PlaceOf(fault).empty()) absl::StrAppend(&place, ", ", base::PlaceOf(fault));
      return base::Problem(base::ReasonOf(fault), place, base::DetailOf(fault));
    }
    context = *processed;
  }
  ObjectState state;
  state.type_scoped = context;
  ASSIGN_OR_RETURN(state.context, ApplyTypeScoped(context, object, state.input_type));
  state.property = property;
  RETURN_IF_ERROR(ExpandMembers(state, object));
  RETURN_IF_ERROR(ExpandNests(state));
  return Finish(state);
}

// Step 7: a type-scoped context ends at the next node, but not at a value or a mere reference.
bool Expander::MustRevert(const ActiveContext& context, dom::object object) {
  const size_t size = object.size();
  return std::none_of(object.begin(), object.end(), [&](const dom::key_value_pair& member) {
    const auto key = Iri(context, base::View(member.key), Relative::kVocab);
    return key.has_value() && (*key == "@value" || (size == 1 && *key == "@id"));
  });
}

// Steps 10 to 12.
absl::StatusOr<ActiveContextPtr> Expander::ApplyTypeScoped(const ActiveContextPtr& context, dom::object object,
                                                           absl::string_view& input_type) {
  std::vector<std::pair<absl::string_view, Element>> type_entries;
  for (const dom::key_value_pair member : object) {
    const absl::string_view key = base::View(member.key);
    const auto iri = Iri(*context, key, Relative::kVocab);
    if (iri.has_value() && *iri == "@type") type_entries.emplace_back(key, member.value);
  }
  std::sort(type_entries.begin(), type_entries.end(),
            [](const auto& left, const auto& right) { return left.first < right.first; });
  ActiveContextPtr applied = context;
  absl::string_view last_of_first;
  for (size_t i = 0; i < type_entries.size(); ++i) {
    std::vector<absl::string_view> types;
    if (const auto array = base::AsArray(type_entries[i].second)) {
      for (const Element entry : *array) {
        if (const auto text = base::AsString(entry)) types.push_back(*text);
      }
    } else if (const auto text = base::AsString(type_entries[i].second)) {
      types.push_back(*text);
    }
    if (i == 0 && !types.empty()) last_of_first = types.back();
    std::sort(types.begin(), types.end());
    for (const absl::string_view type : types) {
      ASSIGN_OR_RETURN(applied, ApplyTypeTerm(context, applied, type));
    }
  }
  if (!last_of_first.empty()) input_type = Iri(*applied, last_of_first, Relative::kVocab).value_or("");
  return applied;
}

absl::StatusOr<ActiveContextPtr> Expander::ApplyTypeTerm(const ActiveContextPtr& type_scoped,
                                                         const ActiveContextPtr& context, absl::string_view type) {
  return ApplyScoped(context, type_scoped->Find(type), {false, false});
}

absl::StatusOr<ActiveContextPtr> Expander::ApplyScoped(const ActiveContextPtr& context, const TermDefinition* term,
                                                       ProcessOptions options) {
  if (term == nullptr || !term->context.has_value()) return context;
  auto processed = processor_.Process(context, *term->context, options);
  if (processed.ok()) return processed;
  const absl::Status& fault = processed.status();
  return base::Problem(base::ReasonOf(fault), Place(), base::DetailOf(fault));
}

// Step 13.
absl::Status Expander::ExpandMembers(ObjectState& state, dom::object object) {
  for (const dom::key_value_pair member : object) {
    const absl::string_view key = base::View(member.key);
    if (key == "@context") continue;
    const Step step(*this, key);
    const auto iri = Iri(*state.context, key, Relative::kVocab);
    const Keyword keyword = iri.has_value() ? KeywordOf(*iri) : Keyword::kNone;
    if (keyword == Keyword::kNest) {
      state.nests.emplace_back(key, member.value);
    } else if (keyword != Keyword::kNone) {
      RETURN_IF_ERROR(ExpandKeyword(state, keyword, member.value));
    } else if (iri.has_value() && iri->find(':') != absl::string_view::npos) {
      RETURN_IF_ERROR(CheckReference(*iri, "a property that is no absolute IRI"));
      RETURN_IF_ERROR(ExpandProperty(state, key, *iri, member.value));
    } else {
      RETURN_IF_ERROR(NotCovered("a term that no context defines"));
    }
  }
  return absl::OkStatus();
}

// Step 14.
absl::Status Expander::ExpandNests(ObjectState& state) {
  std::vector<std::pair<absl::string_view, Element>> nests = std::move(state.nests);
  state.nests.clear();
  std::sort(nests.begin(), nests.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
  for (const auto& [key, value] : nests) {
    const Step step(*this, key);
    std::vector<Element> nested;
    if (const auto array = base::AsArray(value)) {
      for (const Element entry : *array) nested.push_back(entry);
    } else {
      nested.push_back(value);
    }
    for (const Element entry : nested) {
      RETURN_IF_ERROR(Charge());
      const auto object = base::AsObject(entry);
      if (!object.has_value()) return Invalid("invalid @nest value");
      for (const dom::key_value_pair member : *object) {
        const auto iri = Iri(*state.context, base::View(member.key), Relative::kVocab);
        if (iri.has_value() && *iri == "@value") return Invalid("invalid @nest value");
      }
      const ActiveContextPtr outer = state.context;
      ASSIGN_OR_RETURN(state.context, ApplyScoped(outer, outer->Find(key), {true, true}));
      const Property outer_property = std::exchange(state.property, Property(key));
      RETURN_IF_ERROR(ExpandMembers(state, *object));
      RETURN_IF_ERROR(ExpandNests(state));
      state.context = outer;
      state.property = outer_property;
    }
  }
  return absl::OkStatus();
}

// Value expansion (5.3). `element` is the value as written; a key of an index map has none.
absl::StatusOr<Expanded> Expander::ExpandText(const ActiveContext& context, absl::string_view property,
                                              absl::string_view text, std::optional<Element> element) {
  const TermDefinition* const term = context.Find(property);
  const bool is_text = !element.has_value() || element->is_string();
  const absl::string_view type = term != nullptr && term->type.has_value() ? absl::string_view(*term->type) : "";
  Expanded result;
  if (is_text && (type == "@id" || type == "@vocab")) {
    const auto iri = Iri(context, text, type == "@id" ? Relative::kDocument : Relative::kVocabDocument);
    if (!iri.has_value()) RETURN_IF_ERROR(NotCovered("a reserved word as a reference"));
    if (iri.has_value()) RETURN_IF_ERROR(CheckReference(*iri, "a relative reference"));
    result.id = iri.value_or("");
    return result;
  }
  result.has_value = true;
  result.value = element;
  result.value_text = text;
  if (!type.empty() && type != "@id" && type != "@vocab" && type != "@none") {
    result.has_type = true;
    result.types.push_back(type);
  } else if (is_text) {
    const absl::string_view language =
        term != nullptr && term->language.has_value() ? *term->language : context.language;
    const absl::string_view direction =
        term != nullptr && term->direction.has_value() ? *term->direction : context.direction;
    if (!language.empty()) result.language = language;
    if (!direction.empty()) result.direction = direction;
  }
  return result;
}

absl::Status Expander::Charge() {
  if (++items_ <= base::kJsonLdItemsMax) return absl::OkStatus();
  return base::Problem(base::Reason::kRdfTooComplex, Place(), "too many values");
}

std::string Expander::Place() const {
  std::string pointer;
  for (const auto& [name, index] : path_) {
    base::AppendPointerToken(name.data() == nullptr ? absl::StrCat(index) : std::string(name), pointer);
  }
  return pointer;
}

absl::Status Expander::Invalid(absl::string_view code) const { return JsonLdProblem(code, Place()); }

absl::Status Expander::NotCovered(absl::string_view what) const {
  return options_.safe ? base::Problem(base::Reason::kJsonLdNotCovered, Place(), what) : absl::OkStatus();
}

absl::Status Expander::CheckReference(absl::string_view iri, absl::string_view what) const {
  return !options_.safe || IsWellFormedIri(iri) || IsBlankNodeId(iri) ? absl::OkStatus() : NotCovered(what);
}

}  // namespace passerelle::rdf
