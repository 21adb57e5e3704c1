// Whether a document carries a seal, and of which family, by its form alone. Nothing is verified here.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::authenticity {

enum class Sealing {
  kNotSealed,
  kCannotTell,        // none of the forms below, or not readable as what it begins as
  kXmlSignature,      // XML-DSig, XAdES
  kJsonWebSignature,  // JSON serialization: JAdES
  kDataIntegrity,     // W3C proof
  kToken,             // compact JSON Web Signature
  kSelectiveToken,    // SD-JWT
  kMobileDocument,    // ISO/IEC 18013-5, in CBOR
};

// Looks at the document without the wrappings of base64 and gzip. Total: any bytes.
Sealing FindSeal(absl::string_view text);

}  // namespace passerelle::authenticity
