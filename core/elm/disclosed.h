// Which elements of Annex I a property of the European model belongs to: what may be disclosed with what.
//
// Thread-safety: free functions on constants.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"

namespace passerelle::elm {

// A set of elements of Annex I: bit i is that of kAnnexOne[i].
using Elements = uint32_t;

inline constexpr Elements kEveryElement = 0xFFFF;

// Beside kEveryElement: what goes only where all of them do.
inline constexpr Elements kNothingWithheld = Elements{1} << 16;

// The set of the ids, such as "A1-M05". Problem: kFieldInvalid at "[i]", what is no id of an element or is named twice.
absl::StatusOr<Elements> ElementsNamed(const google::protobuf::RepeatedPtrField<std::string>& ids);

// Whether the elements can go without the others. kFieldInvalid at "": A1-M02, A1-M03 and A1-M04 have to be there,
// since the model has no credential without a title, and no awarding body without a country; so has A1-O03 beside
// A1-O02, since it has no assessment without a grade.
absl::Status CheckDisclosable(Elements elements);

// The elements with any of which the property of the class is disclosed, by the names of the model; "Learner" is the
// person whom the credential is about, "Person" every other one. kEveryElement for what goes wherever its node goes,
// kNothingWithheld for texts and links that can be about anything, 0 for what belongs to no element and never goes.
Elements DisclosedWith(absl::string_view class_name, absl::string_view property);

// The elements with any of which a node of the class is disclosed at all.
Elements NodesDisclosedWith(absl::string_view class_name);

}  // namespace passerelle::elm
