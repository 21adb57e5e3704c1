#include "core/proof/cose/cose_sign1.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/proof/openssl.h"

namespace passerelle::proof {
namespace {

using base::Cbor;
using base::Problem;
using base::Reason;

constexpr uint64_t kSign1Tag = 18;

struct CoseAlgorithm {
  int64_t label;
  KeyAlgorithm algorithm;
};

// RFC 9053, 2.1 and 2.2; RFC 9864; RFC 8230, 2. -8 is EdDSA with the curve of the key.
constexpr CoseAlgorithm kCoseAlgorithms[] = {
    {-7, KeyAlgorithm::kEs256},  {-9, KeyAlgorithm::kEs256},  {-35, KeyAlgorithm::kEs384}, {-51, KeyAlgorithm::kEs384},
    {-36, KeyAlgorithm::kEs512}, {-52, KeyAlgorithm::kEs512}, {-8, KeyAlgorithm::kEdDsa},  {-19, KeyAlgorithm::kEdDsa},
    {-53, KeyAlgorithm::kEd448}, {-37, KeyAlgorithm::kPs256}, {-38, KeyAlgorithm::kPs384}, {-39, KeyAlgorithm::kPs512},
};

constexpr int64_t kCoseUnderstood[] = {kCoseAlgorithm, kCoseContentType, kCoseKeyId, kCoseType, kCoseX5Chain};

absl::Status Broken(absl::string_view place, absl::string_view detail) { return Problem(Reason::kCose, place, detail); }

std::optional<KeyAlgorithm> FindCoseAlgorithm(const Cbor& header, const PublicKey& key) {
  const std::optional<int64_t> label = header.Int();
  for (const CoseAlgorithm& known : kCoseAlgorithms) {
    if (label != known.label) continue;
    const bool by_curve = known.label == -8 && key.curve() == Curve::kEd448;
    return by_curve ? KeyAlgorithm::kEd448 : known.algorithm;
  }
  return std::nullopt;
}

// An ECDSA signature with the hash of one algorithm on the curve of another: RFC 9053, 2.1, allows it, our table does
// not.
bool VerifiesOnOtherCurve(const PublicKey& key, const AlgorithmTraits& traits, absl::string_view input,
                          absl::string_view signature) {
  const CurveTraits* const curve = TraitsOf(key.curve());
  const bool ecdsa = traits.family == Family::kEcdsa && curve != nullptr && curve->jwk_type == "EC";
  if (!ecdsa || signature.size() != 2 * curve->coordinate_bytes) return false;
  const ErrorScope errors;
  const int half = static_cast<int>(signature.size() / 2);
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  Owned<BIGNUM> r(BN_bin2bn(Bytes(signature), half, nullptr));
  Owned<BIGNUM> s(BN_bin2bn(Bytes(signature) + half, half, nullptr));
  if (pair == nullptr || r == nullptr || s == nullptr) return false;
  if (ECDSA_SIG_set0(pair.get(), r.release(), s.release()) != 1) return false;
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return false;
  const std::string digest = base::Digest(*traits.hash, input);
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.openssl(), nullptr));
  const bool verified =
      context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
      EVP_PKEY_verify(context.get(), der, static_cast<size_t>(size), Bytes(digest), digest.size()) == 1;
  OPENSSL_free(der);
  return verified;
}

}  // namespace

absl::StatusOr<CoseSign1> CoseSign1::Parse(absl::string_view bytes) {
  ASSIGN_OR_RETURN(const Cbor item, base::ReadCbor(bytes));
  return FromItem(item);
}

absl::StatusOr<CoseSign1> CoseSign1::FromItem(const Cbor& item) {
  const Cbor* const tagged = item.Tagged(kSign1Tag);
  const Cbor& list = tagged != nullptr ? *tagged : item;
  if (list.type != Cbor::Type::kArray || list.items.size() != 4) return Broken("", "it is no array of four");
  CoseSign1 message;
  const std::optional<absl::string_view> header = list.items[0].Bytes();
  if (!header) return Broken("protected", "it is no byte string");
  message.protected_bytes_ = *header;
  message.protected_.type = Cbor::Type::kMap;
  if (!header->empty()) {
    ASSIGN_OR_RETURN(message.protected_, base::ReadCbor(*header));
  }
  message.unprotected_ = list.items[1];
  if (message.protected_.type != Cbor::Type::kMap) return Broken("protected", "it is no map");
  if (message.unprotected_.type != Cbor::Type::kMap) return Broken("unprotected", "it is no map");
  message.payload_ = list.items[2].Bytes();
  if (!message.payload_ && !list.items[2].IsNull()) return Broken("payload", "it is neither bytes nor null");
  const std::optional<absl::string_view> signature = list.items[3].Bytes();
  if (!signature) return Broken("signature", "it is no byte string");
  message.signature_ = *signature;
  // RFC 9052, 3: a label may stand in one of the two maps only.
  for (size_t i = 0; i < message.protected_.items.size(); i += 2) {
    const Cbor& label = message.protected_.items[i];
    const std::optional<int64_t> number = label.Int();
    const std::optional<absl::string_view> text = label.Text();
    if (!number && !text) return Broken("protected", "a label is neither a number nor a text");
    const Cbor* const twin = number ? message.unprotected_.Find(*number) : message.unprotected_.Find(*text);
    if (twin != nullptr) return Broken("unprotected", "it repeats a protected header");
  }
  return message;
}

