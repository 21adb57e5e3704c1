#include "core/proof/cose/cose_vc.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/cose/cose_sign1.h"
#include "core/proof/credential_times.h"

namespace passerelle::proof {
namespace {

using base::Reason;
using simdjson::dom::object;

constexpr absl::string_view kTypes[] = {"application/vc+cose", "application/vp+cose", "application/vc-ld+cose",
                                        "application/vp-ld+cose"};

void CheckType(const CoseSign1& message, Findings& findings) {
  const base::Cbor* type = message.FindProtected(kCoseType);
  if (type == nullptr) type = message.FindUnprotected(kCoseType);
  if (type == nullptr) return findings.Note(Reason::kTokenType, "typ", "it is missing");
  const std::optional<absl::string_view> text = type->Text();
  if (!text || std::find(std::begin(kTypes), std::end(kTypes), *text) == std::end(kTypes)) {
    findings.Refuse(Reason::kTokenType, "typ", "it is not application/vc+cose");
  }
}

}  // namespace

CoseVcVerdict VerifyCoseVc(absl::string_view bytes, const KeySet& keys, absl::Time at) {
  CoseVcVerdict verdict;
  const absl::StatusOr<CoseSign1> message = CoseSign1::Parse(bytes);
  if (!message.ok()) {
    verdict.findings.Refuse(message.status());
    return verdict;
  }
  CoseVerdict signature = message->Verify(keys);
  verdict.verified = signature.verified;
  verdict.findings = std::move(signature.findings);
  CheckType(*message, verdict.findings);
  if (!signature.payload) return verdict;
  absl::StatusOr<base::JsonDocument> credential = base::JsonDocument::Parse(*signature.payload, base::kTokenNestingMax);
  const std::optional<object> members = credential.ok() ? base::AsObject(credential->root()) : std::nullopt;
  if (!credential.ok()) {
    verdict.findings.Refuse(credential.status());
  } else if (!members || !base::Find(*members, "@context")) {
    verdict.findings.Refuse(Reason::kClaimInvalid, "payload", "it is no credential");
  } else {
    CheckCredentialTimes(*members, at, verdict.findings);
    verdict.credential = *std::move(credential);
  }
  return verdict;
}

}  // namespace passerelle::proof
