// Deserialization of expanded JSON-LD to RDF (JSON-LD 1.1 API, 7 and 8). Node objects that speak of the same node need
// not be merged first: a dataset is a set.
#include "core/rdf/json_ld.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/jcs.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/expanded.h"
#include "core/rdf/expander.h"
#include "core/rdf/iri.h"
#include "core/rdf/json_ld_problem.h"
#include "core/rdf/keyword.h"

namespace passerelle::rdf {
namespace {

namespace dom = simdjson::dom;

constexpr absl::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr absl::string_view kXsd = "http://www.w3.org/2001/XMLSchema#";
constexpr absl::string_view kI18n = "https://www.w3.org/ns/i18n#";
constexpr double kIntegerBelow = 1e21;

// BCP 47 by its outline (RFC 5646, 2.1): subtags of one to eight letters or digits, the first of letters.
bool IsWellFormedLanguage(absl::string_view tag) {
  bool first = true;
  for (const absl::string_view subtag : absl::StrSplit(tag, '-')) {
    const bool letters = first;
    first = false;
    const bool fits = std::all_of(subtag.begin(), subtag.end(), [letters](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return letters ? absl::ascii_isalpha(byte) : absl::ascii_isalnum(byte);
    });
    if (!fits || subtag.empty() || subtag.size() > 8) return false;
  }
  return true;
}

// The canonical form of xsd:double, rounded to 15 digits after the point (API, 8.6).
std::string CanonicalDouble(double number) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.15E", number);
  const absl::string_view whole(text.data());
  const size_t mark = whole.find('E');
  std::string mantissa(whole.substr(0, mark));
  mantissa.erase(mantissa.find_last_not_of('0') + 1);
  if (mantissa.back() == '.') mantissa += '0';
  const bool negative = whole[mark + 1] == '-';
  absl::string_view exponent = whole.substr(mark + 2);
  while (exponent.size() > 1 && exponent[0] == '0') exponent.remove_prefix(1);
  return absl::StrCat(mantissa, "E", negative ? "-" : "", exponent);
}

std::string IntegerText(double number) {
  if (number == 0) return "0";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.0f", number);
  return text.data();
}

class Deserializer {
 public:
  explicit Deserializer(const JsonLdOptions& options) : options_(options) {}

  absl::Status Run(const Expanded::Items& items) { return AddNodes(items, kDefaultGraph); }
  Dataset Take() { return std::move(dataset_); }

 private:
  // The term of a resource; none when it cannot stand in RDF.
  using Resource = std::optional<TermId>;

