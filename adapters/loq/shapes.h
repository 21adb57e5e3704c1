// What the profile LOQ demands of a catalogue and it does not state: a diagnostic for every missing value. Published
// catalogues lack much of it, so that nothing is refused for it.
//
// Source: LOQ shapes of the European Learning Model 3.2 (sh:minCount), as the options of elm.proto have them.
// Thread-safety: free function on values.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/elm/codec_tables.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::loq {

// The step from a node of a class to one of the values of a property, as the places of a form have it. `index` counts
// from 0 among `count` values.
using Step = std::string (*)(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int count);
std::string JsonStep(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int count);
std::string XmlStep(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int count);

// The place of a node of the catalogue, by its number.
using PlaceOf = absl::FunctionRef<std::string(size_t)>;

// As many as a list has room for (document::Listing). The place is that of the node which lacks the value.
std::vector<document::v1::Diagnostic> CheckShapes(const elm::v3::Dataset& catalogue, PlaceOf place_of, Step step);

}  // namespace passerelle::adapters::loq
