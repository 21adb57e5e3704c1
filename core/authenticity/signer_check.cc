#include "core/authenticity/signer_check.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/authenticity/check.h"
#include "core/authenticity/issuer_identity.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;
using trust::Speaks;

constexpr absl::string_view kSignerCheck = "signer";

// What the bundle says about the signer and one party. That the signer may not speak under one of the names weighs more
// than that it may under another one: whoever may speak for one institution must not borrow the name of a second.
struct Answer {
  Speaks speaks = Speaks::kUnknown;
  std::string source;
};

Answer Ask(const trust::Signer& signer, const Party& party, const trust::TrustBundle& bundle, absl::Time signed_at) {
  Answer answer;
  bool refused = false;
  for (const Identifier& identifier : party) {
    const trust::SpeaksAnswer said = bundle.MaySpeak(signer, identifier.scheme, identifier.value, signed_at);
    if (said.speaks == Speaks::kYes && answer.speaks == Speaks::kUnknown) {
      answer = {Speaks::kYes, absl::StrCat("binding=", said.binding->source())};
    }
    refused = refused || said.speaks == Speaks::kNo || said.speaks == Speaks::kNotThen;
  }
  if (refused) return {Speaks::kNo, ""};
  if (answer.speaks == Speaks::kYes) return answer;
  // A qualified authority has looked into who the organisation is.
  if (IsIdentifiedBy(party, signer.organization_identifier)) {
    return {Speaks::kYes, absl::StrCat("organizationIdentifier=", signer.organization_identifier)};
  }
  return answer;
}

std::vector<std::string> Inputs(const Sealed& sealed, const trust::TrustBundle& bundle, absl::Time signed_at) {
  std::vector<std::string> inputs;
  const trust::Signer& signer = sealed.signer;
  if (!signer.key_thumbprint.empty()) inputs.push_back(absl::StrCat("key=", signer.key_thumbprint));
  if (!signer.certificate_sha256.empty()) inputs.push_back(absl::StrCat("certificate=", signer.certificate_sha256));
  if (!signer.provider.empty()) inputs.push_back(absl::StrCat("provider=", signer.provider));
  const absl::string_view kind = sealed.proven_time    ? "signed(proven)"
                                 : sealed.claimed_time ? "signed(claimed)"
                                                       : "signed(assumed)";
  inputs.push_back(Dated(kind, signed_at));
  inputs.push_back(absl::StrCat("bundle=", bundle.sha256(), " version ", bundle.message().version()));
  return inputs;
}

class SignerCheck {
 public:
  SignerCheck(const Sealed& sealed, const elm::Reading* reading, const Evidence& evidence,
              const v1::VerdictPolicy& policy)
      : sealed_(sealed),
        reading_(reading),
        evidence_(evidence),
        policy_(policy),
        bundle_(*evidence.bundle),
        signer_(sealed.signer),
        signed_at_(sealed.SignedAt(evidence.at)),
        inputs_(Inputs(sealed, bundle_, signed_at_)) {
    // Without a path nobody vouches for what a certificate says; it may still be pinned itself.
    if (!HasPath()) signer_.organization_identifier.clear();
  }

  v1::Check Run() {
    v1::Check check = Judge();
    *check.mutable_time() = base::ToProto(signed_at_);
    return check;
  }

 private:
  v1::Check Judge() {
    if (std::optional<v1::Check> objection = JudgeCertificate()) return *std::move(objection);
    if (std::optional<v1::Check> objection = JudgeKey()) return *std::move(objection);
    const NamedParties named = PartiesOf(sealed_, reading_);
    bool identified = named.whole;
    bool refused = false;
    for (const Party& party : named.awarding) {
      const Answer answer = Ask(signer_, party, bundle_, signed_at_);
      refused = refused || answer.speaks == Speaks::kNo;
      identified = identified && answer.speaks == Speaks::kYes;
      if (!answer.source.empty()) inputs_.push_back(answer.source);
    }
    // A part that another body awarded makes nothing false; the signer alone cannot vouch for it.
    for (const Party& body : named.of_parts) {
      identified = identified && Ask(signer_, body, bundle_, signed_at_).speaks == Speaks::kYes;
    }
    if (identified) return Passed(kSignerCheck, Reason::kSignerConfirmed, std::move(inputs_));
    // The anchor that is missing may be the one that shows who the signer is.
    if (!HasPath()) return Unknown(kSignerCheck, base::ReasonOf(sealed_.path), std::move(inputs_));
    if (refused) return Failed(kSignerCheck, Reason::kSignerNotEntitled, std::move(inputs_));
    return Unknown(kSignerCheck, Reason::kIssuerUnknown, std::move(inputs_));
  }

  bool HasPath() const { return !sealed_.certificate.has_value() || sealed_.path.ok(); }

  std::optional<v1::Check> JudgeCertificate() {
    if (!sealed_.certificate.has_value()) return std::nullopt;
    if (sealed_.revocation.status == proof::RevocationStatus::kRevoked) {
      return Failed(kSignerCheck, Reason::kCertificateRevoked, std::move(inputs_));
    }
    // A seal without a time-stamp ends with its certificate.
    const absl::Time best = sealed_.proven_time.value_or(evidence_.at);
    if (sealed_.certificate->not_before() <= best && best <= sealed_.certificate->not_after()) return std::nullopt;
    return Unknown(kSignerCheck, Reason::kCertificateExpired, std::move(inputs_));
  }

  // Whether the key was in force when it signed, where the bundle dates it.
  std::optional<v1::Check> JudgeKey() {
    const std::optional<bool> then = InForce(signed_at_);
    if (then == false) return Failed(kSignerCheck, Reason::kSignerNotEntitled, std::move(inputs_));
    const bool only_claimed = !sealed_.proven_time.has_value() && InForce(evidence_.at) == false;
    if (only_claimed && policy_.proven_signing_time()) {
      inputs_.push_back("the key is no longer in force, and no time-stamp proves when it signed");
      return Unknown(kSignerCheck, Reason::kNoEvidence, std::move(inputs_));
    }
    return std::nullopt;
  }

  std::optional<bool> InForce(absl::Time time) const {
    if (!sealed_.signer.provider.empty()) {
      for (const trust::Provider* provider : bundle_.Providers(sealed_.signer.provider, time)) {
        if (provider->key.thumbprint() == sealed_.signer.key_thumbprint) return true;
      }
      return false;
    }
    return bundle_.IsKeyInForce(sealed_.issuer, sealed_.signer.key_thumbprint, time);
  }

  const Sealed& sealed_;
  const elm::Reading* const reading_;
  const Evidence& evidence_;
  const v1::VerdictPolicy& policy_;
  const trust::TrustBundle& bundle_;
  trust::Signer signer_;
  const absl::Time signed_at_;
  std::vector<std::string> inputs_;
};

}  // namespace

v1::Check CheckSigner(const Sealed& sealed, const elm::Reading* reading, const Evidence& evidence,
                      const v1::VerdictPolicy& policy) {
  if (sealed.check.outcome() != v1::CHECK_OUTCOME_PASS) {
    // Nobody is known to have signed what is not known to be intact.
    v1::Check open = Unknown(kSignerCheck, Reason::kNoEvidence);
    if (sealed.check.outcome() == v1::CHECK_OUTCOME_UNKNOWN) open.set_reason(sealed.check.reason());
    return open;
  }
  if (evidence.bundle == nullptr) return Unknown(kSignerCheck, Reason::kNoEvidence);
  return SignerCheck(sealed, reading, evidence, policy).Run();
}

}  // namespace passerelle::authenticity
