#include "core/proof/vc_jwt.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/credential_times.h"
#include "core/proof/jose/claim_times.h"
#include "core/proof/jose/jws.h"

namespace passerelle::proof {
namespace {

using base::Reason;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// Whether a node, or one of several, has the id; or is a single one without any.
bool NamesId(element node, absl::string_view id) {
  const std::optional<array> several = base::AsArray(node);
  if (!several.has_value()) {
    const bool is_silent = base::AsObject(node).has_value() && !base::Find(*base::AsObject(node), "id").has_value();
    return is_silent || IdOf(node) == id;
  }
  const bool is_single = several->size() == 1;
  return std::any_of(several->begin(), several->end(),
                     [is_single, id](element one) { return is_single ? NamesId(one, id) : IdOf(one) == id; });
}

// A claim that is there has to say the same as the credential. Where that says nothing, the claim counts (data model
// 1.1, 6.3.1); of several nodes it has to name one.
void CheckSame(object claims, absl::string_view claim, std::optional<element> stated, Findings& findings) {
  const std::optional<element> value = base::Find(claims, claim);
  if (!value.has_value()) return;
  const std::optional<absl::string_view> text = base::AsString(*value);
  if (!text.has_value()) return findings.Refuse(Reason::kClaimInvalid, claim, "it is no text");
  if (!stated.has_value() || NamesId(*stated, *text)) return;
  findings.Refuse(Reason::kClaimInvalid, claim, "it differs from what the credential says");
}

class Reading {
 public:
  Reading(const JoseHeader& header, VcJwtVerdict& verdict, absl::Time at)
      : header_(header), findings_(verdict.findings), verdict_(verdict), at_(at) {}

  void Read(object claims) {
    CheckClaimTimes(claims, at_, findings_);
    const std::optional<element> typ = header_.FindProtected("typ");
    type_ = header_.ProtectedText("typ");
    if (typ.has_value() && !type_.has_value()) findings_.Refuse(Reason::kTokenType, "typ", "it is not a text");
    const std::optional<element> vc = base::Find(claims, "vc");
    const bool is_credential = base::Find(claims, "@context").has_value();
    if (vc.has_value() || (type_ == "JWT" && !is_credential)) {
      ReadModel11(claims, vc);
    } else {
      ReadModel20(claims, is_credential);
    }
  }

 private:
  // Data model 1.1, 6.3.1.
  void ReadModel11(object claims, std::optional<element> vc) {
    if (type_ != "JWT") findings_.Refuse(Reason::kTokenType, "typ", "the claim vc belongs to the type JWT");
    const std::optional<object> credential = vc.has_value() ? base::AsObject(*vc) : std::nullopt;
    if (!credential.has_value()) return findings_.Refuse(Reason::kClaimInvalid, "vc", "it is missing or no object");
    verdict_.credential = *vc;
    CheckCredentialTimes(*credential, at_, findings_);
    CheckSame(claims, "iss", base::Find(*credential, "issuer"), findings_);
    CheckSame(claims, "jti", base::Find(*credential, "id"), findings_);
    CheckSame(claims, "sub", base::Find(*credential, "credentialSubject"), findings_);
  }

  // VC-JOSE-COSE, 3.1: the payload is the credential, and "vc" and "vp" are not to be used.
  void ReadModel20(object claims, bool is_credential) {
    const bool presentation = type_ == "vp+jwt";
    const bool known = !type_.has_value() || type_ == "vc+jwt" || type_ == "vc-ld+jwt" || type_ == "JWT";
    if (!known && !presentation) findings_.Refuse(Reason::kTokenType, "typ", "it is no type of a credential");
    if (base::Find(claims, "vp").has_value()) findings_.Refuse(Reason::kClaimInvalid, "vp", "the claim is not allowed");
    if (!is_credential) findings_.Refuse(Reason::kClaimInvalid, "@context", "the payload is no credential");
    verdict_.credential = verdict_.claims->root();
    CheckCredentialTimes(claims, at_, findings_);
    const absl::string_view speaker = presentation ? "holder" : "issuer";
    const std::optional<element> iss = base::Find(claims, "iss");
    if (iss.has_value() && IdOf(iss) != IdOf(base::Find(claims, speaker))) {
      findings_.Refuse(Reason::kClaimInvalid, "iss", absl::StrCat("it differs from ", speaker));
    }
  }

  const JoseHeader& header_;
  Findings& findings_;
  VcJwtVerdict& verdict_;
  const absl::Time at_;
  std::optional<absl::string_view> type_;
};

}  // namespace

VcJwtVerdict VerifyVcJwt(absl::string_view token, const KeySet& keys, absl::Time at) {
  VcJwtVerdict verdict;
  const absl::StatusOr<Jws> jws = Jws::ParseCompact(token);
  if (!jws.ok()) {
    verdict.findings.Refuse(jws.status());
    return verdict;
  }
  const JwsVerdict signature = jws->Verify(keys, TokenProfile());
  verdict.verified = signature.verified;
  verdict.findings = signature.findings;
  if (!signature.payload.has_value()) return verdict;
  absl::StatusOr<base::JsonDocument> claims = base::JsonDocument::Parse(*signature.payload, base::kTokenNestingMax);
  if (!claims.ok()) {
    verdict.findings.Refuse(claims.status());
    return verdict;
  }
  verdict.claims = *std::move(claims);
  const std::optional<object> members = base::AsObject(verdict.claims->root());
  if (!members.has_value()) {
    verdict.findings.Refuse(Reason::kClaimInvalid, "", "the payload is not an object");
    return verdict;
  }
  Reading(jws->signatures().front().header, verdict, at).Read(*members);
  return verdict;
}

}  // namespace passerelle::proof
