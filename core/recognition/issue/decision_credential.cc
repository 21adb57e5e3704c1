#include "core/recognition/issue/decision_credential.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/display.h"
#include "core/document/profile.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/codec.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"
#include "core/proof/jades/jades.h"
#include "core/proof/status/make_status_list.h"
#include "core/recognition/decisions.h"
#include "core/recognition/issue/decision_json.h"
#include "core/recognition/issue/letter_labels.h"
#include "core/recognition/issue/letter_lines.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using elm::Vocabulary;
namespace model = elm::v3;

absl::Status CheckIssue(const v1::RecognitionCase& content, const DecisionIssue& issue) {
  if (!elm::IsWebAddress(issue.issuer)) return Problem(Reason::kFieldInvalid, "issuer", "it is no address on the web");
  if (!elm::Country(issue.country).has_value()) {
    return Problem(Reason::kFieldInvalid, "country", "it is no country by ISO 3166-1 alpha-2");
  }
  if (!IsLetterLanguage(issue.language)) {
    return Problem(Reason::kFieldInvalid, "language",
                   absl::StrCat("there are words in ", absl::StrJoin(LetterLanguages(), ", ")));
  }
  return CheckIssuable(content);
}

// Concepts of our own tables, which therefore exist.
model::Concept Known(Vocabulary vocabulary, absl::string_view code) {
  return elm::ConceptOf(vocabulary, code).value_or(model::Concept());
}

void AddIdentifier(absl::string_view scheme, absl::string_view value,
                   google::protobuf::RepeatedPtrField<model::IdentifierNode>* identifiers) {
  model::Identifier* const identifier = identifiers->Add()->mutable_identifier();
  identifier->set_id(absl::StrCat("urn:passerelle:", scheme, ":", value));
  identifier->set_scheme_name(std::string(scheme));
  identifier->set_notation(std::string(value));
}

std::string DecisionId(absl::string_view decision_sha256) {
  return absl::StrCat("urn:passerelle:decision:", decision_sha256);
}

// What entitles to nothing.
bool IsAssessment(v1::DecisionKind kind) {
  return kind == v1::DECISION_KIND_REFUSED || kind == v1::DECISION_KIND_STATEMENT;
}

// Every part of the decision in words, a line each.
std::vector<std::string> NotesOf(const v1::RecognitionCase& content, absl::string_view language) {
  const v1::Decision& decision = content.procedure().decision();
  const auto word = [language](absl::string_view key) { return LetterWord(key, language); };
  std::vector<std::string> notes;
  for (const LetterLine& line : DecisionLines(content, language)) {
    std::vector<std::string> texts;
    for (const LetterText& text : line.texts) texts.push_back(text.text);
    notes.push_back(absl::StrCat(word(line.key), ": ", absl::StrJoin(texts, "; ")));
  }
  for (const v1::DecidedUnit& unit : decision.accepted()) {
    notes.push_back(absl::StrCat(word("accepted"), ": ", unit.unit(), ", ", word("credits"), ": ", unit.ects()));
  }
  for (const v1::DecidedUnit& unit : decision.not_accepted()) {
    notes.push_back(absl::StrCat(word("not_accepted"), ": ", unit.unit(), ". ", word("reason"), ": ", unit.reason()));
  }
  for (const v1::DecisionCondition& condition : decision.conditions()) {
    notes.push_back(absl::StrCat(word("condition"), ": ", condition.condition(), ". ", word("checked_by"), ": ",
                                 condition.checked_by(), ". ", word("until"), ": ", condition.until(), ". ",
                                 word("if_met"), ": ", condition.if_met(), ". ", word("if_unmet"), ": ",
                                 condition.if_unmet()));
  }
  for (const v1::DecisionReason& reason : decision.reasons()) {
    std::string note =
        absl::StrCat(word("reason"), " ", reason.code(), ": ", MeaningOf(reason.code(), language), " ", reason.text());
    if (!reason.purpose_link().empty()) absl::StrAppend(&note, " ", word("purpose_link"), ": ", reason.purpose_link());
    if (!reason.evidence().empty()) absl::StrAppend(&note, " ", word("evidence"), ": ", reason.evidence());
    notes.push_back(std::move(note));
  }
  for (const v1::ConsideredKind& considered : decision.considered()) {
    notes.push_back(
        absl::StrCat(word("considered"), ": ", KindText(considered.kind(), language), ". ", considered.reason()));
  }
  if (decision.kind() == v1::DECISION_KIND_STATEMENT) {
    notes.emplace_back(word("no_appeal"));
  } else if (!decision.appeal().empty()) {
    notes.push_back(absl::StrCat(word("appeal"), ": ", decision.appeal()));
  }
  if (!decision.remedial_advice().empty()) {
    notes.push_back(absl::StrCat(word("remedial_advice"), ": ", decision.remedial_advice()));
  }
  return notes;
}

