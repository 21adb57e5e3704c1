#include "core/evidence/note.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "core/evidence/checkpoint.h"
#include "core/evidence/merkle_tree.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::evidence {
namespace {

using base::Reason;
using proof::KeyAlgorithm;
using proof::SigningKey;
using testing::HasReason;
using testing::HasReasonAt;

constexpr char kLogName[] = "log.example/evidence";
constexpr char kWitnessName[] = "witness.example/w1";

class NoteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    note_.text = "log.example/evidence\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
    ASSERT_OK(SignNote(kLogName, log_key_, note_));
    ASSERT_OK(CosignNote(kWitnessName, witness_key_, seen_at_, note_));
  }
  static SigningKey NewKey(KeyAlgorithm algorithm = KeyAlgorithm::kEdDsa) { return *SigningKey::Generate(algorithm); }
  NoteKey LogKey() const { return *NoteKey::Make(kLogName, NoteKey::Kind::kLog, log_key_.verification_key()); }
  NoteKey WitnessKey() const {
    return *NoteKey::Make(kWitnessName, NoteKey::Kind::kWitness, witness_key_.verification_key());
  }

  const SigningKey log_key_ = NewKey();
  const SigningKey witness_key_ = NewKey();
  const absl::Time seen_at_ = absl::FromUnixSeconds(1'893'553'445);
  SignedNote note_;
};

TEST_F(NoteTest, LogAndWitnessVerifyAfterTheWayThroughBytes) {
  ASSERT_OK_AND_ASSIGN(const SignedNote read, ReadNote(WriteNote(note_)));
  EXPECT_EQ(read.text, note_.text);
  ASSERT_OK_AND_ASSIGN(const auto verified, VerifyNote(read, {LogKey(), WitnessKey()}));
  ASSERT_EQ(verified.size(), 2u);
  EXPECT_EQ(verified[0].name, kLogName);
  EXPECT_EQ(verified[0].kind, NoteKey::Kind::kLog);
  EXPECT_EQ(verified[1].name, kWitnessName);
  EXPECT_EQ(verified[1].seen_at, seen_at_);
}

TEST_F(NoteTest, UnknownSignersArePassedOverButOneKnownIsNeeded) {
  ASSERT_OK_AND_ASSIGN(const auto verified, VerifyNote(note_, {WitnessKey()}));
  EXPECT_EQ(verified.size(), 1u);
  EXPECT_THAT(VerifyNote(note_, {}), HasReason(Reason::kNoteSignature));
  const NoteKey other = *NoteKey::Make(kLogName, NoteKey::Kind::kLog, NewKey().verification_key());
  EXPECT_THAT(VerifyNote(note_, {other}), HasReason(Reason::kNoteSignature));
}

TEST_F(NoteTest, KeysCountWithinTheirPeriodOnly) {
  const auto verify = [&](const KeyPeriod& witness, const KeyPeriod& log, absl::Time written_at) {
    const std::vector<NoteKey> keys = {
        *NoteKey::Make(kLogName, NoteKey::Kind::kLog, log_key_.verification_key(), log),
        *NoteKey::Make(kWitnessName, NoteKey::Kind::kWitness, witness_key_.verification_key(), witness)};
    const auto verified = VerifyNote(note_, keys, written_at);
    return verified.ok() ? verified->size() : 0;
  };
  const absl::Time before = seen_at_ - absl::Seconds(1);
  const absl::Time after = seen_at_ + absl::Seconds(1);
  EXPECT_EQ(verify({seen_at_, seen_at_}, {seen_at_, seen_at_}, seen_at_), 2u);
  EXPECT_EQ(verify({after, absl::InfiniteFuture()}, {}, seen_at_), 1u);
  EXPECT_EQ(verify({absl::InfinitePast(), before}, {}, seen_at_), 1u);
  EXPECT_EQ(verify({}, {absl::InfinitePast(), before}, seen_at_), 1u);
  EXPECT_EQ(verify({}, {absl::InfinitePast(), before}, absl::InfinitePast()), 2u) << "the note does not say when";
  EXPECT_EQ(verify({}, {after, absl::InfiniteFuture()}, seen_at_), 2u) << "a new key signs the last checkpoint again";
  EXPECT_EQ(verify({absl::InfinitePast(), before}, {absl::InfinitePast(), before}, seen_at_), 0u);
}

