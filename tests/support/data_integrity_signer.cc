#include "tests/support/data_integrity_signer.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/base58.h"
#include "core/base/cbor.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/proof/di/cryptosuite.h"
#include "core/proof/di/signed_content.h"
#include "core/rdf/canonical.h"

namespace passerelle::testing {
namespace {

template <typename Value>
Value Must(absl::StatusOr<Value> value) {
  if (!value.ok()) std::abort();
  return *std::move(value);
}

std::string Point(const TestSigner& signer) {
  const size_t bytes = proof::TraitsOf(signer.traits().curve)->coordinate_bytes;
  const std::string key = signer.SubjectPublicKeyInfo();
  if (signer.traits().curve == proof::Curve::kEd25519) return key.substr(key.size() - bytes);
  const char sign = (key.back() & 1) != 0 ? '\x03' : '\x02';
  return sign + key.substr(key.size() - 2 * bytes, bytes);
}

// A whole document with the proof's options in it, so that both are of one JSON document.
base::JsonDocument Whole(absl::string_view document, absl::string_view proof_members) {
  return Must(base::JsonDocument::Parse(WithProof(document, absl::StrCat("{", proof_members, "}"))));
}

}  // namespace

std::string MultikeyBytes(const TestSigner& signer) {
  switch (signer.traits().curve) {
    case proof::Curve::kEd25519:
      return absl::StrCat("\xed\x01", Point(signer));
    case proof::Curve::kP256:
      return absl::StrCat("\x80\x24", Point(signer));
    default:
      return absl::StrCat("\x81\x24", Point(signer));
  }
}

std::string MultikeyText(const TestSigner& signer) {
  return absl::StrCat("z", base::Base58Encode(MultikeyBytes(signer)));
}

std::string DidKey(const TestSigner& signer) { return absl::StrCat("did:key:", MultikeyText(signer)); }

std::string DidKeyMethod(const TestSigner& signer) { return absl::StrCat(DidKey(signer), "#", MultikeyText(signer)); }

std::string ProofMembers(absl::string_view suite, absl::string_view method) {
  const bool old = suite == "Ed25519Signature2020";
  return absl::StrCat(old ? R"("type":"Ed25519Signature2020")"
                          : absl::StrCat(R"("type":"DataIntegrityProof","cryptosuite":")", suite, "\""),
                      R"(,"created":"2024-02-01T00:00:00Z","proofPurpose":"assertionMethod","verificationMethod":")",
                      method, "\"");
}

std::string MakeProof(absl::string_view document, absl::string_view suite, const TestSigner& signer,
                      absl::string_view proof_members) {
  // The proofs on which this one builds move out of the document, since the options take the place of "proof".
  const base::JsonDocument given = Must(base::JsonDocument::Parse(document));
  std::string bare = "{";
  std::vector<simdjson::dom::element> previous;
  const simdjson::dom::object members = *base::AsObject(given.root());
  for (const auto member : members) {
    if (member.key == "proof") {
      const simdjson::dom::array entries = *base::AsArray(member.value);
      for (const auto entry : entries) previous.push_back(entry);
    } else {
      absl::StrAppend(&bare, bare.size() > 1 ? "," : "", "\"", base::View(member.key), "\":", given.Text(member.value));
    }
  }
  bare += "}";
  const base::JsonDocument whole = Whole(bare, proof_members);
  const auto object = *base::AsObject(whole.root());
  const proof::SecuredDocument secured{whole, object, *base::AsObject(*base::Find(object, "proof")), previous};
  const bool old = suite == "Ed25519Signature2020";
  const proof::Cryptosuite* const known =
      proof::FindCryptosuite(old ? suite : "DataIntegrityProof", old ? absl::string_view() : suite);
  const auto algorithm = proof::AlgorithmOf(*known, signer.public_key());
  const proof::SignedContent content =
      Must(known->form == proof::CanonicalForm::kJcs ? proof::JcsContent(secured, algorithm->hash)
                                                     : proof::RdfcContent(secured, algorithm->hash));
  return absl::StrCat("{", proof_members, R"(,"proofValue":"z)", base::Base58Encode(signer.Sign(content.hash_data)),
                      "\"}");
}

std::string MakeDerivedProof(absl::string_view document, const TestSigner& signer, absl::string_view proof_members) {
  const base::JsonDocument whole = Whole(document, proof_members);
  const auto object = *base::AsObject(whole.root());
  const proof::SecuredDocument secured{whole, object, *base::AsObject(*base::Find(object, "proof")), {}};
  bool inline_context = false;
  const std::string options = Must(proof::RdfcOptionsHash(secured, base::HashAlgorithm::kSha256, inline_context));
  const rdf::Dataset dataset = Must(proof::DocumentAsRdf(secured, inline_context));
  std::vector<std::string> labels = Must(rdf::Canonicalize(dataset)).labels;
  std::string map;
  uint64_t count = 0;
  base::CborWriter map_writer(map);
  for (std::string& label : labels) {
    if (label.empty()) continue;
    const std::string bytes = base::Digest(base::HashAlgorithm::kSha256, label);
    map_writer.Int(std::atoi(label.c_str() + 4));
    map_writer.Bytes(bytes);
    ++count;
    label = absl::StrCat("u", base::Base64UrlEncode(bytes));
  }
  std::vector<std::string> lines;
  for (const rdf::Quad& quad : dataset.quads()) lines.push_back(rdf::LabelledLine(dataset, quad, labels));
  std::sort(lines.begin(), lines.end());
  const TestSigner statement_signer(proof::KeyAlgorithm::kEs256);
  std::string mandatory;
  std::string value("\xd9\x5d\x01", 3);
  base::CborWriter cbor(value);
  for (size_t i = 0; i < lines.size(); i += 2) mandatory += lines[i];
  const std::string statement_key = MultikeyBytes(statement_signer);
  cbor.Array(5);
  cbor.Bytes(signer.Sign(absl::StrCat(options, statement_key, base::Digest(base::HashAlgorithm::kSha256, mandatory))));
  cbor.Bytes(statement_key);
  cbor.Array(lines.size() / 2);
  for (size_t i = 1; i < lines.size(); i += 2) cbor.Bytes(statement_signer.Sign(lines[i]));
  cbor.Map(count);
  cbor.Raw(map);
  cbor.Array((lines.size() + 1) / 2);
  for (size_t i = 0; i < lines.size(); i += 2) cbor.Int(static_cast<int64_t>(i));
  return absl::StrCat("{", proof_members, R"(,"proofValue":"u)", base::Base64UrlEncode(value), "\"}");
}

std::string WithProof(absl::string_view document, absl::string_view proof) {
  return absl::StrCat(document.substr(0, document.rfind('}')), R"(,"proof":)", proof, "}");
}

}  // namespace passerelle::testing
