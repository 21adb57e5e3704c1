// The algorithms that signatures of XML documents name, and what they are worth.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/strings/string_view.h"

namespace passerelle::proof {

inline constexpr absl::string_view kXmlDsigNamespace = "http://www.w3.org/2000/09/xmldsig#";

enum class XmlAlgorithmUse { kCanonicalization, kEnveloped, kXPath, kSignature, kDigest };

enum class XmlStanding {
  kAllowed,
  kLegacy,         // SHA-1: accepted only under a dated exception for the peer
  kEvaluatedOnly,  // harmless to evaluate, so that the answer says more, and refused
};

enum class XmlKeyFamily { kNone, kRsa, kEcdsa };

struct XmlAlgorithm {
  absl::string_view uri;
  XmlAlgorithmUse use;
  XmlStanding standing;
  XmlKeyFamily family = XmlKeyFamily::kNone;
};

// Null for everything that is never evaluated: XSLT, XPointer, base64, HMAC, DSA, and what nobody knows.
const XmlAlgorithm* FindXmlAlgorithm(absl::string_view uri);

// The only XPath filter that is allowed, as the European Digital Credentials have it (trust: the literal text).
inline constexpr absl::string_view kSignatureFilter = "not(ancestor-or-self::ds:Signature)";

// Whether an XPath filter costs at most its length for every ancestor of every node: comparisons of names and texts,
// and steps on the axes self, parent, ancestor and ancestor-or-self, with predicates that have none within them.
bool IsCheapXPath(absl::string_view expression);

}  // namespace passerelle::proof
