#include "core/recognition/rules/explain.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/elm/annex_one.h"
#include "core/recognition/facts/outcomes.h"

namespace passerelle::recognition {
namespace {

constexpr char kCredential[] = "credential";
constexpr char kApplication[] = "application";
constexpr char kPolicy[] = "policy";

// What stands in a result besides the finding.
struct Words {
  std::string required;
  std::string found;
};

// Collects inputs.
class Inputs {
 public:
  explicit Inputs(v1::RuleResult* result) : result_(result) {}

  void Add(absl::string_view name, absl::string_view value, absl::string_view source) {
    v1::RuleInput* input = result_->add_inputs();
    input->set_name(std::string(name));
    input->set_value(std::string(value));
    input->set_source(source.empty() ? "not stated" : std::string(source));
  }

 private:
  v1::RuleResult* result_;
};

// KNOWN_YES is "yes", CREDENTIAL_KIND_DEGREE with that prefix is "degree"; nothing where it is not known.
std::string Word(absl::string_view prefix, absl::string_view name, int number) {
  if (number == 0 || name.size() <= prefix.size()) return "";
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}
std::string Word(v1::Known known) { return Word("KNOWN_", v1::Known_Name(known), known); }
std::string Word(v1::CredentialKind kind) { return Word("CREDENTIAL_KIND_", v1::CredentialKind_Name(kind), kind); }
std::string Word(v1::RecognitionAim aim) { return Word("RECOGNITION_AIM_", v1::RecognitionAim_Name(aim), aim); }
std::string Word(v1::QualityCoverage coverage) {
  return Word("QUALITY_COVERAGE_", v1::QualityCoverage_Name(coverage), coverage);
}
std::string Word(v1::QualityScheme scheme) { return Word("QUALITY_SCHEME_", v1::QualityScheme_Name(scheme), scheme); }
std::string Word(v1::LevelBasis basis) { return Word("LEVEL_BASIS_", v1::LevelBasis_Name(basis), basis); }
std::string Word(v1::AssessmentSupervision supervision) {
  return Word("ASSESSMENT_SUPERVISION_", v1::AssessmentSupervision_Name(supervision), supervision);
}
std::string Word(v1::ParticipationMode mode) {
  return Word("PARTICIPATION_MODE_", v1::ParticipationMode_Name(mode), mode);
}
std::string Word(v1::Orientation orientation) {
  return Word("ORIENTATION_", v1::Orientation_Name(orientation), orientation);
}

std::string LevelText(const FactSheet& sheet) {
  const v1::LevelFacts& level = sheet.facts.credential().level();
  std::string text = level.framework().empty() ? "" : absl::StrCat(level.framework(), " ", level.level());
  if (sheet.level.eqf.has_value()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "level ", *sheet.level.eqf, " of the European framework (",
                    StandingText(sheet.level.standing), ")");
  }
  return text;
}

void AddLevel(const FactSheet& sheet, Inputs* inputs) {
  const v1::LevelFacts& level = sheet.facts.credential().level();
  inputs->Add("credential.level", LevelText(sheet), level.source().empty() ? kCredential : level.source());
  inputs->Add("credential.level.basis", Word(level.basis()),
              level.register_entry().empty() ? kCredential : level.register_entry());
  inputs->Add("credential.award_date", sheet.facts.credential().award_date(), kCredential);
}

std::string CreditsText(const FactSheet& sheet) {
  if (!sheet.credits.has_value()) return "";
  if (sheet.credits->low == sheet.credits->high) return absl::StrCat(sheet.credits->low.ToString(), " ECTS");
  return absl::StrCat(sheet.credits->low.ToString(), " to ", sheet.credits->high.ToString(), " ECTS, estimated");
}

void AddWorkload(const FactSheet& sheet, Inputs* inputs) {
  const v1::WorkloadFacts& workload = sheet.facts.credential().workload();
  inputs->Add("credential.workload.ects", workload.ects(), kCredential);
  inputs->Add("credential.workload.hours", workload.hours(), kCredential);
  inputs->Add("credential.workload.hours_per_credit", workload.hours_per_credit(), kCredential);
}

void AddAssessment(const FactSheet& sheet, Inputs* inputs) {
  const v1::CredentialFacts& credential = sheet.facts.credential();
  inputs->Add("credential.assessment.assessed", Word(credential.assessment().assessed()), kCredential);
  inputs->Add("credential.assessment.type", credential.assessment().type(), kCredential);
  inputs->Add("credential.assessment.supervision", Word(credential.assessment().supervision()), kCredential);
  inputs->Add("credential.mode", Word(credential.mode()), kCredential);
}

void AddQuality(const FactSheet& sheet, Inputs* inputs) {
  const v1::QualityFacts& quality = sheet.facts.quality();
  const std::string source = quality.report().empty() ? "no report" : quality.report();
  inputs->Add("quality.coverage", Word(quality.coverage()), source);
  inputs->Add("quality.scheme", Word(quality.scheme()), source);
  inputs->Add("quality.obligatory", Word(quality.obligatory()), source);
  inputs->Add("quality.flagged", Word(quality.flagged()), source);
  inputs->Add("quality.agency_registered", Word(quality.agency_registered()), source);
  inputs->Add("provider.mill", Word(sheet.facts.provider().mill()), sheet.facts.provider().source());
}

void AddCountries(const FactSheet& sheet, Inputs* inputs) {
  const std::string& source = sheet.facts.credential().award_country_source();
  inputs->Add("credential.award_country", sheet.award_country, source.empty() ? kCredential : source);
  inputs->Add("receiver_country", sheet.receiver_country, kApplication);
  inputs->Add("decision_date", sheet.facts.decision_date(), kApplication);
}

// Agreements between the two countries that are in force.
std::string AgreementsText(const RuleBook& book, const FactSheet& sheet) {
  std::vector<std::string> titles;
  for (const BookAgreement& agreement : book.agreements()) {
    if (agreement.Covers(sheet)) titles.push_back(agreement.agreement->title());
  }
  return absl::StrJoin(titles, "; ");
}

Words OfAuthenticity(const FactSheet& sheet, Inputs* inputs) {
  const v1::AuthenticityFacts& facts = sheet.facts.authenticity();
  inputs->Add("authenticity.integrity", Word(facts.integrity()), facts.source());
  inputs->Add("authenticity.issuer", Word(facts.issuer()), facts.source());
  inputs->Add("authenticity.in_force", Word(facts.in_force()), facts.source());
  inputs->Add("authenticity.subject", Word(facts.subject()),
              facts.subject_source().empty() ? facts.source() : facts.subject_source());
  return {"a genuine document, in force, about the applicant", facts.source()};
}

Words OfMobility(const FactSheet& sheet, Inputs* inputs) {
  const v1::MobilityFacts& mobility = sheet.facts.mobility();
  inputs->Add("mobility.learning_agreement", Word(mobility.learning_agreement()), "learning agreement");
  inputs->Add("mobility.in_agreement", Word(mobility.in_agreement()), "learning agreement");
  inputs->Add("mobility.in_transcript", Word(mobility.in_transcript()), "transcript of records");
  return {"credits that are listed in the learning agreement and in the transcript", CreditsText(sheet)};
}

Words OfAutomatic(const RuleBook& book, const BookRule& rule, const FactSheet& sheet, Inputs* inputs) {
  const v1::CredentialFacts& credential = sheet.facts.credential();
  switch (rule.kind) {
    case RuleKind::kA01:
      inputs->Add("aim", Word(sheet.facts.aim()), kApplication);
      return {"access to further learning, or agreed mobility credit", Word(sheet.facts.aim())};
    case RuleKind::kA02:
      AddCountries(sheet, inputs);
      return {"an agreement in force between the two countries", AgreementsText(book, sheet)};
    case RuleKind::kA03:
      inputs->Add("credential.kind", Word(credential.kind()),
                  credential.kind_source().empty() ? kCredential : credential.kind_source());
      AddCountries(sheet, inputs);
      return {"a kind of credential that the agreement is about", Word(credential.kind())};
    case RuleKind::kA04:
      return OfAuthenticity(sheet, inputs);
    case RuleKind::kA05:
      inputs->Add("provider.officially_recognised", Word(sheet.facts.provider().officially_recognised()),
                  sheet.facts.provider().source());
      inputs->Add("provider.identifiers", absl::StrJoin(sheet.facts.provider().identifiers(), ", "), kCredential);
      return {"an awarding body that was officially recognised on the day of the award",
              absl::StrJoin(sheet.facts.provider().identifiers(), ", ")};
    case RuleKind::kA06:
      AddLevel(sheet, inputs);
      return {"a level in the register of a framework that is referenced to the European one", LevelText(sheet)};
    case RuleKind::kA07:
      AddQuality(sheet, inputs);
      return {"an obligatory evaluation by a registered agency that covers the award",
              Word(sheet.facts.quality().coverage())};
    case RuleKind::kA08:
      AddWorkload(sheet, inputs);
      return {"a workload declared in ECTS credits", CreditsText(sheet)};
    case RuleKind::kA09:
      AddAssessment(sheet, inputs);
      return {"assessed learning, with the supervision stated where it was online", credential.assessment().type()};
    case RuleKind::kA10:
      AddLevel(sheet, inputs);
      inputs->Add("policy.required_eqf_level", absl::StrCat(book.policy().automatic().required_eqf_level()), kPolicy);
      return {absl::StrCat("level ", book.policy().automatic().required_eqf_level(), " or higher"), LevelText(sheet)};
    default:
      return OfMobility(sheet, inputs);
  }
}

Words OfOutcomes(const BookRule& rule, const FactSheet& sheet, Inputs* inputs) {
  std::vector<std::string> asked;
  std::vector<std::string> found;
  for (const ComparedOutcome& compared : CompareOutcomes(sheet.facts.credential().outcomes(), rule.unit->outcomes())) {
    const std::string title = compared.target->title();
    asked.push_back(compared.target->essential() ? absl::StrCat(title, " (essential)") : title);
    found.push_back(absl::StrCat(title, ": ", RelationWord(compared.relation)));
    const std::string by = compared.by == nullptr ? "" : absl::StrCat(compared.by->uri(), " ", compared.by->version());
    inputs->Add(compared.target->uri(), absl::StripAsciiWhitespace(by), kCredential);
  }
  for (const v1::OutcomeFacts& outcome : sheet.facts.credential().outcomes()) {
    if (outcome.uri().empty()) inputs->Add("credential.outcomes", outcome.title(), kCredential);
  }
  return {absl::StrCat(rule.unit->title(), ": ", absl::StrJoin(asked, ", ")), absl::StrJoin(found, ", ")};
}

Words OfCurrency(const RuleBook& book, const FactSheet& sheet, Inputs* inputs) {
  inputs->Add("credential.award_date", sheet.facts.credential().award_date(), kCredential);
  inputs->Add("decision_date", sheet.facts.decision_date(), kApplication);
  const uint32_t years = book.policy().comparison().age_years_max();
  inputs->Add("policy.age_years_max", absl::StrCat(years), kPolicy);
  return {years == 0 ? "no limit of age" : absl::StrCat("an award that is not older than ", years, " years"),
          sheet.facts.credential().award_date()};
}

Words OfComparison(const RuleBook& book, const BookRule& rule, const FactSheet& sheet, Inputs* inputs) {
  const v1::Comparison& comparison = book.policy().comparison();
  switch (rule.kind) {
    case RuleKind::kC01:
      AddLevel(sheet, inputs);
      inputs->Add("policy.eqf_level", absl::StrCat(comparison.eqf_level()), kPolicy);
      return {absl::StrCat("level ", comparison.eqf_level(), " or higher"), LevelText(sheet)};
    case RuleKind::kC02: {
      AddWorkload(sheet, inputs);
      const std::string needed = book.credits_needed().has_value() ? book.credits_needed()->ToString() : "";
      inputs->Add("policy.ects", needed, kPolicy);
      inputs->Add("policy.workload_tolerance", comparison.workload_tolerance(), kPolicy);
      return {needed.empty() ? "no credits" : absl::StrCat(needed, " ECTS or more"), CreditsText(sheet)};
    }
    case RuleKind::kC03:
      AddQuality(sheet, inputs);
      return {"quality assurance that covers the award", Word(sheet.facts.quality().coverage())};
    case RuleKind::kC04:
      inputs->Add("credential.orientation", Word(sheet.facts.credential().orientation()), kCredential);
      inputs->Add("policy.orientation", Word(comparison.orientation()), kPolicy);
      return {Word(comparison.orientation()), Word(sheet.facts.credential().orientation())};
    case RuleKind::kC05:
      return OfOutcomes(rule, sheet, inputs);
    case RuleKind::kC06:
      AddAssessment(sheet, inputs);
      return {"tested learning, with a checked identity", sheet.facts.credential().assessment().type()};
    default:
      return OfCurrency(book, sheet, inputs);
  }
}

}  // namespace

v1::RuleResult Explain(const RuleBook& book, const BookRule& rule, const Finding& finding, const FactSheet& sheet) {
  v1::RuleResult result;
  result.set_rule(rule.id);
  result.set_outcome(finding.outcome);
  result.set_explanation(std::string(finding.text));
  result.set_reason_code(std::string(finding.code));
  result.set_essential(rule.essential);
  Inputs inputs(&result);
  Words words;
  if (rule.kind == RuleKind::kElement) {
    const elm::AnnexOneName& element = elm::kAnnexOne[rule.element];
    const bool stated = finding.outcome == v1::RULE_OUTCOME_MET;
    words = {absl::StrCat(element.name, " (", element.id, ")"), stated ? "stated" : ""};
    inputs.Add(element.id, stated ? "stated" : "", kCredential);
  } else if (IsAutomatic(rule.kind)) {
    words = OfAutomatic(book, rule, sheet, &inputs);
  } else {
    words = OfComparison(book, rule, sheet, &inputs);
  }
  result.set_required(words.required);
  result.set_found(words.found);
  return result;
}

}  // namespace passerelle::recognition