class Builder {
 public:
  Builder(const v1::RecognitionCase& content, const DecisionIssue& issue)
      : content_(content),
        decision_(content.procedure().decision()),
        issue_(issue),
        sha256_(DecisionSha256(content)),
        title_(absl::StrCat(
            LetterWord(decision_.kind() == v1::DECISION_KIND_STATEMENT ? "title/statement" : "title/decision",
                       issue.language),
            ": ", KindText(decision_.kind(), issue.language))) {}

  model::EuropeanDigitalCredential Build(const model::Person& holder) {
    model::EuropeanDigitalCredential credential;
    credential.set_id(DecisionId(sha256_));
    Identify(credential.mutable_identifier());
    const bool assessment = IsAssessment(decision_.kind());
    document::ClaimProfile("edc-generic-full",
                           assessment ? elm::kCredentialTypeGeneric : elm::kCredentialTypeLearningEntitlement,
                           &credential);
    *credential.mutable_issuer()->mutable_organisation() = Authority();
    credential.set_issued(base::WriteDateTime(issue_.at));
    credential.set_issuance_date(base::WriteDateTime(issue_.at));
    credential.set_valid_from(base::WriteDateTime(issue_.at));
    Status(&credential);
    model::Person* const person = credential.mutable_credential_subject()->mutable_person();
    *person = holder;
    // A name within this document; the model wants one.
    person->set_id(absl::StrCat("urn:passerelle:holder:", sha256_));
    if (assessment) *person->add_has_claim()->mutable_learning_assessment() = Assessment();
    if (!assessment) *person->add_has_claim()->mutable_learning_entitlement() = Entitlement();
    elm::Texts title;
    elm::AddText(issue_.language, title_, &title);
    document::AddDisplay(title, {issue_.language}, &credential);
    return credential;
  }

 private:
  void Identify(google::protobuf::RepeatedPtrField<model::IdentifierNode>* identifiers) const {
    AddIdentifier(kCaseScheme, content_.id(), identifiers);
    AddIdentifier(kDocumentScheme, content_.document().sha256(), identifiers);
    AddIdentifier(kDecisionScheme, sha256_, identifiers);
  }

  model::Organisation Authority() const {
    model::Organisation authority;
    authority.set_id(issue_.issuer);
    elm::AddText(issue_.language, decision_.competent_authority(), authority.mutable_legal_name());
    *authority.add_location()->add_address()->mutable_country_code() = *elm::Country(issue_.country);
    if (!issue_.organization_identifier.empty()) {
      model::LegalIdentifier* const legal = authority.mutable_eidas_identifier();
      legal->set_id(absl::StrCat("urn:passerelle:authority:", issue_.organization_identifier));
      legal->set_notation(issue_.organization_identifier);
      *legal->mutable_spatial() = *elm::Country(issue_.country);
    }
    return authority;
  }

  void Status(model::EuropeanDigitalCredential* credential) const {
    if (!issue_.bitstring_status.has_value()) return;
    model::CredentialStatus* const status = credential->add_credential_status();
    for (const auto& [name, text] :
         proof::BitstringEntry(issue_.bitstring_status->list, issue_.bitstring_status->index)) {
      if (name == "id") {
        status->set_id(text);
      } else if (name == "type") {
        status->add_type(text);
      } else {
        model::UnknownMember* const member = status->add_unknown_members();
        member->set_name(std::string(name));
        base::AppendJsonString(text, *member->mutable_json());
      }
    }
  }

