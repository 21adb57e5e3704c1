// The learning credential of the EUDI reference issuer, the diploma of the Greek pilot, and what all tokens share.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/families/failing_words.h"
#include "adapters/families/learner_identifier.h"
#include "adapters/families/revocation.h"
#include "adapters/sd_jwt_vc/mapping.h"
#include "core/base/problem.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::sd_jwt_vc {
namespace {

using namespace document;  // NOLINT(google-build-using-namespace): the words of mapping tables

// The identifier of the learner; the claim has no scheme, but the European one shows.
LossClass LearnerIdentifier(const Step& step) {
  const std::string value = step.Value();
  const absl::string_view scheme = families::SchemeOfLearner(value);
  const std::string issuer = step.source().TextOf(step.source().root(), "issuing_authority");
  AddIdentifier(value, scheme.empty() ? issuer : scheme, step.context.targets.subject->mutable_identifier());
  return scheme.empty() ? kWidened : kKept;
}

LossClass IssuerIdentifier(const Step& step) {
  AddIdentifier(step.Value(), "iss", step.context.targets.body->mutable_identifier());
  return kKept;
}

// The reference to a list of statuses; a word for the status of the award is left to the type.
LossClass StatusReference(const Step& step) {
  if (step.node->IsBranch()) step.source().Drop(step.node, "is asked about the original when it is verified");
  return v1::LOSS_CLASS_UNSPECIFIED;
}

constexpr Rule kSigner[] = {{"iss", "B.identifier", IssuerIdentifier, kKept, ""}};

constexpr Rule kToken[] = {
    {"vct", "", UseIt, kKept, ""},
    {"vct#integrity", "protects the type's description, not the award", DropIt, kDropped, ""},
    {"iat", "is the time of signing, not of the award", DropIt, kDropped, ""},
    {"nbf", "is the begin of the token's life, not of the award", DropIt, kDropped, ""},
    {"exp", "is the end of the token's life, not of the award", DropIt, kDropped, ""},
    {"jti", "names the token, not the award", DropIt, kDropped, ""},
    {"cnf", "is the holder's key, for presenting the original", DropIt, kDropped, ""},
    {"status", "", StatusReference, kDropped, "", true},
};

constexpr Rule kPeople[] = {
    {"family_name", "S.familyName", Text, kKept, ""},
    {"given_name", "S.givenName", Text, kKept, ""},
    {"birth_date|birthdate", "S.dateOfBirth", BirthDate, kKept, ""},
    {"learner_identification", "S.identifier", LearnerIdentifier, kKept, "identifier.esi"},
    {"issuing_authority", "B.legalName", Text, kKept, ""},
    {"issuing_country", "B.location", CountryCode, kKept, "country.code"},
    {"date_of_expiry|expiry_date", "C.validUntil", DateTime, kKept, ""},
};

constexpr Rule kLearning[] = {
    {"achievement_title", "A.title", Text, kKept, ""},
    {"achievement_description", "A.description", Text, kKept, ""},
    // The claim is the date of the document; the type has no other.
    {"date_of_issuance", "A.awardedBy.awardingDate", DateTime, kDerived, "date.award"},
    {"learning_outcomes", "Q.learningOutcome.title", Text, kKept, ""},
    {"expected_study_time", "Q.creditPoint", FreeWorkload, kKept, "workload.text"},
    {"level_of_learning_experience", "Q.eqfLevel", EqfLevel, kKept, "level.eqf"},
    {"language_of_classes", "Q.language", LanguageCode, kKept, "language.code"},
    {"types_of_quality_assurance", "Q.additionalNote#A1-M11", LabelledNote, kWidened, "quality.text"},
    {"integration_stackability_options", "Q.additionalNote#A1-O04", LabelledNote, kWidened, "stackability.text"},
    {"assessment_grade", "T.grade", families::GradeInWords, kKept, ""},
    {families::kAwardStatus, "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
};

constexpr Rule kDiploma[] = {
    {"title", "A.title", Text, kKept, ""},
    {"graduation_date", "A.awardedBy.awardingDate", DateTime, kKept, "date.award"},
    {"eqf_level", "Q.eqfLevel", EqfLevel, kKept, "level.eqf"},
    {"grade", "T.grade", families::GradeInWords, kKept, ""},
    {"blueprint_id|diploma_id|credential_id", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {families::kAwardStatus, "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
};

// Several lines of one note: the model has a single note for what is asked of those who begin.
void JoinPrerequisites(Source& source, const Targets& targets) {
  std::string lines;
  const auto nodes = source.Find(source.root(), "prerequisites_to_enroll");
  for (const SourceNode* const node : nodes) {
    if (node->IsValue() && !node->text.empty()) absl::StrAppend(&lines, lines.empty() ? "" : "\n", node->text);
  }
  if (lines.empty() || PutText(targets, "Q.entryRequirement", "und", lines) == kDropped) return;
  for (const SourceNode* const node : nodes) source.Carry(node, "Q.entryRequirement", kKept, "");
}

// What the type metadata of the learning credential knows and a holder may keep back.
struct Claim {
  absl::string_view name;  // any of these
  absl::string_view element;
};
constexpr Claim kClaims[] = {
    {"family_name|given_name|learner_identification", "A1-M01"},
    {"learning_outcomes", "A1-M06"},
    {"expected_study_time", "A1-M07"},
    {"level_of_learning_experience", "A1-M08"},
    {"types_of_quality_assurance", "A1-M11"},
    {"prerequisites_to_enroll", "A1-O01"},
    {"assessment_grade", "A1-O03"},
    {"integration_stackability_options", "A1-O04"},
};

bool IsWithheldAtTop(const Presentation& presentation) {
  return std::find(presentation.withheld.begin(), presentation.withheld.end(), "") != presentation.withheld.end();
}

}  // namespace

void MapToken(Source& source) { Apply(kToken, source.root(), {&source, {}, "und"}); }

void MapSigner(Source& source, Draft& draft) {
  Apply(kSigner, source.root(), {&source, draft.DocumentTargets(), "und"});
}

void MapLearningCredential(Source& source, Draft& draft) {
  Apply(kPeople, source.root(), {&source, draft.DocumentTargets(), "und"});
  MapSigner(source, draft);
  DraftAchievement& achievement = draft.AddAchievement(source.root());
  const Targets targets = draft.TargetsOf(achievement);
  Apply(kLearning, source.root(), {&source, targets, "und"});
  JoinPrerequisites(source, targets);
}

void MapDiploma(Source& source, Draft& draft) {
  Apply(kPeople, source.root(), {&source, draft.DocumentTargets(), "und"});
  MapSigner(source, draft);
  DraftAchievement& achievement = draft.AddAchievement(source.root());
  Apply(kDiploma, source.root(), {&source, draft.TargetsOf(achievement), "und"});
}

absl::Status CheckTitle(const Presentation& presentation, const Source& source, absl::string_view claim) {
  if (!source.TextOf(source.root(), claim).empty()) return absl::OkStatus();
  const std::string place = absl::StrCat("/", claim);
  return IsWithheldAtTop(presentation)
             ? base::Problem(base::Reason::kTitleMissing, place, "it was not disclosed; ask the holder to disclose it")
             : base::Problem(base::Reason::kTitleMissing, place);
}

void NoteDisclosures(const Presentation& presentation, Source& source) {
  for (const std::string& pointer : presentation.withheld) {
    source.Note("disclosure.withheld", source.root(),
                absl::StrCat("Something in \"", pointer, "\" was withheld, or the issuer put decoys there."));
  }
}

void NoteWithheld(const Presentation& presentation, Source& source) {
  NoteDisclosures(presentation, source);
  if (!IsWithheldAtTop(presentation)) return;
  for (const Claim& claim : kClaims) {
    if (source.FindFirst(source.root(), claim.name) != nullptr) continue;
    source.Origin(claim.element, v1::ELEMENT_STATUS_WITHHELD, source.root(), "disclosure.withheld");
  }
}

}  // namespace passerelle::adapters::sd_jwt_vc
