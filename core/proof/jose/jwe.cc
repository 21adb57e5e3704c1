#include "core/proof/jose/jwe.h"

#include <openssl/rand.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/aes_gcm.h"
#include "core/proof/jose/concat_kdf.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kAgreement = "ECDH-ES";
constexpr absl::string_view kEncryption = "A256GCM";
// Bytes of a header; ours have 400.
constexpr size_t kHeaderBytesMax = 4096;
// Header, encrypted key, nonce, content, tag.
constexpr int kParts = 5;

absl::Status MalformedJwe(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kJwsMalformed, place, detail);
}

std::string Place(absl::string_view member) { return absl::StrCat("header/", member); }

std::string ContentKey(absl::string_view secret, const JweHeader& header) {
  return ConcatKdf(secret, kEncryption, header.party_u, header.party_v, kAesGcmKeyBytes);
}

std::string WriteHeader(const JweHeader& header, const EncryptionKey& ephemeral) {
  std::string json;
  base::JsonWriter out(json);
  out.BeginObject();
  out.Member("alg", kAgreement);
  if (!header.party_u.empty()) out.Member("apu", base::Base64UrlEncode(header.party_u));
  if (!header.party_v.empty()) out.Member("apv", base::Base64UrlEncode(header.party_v));
  if (!header.content_type.empty()) out.Member("cty", header.content_type);
  out.Member("enc", kEncryption);
  out.Key("epk");
  out.Raw(ephemeral.jwk());
  out.Member("kid", header.key_id);
  out.EndObject();
  return json;
}

// The text of a member; empty when it is missing and may be.
absl::StatusOr<std::string> Text(object json, absl::string_view name, bool required) {
  const std::optional<element> member = base::Find(json, name);
  if (!member.has_value()) {
    if (required) return Problem(Reason::kProofHeader, Place(name), "it is missing");
    return std::string();
  }
  const std::optional<absl::string_view> text = base::AsString(*member);
  if (!text.has_value() || text->empty()) return Problem(Reason::kProofHeader, Place(name), "it is no text");
  return std::string(*text);
}

absl::StatusOr<std::string> PartyBytes(object json, absl::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, Text(json, name, /*required=*/false));
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(text);
  if (!bytes.ok()) return Problem(Reason::kProofHeader, Place(name), "it is not base64url");
  return bytes;
}

absl::Status CheckMethod(object json) {
  if (base::FindString(json, "alg") != kAgreement) {
    return Problem(Reason::kAlgorithmNotAllowed, Place("alg"), "it is not ECDH-ES");
  }
  if (base::FindString(json, "enc") != kEncryption) {
    return Problem(Reason::kAlgorithmNotAllowed, Place("enc"), "it is not A256GCM");
  }
  if (base::Find(json, "zip").has_value()) {
    return Problem(Reason::kProofHeader, Place("zip"), "compressed content is not read");
  }
  if (base::Find(json, "crit").has_value()) {
    return Problem(Reason::kCriticalHeader, Place("crit"), "nothing that it could name is understood");
  }
  return absl::OkStatus();
}

absl::StatusOr<EncryptionKey> ReadEphemeral(object json) {
  const std::optional<element> member = base::Find(json, "epk");
  const std::optional<object> jwk = member.has_value() ? base::AsObject(*member) : std::nullopt;
  if (!jwk.has_value()) return Problem(Reason::kProofHeader, Place("epk"), "it is missing or no object");
  absl::StatusOr<EncryptionKey> key = EncryptionKey::FromJwk(*jwk);
  if (!key.ok()) return Problem(Reason::kProofHeader, Place("epk"), base::DetailOf(key.status()));
  return key;
}

absl::StatusOr<std::string> Decode(absl::string_view text, absl::string_view place) {
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(text);
  if (!bytes.ok()) return MalformedJwe(place, "it is not base64url");
  return bytes;
}

// What is authenticated beside the content (RFC 7516, 5.1, step 14).
std::string Authenticated(const JweParts& parts) { return base::Base64UrlEncode(parts.header); }

}  // namespace