  model::AwardingProcess Award() const {
    model::AwardingProcess award;
    award.set_id(absl::StrCat("urn:passerelle:award:", sha256_));
    *award.add_awarding_body()->mutable_organisation() = Authority();
    award.set_awarding_date(absl::StrCat(decision_.decision_date(), "T00:00:00Z"));
    return award;
  }

  template <typename Claim>
  void Describe(absl::string_view name, Claim* claim) const {
    claim->set_id(absl::StrCat("urn:passerelle:", name, ":", sha256_));
    elm::AddText(issue_.language, title_, claim->mutable_title());
    Identify(claim->mutable_identifier());
    for (const std::string& note : NotesOf(content_, issue_.language)) {
      elm::AddNote(issue_.language, note, claim->mutable_additional_note());
    }
    *claim->mutable_awarded_by() = Award();
  }

  model::LearningAssessment Assessment() const {
    model::LearningAssessment assessment;
    Describe("assessment", &assessment);
    elm::AddText(issue_.language, KindText(decision_.kind(), issue_.language),
                 assessment.mutable_grade()->mutable_note_literal());
    return assessment;
  }

  model::LearningEntitlement Entitlement() const {
    model::LearningEntitlement entitlement;
    Describe("entitlement", &entitlement);
    model::LearningEntitlementSpecification* const specification = entitlement.add_specified_by();
    elm::AddText(issue_.language, title_, specification->mutable_title());
    const bool job = content_.purpose() == sharing::v1::PURPOSE_EMPLOYMENT;
    *specification->mutable_dc_type() = Known(
        Vocabulary::kEntitlementType, job ? elm::kEntitlementTypeOccupation : elm::kEntitlementTypeLearningOpportunity);
    const bool open = decision_.kind() == v1::DECISION_KIND_CONDITIONAL;
    *specification->mutable_entitlement_status() = Known(
        Vocabulary::kEntitlementStatus, open ? elm::kEntitlementStatusProspective : elm::kEntitlementStatusActual);
    return entitlement;
  }

  const v1::RecognitionCase& content_;
  const v1::Decision& decision_;
  const DecisionIssue& issue_;
  const std::string sha256_;
  const std::string title_;
};

absl::Status InCredential(Reason reason, absl::string_view place, absl::string_view detail) {
  return Problem(reason, place.empty() ? "credential" : absl::StrCat("credential: ", place), detail);
}

absl::Status CheckIsOfCase(const model::EuropeanDigitalCredential& credential, const v1::RecognitionCase& content) {
  std::string found;
  for (const model::IdentifierNode& node : credential.identifier()) {
    if (node.identifier().scheme_name() == kDecisionScheme) found = node.identifier().notation();
  }
  if (found == DecisionSha256(content)) return absl::OkStatus();
  return Problem(Reason::kFieldInvalid, "credential", "it is not that of the present decision of this case");
}

std::string FirstText(const elm::Texts& texts) { return texts.empty() ? "" : texts.Get(0).value(); }

}  // namespace

absl::StatusOr<model::Person> HolderOf(const model::EuropeanDigitalCredential& document) {
  const std::optional<elm::Placed<model::Person>> subject = elm::Reading(document).Subject();
  model::Person holder;
  if (subject.has_value()) {
    const model::Person& person = *subject->node;
    *holder.mutable_given_name() = person.given_name();
    *holder.mutable_family_name() = person.family_name();
    *holder.mutable_full_name() = person.full_name();
    holder.set_date_of_birth(person.date_of_birth());
  }
  if (NameOf(holder).empty()) {
    return Problem(Reason::kFieldMissing, "document.credentialSubject", "the document names no person");
  }
  return holder;
}

