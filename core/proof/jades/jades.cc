#include "core/proof/jades/jades.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jades/counter_signature.h"
#include "core/proof/jades/unsigned_properties.h"
#include "core/proof/x509/time_stamp.h"

namespace passerelle::proof {
namespace {

using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr KeyAlgorithm kJadesAllowed[] = {
    KeyAlgorithm::kEs256, KeyAlgorithm::kEs384, KeyAlgorithm::kEs512, KeyAlgorithm::kEdDsa, KeyAlgorithm::kPs256,
    KeyAlgorithm::kPs384, KeyAlgorithm::kPs512, KeyAlgorithm::kRs256, KeyAlgorithm::kRs384, KeyAlgorithm::kRs512};
constexpr absl::string_view kJadesUnderstood[] = {"b64",    "sigT",  "x5t#o", "sigX5ts", "sigD", "sigPl",
                                                  "sigPId", "srCms", "srAts", "adoTst",  "exp",  "nbf"};

std::optional<absl::Time> NumericDate(element value) {
  double seconds = 0;
  if (!value.is_number() || value.get(seconds) != simdjson::SUCCESS || std::abs(seconds) > 1e12) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

std::optional<base::HashAlgorithm> HashByName(absl::string_view name) {
  if (name == "S256" || name == "sha-256" || name == "http://www.w3.org/2001/04/xmlenc#sha256") {
    return base::HashAlgorithm::kSha256;
  }
  if (name == "S384" || name == "sha-384" || name == "http://www.w3.org/2001/04/xmldsig-more#sha384") {
    return base::HashAlgorithm::kSha384;
  }
  if (name == "S512" || name == "sha-512" || name == "http://www.w3.org/2001/04/xmlenc#sha512") {
    return base::HashAlgorithm::kSha512;
  }
  return std::nullopt;
}

// Whether {"digAlg", "digVal"} is the digest of the certificate.
bool RefersTo(element reference, const Certificate& certificate) {
  const std::optional<object> members = base::AsObject(reference);
  if (!members.has_value()) return false;
  const auto hash = HashByName(base::FindString(*members, "digAlg").value_or(""));
  return hash.has_value() &&
         base::FindString(*members, "digVal") == base::Base64UrlEncode(base::Digest(*hash, certificate.der()));
}

class SignatureCheck {
 public:
  SignatureCheck(const Jws& jws, const JwsSignature& signature, const JadesTrust& trust, absl::Time at,
                 Findings& findings)
      : jws_(jws), signature_(signature), header_(signature.header), trust_(trust), at_(at), findings_(findings) {}

  // The signed bytes; empty unless they are verified.
  absl::string_view payload() const { return payload_; }

  JadesSignature Run() {
    if (header_.Find("sigD").has_value()) {
      findings_.Refuse(Reason::kProofHeader, "sigD", "content that is elsewhere is not fetched");
    }
    ReadTimes();
    if (!ReadCertificates()) return std::move(result_);
    VerifySignature();
    CheckReference();
    CheckSignerUse(*result_.signer, "x5c/0", findings_);
    if (!result_.verified) return std::move(result_);
    result_.level = findings_.refused() ? JadesLevel::kNone : JadesLevel::kB;
    CheckContentTimeStamp();
    ReadUnsigned();
    return std::move(result_);
  }

 private:
  // Exactly one of both: "sigT" of the older revisions, "iat" of the newer.
  void ReadTimes() {
    const std::optional<element> sig_t = header_.FindProtected("sigT");
    const std::optional<element> iat = header_.FindProtected("iat");
    if (sig_t.has_value() == iat.has_value()) {
      findings_.Refuse(Reason::kProofHeader, "sigT", "there has to be one of sigT and iat");
    }
    if (sig_t.has_value()) result_.claimed_time = base::ParseDateTime(base::AsString(*sig_t).value_or(""));
    if (!sig_t.has_value() && iat.has_value()) result_.claimed_time = NumericDate(*iat);
    if ((sig_t.has_value() || iat.has_value()) && !result_.claimed_time.has_value()) {
      findings_.Refuse(Reason::kProofHeader, "sigT", "it is no time of the right form");
    }
    CheckPeriod("exp", true);
    CheckPeriod("nbf", false);
  }

  void CheckPeriod(absl::string_view name, bool is_end) {
    const std::optional<element> member = header_.FindProtected(name);
    if (!member.has_value()) return;
    const std::optional<absl::Time> moment = NumericDate(*member);
    if (!moment.has_value()) return findings_.Refuse(Reason::kProofHeader, name, "it is no number of seconds");
    if (is_end && *moment < at_ - base::kTokenClockSkew) findings_.Refuse(Reason::kExpired, name);
    if (!is_end && *moment > at_ + base::kTokenClockSkew) findings_.Refuse(Reason::kNotYetValid, name);
  }

  // False when there is no certificate to go on with.
  bool ReadCertificates() {
    std::optional<element> member = header_.FindProtected("x5c");
    if (!member.has_value()) {
      member = header_.FindUnprotected("x5c");
      findings_.Refuse(Reason::kSignerCertificate, "x5c", "it is not in the protected header");
    }
    if (!member.has_value()) return false;
    absl::StatusOr<std::vector<Certificate>> chain = ReadCertificateChain(*member, trust_);
    if (!chain.ok()) {
      findings_.Refuse(Reason::kSignerCertificate, "x5c", base::DetailOf(chain.status()));
      return false;
    }
    certificates_ = *std::move(chain);
    result_.signer = certificates_.front();
    return true;
  }

  void VerifySignature() {
    const absl::StatusOr<PublicKey>& key = result_.signer->key();
    if (!key.ok()) return findings_.Refuse(Reason::kKeyUnusable, "x5c", base::DetailOf(key.status()));
    const JwsVerdict verdict = jws_.VerifyWithKey(signature_, *key, JadesProfile());
    result_.verified = verdict.verified;
    payload_ = verdict.payload.value_or("");
    findings_.Append(verdict.findings);
  }

  // 5.1.7 and 5.1.8: a digest of the certificate is signed, of the SHA-2 family.
  void CheckReference() {
    const std::optional<element> thumbprint = header_.FindProtected("x5t#S256");
    const std::optional<element> other = header_.FindProtected("x5t#o");
    const std::optional<element> several = header_.FindProtected("sigX5ts");
    if (!thumbprint.has_value() && !other.has_value() && !several.has_value()) {
      return findings_.Refuse(Reason::kSignerCertificate, "x5t#S256", "no digest of the certificate is protected");
    }
    const Certificate& signer = *result_.signer;
    const bool first =
        !thumbprint.has_value() ||
        base::AsString(*thumbprint) == base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, signer.der()));
    const bool second = !other.has_value() || RefersTo(*other, signer);
    bool third = !several.has_value();
    const auto list = several.has_value() ? base::AsArray(*several) : std::nullopt;
    if (list.has_value()) {
      for (const element reference : *list) third = third || RefersTo(reference, signer);
    }
    if (!first || !second || !third) {
      findings_.Refuse(Reason::kSignerCertificate, "x5t#S256", "it is not the digest of the certificate");
    }
  }

