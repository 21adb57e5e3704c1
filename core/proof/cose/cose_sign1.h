// COSE_Sign1 (RFC 9052, 4.2): one signature in CBOR, with the same table of algorithms and curves as tokens.
//
// COSE itself lets an algorithm run on any curve and be named outside of what is signed; both are told apart from the
// question whether the signature verifies, and refused.
//
// Thread-safety: immutable after reading. Ownership: points into the bytes it was read from, which must outlive it.
//
//   ASSIGN_OR_RETURN(const CoseSign1 message, CoseSign1::Parse(bytes));
//   const CoseVerdict verdict = message.Verify(key);
//   if (verdict.Accepted()) Use(*verdict.payload);
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/cbor.h"
#include "core/proof/algorithm.h"
#include "core/proof/finding.h"
#include "core/proof/jose/key_set.h"
#include "core/proof/public_key.h"

namespace passerelle::proof {

// Labels of headers (RFC 9052, 3.1; RFC 9360; RFC 9596).
inline constexpr int64_t kCoseAlgorithm = 1;
inline constexpr int64_t kCoseCritical = 2;
inline constexpr int64_t kCoseContentType = 3;
inline constexpr int64_t kCoseKeyId = 4;
inline constexpr int64_t kCoseType = 16;
inline constexpr int64_t kCoseX5Chain = 33;

struct CoseVerdict {
  bool verified = false;                     // the signature, mathematically
  Findings findings;                         // what the profile says
  std::optional<absl::string_view> payload;  // the signed bytes; only if verified

  bool Accepted() const { return verified && !findings.refused(); }
};

class CoseSign1 {
 public:
  // With tag 18 or without a tag. Problems: kCose; those of base::ReadCbor.
  static absl::StatusOr<CoseSign1> Parse(absl::string_view bytes);
  // Of an item that was read before.
  static absl::StatusOr<CoseSign1> FromItem(const base::Cbor& item);

  // The value of a header; null when there is none.
  const base::Cbor* FindProtected(int64_t label) const { return protected_.Find(label); }
  const base::Cbor* FindUnprotected(int64_t label) const { return unprotected_.Find(label); }
  // The key id as text, protected or not; none if it is absent or not UTF-8.
  std::optional<absl::string_view> KeyId() const;

  // Checks the signature. `external` is what both sides know and nobody sends (RFC 9052, 4.3). A payload that was sent
  // apart comes as `detached`, and only then.
  CoseVerdict Verify(const PublicKey& key, absl::string_view external = "",
                     std::optional<absl::string_view> detached = std::nullopt) const;
  // The same with the key of the set that the message names, by the rules of KeySet::Find.
  CoseVerdict Verify(const KeySet& keys, absl::string_view external = "") const;

 private:
  CoseSign1() = default;
  const base::Cbor* AlgorithmHeader(Findings& findings) const;
  void CheckCritical(Findings& findings) const;
  std::string Signed(absl::string_view external, absl::string_view payload) const;

  absl::string_view protected_bytes_;  // as signed
  base::Cbor protected_;
  base::Cbor unprotected_;
  std::optional<absl::string_view> payload_;
  absl::string_view signature_;
};

}  // namespace passerelle::proof
