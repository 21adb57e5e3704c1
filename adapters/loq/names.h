// The elements of the XML binding: which element of a class stands for which property, in the order of the schema.
//
// Thread-safety: immutable after the first use.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/codec_tables.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::loq {

inline constexpr absl::string_view kNamespace = "http://data.europa.eu/snb/model/ap/loq-constraints/";

struct Element {
  std::string name;    // local
  std::string prefix;  // with its colon; empty for the namespace of the binding
  const elm::PropertyTable* property;
  bool labelled;  // a concept that may be one of a national list, so that its labels are written
  bool by_iri;    // a node of which only the IRI is written, as text
};

// The elements of a class; none for a class that the binding lacks.
const std::vector<Element>& ElementsOf(absl::string_view class_name);
// The element of a class with a local name, or null.
const Element* FindElement(absl::string_view class_name, absl::string_view name);

// A list of the root, and the classes of the nodes in it.
struct Section {
  const char* name;
  std::vector<absl::string_view> classes;
};
const std::vector<Section>& Sections();
// Whether nodes of a class stand in a list of the root, and elsewhere by reference only.
bool IsListed(absl::string_view class_name);

// Name of the element that a node of a listed class is: the class with a small letter.
std::string ElementOfClass(absl::string_view class_name);
std::string ClassOfElement(absl::string_view name);

}  // namespace passerelle::adapters::loq