  // Checks the tokens of a container; the time-stamps that hold. A token that cannot be read is refused, one that does
  // not hold only takes the level away.
  std::vector<TimeStamp> CheckTimeStamps(absl::string_view place, element container,
                                         absl::Span<const absl::string_view> stamped) {
    std::vector<TimeStamp> good;
    const absl::StatusOr<std::vector<std::string>> tokens = TimeStampTokens(container);
    if (!tokens.ok()) {
      findings_.Refuse(Reason::kTimeStampMalformed, place, base::DetailOf(tokens.status()));
      return good;
    }
    for (const std::string& token : *tokens) {
      if (++tokens_ > base::kTimeStampsMax) {
        findings_.Refuse(Reason::kInputTooLarge, place, absl::StrCat("the limit is ", base::kTimeStampsMax, " tokens"));
        return good;
      }
      const absl::StatusOr<TimeStamp> checked = VerifyTimeStamp(token, stamped, certificates_, trust_.time_stamps);
      if (checked.ok()) {
        good.push_back(*checked);
      } else if (base::ReasonOf(checked.status()) == Reason::kTimeStampMalformed) {
        findings_.Refuse(Reason::kTimeStampMalformed, place, base::DetailOf(checked.status()));
      } else {
        findings_.Note(base::ReasonOf(checked.status()), place, base::DetailOf(checked.status()));
      }
    }
    return good;
  }

  // 5.2.6: over the payload as it is signed.
  void CheckContentTimeStamp() {
    const std::optional<element> container = header_.FindProtected("adoTst");
    const absl::string_view payload = jws_.signed_payload();
    if (container.has_value()) CheckTimeStamps("adoTst", *container, absl::MakeConstSpan(&payload, 1));
  }

  void ReadUnsigned() {
    const absl::StatusOr<UnsignedProperties> properties = UnsignedProperties::Read(header_);
    if (!properties.ok()) {
      findings_.Refuse(properties.status());
      CheckTrust({});
      return;
    }
    properties->CollectCertificates(certificates_, findings_);
    RevocationEvidence evidence = properties->CollectEvidence(findings_);
    const bool stamped = CheckSignatureTimeStamps(*properties);
    CheckTrust(std::move(evidence));
    const bool archived = CheckArchiveTimeStamps(*properties);
    CheckCounterSignatures(*properties);
    if (result_.level != JadesLevel::kB || !stamped) return;
    result_.level = JadesLevel::kT;
    if (result_.revocation.status != RevocationStatus::kGood) return;
    result_.level = archived ? JadesLevel::kLta : JadesLevel::kLt;
  }

