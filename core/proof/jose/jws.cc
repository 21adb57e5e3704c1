#include "core/proof/jose/jws.h"

#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

namespace {

absl::Status Malformed(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kJwsMalformed, place, detail);
}

// The text of a member that may be absent.
absl::StatusOr<absl::string_view> TextOf(object members, absl::string_view name) {
  const std::optional<element> member = base::Find(members, name);
  if (!member.has_value()) return absl::string_view();
  const std::optional<absl::string_view> text = base::AsString(*member);
  if (!text.has_value()) return Malformed(name, "it is not a text");
  return *text;
}

}  // namespace

absl::Status Jws::AddSignature(absl::string_view protected_text, std::optional<object> unprotected,
                               absl::string_view signature_text) {
  ASSIGN_OR_RETURN(JoseHeader header, JoseHeader::Parse(protected_text, unprotected));
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(signature_text);
  if (!bytes.ok()) return Malformed("signature", "it is not base64url");
  signatures_.push_back({std::move(header), protected_text, signature_text, *std::move(bytes)});
  return absl::OkStatus();
}

// RFC 7797, 3: all signatures have to agree on "b64".
absl::Status Jws::ReadPayload() {
  unencoded_ = signatures_.front().header.IsUnencoded();
  for (const JwsSignature& signature : signatures_) {
    if (signature.header.IsUnencoded() != unencoded_) return Malformed("b64", "the signatures differ on it");
  }
  if (unencoded_) return absl::OkStatus();
  absl::StatusOr<std::string> decoded = base::Base64UrlDecode(payload_text_);
  if (!decoded.ok()) return Malformed("payload", "it is not base64url");
  decoded_ = *std::move(decoded);
  return absl::OkStatus();
}

absl::StatusOr<Jws> Jws::ParseCompact(absl::string_view token) {
  if (token.size() > base::kTokenBytesMax) {
    return Problem(Reason::kInputTooLarge, "", absl::StrCat("the limit of a token is ", base::kTokenBytesMax));
  }
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  if (first == absl::string_view::npos || first == last ||
      absl::StrContains(token.substr(first + 1, last - first - 1), '.')) {
    return Malformed("", "it does not have three parts");
  }
  Jws jws;
  jws.payload_text_ = token.substr(first + 1, last - first - 1);
  if (first == 0) return Malformed("protected", "it is empty");
  RETURN_IF_ERROR(jws.AddSignature(token.substr(0, first), std::nullopt, token.substr(last + 1)));
  RETURN_IF_ERROR(jws.ReadPayload());
  return jws;
}

absl::Status Jws::ReadEntry(element entry) {
  const std::optional<object> members = base::AsObject(entry);
  if (!members.has_value()) return Malformed("signatures", "an entry is not an object");
  ASSIGN_OR_RETURN(const absl::string_view protected_text, TextOf(*members, "protected"));
  ASSIGN_OR_RETURN(const absl::string_view signature, TextOf(*members, "signature"));
  const std::optional<element> unprotected = base::Find(*members, "header");
  std::optional<object> header;
  if (unprotected.has_value()) {
    header = base::AsObject(*unprotected);
    if (!header.has_value()) return Malformed("header", "it is not an object");
  }
  if (signature.empty()) return Malformed("signature", "it is missing");
  return AddSignature(protected_text, header, signature);
}