std::string NameOf(const model::Person& holder) {
  const std::string full = FirstText(holder.full_name());
  if (!full.empty()) return full;
  const std::string given = FirstText(holder.given_name());
  const std::string family = FirstText(holder.family_name());
  return absl::StrCat(given, given.empty() || family.empty() ? "" : " ", family);
}

absl::StatusOr<model::EuropeanDigitalCredential> DecisionAsElm(const v1::RecognitionCase& content,
                                                               const model::Person& holder,
                                                               const DecisionIssue& issue) {
  RETURN_IF_ERROR(CheckIssue(content, issue));
  return Builder(content, issue).Build(holder);
}

absl::StatusOr<proof::Statement> DecisionAsStatement(const v1::RecognitionCase& content, const model::Person& holder,
                                                     const DecisionIssue& issue) {
  RETURN_IF_ERROR(CheckIssue(content, issue));
  proof::Statement statement;
  const std::string decision = DecisionJson(content);
  const std::string sha256 = base::Sha256Hex(decision);
  statement.id = DecisionId(sha256);
  statement.issuer = issue.issuer;
  statement.type = kDecisionType;
  statement.vct = kDecisionVct;
  statement.key_id = issue.key_id;
  statement.from = issue.at;
  statement.until = issue.until;
  statement.bitstring_status = issue.bitstring_status;
  std::string person;
  base::JsonWriter json(person);
  json.BeginObject();
  json.Member("name", NameOf(holder));
  const std::optional<std::string> birth = elm::StatedDay(holder.date_of_birth());
  if (birth.has_value()) json.Member("birth_date", *birth);
  json.EndObject();
  statement.claims = decision;
  statement.claims.pop_back();  // the brace, behind which two more members go
  absl::StrAppend(&statement.claims, ",\"decision_sha256\":\"", sha256, "\",\"holder\":", person, "}");
  return statement;
}

std::set<std::string> WithholdableClaims(const v1::RecognitionCase& content, const model::Person& holder) {
  const v1::Decision& decision = content.procedure().decision();
  std::set<std::string> claims = {"/holder", "/holder/name"};
  if (elm::StatedDay(holder.date_of_birth()).has_value()) claims.insert("/holder/birth_date");
  if (!decision.reasons().empty()) claims.insert("/reasons");
  if (!decision.considered().empty()) claims.insert("/considered");
  if (!decision.departure_reason().empty()) claims.insert("/departure_reason");
  if (!decision.remedial_advice().empty()) claims.insert("/remedial_advice");
  for (int i = 0; i < decision.not_accepted_size(); ++i) {
    if (!decision.not_accepted(i).reason().empty()) claims.insert(absl::StrCat("/not_accepted/", i, "/reason"));
  }
  return claims;
}

absl::Status CheckSealedDecision(absl::string_view sealed, const proof::Certificate& seal,
                                 const v1::RecognitionCase& content, absl::Time now) {
  // Without anchors: who is trusted is not asked here, only whether it is this very certificate.
  const proof::JadesVerdict seen = proof::VerifyJades(sealed, proof::JadesTrust(), now);
  for (const proof::Finding& finding : seen.findings.list()) {
    if (finding.weight == proof::Weight::kRefusal) return InCredential(finding.reason, finding.place, finding.detail);
  }
  if (!seen.Accepted() || seen.signatures.size() != 1) {
    return InCredential(Reason::kSealMalformed, "signatures", "one seal that verifies is expected");
  }
  const std::optional<proof::Certificate>& signer = seen.signatures.front().signer;
  if (!signer.has_value() || signer->der() != seal.der()) {
    return InCredential(Reason::kCertificateUntrusted, "signatures[0]", "it is sealed with another certificate");
  }
  const absl::StatusOr<elm::ReadCredential> read = elm::Read(seen.payload);
  if (!read.ok()) {
    return InCredential(base::ReasonOf(read.status()), base::PlaceOf(read.status()), base::DetailOf(read.status()));
  }
  return CheckIsOfCase(read->credential, content);
}

}  // namespace passerelle::recognition
