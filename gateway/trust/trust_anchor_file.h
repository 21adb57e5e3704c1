// One file of a folder with trust anchors or status lists, as a part of a trust bundle. By its content, never by its
// name.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/trust/v1/trust_bundle.pb.h"

namespace passerelle::gateway {

struct AnchorFile {
  std::string name;  // for places, and for the names of keys that have none
  std::string bytes;
};

// The certificates of a file, in DER; none when it holds no certificate.
std::vector<std::string> CertificatesOf(const AnchorFile& file);

// An authority is trusted for seals and time-stamps; any other certificate is the key of a provider, and trusted for
// itself.
void AddCertificate(const AnchorFile& file, const std::string& der, trust::v1::TrustBundle& bundle);

// JWT VC issuer metadata {"issuer", "jwks"}, a DID document, a JWK set or a single JWK. Whoever put the file there says
// that these keys are the issuer's, which makes a binding as well, save for keys that name no issuer. Problem:
// kEvidenceFile.
absl::Status AddKeysJson(const AnchorFile& file, trust::v1::TrustBundle& bundle);

// A status list or revocation list, under the address that it names itself. Problem: kEvidenceFile.
absl::Status AddStatusList(const AnchorFile& file, trust::v1::TrustBundle& bundle);

// The problem of a file: kEvidenceFile at its name.
absl::Status FileProblem(const AnchorFile& file, absl::string_view detail);

}  // namespace passerelle::gateway
