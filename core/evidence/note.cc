#include "core/evidence/note.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kDash = "\xE2\x80\x94 ";  // an em dash and a blank
constexpr size_t kKeyIdBytes = 4;
constexpr size_t kCoordinateBytes = 32;
constexpr absl::string_view kEs256Log = "\xffpasserelle-es256-log";
constexpr absl::string_view kEs256Witness = "\xffpasserelle-es256-witness";
constexpr size_t kSignatureBytes = 64;
constexpr size_t kTimeBytes = 8;

// A log goes on signing what it wrote before its key came into use, so that only the end of that counts.
bool WasInUse(const NoteKey& key, absl::Time seen_at, absl::Time written_at) {
  if (key.kind() == NoteKey::Kind::kLog) return written_at <= key.period().not_after;
  // A witness states whole seconds.
  return seen_at + absl::Seconds(1) > key.period().not_before && seen_at <= key.period().not_after;
}

absl::Status Broken(absl::string_view place, absl::string_view detail) { return Problem(Reason::kNote, place, detail); }

bool IsName(absl::string_view name) {
  return !name.empty() && !absl::StrContains(name, "+") && std::none_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isspace(c) || absl::ascii_iscntrl(c);
  });
}

// SHA-256(name || line feed || type || key), the first four bytes (C2SP signed-note, signatures).
std::string KeyId(absl::string_view name, absl::string_view type, absl::string_view point) {
  const base::Sha256Digest digest = base::Sha256(absl::StrCat(name, "\n", type, point));
  return std::string(digest.begin(), digest.begin() + kKeyIdBytes);
}

// The type of the signatures of a key (C2SP signed-note, signature types).
std::string TypeOf(NoteKey::Kind kind, proof::KeyAlgorithm algorithm) {
  if (algorithm == proof::KeyAlgorithm::kEdDsa) return std::string(1, static_cast<char>(kind));
  return std::string(kind == NoteKey::Kind::kLog ? kEs256Log : kEs256Witness);
}

// The coordinates of a key: x of Ed25519, x and y of P-256.
std::string PointOf(const proof::VerificationKey& key) {
  const auto jwk = base::JsonDocument::Parse(key.jwk());
  if (!jwk.ok()) return "";
  const auto members = base::AsObject(jwk->root());
  std::string point;
  for (const char* const name : {"x", "y"}) {
    const auto text = members ? base::FindString(*members, name) : std::nullopt;
    const auto coordinate = base::Base64UrlDecode(text.value_or(""));
    if (coordinate.ok()) point += *coordinate;
  }
  return point;
}

absl::StatusOr<proof::VerificationKey> KeyOf(absl::string_view point, bool ed25519) {
  if (point.size() != (ed25519 ? kCoordinateBytes : 2 * kCoordinateBytes)) {
    return Problem(Reason::kKeyUnusable, "key", "it has another length than its kind");
  }
  const std::string x = base::Base64UrlEncode(point.substr(0, kCoordinateBytes));
  if (ed25519)
    return proof::VerificationKey::FromJwk(absl::StrCat(R"({"kty":"OKP","crv":"Ed25519","x":")", x, R"("})"));
  const std::string y = base::Base64UrlEncode(point.substr(kCoordinateBytes));
  return proof::VerificationKey::FromJwk(
      absl::StrCat(R"({"kty":"EC","crv":"P-256","x":")", x, R"(","y":")", y, R"("})"));
}

// What a witness signs (C2SP tlog-cosignature, format).
std::string Cosigned(uint64_t seconds, absl::string_view text) {
  return absl::StrCat("cosignature/v1\ntime ", seconds, "\n", text);
}

absl::StatusOr<NoteSignature> ReadSignature(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, kDash)) return Broken("signature", "the line does not begin with a dash");
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(line, absl::MaxSplits(' ', 1));
  const absl::StatusOr<std::string> bytes = base::Base64Decode(parts.second);
  if (!IsName(parts.first)) return Broken("signature", "it is under no name");
  if (!bytes.ok() || base::Base64Encode(*bytes) != parts.second || bytes->size() <= kKeyIdBytes)
    return Broken("signature", "it is not base64 of a key and more");
  return NoteSignature{std::string(parts.first), bytes->substr(0, kKeyIdBytes), bytes->substr(kKeyIdBytes)};
}

