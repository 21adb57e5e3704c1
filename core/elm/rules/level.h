// Levels: the European Qualifications Framework, and the cycles of the European Higher Education Area.
//
// The two are not interchangeable. A cycle has an EQF level (short cycle 5, first 6, second 7, third 8, as EQAR equates
// them), which is derived and marked so. An EQF level has no cycle: levels 5 to 8 also hold qualifications outside
// higher education. National levels have an EQF level by their framework only; see core/elm/national_level.h.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// Whether a framework or type that a source names is the European Qualifications Framework.
bool IsEqfFramework(absl::string_view name);

// Rule level.eqf: the level that a value names, 1 to 8. The value itself may say that it is of the framework: "EQF
// Level 6", "eqf_6", "http://data.europa.eu/snb/eqf/6". A bare number is a level only where the field is defined as
// one (`defined_as_eqf`). nullopt for all else: "4+", "nlqf_4plus", "eqf_0", "6.5".
std::optional<int> EqfLevelOf(absl::string_view value, bool defined_as_eqf);

// Whether a type names an entrance certificate (Germany's DE.HZB…), which is no level.
bool IsEntranceCertificate(absl::string_view type);

// The cycles of the Qualifications Framework of the European Higher Education Area.
enum class Cycle { kShort, kFirst, kSecond, kThird };

// Rule level.cycle-derived: the cycle that a word names ("Bachelor", "second cycle", "PHD"). nullopt for numbers of one
// vendor's system and for all else.
std::optional<Cycle> CycleOf(absl::string_view word);

// The EQF level of a cycle, 5 to 8. Write it as derived.
int EqfLevelOfCycle(Cycle cycle);

// The cycle as a concept for educationLevel. The EU publishes no vocabulary of cycles, so it stands under our own
// scheme, never under one of the EU.
v3::Concept CycleConcept(Cycle cycle);
inline constexpr absl::string_view kCycleScheme = "urn:passerelle:qf-ehea-cycle";

}  // namespace passerelle::elm