  absl::Status AddNodes(const Expanded::Items& items, Resource graph) {
    for (const Expanded& item : items) {
      if (item.IsNode()) RETURN_IF_ERROR(AddNode(item, graph).status());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Resource> AddNode(const Expanded& node, Resource graph) {
    ASSIGN_OR_RETURN(const Resource subject, node.id.has_value() ? ResourceOf(*node.id) : Resource(FreshBlankNode()));
    RETURN_IF_ERROR(CheckIndex(node, graph, subject));
    for (const absl::string_view type : node.types) {
      ASSIGN_OR_RETURN(const Resource object, ResourceOf(type));
      RETURN_IF_ERROR(Add(subject, absl::StrCat(kRdf, "type"), object, graph));
    }
    for (const auto& [property, items] : node.properties) {
      for (const Expanded& item : items) {
        ASSIGN_OR_RETURN(const Resource object, ObjectOf(item, graph));
        RETURN_IF_ERROR(Add(subject, property, object, graph));
      }
    }
    for (const auto& [property, items] : node.reverse) {
      for (const Expanded& item : items) {
        ASSIGN_OR_RETURN(const Resource object, AddNode(item, graph));
        RETURN_IF_ERROR(Add(object, property, subject, graph));
      }
    }
    if (node.included.has_value()) RETURN_IF_ERROR(AddNodes(*node.included, graph));
    if (node.graph.has_value()) RETURN_IF_ERROR(AddNodes(*node.graph, subject));
    return subject;
  }

  // 7.2, step 6.9: a node has one index within a graph.
  absl::Status CheckIndex(const Expanded& node, Resource graph, Resource subject) {
    if (!node.index.has_value() || !subject.has_value() || !graph.has_value()) return absl::OkStatus();
    const auto [known, is_new] = indexes_.try_emplace({*graph, *subject}, *node.index);
    return is_new || known->second == *node.index ? absl::OkStatus() : JsonLdProblem("conflicting indexes", "");
  }

  absl::StatusOr<Resource> ObjectOf(const Expanded& item, Resource graph) {
    if (item.IsValue()) return LiteralOf(item, graph);
    if (item.IsList()) return AddList(*item.list, graph);
    return AddNode(item, graph);
  }

  // 8.5.
  absl::StatusOr<Resource> AddList(const Expanded::Items& items, Resource graph) {
    const TermId nil = dataset_.Iri(absl::StrCat(kRdf, "nil"));
    if (items.empty()) return Resource(nil);
    const TermId head = FreshBlankNode();
    TermId cell = head;
    for (size_t i = 0; i < items.size(); ++i) {
      ASSIGN_OR_RETURN(const Resource object, ObjectOf(items[i], graph));
      RETURN_IF_ERROR(Add(cell, absl::StrCat(kRdf, "first"), object, graph));
      const TermId rest = i + 1 == items.size() ? nil : FreshBlankNode();
      RETURN_IF_ERROR(Add(cell, absl::StrCat(kRdf, "rest"), rest, graph));
      cell = rest;
    }
    return Resource(head);
  }

  // 8.6.
  absl::StatusOr<Resource> LiteralOf(const Expanded& item, Resource graph) {
    absl::string_view datatype = item.types.empty() ? absl::string_view() : item.types[0];
    if (datatype == "@json") {
      ASSIGN_OR_RETURN(const std::string json, base::CanonicalJson(*item.value));
      return Resource(dataset_.Literal(json, absl::StrCat(kRdf, "JSON"), ""));
    }
    if (!datatype.empty() && !IsWellFormedIri(datatype)) return Lost("a datatype that is no absolute IRI");
    if (item.language.has_value() && !IsWellFormedLanguage(*item.language)) return Lost("a malformed language tag");
    if (item.value.has_value() && item.value->is_number()) return NumberOf(*item.value, datatype);
    if (bool flag = false; item.value.has_value() && item.value->get(flag) == simdjson::SUCCESS) {
      return Typed(flag ? "true" : "false", datatype, "boolean");
    }
    if (item.direction.has_value()) {
      if (options_.direction != RdfDirection::kDropped) return DirectedOf(item, graph);
      RETURN_IF_ERROR(Lost("a base direction").status());
    }
    if (item.language.has_value()) {
      return Resource(dataset_.Literal(item.value_text, kRdfLangString, *item.language));
    }
    return Resource(dataset_.Literal(item.value_text, datatype.empty() ? kXsdString : datatype, ""));
  }

  absl::StatusOr<Resource> NumberOf(dom::element element, absl::string_view datatype) {
    if (element.type() == dom::element_type::DOUBLE) {
      double number = 0;
      if (element.get(number) != simdjson::SUCCESS) return Resource();
      const bool is_integer = std::trunc(number) == number && std::fabs(number) < kIntegerBelow;
      if (is_integer && datatype != absl::StrCat(kXsd, "double"))
        return Typed(IntegerText(number), datatype, "integer");
      return Typed(CanonicalDouble(number), datatype, "double");
    }
    // Other programs hold numbers as doubles; where that changes the number, a signature would not cover it.
    ASSIGN_OR_RETURN(std::string text, ExactText(element));
    double number = 0;
    if (datatype != absl::StrCat(kXsd, "double") || element.get(number) != simdjson::SUCCESS) {
      return Typed(text, datatype, "integer");
    }
    return Typed(CanonicalDouble(number), datatype, "double");
  }

  absl::StatusOr<std::string> ExactText(dom::element element) const {
    if (options_.safe) RETURN_IF_ERROR(base::CanonicalJson(element).status());
    int64_t number = 0;
    uint64_t large = 0;
    if (element.is_int64() && element.get(number) == simdjson::SUCCESS) return absl::StrCat(number);
    if (element.get(large) == simdjson::SUCCESS) return absl::StrCat(large);
    return base::Problem(base::Reason::kInternal, "", "a number of no kind");
  }

  Resource Typed(absl::string_view text, absl::string_view datatype, absl::string_view default_name) {
    return dataset_.Literal(text, datatype.empty() ? absl::StrCat(kXsd, default_name) : std::string(datatype), "");
  }

  absl::StatusOr<Resource> DirectedOf(const Expanded& item, Resource graph) {
    const std::string language = absl::AsciiStrToLower(item.language.value_or(""));
    if (options_.direction == RdfDirection::kI18nDatatype) {
      return Resource(dataset_.Literal(item.value_text, absl::StrCat(kI18n, language, "_", *item.direction), ""));
    }
    const TermId node = FreshBlankNode();
    const auto add = [&](absl::string_view name, absl::string_view text) {
      return Add(node, absl::StrCat(kRdf, name), dataset_.Literal(text, kXsdString, ""), graph);
    };
    RETURN_IF_ERROR(add("value", item.value_text));
    if (!language.empty()) RETURN_IF_ERROR(add("language", language));
    RETURN_IF_ERROR(add("direction", *item.direction));
    return Resource(node);
  }

  absl::StatusOr<Resource> ResourceOf(absl::string_view id) {
    if (IsBlankNodeId(id)) {
      const auto [known, is_new] = blank_nodes_.try_emplace(id, 0);
      if (is_new) known->second = FreshBlankNode();
      return Resource(known->second);
    }
    if (!IsWellFormedIri(id)) return Lost("a relative or malformed IRI");
    return Resource(dataset_.Iri(id));
  }

  TermId FreshBlankNode() { return dataset_.BlankNode(absl::StrCat("b", blank_node_count_++)); }

  absl::Status Add(Resource subject, absl::string_view property, Resource object, Resource graph) {
    if (!IsWellFormedIri(property)) return Lost("a property that is no absolute IRI").status();
    if (!subject.has_value() || !object.has_value() || !graph.has_value()) return absl::OkStatus();
    return dataset_.Add({*subject, dataset_.Iri(property), *object, *graph});
  }

  // Nothing; in safe mode a problem.
  absl::StatusOr<Resource> Lost(absl::string_view what) const {
    if (options_.safe) return base::Problem(base::Reason::kJsonLdNotCovered, "", what);
    return Resource();
  }

  const JsonLdOptions& options_;
  Dataset dataset_;
  absl::flat_hash_map<absl::string_view, TermId> blank_nodes_;
  absl::flat_hash_map<std::pair<TermId, TermId>, absl::string_view> indexes_;
  size_t blank_node_count_ = 0;
};

}  // namespace

absl::StatusOr<JsonLdResult> ToRdf(dom::element document, ContextSource& contexts, const JsonLdOptions& options) {
  Expander expander(contexts, options);
  ASSIGN_OR_RETURN(const Expanded::Items items, expander.Run(document));
  Deserializer deserializer(options);
  RETURN_IF_ERROR(deserializer.Run(items));
  return JsonLdResult{deserializer.Take(), expander.used_inline_context()};
}

}  // namespace passerelle::rdf