absl::Status CheckCharacters(absl::string_view bytes) {
  if (bytes.size() > base::kNoteBytesMax) return Problem(Reason::kInputTooLarge, "note");
  for (const char c : bytes) {
    if (absl::ascii_iscntrl(c) && c != '\n') return Broken("note", "it has a control character");
  }
  if (!base::IsUtf8(bytes)) return Broken("note", "it is not UTF-8");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SignedNote> ReadNote(absl::string_view bytes) {
  RETURN_IF_ERROR(CheckCharacters(bytes));
  const size_t gap = bytes.rfind("\n\n");
  if (gap == absl::string_view::npos) return Broken("note", "no empty line stands before the signatures");
  SignedNote note;
  note.text = std::string(bytes.substr(0, gap + 1));
  absl::string_view rest = bytes.substr(gap + 2);
  if (!absl::ConsumeSuffix(&rest, "\n")) return Broken("note", "it does not end with a line feed");
  for (const absl::string_view line : absl::StrSplit(rest, '\n')) {
    if (note.signatures.size() == base::kNoteSignaturesMax) return Broken("note", "it has too many signatures");
    ASSIGN_OR_RETURN(note.signatures.emplace_back(), ReadSignature(line));
  }
  return note;
}

std::string WriteNote(const SignedNote& note) {
  std::string bytes = absl::StrCat(note.text, "\n");
  for (const NoteSignature& signature : note.signatures) {
    absl::StrAppend(&bytes, kDash, signature.name, " ",
                    base::Base64Encode(absl::StrCat(signature.key_id, signature.signature)), "\n");
  }
  return bytes;
}

NoteKey::NoteKey(absl::string_view name, Kind kind, const proof::VerificationKey& key, const KeyPeriod& period,
                 std::string type, std::string point)
    : name_(name),
      kind_(kind),
      key_(key),
      period_(period),
      type_(std::move(type)),
      point_(std::move(point)),
      id_(KeyId(name, type_, point_)) {}

absl::StatusOr<NoteKey> NoteKey::Make(absl::string_view name, Kind kind, const proof::VerificationKey& key,
                                      const KeyPeriod& period) {
  if (!IsName(name)) return Problem(Reason::kKeyUnusable, "name", "it is empty or has a blank or a plus sign");
  return NoteKey(name, kind, key, period, TypeOf(kind, key.algorithm()), PointOf(key));
}

absl::StatusOr<NoteKey> NoteKey::FromText(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('+', 2));
  if (parts.size() != 3) return Problem(Reason::kKeyUnusable, "", "it is not of the form name+hash+key");
  const absl::StatusOr<std::string> bytes = base::Base64Decode(parts[2]);
  if (!bytes.ok() || base::Base64Encode(*bytes) != parts[2]) return Problem(Reason::kKeyUnusable, "key");
  for (const Kind kind : {Kind::kLog, Kind::kWitness}) {
    for (const auto algorithm : {proof::KeyAlgorithm::kEdDsa, proof::KeyAlgorithm::kEs256}) {
      absl::string_view point = *bytes;
      if (!absl::ConsumePrefix(&point, TypeOf(kind, algorithm))) continue;
      ASSIGN_OR_RETURN(const proof::VerificationKey key, KeyOf(point, algorithm == proof::KeyAlgorithm::kEdDsa));
      ASSIGN_OR_RETURN(NoteKey made, Make(parts[0], kind, key));
      if (absl::BytesToHexString(made.id_) != parts[1]) {
        return Problem(Reason::kKeyUnusable, "hash", "it belongs to another name or key");
      }
      return made;
    }
  }
  return Problem(Reason::kKeyUnusable, "key", "of an unknown kind");
}

std::string NoteKey::Text() const {
  return absl::StrCat(name_, "+", absl::BytesToHexString(id_), "+", base::Base64Encode(absl::StrCat(type_, point_)));
}

bool NoteKey::Verify(absl::string_view text, const NoteSignature& signature, absl::Time* seen_at) const {
  if (signature.name != name_ || signature.key_id != id_) return false;
  if (kind_ == Kind::kLog) return key_.Verify(text, signature.signature);
  if (signature.signature.size() != kTimeBytes + kSignatureBytes) return false;
  uint64_t seconds = 0;
  for (size_t i = 0; i < kTimeBytes; ++i) seconds = (seconds << 8) | static_cast<uint8_t>(signature.signature[i]);
  if (seconds > static_cast<uint64_t>(absl::ToUnixSeconds(absl::InfiniteFuture()))) return false;
  if (!key_.Verify(Cosigned(seconds, text), absl::string_view(signature.signature).substr(kTimeBytes))) return false;
  if (seen_at != nullptr) *seen_at = absl::FromUnixSeconds(static_cast<int64_t>(seconds));
  return true;
}

KeyAt OneKey(const proof::SigningKey* key) {
  return [key](absl::Time) { return std::shared_ptr<const proof::SigningKey>(std::shared_ptr<void>(), key); };
}

absl::Status SignNote(absl::string_view name, const proof::SigningKey& key, SignedNote& note) {
  ASSIGN_OR_RETURN(const NoteKey known, NoteKey::Make(name, NoteKey::Kind::kLog, key.verification_key()));
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(note.text));
  note.signatures.push_back({known.name(), known.id(), signature});
  return absl::OkStatus();
}

absl::Status CosignNote(absl::string_view name, const proof::SigningKey& key, absl::Time seen_at, SignedNote& note) {
  const int64_t seconds = absl::ToUnixSeconds(seen_at);
  if (seconds < 0) return Problem(Reason::kFieldInvalid, "seen_at", "it is before 1970");
  ASSIGN_OR_RETURN(const NoteKey known, NoteKey::Make(name, NoteKey::Kind::kWitness, key.verification_key()));
  ASSIGN_OR_RETURN(const std::string signature, key.Sign(Cosigned(static_cast<uint64_t>(seconds), note.text)));
  std::string time;
  for (size_t i = kTimeBytes; i > 0; --i) time.push_back(static_cast<char>((seconds >> (8 * (i - 1))) & 0xff));
  note.signatures.push_back({known.name(), known.id(), absl::StrCat(time, signature)});
  return absl::OkStatus();
}

absl::StatusOr<std::vector<VerifiedSignature>> VerifyNote(const SignedNote& note, const std::vector<NoteKey>& keys,
                                                          absl::Time written_at) {
  std::vector<VerifiedSignature> verified;
  absl::string_view why = "none is by a known key";
  for (const NoteSignature& signature : note.signatures) {
    for (const NoteKey& key : keys) {
      if (signature.name != key.name() || signature.key_id != key.id()) continue;
      VerifiedSignature found = {key.name(), key.kind(), absl::InfinitePast()};
      if (!key.Verify(note.text, signature, &found.seen_at)) {
        return Problem(Reason::kNoteSignature, "signature", "one under a known name does not verify");
      }
      if (WasInUse(key, found.seen_at, written_at)) {
        verified.push_back(std::move(found));
      } else {
        why = "none is by a key that was in use then";
      }
    }
  }
  if (verified.empty()) return Problem(Reason::kNoteSignature, "signature", why);
  return verified;
}

}  // namespace passerelle::evidence
