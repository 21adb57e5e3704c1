// Whether a document carries a seal, by its form alone. Nothing is verified here.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::authenticity {

enum class Sealing {
  kSealed,
  kNotSealed,
  kCannotTell,  // neither XML, JSON nor a compact JSON Web Signature, or not readable as what it begins as
};

// Looks for an XML signature (xmldsig), a JSON Web Signature in any of its three forms, SD-JWT, and W3C proofs. Takes
// the wrappings of base64 and gzip off first. Total: any bytes.
Sealing FindSeal(absl::string_view bytes);

}  // namespace passerelle::authenticity