absl::StatusOr<Jws> Jws::ParseJson(absl::string_view bytes) {
  ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::Parse(bytes));
  Jws jws;
  jws.document_ = std::move(document);
  const std::optional<object> root = base::AsObject(jws.document_->root());
  if (!root.has_value()) return Malformed("", "it is not an object");
  const std::optional<element> payload = base::Find(*root, "payload");
  const std::optional<absl::string_view> text = payload.has_value() ? base::AsString(*payload) : std::nullopt;
  if (!text.has_value()) return Malformed("payload", "it is missing or not a text");
  jws.payload_text_ = *text;
  const std::optional<element> signatures = base::Find(*root, "signatures");
  if (!signatures.has_value()) {
    RETURN_IF_ERROR(jws.ReadEntry(jws.document_->root()));
  } else {
    for (const absl::string_view flattened : {"protected", "header", "signature"}) {
      if (base::Find(*root, flattened).has_value()) return Malformed(flattened, "both forms are mixed");
    }
    const auto entries = base::AsArray(*signatures);
    if (!entries.has_value() || entries->size() == 0) return Malformed("signatures", "it is not a list with entries");
    if (entries->size() > base::kJwsSignaturesMax) {
      return Problem(Reason::kInputTooLarge, "signatures", absl::StrCat("the limit is ", base::kJwsSignaturesMax));
    }
    for (const element entry : *entries) RETURN_IF_ERROR(jws.ReadEntry(entry));
  }
  RETURN_IF_ERROR(jws.ReadPayload());
  return jws;
}

absl::StatusOr<Jws> Jws::Parse(absl::string_view bytes) {
  const absl::string_view trimmed = absl::StripLeadingAsciiWhitespace(bytes);
  return absl::StartsWith(trimmed, "{") ? ParseJson(bytes) : ParseCompact(bytes);
}

bool Jws::CheckSignature(const JwsSignature& signature, const PublicKey& key, KeyAlgorithm algorithm,
                         Findings& findings) const {
  if (!key.Accepts(algorithm)) {
    findings.Refuse(Reason::kAlgorithmMismatch, "alg");
    return false;
  }
  if (!key.IsStrong()) findings.Refuse(Reason::kKeyWeak, "", absl::StrCat(key.bits(), " bits"));
  bool verifies = false;
  if (compact()) {
    // The parts stand in the token as they are signed.
    const absl::string_view input(signature.protected_text.data(),
                                  signature.protected_text.size() + 1 + payload_text_.size());
    verifies = key.Verify(algorithm, input, signature.signature);
  } else {
    const std::array<absl::string_view, 3> input = {signature.protected_text, ".", payload_text_};
    verifies = key.Verify(algorithm, input, signature.signature);
  }
  if (!verifies) findings.Refuse(Reason::kSignatureInvalid, "signature");
  return verifies;
}

JwsVerdict Jws::VerifyWithKey(const JwsSignature& signature, const PublicKey& key, const JoseProfile& profile) const {
  JwsVerdict verdict;
  signature.header.CheckCritical(profile, compact(), verdict.findings);
  const std::optional<KeyAlgorithm> algorithm = signature.header.CheckAlgorithm(profile, verdict.findings);
  verdict.verified = algorithm.has_value() && CheckSignature(signature, key, *algorithm, verdict.findings);
  if (verdict.verified) verdict.payload = Payload();
  return verdict;
}

JwsVerdict Jws::Verify(const KeySet& keys, const JoseProfile& profile) const {
  JwsVerdict verdict;
  verdict.verified = true;
  for (const JwsSignature& signature : signatures_) {
    bool verifies = false;
    signature.header.CheckCritical(profile, compact(), verdict.findings);
    const std::optional<KeyAlgorithm> algorithm = signature.header.CheckAlgorithm(profile, verdict.findings);
    const std::optional<element> kid = signature.header.Find("kid");
    const std::optional<absl::string_view> key_id = kid.has_value() ? base::AsString(*kid) : std::nullopt;
    if (kid.has_value() && !key_id.has_value()) {
      verdict.findings.Refuse(Reason::kProofHeader, "kid", "it is not a text");
    } else if (algorithm.has_value()) {
      const absl::StatusOr<PublicKey> key = keys.Find(key_id, *algorithm);
      if (key.ok()) {
        verifies = CheckSignature(signature, *key, *algorithm, verdict.findings);
      } else {
        verdict.findings.Refuse(key.status());
      }
    }
    verdict.verified = verdict.verified && verifies;
  }
  if (verdict.verified) verdict.payload = Payload();
  return verdict;
}

}  // namespace passerelle::proof
