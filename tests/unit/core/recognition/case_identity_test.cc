// Whose word is taken for it that the applicant is the person whom the document is about.

#include "core/elm/codec.h"
#include "tests/unit/core/recognition/case_fixture.h"

namespace passerelle::recognition {
namespace {

using ::testing::HasSubstr;

v1::RecognitionPolicy Believing(const std::vector<std::string>& nodes) {
  v1::RecognitionPolicy policy;
  policy.set_id("bg-level");
  policy.set_version("2030-01-01");
  policy.set_competent_authority("Recognition authority");
  policy.set_country("BG");
  policy.add_purposes(sharing::v1::PURPOSE_RECOGNITION);
  policy.set_authenticity_required(true);
  policy.mutable_automatic()->add_rules("R-A04");
  for (const std::string& node : nodes) policy.mutable_automatic()->add_applicant_identified_by_nodes(node);
  return policy;
}

// A course that states how it was learnt, so that the automatic rules are judged.
std::string AssessedCourse() {
  elm::v3::EuropeanDigitalCredential credential = passerelle::testing::MakeCredential();
  elm::v3::LearningAchievement& course =
      *credential.mutable_credential_subject()->mutable_person()->mutable_has_claim(0)->mutable_learning_achievement();
  course.add_proven_by()->set_id("urn:assessment:1");
  course.mutable_specified_by()->mutable_qualification()->mutable_learning_setting()->set_id(
      "http://data.europa.eu/snb/learning-setting/6fd4685715");
  return elm::Write(credential);
}

// The application comes from IT, and the document is of NO.
struct IdentityRow {
  std::vector<std::string> believed;
  const char* subject;
  const char* source;
};

class ApplicantIdentity : public CaseFixture, public ::testing::WithParamInterface<IdentityRow> {
 protected:
  ApplicantIdentity() : CaseFixture({Believing(GetParam().believed)}) {}
};

TEST_P(ApplicantIdentity, IsBelievedOfTheNodesThatThePolicyNamesAndOfNoOther) {
  const std::string document = AssessedCourse();
  norway_.reg.Issue("no-8", document);
  const std::string id = Submit(Request(document));
  network_.Run();
  const v1::RecognitionCase checked = Authoritys(id);
  v1::RuleInput found;
  for (const v1::RuleResult& rule : checked.procedure().evaluation().rules()) {
    if (rule.rule() != "R-A04") continue;
    for (const v1::RuleInput& input : rule.inputs()) {
      if (input.name() == "authenticity.subject") found = input;
    }
  }
  EXPECT_EQ(found.name(), "authenticity.subject") << "the rule was judged";
  EXPECT_EQ(found.value(), GetParam().subject);
  EXPECT_THAT(found.source(), HasSubstr(GetParam().source));
}

constexpr char kWord[] = "the policy takes the word of node IT";
INSTANTIATE_TEST_SUITE_P(Nodes, ApplicantIdentity,
                         ::testing::Values(IdentityRow{{"IT"}, "yes", kWord}, IdentityRow{{"NO", "IT"}, "yes", kWord},
                                           IdentityRow{{}, "", "verdict"}, IdentityRow{{"NO"}, "", "verdict"},
                                           IdentityRow{{"BG"}, "", "verdict"}, IdentityRow{{"it"}, "", "verdict"},
                                           IdentityRow{{"I"}, "", "verdict"}, IdentityRow{{"IT2"}, "", "verdict"},
                                           IdentityRow{{"*"}, "", "verdict"}));

}  // namespace
}  // namespace passerelle::recognition
