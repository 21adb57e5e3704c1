// Which profile of the European Learning Model a credential that is made here claims.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/strings/string_view.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::document {

// Sets credentialSchema to the profile of that name, such as "edc-converted", and credentialProfiles to the kind of
// credential of the code (elm::kCredentialTypeConverted, …), whatever was there.
void ClaimProfile(absl::string_view name, absl::string_view credential_type,
                  elm::v3::EuropeanDigitalCredential* credential);

}  // namespace passerelle::document
