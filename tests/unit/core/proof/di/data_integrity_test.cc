#include "core/proof/di/data_integrity.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/jcs.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "tests/support/data_integrity_signer.h"

namespace passerelle::proof {
namespace {

using testing::DidKey;
using testing::DidKeyMethod;
using testing::MakeProof;
using testing::ProofMembers;
using testing::TestSigner;
using testing::WithProof;

const absl::Time kNow = absl::FromUnixSeconds(1750000000);  // June 2025

const TestSigner& Ed25519Signer() {
  static const auto& signer = *new TestSigner(KeyAlgorithm::kEdDsa);
  return signer;
}
const TestSigner& P256Signer() {
  static const auto& signer = *new TestSigner(KeyAlgorithm::kEs256);
  return signer;
}
const TestSigner& P384Signer() {
  static const auto& signer = *new TestSigner(KeyAlgorithm::kEs384);
  return signer;
}

// A badge for a person who does not exist.
std::string Badge(absl::string_view issuer) {
  return absl::StrCat(
      R"({"@context":["https://www.w3.org/ns/credentials/v2",)",
      R"("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"id":"urn:uuid:b4d9e2f0-0000-4000-8000-000000000001",)",
      R"("type":["VerifiableCredential","OpenBadgeCredential"],"issuer":{"id":")", issuer,
      R"(","type":["Profile"],"name":"Northshore College"},"validFrom":"2024-01-01T00:00:00Z","name":"Beekeeping",)",
      R"("credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"urn:example:beekeeping",)",
      R"("type":["Achievement"],"name":"Beekeeping","description":"Keeps bees through a winter.",)",
      R"("criteria":{"narrative":"Hive inspected in spring."}}}})");
}

std::string Signed(absl::string_view suite, const TestSigner& signer) {
  const std::string document = Badge(DidKey(signer));
  return WithProof(document, MakeProof(document, suite, signer, ProofMembers(suite, DidKeyMethod(signer))));
}

DataIntegrityVerdict Verify(absl::string_view document, bool requires_issuer_key = true) {
  DataIntegrityOptions options;
  options.at = kNow;
  options.requires_issuer_key = requires_issuer_key;
  return VerifyDataIntegrity(document, options);
}

// "verified" or "not verified", and the findings that are no notes.
std::string Outcome(const DataIntegrityVerdict& verdict) {
  std::string text = verdict.verified ? "verified" : "not verified";
  for (const Finding& finding : verdict.findings.list()) {
    if (finding.weight == Weight::kNote) continue;
    absl::StrAppend(&text, ", ", base::Catalogue(finding.reason).name, " at ", finding.place);
  }
  return text;
}

struct SuiteCase {
  absl::string_view suite;
  const TestSigner& signer;
};

std::vector<SuiteCase> Suites() {
  return {{"eddsa-rdfc-2022", Ed25519Signer()}, {"eddsa-jcs-2022", Ed25519Signer()}, {"ecdsa-rdfc-2019", P256Signer()},
          {"ecdsa-jcs-2019", P256Signer()},     {"ecdsa-rdfc-2019", P384Signer()},   {"ecdsa-jcs-2019", P384Signer()}};
}

TEST(DataIntegrityTest, VerifiesEverySuite) {
  for (const SuiteCase& row : Suites()) {
    const DataIntegrityVerdict verdict = Verify(Signed(row.suite, row.signer));
    EXPECT_EQ(Outcome(verdict), "verified") << row.suite;
    ASSERT_EQ(verdict.proofs.size(), 1u);
    EXPECT_TRUE(verdict.proofs[0].issuer_is_proven);
    EXPECT_EQ(verdict.proofs[0].cryptosuite, row.suite);
    EXPECT_TRUE(verdict.document.has_value());
  }
}

TEST(DataIntegrityTest, VerifiesTheOlderSignatureOfTheDataModel11) {
  const std::string document = absl::StrCat(
      R"({"@context":["https://www.w3.org/2018/credentials/v1","https://w3id.org/security/suites/ed25519-2020/v1"],)",
      R"("type":"VerifiableCredential","issuer":")", DidKey(Ed25519Signer()),
      R"(","issuanceDate":"2024-01-01T00:00:00Z","credentialSubject":{"id":"urn:example:learner"}})");
  const std::string proof = MakeProof(document, "Ed25519Signature2020", Ed25519Signer(),
                                      ProofMembers("Ed25519Signature2020", DidKeyMethod(Ed25519Signer())));
  EXPECT_EQ(Outcome(Verify(WithProof(document, proof))), "verified");
}

