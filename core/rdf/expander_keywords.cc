// Keyword entries of an object (JSON-LD 1.1 API, 5.1.2, step 13.4), and what the object must be in the end (15 to 19).
#include <algorithm>

#include "absl/strings/ascii.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"
#include "core/rdf/expander.h"
#include "core/rdf/iri.h"

namespace passerelle::rdf {
namespace {

namespace dom = simdjson::dom;

// Whether the object has the entry already; "@type" and "@included" may come several times.
bool Collides(const Expanded& result, Keyword keyword) {
  switch (keyword) {
    case Keyword::kId:
      return result.id.has_value();
    case Keyword::kGraph:
      return result.graph.has_value();
    case Keyword::kValue:
      return result.has_value;
    case Keyword::kLanguage:
      return result.language.has_value();
    case Keyword::kDirection:
      return result.direction.has_value();
    case Keyword::kIndex:
      return result.index.has_value();
    case Keyword::kList:
      return result.list.has_value();
    case Keyword::kSet:
      return result.set.has_value();
    case Keyword::kReverse:
      return result.has_reverse;
    default:
      return false;
  }
}

bool IsEmpty(const Expanded& result) {
  return !result.id.has_value() && !result.has_type && !result.has_value && !result.language.has_value() &&
         !result.direction.has_value() && !result.index.has_value() && !result.list.has_value() &&
         !result.set.has_value() && !result.HasNodeEntries();
}

bool IsScalar(dom::element value) { return !value.is_object() && !value.is_array() && !value.is_null(); }

}  // namespace

absl::Status Expander::ExpandKeyword(ObjectState& state, Keyword keyword, Element value) {
  if (state.property.has_value() && *state.property == "@reverse") return Invalid("invalid reverse property map");
  if (Collides(state.result, keyword)) return Invalid("colliding keywords");
  switch (keyword) {
    case Keyword::kId:
      return SetId(state, value);
    case Keyword::kType:
      return AddTypes(state, value);
    case Keyword::kGraph: {
      ASSIGN_OR_RETURN(state.result.graph, ExpandToItems(state.context, "@graph", value));
      return absl::OkStatus();
    }
    case Keyword::kIncluded:
      return AddIncluded(state, value);
    case Keyword::kValue:
      return SetValue(state, value);
    case Keyword::kLanguage:
      return SetLanguage(state, value);
    case Keyword::kDirection:
      return SetDirection(state, value);
    case Keyword::kIndex: {
      state.result.index = base::AsString(value);
      return state.result.index.has_value() ? absl::OkStatus() : Invalid("invalid @index value");
    }
    case Keyword::kList:
      return SetList(state, value);
    case Keyword::kSet: {
      ASSIGN_OR_RETURN(Outcome outcome, Expand(state.context, state.property, value, false));
      state.result.set_is_array = outcome.is_array;
      state.result.set = std::move(outcome.items);
      return absl::OkStatus();
    }
    case Keyword::kReverse:
      return AddReverse(state, value);
    default:
      return NotCovered("a keyword that means nothing here");
  }
}

absl::Status Expander::SetId(ObjectState& state, Element value) {
  const auto text = base::AsString(value);
  if (!text.has_value()) return Invalid("invalid @id value");
  const auto iri = Iri(*state.context, *text, Relative::kDocument);
  if (!iri.has_value()) return NotCovered("a reserved word as an identifier");
  RETURN_IF_ERROR(CheckReference(*iri, "a relative identifier"));
  state.result.id = iri;
  return absl::OkStatus();
}

absl::Status Expander::AddTypes(ObjectState& state, Element value) {
  const auto array = base::AsArray(value);
  if (!array.has_value()) {
    state.result.type_is_array = state.result.has_type;
    return AddType(state, value);
  }
  state.result.has_type = true;
  state.result.type_is_array = true;
  size_t index = 0;
  for (const Element entry : *array) {
    const Step step(*this, index++);
    RETURN_IF_ERROR(AddType(state, entry));
  }
  return absl::OkStatus();
}

absl::Status Expander::AddType(ObjectState& state, Element value) {
  const auto text = base::AsString(value);
  if (!text.has_value()) return Invalid("invalid type value");
  RETURN_IF_ERROR(Charge());
  state.result.has_type = true;
  const auto iri = Iri(*state.type_scoped, *text, Relative::kVocabDocument);
  if (!iri.has_value()) return NotCovered("a reserved word as a type");
  if (!IsKeyword(*iri)) RETURN_IF_ERROR(CheckReference(*iri, "a type that no context defines"));
  state.result.types.push_back(*iri);
  return absl::OkStatus();
}

absl::Status Expander::AddIncluded(ObjectState& state, Element value) {
  // With a property, what belongs to nothing is not dropped before it is seen.
  ASSIGN_OR_RETURN(Expanded::Items items, ExpandToItems(state.context, "@included", value));
  if (!state.result.included.has_value()) state.result.included.emplace();
  for (Expanded& item : items) {
    if (!item.IsNode()) return Invalid("invalid @included value");
    state.result.included->push_back(std::move(item));
  }
  return absl::OkStatus();
}

absl::Status Expander::SetValue(ObjectState& state, Element value) {
  if (state.input_type != "@json" && !IsScalar(value) && !value.is_null()) {
    return Invalid("invalid value object value");
  }
  const auto text = base::AsString(value);
  state.result.has_value = true;
  state.result.value = value;
  state.result.value_text = text.has_value() ? *text : "";
  return absl::OkStatus();
}

absl::Status Expander::SetLanguage(ObjectState& state, Element value) {
  const auto text = base::AsString(value);
  if (!text.has_value()) return Invalid("invalid language-tagged string");
  state.result.language = pool_.Keep(absl::AsciiStrToLower(*text));
  return absl::OkStatus();
}

absl::Status Expander::SetDirection(ObjectState& state, Element value) {
  const auto text = base::AsString(value);
  if (!text.has_value() || (*text != "ltr" && *text != "rtl")) return Invalid("invalid base direction");
  state.result.direction = text;
  return absl::OkStatus();
}

absl::Status Expander::SetList(ObjectState& state, Element value) {
  if (!state.property.has_value() || *state.property == "@graph") {
    // The list belongs to nothing. What is left of the object says whether something else is lost with it.
    state.result.list.emplace();
    return NotCovered("a list that belongs to nothing");
  }
  ASSIGN_OR_RETURN(state.result.list, ExpandToItems(state.context, state.property, value));
  return absl::OkStatus();
}

absl::Status Expander::AddReverse(ObjectState& state, Element value) {
  if (!value.is_object()) return Invalid("invalid @reverse value");
  ASSIGN_OR_RETURN(Expanded::Items items, ExpandToItems(state.context, "@reverse", value));
  Expanded& result = state.result;
  for (Expanded& map : items) {
    for (auto& [property, values] : map.reverse) result.properties.emplace_back(property, std::move(values));
    for (auto& [property, values] : map.properties) {
      const bool nodes = std::all_of(values.begin(), values.end(), [](const Expanded& item) { return item.IsNode(); });
      if (!nodes) return Invalid("invalid reverse property value");
      result.reverse.emplace_back(property, std::move(values));
      result.has_reverse = true;
    }
  }
  return absl::OkStatus();
}

// Steps 15 to 19.
absl::StatusOr<Expander::Outcome> Expander::Finish(ObjectState& state) {
  Expanded& result = state.result;
  const bool is_top = !state.property.has_value() || *state.property == "@graph";
  if (result.has_value) return FinishValue(state);
  Outcome outcome;
  if (result.list.has_value() || result.set.has_value()) {
    const bool alone = !(result.list.has_value() && result.set.has_value()) && !result.id.has_value() &&
                       !result.has_type && !result.language.has_value() && !result.direction.has_value() &&
                       !result.HasNodeEntries();
    if (!alone) return Invalid("invalid set or list object");
    if (result.set.has_value()) {
      outcome.is_array = result.set_is_array;
      outcome.items = *std::move(result.set);
      return outcome;
    }
    if (is_top) return outcome;
  }
  const bool only_language = result.language.has_value() && !result.id.has_value() && !result.has_type &&
                             !result.direction.has_value() && !result.index.has_value() && !result.list.has_value() &&
                             !result.HasNodeEntries();
  if (only_language) {
    RETURN_IF_ERROR(NotCovered("a language of nothing"));
    return outcome;
  }
  const bool only_id = result.id.has_value() && !result.has_type && !result.index.has_value() &&
                       !result.language.has_value() && !result.direction.has_value() && !result.HasNodeEntries();
  if (is_top && (only_id || IsEmpty(result))) {
    RETURN_IF_ERROR(NotCovered("an object that says nothing"));
    return outcome;
  }
  outcome.items.push_back(std::move(result));
  return outcome;
}

// Step 15.
absl::StatusOr<Expander::Outcome> Expander::FinishValue(ObjectState& state) {
  Expanded& result = state.result;
  const bool has_other = result.id.has_value() || result.list.has_value() || result.set.has_value() ||
                         result.HasNodeEntries() ||
                         (result.has_type && (result.language.has_value() || result.direction.has_value()));
  if (has_other) return Invalid("invalid value object");
  const bool is_json = !result.type_is_array && result.types.size() == 1 && result.types[0] == "@json";
  Outcome outcome;
  if (!is_json) {
    if (!result.value.has_value() || result.value->is_null()) return outcome;
    if (!result.value->is_string() && result.language.has_value()) return Invalid("invalid language-tagged value");
    if (result.has_type) {
      const bool is_iri = !result.type_is_array && result.types.size() == 1 && HasScheme(result.types[0]) &&
                          !IsBlankNodeId(result.types[0]);
      if (!is_iri) return Invalid("invalid typed value");
    }
  }
  if (!state.property.has_value() || *state.property == "@graph") {
    RETURN_IF_ERROR(NotCovered("a value that belongs to nothing"));
    return outcome;
  }
  outcome.items.push_back(std::move(result));
  return outcome;
}

}  // namespace passerelle::rdf
