#include "core/authenticity/seal_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/check.h"
#include "core/authenticity/seal.h"
#include "core/authenticity/seal_families.h"
#include "core/base/problem.h"
#include "core/base/unpack.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;

constexpr absl::string_view kSealCheck = "seal";

// What other checks say: "validity", "signer", "holder".
bool IsOutOfTime(Reason reason) { return reason == Reason::kExpired || reason == Reason::kNotYetValid; }

// The content is not what was signed: the signature does not verify, or something was put to it that is not signed.
bool IsBroken(Reason reason) { return reason == Reason::kSignatureInvalid || reason == Reason::kDisclosure; }

bool IsOfAnotherCheck(Reason reason) {
  switch (reason) {
    case Reason::kExpired:
    case Reason::kNotYetValid:
    case Reason::kCertificateUntrusted:
    case Reason::kCertificateExpired:
    case Reason::kCertificateRevoked:
    case Reason::kKeyBindingOld:
      return true;
    default:
      return false;
  }
}

}  // namespace

void ConcludeSeal(bool verified, const proof::Findings& findings, absl::string_view family, bool allows_legacy,
                  Sealed& sealed) {
  const proof::Finding* first = nullptr;
  const proof::Finding* broken = nullptr;
  for (const proof::Finding& finding : findings.list()) {
    if (finding.weight == proof::Weight::kNote) continue;
    if (verified && IsOutOfTime(finding.reason)) sealed.out_of_time = finding.reason;
    if (!verified && IsBroken(finding.reason)) broken = &finding;
    const bool allowed = allows_legacy && finding.weight == proof::Weight::kLegacy;
    if (first == nullptr && !allowed && !IsOfAnotherCheck(finding.reason)) first = &finding;
  }
  std::vector<std::string> inputs = {absl::StrCat("proof=", family)};
  for (const proof::Finding& finding : findings.list()) {
    inputs.push_back(absl::StrCat(base::Catalogue(finding.reason).name, " at ", finding.place));
  }
  if (broken != nullptr) {
    sealed.check = Failed(kSealCheck, broken->reason, std::move(inputs));
  } else if (first != nullptr) {
    sealed.check = Unknown(kSealCheck, first->reason, std::move(inputs));
  } else if (!verified) {
    sealed.check = Unknown(kSealCheck, Reason::kKeyNotFound, std::move(inputs));
  } else {
    sealed.check = Passed(kSealCheck, Reason::kSealIntact, std::move(inputs));
  }
}

Sealed OpenSeal(Reason reason, absl::string_view family) {
  Sealed sealed;
  sealed.check = Unknown(kSealCheck, reason, {absl::StrCat("proof=", family)});
  return sealed;
}

Sealed CheckSeal(absl::string_view content, const Evidence& evidence) {
  const absl::StatusOr<base::Unpacked> unpacked = base::Unpack(content);
  if (!unpacked.ok()) return OpenSeal(base::ReasonOf(unpacked.status()), "unknown");
  const absl::string_view text = unpacked->bytes;
  switch (FindSeal(text)) {
    case Sealing::kNotSealed:
      return OpenSeal(Reason::kNotStated, "none");
    case Sealing::kCannotTell:
      return OpenSeal(Reason::kFormatUnknown, "unknown");
    case Sealing::kXmlSignature:
      return JudgeXml(text, evidence);
    case Sealing::kJsonWebSignature:
      return JudgeJades(text, evidence);
    case Sealing::kDataIntegrity:
      return JudgeDataIntegrity(text, evidence);
    case Sealing::kToken:
      return JudgeToken(absl::StripAsciiWhitespace(text), evidence);
    case Sealing::kMobileDocument:
      return JudgeMobileDocument(text, evidence);
    case Sealing::kSelectiveToken:
      break;
  }
  return JudgeSelectiveToken(absl::StripAsciiWhitespace(text), evidence);
}

}  // namespace passerelle::authenticity
