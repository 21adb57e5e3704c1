// What the profile LOQ demands of a catalogue and it does not state: a diagnostic for every missing value. Published
// catalogues lack much of it, so that nothing is refused for it.
//
// Source: LOQ shapes of the European Learning Model 3.2 (sh:minCount), as the options of elm.proto have them.
// Thread-safety: free function on values.
#pragma once

#include <string>
#include <vector>

#include "core/elm/codec_tables.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::loq {

// The step from a node of a class to one of the values of a property, as the places of a form have it. `index` counts
// from 0 among `count` values.
using Step = std::string (*)(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int count);
std::string JsonStep(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int count);
std::string XmlStep(const elm::ClassTable& table, const elm::PropertyTable& property, int index, int count);

// At most kFindingsMax. The place is that of the node which lacks the value; `places` are those of the catalogue's
// nodes.
std::vector<document::v1::Diagnostic> CheckShapes(const elm::v3::Dataset& catalogue,
                                                  const std::vector<std::string>& places, Step step);

}  // namespace passerelle::adapters::loq
