#include "core/authenticity/seal_check.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/authenticity/seal.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/unpack.h"
#include "core/base/xml.h"
#include "core/proof/di/data_integrity.h"
#include "core/proof/finding.h"
#include "core/proof/jades/jades.h"
#include "core/proof/public_key.h"
#include "core/proof/xml/xml_signature.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;

v1::Check Told(v1::CheckOutcome outcome, Reason reason, absl::string_view input) {
  v1::Check check;
  check.set_name("seal");
  check.set_outcome(outcome);
  check.set_reason(std::string(base::Catalogue(reason).name));
  if (!input.empty()) check.add_inputs(std::string(input));
  return check;
}

// A signature that does not verify is a fail; everything else that speaks against the proof leaves the question open.
v1::Check Concluded(bool verified, const proof::Findings& findings, absl::string_view family) {
  const proof::Finding* first = nullptr;
  bool broken = false;
  for (const proof::Finding& finding : findings.list()) {
    if (finding.weight == proof::Weight::kNote) continue;
    if (first == nullptr) first = &finding;
    broken = broken || (!verified && finding.reason == Reason::kSignatureInvalid);
  }
  v1::Check check = broken             ? Told(v1::CHECK_OUTCOME_FAIL, Reason::kSignatureInvalid, family)
                    : first != nullptr ? Told(v1::CHECK_OUTCOME_UNKNOWN, first->reason, family)
                    : verified         ? Told(v1::CHECK_OUTCOME_PASS, Reason::kSealIntact, family)
                                       : Told(v1::CHECK_OUTCOME_UNKNOWN, Reason::kKeyNotFound, family);
  for (const proof::Finding& finding : findings.list()) {
    check.add_inputs(absl::StrCat(base::Catalogue(finding.reason).name, " at ", finding.place));
  }
  return check;
}

v1::Check CheckXml(absl::string_view text) {
  constexpr absl::string_view kFamily = "proof=xmldsig";
  const std::vector<std::string> certificates = proof::XmlSignatureCertificates(text);
  if (certificates.empty()) return Told(v1::CHECK_OUTCOME_UNKNOWN, Reason::kKeyNotFound, kFamily);
  const absl::StatusOr<proof::PublicKey> key = proof::PublicKey::FromCertificate(certificates.front());
  if (!key.ok()) return Told(v1::CHECK_OUTCOME_UNKNOWN, base::ReasonOf(key.status()), kFamily);
  const proof::XmlVerification seen = proof::VerifyXmlSignature(text, *key);
  return Concluded(seen.verified, seen.findings, kFamily);
}

v1::Check CheckJson(absl::string_view text, absl::Time at) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(text);
  const auto root = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  if (root.has_value() && base::Find(*root, "payload").has_value()) {
    const proof::JadesVerdict seen = proof::VerifyJades(text, {}, at);
    return Concluded(seen.verified, seen.findings, "proof=jades");
  }
  proof::DataIntegrityOptions options;
  options.at = at;
  const proof::DataIntegrityVerdict seen = proof::VerifyDataIntegrity(text, options);
  return Concluded(seen.verified, seen.findings, "proof=data-integrity");
}

}  // namespace

v1::Check CheckSeal(absl::string_view content, absl::Time at) {
  switch (FindSeal(content)) {
    case Sealing::kNotSealed:
      return Told(v1::CHECK_OUTCOME_UNKNOWN, Reason::kNotStated, "sealed=no");
    case Sealing::kCannotTell:
      return Told(v1::CHECK_OUTCOME_UNKNOWN, Reason::kFormatUnknown, "sealed=unknown");
    case Sealing::kSealed:
      break;
  }
  const absl::StatusOr<base::Unpacked> unpacked = base::Unpack(content);
  if (!unpacked.ok()) return Told(v1::CHECK_OUTCOME_UNKNOWN, base::ReasonOf(unpacked.status()), "sealed=unknown");
  const absl::string_view text = unpacked->bytes;
  if (base::PeekXmlRoot(text).has_value()) return CheckXml(text);
  absl::string_view begin = absl::StripLeadingAsciiWhitespace(text);
  absl::ConsumePrefix(&begin, "\xEF\xBB\xBF");
  if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(begin), "{")) return CheckJson(text, at);
  // A token is signed with a key that only its issuer can name; none is installed here.
  return Told(v1::CHECK_OUTCOME_UNKNOWN, Reason::kKeyNotFound, "proof=token");
}

}  // namespace passerelle::authenticity
