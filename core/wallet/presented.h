// What a wallet presents, against what was asked for (OpenID4VP 1.0, 8.6 and B): that it is all there, that it is bound
// to the holder's key, to this receiver and to this request, and that it holds nothing that the holder could have
// withheld and that was not asked for. Whether the credentials are authentic is another question, which the verdict
// answers.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/sd_jwt/sd_jwt.h"
#include "core/wallet/dcql.h"
#include "passerelle/wallet/v1/presentation.pb.h"

namespace passerelle::wallet {

// The credentials of a "vp_token", a JSON object, in the order of the queries, without verdicts. Problems, at
// "vp_token" or "vp_token.<query>" and the place within it:
//   kPresentationIncomplete  a credential, its type, or a claim that was asked for is missing
//   kFieldInvalid            something is there that was not asked for, or the object is of another form
//   kKeyBinding              not by the holder's key, for another receiver, or for another request
//   kKeyBindingOld           made too long ago, or in the future
// and those of base::JsonDocument, base::SplitSdJwt, base::ResolveDisclosures, proof::Jws and proof::PublicKey.
absl::StatusOr<std::vector<v1::PresentedCredential>> ReadPresented(absl::string_view vp_token, const Queries& queries,
                                                                   const proof::KeyBindingDemand& demand,
                                                                   absl::Time at);

}  // namespace passerelle::wallet
