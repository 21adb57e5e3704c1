#include "core/authenticity/verdict_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/authenticity/signed_documents.h"

namespace passerelle::authenticity {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

class VerdictRecordTest : public ::testing::Test {
 protected:
  VerdictRecordTest() {
    question_.content = Token(Keys().first);
    question_.at = Day("2025-06-02");
    question_.now = Day("2026-06-01");
    question_.bundle = Made(FjordBundle());
    signer_ = *proof::PublicKey::FromJwk(absl::string_view(key_.verification_key().jwk()));
  }

  v1::VerdictRecord Record(BundlePart part) {
    return MakeVerdictRecord(question_, Judge(formats_, question_), "NO", part);
  }
  std::string Saved(BundlePart part) { return *SignVerdictRecord(Record(part), key_); }
  absl::StatusOr<v1::AuthenticityVerdict> Replay(const v1::VerdictRecord& record,
                                                 std::shared_ptr<const trust::TrustBundle> bundle = nullptr) {
    return ReplayVerdict(formats_, record, *question_.content, std::move(bundle));
  }

  const document::Registry& formats_ = Formats();
  const proof::SigningKey key_ = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  std::optional<proof::PublicKey> signer_;
  Question question_;
};

TEST_F(VerdictRecordTest, ComesToTheSameVerdictFromItsInputs) {
  for (const SignedDocument& document : SignedDocuments()) {
    SCOPED_TRACE(document.family);
    question_.content = document.bytes;
    ASSERT_OK_AND_ASSIGN(const SavedVerdict saved, OpenVerdictRecord(Saved(BundlePart::kWhole), &*signer_));
    EXPECT_TRUE(saved.signature_verified);
    EXPECT_EQ(saved.record.verdict().verdict(), v1::VERDICT_AUTHENTIC);
    ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict again, Replay(saved.record));
    EXPECT_TRUE(SameVerdict(again, saved.record.verdict()));
  }
}

TEST_F(VerdictRecordTest, KeepsWhatTheRegisterSaidAndWhyItDidNot) {
  v1::AuthenticityAnswer answer;
  answer.set_sha256(base::Sha256Hex(*question_.content));
  answer.set_finding(v1::REGISTER_FINDING_IN_FORCE);
  question_.register_answer.emplace(answer);
  v1::VerdictRecord record = Record(BundlePart::kWhole);
  ASSERT_OK_AND_ASSIGN(v1::AuthenticityVerdict again, Replay(record));
  EXPECT_TRUE(SameVerdict(again, record.verdict()));
  EXPECT_EQ(CheckOf(again, "register"), "register:PASS:REGISTER_CONFIRMS");
  // The answer that counts is the one that the issuing node signed.
  record.mutable_verdict()->mutable_answer()->set_body("another");
  EXPECT_THAT(Replay(record), HasReasonAt(Reason::kEvidenceDiffers, "register_answer"));
  question_.register_answer.emplace(base::Problem(Reason::kPeerTimeout, ""));
  record = Record(BundlePart::kWhole);
  ASSERT_OK_AND_ASSIGN(again, Replay(record));
  EXPECT_TRUE(SameVerdict(again, record.verdict()));
  EXPECT_EQ(CheckOf(again, "register"), "register:UNKNOWN:PEER_TIMEOUT");
}

TEST_F(VerdictRecordTest, OneOfAFormerReleaseIsComparedByItsOwnChecks) {
  v1::VerdictRecord record = Record(BundlePart::kWhole);
  auto* const checks = record.mutable_verdict()->mutable_checks();
  ASSERT_EQ(checks->rbegin()->name(), "assessor");
  checks->RemoveLast();
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict again, Replay(record));
  EXPECT_TRUE(SameVerdict(again, record.verdict()));
  // What it has must still be so.
  checks->Mutable(0)->set_outcome(v1::CHECK_OUTCOME_FAIL);
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict other, Replay(record));
  EXPECT_FALSE(SameVerdict(other, record.verdict()));
}

TEST_F(VerdictRecordTest, IsTheSameBytesForTheSameVerdict) {
  // Ed25519 signatures are the same too.
  EXPECT_EQ(Saved(BundlePart::kWhole), Saved(BundlePart::kWhole));
  EXPECT_EQ(Saved(BundlePart::kDigest), Saved(BundlePart::kDigest));
}

TEST_F(VerdictRecordTest, HoldsNoPersonalData) {
  question_.content = SignedTranscript(proof::RsaSigner().certificate);
  const std::string bytes = Record(BundlePart::kDigest).SerializeAsString();
  for (const char* name : {"Mira", "Solheim"}) EXPECT_THAT(bytes, ::testing::Not(::testing::HasSubstr(name)));
}

TEST_F(VerdictRecordTest, OtherInputsAreNotTakenForTheSame) {
  const v1::VerdictRecord whole = Record(BundlePart::kWhole);
  const v1::VerdictRecord digest = Record(BundlePart::kDigest);
  EXPECT_OK(Replay(digest, question_.bundle));
  EXPECT_THAT(Replay(digest), HasReasonAt(Reason::kEvidenceDiffers, "trust_bundle"));
  trust::v1::TrustBundle other = FjordBundle();
  other.set_version(2);
  EXPECT_THAT(Replay(digest, Made(other)), HasReasonAt(Reason::kEvidenceDiffers, "trust_bundle"));
  v1::VerdictRecord exchanged = whole;
  *exchanged.mutable_trust_bundle() = other;
  EXPECT_THAT(Replay(exchanged), HasReasonAt(Reason::kEvidenceDiffers, "trust_bundle"));
  question_.content = Token(Keys().first, {.issued = "2024-06-02"});
  EXPECT_THAT(Replay(whole), HasReasonAt(Reason::kEvidenceDiffers, "document"));
}

TEST_F(VerdictRecordTest, AVerdictThatDoesNotFollowIsNotTheSame) {
  v1::VerdictRecord record = Record(BundlePart::kWhole);
  record.mutable_verdict()->set_verdict(v1::VERDICT_NOT_AUTHENTIC);
  ASSERT_OK_AND_ASSIGN(const v1::AuthenticityVerdict again, Replay(record));
  EXPECT_FALSE(SameVerdict(again, record.verdict()));
}

TEST_F(VerdictRecordTest, RefusesWhatIsNotSignedBySigner) {
  const std::string saved = Saved(BundlePart::kDigest);
  const proof::SigningKey other = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  const auto stranger = *proof::PublicKey::FromJwk(absl::string_view(other.verification_key().jwk()));
  EXPECT_THAT(OpenVerdictRecord(saved, &stranger), HasReasonAt(Reason::kVerdictUnusable, "kid"));
  const std::vector<std::string> parts = absl::StrSplit(saved, '.');
  v1::VerdictRecord changed = Record(BundlePart::kDigest);
  changed.mutable_verdict()->set_verdict(v1::VERDICT_NOT_AUTHENTIC);
  const std::string forged =
      absl::StrCat(parts[0], ".", base::Base64UrlEncode(changed.SerializeAsString()), ".", parts[2]);
  EXPECT_THAT(OpenVerdictRecord(forged, &*signer_), HasReasonAt(Reason::kVerdictUnusable, "signature"));
  for (const std::string& text : {std::string(), std::string("a.b.c"), Token(Keys().first), saved.substr(1)}) {
    EXPECT_THAT(OpenVerdictRecord(text, nullptr), HasReason(Reason::kVerdictUnusable));
  }
  EXPECT_FALSE(OpenVerdictRecord(saved, nullptr)->signature_verified);
}

}  // namespace
}  // namespace passerelle::authenticity
