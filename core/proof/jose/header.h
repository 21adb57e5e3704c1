// The header of one signature (RFC 7515, 4), and the profile that says what it may ask for.
//
// Thread-safety: a header belongs to one thread; profiles are const. Ownership: a header owns its protected members;
// the unprotected ones belong to the document that they came from.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/json.h"
#include "core/proof/algorithm.h"
#include "core/proof/finding.h"

namespace passerelle::proof {

// What a kind of signed document may ask for. "none", HMAC and SHA-1 are in no profile.
struct JoseProfile {
  absl::Span<const KeyAlgorithm> allowed;
  absl::Span<const KeyAlgorithm> legacy;           // accepted under an exception only
  absl::Span<const absl::string_view> understood;  // what "crit" may name
  bool compact_unencoded = false;                  // whether a compact token may have "b64": false
};

// ES256/384/512, EdDSA, PS256/384/512, RS256/384/512; ES256K as legacy; "b64" is understood, in JSON only.
const JoseProfile& TokenProfile();
// The same for signatures that are no credential tokens, where RFC 7797 allows the compact form as well.
const JoseProfile& JwsProfile();

class JoseHeader {
 public:
  // `protected_text` is base64url as sent, empty for no protected header. Strict: an object, no duplicate members, no
  // name in both halves (RFC 7515, 7.2.1). Problems: kJwsMalformed, and those of base::JsonDocument, at "protected".
  static absl::StatusOr<JoseHeader> Parse(absl::string_view protected_text,
                                          std::optional<simdjson::dom::object> unprotected);

  // A member by where it stands; Find looks in both halves.
  std::optional<simdjson::dom::element> FindProtected(absl::string_view name) const;
  std::optional<simdjson::dom::element> FindUnprotected(absl::string_view name) const;
  std::optional<simdjson::dom::element> Find(absl::string_view name) const;
  // The text of a protected member; none if it is absent or no text.
  std::optional<absl::string_view> ProtectedText(absl::string_view name) const;

  // Whether the payload is signed as it is (RFC 7797): "b64" is false and protected.
  bool IsUnencoded() const;

  // The algorithm, if the profile knows it. What is wrong goes to the findings.
  std::optional<KeyAlgorithm> CheckAlgorithm(const JoseProfile& profile, Findings& findings) const;
  // "crit", "b64" and "zip" by the profile; `compact` says how the signature is serialised.
  void CheckCritical(const JoseProfile& profile, bool compact, Findings& findings) const;

 private:
  explicit JoseHeader(std::optional<base::JsonDocument> document) : document_(std::move(document)) {}
  bool ListsAsCritical(absl::string_view name) const;

  std::optional<base::JsonDocument> document_;
  std::optional<simdjson::dom::object> protected_;
  std::optional<simdjson::dom::object> unprotected_;
};

}  // namespace passerelle::proof
