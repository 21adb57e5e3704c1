#include "core/authenticity/status_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/authenticity/check.h"
#include "core/authenticity/status_list_check.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::authenticity {
namespace {

using base::FromProto;
using base::Reason;

constexpr absl::string_view kStatusCheck = "status";
constexpr char kWithheld[] = "some of the credential was withheld";

// The status of a document that the register has issued.
v1::Check CheckIssued(const v1::AuthenticityAnswer& answer, absl::Time at) {
  if (answer.has_issue_time() && FromProto(answer.issue_time()) > at) {
    return Failed(kStatusCheck, Reason::kNotYetValid, {Dated("issue_time", FromProto(answer.issue_time()))});
  }
  if (answer.finding() == v1::REGISTER_FINDING_IN_FORCE) return Passed(kStatusCheck, Reason::kRegisterConfirms);
  if (answer.has_revoke_time()) {
    const std::string revoked = Dated("revoke_time", FromProto(answer.revoke_time()));
    return FromProto(answer.revoke_time()) > at
               ? Passed(kStatusCheck, Reason::kRegisterConfirms,
                        {revoked, "revoked only after the point in time that was asked for"})
               : Failed(kStatusCheck, Reason::kRevoked, {revoked});
  }
  // Revoked at a time that the register does not state: by its present state at the latest.
  const bool before_state = answer.has_register_time() && at < FromProto(answer.register_time());
  return before_state
             ? Unknown(kStatusCheck, Reason::kNoEvidence, {"the register does not state when the document was revoked"})
             : Failed(kStatusCheck, Reason::kRevoked);
}

// Whether the certificate of the seal is known not to be revoked, where it says that this has to be asked. A revoked
// one fails the check "signer".
std::optional<v1::Check> CheckCertificate(const Sealed& sealed, const Evidence& evidence,
                                          const v1::VerdictPolicy& policy) {
  if (!sealed.certificate.has_value() || policy.revocation_optional()) return std::nullopt;
  const std::string certificate = absl::StrCat("certificate=", sealed.signer.certificate_sha256);
  if (sealed.revocation.status == proof::RevocationStatus::kGood) {
    std::vector<std::string> inputs = {certificate, Dated("revocation_as_of", sealed.revocation.as_of)};
    // The seal counts as of when it was made, where that is proven.
    const absl::Time counted = sealed.proven_time.value_or(evidence.at);
    const absl::Time fresh_until =
        sealed.revocation.next_update.value_or(sealed.revocation.as_of + StatusAgeMax(policy));
    return counted <= fresh_until ? Passed(kStatusCheck, Reason::kStatusGood, std::move(inputs))
                                  : Unknown(kStatusCheck, Reason::kStatusStale, std::move(inputs));
  }
  if (!sealed.certificate->NamesRevocation()) return std::nullopt;
  return Unknown(kStatusCheck, Reason::kNoEvidence, {certificate, "no revocation list of its authority is at hand"});
}

bool Has(const v1::Check& check, v1::CheckOutcome outcome) { return check.outcome() == outcome; }

}  // namespace

v1::Check CheckStatus(const v1::AuthenticityAnswer* issued, const Sealed& sealed, const elm::Reading* reading,
                      const Evidence& evidence, const v1::VerdictPolicy& policy) {
  std::vector<v1::Check> checks = CheckStatusLists(sealed, evidence, policy);
  // Stated in a form of the model that is read, and not where lists are looked for.
  const bool known = sealed.check.outcome() == v1::CHECK_OUTCOME_PASS;
  if (known && checks.empty() && reading != nullptr && !reading->graph().credential().credential_status().empty()) {
    checks.push_back(Unknown(kStatusCheck, Reason::kCheckNotImplemented, {"the form of the document"}));
  }
  if (checks.empty() && sealed.withholds) checks.push_back(Unknown(kStatusCheck, Reason::kNoEvidence, {kWithheld}));
  if (std::optional<v1::Check> certificate = CheckCertificate(sealed, evidence, policy))
    checks.push_back(*std::move(certificate));
  v1::Check result = Unknown(kStatusCheck, known ? Reason::kNotStated : Reason::kNoEvidence);
  if (issued != nullptr) {
    // The register knows best; a list can only add that it revokes.
    result = CheckIssued(*issued, evidence.at);
    for (const v1::Check& check : checks) {
      if (Has(check, v1::CHECK_OUTCOME_FAIL) && !Has(result, v1::CHECK_OUTCOME_FAIL)) result = check;
    }
    return result;
  }
  if (checks.empty()) return result;
  // The worst decides: a fail, then what is open.
  const auto weight = [](const v1::Check& check) {
    return Has(check, v1::CHECK_OUTCOME_FAIL) ? 2 : Has(check, v1::CHECK_OUTCOME_UNKNOWN) ? 1 : 0;
  };
  result = *std::max_element(checks.begin(), checks.end(),
                             [&weight](const auto& a, const auto& b) { return weight(a) < weight(b); });
  return result;
}

}  // namespace passerelle::authenticity
