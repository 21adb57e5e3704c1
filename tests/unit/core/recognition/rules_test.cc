// Policies, their rules, and cases as folders of data: data/vectors.yaml has every vector of the rules as a test of a
// policy, docs/operating/policies are the policies that are shipped, and cases/ the training cases.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec.h"
#include "core/recognition/facts/document_facts.h"
#include "core/recognition/policy.h"
#include "core/recognition/policy_check.h"
#include "core/recognition/policy_report.h"
#include "core/recognition/routes.h"
#include "core/recognition/rules/evaluate.h"
#include "gateway/config/yaml.h"
#include "passerelle/recognition/v1/case_file.pb.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/tables.h"

namespace passerelle::recognition {
namespace {

namespace fs = std::filesystem;
using base::Reason;
using gateway::ReadYamlFile;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::RecognitionPolicy PolicyIn(const std::string& path) {
  v1::RecognitionPolicy policy;
  EXPECT_OK(ReadYamlFile(path, &policy));
  return policy;
}

// Read once: it is long.
const v1::RecognitionPolicy& Vectors() {
  static const auto& policy = *new v1::RecognitionPolicy(PolicyIn(DataPath("data/vectors.yaml")));
  return policy;
}

std::vector<fs::path> Below(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<fs::path> ShippedPolicies() {
  return Below(std::string(passerelle::testing::kSourceDir) + "/docs/operating/policies");
}

std::string Bytes(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void ExpectAllPass(const v1::RecognitionPolicy& policy, size_t at_least) {
  const absl::StatusOr<std::vector<TestedCase>> tested = RunPolicyTests(policy);
  ASSERT_OK(tested.status());
  EXPECT_GE(tested->size(), at_least);
  for (const TestedCase& test : *tested) EXPECT_EQ(absl::StrJoin(test.differences, "; "), "") << test.name;
}

TEST(Rules, EveryVectorComesOut) { ExpectAllPass(Vectors(), 60); }

TEST(ShippedPolicies, PassTheirOwnTests) {
  const std::vector<fs::path> policies = ShippedPolicies();
  ASSERT_EQ(policies.size(), 4u);
  for (const fs::path& path : policies) {
    SCOPED_TRACE(path.string());
    ExpectAllPass(PolicyIn(path.string()), 3);
    EXPECT_OK(CheckGoesLive(PolicyIn(path.string())));
  }
}

TEST(ShippedPolicies, DoNotGoLiveWhenATestFails) {
  v1::RecognitionPolicy policy = Vectors();
  policy.mutable_tests(2)->mutable_expected()->set_kind(v1::DECISION_KIND_REFUSED);
  const absl::Status status = CheckGoesLive(policy);
  EXPECT_THAT(status, HasReasonAt(Reason::kPolicyTestFailed, "tests[2]"));
  EXPECT_THAT(base::DetailOf(status), HasSubstr("kind: expected REFUSED"));
  policy.clear_tests();
  EXPECT_THAT(CheckGoesLive(policy), HasReasonAt(Reason::kConfigInvalid, "tests"));
}

TEST(TrainingCases, ComeOutAsTheyAreTold) {
  int cases = 0;
  for (const fs::path& folder : Below(DataPath("cases"))) {
    SCOPED_TRACE(folder.filename().string());
    v1::CaseFile file;
    ASSERT_OK(ReadYamlFile((folder / "case.yaml").string(), &file));
    EXPECT_NE(file.title(), "");
    EXPECT_NE(file.story(), "");
    const v1::RecognitionPolicy policy = PolicyIn((folder / file.policy()).string());
    v1::CaseFacts facts;
    if (!file.document().empty()) {
      const auto read = elm::Read(Bytes(folder / file.document()));
      ASSERT_OK(read.status());
      facts = FactsOfDocument(read->credential, elm::AnnexOne(read->credential));
    }
    Overlay(file.facts(), &facts);
    if (facts.receiver_country().empty()) facts.set_receiver_country(policy.country());
    const RuleBook book = RuleBook::Make(policy).value();
    const v1::Evaluation evaluation = EvaluateFacts(book, facts);
    EXPECT_EQ(absl::StrJoin(DifferencesFrom(file.expected(), evaluation), "; "), "");
    // Again later, with the same facts: the same bytes.
    EXPECT_EQ(OutcomeJson(MakeOutcome(policy, evaluation)),
              OutcomeJson(MakeOutcome(policy, EvaluateFacts(RuleBook::Make(policy).value(), facts))));
    ++cases;
  }
  EXPECT_EQ(cases, 20);
}

TEST(Rules, ExplainEveryOutcomeWithItsInputsAndTheirSource) {
  const v1::RecognitionPolicy& policy = Vectors();
  const RuleBook book = RuleBook::Make(policy).value();
  for (const v1::PolicyTest& test : policy.tests()) {
    const v1::Evaluation evaluation = EvaluateFacts(book, test.facts());
    EXPECT_EQ(evaluation.policy_id(), "vectors");
    EXPECT_EQ(evaluation.policy_version(), "2026-01-15");
    EXPECT_EQ(evaluation.facts_sha256().size(), 64u);
    for (const v1::RuleResult& rule : evaluation.rules()) {
      SCOPED_TRACE(absl::StrCat(test.name(), ": ", rule.rule()));
      EXPECT_NE(rule.explanation(), "");
      EXPECT_NE(rule.required(), "");
      if (rule.rule() == "route") continue;
      EXPECT_THAT(rule.inputs(), Not(IsEmpty()));
      for (const v1::RuleInput& input : rule.inputs()) {
        EXPECT_NE(input.name(), "");
        EXPECT_NE(input.source(), "");
      }
    }
  }
}

// What is not known is never a ground: no case gets worse for what is taken away from it, save that it waits.
TEST(Rules, WhatIsNotKnownRefusesNothing) {
  const v1::RecognitionPolicy& policy = Vectors();
  const RuleBook book = RuleBook::Make(policy).value();
  for (const v1::PolicyTest& test : policy.tests()) {
    if (test.expected().kind() != v1::DECISION_KIND_FULL) continue;
    const auto* type = v1::CredentialFacts::descriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      v1::CaseFacts facts = test.facts();
      facts.mutable_credential()->GetReflection()->ClearField(facts.mutable_credential(), type->field(i));
      const v1::Evaluation evaluation = EvaluateFacts(book, facts);
      EXPECT_TRUE(evaluation.proposed_kind() == v1::DECISION_KIND_FULL ||
                  evaluation.proposed_kind() == v1::DECISION_KIND_UNSPECIFIED)
          << test.name() << " without " << type->field(i)->name();
      for (const v1::RuleResult& rule : evaluation.rules()) {
        EXPECT_NE(rule.outcome(), v1::RULE_OUTCOME_SUBSTANTIAL) << rule.rule();
      }
    }
  }
}

TEST(Rules, ARegulatedProfessionIsNeverCompared) {
  const v1::RecognitionPolicy& policy = Vectors();
  v1::CaseFacts facts = policy.tests(0).facts();
  facts.set_aim(v1::RECOGNITION_AIM_REGULATED_PROFESSION);
  const v1::Evaluation evaluation = EvaluateFacts(RuleBook::Make(policy).value(), facts);
  EXPECT_THAT(evaluation.rules(), IsEmpty());
  EXPECT_EQ(evaluation.profile(), "");
  EXPECT_EQ(evaluation.proposed_state(), v1::CASE_STATE_OUT_OF_SCOPE);
  EXPECT_THAT(evaluation.route_reason(), HasSubstr("2005/36/EC"));
  EXPECT_THAT(evaluation.route_reason(), HasSubstr("point of contact"));
}

TEST(CaseFacts, HaveNoFieldForAPerson) {
  std::vector<const google::protobuf::Descriptor*> open = {v1::CaseFacts::descriptor()};
  int fields = 0;
  for (size_t at = 0; at < open.size(); ++at) {
    for (int i = 0; i < open[at]->field_count(); ++i, ++fields) {
      const google::protobuf::FieldDescriptor* field = open[at]->field(i);
      for (const char* word : {"name", "birth", "person", "gender", "sex", "grade", "esi", "email", "address", "health",
                               "nationality", "pseudonym"}) {
        EXPECT_FALSE(absl::StrContains(field->name(), word)) << field->full_name();
      }
      const google::protobuf::Descriptor* inner = field->message_type();
      if (inner != nullptr && std::find(open.begin(), open.end(), inner) == open.end()) open.push_back(inner);
    }
  }
  EXPECT_GT(fields, 40);
}

TEST(CaseFacts, OfADocumentHoldNothingOfItsPerson) {
  const std::string document = Bytes(DataPath("cases/20-norwegian-document/credential.json"));
  const auto read = elm::Read(document);
  ASSERT_OK(read.status());
  const v1::CaseFacts facts = FactsOfDocument(read->credential, elm::AnnexOne(read->credential));
  const v1::RecognitionPolicy& policy = Vectors();
  v1::CaseFacts asked = policy.tests(0).facts();
  asked.MergeFrom(facts);
  const v1::Evaluation evaluation = EvaluateFacts(RuleBook::Make(policy).value(), asked);
  for (const std::string& text :
       {facts.DebugString(), facts.SerializeAsString(), evaluation.DebugString(), evaluation.SerializeAsString(),
        OutcomeJson(MakeOutcome(policy, evaluation)), OutcomeText(MakeOutcome(policy, evaluation))}) {
    for (const char* personal : {"Ingrid", "Solbakken", "1991", "04-17", "urn:person:1"}) {
      EXPECT_THAT(text, Not(HasSubstr(personal)));
    }
  }
  EXPECT_EQ(facts.credential().award_date(), "2025-05-30");
  EXPECT_EQ(facts.credential().award_country(), "NO");
  EXPECT_EQ(facts.credential().setting(), v1::LEARNING_SETTING_FORMAL);
  EXPECT_EQ(facts.credential().mode(), v1::PARTICIPATION_MODE_ONLINE);
  EXPECT_EQ(facts.credential().workload().ects(), "5");
  EXPECT_EQ(facts.credential().level().eqf_level(), 6u);
  EXPECT_EQ(facts.credential().level().basis(), v1::LEVEL_BASIS_PROVIDER_CLAIM);
  EXPECT_EQ(facts.credential().assessment().assessed(), v1::KNOWN_YES);
  EXPECT_EQ(facts.credential().assessment().supervision(), v1::ASSESSMENT_SUPERVISION_IDENTITY_VERIFIED);
  EXPECT_EQ(facts.credential().outcomes_size(), 2);
}

// G15: an assessment that is only attendance is stated, and is none.
TEST(CaseFacts, AttendanceIsAnElementAndNoAssessment) {
  std::string document = Bytes(DataPath("cases/20-norwegian-document/credential.json"));
  const std::string marked = "snb/assessment/2939dae15f";
  document.replace(document.find(marked), marked.size(), "snb/assessment/7331eb4762");
  const auto read = elm::Read(document);
  ASSERT_OK(read.status());
  const v1::CaseFacts facts = FactsOfDocument(read->credential, elm::AnnexOne(read->credential));
  EXPECT_EQ(facts.credential().assessment().assessed(), v1::KNOWN_NO);
  EXPECT_NE(std::find(facts.stated_elements().begin(), facts.stated_elements().end(), "A1-M09"),
            facts.stated_elements().end());
}

TEST(CaseFacts, OfAVerdictSayWhatWasEstablishedAndNoMore) {
  authenticity::v1::AuthenticityVerdict verdict;
  const auto check = [&](const char* name, authenticity::v1::CheckOutcome outcome) {
    authenticity::v1::Check* entry = verdict.add_checks();
    entry->set_name(name);
    entry->set_outcome(outcome);
  };
  EXPECT_EQ(FactsOfVerdict(verdict, true).integrity(), v1::KNOWN_UNSPECIFIED);
  check("register", authenticity::v1::CHECK_OUTCOME_PASS);
  check("validity", authenticity::v1::CHECK_OUTCOME_PASS);
  EXPECT_EQ(FactsOfVerdict(verdict, true).integrity(), v1::KNOWN_YES);
  EXPECT_EQ(FactsOfVerdict(verdict, true).issuer(), v1::KNOWN_YES);
  EXPECT_EQ(FactsOfVerdict(verdict, true).in_force(), v1::KNOWN_UNSPECIFIED);
  EXPECT_EQ(FactsOfVerdict(verdict, true).subject(), v1::KNOWN_UNSPECIFIED);
  check("status", authenticity::v1::CHECK_OUTCOME_FAIL);
  check("seal", authenticity::v1::CHECK_OUTCOME_FAIL);
  EXPECT_EQ(FactsOfVerdict(verdict, true).in_force(), v1::KNOWN_NO);
  EXPECT_EQ(FactsOfVerdict(verdict, true).integrity(), v1::KNOWN_NO);
}

TEST(CaseFacts, OfARegisterThatDoesNotSpeakForTheIssuerSayOnlyThatItWasRevoked) {
  using authenticity::v1::CHECK_OUTCOME_FAIL;
  using authenticity::v1::CHECK_OUTCOME_PASS;
  for (const auto outcome : {CHECK_OUTCOME_PASS, CHECK_OUTCOME_FAIL}) {
    authenticity::v1::AuthenticityVerdict verdict;
    for (const char* name : {"register", "status"}) {
      authenticity::v1::Check* check = verdict.add_checks();
      check->set_name(name);
      check->set_outcome(outcome);
    }
    authenticity::v1::Check* validity = verdict.add_checks();
    validity->set_name("validity");
    validity->set_outcome(CHECK_OUTCOME_PASS);
    const v1::AuthenticityFacts facts = FactsOfVerdict(verdict, false);
    EXPECT_EQ(facts.integrity(), v1::KNOWN_UNSPECIFIED);
    EXPECT_EQ(facts.issuer(), v1::KNOWN_UNSPECIFIED);
    EXPECT_EQ(facts.in_force(), outcome == CHECK_OUTCOME_PASS ? v1::KNOWN_UNSPECIFIED : v1::KNOWN_NO);
    EXPECT_NE(FactsOfVerdict(verdict, true).integrity(), v1::KNOWN_UNSPECIFIED);
    EXPECT_NE(FactsOfVerdict(verdict, true).in_force(), v1::KNOWN_UNSPECIFIED);
  }
}

TEST(CaseFacts, OfRegistersAreThoseOfTheDayOfTheAward) {
  trust::v1::AccreditationData data;
  trust::v1::AccreditedProvider* provider = data.add_providers();
  provider->set_id("p");
  provider->add_identifiers("deqar:DEQARINST9101");
  trust::v1::QualityReport* report = data.add_reports();
  report->set_id("deqar:report/1");
  report->set_source("deqar");
  report->add_providers("p");
  report->set_decision(trust::v1::QUALITY_DECISION_WITH_CONDITIONS);
  report->set_status(trust::v1::QUALITY_STATUS_OBLIGATORY);
  report->mutable_valid_from()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2013, 9, 27), absl::UTCTimeZone())));
  report->mutable_valid_to()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2019, 9, 30), absl::UTCTimeZone())));
  const auto index = trust::AccreditationIndex::Make(data).value();
  v1::CaseFacts facts;
  facts.mutable_provider()->add_identifiers("deqar:DEQARINST9101");
  const struct {
    const char* day;
    v1::QualityCoverage coverage;
  } rows[] = {{"2017-06-30", v1::QUALITY_COVERAGE_WITH_CONDITIONS},
              {"2019-09-30", v1::QUALITY_COVERAGE_WITH_CONDITIONS},  // the last day counts (G3)
              {"2019-10-01", v1::QUALITY_COVERAGE_NOT_COVERED},
              {"", v1::QUALITY_COVERAGE_UNSPECIFIED}};
  for (const auto& row : rows) {
    facts.mutable_credential()->set_award_date(row.day);
    const v1::QualityFacts quality = FactsOfRegisters(*index, facts);
    EXPECT_EQ(quality.coverage(), row.coverage) << row.day;
  }
  facts.mutable_credential()->set_award_date("2017-06-30");
  EXPECT_EQ(FactsOfRegisters(*index, facts).obligatory(), v1::KNOWN_YES);
  EXPECT_EQ(FactsOfRegisters(*index, facts).agency_registered(), v1::KNOWN_YES);
  facts.mutable_provider()->set_identifiers(0, "deqar:DEQARINST9999");
  EXPECT_EQ(FactsOfRegisters(*index, facts).coverage(), v1::QUALITY_COVERAGE_UNSPECIFIED);
}

