#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/authenticity/issuer_key.h"
#include "core/authenticity/seal_families.h"
#include "core/base/date_time.h"
#include "core/base/problem.h"
#include "core/proof/credential_times.h"
#include "core/proof/di/data_integrity.h"
#include "core/proof/jades/jades.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;
using simdjson::dom::object;

constexpr absl::string_view kJades = "jades";
constexpr absl::string_view kDataIntegrity = "data-integrity";

// The credential of the data model 3 of the European Learning Model, also when it stands in a presentation, as the
// Europass wallet exports it.
std::optional<object> CredentialIn(object signed_content) {
  const auto list = base::Find(signed_content, "verifiableCredential");
  if (!list.has_value()) return signed_content;
  if (const auto one = base::AsObject(*list)) return one;
  const auto array = base::AsArray(*list);
  // Of several, none is the credential of the document.
  if (!array.has_value() || array->size() != 1) return std::nullopt;
  return base::AsObject(*array->begin());
}

// The first member around a JSON serialisation that is no part of it (RFC 7515, 7.2); empty if there is none. A
// verifier of signatures passes over it, and an adapter may read nothing else.
std::string BesideTheSeal(absl::string_view text) {
  constexpr absl::string_view kMembers[] = {"payload", "signatures", "protected", "header", "signature"};
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(text);
  const auto root = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  if (!root.has_value()) return "";
  for (const auto member : *root) {
    const absl::string_view name(member.key.data(), member.key.size());
    if (std::find(std::begin(kMembers), std::end(kMembers), name) == std::end(kMembers)) return std::string(name);
  }
  return "";
}

}  // namespace

Sealed JudgeJades(absl::string_view text, const Evidence& evidence) {
  const proof::JadesVerdict seen = proof::VerifyJades(text, SealTrustOf(evidence.bundle), evidence.at);
  Sealed sealed;
  ConcludeSeal(seen.verified, seen.findings, kJades, false, sealed);
  if (!seen.signatures.empty()) {
    sealed.check.add_inputs(absl::StrCat("level=", proof::JadesLevelName(seen.signatures.front().level)));
  }
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return sealed;
  if (const std::string beside = BesideTheSeal(text); !beside.empty()) {
    Sealed open = OpenSeal(Reason::kJwsMalformed, kJades);
    open.check.add_inputs(absl::StrCat("not under the seal: ", beside));
    return open;
  }
  const proof::JadesSignature& signature = seen.signatures.front();
  TakeCertificate(*signature.signer, signature.trusted, seen.findings, sealed);
  sealed.revocation = signature.revocation;
  sealed.claimed_time = signature.claimed_time;
  sealed.proven_time = signature.proven_time;
  sealed.content = std::string(seen.payload);
  absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(sealed.content);
  const auto members = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  if (!members.has_value()) return sealed;
  sealed.document = *std::move(document);
  sealed.credential = CredentialIn(*members);
  if (sealed.credential) sealed.issuer = std::string(proof::IdOf(base::Find(*sealed.credential, "issuer")));
  return sealed;
}

Sealed JudgeDataIntegrity(absl::string_view text, const Evidence& evidence) {
  proof::DataIntegrityOptions options;
  options.at = evidence.at;
  {
    const absl::StatusOr<base::JsonDocument> stated = base::JsonDocument::Parse(text);
    const auto members = stated.ok() ? base::AsObject(stated->root()) : std::nullopt;
    if (members.has_value()) options.installed = InstalledFor(evidence.bundle, *members, evidence.at);
  }
  proof::DataIntegrityVerdict seen = proof::VerifyDataIntegrity(text, options);
  Sealed sealed;
  ConcludeSeal(seen.verified, seen.findings, kDataIntegrity, false, sealed);
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) return sealed;
  // Every proof of a set counts for itself. The issuer's is the one whose key is shown to be its own, or the first.
  const proof::ProofStatement* counted = &seen.proofs.front();
  for (const proof::ProofStatement& statement : seen.proofs) {
    if (statement.issuer_is_proven) {
      counted = &statement;
      break;
    }
  }
  sealed.signer.key_thumbprint = counted->thumbprint;
  sealed.document = *std::move(seen.document);
  sealed.credential = base::AsObject(sealed.document->root());
  sealed.issuer = std::string(proof::IdOf(base::Find(*sealed.credential, "issuer")));
  sealed.claimed_time = counted->created;
  return sealed;
}

}  // namespace passerelle::authenticity
