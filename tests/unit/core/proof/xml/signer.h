// Signs XML documents, for the tests: xmlsec fills in the template of a signature that a document holds.
//
// Thread-safety: free functions on values; keys can be shared.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

// A key pair of this test run with a certificate that it signed itself.
struct TestSigner {
  std::shared_ptr<EVP_PKEY> key;
  std::string certificate;  // DER
  PublicKey public_key() const;
};

// Made once each, then shared.
const TestSigner& RsaSigner();
const TestSigner& EcSigner();
const TestSigner& OtherRsaSigner();
// 1024 bits.
const TestSigner& WeakSigner();

inline constexpr absl::string_view kRsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
inline constexpr absl::string_view kSha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
inline constexpr absl::string_view kC14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
inline constexpr absl::string_view kExcC14n = "http://www.w3.org/2001/10/xml-exc-c14n#";
inline constexpr absl::string_view kEnvelopedTransform = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

// The parts of a signature that tests vary.
struct SignatureShape {
  std::string canonicalization{kC14n};
  std::string signature_method{kRsaSha256};
  std::string digest{kSha256};
  std::string uri_attribute = "URI=\"\"";
  std::string transforms = Transform(kEnvelopedTransform);
  std::string more_references = "";
  std::string after_value = "";  // KeyInfo, Object
  std::string id = "";

  static std::string Transform(absl::string_view algorithm, absl::string_view inside = "");
};

// A ds:Signature without its values.
std::string SignatureTemplate(const SignatureShape& shape);
std::string ReferenceTemplate(absl::string_view attributes, absl::string_view transforms, absl::string_view digest);
// The KeyInfo with a certificate, and what stands in it.
std::string KeyInfo(absl::string_view certificate);
std::string X509Data(absl::string_view certificate);

// An invented transcript around some texts; `before_end` stands as the last thing in the root.
std::string Transcript(absl::string_view before_end, absl::string_view prolog = "", absl::string_view name = "Mira");

// Fills in the first Signature of the document. Fails the test when it cannot.
std::string Sign(absl::string_view document, const TestSigner& signer);

// Puts a XAdES signature (level B, 2025-06-01, Exclusive C14N) as the last thing into the root of a document.
std::string Seal(absl::string_view document, const TestSigner& signer);

// Transcript, template and signature in one.
std::string SignedTranscript(const SignatureShape& shape = {}, const TestSigner& signer = RsaSigner());

}  // namespace passerelle::proof
