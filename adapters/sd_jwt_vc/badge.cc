// A micro-credential of DC4EU: the body of an Open Badge 3.0, with the words of the Dutch profile, as claims of the
// token.
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/sd_jwt_vc/mapping.h"
#include "core/base/problem.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::sd_jwt_vc {
namespace {

using namespace document;  // NOLINT(google-build-using-namespace): the words of mapping tables

LossClass LearnerAddress(const Step& step) {
  AddIdentifier(step.Value(), "id", step.context.targets.subject->mutable_identifier());
  return kKept;
}

LossClass IssuerAddress(const Step& step) {
  AddIdentifier(step.Value(), "id", step.context.targets.body->mutable_identifier());
  return kKept;
}

// {"identifier": ..., "identifierType": ...}
LossClass TypedIdentifier(const Step& step) {
  Source& source = step.source();
  const SourceNode* const value = source.FindFirst(step.node, "identifier");
  if (value == nullptr) return kDropped;
  AddIdentifier(value->text, source.TextOf(step.node, "identifierType"),
                step.context.targets.body->mutable_identifier());
  source.UseAll(step.node);
  source.Carry(value, step.rule.target, kKept, "");
  return v1::LOSS_CLASS_UNSPECIFIED;
}

constexpr Rule kEqf[] = {{"targetCode", "Q.eqfLevel", EqfLevel, kKept, "level.eqf"}};
constexpr Rule kQuality[] = {
    {"targetName", "Q.additionalNote#A1-M11", LabelledNote, kWidened, "quality.text"},
    {"targetCode", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"targetUrl", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"targetDescription", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
};
constexpr Rule kAlignment[] = {
    {"targetName|targetUrl|targetCode|targetFramework|targetDescription", "Q.additionalNote", LabelledNote, kWidened,
     "note.labelled"},
};

// What an achievement is aligned with, by the kind of the target.
LossClass Alignment(const Step& step) {
  Source& source = step.source();
  const std::string kind = source.TextOf(step.node, "targetType");
  for (const SourceNode* const words : source.Find(step.node, "type|targetType")) source.Use(words);
  if (kind == "ext:EQF") {
    for (const SourceNode* const words : source.Find(step.node, "targetName|targetUrl")) source.Use(words);
    Apply(kEqf, step.node, step.context);
  } else {
    Apply(kind == "ext:QualityAssurance" ? Rules(kQuality) : Rules(kAlignment), step.node, step.context);
  }
  return v1::LOSS_CLASS_UNSPECIFIED;
}

constexpr Rule kDocument[] = {
    {"@context", "", UseIt, kKept, "", true},
    {"type", "", UseIt, kKept, "", true},
    {"credentialSchema", "says how the source is built", DropIt, kDropped, "", true},
    {"iss", "is the signer of the token; the issuer of the badge is carried", DropIt, kDropped, ""},
    {"id", "names the original, which is embedded", DropIt, kDropped, ""},
    {"issuer/type", "", UseIt, kKept, "", true},
    {"issuer/id", "B.identifier", IssuerAddress, kKept, ""},
    {"issuer/name", "B.legalName", Text, kKept, ""},
    {"issuer/url", "B.homepage", WebAddress, kKept, ""},
    {"issuer/otherIdentifier", "B.identifier", TypedIdentifier, kKept, "", true},
    {"issuer/address/addressCountryCode", "B.location", CountryCode, kKept, "country.code"},
    {"validUntil", "C.validUntil", DateTime, kKept, ""},
    {"credentialSubject/type", "", UseIt, kKept, "", true},
    {"credentialSubject/id", "S.identifier", LearnerAddress, kKept, ""},
};

constexpr Rule kAchievement[] = {
    {"awardedDate", "A.awardedBy.awardingDate", DateTime, kKept, "date.award"},
    {"validFrom", "A.awardedBy.awardingDate", DateTime, kDerived, "date.award"},
    {"credentialSubject/result/type", "", UseIt, kKept, "", true},
    {"credentialSubject/result/resultDescription", "", UseIt, kKept, ""},
    {"credentialSubject/result/value", "T.grade", Text, kKept, ""},
    {"credentialSubject/achievement/type", "", UseIt, kKept, "", true},
    {"credentialSubject/achievement/id", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"credentialSubject/achievement/name", "A.title", Text, kKept, ""},
    {"credentialSubject/achievement/description", "A.description", PlainText, kKept, "markup.plain"},
    {"credentialSubject/achievement/criteria/narrative", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"credentialSubject/achievement/criteria/id", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"credentialSubject/achievement/inLanguage", "Q.language", LanguageCode, kKept, "language.code"},
    {"credentialSubject/achievement/ECTS", "Q.creditPoint", EctsPoints, kKept, "credit.ects"},
    {"credentialSubject/achievement/SBU", "Q.volumeOfLearning", Hours, kKept, "workload.hours"},
    {"credentialSubject/achievement/timeInvestment", "Q.volumeOfLearning", Hours, kKept, "workload.hours"},
    {"credentialSubject/achievement/participationType", "Q.mode", ModeWord, kKept, "mode.word"},
    {"credentialSubject/achievement/assessmentType", "T.specifiedBy[0].dcType", AssessmentWord, kKept,
     "assessment.word"},
    {"credentialSubject/achievement/supervisionType", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"credentialSubject/achievement/identityChecked", "A.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"credentialSubject/achievement/alignment", "Q.additionalNote", Alignment, kWidened, "", true},
    {"credentialSubject/achievement/image", "a picture is presentation", DropIt, kDropped, "", true},
};

}  // namespace

absl::Status MapBadge(Source& source, Draft& draft) {
  const SourceNode* const achievement = source.FindFirst(source.root(), "credentialSubject/achievement");
  if (achievement == nullptr) return base::Problem(base::Reason::kFieldMissing, "/credentialSubject/achievement");
  // Texts are in the language that the achievement names, or in none that is known.
  const SourceNode* const stated = source.FindFirst(achievement, "inLanguage");
  const std::string language = stated == nullptr ? "und" : source.Language(stated);
  Apply(kDocument, source.root(), {&source, draft.DocumentTargets(), language});
  DraftAchievement& award = draft.AddAchievement(achievement);
  Apply(kAchievement, source.root(), {&source, draft.TargetsOf(award), language});
  if (source.FindFirst(source.root(), "credentialSubject/id") != nullptr) {
    source.Origin("A1-M01", v1::ELEMENT_STATUS_BY_REFERENCE, source.FindFirst(source.root(), "credentialSubject/id"),
                  "learner.by-reference");
  }
  return absl::OkStatus();
}

}  // namespace passerelle::adapters::sd_jwt_vc
