#include "core/recognition/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/recognition/policy_report.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::AchievementFacts;
using ::passerelle::testing::CredentialFacts;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEqf5[] = "http://data.europa.eu/snb/eqf/5";
constexpr char kEqf6[] = "http://data.europa.eu/snb/eqf/6";
constexpr char kEqf7[] = "http://data.europa.eu/snb/eqf/7";

v1::RecognitionPolicy Policy(uint32_t level, const std::string& ects) {
  v1::RecognitionPolicy policy;
  policy.set_id("bg-test");
  policy.set_version("2030-01-01");
  policy.set_competent_authority("Recognition authority");
  policy.set_legal_base("Article 7");
  policy.set_appeal("Within a month");
  policy.add_purposes(sharing::v1::PURPOSE_RECOGNITION);
  policy.set_minimum_eqf_level(level);
  policy.set_minimum_ects(ects);
  return policy;
}

Facts FactsOf(std::vector<AchievementFacts> achievements) {
  Facts facts;
  CredentialFacts credential;
  credential.achievements = std::move(achievements);
  facts.credential = passerelle::testing::MakeCredential(credential);
  return facts;
}

TEST(PolicyTest, LevelsAndCreditsAreJudgedByWhatIsStated) {
  struct Row {
    const char* name;
    uint32_t level;
    const char* ects;
    std::vector<AchievementFacts> achievements;
    const char* rules;  // outcomes in order
    v1::CaseState state;
  };
  const AchievementFacts national{kEqf6, {"5"}, "https://credits.example/national"};
  AchievementFacts specified{kEqf6, {}};
  specified.specification_credits = "5";
  AchievementFacts received_less{kEqf6, {"4"}};
  received_less.specification_credits = "5";
  AchievementFacts with_part{kEqf6, {}};
  with_part.parts = {{kEqf7, {"5"}}};
  const std::vector<Row> rows = {
      {"exactly", 6, "5", {{kEqf6, {"5"}}}, "MET MET", v1::CASE_STATE_DECIDED},
      {"above", 5, "4.5", {{kEqf6, {"5"}}}, "MET MET", v1::CASE_STATE_DECIDED},
      {"level below", 7, "5", {{kEqf6, {"5"}}}, "NOT_MET MET", v1::CASE_STATE_EVALUATION},
      {"credits a little below", 6, "5", {{kEqf6, {"4.999999"}}}, "MET NOT_MET", v1::CASE_STATE_EVALUATION},
      {"no level", 6, "5", {{"", {"5"}}}, "UNKNOWN MET", v1::CASE_STATE_INCOMPLETE},
      {"level of another list",
       6,
       "5",
       {{"https://levels.example/6", {"5"}}},
       "UNKNOWN MET",
       v1::CASE_STATE_INCOMPLETE},
      {"the framework is no level",
       6,
       "",
       {{"http://data.europa.eu/snb/eqf/25831c2", {}}},
       "UNKNOWN",
       v1::CASE_STATE_INCOMPLETE},
      {"level nine", 6, "", {{"http://data.europa.eu/snb/eqf/9", {}}}, "UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"no credits", 6, "5", {{kEqf6, {}}}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"credits are no number", 6, "5", {{kEqf6, {"five"}}}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"decimal comma", 6, "5", {{kEqf6, {"7,5"}}}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"credits of another system", 6, "5", {national}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"stated twice alike", 6, "5", {{kEqf6, {"5", "5.0"}}}, "MET MET", v1::CASE_STATE_DECIDED},
      {"stated twice and differently", 6, "5", {{kEqf6, {"5", "50"}}}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"usual credits", 6, "5", {specified}, "MET MET", v1::CASE_STATE_DECIDED},
      {"received less than usual", 6, "5", {received_less}, "MET NOT_MET", v1::CASE_STATE_EVALUATION},
      {"parts are not added to the whole", 6, "5", {with_part}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"two together", 6, "5", {{kEqf6, {"2.5"}}, {kEqf7, {"2.5"}}}, "MET MET", v1::CASE_STATE_DECIDED},
      {"two, one below", 6, "5", {{kEqf7, {"2.5"}}, {kEqf5, {"2.5"}}}, "NOT_MET MET", v1::CASE_STATE_EVALUATION},
      {"two, one below and one unknown", 6, "", {{"", {}}, {kEqf5, {}}}, "NOT_MET", v1::CASE_STATE_EVALUATION},
      {"two, one unknown", 6, "5", {{kEqf6, {"2"}}, {kEqf6, {}}}, "MET UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"two, one unknown but enough", 6, "5", {{kEqf6, {"5"}}, {kEqf6, {}}}, "MET MET", v1::CASE_STATE_DECIDED},
      {"nothing learnt", 6, "5", {}, "UNKNOWN UNKNOWN", v1::CASE_STATE_INCOMPLETE},
      {"unmet beside unknown", 7, "5", {{kEqf6, {}}}, "NOT_MET UNKNOWN", v1::CASE_STATE_EVALUATION},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    const v1::RecognitionPolicy policy = Policy(row.level, row.ects);
    ASSERT_OK(CheckPolicy(policy));
    const v1::Evaluation evaluation = Evaluate(policy, FactsOf(row.achievements));
    std::vector<absl::string_view> rules;
    for (const v1::RuleResult& rule : evaluation.rules()) {
      rules.push_back(RuleWord(rule.outcome()));
      EXPECT_NE(rule.required(), "");
      EXPECT_NE(rule.explanation(), "");
    }
    EXPECT_EQ(absl::StrJoin(rules, " "), row.rules);
    EXPECT_EQ(evaluation.proposed_state(), row.state);
    EXPECT_EQ(evaluation.policy_id(), "bg-test");
    EXPECT_EQ(evaluation.policy_version(), "2030-01-01");
  }
}

TEST(PolicyTest, AnAchievementThatIsPointedAtTwiceCountsOnce) {
  Facts facts = FactsOf({{kEqf6, {"3"}}});
  elm::v3::Person* person = facts.credential->mutable_credential_subject()->mutable_person();
  person->mutable_has_claim(0)->mutable_learning_achievement()->set_id("urn:achievement:1");
  person->add_has_claim()->mutable_learning_achievement()->set_id("urn:achievement:1");
  const v1::Evaluation evaluation = Evaluate(Policy(0, "5"), facts);
  ASSERT_EQ(evaluation.rules_size(), 1);
  EXPECT_EQ(evaluation.rules(0).outcome(), v1::RULE_OUTCOME_NOT_MET) << evaluation.rules(0).explanation();
}

TEST(PolicyTest, RequiredElementsAreThereOrUnknownNeverUnmet) {
  using document::v1::ElementStatus;
  struct Row {
    ElementStatus status;
    v1::RuleOutcome outcome;
    const char* found;
  };
  for (const Row& row : {Row{document::v1::ELEMENT_STATUS_STATED, v1::RULE_OUTCOME_MET, "stated"},
                         Row{document::v1::ELEMENT_STATUS_DERIVED, v1::RULE_OUTCOME_MET, "derived"},
                         Row{document::v1::ELEMENT_STATUS_TEXT, v1::RULE_OUTCOME_MET, "text"},
                         Row{document::v1::ELEMENT_STATUS_WITHHELD, v1::RULE_OUTCOME_UNKNOWN, "withheld"},
                         Row{document::v1::ELEMENT_STATUS_BY_REFERENCE, v1::RULE_OUTCOME_UNKNOWN, "by_reference"},
                         Row{document::v1::ELEMENT_STATUS_MISSING, v1::RULE_OUTCOME_UNKNOWN, "missing"},
                         Row{document::v1::ELEMENT_STATUS_UNSPECIFIED, v1::RULE_OUTCOME_UNKNOWN, "missing"}}) {
    v1::RecognitionPolicy policy = Policy(0, "");
    policy.add_required_elements("A1-M01");
    Facts facts;
    document::v1::AnnexOneElement* element = facts.annex_one.add_elements();
    element->set_element("A1-M01");
    element->set_status(row.status);
    element->set_value("Ingrid Solbakken");
    const v1::Evaluation evaluation = Evaluate(policy, facts);
    ASSERT_EQ(evaluation.rules_size(), 1);
    const v1::RuleResult& rule = evaluation.rules(0);
    EXPECT_EQ(rule.rule(), "required-element-A1-M01");
    EXPECT_EQ(rule.outcome(), row.outcome) << row.found;
    EXPECT_EQ(rule.found(), row.found);
    EXPECT_THAT(rule.required(), HasSubstr("Identification of the learner"));
    // The learner's name is what the element says, and goes nowhere.
    EXPECT_THAT(MakeOutcome(policy, evaluation).DebugString(), Not(HasSubstr("Ingrid")));
  }
  // An element that no report mentions is not there either.
  v1::RecognitionPolicy policy = Policy(0, "");
  policy.add_required_elements("A1-O03");
  EXPECT_EQ(Evaluate(policy, Facts()).rules(0).outcome(), v1::RULE_OUTCOME_UNKNOWN);
}

TEST(PolicyTest, AuthenticityIsMetUnmetOrUnknownAsTheVerdictIs) {
  v1::RecognitionPolicy policy = Policy(0, "");
  policy.set_authenticity_required(true);
  struct Row {
    authenticity::v1::Verdict verdict;
    authenticity::v1::CheckOutcome in_register;
    const char* reason;
    v1::RuleOutcome outcome;
    const char* explanation;
  };
  for (const Row& row : std::vector<Row>{
           {authenticity::v1::VERDICT_AUTHENTIC, authenticity::v1::CHECK_OUTCOME_PASS, "REGISTER_CONFIRMS",
            v1::RULE_OUTCOME_MET, "confirms the document"},
           {authenticity::v1::VERDICT_NOT_AUTHENTIC, authenticity::v1::CHECK_OUTCOME_FAIL, "REGISTER_DENIES",
            v1::RULE_OUTCOME_NOT_MET, "knows no document with this digest"},
           {authenticity::v1::VERDICT_CANNOT_BE_ESTABLISHED, authenticity::v1::CHECK_OUTCOME_UNKNOWN,
            "PEER_UNREACHABLE", v1::RULE_OUTCOME_UNKNOWN, "could not be reached"},
           {authenticity::v1::VERDICT_UNSPECIFIED, authenticity::v1::CHECK_OUTCOME_UNKNOWN, "NO_EVIDENCE",
            v1::RULE_OUTCOME_UNKNOWN, "Nothing was at hand"},
       }) {
    Facts facts;
    facts.verdict.set_verdict(row.verdict);
    authenticity::v1::Check* check = facts.verdict.add_checks();
    check->set_name("register");
    check->set_outcome(row.in_register);
    check->set_reason(row.reason);
    const v1::Evaluation evaluation = Evaluate(policy, facts);
    EXPECT_EQ(evaluation.rules(0).outcome(), row.outcome) << row.reason;
    EXPECT_THAT(evaluation.rules(0).explanation(), HasSubstr(row.explanation));
  }
}

TEST(PolicyTest, RulesComeInTheirOrderAndTheSameFactsGiveTheSameBytes) {
  v1::RecognitionPolicy policy = Policy(6, "5");
  policy.add_required_elements("A1-M06");
  policy.add_required_elements("A1-M02");
  policy.set_authenticity_required(true);
  const Facts facts = FactsOf({{kEqf6, {"5"}}});
  const v1::Evaluation evaluation = Evaluate(policy, facts);
  std::vector<std::string> rules;
  for (const v1::RuleResult& rule : evaluation.rules()) rules.push_back(rule.rule());
  EXPECT_THAT(rules, ::testing::ElementsAre("required-element-A1-M06", "required-element-A1-M02", "minimum-eqf-level",
                                            "minimum-ects", "authenticity"));
  EXPECT_EQ(Evaluate(policy, facts).SerializeAsString(), evaluation.SerializeAsString());
}

TEST(PolicyTest, TheOutcomeGivesItsReasonsAndNamesEverythingMissingAtOnce) {
  v1::RecognitionPolicy policy = Policy(6, "5");
  policy.add_required_elements("A1-M06");
  const v1::RecognitionOutcome incomplete = MakeOutcome(policy, Evaluate(policy, FactsOf({{"", {}}})));
  EXPECT_EQ(incomplete.state(), v1::CASE_STATE_INCOMPLETE);
  EXPECT_EQ(incomplete.decision(), v1::DECISION_KIND_UNSPECIFIED);
  ASSERT_EQ(incomplete.missing_size(), 3);
  EXPECT_THAT(incomplete.missing(0), HasSubstr("Learning outcomes"));
  EXPECT_THAT(incomplete.missing(1), HasSubstr("level 6"));
  EXPECT_THAT(incomplete.missing(2), HasSubstr("5 ECTS"));
  EXPECT_EQ(incomplete.reasons_size(), 4);
  EXPECT_EQ(incomplete.legal_base(), "Article 7");
  EXPECT_EQ(incomplete.appeal(), "Within a month");

  policy.clear_required_elements();
  const v1::RecognitionOutcome decided = MakeOutcome(policy, Evaluate(policy, FactsOf({{kEqf6, {"5"}}})));
  EXPECT_EQ(decided.state(), v1::CASE_STATE_DECIDED);
  EXPECT_EQ(decided.decision(), v1::DECISION_KIND_FULL);
  EXPECT_TRUE(decided.missing().empty());

  const v1::RecognitionOutcome open = MakeOutcome(policy, Evaluate(policy, FactsOf({{kEqf5, {"5"}}})));
  EXPECT_EQ(open.state(), v1::CASE_STATE_EVALUATION);
  EXPECT_EQ(open.decision(), v1::DECISION_KIND_UNSPECIFIED);  // what is not met alone refuses nothing
}

TEST(PolicyTest, ADocumentThatCannotBeReadIsIncompleteWithItsReason) {
  const v1::RecognitionPolicy policy = Policy(6, "");
  const v1::RecognitionOutcome outcome =
      MakeOutcome(policy, EvaluateUnreadable(policy, base::Problem(Reason::kXmlDoctype, "line 2")));
  EXPECT_EQ(outcome.state(), v1::CASE_STATE_INCOMPLETE);
  EXPECT_EQ(outcome.evaluation().rules(0).found(), "XML_DOCTYPE");
  EXPECT_EQ(outcome.missing_size(), 1);
}

TEST(PolicyTest, PoliciesThatCannotBeUsedAreRefused) {
  struct Row {
    const char* name;
    std::function<void(v1::RecognitionPolicy&)> change;
    const char* place;
  };
  for (const Row& row : std::vector<Row>{
           {"no id", [](auto& p) { p.clear_id(); }, "id"},
           {"no version", [](auto& p) { p.clear_version(); }, "version"},
           {"no authority", [](auto& p) { p.clear_competent_authority(); }, "competent_authority"},
           {"no purpose", [](auto& p) { p.clear_purposes(); }, "purposes"},
           {"purpose", [](auto& p) { p.add_purposes(sharing::v1::PURPOSE_UNSPECIFIED); }, "purposes[1]"},
           {"future purpose", [](auto& p) { p.add_purposes(static_cast<sharing::v1::Purpose>(55)); }, "purposes[1]"},
           {"element", [](auto& p) { p.add_required_elements("A1-M12"); }, "required_elements[0]"},
           {"empty element", [](auto& p) { p.add_required_elements(""); }, "required_elements[0]"},
           {"element twice",
            [](auto& p) {
              p.add_required_elements("A1-M02");
              p.add_required_elements("A1-M02");
            },
            "required_elements[1]"},
           {"level nine", [](auto& p) { p.set_minimum_eqf_level(9); }, "minimum_eqf_level"},
           {"credits", [](auto& p) { p.set_minimum_ects("7,5"); }, "minimum_ects"},
           {"negative credits", [](auto& p) { p.set_minimum_ects("-1"); }, "minimum_ects"},
           {"asks for nothing",
            [](auto& p) {
              p.set_minimum_eqf_level(0);
              p.clear_minimum_ects();
            },
            "required_elements"},
       }) {
    SCOPED_TRACE(row.name);
    v1::RecognitionPolicy policy = Policy(6, "5");
    ASSERT_OK(CheckPolicy(policy));
    row.change(policy);
    EXPECT_THAT(CheckPolicy(policy), HasReasonAt(Reason::kConfigInvalid, row.place));
  }
}

TEST(PolicyTest, TheReportsSayWhatTheOutcomeSays) {
  const v1::RecognitionPolicy policy = Policy(6, "5");
  const v1::RecognitionOutcome outcome = MakeOutcome(policy, Evaluate(policy, FactsOf({{"", {"5"}}})));
  const std::string json = OutcomeJson(outcome);
  EXPECT_OK(base::JsonDocument::Parse(json));
  EXPECT_THAT(json, HasSubstr(R"("policy":"bg-test","version":"2030-01-01","state":"INCOMPLETE","decision":"")"));
  EXPECT_THAT(json, HasSubstr(R"("rule":"minimum-eqf-level","outcome":"UNKNOWN")"));
  EXPECT_THAT(OutcomeText(outcome), HasSubstr("INCOMPLETE"));
  EXPECT_THAT(OutcomeText(outcome), HasSubstr("needed: "));
  EXPECT_THAT(OutcomeText(outcome), HasSubstr("Against this: Within a month"));
}

}  // namespace
}  // namespace passerelle::recognition
