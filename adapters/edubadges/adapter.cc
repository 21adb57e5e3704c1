#include "adapters/edubadges/adapter.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/families/badge2.h"
#include "adapters/families/failing_words.h"
#include "adapters/families/names.h"
#include "core/elm/rules/bridge.h"
#include "core/elm/rules/text.h"

namespace passerelle::adapters::edubadges {
namespace {

using document::LabelledNote;
using document::Text;
using document::UseIt;

// Rule supervision.flags. Two answers that are both no are the service's way of saying nothing, unless the badge says
// how it was assessed.
LossClass Supervision(const Step& step) {
  document::Source& source = step.source();
  const SourceNode* const verified = source.FindFirst(step.node->parent, "assessmentIdVerified");
  const bool supervised = step.Value() == "true";
  const bool checked = verified != nullptr && verified->text == "true";
  source.Use(verified);
  const std::string type = source.TextOf(step.node->parent, "assessmentType");
  if (!supervised && !checked && (type.empty() || type == "unknown")) {
    source.Use(step.node);
    return kDone;
  }
  const elm::Bridged bridged = elm::SupervisionOf(supervised, checked);
  if (bridged.concept_node.has_value()) {
    return PutConcept(step.context.targets, step.rule.target, *bridged.concept_node);
  }
  return NoteOf(step, "Q.additionalNote#A1-O02", "Supervision",
                supervised ? "supervised, without a check of identity" : "with a check of identity");
}

LossClass Brin(const Step& step) {
  document::AddIdentifier(step.Value(), "BRIN", step.context.targets.body->mutable_identifier());
  return kKept;
}

LossClass ProgrammeIdentifier(const Step& step) {
  const std::string type = step.source().TextOf(step.node->parent, "identifierType");
  document::AddIdentifier(step.Value(), type.empty() ? "Education program identifier" : type,
                          step.context.targets.qualification->mutable_identifier());
  return kKept;
}

// name_dutch and name_english: the name of an institution in the language that the member is named by.
LossClass NameInLanguage(const Step& step) {
  Context context = step.context;
  context.language = absl::EndsWith(step.node->name, "_dutch") ? "nl" : "en";
  return Text({context, step.rule, step.node});
}

bool IsOfInstitution(const Step& step) {
  constexpr absl::string_view kNames[] = {
      "faculty/institution/name|name_dutch|name_english",
      "extensions:InstitutionNameExtension|InstitutionNameExtension/InstitutionName|institutionName"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&step](absl::string_view path) {
    return !step.source().TextOf(step.node->parent, path).empty();
  });
}

// A name of the issuer's own, in the language that the member is named by or, of `name`, in that of the issuer. An
// issuer within an institution is not the awarding body.
LossClass OwnName(const Step& step) {
  if (IsOfInstitution(step)) return kDone;
  if (step.node->name != "name") return NameInLanguage(step);
  const auto& names = step.context.targets.body->legal_name();
  const bool repeated = std::any_of(names.begin(), names.end(), [&step](const auto& name) {
    return absl::string_view(name.value()) == step.Value();
  });
  if (!repeated) return Text(step);
  step.source().Use(step.node);
  return kDone;
}

// name_english and the like, which repeat the member without a language.
LossClass Variant(const Step& step) {
  const std::string base = step.node->name.substr(0, step.node->name.find('_'));
  const SourceNode* const first = step.source().FindFirst(step.node->parent, base);
  if (first != nullptr && first->text == step.node->text) {
    step.source().Use(step.node);
    return kDone;
  }
  return LabelledNote(step);
}

LossClass NameVariant(const Step& step) { return IsOfInstitution(step) ? Variant(step) : kDone; }

// Where the grade's scheme is described.
LossClass GradingTable(const Step& step) {
  if (!elm::IsWebAddress(step.Value()) || !step.context.targets.assessment->has_grade()) return LabelledNote(step);
  auto* const assessment = step.context.targets.assessment;
  auto* const specification =
      assessment->specified_by_size() > 0 ? assessment->mutable_specified_by(0) : assessment->add_specified_by();
  elm::AddText("en", "Grading table", specification->mutable_grading_scheme()->mutable_title());
  specification->mutable_grading_scheme()->add_supplementary_document()->set_content_url(step.Value());
  return kKept;
}

constexpr Rule kBadge[] = {
    {"extensions:LanguageExtension|LanguageExtension/Language|language", "Q.language", document::LanguageCode, kKept,
     "language.bcp47"},
    {"extensions:LanguageExtension|LanguageExtension/typedLanguage", "", UseIt, kKept, ""},
    {"extensions:ECTSExtension|ECTSExtension/ECTS", "Q.creditPoint", document::EctsPoints, kKept, "credit.ects"},
    {"extensions:StudyLoadExtension|StudyLoadExtension/StudyLoad|studyLoad", "Q.volumeOfLearning", document::Hours,
     kKept, "workload.hours"},
    {"extensions:TimeInvestmentExtension|TimeInvestmentExtension/TimeInvestment|timeInvestment", "Q.volumeOfLearning",
     document::Hours, kKept, "workload.hours"},
    {"extensions:EQFExtension|EQFExtension|NiveauExtension/EQF", "Q.eqfLevel", document::EqfLevel, kKept, "level.eqf"},
    {"extensions:LearningOutcomeExtension|LearningOutcomeExtension/LearningOutcome|learningOutcome",
     "Q.learningOutcomeSummary", document::Prose, kKept, "outcomes.prose"},
    {"extensions:EducationProgramIdentifierExtension|EducationProgramIdentifierExtension/"
     "EducationProgramIdentifier|identifierValue",
     "Q.identifier", ProgrammeIdentifier, kKept, ""},
    {"extensions:EducationProgramIdentifierExtension|EducationProgramIdentifierExtension/identifierType", "", UseIt,
     kKept, ""},
    {"participation", "Q.mode", document::ModeWord, kKept, "mode.word"},
    {"assessmentType", "T.specifiedBy[0].dcType", document::AssessmentWord, kKept, "assessment.word"},
    {"assessmentSupervised", "T.idVerification", Supervision, kKept, "supervision.flags"},
    {"grade_achieved", "T.grade", families::GradeInWords, kKept, ""},
    {"gradeAchievedRequired", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"stackable", "Q.additionalNote#A1-O04", LabelledNote, kWidened, "stackable.note"},
    {"eqfNlqfLevelVerified", "Q.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"typeBadgeClass", "Q.category", Text, kKept, ""},
    {"*/@context|type", "", UseIt, kKept, ""},
};

constexpr absl::string_view kExtensionPrefix = "extensions:";

// The pilot repeats the badge's extensions on the assertion. What the badge does not have counts as the badge's; where
// the two differ, the badge counts, and the other value is a note.
LossClass OfAssertion(const Step& step) {
  document::Source& source = step.source();
  const absl::string_view name = absl::StripPrefix(step.node->name, kExtensionPrefix);
  const SourceNode* const of_badge =
      source.FindFirst(source.root(), absl::StrCat("badge/", name, "|", kExtensionPrefix, name));
  if (of_badge == nullptr) {
    for (const Rule& rule : kBadge) {
      if (absl::StrContains(rule.source, name)) Apply({&rule, 1}, step.node->parent, step.context);
    }
    return kDone;
  }
  for (const SourceNode* value : source.Find(step.node, "*")) {
    if (value->name == "@context" || value->name == "type") {
      source.UseAll(value);
    } else if (source.TextOf(of_badge, value->name) == value->text) {
      source.Drop(value, "repeats what the badge says");
    } else if (!value->text.empty()) {
      source.Warn("badge.contradiction", value, "The assertion says otherwise than its badge, which counts.");
      document::NoteOf({step.context, step.rule, value}, "A.additionalNote", absl::StrCat("Assertion, ", value->name),
                       value->text);
    }
  }
  return kDone;
}

constexpr Rule kAssertion[] = {
    {"ECTSExtension|LanguageExtension|EducationProgramIdentifierExtension|NiveauExtension|LearningOutcomeExtension|"
     "EQFExtension|StudyLoadExtension|TimeInvestmentExtension",
     "", OfAssertion, kKept, "", true},
    {"extensions:ECTSExtension|extensions:LanguageExtension|extensions:EducationProgramIdentifierExtension|"
     "extensions:LearningOutcomeExtension|extensions:EQFExtension|extensions:StudyLoadExtension|"
     "extensions:TimeInvestmentExtension",
     "", OfAssertion, kKept, "", true},
};

// The institution's own name goes before what the platform calls it.
constexpr Rule kInstitution[] = {
    {"faculty/institution/name_dutch|name_english", "B.legalName", NameInLanguage, kKept, ""},
    {"faculty/institution/name", "B.legalName", families::IssuerName, kKept, ""},
    {"extensions:InstitutionNameExtension|InstitutionNameExtension/InstitutionName|institutionName", "B.legalName",
     families::IssuerName, kKept, ""},
    {"extensions:InstitutionCountryExtension|InstitutionCountryExtension/InstitutionCountry|institutionCountry",
     "B.location", document::CountryCode, kKept, "country.code"},
    {"extensions:InstitutionIdentifierExtension|InstitutionIdentifierExtension/"
     "InstitutionIdentifier|institutionIdentifier",
     "B.identifier", Brin, kKept, ""},
    {"name_dutch|name_english", "B.legalName", OwnName, kKept, ""},
    {"name", "B.legalName", OwnName, kKept, ""},
};

constexpr Rule kIssuer[] = {
    {"extensions:GradingTableExtension|GradingTableExtension/GradingTableURL|gradingTable", "B.additionalNote",
     GradingTable, kWidened, "grade.scheme"},
    {"*/@context|type", "", UseIt, kKept, ""},
    {"faculty/institution/type", "", UseIt, kKept, ""},
    {"faculty/name", "B.additionalNote", families::IssuedBy, kWidened, "issuer.faculty"},
    {"faculty/institution/entityId", "B.additionalNote", LabelledNote, kWidened, "note.labelled"},
    {"name_english|name_dutch", "B.additionalNote", NameVariant, kWidened, "note.labelled"},
    {"url_english|url_dutch|description_english|description_dutch|image_english|image_dutch", "B.additionalNote",
     Variant, kWidened, "note.labelled"},
    {"faculty/name_english|name_dutch", "B.additionalNote", Variant, kWidened, "note.labelled"},
    {"faculty/institution/description|description_english|description_dutch", "B.additionalNote", Variant, kWidened,
     "note.labelled"},
};

class EdubadgesAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const families::Badge2Look look = families::LookForBadge2(bytes);
    return look.is_badge && look.is_edubadge ? Confidence::kCertain : Confidence::kNone;
  }

  std::optional<std::string> SignedWithin(absl::string_view bytes) const override {
    return families::UnbakeBadge2(bytes);
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    families::Badge2Extension extension;
    extension.assertion = kAssertion;
    extension.badge = kBadge;
    extension.issuer = kIssuer;
    extension.issuer_first = kInstitution;
    extension.language = "extensions:LanguageExtension|LanguageExtension/Language|language";
    extension.country = "NL";
    return families::ImportBadge2(bytes, options, extension);
  }

 private:
  const FormatInfo info_ = {"edubadges",
                            "edubadges, Open Badges 2.0 of Dutch education",
                            {"hosted", "expanded", "signed", "pilot 2019"},
                            {"read"},
                            "beta",
                            "application/ld+json",
                            "edubadges-5"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<EdubadgesAdapter>(); }

}  // namespace passerelle::adapters::edubadges
