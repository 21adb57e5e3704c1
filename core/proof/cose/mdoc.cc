#include "core/proof/cose/mdoc.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/cbor.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/cose/cose_sign1.h"

namespace passerelle::proof {
namespace {

using base::Cbor;
using base::HashAlgorithm;
using base::Problem;
using base::Reason;

constexpr uint64_t kTagDateTime = 0;
constexpr uint64_t kTagEncodedCbor = 24;
constexpr size_t kRandomBytesMin = 16;

absl::Status BrokenMdoc(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kClaimInvalid, place, detail);
}

absl::StatusOr<const Cbor*> Member(const Cbor& map, absl::string_view name) {
  const Cbor* const member = map.Find(name);
  if (member == nullptr) return BrokenMdoc(name, "it is missing");
  return member;
}

absl::StatusOr<std::string> Text(const Cbor& map, absl::string_view name) {
  ASSIGN_OR_RETURN(const Cbor* const member, Member(map, name));
  const std::optional<absl::string_view> text = member->Text();
  if (!text) return BrokenMdoc(name, "it is no text");
  return std::string(*text);
}

absl::StatusOr<absl::Time> Moment(const Cbor& map, absl::string_view name) {
  ASSIGN_OR_RETURN(const Cbor* const member, Member(map, name));
  const Cbor* const tagged = member->Tagged(kTagDateTime);
  const std::optional<absl::string_view> text = tagged == nullptr ? std::nullopt : tagged->Text();
  const std::optional<absl::Time> time = text ? base::ParseDateTime(*text) : std::nullopt;
  if (!time) return BrokenMdoc(name, "it is no tagged date and time");
  return *time;
}

absl::StatusOr<HashAlgorithm> HashOf(const Cbor& object) {
  ASSIGN_OR_RETURN(const std::string name, Text(object, "digestAlgorithm"));
  if (name == "SHA-256") return HashAlgorithm::kSha256;
  if (name == "SHA-384") return HashAlgorithm::kSha384;
  if (name == "SHA-512") return HashAlgorithm::kSha512;
  return BrokenMdoc("digestAlgorithm", "it is none of SHA-256, SHA-384 and SHA-512");
}

// x5chain (RFC 9360, 2): one certificate, or a list with the signer's first.
absl::StatusOr<std::vector<Certificate>> ReadChain(const CoseSign1& message) {
  const Cbor* header = message.FindUnprotected(kCoseX5Chain);
  if (header == nullptr) header = message.FindProtected(kCoseX5Chain);
  if (header == nullptr) return BrokenMdoc("x5chain", "it is missing");
  const bool list = header->type == Cbor::Type::kArray;
  std::vector<Certificate> chain;
  for (size_t i = 0; i < (list ? header->items.size() : 1); ++i) {
    const std::optional<absl::string_view> der = list ? header->items[i].Bytes() : header->Bytes();
    if (!der) return BrokenMdoc("x5chain", "it is neither a certificate nor a list of them");
    ASSIGN_OR_RETURN(Certificate certificate, Certificate::FromDer(*der));
    chain.push_back(std::move(certificate));
  }
  if (chain.empty()) return BrokenMdoc("x5chain", "it is empty");
  return chain;
}

class MdocReader {
 public:
  MdocReader(absl::string_view document_type, const TrustAnchors& authorities, absl::Time at, MdocVerdict& verdict)
      : document_type_(document_type), authorities_(authorities), at_(at), verdict_(verdict) {}

  absl::Status Read(absl::string_view issuer_signed) {
    ASSIGN_OR_RETURN(const Cbor document, base::ReadCbor(issuer_signed));
    ASSIGN_OR_RETURN(const Cbor* const authentication, Member(document, "issuerAuth"));
    ASSIGN_OR_RETURN(const CoseSign1 message, CoseSign1::FromItem(*authentication));
    ASSIGN_OR_RETURN(const absl::string_view payload, CheckSignature(message));
    ASSIGN_OR_RETURN(const Cbor wrapped, base::ReadCbor(payload));
    const Cbor* const encoded = wrapped.Tagged(kTagEncodedCbor);
    const std::optional<absl::string_view> bytes = encoded == nullptr ? std::nullopt : encoded->Bytes();
    if (!bytes) return BrokenMdoc("issuerAuth", "its payload is no encoded item");
    ASSIGN_OR_RETURN(const Cbor object, base::ReadCbor(*bytes));
    RETURN_IF_ERROR(ReadObject(object));
    // A document may hand over nothing but the signature.
    const Cbor* const name_spaces = document.Find("nameSpaces");
    return name_spaces == nullptr ? absl::OkStatus() : ReadNameSpaces(*name_spaces, object);
  }