  // 5.3.4: over the text of the signature, not over its bytes.
  bool CheckSignatureTimeStamps(const UnsignedProperties& properties) {
    bool stamped = false;
    for (const UnsignedProperty& property : properties.list()) {
      if (property.name != "sigTst") continue;
      const absl::Span<const absl::string_view> pieces = absl::MakeConstSpan(&signature_.signature_text, 1);
      for (const TimeStamp& time_stamp : CheckTimeStamps("sigTst", property.value, pieces)) {
        stamped = true;
        if (!time_stamp.trusted) continue;
        result_.proven_time = std::min(result_.proven_time.value_or(absl::InfiniteFuture()), time_stamp.time);
      }
    }
    return stamped;
  }

  // 5.3.6.3: payload, protected header and signature as sent, each with a dot after it, and then all components before
  // this one. Components in clear JSON would have to be made canonical first; they do not count.
  bool CheckArchiveTimeStamps(const UnsignedProperties& properties) {
    std::vector<absl::string_view> pieces = {jws_.signed_payload(),     ".", signature_.protected_text, ".",
                                             signature_.signature_text, "."};
    bool archived = false;
    for (const UnsignedProperty& property : properties.list()) {
      if (property.name == "arcTst" && property.encoded.empty()) {
        findings_.Note(Reason::kTimeStampInvalid, "arcTst", "it is over components in clear JSON");
      } else if (property.name == "arcTst") {
        archived = !CheckTimeStamps("arcTst", property.value, pieces).empty() || archived;
      }
      pieces.push_back(property.encoded);
    }
    return archived;
  }

  void CheckCounterSignatures(const UnsignedProperties& properties) {
    for (const UnsignedProperty& property : properties.list()) {
      if (property.name != "cSig") continue;
      if (++result_.counter_signatures > static_cast<int>(base::kJwsSignaturesMax)) {
        return findings_.Refuse(Reason::kInputTooLarge, "cSig", absl::StrCat("the limit is ", base::kJwsSignaturesMax));
      }
      const absl::Status checked = CheckCounterSignature(property.value, signature_.signature_text);
      result_.verified_counter_signatures += checked.ok() ? 1 : 0;
      if (!checked.ok()) findings_.Note(base::ReasonOf(checked), "cSig", base::DetailOf(checked));
    }
  }

  void CheckTrust(RevocationEvidence evidence) {
    const absl::Time best = result_.proven_time.value_or(at_);
    const SignerAnswer answer = CheckSigner({"x5c", certificates_, std::move(evidence)}, trust_, best, findings_);
    result_.trusted = answer.trusted;
    result_.path = answer.path;
    result_.revocation = answer.revocation;
  }

  const Jws& jws_;
  const JwsSignature& signature_;
  const JoseHeader& header_;
  const JadesTrust& trust_;
  const absl::Time at_;
  Findings& findings_;
  JadesSignature result_;
  absl::string_view payload_;
  std::vector<Certificate> certificates_;  // the signer's first, then all that the document carries
  size_t tokens_ = 0;
};

}  // namespace

const JoseProfile& JadesProfile() {
  static constexpr JoseProfile kProfile = {kJadesAllowed, {}, kJadesUnderstood, false};
  return kProfile;
}

absl::string_view JadesLevelName(JadesLevel level) {
  switch (level) {
    case JadesLevel::kNone:
      return "none";
    case JadesLevel::kB:
      return "B-B";
    case JadesLevel::kT:
      return "B-T";
    case JadesLevel::kLt:
      return "B-LT";
    case JadesLevel::kLta:
      break;
  }
  return "B-LTA";
}

JadesVerdict VerifyJades(absl::string_view bytes, const JadesTrust& trust, absl::Time at) {
  JadesVerdict verdict;
  absl::StatusOr<Jws> jws = Jws::Parse(bytes);
  if (!jws.ok()) {
    verdict.findings.Refuse(jws.status());
    return verdict;
  }
  verdict.jws = std::make_unique<const Jws>(*std::move(jws));
  verdict.verified = true;
  for (const JwsSignature& signature : verdict.jws->signatures()) {
    Findings findings;
    SignatureCheck check(*verdict.jws, signature, trust, at, findings);
    verdict.signatures.push_back(check.Run());
    verdict.verified = verdict.verified && verdict.signatures.back().verified;
    verdict.payload = check.payload();
    verdict.findings.Append(findings);
  }
  if (!verdict.verified) verdict.payload = "";
  return verdict;
}

}  // namespace passerelle::proof
