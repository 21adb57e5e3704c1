// What an evaluator is told of those who assessed and did not award, from the document to the outcome.
#include "core/recognition/facts/assessor_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/proto_time.h"
#include "core/elm/codec.h"
#include "core/recognition/facts/document_facts.h"
#include "core/recognition/facts/register_snapshots.h"
#include "core/recognition/policy.h"
#include "core/recognition/policy_report.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/case_fixture.h"

namespace passerelle::recognition {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Awarded by one school on 2024-06-28, assessed by the organisation with this VAT number, or by one without any.
elm::v3::EuropeanDigitalCredential AssessedElsewhere(absl::string_view vat) {
  elm::v3::EuropeanDigitalCredential credential = passerelle::testing::MakeCredential();
  auto* const person = credential.mutable_credential_subject()->mutable_person();
  elm::v3::LearningAchievement* const achievement = person->mutable_has_claim(0)->mutable_learning_achievement();
  elm::v3::AwardingProcess* const award = achievement->mutable_awarded_by();
  award->set_awarding_date("2024-06-28T00:00:00Z");
  award->add_awarding_body()->mutable_organisation()->add_vat_identifier()->set_notation("LT100");
  elm::v3::Organisation* const assessor = achievement->add_proven_by()->add_assessed_by()->mutable_organisation();
  assessor->set_id("urn:epass:org:2");
  if (!vat.empty()) assessor->add_vat_identifier()->set_notation(std::string(vat));
  return credential;
}

v1::CaseFacts FactsOf(absl::string_view vat) { return FactsOfDocument(AssessedElsewhere(vat), {}); }

// A register of bodies: one that was recognised on the day of the award, and one that no longer was.
std::shared_ptr<const RegisterSnapshots> Register() {
  v1::RegisterFacts snapshot;
  snapshot.set_source("Register of LT");
  snapshot.set_version("7");
  snapshot.set_snapshot_date("2026-01-31");
  const auto add = [&](const char* entry, const char* identifier, const char* until) {
    v1::RegisteredProvider* const row = snapshot.add_providers();
    row->set_entry(entry);
    row->add_identifiers(identifier);
    row->set_country("LT");
    v1::RegisteredPeriod* const period = row->add_recognised();
    period->set_from("2010-01-01");
    period->set_until(until);
  };
  add("lt/1", "vat:LT100", "");
  add("lt/2", "vat:LT200", "");
  add("lt/3", "vat:LT300", "2019-08-31");
  EXPECT_OK(CheckRegisterFacts(snapshot));
  return RegisterSnapshots::Make({snapshot});
}

std::vector<std::string> WarningsOf(const v1::CaseFacts& facts) {
  v1::Evaluation evaluation;
  AddAssessorWarnings(facts, &evaluation);
  std::vector<std::string> texts;
  for (const v1::EvaluationWarning& warning : evaluation.warnings()) texts.push_back(WarningText(warning));
  return texts;
}

TEST(AssessorWarnings, ARegisterResolvesAnAssessorOrSaysThatItHasNone) {
  const auto registers = Register();
  const auto told = [&](absl::string_view vat) {
    v1::CaseFacts facts = FactsOf(vat);
    registers->AddTo(&facts);
    return WarningsOf(facts);
  };
  EXPECT_THAT(told("LT100"), IsEmpty());  // awarded as well
  EXPECT_THAT(told("LT200"), IsEmpty());
  EXPECT_THAT(told("LT300"),
              ElementsAre("NOT_ACCREDITED (assessor=vat:LT300; source=Register of LT, version 7, of 2026-01-31, entry "
                          "lt/3)"));
  EXPECT_THAT(told("LT999"), ElementsAre("ASSESSOR_UNRESOLVED (assessor=vat:LT999)"));
  EXPECT_THAT(told(""), ElementsAre("ASSESSOR_UNRESOLVED (assessor=not identified)"));
}

TEST(AssessorWarnings, WithoutARegisterNothingIsKnownAndThatIsSaid) {
  EXPECT_THAT(WarningsOf(FactsOf("LT999")), ElementsAre("NO_EVIDENCE (assessor=vat:LT999)"));
  // One that does not speak of the day, and one that has no bodies, were not asked.
  v1::CaseFacts facts = FactsOf("LT999");
  facts.mutable_credential()->set_award_date("2026-03-01");
  Register()->AddTo(&facts);
  EXPECT_THAT(WarningsOf(facts), ElementsAre("NO_EVIDENCE (assessor=vat:LT999)"));
  v1::RegisterFacts empty;
  empty.set_source("Register of LV");
  empty.set_snapshot_date("2026-01-31");
  facts = FactsOf("LT999");
  RegisterSnapshots::Make({empty})->AddTo(&facts);
  EXPECT_THAT(WarningsOf(facts), ElementsAre("NO_EVIDENCE (assessor=vat:LT999)"));
}

TEST(AssessorWarnings, ReportsOfQualityAssuranceResolveToo) {
  trust::v1::AccreditationData data;
  trust::v1::AccreditedProvider* const provider = data.add_providers();
  provider->set_id("deqar:9");
  provider->add_identifiers("vat:LT200");
  const auto told = [&](absl::string_view vat) {
    v1::CaseFacts facts = FactsOf(vat);
    AddAssessorQuality(*trust::AccreditationIndex::Make(data).value(), &facts);
    return WarningsOf(facts);
  };
  EXPECT_THAT(told("LT999"), ElementsAre("ASSESSOR_UNRESOLVED (assessor=vat:LT999)"));
  EXPECT_THAT(told("LT200"), ElementsAre("NOT_COVERED (assessor=vat:LT200)"));
  trust::v1::QualityReport* const report = data.add_reports();
  report->set_id("https://register.example/report/9");
  report->add_providers("deqar:9");
  report->set_decision(trust::v1::QUALITY_DECISION_POSITIVE);
  *report->mutable_valid_from() = base::ToProto(absl::FromCivil(absl::CivilDay(2020, 1, 1), absl::UTCTimeZone()));
  *report->mutable_valid_to() = base::ToProto(absl::FromCivil(absl::CivilDay(2025, 1, 1), absl::UTCTimeZone()));
  EXPECT_THAT(told("LT200"), IsEmpty());
}

TEST(AssessorWarnings, AWarningStandsInTheReportAndDecidesNothing) {
  const v1::RecognitionPolicy policy = TestPolicies().front();
  Facts facts;
  *facts.credential = AssessedElsewhere("LT999");
  const v1::RecognitionOutcome without = MakeOutcome(policy, Evaluate(policy, facts));
  facts.about = FactsOf("LT999");
  Register()->AddTo(&facts.about);
  const v1::RecognitionOutcome with = MakeOutcome(policy, Evaluate(policy, facts));
  EXPECT_EQ(with.state(), without.state());
  EXPECT_EQ(with.decision(), without.decision());
  EXPECT_THAT(OutcomeText(without), ::testing::Not(HasSubstr("warning: ")));
  EXPECT_THAT(OutcomeText(with), HasSubstr("warning: ASSESSOR_UNRESOLVED (assessor=vat:LT999) The learner was"));
  facts.about = FactsOf("LT\x1b[2J999");
  Register()->AddTo(&facts.about);
  EXPECT_THAT(OutcomeText(MakeOutcome(policy, Evaluate(policy, facts))), HasSubstr(R"(vat:LT\x1b[2J999)"));
  EXPECT_THAT(OutcomeJson(with), HasSubstr(R"("warnings":[{"reason":"ASSESSOR_UNRESOLVED","explanation":)"));
}

class AssessorCaseTest : public CaseFixture {};

TEST_F(AssessorCaseTest, TheEvaluatorOfACaseSeesIt) {
  const std::string document = absl::StrCat("NOTE ", elm::Write(AssessedElsewhere("LT999")));
  norway_.reg.Issue("no-8", document);
  const std::string id = Submit(Request(document));
  network_.Run();
  const v1::RecognitionCase content = Authoritys(id);
  ASSERT_EQ(content.outcome().evaluation().warnings_size(), 1);
  EXPECT_EQ(WarningText(content.outcome().evaluation().warnings(0)), "NO_EVIDENCE (assessor=vat:LT999)");
  // The verdict of the case says the same.
  const authenticity::v1::Check& check = *content.verdict().checks().rbegin();
  EXPECT_EQ(check.name(), "assessor");
  EXPECT_EQ(check.reason(), "NO_EVIDENCE");
  EXPECT_EQ(content.state(), v1::CASE_STATE_DECIDED);
}

}  // namespace
}  // namespace passerelle::recognition
