// A decision as a credential that is issued to the holder: in the European Learning Model, to be sealed, and as a
// statement, to be signed as VC-JWT or SD-JWT VC (core/proof/statement.h).
//
// The model has no class for a decision on recognition. What opens something to the holder is a LearningEntitlement,
// prospective while conditions are open; a refusal and a statement of comparability entitle to nothing and are a
// LearningAssessment, in the sense of the Lisbon Recognition Convention (Article I: the written appraisal or evaluation
// of an individual's qualifications by a competent body). Both name the case, the document that was judged, and the
// digest of the decision (decision_json.h), and say all that it holds in notes.
//
// Thread-safety: free functions on values. The same input gives the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/proof/statement.h"
#include "core/proof/x509/certificate.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

// Names of the schemes by which a credential identifies what it is about.
inline constexpr char kCaseScheme[] = "recognition-case";
inline constexpr char kDocumentScheme[] = "document-sha256";
inline constexpr char kDecisionScheme[] = "decision-sha256";

inline constexpr char kDecisionType[] = "RecognitionDecisionCredential";
inline constexpr char kDecisionVct[] = "urn:passerelle:recognition-decision:1";

// Who issues, when, and where the status will be found.
struct DecisionIssue {
  std::string issuer;   // address of the authority, the same as in its keys and lists
  std::string country;  // of the authority, ISO 3166-1 alpha-2
  // Legal identifier of the authority as its seal states it (ETSI EN 319 412-1, 5.1.4), which the model demands of an
  // issuer; empty where the seal states none.
  std::string organization_identifier;
  std::string language;  // of LetterLanguages(), in which the authority writes
  std::string key_id;    // of statements
  absl::Time at;         // to the second
  absl::Time until;      // of statements; what ends before is revoked
  std::optional<proof::Statement::BitstringStatus> bitstring_status;
};

// The holder as the document names them: names and date of birth, and nothing else. Identifiers stay where they are: by
// one, such as a national number in the place of the person's id, decisions of different authorities could be put
// together. kFieldMissing at
// "document.credentialSubject" for a document that is about no person, or does not name one.
absl::StatusOr<elm::v3::Person> HolderOf(const elm::v3::EuropeanDigitalCredential& document);

// The name by which a letter addresses them.
std::string NameOf(const elm::v3::Person& holder);

// Problems of both: those of CheckIssuable; kFieldInvalid at "issuer", "country" or "language".
absl::StatusOr<elm::v3::EuropeanDigitalCredential> DecisionAsElm(const v1::RecognitionCase& content,
                                                                 const elm::v3::Person& holder,
                                                                 const DecisionIssue& issue);
// The claims are those of DecisionJson, "decision_sha256", and "holder" with name and date of birth.
absl::StatusOr<proof::Statement> DecisionAsStatement(const v1::RecognitionCase& content, const elm::v3::Person& holder,
                                                     const DecisionIssue& issue);

// What a holder may withhold who shows the statement as SD-JWT VC, as JSON pointers into its claims: who they are, name
// and date of birth each by itself, and why they got what they got: reasons, why units are not accepted, what was
// considered, why the evaluator departed from the proposal, and what could be done. What was decided is not among it.
std::set<std::string> WithholdableClaims(const v1::RecognitionCase& content, const elm::v3::Person& holder);

// Whether a sealed document is the credential of the present decision of a case, as the authority sealed it: the seal
// verifies, it was made with the authority's certificate, and what it covers names the decision. Whether the
// certificate is trusted is for those who verify the credential. Problems, at "credential" or at the place within it:
// those of proof::VerifyJades; kCertificateUntrusted for a seal of somebody else; those of elm::Read; kFieldInvalid for
// the credential of another decision.
absl::Status CheckSealedDecision(absl::string_view sealed, const proof::Certificate& seal,
                                 const v1::RecognitionCase& content, absl::Time now);

}  // namespace passerelle::recognition
