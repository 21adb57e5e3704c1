// A certificate authority and certificates for a federation on one machine: the demonstration and the tests. A real
// federation brings its own.
//
// Keys are EC P-256; certificates carry both extended key usages, "localhost" and 127.0.0.1 as names, and a life of a
// few days.
//
// Thread-safety: free functions on values. Problem everywhere: kInternal when OpenSSL fails, kKeyUnusable when the
// authority cannot be read.
//
//   ASSIGN_OR_RETURN(const CertificatePems authority, MakeAuthority("Demo"));
//   ASSIGN_OR_RETURN(const CertificatePems node, MakeCertificate(authority, NodeCertificateUri("NO")));
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::gateway {

struct CertificatePems {
  std::string certificate;  // PEM
  std::string private_key;  // PKCS#8 PEM, unencrypted
};

// "urn:passerelle:node:" and the id.
std::string NodeCertificateUri(absl::string_view node);

absl::StatusOr<CertificatePems> MakeAuthority(absl::string_view name);

// `uri` becomes a subject alternative name and the common name.
absl::StatusOr<CertificatePems> MakeCertificate(const CertificatePems& authority, absl::string_view uri);

}  // namespace passerelle::gateway