 private:
  absl::StatusOr<absl::string_view> CheckSignature(const CoseSign1& message) {
    ASSIGN_OR_RETURN(const std::vector<Certificate> chain, ReadChain(message));
    const Certificate& signer = chain.front();
    if (!signer.key().ok()) return signer.key().status();
    const CoseVerdict verdict = message.Verify(*signer.key());
    verdict_.findings.Append(verdict.findings);
    if (!verdict.payload) return Problem(Reason::kSignatureInvalid, "issuerAuth");
    const auto path =
        BuildPath(signer, absl::MakeConstSpan(chain).subspan(1), authorities_, CertificateUse::kContent, at_);
    if (!path.ok()) verdict_.findings.Refuse(path.status());
    if (signer.IsAuthority())
      verdict_.findings.Refuse(Reason::kClaimInvalid, "x5chain", "an authority signed it itself");
    verdict_.signer = signer;
    signer_from_ = signer.not_before();
    signer_until_ = signer.not_after();
    return *verdict.payload;
  }

  // MobileSecurityObject (9.1.2.4).
  absl::Status ReadObject(const Cbor& object) {
    ASSIGN_OR_RETURN(const std::string version, Text(object, "version"));
    if (version != "1.0") return BrokenMdoc("version", "it is not 1.0");
    ASSIGN_OR_RETURN(verdict_.document_type, Text(object, "docType"));
    if (!document_type_.empty() && verdict_.document_type != document_type_) {
      return BrokenMdoc("docType", "it is not what the document claims to be");
    }
    ASSIGN_OR_RETURN(const Cbor* const device, Member(object, "deviceKeyInfo"));
    ASSIGN_OR_RETURN(const Cbor* const key, Member(*device, "deviceKey"));
    verdict_.device_key = std::string(key->encoded);
    ASSIGN_OR_RETURN(const Cbor* const validity, Member(object, "validityInfo"));
    ASSIGN_OR_RETURN(verdict_.signed_at, Moment(*validity, "signed"));
    ASSIGN_OR_RETURN(verdict_.valid_from, Moment(*validity, "validFrom"));
    ASSIGN_OR_RETURN(verdict_.valid_until, Moment(*validity, "validUntil"));
    CheckTimes();
    const Cbor* const status = object.Find("status");
    return status == nullptr ? absl::OkStatus() : ReadStatus(*status);
  }

  // Token Status List, 6.3: {"status_list": {"idx", "uri"}}.
  absl::Status ReadStatus(const Cbor& status) {
    ASSIGN_OR_RETURN(const Cbor* const list, Member(status, "status_list"));
    ASSIGN_OR_RETURN(const Cbor* const index, Member(*list, "idx"));
    StatusReference reference;
    reference.scheme = StatusScheme::kTokenStatusList;
    reference.place = "status/status_list";
    ASSIGN_OR_RETURN(reference.list, Text(*list, "uri"));
    if (index->type != Cbor::Type::kUnsigned) return BrokenMdoc("idx", "it is no non-negative number");
    reference.index = index->number;
    verdict_.status = std::move(reference);
    return absl::OkStatus();
  }

  // 9.3.1, step 5: within validity, which begins no earlier than it was signed, by a certificate valid then.
  void CheckTimes() {
    Findings& findings = verdict_.findings;
    if (verdict_.valid_until < at_ - base::kTokenClockSkew) findings.Refuse(Reason::kExpired, "validUntil");
    if (verdict_.valid_from > at_ + base::kTokenClockSkew) findings.Refuse(Reason::kNotYetValid, "validFrom");
    if (verdict_.valid_from < verdict_.signed_at || verdict_.valid_until <= verdict_.valid_from) {
      findings.Refuse(Reason::kClaimInvalid, "validityInfo", "its times are not in order");
    }
    if (verdict_.signed_at < signer_from_ || verdict_.signed_at > signer_until_) {
      findings.Refuse(Reason::kClaimInvalid, "signed", "the signer's certificate was not valid then");
    }
  }

