// SD-JWT VC: credentials with selective disclosure for wallets (RFC 9901; IETF draft-ietf-oauth-sd-jwt-vc), as far as
// they speak of learning:
//
//   * urn:eu.europa.ec.eudi:learning:credential:1, by the type metadata of the EUDI reference issuer;
//   * urn:eudi:micro_credential:1, a body of Open Badges 3.0 with the words of the Dutch profile; urn:eudi:diploma:1
//   and
//     urn:eudi:elm:1, credentials of the European Learning Model; all by the type metadata of DC4EU;
//   * urn:credential:diploma, the diploma of the Greek wallet pilot.
//
// Taken is a presentation as a holder gives it: the issuer's token, disclosures, and a key binding or none. What was
// withheld is told from what is missing. Signatures are not looked at here. Drafts of 2023, which lack the last tilde
// or are broken into lines, are taken when the caller names the format.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::sd_jwt_vc {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::sd_jwt_vc
