#include "core/relay/encryption.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jwe.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;

// What a JWE between nodes holds.
const std::string& ContentType() { return v1::Envelope::descriptor()->full_name(); }

absl::Status MalformedEncryption(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kEnvelopeMalformed, place, detail);
}

std::string Place(absl::string_view part) { return absl::StrCat("encrypted/", part); }

}  // namespace

absl::StatusOr<std::optional<v1::EncryptedEnvelope>> Encryption::Encrypt(absl::string_view recipient,
                                                                         const v1::Envelope& envelope) const {
  const std::shared_ptr<const federation::NodeDirectory> nodes = options_.nodes->Get();
  const proof::EncryptionKey* const key = nodes->EncryptionKey(recipient, options_.clock->Now());
  if (key == nullptr) {
    if (!options_.required) return std::nullopt;
    return Problem(Reason::kMessageKeyNotActive, absl::StrCat("nodes[", recipient, "].content_keys"),
                   "it names no key of the time that could be encrypted to");
  }
  ASSIGN_OR_RETURN(
      proof::JweParts parts,
      proof::EncryptJwe(*key,
                        {.content_type = ContentType(), .party_u = options_.node, .party_v = std::string(recipient)},
                        envelope.SerializeAsString()));
  v1::EncryptedEnvelope encrypted;
  encrypted.set_protected_header(std::move(parts.header));
  encrypted.set_iv(std::move(parts.iv));
  encrypted.set_ciphertext(std::move(parts.ciphertext));
  encrypted.set_tag(std::move(parts.tag));
  return encrypted;
}

absl::Status Encryption::Decrypt(absl::string_view sender, const v1::EncryptedEnvelope& encrypted, bool has_plain,
                                 v1::Envelope& decrypted) const {
  if (has_plain) return MalformedEncryption("envelope", "it is there twice, in plain and encrypted");
  const absl::StatusOr<proof::Jwe> jwe =
      proof::Jwe::Parse({encrypted.protected_header(), encrypted.iv(), encrypted.ciphertext(), encrypted.tag()});
  if (!jwe.ok()) return MalformedEncryption(Place(base::PlaceOf(jwe.status())), base::DetailOf(jwe.status()));
  const proof::JweHeader& header = jwe->header();
  if (header.content_type != ContentType()) return MalformedEncryption(Place("header/cty"), "it is no envelope");
  if (header.party_u != sender) return Problem(Reason::kEnvelopeSender, Place("header/apu"));
  if (header.party_v != options_.node) return Problem(Reason::kEnvelopeAudience, Place("header/apv"));
  const federation::DecryptionKeys::Key key = options_.keys->Find(header.key_id);
  if (key == nullptr) {
    return Problem(Reason::kMessageKeyNotActive, Place("header/kid"), "the node does not hold the key");
  }
  const absl::StatusOr<std::string> bytes = jwe->Decrypt(*key);
  if (!bytes.ok()) return MalformedEncryption(Place(base::PlaceOf(bytes.status())), base::DetailOf(bytes.status()));
  if (!decrypted.ParseFromString(*bytes)) return MalformedEncryption(Place("ciphertext"), "it holds no envelope");
  return absl::OkStatus();
}

absl::Status Encryption::CheckPlain() const {
  if (!options_.required) return absl::OkStatus();
  return MalformedEncryption("envelope", "it is not encrypted, and nothing else is taken here");
}

}  // namespace passerelle::relay
