// Regions: the EU's authority list of administrative territorial units, and the NUTS codes of its statistics.
//
// Neither list is here: units have no label but the document's own, and whether one exists is unknown. Which country a
// region lies in, its code says.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

inline constexpr absl::string_view kTerritorialUnitScheme = "http://publications.europa.eu/resource/authority/atu";

// Whether an IRI has the form of a territorial unit ("…/atu/BEL_PRV_ANT") or of a NUTS code ("…/nuts/code/DE212").
bool IsRegion(absl::string_view iri);

// The country of a region; nullopt if the IRI is no region, or begins with no country's code.
std::optional<v3::Concept> CountryOfRegion(absl::string_view iri);

}  // namespace passerelle::elm
