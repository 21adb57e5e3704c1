// What a pathway needs of a credential: its learning achievements as items, with what they state and nothing of the
// learner.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/pathway/v1/evaluation.pb.h"

namespace passerelle::pathway {

// The achievements of a credential and their parts, each once. `place` says where the credential was read; places of
// items are that and a JSON pointer. The id of an item is that of its achievement where it is unique everywhere, and
// that of the credential (or `place`, where it has none) with the achievement's id or pointer otherwise: "urn:epass:…"
// means something else in every document. For the same reason only identifiers that are unique everywhere stand among
// specifications and outcomes; a course code counts together with the awarding body, "schac:uni.example/DIG-4210".
// Hours of work become a range of credits. Neither authenticity nor status is judged: both are not known.
std::vector<v1::Item> ItemsOfCredential(const elm::v3::EuropeanDigitalCredential& credential, absl::string_view place);

}  // namespace passerelle::pathway