// No document that says anything else is accepted.
TEST(DataIntegrityTest, FlippingAnyByteIsNeverAccepted) {
  for (const SuiteCase& row : Suites()) {
    if (row.signer.traits().curve == Curve::kP384) continue;  // the same code, eight times as slow
    const std::string document = Signed(row.suite, row.signer);
    const auto original = base::JsonDocument::Parse(document);
    ASSERT_TRUE(original.ok());
    const std::string meaning = *base::CanonicalJson(original->root());
    for (size_t i = 0; i < document.size(); ++i) {
      for (const int bit : {0, 5}) {
        std::string flipped = document;
        flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
        if (!Verify(flipped).Accepted()) continue;
        const auto other = base::JsonDocument::Parse(flipped);
        ASSERT_TRUE(other.ok());
        // The id of a blank node, or a JSON spelling, may change; nothing that is said may.
        EXPECT_EQ(*base::CanonicalJson(other->root()), meaning) << row.suite << " byte " << i << ": " << flipped;
      }
    }
  }
}

TEST(DataIntegrityTest, RefusesWhatIsNoUsableProof) {
  const std::string good = Signed("eddsa-rdfc-2022", Ed25519Signer());
  const struct {
    absl::string_view from;
    absl::string_view to;
    absl::string_view outcome;
  } kCases[] = {
      {R"("proof":{)", R"("prof":{)", "not verified, PROOF_MISSING at /proof"},
      {R"("proof":{)", R"("proof":[],"old":{)", "not verified, PROOF_MISSING at /proof"},
      {R"("proof":{)", R"("proof":[5],"old":{)", "not verified, PROOF_MALFORMED at /proof"},
      {"eddsa-rdfc-2022", "eddsa-rdfc-2032", "not verified, CRYPTOSUITE_UNKNOWN at /proof/cryptosuite"},
      {"eddsa-rdfc-2022", "ecdsa-rdfc-2019", "not verified, ALGORITHM_MISMATCH at /proof/verificationMethod"},
      {"eddsa-rdfc-2022", "eddsa-jcs-2022", "not verified, SIGNATURE_INVALID at /proof/proofValue"},
      {"DataIntegrityProof", "Ed25519Signature2020", "not verified, CRYPTOSUITE_UNKNOWN at /proof/cryptosuite"},
      {R"("proofValue":"z)", R"("proofValue":"u)", "not verified, PROOF_MALFORMED at /proof/proofValue"},
      {R"("proofValue":"z)", R"("proofValue":"z0)", "not verified, PROOF_MALFORMED at /proof/proofValue"},
      {R"("verificationMethod":")", R"("verificationMethod":"x)",
       "not verified, VERIFICATION_METHOD at /proof/verificationMethod"},
      {R"("verificationMethod":)", R"("verificationMethod":{},"x":)",
       "not verified, PROOF_MALFORMED at /proof/verificationMethod"},
      {R"("name":"Beekeeping","cred)", R"("name":"Bookkeeping","cred)",
       "not verified, SIGNATURE_INVALID at /proof/proofValue"},
      {R"("name":"Beekeeping","cred)", R"("name":"Beekeeping","grade":"A","cred)",
       "not verified, JSON_LD_NOT_COVERED at /grade"},
      {"https://www.w3.org/ns/credentials/v2", "https://example.org/v2",
       "not verified, JSON_LD_CONTEXT_UNKNOWN at /@context, @context"},
      {R"("name":"Beekeeping","cred)", R"("name":"Beekeeping","name":"x","cred)",
       "not verified, JSON_DUPLICATE_MEMBER at /name"},
      {"assertionMethod", "authentication", "not verified, SIGNATURE_INVALID at /proof/proofValue"},
  };
  for (const auto& row : kCases) {
    const std::string changed = absl::StrReplaceAll(good, {{row.from, row.to}});
    ASSERT_NE(changed, good) << row.from;
    EXPECT_EQ(Outcome(Verify(changed)), row.outcome) << row.from << " to " << row.to;
  }
}