// The reports of DEQARINST9101 to 9107, from the least in the way of an automatic decision to the most: covered, with
// conditions, flagged, voluntary, found and over, negative. Of 9107 there is none.
trust::v1::AccreditationData ReportsOfSeven() {
  const auto seconds = [](int year) {
    return absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(year, 1, 1), absl::UTCTimeZone()));
  };
  trust::v1::AccreditationData data;
  for (int i = 1; i <= 7; ++i) {
    trust::v1::AccreditedProvider* const provider = data.add_providers();
    provider->set_id(absl::StrCat("p", i));
    provider->add_identifiers(absl::StrCat("deqar:DEQARINST910", i));
    if (i == 7) break;
    trust::v1::QualityReport* const report = data.add_reports();
    report->set_id(absl::StrCat("report/", i));
    report->set_source("deqar");
    report->add_providers(provider->id());
    report->set_decision(i == 2   ? trust::v1::QUALITY_DECISION_WITH_CONDITIONS
                         : i == 6 ? trust::v1::QUALITY_DECISION_NEGATIVE
                                  : trust::v1::QUALITY_DECISION_POSITIVE);
    report->set_high_flag(i == 3);
    report->set_status(i == 4 ? trust::v1::QUALITY_STATUS_VOLUNTARY : trust::v1::QUALITY_STATUS_OBLIGATORY);
    report->mutable_valid_from()->set_seconds(seconds(2010));
    report->mutable_valid_to()->set_seconds(seconds(i == 5 ? 2015 : 2030));
  }
  return data;
}