absl::StatusOr<JweParts> EncryptJwe(const EncryptionKey& recipient, JweHeader header, absl::string_view content) {
  ASSIGN_OR_RETURN(const DecryptionKey ephemeral, DecryptionKey::Generate());
  ASSIGN_OR_RETURN(const std::string secret, ephemeral.Agree(recipient));
  header.key_id = recipient.thumbprint();
  JweParts parts;
  parts.header = WriteHeader(header, ephemeral.encryption_key());
  parts.iv.assign(kAesGcmNonceBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(parts.iv.data()), static_cast<int>(parts.iv.size())) != 1) {
    return Problem(Reason::kInternal, "", "OpenSSL drew no numbers");
  }
  std::optional<AesGcmSealed> sealed =
      AesGcmEncrypt(ContentKey(secret, header), parts.iv, Authenticated(parts), content);
  if (!sealed.has_value()) return Problem(Reason::kInternal, "", "OpenSSL encrypted nothing");
  parts.ciphertext = std::move(sealed->ciphertext);
  parts.tag = std::move(sealed->tag);
  return parts;
}

std::string CompactJwe(const JweParts& parts) {
  return absl::StrCat(base::Base64UrlEncode(parts.header), "..", base::Base64UrlEncode(parts.iv), ".",
                      base::Base64UrlEncode(parts.ciphertext), ".", base::Base64UrlEncode(parts.tag));
}

absl::StatusOr<JweParts> ReadCompactJwe(absl::string_view token) {
  const std::vector<absl::string_view> texts = absl::StrSplit(token, absl::MaxSplits('.', kParts));
  if (texts.size() != kParts) return MalformedJwe("", "it has not five parts");
  // RFC 7518, 4.6: in direct agreement there is no encrypted key.
  if (!texts[1].empty()) return MalformedJwe("encrypted key", "it is not empty");
  JweParts parts;
  ASSIGN_OR_RETURN(parts.header, Decode(texts[0], "header"));
  ASSIGN_OR_RETURN(parts.iv, Decode(texts[2], "iv"));
  ASSIGN_OR_RETURN(parts.ciphertext, Decode(texts[3], "ciphertext"));
  ASSIGN_OR_RETURN(parts.tag, Decode(texts[4], "tag"));
  return parts;
}

absl::StatusOr<Jwe> Jwe::Parse(JweParts parts) {
  if (parts.header.size() > kHeaderBytesMax) {
    return Problem(Reason::kInputTooLarge, "header", absl::StrCat("the limit is ", kHeaderBytesMax));
  }
  if (parts.iv.size() != kAesGcmNonceBytes) return MalformedJwe("iv", "it is not 12 bytes long");
  if (parts.tag.size() != kAesGcmTagBytes) return MalformedJwe("tag", "it is not 16 bytes long");
  if (parts.header.empty()) return MalformedJwe("header", "it is missing");
  const absl::StatusOr<base::JsonDocument> document =
      base::JsonDocument::Parse(parts.header, base::kJoseHeaderNestingMax);
  if (!document.ok()) {
    return MalformedJwe(absl::StrCat("header, ", base::PlaceOf(document.status())), base::DetailOf(document.status()));
  }
  const std::optional<object> members = base::AsObject(document->root());
  if (!members.has_value()) return MalformedJwe("header", "it is not a JSON object");
  RETURN_IF_ERROR(CheckMethod(*members));
  JweHeader header;
  ASSIGN_OR_RETURN(header.key_id, Text(*members, "kid", /*required=*/true));
  ASSIGN_OR_RETURN(header.content_type, Text(*members, "cty", /*required=*/false));
  ASSIGN_OR_RETURN(header.party_u, PartyBytes(*members, "apu"));
  ASSIGN_OR_RETURN(header.party_v, PartyBytes(*members, "apv"));
  ASSIGN_OR_RETURN(EncryptionKey ephemeral, ReadEphemeral(*members));
  return Jwe(std::move(header), std::move(ephemeral), std::move(parts));
}

absl::StatusOr<std::string> Jwe::Decrypt(const DecryptionKey& key) const {
  if (key.encryption_key().thumbprint() != header_.key_id) {
    return Problem(Reason::kKeyNotFound, Place("kid"), "it is encrypted to another key");
  }
  ASSIGN_OR_RETURN(const std::string secret, key.Agree(ephemeral_));
  std::optional<std::string> content =
      AesGcmDecrypt(ContentKey(secret, header_), parts_.iv, Authenticated(parts_), parts_.ciphertext, parts_.tag);
  if (!content.has_value()) return Problem(Reason::kSignatureInvalid, "tag", "it does not fit");
  return *std::move(content);
}

}  // namespace passerelle::proof
