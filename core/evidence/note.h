// Signed notes (C2SP signed-note): a text of lines with signatures below it, each under the name of a key.
//
//   passerelle.example/log        text, ends with a line feed
//   8
//   XcnaeacGWamt...=
//                                 an empty line
//   — passerelle.example/log mKfO...=
//
// A log signs the text itself; a witness (C2SP tlog-cosignature) signs the text with the time at which it saw it. Keys
// are Ed25519 as the standard has it, so that its tools verify the notes; and ES256, since the keys of nodes may be:
// the standard leaves the type 0xff to those who need another one, followed by a name of it.
//
// Thread-safety: free functions on values; a NoteKey is immutable and can be shared.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/key.h"

namespace passerelle::evidence {

struct NoteSignature {
  std::string name;
  std::string key_id;     // four bytes
  std::string signature;  // bytes; for a witness the time in eight bytes, big-endian, stands before it
};

struct SignedNote {
  std::string text;
  std::vector<NoteSignature> signatures;
};

// Strict: UTF-8 without control characters but line feeds, at most kNoteBytesMax bytes and kNoteSignaturesMax
// signatures. The text is taken from after the last empty line's place, as the standard says. Problem: kNote.
absl::StatusOr<SignedNote> ReadNote(absl::string_view bytes);
std::string WriteNote(const SignedNote& note);

// When a key is in use; both ends are included.
struct KeyPeriod {
  absl::Time not_before = absl::InfinitePast();
  absl::Time not_after = absl::InfiniteFuture();
};

// A key under a name, as verifiers know it.
class NoteKey {
 public:
  enum class Kind : uint8_t { kLog = 0x01, kWitness = 0x04 };

  // Problem: kKeyUnusable for a name that is empty or has blanks or a "+".
  static absl::StatusOr<NoteKey> Make(absl::string_view name, Kind kind, const proof::VerificationKey& key,
                                      const KeyPeriod& period = {});
  // From "name+hash+key" (C2SP signed-note, verifier keys). Problem: kKeyUnusable.
  static absl::StatusOr<NoteKey> FromText(absl::string_view text);

  const std::string& name() const { return name_; }
  Kind kind() const { return kind_; }
  const std::string& id() const { return id_; }
  const KeyPeriod& period() const { return period_; }
  // The text that FromText reads.
  std::string Text() const;

  // Whether the signature, which must be under this name and id, is one over the text. A witness's time is then in
  // `seen_at`, if wanted.
  bool Verify(absl::string_view text, const NoteSignature& signature, absl::Time* seen_at = nullptr) const;

 private:
  NoteKey(absl::string_view name, Kind kind, const proof::VerificationKey& key, const KeyPeriod& period,
          std::string type, std::string point);

  std::string name_;
  Kind kind_;
  proof::VerificationKey key_;
  KeyPeriod period_;
  std::string type_;   // the type of signature, as the standard writes it
  std::string point_;  // the public key: Ed25519's 32 bytes, or both coordinates
  std::string id_;
};

// The key that signs at a time: keys come into use and go while a node runs.
using KeyAt = std::function<absl::StatusOr<std::shared_ptr<const proof::SigningKey>>(absl::Time)>;
// One that is always in use and must outlive its users.
KeyAt OneKey(const proof::SigningKey* key);

// Adds a log's signature. Problems: those of NoteKey::Make and of signing.
absl::Status SignNote(absl::string_view name, const proof::SigningKey& key, SignedNote& note);
// Adds a witness's signature. Problems: as above; kFieldInvalid for a time before 1970.
absl::Status CosignNote(absl::string_view name, const proof::SigningKey& key, absl::Time seen_at, SignedNote& note);

struct VerifiedSignature {
  std::string name;
  NoteKey::Kind kind;
  absl::Time seen_at;  // of a witness; InfinitePast of a log
};

// The signatures by known keys. Those by others are passed over, and so are those of keys that were not in use: a
// witness's at the time at which it saw the note, a log's at `written_at`, when the note says that it was written (a
// key that came into use later may sign it too). A wrong one by a known key spoils the note, and so does the absence of
// any. Problem: kNoteSignature.
absl::StatusOr<std::vector<VerifiedSignature>> VerifyNote(const SignedNote& note, const std::vector<NoteKey>& keys,
                                                          absl::Time written_at = absl::InfinitePast());

}  // namespace passerelle::evidence