TEST(CaseFacts, OfAJointAwardAreThoseOfTheBodyThatIsTheLeastAssured) {
  const auto index = trust::AccreditationIndex::Make(ReportsOfSeven()).value();
  const struct {
    std::vector<const char*> bodies;  // the last digit of each; "" is a body without an identifier
    v1::QualityCoverage coverage;
    const char* report;
  } rows[] = {
      {{"1", "1"}, v1::QUALITY_COVERAGE_COVERED, "report/1"},
      {{"1", "2"}, v1::QUALITY_COVERAGE_WITH_CONDITIONS, "report/2"},
      {{"2", "1"}, v1::QUALITY_COVERAGE_WITH_CONDITIONS, "report/2"},
      {{"2", "4"}, v1::QUALITY_COVERAGE_COVERED, "report/4"},  // a voluntary one feeds no automatic rule
      {{"4", "2"}, v1::QUALITY_COVERAGE_COVERED, "report/4"},
      {{"1", "5"}, v1::QUALITY_COVERAGE_NOT_COVERED, "report/5"},
      {{"6", "1"}, v1::QUALITY_COVERAGE_NOT_COVERED, "report/6"},
      {{"1", "7"}, v1::QUALITY_COVERAGE_UNSPECIFIED, ""},
      {{"7", "4"}, v1::QUALITY_COVERAGE_UNSPECIFIED, ""},
      {{"7", "5"}, v1::QUALITY_COVERAGE_NOT_COVERED, "report/5"},
      {{"1", "9"}, v1::QUALITY_COVERAGE_UNSPECIFIED, ""},  // no register knows it
      {{"1", ""}, v1::QUALITY_COVERAGE_UNSPECIFIED, ""},
      {{"1", "2", "5"}, v1::QUALITY_COVERAGE_NOT_COVERED, "report/5"},
  };
  for (const auto& row : rows) {
    v1::CaseFacts facts;
    facts.mutable_credential()->set_award_date("2020-06-30");
    for (const std::string body : row.bodies) {
      v1::AwardingBodyFacts* const one = facts.mutable_provider()->add_bodies();
      if (body.empty()) continue;
      one->add_identifiers(absl::StrCat("deqar:DEQARINST910", body));
      facts.mutable_provider()->add_identifiers(one->identifiers(0));
    }
    const v1::QualityFacts quality = FactsOfRegisters(*index, facts);
    EXPECT_EQ(quality.coverage(), row.coverage) << facts.provider().ShortDebugString();
    EXPECT_EQ(quality.report(), row.report) << facts.provider().ShortDebugString();
  }
}

