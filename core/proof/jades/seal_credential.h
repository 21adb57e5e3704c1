// Sealing European credentials. Whoever seals one issues it, so that it gets what the issuer of the European Digital
// Credentials adds when it seals: who issues it, by the certificate of the seal, and when.
//
// Thread-safety: free functions on values; the sealer can be shared.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/document/translate.h"
#include "core/proof/jades/sealer.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::proof {

// The credential as model 3.2, under the seal. An issuer and dates of issue that it states stay as they are; otherwise
// the issuer is the organisation of the certificate, with its country and its identifier (ETSI EN 319 412-1, 5.1.4) as
// far as the certificate states them. Problems: those of Sealer::Seal.
absl::StatusOr<std::string> SealCredential(elm::v3::EuropeanDigitalCredential credential, const Sealer& sealer,
                                           absl::Time at);

// A translation into the European model is a statement of whoever seals it: a credential as above, with the holder of
// the certificate as its issuer, whoever issued the original, which is embedded as evidence; a catalogue as it was
// written.
absl::StatusOr<std::string> SealTranslated(const document::Translated& translated, const Sealer& sealer, absl::Time at);

}  // namespace passerelle::proof
