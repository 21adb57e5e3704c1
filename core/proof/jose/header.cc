#include "core/proof/jose/header.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr KeyAlgorithm kAllowed[] = {
    KeyAlgorithm::kEs256, KeyAlgorithm::kEs384, KeyAlgorithm::kEs512, KeyAlgorithm::kEdDsa, KeyAlgorithm::kPs256,
    KeyAlgorithm::kPs384, KeyAlgorithm::kPs512, KeyAlgorithm::kRs256, KeyAlgorithm::kRs384, KeyAlgorithm::kRs512};
// EBSI signed with it for years.
constexpr KeyAlgorithm kLegacy[] = {KeyAlgorithm::kEs256k};
constexpr absl::string_view kUnderstood[] = {"b64"};

template <typename Range, typename Value>
bool Contains(const Range& range, const Value& value) {
  return std::find(range.begin(), range.end(), value) != range.end();
}

absl::Status CheckDisjoint(object first, object second) {
  for (const simdjson::dom::key_value_pair member : second) {
    if (base::Find(first, base::View(member.key)).has_value()) {
      return Problem(Reason::kJwsMalformed, base::View(member.key), "the header is in both halves");
    }
  }
  return absl::OkStatus();
}

}  // namespace

const JoseProfile& TokenProfile() {
  static constexpr JoseProfile kProfile = {kAllowed, kLegacy, kUnderstood, false};
  return kProfile;
}

const JoseProfile& JwsProfile() {
  static constexpr JoseProfile kProfile = {kAllowed, kLegacy, kUnderstood, true};
  return kProfile;
}

absl::StatusOr<JoseHeader> JoseHeader::Parse(absl::string_view protected_text, std::optional<object> unprotected) {
  if (protected_text.size() > base::kJoseHeaderBytesMax) {
    return Problem(Reason::kInputTooLarge, "protected", absl::StrCat("the limit is ", base::kJoseHeaderBytesMax));
  }
  std::optional<base::JsonDocument> document;
  if (!protected_text.empty()) {
    const absl::StatusOr<std::string> bytes = base::Base64UrlDecode(protected_text);
    if (!bytes.ok()) return Problem(Reason::kJwsMalformed, "protected", "it is not base64url");
    absl::StatusOr<base::JsonDocument> parsed = base::JsonDocument::Parse(*bytes, base::kJoseHeaderNestingMax);
    if (!parsed.ok()) {
      return Problem(base::ReasonOf(parsed.status()), absl::StrCat("protected, ", base::PlaceOf(parsed.status())),
                     base::DetailOf(parsed.status()));
    }
    document = *std::move(parsed);
  }
  JoseHeader header(std::move(document));
  if (header.document_.has_value()) {
    header.protected_ = base::AsObject(header.document_->root());
    if (!header.protected_.has_value()) return Problem(Reason::kJwsMalformed, "protected", "it is not a JSON object");
  }
  header.unprotected_ = unprotected;
  if (header.protected_.has_value() && unprotected.has_value()) {
    RETURN_IF_ERROR(CheckDisjoint(*header.protected_, *unprotected));
  }
  return header;
}

std::optional<element> JoseHeader::FindProtected(absl::string_view name) const {
  return protected_.has_value() ? base::Find(*protected_, name) : std::nullopt;
}

std::optional<element> JoseHeader::FindUnprotected(absl::string_view name) const {
  return unprotected_.has_value() ? base::Find(*unprotected_, name) : std::nullopt;
}

std::optional<element> JoseHeader::Find(absl::string_view name) const {
  const std::optional<element> member = FindProtected(name);
  return member.has_value() ? member : FindUnprotected(name);
}

std::optional<absl::string_view> JoseHeader::ProtectedText(absl::string_view name) const {
  return protected_.has_value() ? base::FindString(*protected_, name) : std::nullopt;
}

bool JoseHeader::IsUnencoded() const {
  const std::optional<element> member = FindProtected("b64");
  bool encoded = true;
  return member.has_value() && member->get(encoded) == simdjson::SUCCESS && !encoded;
}

std::optional<KeyAlgorithm> JoseHeader::CheckAlgorithm(const JoseProfile& profile, Findings& findings) const {
  const std::optional<element> member = Find("alg");
  const std::optional<absl::string_view> name = member.has_value() ? base::AsString(*member) : std::nullopt;
  if (!name.has_value()) {
    findings.Refuse(Reason::kProofHeader, "alg", "it is missing or not a text");
    return std::nullopt;
  }
  if (!FindProtected("alg").has_value()) findings.Refuse(Reason::kProofHeader, "alg", "it is not protected");
  const std::optional<KeyAlgorithm> algorithm = FindAlgorithm(*name);
  if (algorithm.has_value() && Contains(profile.allowed, *algorithm)) return algorithm;
  if (algorithm.has_value() && Contains(profile.legacy, *algorithm)) {
    findings.Legacy(Reason::kAlgorithmLegacy, "alg", *name);
    return algorithm;
  }
  findings.Refuse(Reason::kAlgorithmNotAllowed, "alg");
  return std::nullopt;
}

bool JoseHeader::ListsAsCritical(absl::string_view name) const {
  const std::optional<element> crit = FindProtected("crit");
  const auto names = crit.has_value() ? base::AsArray(*crit) : std::nullopt;
  if (!names.has_value()) return false;
  for (const element listed : *names) {
    if (base::AsString(listed) == name) return true;
  }
  return false;
}

void JoseHeader::CheckCritical(const JoseProfile& profile, bool compact, Findings& findings) const {
  if (Find("zip").has_value()) findings.Refuse(Reason::kProofHeader, "zip", "it has no meaning in a signature");
  // RFC 7797, 6: whoever does not know "b64" must not take the payload for another one.
  const std::optional<element> b64 = Find("b64");
  if (b64.has_value() && (!b64->is_bool() || !FindProtected("b64").has_value())) {
    findings.Refuse(Reason::kProofHeader, "b64", "it is no boolean, or not protected");
  }
  if (IsUnencoded() && !ListsAsCritical("b64")) findings.Refuse(Reason::kCriticalHeader, "b64", "crit must name it");
  if (IsUnencoded() && compact && !profile.compact_unencoded) {
    findings.Refuse(Reason::kProofHeader, "b64", "a compact token has an encoded payload");
  }
  // RFC 7515, 4.1.11.
  const std::optional<element> crit = Find("crit");
  if (!crit.has_value()) return;
  const auto names = base::AsArray(*crit);
  if (!names.has_value() || names->size() == 0 || !FindProtected("crit").has_value()) {
    findings.Refuse(Reason::kCriticalHeader, "crit", "it is not a protected list with entries");
    return;
  }
  std::set<absl::string_view> seen;
  for (const element listed : *names) {
    const std::optional<absl::string_view> name = base::AsString(listed);
    if (!name.has_value() || !seen.insert(*name).second) {
      findings.Refuse(Reason::kCriticalHeader, "crit", "an entry is no text, or there twice");
    } else if (!Contains(profile.understood, *name)) {
      findings.Refuse(Reason::kCriticalHeader, "crit", "an entry is not understood here");
    } else if (!FindProtected(*name).has_value()) {
      findings.Refuse(Reason::kCriticalHeader, *name, "crit names it and it is not there");
    }
  }
}

}  // namespace passerelle::proof
