// Folders with trust anchors and status lists, as a trust bundle: what `passerelle verify --anchors --status` judges
// with. Whoever names the folder vouches for it.
//
// Anchors: certificates (PEM or DER), issuers' keys (JWT VC issuer metadata, DID documents, JWK sets, public keys in
// PEM), trusted lists (XML, signed by a certificate of the folder), parts of a bundle (YAML), signed bundles (with a
// trust root beside them, they have to be signed by it). Status lists: signed or plain, as published, and certificate
// revocation lists; each belongs to the address that it names itself, and nothing is fetched. Every file has to be
// one of these, so that none is overlooked; files whose name begins with a dot, and README files, are left out.
//
// Thread-safety: free functions.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/trust/bundle.h"

namespace passerelle::gateway {

struct TrustFolders {
  std::string anchors;  // empty for none
  std::string status;   // empty for none
};

// The bundle that the folders make; null when neither is named. A folder that holds a signed bundle and nothing else,
// but the root for it, is that bundle. Files are taken in the order of their names, so that the same files make the
// same bundle. Problem: kEvidenceFile with the file as place.
absl::StatusOr<std::shared_ptr<const trust::TrustBundle>> LoadTrustFolders(const TrustFolders& folders);

}  // namespace passerelle::gateway
