#include "gateway/conformance/judge_merkle.h"

#include <algorithm>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/merkle.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using evidence::MerkleHash;
using evidence::MerkleProof;
using simdjson::dom::object;

absl::StatusOr<MerkleHash> ReadHash(absl::string_view base64, absl::string_view place) {
  const absl::StatusOr<std::string> bytes = base::Base64Decode(base64);
  if (!bytes.ok() || bytes->size() != sizeof(MerkleHash)) return Problem(Reason::kFieldInvalid, place, "no hash");
  MerkleHash hash;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

absl::StatusOr<MerkleHash> Hash(const object& members, absl::string_view name) {
  return ReadHash(base::FindString(members, name).value_or(""), name);
}

// Where two roots are only compared with each other, the vectors write any text for them. Its digest stands for it: it
// equals that of the same text, and nothing that a proof leads to.
absl::StatusOr<MerkleHash> ComparedRoot(const object& members, absl::string_view name) {
  const absl::StatusOr<std::string> bytes = base::Base64Decode(base::FindString(members, name).value_or(""));
  if (!bytes.ok() || bytes->empty()) return Problem(Reason::kFieldInvalid, name, "no hash");
  return bytes->size() == sizeof(MerkleHash) ? Hash(members, name) : base::Sha256(*bytes);
}

absl::StatusOr<uint64_t> Number(const object& members, absl::string_view name) {
  const auto member = base::Find(members, name);
  uint64_t number = 0;
  if (!member || member->get(number) != simdjson::SUCCESS) return Problem(Reason::kFieldInvalid, name, "no size");
  return number;
}

// A proof without hashes may be null or not be there.
absl::StatusOr<MerkleProof> Proof(const object& members) {
  MerkleProof proof;
  const auto member = base::Find(members, "proof");
  const auto hashes = member ? base::AsArray(*member) : std::nullopt;
  if (!hashes) return proof;
  for (const simdjson::dom::element hash : *hashes) {
    ASSIGN_OR_RETURN(proof.emplace_back(), ReadHash(base::AsString(hash).value_or(""), "proof"));
  }
  return proof;
}

absl::Status Inclusion(const object& members) {
  ASSIGN_OR_RETURN(const uint64_t index, Number(members, "leafIdx"));
  ASSIGN_OR_RETURN(const uint64_t size, Number(members, "treeSize"));
  ASSIGN_OR_RETURN(const MerkleHash leaf, Hash(members, "leafHash"));
  ASSIGN_OR_RETURN(const MerkleHash root, Hash(members, "root"));
  ASSIGN_OR_RETURN(const MerkleProof proof, Proof(members));
  return evidence::VerifyInclusion(leaf, index, proof, {size, root});
}

absl::Status Consistency(const object& members) {
  ASSIGN_OR_RETURN(const uint64_t older, Number(members, "size1"));
  ASSIGN_OR_RETURN(const uint64_t newer, Number(members, "size2"));
  ASSIGN_OR_RETURN(const MerkleHash older_root, ComparedRoot(members, "root1"));
  ASSIGN_OR_RETURN(const MerkleHash newer_root, ComparedRoot(members, "root2"));
  ASSIGN_OR_RETURN(const MerkleProof proof, Proof(members));
  return evidence::VerifyConsistency({older, older_root}, {newer, newer_root}, proof);
}

absl::Status WithMembers(const ConformanceCase& row, absl::Status (*verify)(const object&)) {
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(content));
  const auto members = base::AsObject(document.root());
  return members ? verify(*members) : Problem(Reason::kFieldInvalid, "", "no object");
}

Judgement Judged(const absl::Status& status) {
  if (status.ok()) return {"valid", "accept", ""};
  return {"invalid", "reject", std::string(status.message())};
}

}  // namespace

Judgement JudgeMerkleInclusion(const ConformanceCase& row) { return Judged(WithMembers(row, Inclusion)); }

Judgement JudgeMerkleConsistency(const ConformanceCase& row) { return Judged(WithMembers(row, Consistency)); }

}  // namespace passerelle::gateway