  absl::Status ReadNameSpaces(const Cbor& name_spaces, const Cbor& object) {
    ASSIGN_OR_RETURN(const HashAlgorithm hash, HashOf(object));
    ASSIGN_OR_RETURN(const Cbor* const digests, Member(object, "valueDigests"));
    if (name_spaces.type != Cbor::Type::kMap) return BrokenMdoc("nameSpaces", "it is no map");
    for (size_t i = 0; i < name_spaces.items.size(); i += 2) {
      const std::optional<absl::string_view> name = name_spaces.items[i].Text();
      const Cbor* const signed_digests = name ? digests->Find(*name) : nullptr;
      if (signed_digests == nullptr) return Problem(Reason::kDisclosure, "nameSpaces", "the issuer signed none of it");
      if (name_spaces.items[i + 1].type != Cbor::Type::kArray) return BrokenMdoc("nameSpaces", "one is no list");
      std::set<std::string> seen;
      for (const Cbor& item : name_spaces.items[i + 1].items) {
        RETURN_IF_ERROR(ReadElement(*name, item, *signed_digests, hash, seen));
      }
    }
    return absl::OkStatus();
  }

  // IssuerSignedItemBytes; its digest is over the tagged item as it was sent (9.1.2.5).
  absl::Status ReadElement(absl::string_view name_space, const Cbor& item, const Cbor& digests, HashAlgorithm hash,
                           std::set<std::string>& seen) {
    const Cbor* const encoded = item.Tagged(kTagEncodedCbor);
    const std::optional<absl::string_view> bytes = encoded == nullptr ? std::nullopt : encoded->Bytes();
    if (!bytes) return BrokenMdoc("nameSpaces", "an element is no encoded item");
    ASSIGN_OR_RETURN(const Cbor element, base::ReadCbor(*bytes));
    ASSIGN_OR_RETURN(const Cbor* const digest_id, Member(element, "digestID"));
    ASSIGN_OR_RETURN(const Cbor* const random, Member(element, "random"));
    ASSIGN_OR_RETURN(const Cbor* const value, Member(element, "elementValue"));
    ASSIGN_OR_RETURN(const std::string identifier, Text(element, "elementIdentifier"));
    const std::optional<int64_t> number = digest_id->Int();
    const Cbor* const digest = number ? digests.Find(*number) : nullptr;
    if (digest == nullptr || digest->Bytes() != absl::string_view(base::Digest(hash, item.encoded))) {
      return Problem(Reason::kDisclosure, "nameSpaces", "an element has not the digest that the issuer signed");
    }
    if (random->Bytes().value_or("").size() < kRandomBytesMin)
      return BrokenMdoc("random", "it is too short to hide a value");
    if (!seen.insert(identifier).second) return Problem(Reason::kDisclosure, "nameSpaces", "an element stands twice");
    verdict_.elements.push_back({std::string(name_space), identifier, std::string(value->encoded)});
    return absl::OkStatus();
  }

  const absl::string_view document_type_;
  const TrustAnchors& authorities_;
  const absl::Time at_;
  MdocVerdict& verdict_;
  absl::Time signer_from_;
  absl::Time signer_until_;
};

}  // namespace

MdocVerdict VerifyIssuerSigned(absl::string_view issuer_signed, absl::string_view document_type,
                               const TrustAnchors& authorities, absl::Time at) {
  MdocVerdict verdict;
  const absl::Status status = MdocReader(document_type, authorities, at, verdict).Read(issuer_signed);
  if (status.ok()) {
    verdict.verified = true;
    return verdict;
  }
  // Nothing that was read before the fault may be used.
  MdocVerdict refused;
  refused.findings = std::move(verdict.findings);
  refused.findings.Refuse(status);
  return refused;
}

}  // namespace passerelle::proof
