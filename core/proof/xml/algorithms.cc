#include "core/proof/xml/algorithms.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/base/limits.h"

namespace passerelle::proof {
namespace {

using Use = XmlAlgorithmUse;
using Standing = XmlStanding;

// XML Signature Syntax and Processing 1.1, clause 6, and RFC 9231. RSA-PSS is missing since the xmlsec 1.2 of Debian 12
// does not have it.
constexpr XmlAlgorithm kXmlAlgorithms[] = {
    {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", Use::kCanonicalization, Standing::kAllowed},
    {"http://www.w3.org/2001/10/xml-exc-c14n#", Use::kCanonicalization, Standing::kAllowed},
    {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", Use::kCanonicalization, Standing::kEvaluatedOnly},
    {"http://www.w3.org/2001/10/xml-exc-c14n#WithComments", Use::kCanonicalization, Standing::kEvaluatedOnly},
    {"http://www.w3.org/2006/12/xml-c14n11", Use::kCanonicalization, Standing::kEvaluatedOnly},
    {"http://www.w3.org/2006/12/xml-c14n11#WithComments", Use::kCanonicalization, Standing::kEvaluatedOnly},
    {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", Use::kEnveloped, Standing::kAllowed},
    {"http://www.w3.org/TR/1999/REC-xpath-19991116", Use::kXPath, Standing::kAllowed},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", Use::kSignature, Standing::kAllowed, XmlKeyFamily::kRsa},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", Use::kSignature, Standing::kAllowed, XmlKeyFamily::kRsa},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", Use::kSignature, Standing::kAllowed, XmlKeyFamily::kRsa},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", Use::kSignature, Standing::kAllowed, XmlKeyFamily::kEcdsa},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", Use::kSignature, Standing::kAllowed, XmlKeyFamily::kEcdsa},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", Use::kSignature, Standing::kAllowed, XmlKeyFamily::kEcdsa},
    {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", Use::kSignature, Standing::kLegacy, XmlKeyFamily::kRsa},
    {"http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", Use::kSignature, Standing::kEvaluatedOnly,
     XmlKeyFamily::kRsa},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", Use::kSignature, Standing::kEvaluatedOnly,
     XmlKeyFamily::kEcdsa},
    {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224", Use::kSignature, Standing::kEvaluatedOnly,
     XmlKeyFamily::kEcdsa},
    {"http://www.w3.org/2001/04/xmlenc#sha256", Use::kDigest, Standing::kAllowed},
    {"http://www.w3.org/2001/04/xmldsig-more#sha384", Use::kDigest, Standing::kAllowed},
    {"http://www.w3.org/2001/04/xmlenc#sha512", Use::kDigest, Standing::kAllowed},
    {"http://www.w3.org/2000/09/xmldsig#sha1", Use::kDigest, Standing::kLegacy},
    {"http://www.w3.org/2001/04/xmldsig-more#sha224", Use::kDigest, Standing::kEvaluatedOnly},
};

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.'; }

absl::string_view TakeName(absl::string_view* rest) {
  const auto end = std::find_if_not(rest->begin(), rest->end(), IsNameCharacter);
  const absl::string_view name = rest->substr(0, static_cast<size_t>(end - rest->begin()));
  rest->remove_prefix(name.size());
  return name;
}

// One name, with its axis, prefix or opening parenthesis.
bool TakeStep(absl::string_view* rest) {
  static constexpr absl::string_view kAxes[] = {"self", "parent", "ancestor", "ancestor-or-self"};
  static constexpr absl::string_view kFunctions[] = {"not", "local-name", "name", "namespace-uri"};
  const absl::string_view name = TakeName(rest);
  if (name.empty()) return false;
  const auto is_one_of = [name](const auto& known) {
    return std::find(std::begin(known), std::end(known), name) != std::end(known);
  };
  if (absl::ConsumePrefix(rest, "::")) return is_one_of(kAxes);
  if (absl::ConsumePrefix(rest, ":")) return true;
  if (absl::ConsumePrefix(rest, "(")) return is_one_of(kFunctions);
  return true;
}

bool TakeLiteral(absl::string_view* rest) {
  const size_t end = rest->find(rest->front(), 1);
  if (end == absl::string_view::npos) return false;
  rest->remove_prefix(end + 1);
  return true;
}

}  // namespace

const XmlAlgorithm* FindXmlAlgorithm(absl::string_view uri) {
  for (const XmlAlgorithm& algorithm : kXmlAlgorithms) {
    if (algorithm.uri == uri) return &algorithm;
  }
  return nullptr;
}

bool IsCheapXPath(absl::string_view expression) {
  if (expression.size() > base::kXPathBytesMax) return false;
  int predicates = 0;
  for (absl::string_view rest = expression; !rest.empty();) {
    const char next = rest.front();
    if (next == '\'' || next == '"') {
      if (!TakeLiteral(&rest)) return false;
    } else if (absl::ascii_isspace(next) || absl::StrContains("()[]*=!", absl::string_view(&next, 1))) {
      predicates += next == '[' ? 1 : next == ']' ? -1 : 0;
      if (predicates < 0 || predicates > 1) return false;
      rest.remove_prefix(1);
    } else if (!TakeStep(&rest)) {
      return false;
    }
  }
  return true;
}

}  // namespace passerelle::proof
