#include "core/proof/di/selective_disclosure.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/cbor.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

constexpr absl::string_view kDerivedHeader("\xd9\x5d\x01", 3);
constexpr size_t kDisclosureSignatureBytes = 64;
constexpr size_t kLabelBytes = 32;
constexpr size_t kProofParts = 5;

// A derived proof value, taken apart (3.5.7).
struct DerivedProof {
  std::string bytes;  // what the views below are of
  absl::string_view base_signature;
  absl::string_view statement_key;  // a Multikey, made for this credential only
  std::vector<absl::string_view> signatures;
  std::map<std::string, std::string> labels;  // by canonical label
  std::vector<size_t> mandatory;
};

absl::Status MalformedDisclosure(absl::string_view detail) {
  return base::Problem(base::Reason::kProofMalformed, "proofValue", detail);
}

absl::Status ReadLabels(const base::Cbor& map, DerivedProof& proof) {
  if (map.type != base::Cbor::Type::kMap) return MalformedDisclosure("the labels are no map");
  for (size_t i = 0; i + 1 < map.items.size(); i += 2) {
    const auto number = map.items[i].Int();
    const auto label = map.items[i + 1].Bytes();
    if (!number.has_value() || *number < 0 || !label.has_value() || label->size() != kLabelBytes) {
      return MalformedDisclosure("a label is of another form");
    }
    proof.labels[absl::StrCat("c14n", *number)] = absl::StrCat("u", base::Base64UrlEncode(*label));
  }
  return absl::OkStatus();
}

absl::Status ReadMandatory(const base::Cbor& list, DerivedProof& proof) {
  if (list.type != base::Cbor::Type::kArray) return MalformedDisclosure("the mandatory indexes are no array");
  for (const base::Cbor& item : list.items) {
    const auto index = item.Int();
    if (!index.has_value() || *index < 0) return MalformedDisclosure("a mandatory index is no number");
    // Ascending, so that none stands twice.
    if (!proof.mandatory.empty() && proof.mandatory.back() >= static_cast<size_t>(*index)) {
      return MalformedDisclosure("the mandatory indexes do not ascend");
    }
    proof.mandatory.push_back(static_cast<size_t>(*index));
  }
  return absl::OkStatus();
}

absl::StatusOr<DerivedProof> ReadProof(absl::string_view text) {
  if (text.empty() || text[0] != 'u') return MalformedDisclosure("it is not base64url");
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(text.substr(1));
  if (!bytes.ok()) return MalformedDisclosure("it is not base64url");
  DerivedProof proof;
  proof.bytes = *std::move(bytes);
  absl::string_view content = proof.bytes;
  if (!absl::ConsumePrefix(&content, kDerivedHeader)) return MalformedDisclosure("it is no derived proof");
  const absl::StatusOr<base::Cbor> cbor = base::ReadCbor(content);
  if (!cbor.ok()) return MalformedDisclosure("it is not the CBOR of a derived proof");
  const bool has_form = cbor->type == base::Cbor::Type::kArray && cbor->items.size() == kProofParts &&
                        cbor->items[0].Bytes().has_value() && cbor->items[1].Bytes().has_value() &&
                        cbor->items[2].type == base::Cbor::Type::kArray;
  if (!has_form) return MalformedDisclosure("it has not the five parts of a derived proof");
  proof.base_signature = *cbor->items[0].Bytes();
  proof.statement_key = *cbor->items[1].Bytes();
  if (cbor->items[2].items.size() > base::kDisclosedStatementsMax) {
    return base::Problem(base::Reason::kRdfTooComplex, "proofValue", "too many statements are shown");
  }
  for (const base::Cbor& item : cbor->items[2].items) {
    const auto signature = item.Bytes();
    if (!signature.has_value() || signature->size() != kDisclosureSignatureBytes)
      return MalformedDisclosure("a signature has another length");
    proof.signatures.push_back(*signature);
  }
  RETURN_IF_ERROR(ReadLabels(cbor->items[3], proof));
  RETURN_IF_ERROR(ReadMandatory(cbor->items[4], proof));
  return proof;
}

// The statements with the issuer's labels of blank nodes, sorted (3.4.2 and 3.4.17).
absl::StatusOr<std::vector<std::string>> LabelledStatements(const rdf::Dataset& dataset,
                                                            const std::map<std::string, std::string>& labels) {
  ASSIGN_OR_RETURN(rdf::CanonicalDataset canonical, rdf::Canonicalize(dataset));
  for (std::string& label : canonical.labels) {
    if (label.empty()) continue;
    const auto found = labels.find(label);
    if (found == labels.end()) return MalformedDisclosure("a blank node has no label");
    label = found->second;
  }
  std::vector<std::string> lines;
  for (const rdf::Quad& quad : dataset.quads()) lines.push_back(rdf::LabelledLine(dataset, quad, canonical.labels));
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace

absl::Status VerifyDerivedProof(const SecuredDocument& secured, absl::string_view proof_value, const PublicKey& key,
                                bool& used_inline_context) {
  ASSIGN_OR_RETURN(const DerivedProof proof, ReadProof(proof_value));
  const absl::StatusOr<PublicKey> statement_key = PublicKey::FromMultikey(proof.statement_key);
  if (!statement_key.ok() || statement_key->curve() != Curve::kP256)
    return MalformedDisclosure("the key of the statements");
  ASSIGN_OR_RETURN(const std::string options_hash,
                   RdfcOptionsHash(secured, base::HashAlgorithm::kSha256, used_inline_context));
  ASSIGN_OR_RETURN(const rdf::Dataset dataset, DocumentAsRdf(secured, used_inline_context));
  ASSIGN_OR_RETURN(const std::vector<std::string> lines, LabelledStatements(dataset, proof.labels));
  std::string mandatory;
  std::vector<const std::string*> others;
  size_t next = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (next < proof.mandatory.size() && proof.mandatory[next] == i) {
      mandatory += lines[i];
      ++next;
    } else {
      others.push_back(&lines[i]);
    }
  }
  if (next != proof.mandatory.size()) return MalformedDisclosure("a mandatory index names no statement");
  const absl::Status invalid = base::Problem(base::Reason::kSignatureInvalid, "proofValue");
  if (others.size() != proof.signatures.size()) return invalid;
  const std::string mandatory_hash = base::Digest(base::HashAlgorithm::kSha256, mandatory);
  const absl::string_view pieces[] = {options_hash, proof.statement_key, mandatory_hash};
  if (!key.Verify(KeyAlgorithm::kEs256, pieces, proof.base_signature)) return invalid;
  for (size_t i = 0; i < others.size(); ++i) {
    if (!statement_key->Verify(KeyAlgorithm::kEs256, *others[i], proof.signatures[i])) return invalid;
  }
  return absl::OkStatus();
}

}  // namespace passerelle::proof