// Proofs that verify, on documents that are refused.
TEST(DataIntegrityTest, SeparatesPolicyFromTheSignature) {
  const std::string method = DidKeyMethod(Ed25519Signer());
  const std::string plain = ProofMembers("eddsa-rdfc-2022", method);
  const std::string badge = Badge(DidKey(Ed25519Signer()));
  const struct {
    std::string document;
    std::string members;
    absl::string_view outcome;
  } kCases[] = {
      {badge, absl::StrCat(plain, R"(,"expires":"2025-01-01T00:00:00Z")"), "verified, EXPIRED at expires"},
      {badge, absl::StrReplaceAll(plain, {{"2024-02-01", "2026-02-01"}}), "verified, NOT_YET_VALID at created"},
      {badge, absl::StrReplaceAll(plain, {{"assertionMethod", "authentication"}}),
       "verified, PROOF_PURPOSE at /proof/proofPurpose"},
      {absl::StrReplaceAll(badge,
                           {{R"("validFrom":"2024)", R"("validUntil":"2025-01-01T00:00:00Z","validFrom":"2024)"}}),
       plain, "verified, EXPIRED at validUntil"},
      {absl::StrReplaceAll(badge, {{R"("validFrom":"2024)", R"("validFrom":"2034)"}}), plain,
       "verified, NOT_YET_VALID at validFrom"},
      {absl::StrReplaceAll(badge, {{R"(3.json"])", R"(3.json",{"alias":"https://schema.org/name"}])"}}), plain,
       "verified, CONTEXT_INLINE at /@context, CONTEXT_INLINE at /@context/2"},
      {Badge("https://college.example/issuer"), plain, "verified, CONTROLLER_MISMATCH at /proof/verificationMethod"},
      {badge,
       absl::StrReplaceAll(
           plain, {{method, absl::StrCat("https://college.example/issuer#", testing::MultikeyText(Ed25519Signer()))}}),
       "verified, CONTROLLER_MISMATCH at /proof/verificationMethod"},
  };
  for (const auto& row : kCases) {
    const std::string proof = MakeProof(row.document, "eddsa-rdfc-2022", Ed25519Signer(), row.members);
    const DataIntegrityVerdict verdict = Verify(WithProof(row.document, proof));
    EXPECT_EQ(Outcome(verdict), row.outcome);
    EXPECT_FALSE(verdict.Accepted());
  }
}

// The RDF of both documents is the same, and so the proof verifies; whoever reads the JSON finds no achievement.
TEST(DataIntegrityTest, RefusesStatementsThatWereMoved) {
  const std::string document =
      absl::StrReplaceAll(Badge(DidKey(Ed25519Signer())),
                          {{R"("credentialSubject":{"type")", R"("credentialSubject":{"id":"urn:x:y","type")"}});
  const std::string proof = MakeProof(document, "eddsa-rdfc-2022", Ed25519Signer(),
                                      ProofMembers("eddsa-rdfc-2022", DidKeyMethod(Ed25519Signer())));
  const std::string sealed = WithProof(document, proof);
  EXPECT_EQ(Outcome(Verify(sealed)), "verified");
  const std::string moved = absl::StrReplaceAll(
      sealed, {{R"("credentialSubject":{)", R"("credentialSubject":{"id":"urn:x:y"},"@included":{)"}});
  EXPECT_EQ(Outcome(Verify(moved)), "verified, JSON_LD_NOT_COVERED at /@included");
  // Class and property are one IRI in the context of Open Badges.
  const std::string renamed = absl::StrReplaceAll(sealed, {{R"("criteria":)", R"("Criteria":)"}});
  EXPECT_EQ(Outcome(Verify(renamed)), "verified, JSON_LD_NOT_COVERED at /credentialSubject/achievement/Criteria");
}

// In "https://…#z6Mk…" anybody can put any address before a key; an operator who installs the key vouches for it.
TEST(DataIntegrityTest, AnAddressBesideAKeyProvesNothing) {
  const std::string issuer = "https://college.example/issuer";
  const std::string method = absl::StrCat(issuer, "#", testing::MultikeyText(Ed25519Signer()));
  const std::string document = Badge(issuer);
  const std::string sealed = WithProof(
      document, MakeProof(document, "eddsa-rdfc-2022", Ed25519Signer(), ProofMembers("eddsa-rdfc-2022", method)));
  EXPECT_EQ(Outcome(Verify(sealed)), "verified, CONTROLLER_MISMATCH at /proof/verificationMethod");
  const DataIntegrityVerdict noted = Verify(sealed, false);
  EXPECT_TRUE(noted.Accepted());
  EXPECT_FALSE(noted.proofs[0].issuer_is_proven);
  DataIntegrityOptions options;
  options.at = kNow;
  options.requires_issuer_key = true;
  options.installed.emplace(method, Ed25519Signer().public_key());
  const DataIntegrityVerdict installed = VerifyDataIntegrity(sealed, options);
  EXPECT_EQ(Outcome(installed), "verified");
  EXPECT_TRUE(installed.proofs[0].issuer_is_proven);
}

TEST(DataIntegrityTest, AllProofsOfASetMustVerify) {
  const std::string document = Badge(DidKey(Ed25519Signer()));
  const std::string one = MakeProof(document, "eddsa-rdfc-2022", Ed25519Signer(),
                                    ProofMembers("eddsa-rdfc-2022", DidKeyMethod(Ed25519Signer())));
  const std::string two =
      MakeProof(document, "eddsa-jcs-2022", Ed25519Signer(), ProofMembers("eddsa-jcs-2022", DidKey(Ed25519Signer())));
  const std::string bad = absl::StrReplaceAll(two, {{"2024-02-01", "2024-02-02"}});
  EXPECT_EQ(Outcome(Verify(WithProof(document, absl::StrCat("[", one, ",", two, "]")))), "verified");
  EXPECT_EQ(Outcome(Verify(WithProof(document, absl::StrCat("[", one, ",", bad, "]")))),
            "not verified, SIGNATURE_INVALID at /proof/1/proofValue");
  std::string many = absl::StrCat("[", one);
  for (size_t i = 0; i < base::kProofsMax; ++i) absl::StrAppend(&many, ",", one);
  EXPECT_EQ(Outcome(Verify(WithProof(document, absl::StrCat(many, "]")))), "not verified, RDF_TOO_COMPLEX at /proof");
}

TEST(DataIntegrityTest, AProofMayBuildOnAnother) {
  const std::string document = Badge(DidKey(Ed25519Signer()));
  const std::string method = DidKeyMethod(Ed25519Signer());
  const std::string plain = ProofMembers("eddsa-jcs-2022", method);
  const std::string first =
      MakeProof(document, "eddsa-jcs-2022", Ed25519Signer(), absl::StrCat(R"("id":"urn:example:1",)", plain));
  const std::string members = absl::StrCat(R"("id":"urn:example:2","previousProof":"urn:example:1",)", plain);
  const std::string second =
      MakeProof(WithProof(document, absl::StrCat("[", first, "]")), "eddsa-jcs-2022", Ed25519Signer(), members);
  EXPECT_EQ(Outcome(Verify(WithProof(document, absl::StrCat("[", first, ",", second, "]")))), "verified");
  EXPECT_EQ(Outcome(Verify(WithProof(document, second))), "not verified, PROOF_CHAIN at /proof/previousProof");
  // A proof that was made anew is not the one that was built on.
  const std::string renewed = MakeProof(document, "eddsa-jcs-2022", Ed25519Signer(),
                                        absl::StrCat(R"("id":"urn:example:1","nonce":"other",)", plain));
  EXPECT_EQ(Outcome(Verify(WithProof(document, absl::StrCat("[", renewed, ",", second, "]")))),
            "not verified, SIGNATURE_INVALID at /proof/1/proofValue");
  const std::string loop = absl::StrReplaceAll(
      first, {{R"("id":"urn:example:1",)", R"("id":"urn:example:1","previousProof":["urn:example:2"],)"}});
  EXPECT_EQ(Outcome(Verify(WithProof(document, absl::StrCat("[", loop, ",", second, "]")))),
            "not verified, PROOF_CHAIN at /proof/previousProof");
}

TEST(DataIntegrityTest, VerifiesDerivedProofs) {
  const std::string document = Badge(DidKey(P256Signer()));
  const std::string proof =
      testing::MakeDerivedProof(document, P256Signer(), ProofMembers("ecdsa-sd-2023", DidKeyMethod(P256Signer())));
  const std::string shown = WithProof(document, proof);
  EXPECT_EQ(Outcome(Verify(shown)), "verified");
  for (const absl::string_view from : {"Beekeeping", "winter", "2024-02-01", "spring"}) {
    const std::string changed =
        absl::StrReplaceAll(shown, {{from, absl::StrCat(from.substr(0, from.size() - 1), "9")}});
    EXPECT_FALSE(Verify(changed).verified) << from;
  }
  const struct {
    absl::string_view value;
    absl::string_view outcome;
  } kCases[] = {
      {"u", "not verified, PROOF_MALFORMED at /proof/proofValue"},
      {"z2V0D", "not verified, PROOF_MALFORMED at /proof/proofValue"},
      {"u2V0AhQ", "not verified, PROOF_MALFORMED at /proof/proofValue"},  // a base proof
      {"u2V0BgA", "not verified, PROOF_MALFORMED at /proof/proofValue"},  // no parts
  };
  for (const auto& row : kCases) {
    const std::string bad =
        WithProof(document, absl::StrCat("{", ProofMembers("ecdsa-sd-2023", DidKeyMethod(P256Signer())),
                                         R"(,"proofValue":")", row.value, "\"}"));
    EXPECT_EQ(Outcome(Verify(bad)), row.outcome) << row.value;
  }
}

}  // namespace
}  // namespace passerelle::proof