TEST_F(NoteTest, AWrongSignatureOfAKnownKeySpoilsTheNote) {
  SignedNote wrong = note_;
  wrong.signatures[1].signature.back() ^= 1;
  EXPECT_THAT(VerifyNote(wrong, {LogKey(), WitnessKey()}), HasReason(Reason::kNoteSignature));
  wrong = note_;
  wrong.signatures[1].signature[7] ^= 1;  // the witness's time
  EXPECT_THAT(VerifyNote(wrong, {WitnessKey()}), HasReason(Reason::kNoteSignature));
}

TEST_F(NoteTest, NoOtherByteOfTheNoteVerifies) {
  const std::string bytes = WriteNote(note_);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] ^= 1;
    const auto read = ReadNote(changed);
    if (!read.ok()) continue;
    const auto verified = VerifyNote(*read, {LogKey(), WitnessKey()});
    // A changed name or key id makes a signature one of a stranger; the text must be what was signed all the same.
    EXPECT_TRUE(!verified.ok() || (read->text == note_.text && verified->size() == 1)) << i;
  }
}

TEST_F(NoteTest, KeysHaveATextThatIsChecked) {
  for (const NoteKey& key : {LogKey(), WitnessKey()}) {
    ASSERT_OK_AND_ASSIGN(const NoteKey read, NoteKey::FromText(key.Text()));
    EXPECT_EQ(read.Text(), key.Text());
    EXPECT_THAT(NoteKey::FromText(absl::StrReplaceAll(key.Text(), {{".example", ".exomple"}})),
                HasReasonAt(Reason::kKeyUnusable, "hash"));
  }
  for (const char* const text : {"", "a", "a+b", "a+00000000+", "a+00000000+AQ==", "+00000000+AQ=="}) {
    EXPECT_THAT(NoteKey::FromText(text), HasReason(Reason::kKeyUnusable)) << text;
  }
  for (const char* const name : {"", "a b", "a+b", "a\n"}) {
    EXPECT_THAT(NoteKey::Make(name, NoteKey::Kind::kLog, log_key_.verification_key()),
                HasReasonAt(Reason::kKeyUnusable, "name"));
  }
}

TEST_F(NoteTest, KeysOfP256SignUnderATypeOfTheirOwn) {
  const SigningKey p256 = NewKey(KeyAlgorithm::kEs256);
  SignedNote note = {note_.text, {}};
  ASSERT_OK(SignNote(kLogName, p256, note));
  ASSERT_OK(CosignNote(kWitnessName, p256, seen_at_, note));
  ASSERT_OK_AND_ASSIGN(const SignedNote read, ReadNote(WriteNote(note)));
  std::vector<NoteKey> keys;
  for (const auto& [name, kind] : {std::pair(kLogName, NoteKey::Kind::kLog), {kWitnessName, NoteKey::Kind::kWitness}}) {
    ASSERT_OK_AND_ASSIGN(const NoteKey key, NoteKey::Make(name, kind, p256.verification_key()));
    ASSERT_OK_AND_ASSIGN(const NoteKey read_back, NoteKey::FromText(key.Text()));
    keys.push_back(read_back);
    EXPECT_EQ(keys.back().kind(), kind);
  }
  ASSERT_OK_AND_ASSIGN(const auto verified, VerifyNote(read, keys));
  ASSERT_EQ(verified.size(), 2u);
  EXPECT_EQ(verified[1].seen_at, seen_at_);
  // The signature of a witness is none of a log, though the key is the same.
  SignedNote swapped = read;
  std::swap(swapped.signatures[0].signature, swapped.signatures[1].signature);
  EXPECT_THAT(VerifyNote(swapped, keys), HasReason(Reason::kNoteSignature));
}