std::optional<absl::string_view> CoseSign1::KeyId() const {
  const Cbor* id = FindProtected(kCoseKeyId);
  if (id == nullptr) id = FindUnprotected(kCoseKeyId);
  const std::optional<absl::string_view> bytes = id == nullptr ? std::nullopt : id->Bytes();
  return bytes && base::IsUtf8(*bytes) ? bytes : std::nullopt;
}

const Cbor* CoseSign1::AlgorithmHeader(Findings& findings) const {
  if (const Cbor* const header = FindProtected(kCoseAlgorithm)) return header;
  const Cbor* const header = FindUnprotected(kCoseAlgorithm);
  findings.Refuse(Reason::kProofHeader, "alg", header == nullptr ? "it is missing" : "it is not protected");
  return header;
}

// RFC 9052, 3.1, crit.
void CoseSign1::CheckCritical(Findings& findings) const {
  if (FindUnprotected(kCoseCritical) != nullptr) {
    findings.Refuse(Reason::kCriticalHeader, "crit", "it is not protected");
  }
  const Cbor* const critical = FindProtected(kCoseCritical);
  if (critical == nullptr) return;
  if (critical->type != Cbor::Type::kArray || critical->items.empty()) {
    return findings.Refuse(Reason::kCriticalHeader, "crit", "it is no list of labels");
  }
  for (const Cbor& label : critical->items) {
    const std::optional<int64_t> number = label.Int();
    const bool understood = number && std::find(std::begin(kCoseUnderstood), std::end(kCoseUnderstood), *number) !=
                                          std::end(kCoseUnderstood);
    if (!understood || FindProtected(*number) == nullptr) findings.Refuse(Reason::kCriticalHeader, "crit");
  }
}

// Sig_structure (RFC 9052, 4.4). An empty protected map is signed as an empty string, in whichever way it was sent.
std::string CoseSign1::Signed(absl::string_view external, absl::string_view payload) const {
  std::string out;
  base::CborWriter cbor(out);
  cbor.Array(4);
  cbor.Text("Signature1");
  cbor.Bytes(protected_.items.empty() ? "" : protected_bytes_);
  cbor.Bytes(external);
  cbor.Bytes(payload);
  return out;
}

CoseVerdict CoseSign1::Verify(const PublicKey& key, absl::string_view external,
                              std::optional<absl::string_view> detached) const {
  CoseVerdict verdict;
  CheckCritical(verdict.findings);
  const Cbor* const header = AlgorithmHeader(verdict.findings);
  const std::optional<KeyAlgorithm> algorithm = header == nullptr ? std::nullopt : FindCoseAlgorithm(*header, key);
  if (!algorithm) {
    if (header != nullptr) verdict.findings.Refuse(Reason::kAlgorithmNotAllowed, "alg");
    return verdict;
  }
  if (payload_.has_value() == detached.has_value()) {
    verdict.findings.Refuse(Reason::kCose, "payload", payload_ ? "it is there twice" : "it is missing");
    return verdict;
  }
  const absl::string_view payload = payload_ ? *payload_ : *detached;
  const std::string input = Signed(external, payload);
  if (!key.IsStrong()) verdict.findings.Refuse(Reason::kKeyWeak, "key");
  if (key.Accepts(*algorithm)) {
    verdict.verified = key.Verify(*algorithm, input, signature_);
  } else {
    verdict.findings.Refuse(Reason::kAlgorithmMismatch, "alg", "it does not belong to the key");
    verdict.verified = VerifiesOnOtherCurve(key, TraitsOf(*algorithm), input, signature_);
  }
  if (verdict.verified) {
    verdict.payload = payload;
  } else {
    verdict.findings.Refuse(Reason::kSignatureInvalid, "signature");
  }
  return verdict;
}

CoseVerdict CoseSign1::Verify(const KeySet& keys, absl::string_view external) const {
  CoseVerdict verdict;
  const Cbor* const header = FindProtected(kCoseAlgorithm);
  const std::optional<int64_t> label = header == nullptr ? std::nullopt : header->Int();
  const auto* const known = std::find_if(std::begin(kCoseAlgorithms), std::end(kCoseAlgorithms),
                                         [&](const CoseAlgorithm& one) { return label == one.label; });
  if (known == std::end(kCoseAlgorithms)) {
    verdict.findings.Refuse(Reason::kAlgorithmNotAllowed, "alg");
    return verdict;
  }
  const absl::StatusOr<PublicKey> key = keys.Find(KeyId(), known->algorithm);
  if (!key.ok()) {
    verdict.findings.Refuse(key.status());
    return verdict;
  }
  return Verify(*key, external);
}

}  // namespace passerelle::proof
