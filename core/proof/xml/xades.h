// XAdES (ETSI EN 319 132-1): an XML signature that names its signer's certificate and its time under the signature.
// Used by seals of the older European Digital Credentials and by trusted lists.
//
// The certificate comes from the document and is bound by its digest in the SignedProperties. That makes it the
// certificate that was meant, not one that is trusted: that is for core/proof/xml/trusted_xades, or for a caller who
// knows the certificate.
//
// Thread-safety: a free function on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/x509/revocation.h"
#include "core/proof/xml/xml_signature.h"

namespace passerelle::proof {

// By what the signature carries. Whether its time-stamps verify is a question of its own.
enum class XadesLevel { kNone, kB, kT, kLt, kLta };

// The detail of the legacy finding when the certificate is named by a digest with SHA-1. It weighs nothing for whoever
// compares the certificate itself with one that is pinned.
inline constexpr absl::string_view kSha1OfCertificate = "SHA-1 of the certificate";

// A time-stamp token over the signature (EN 319 132-1, 5.3).
struct XadesTimestamp {
  std::string token;    // CMS SignedData in DER
  std::string stamped;  // the bytes that its imprint is of: the canonical SignatureValue
};

struct XadesVerification {
  XmlVerification signature;
  std::string certificate;                 // DER; empty when the signature binds none
  std::vector<std::string> certificates;   // all that the signature carries, those of KeyInfo first, in DER
  RevocationEvidence evidence;             // the revocation values that it carries
  std::optional<absl::Time> signing_time;  // as the signer claims
  std::string policy;                      // identifier of the signature policy, or empty
  XadesLevel level = XadesLevel::kNone;
  std::vector<XadesTimestamp> timestamps;
};

// Total: any bytes.
XadesVerification VerifyXades(absl::string_view bytes);

}  // namespace passerelle::proof