TEST_F(NoteTest, MalformedNotesAreRefused) {
  const std::string bytes = WriteNote(note_);
  EXPECT_THAT(ReadNote(""), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote("text\n"), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote("text\n\n"), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(bytes.substr(0, bytes.size() - 1)), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(absl::StrCat(bytes, "\n")), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(absl::StrCat("\t", bytes)), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(absl::StrCat("\xff", bytes)), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(absl::StrReplaceAll(bytes, {{"\xE2\x80\x94 ", "- "}})), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(absl::StrReplaceAll(bytes, {{"/w1 ", "/w1  "}})), HasReason(Reason::kNote));
  EXPECT_THAT(ReadNote(absl::StrCat(std::string(base::kNoteBytesMax, 'x'), bytes)), HasReason(Reason::kInputTooLarge));
  SignedNote many = note_;
  many.signatures.resize(base::kNoteSignaturesMax, note_.signatures[0]);
  EXPECT_OK(ReadNote(WriteNote(many)));
  many.signatures.push_back(note_.signatures[0]);
  EXPECT_THAT(ReadNote(WriteNote(many)), HasReason(Reason::kNote));
}

TEST(CheckpointTest, RoundTripsAndIsStrict) {
  MerkleTree tree;
  for (const char* const leaf : {"a", "b", "c"}) tree.Append(LeafHash(leaf));
  const Checkpoint checkpoint = {kLogName, tree.Head(), {"time 2030-01-02"}};
  ASSERT_OK_AND_ASSIGN(const std::string text, WriteCheckpoint(checkpoint));
  ASSERT_OK_AND_ASSIGN(const Checkpoint read, ReadCheckpoint(text));
  EXPECT_EQ(read.origin, kLogName);
  EXPECT_EQ(read.head.size, 3u);
  EXPECT_EQ(read.head.root, checkpoint.head.root);
  EXPECT_EQ(read.extensions, checkpoint.extensions);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"\n3\n", "\n03\n"},
                                                                                 {"\n3\n", "\n+3\n"},
                                                                                 {"\n3\n", "\n-3\n"},
                                                                                 {"\n3\n", "\n18446744073709551616\n"},
                                                                                 {"\n3\n", "\n0\n"},
                                                                                 {"\n3\n", "\n\n"},
                                                                                 {"=\n", "\n"},
                                                                                 {"=\n", "= \n"},
                                                                                 {"time 2030-01-02\n", "\n"}}) {
    EXPECT_THAT(ReadCheckpoint(absl::StrReplaceAll(text, {{from, to}})), HasReason(Reason::kNote)) << from << to;
  }
  EXPECT_THAT(ReadCheckpoint(text.substr(0, text.size() - 1)), HasReason(Reason::kNote));
  EXPECT_THAT(ReadCheckpoint("log\n3\n"), HasReason(Reason::kNote));
  EXPECT_THAT(WriteCheckpoint({"", tree.Head(), {}}), HasReasonAt(Reason::kNote, "origin"));
  EXPECT_THAT(WriteCheckpoint({"log", tree.Head(), {"a\nb"}}), HasReasonAt(Reason::kNote, "extension"));
}

TEST(CheckpointTest, ALogMayGrowButNotChange) {
  MerkleTree tree;
  for (int i = 0; i < 5; ++i) tree.Append(LeafHash(absl::StrCat(i)));
  const Checkpoint older = {kLogName, tree.Head(), {}};
  for (int i = 5; i < 12; ++i) tree.Append(LeafHash(absl::StrCat(i)));
  const Checkpoint newer = {kLogName, tree.Head(), {}};
  ASSERT_OK_AND_ASSIGN(const MerkleProof proof, tree.ConsistencyProof(5, 12));
  EXPECT_OK(VerifyGrowth(older, newer, proof));
  EXPECT_OK(VerifyGrowth({kLogName, {0, EmptyRoot()}, {}}, newer, {}));
  EXPECT_THAT(VerifyGrowth(newer, older, proof), HasReason(Reason::kLogProof));
  EXPECT_THAT(VerifyGrowth({"other", older.head, {}}, newer, proof), HasReasonAt(Reason::kNote, "origin"));
}

}  // namespace
}  // namespace passerelle::evidence
