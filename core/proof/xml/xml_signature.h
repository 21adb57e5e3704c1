// Verifying the XML signature around a document: EMREX ELMO, seals of the older European Digital Credentials, trusted
// lists (XML Signature 1.1, with the rules of the profile in core/proof/xml/plan.h).
//
// Two answers that are independent: whether the signature verifies with the key, and what the profile finds. The mapper
// of a document reads the verified content and nothing else: the canonical bytes that were digested.
//
// Thread-safety: free functions; keys can be shared. Ownership: values.
//
//   ASSIGN_OR_RETURN(const PublicKey key, PublicKey::FromPem(pem));
//   const XmlVerification seen = VerifyXmlSignature(bytes, key);
//   if (seen.accepted()) Map(seen.content);
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/proof/finding.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

struct XmlVerification {
  bool verified = false;  // the signature and all of its references verify with the key
  Findings findings;
  // The canonical form of the document without its signature, in UTF-8. Empty when anything refuses the document.
  std::string content;

  // Verified, and nothing refuses it. A legacy finding (SHA-1) is for the caller: accepted under a dated exception
  // only.
  bool accepted() const { return verified && !findings.refused(); }
};

// Total: any bytes. The key comes from the registry of the provider; what the document says of its key is not read.
XmlVerification VerifyXmlSignature(absl::string_view bytes, const PublicKey& key);

// The certificates of KeyInfo in DER, in document order and at most kCertificatesMax; they are unsigned and may lie.
std::vector<std::string> XmlSignatureCertificates(absl::string_view bytes);

}  // namespace passerelle::proof