// Bodies are kept apart where several made the award, in whatever way the document says so.
TEST(CaseFacts, OfADocumentKeepTheBodiesOfAJointAwardApart) {
  const auto read = elm::Read(Bytes(DataPath("cases/20-norwegian-document/credential.json")));
  ASSERT_OK(read.status());
  const elm::v3::EuropeanDigitalCredential& alone = read->credential;
  const auto awarded = [](elm::v3::EuropeanDigitalCredential& credential) {
    return credential.mutable_credential_subject()
        ->mutable_person()
        ->mutable_has_claim(0)
        ->mutable_learning_achievement()
        ->mutable_awarded_by();
  };
  const auto add_body = [](const char* vat, elm::v3::AwardingProcess* award) {
    elm::v3::Organisation* const body = award->add_awarding_body()->mutable_organisation();
    if (*vat != '\0') body->add_vat_identifier()->set_notation(vat);
  };
  const auto bodies = [](const elm::v3::EuropeanDigitalCredential& credential) {
    const v1::CaseFacts facts = FactsOfDocument(credential, {});
    std::vector<std::string> found;
    for (const v1::AwardingBodyFacts& body : facts.provider().bodies()) {
      found.push_back(absl::StrJoin(body.identifiers(), " "));
    }
    return found;
  };
  EXPECT_TRUE(bodies(alone).empty()) << "one body is no joint award";
  elm::v3::EuropeanDigitalCredential joint = alone;
  awarded(joint)->clear_awarding_body();
  add_body("NO1", awarded(joint));
  add_body("LT2", awarded(joint));
  add_body("NO1", awarded(joint));
  EXPECT_EQ(bodies(joint), (std::vector<std::string>{"vat:NO1", "vat:LT2"}));
  // A body of which nothing but that it took part is known is one that nothing can be found out about.
  elm::v3::EuropeanDigitalCredential unnamed = joint;
  add_body("", awarded(unnamed));
  EXPECT_EQ(bodies(unnamed), (std::vector<std::string>{"vat:NO1", "vat:LT2", ""}));
  // Two achievements, each of a body of its own.
  elm::v3::EuropeanDigitalCredential two = joint;
  elm::v3::Person& person = *two.mutable_credential_subject()->mutable_person();
  *person.add_has_claim() = person.has_claim(0);
  person.mutable_has_claim(1)->mutable_learning_achievement()->set_id("urn:achievement:second");
  elm::v3::AwardingProcess* const second =
      person.mutable_has_claim(1)->mutable_learning_achievement()->mutable_awarded_by();
  second->set_id("urn:award:second");
  second->clear_awarding_body();
  add_body("LV3", second);
  EXPECT_EQ(bodies(two), (std::vector<std::string>{"vat:NO1", "vat:LT2", "vat:LV3"}));
}

