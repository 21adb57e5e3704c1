// An invented institution with keys of every kind, the documents that it signs with them, and the trust bundle by which
// all of them are authentic.
//
// Thread-safety: belongs to one thread; keys are made once for the run.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/authenticity/verdict.h"
#include "core/base/date_time.h"
#include "core/proof/key.h"
#include "tests/support/test_authority.h"
#include "tests/support/test_signer.h"
#include "tests/unit/core/proof/xml/signer.h"

namespace passerelle::authenticity {

inline absl::Time Day(absl::string_view text) { return base::ParseDateTime(text).value(); }

// Its name in documents.
inline constexpr absl::string_view kFjord = "did:web:fjord.example";
// What its seal's certificate calls it (ETSI EN 319 412-1, 5.1.4).
inline constexpr absl::string_view kFjordNumber = "VATNO-999888777";

// Keys of the institution.
struct FjordKeys {
  testing::TestSigner first{proof::KeyAlgorithm::kEs256};   // did:web:fjord.example#key-1
  testing::TestSigner second{proof::KeyAlgorithm::kEs256};  // #key-2, its successor
  testing::TestSigner proofs{proof::KeyAlgorithm::kEdDsa};  // #key-3
  proof::SigningKey selective = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEs256);  // #key-4
  proof::SigningKey holder = *proof::SigningKey::Generate(proof::KeyAlgorithm::kEdDsa);
  testing::TestIdentity root{proof::KeyAlgorithm::kRs256, testing::AuthorityWish("Fjord Trust")};
  testing::TestIdentity seal;
  testing::TestIdentity stranger{proof::KeyAlgorithm::kEs256, testing::SealWish()};  // signed by itself
  FjordKeys();
};
const FjordKeys& Keys();

// The bundle: version 1, good until 2027.
trust::v1::TrustBundle FjordBundle();
std::shared_ptr<const trust::TrustBundle> Made(trust::v1::TrustBundle bundle);
// {"kid","kty",...} of a key of the institution.
std::string Jwk(const proof::PublicKey& key, absl::string_view id);

struct TokenFacts {
  std::string issued = "2024-06-01";
  std::string expires = "2027-06-01";
  std::string kid = "key-1";
  std::string status = {};  // members to add to the credential, with a comma before them
  std::string type = "MicroCredential";
};
// A credential of the data model 1.1 as a token.
std::string Token(const testing::TestSigner& signer, const TokenFacts& facts = {});
// SD-JWT VC, with its key binding when an audience is named.
std::string SelectiveToken(absl::string_view audience = "", absl::string_view nonce = "", absl::string_view at = "");
// A badge with a Data Integrity proof, and a European credential with a JAdES seal.
std::string ProvenBadge(const testing::TestSigner& signer, absl::string_view method, absl::string_view issuer);
std::string SealedCredential(const testing::TestIdentity& identity, absl::string_view sealed_at = "2025-06-01",
                             const std::function<void(elm::v3::EuropeanDigitalCredential&)>& change = {});
// A transcript (ELMO) with an XML signature by the provider.
std::string SignedTranscript(absl::string_view certificate, proof::SignatureShape shape = {});

struct SignedDocument {
  std::string family;
  std::string bytes;
  // Begin and end of what is signed or needed for it, in the bytes.
  size_t begin = 0;
  size_t end = 0;
};
// One document of every family, authentic by FjordBundle on 2025-06-02.
std::vector<SignedDocument> SignedDocuments();

// "seal:PASS:SEAL_INTACT", for one check of a verdict.
std::string CheckOf(const v1::AuthenticityVerdict& verdict, absl::string_view name);
// The verdict, and the outcome of every check, in one line.
std::string Told(const v1::AuthenticityVerdict& verdict);

// Stands before a document that is carried in something.
inline constexpr absl::string_view kCarrierMark = "CARRIED ";

// The adapters of the European model and of ELMO, and one for what carries a document.
const document::Registry& Formats();

// Judges with them.
v1::AuthenticityVerdict JudgeWith(std::shared_ptr<const trust::TrustBundle> bundle, const std::string& content,
                                  absl::string_view at, const v1::VerdictPolicy& policy = {});

}  // namespace passerelle::authenticity
