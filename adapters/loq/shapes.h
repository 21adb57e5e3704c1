// What the profile LOQ demands of a catalogue and it does not state: a diagnostic for every missing value. Published
// catalogues lack much of it, so that nothing is refused for it.
//
// Source: LOQ shapes of the European Learning Model 3.2 (sh:minCount), as the options of elm.proto have them.
// Thread-safety: free function on values.
#pragma once

#include <vector>

#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::loq {

// At most kFindingsMax; places are paths of the model, such as "/node/3/title".
std::vector<document::v1::Diagnostic> CheckShapes(const elm::v3::Dataset& catalogue);

}  // namespace passerelle::adapters::loq