TEST(CheckPolicyRules, RefusesWhatCannotBeUsedAtItsPlace) {
  using P = v1::RecognitionPolicy;
  const struct {
    const char* name;
    std::function<void(P&)> change;
    const char* place;
  } rows[] = {
      {"country", [](P& p) { p.set_country("Bulgaria"); }, "country"},
      {"no day", [](P& p) { p.clear_in_force_from(); }, "in_force_from"},
      {"end before beginning", [](P& p) { p.set_in_force_until("2025-01-01"); }, "in_force_until"},
      {"no legal base", [](P& p) { p.clear_legal_base(); }, "legal_base"},
      {"Greece and the convention (L13)", [](P& p) { p.set_country("GR"); }, "legal_base"},
      {"Greece by its other code", [](P& p) { p.set_country("EL"); }, "legal_base"},
      {"no appeal", [](P& p) { p.clear_appeal(); }, "appeal"},
      {"five months", [](P& p) { p.mutable_procedure()->set_limit_months(5); }, "procedure.limit_months"},
      {"no version of the procedure", [](P& p) { p.mutable_procedure()->clear_version(); }, "procedure.version"},
      {"appeal in months and days",
       [](P& p) {
         auto* limit = p.mutable_procedure()->add_appeal_limits();
         limit->set_country("NL");
         limit->set_months(1);
         limit->set_days(30);
       },
       "procedure.appeal_limits[0].months"},
      {"agreement of one", [](P& p) { p.mutable_agreements(0)->mutable_parties()->DeleteSubrange(1, 5); },
       "agreements[0].parties"},
      {"agreement without kinds", [](P& p) { p.mutable_agreements(0)->clear_kinds(); }, "agreements[0].kinds"},
      {"agreement without a day", [](P& p) { p.mutable_agreements(0)->clear_from(); }, "agreements[0].from"},
      {"agreement twice", [](P& p) { p.mutable_agreements(1)->set_id("bb"); }, "agreements[1].id"},
      {"authenticity left out", [](P& p) { p.mutable_automatic()->mutable_rules()->DeleteSubrange(3, 1); },
       "automatic.rules"},
      {"rule that there is not", [](P& p) { p.mutable_automatic()->add_rules("R-A12"); }, "automatic.rules[11]"},
      {"rule twice", [](P& p) { p.mutable_automatic()->add_rules("R-A01"); }, "automatic.rules[11]"},
      {"level nine", [](P& p) { p.mutable_automatic()->set_required_eqf_level(9); }, "automatic.required_eqf_level"},
      {"a node without an id", [](P& p) { p.mutable_automatic()->add_applicant_identified_by_nodes(""); },
       "automatic.applicant_identified_by_nodes[0]"},
      {"a node twice",
       [](P& p) {
         p.mutable_automatic()->add_applicant_identified_by_nodes("LT");
         p.mutable_automatic()->add_applicant_identified_by_nodes("LT");
       },
       "automatic.applicant_identified_by_nodes[1]"},
      {"comparison rule that there is not", [](P& p) { p.mutable_comparison()->mutable_rules(0)->set_rule("R-C08"); },
       "comparison.rules[0].rule"},
      {"no units", [](P& p) { p.mutable_comparison()->clear_units(); }, "comparison.units"},
      {"unit without credits", [](P& p) { p.mutable_comparison()->mutable_units(0)->set_ects("five"); },
       "comparison.units[0].ects"},
      {"outcome without address",
       [](P& p) { p.mutable_comparison()->mutable_units(0)->mutable_outcomes(1)->clear_uri(); },
       "comparison.units[0].outcomes[1].uri"},
      {"tolerance", [](P& p) { p.mutable_comparison()->set_workload_tolerance("-1"); },
       "comparison.workload_tolerance"},
      {"made good without a condition",
       [](P& p) { p.mutable_comparison()->mutable_rules(0)->set_can_be_made_good(true); }, "comparison.condition"},
      {"level beside the comparison", [](P& p) { p.set_minimum_eqf_level(6); }, "minimum_eqf_level"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    v1::RecognitionPolicy policy = Vectors();
    ASSERT_OK(CheckPolicy(policy));
    row.change(policy);
    EXPECT_THAT(CheckPolicy(policy), HasReasonAt(Reason::kConfigInvalid, row.place));
  }
}

}  // namespace
}  // namespace passerelle::recognition
