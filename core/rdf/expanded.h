// Expanded JSON-LD (API, 5): node objects, value objects, lists and sets, with every term replaced by what it means.
//
// Thread-safety: values. Ownership: texts are views into the document, its contexts and the expander.
#pragma once

#include <simdjson.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::rdf {

struct Expanded {
  using Items = std::vector<Expanded>;

  bool IsValue() const { return has_value; }
  bool IsList() const { return list.has_value(); }
  bool IsGraph() const { return graph.has_value(); }
  bool IsNode() const { return !has_value && !list.has_value() && !set.has_value(); }
  // Whether it has an entry besides "@id", "@index", and those of value objects.
  bool HasNodeEntries() const {
    return has_reverse || graph.has_value() || included.has_value() || !properties.empty() || !reverse.empty();
  }

  std::optional<absl::string_view> id;
  std::vector<absl::string_view> types;
  bool has_type = false;
  bool type_is_array = false;

  // "@value": a JSON value, or a text that was made of a key.
  bool has_value = false;
  std::optional<simdjson::dom::element> value;
  absl::string_view value_text;
  std::optional<absl::string_view> language;
  std::optional<absl::string_view> direction;

  std::optional<absl::string_view> index;
  std::optional<Items> list;
  std::optional<Items> set;
  bool set_is_array = true;
  std::optional<Items> graph;
  std::optional<Items> included;
  bool has_reverse = false;
  // A property may stand several times.
  std::vector<std::pair<absl::string_view, Items>> properties;
  std::vector<std::pair<absl::string_view, Items>> reverse;
};

}  // namespace passerelle::rdf
