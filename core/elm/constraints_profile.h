// The application profiles of the European Digital Credential: which shapes a document claims to meet, and what each
// profile adds to the model's own cardinalities.
//
// Thread-safety: free functions on constants.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "core/elm/constraints_graph.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

// Numbers of values that a property may have; a max of 0 means no limit.
struct Bounds {
  uint32_t min;
  uint32_t max;
};

struct Profile {
  absl::string_view name;
  bool checks_schemes;
  bool only_achievements;  // every claim is a learning achievement
  uint32_t extras;         // sets of further constraints, see constraints_profile.cc

  // Whether it adds constraints to any property of the class.
  bool AddsTo(const ClassTable& table) const;

  // Bounds of a property of a class under this profile.
  Bounds BoundsOf(const ClassTable& table, const PropertyTable& property) const;
};

// The profile that credentialSchema names; edc-generic-full if it names none that is known. `stated` gets the name as
// the document has it, empty if it names none.
const Profile& ProfileOf(const v3::EuropeanDigitalCredential& credential, std::string& stated);

}  // namespace passerelle::elm
