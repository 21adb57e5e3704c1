#include "core/catalogue/provider_policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "google/protobuf/text_format.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;

v1::ProviderList Listed(const std::string& text) {
  v1::ProviderList list;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &list)) << text;
  return list;
}

// One provider with a policy that is about credit, and demands this.
v1::ProviderList Demanding(const std::string& demands) {
  return Listed(absl::StrCat(
      "providers { id: 'p' country: 'NO' type: 'HEI' policy { version: '1' link: 'https://p.example/policy' "
      "purposes: ACCEPTANCE_PURPOSE_CREDIT ",
      demands, " } }"));
}

// 5 ECTS credits of EQF level 6 in field 0613, for credit.
PolicyQuestion Question() {
  PolicyQuestion question;
  question.purpose = v1::ACCEPTANCE_PURPOSE_CREDIT;
  question.eqf_level = 6;
  question.credits = "5";
  question.field = "0613";
  question.day = "2026-06-01";
  return question;
}

// "p ACCEPTS 1 https://p.example/policy", with what is open or lacking behind it.
std::vector<std::string> Answers(const v1::ProviderList& list, const PolicyQuestion& question) {
  const auto answers = WhoAccepts(list, question);
  EXPECT_OK(answers);
  std::vector<std::string> lines;
  for (const PolicyAnswer& answer : answers.value_or(std::vector<PolicyAnswer>())) {
    lines.push_back(absl::StrCat(answer.provider.id(), " ", AcceptanceWord(answer.acceptance)));
    if (answer.provider.has_policy()) {
      absl::StrAppend(&lines.back(), " ", answer.provider.policy().version(), " ", answer.provider.policy().link());
    }
    if (!answer.why.empty()) absl::StrAppend(&lines.back(), ": ", absl::StrJoin(answer.why, "; "));
  }
  return lines;
}

TEST(ProviderPoliciesTest, WhoAcceptsACredentialForCredit) {
  const v1::ProviderList list = Listed(R"(
    providers { id: 'silent' country: 'NL' }
    providers { id: 'strict' country: 'NL' policy { version: '7' link: 'https://strict.example/p'
      purposes: ACCEPTANCE_PURPOSE_CREDIT least_credits: '10' } }
    providers { id: 'open' country: 'BG' policy { version: '3' link: 'https://open.example/p'
      purposes: ACCEPTANCE_PURPOSE_CREDIT quality_schemes: QUALITY_ASSURANCE_SCHEME_ESG } }
    providers { id: 'b' country: 'SE' policy { version: '2' link: 'https://b.example/p'
      purposes: ACCEPTANCE_PURPOSE_CREDIT least_eqf_level: 5 least_credits: '3' fields: '06' } }
    providers { id: 'a' country: 'SE' policy { version: '1' link: 'https://a.example/p'
      purposes: ACCEPTANCE_PURPOSE_ACCESS purposes: ACCEPTANCE_PURPOSE_CREDIT } })");
  EXPECT_THAT(Answers(list, Question()),
              ElementsAre("a ACCEPTS 1 https://a.example/p", "b ACCEPTS 2 https://b.example/p",
                          "open OPEN 3 https://open.example/p: quality assurance of a kind that the policy accepts is "
                          "not stated",
                          "strict DOES_NOT_ACCEPT 7 https://strict.example/p: 10 ECTS credits at least",
                          "silent NOT_PUBLISHED: policy: not published"));
  PolicyQuestion question = Question();
  question.country = "SE";
  question.purpose = v1::ACCEPTANCE_PURPOSE_ACCESS;
  EXPECT_THAT(Answers(list, question),
              ElementsAre("a ACCEPTS 1 https://a.example/p",
                          "b DOES_NOT_ACCEPT 2 https://b.example/p: the policy is not about this purpose"));
}

struct Row {
  const char* name;
  const char* demands;
  std::function<void(PolicyQuestion*)> change;
  const char* acceptance;
};

TEST(ProviderPoliciesTest, EveryDemandIsMetLackingOrOpen) {
  const auto as_it_is = [](PolicyQuestion*) {};
  const auto no_level = [](PolicyQuestion* q) { q->eqf_level = 0; };
  const auto field = [](const char* code) { return [code](PolicyQuestion* q) { q->field = code; }; };
  const auto awarded = [](const char* day) { return [day](PolicyQuestion* q) { q->awarded = day; }; };
  const auto quality = [](v1::QualityAssuranceScheme scheme) {
    return [scheme](PolicyQuestion* q) { q->quality_schemes = {v1::QUALITY_ASSURANCE_SCHEME_LABEL, scheme}; };
  };
  const char* const esg =
      "quality_schemes: QUALITY_ASSURANCE_SCHEME_EQAVET quality_schemes: QUALITY_ASSURANCE_SCHEME_ESG";
  const Row rows[] = {
      {"nothing demanded, nothing stated", "",
       [](PolicyQuestion* q) { *q = {q->purpose, "", 0, "", "", "", {}, q->day}; }, "ACCEPTS"},
      {"the least level", "least_eqf_level: 6", as_it_is, "ACCEPTS"},
      {"a level below", "least_eqf_level: 7", as_it_is, "DOES_NOT_ACCEPT"},
      {"the highest level", "most_eqf_level: 6", as_it_is, "ACCEPTS"},
      {"a level above", "most_eqf_level: 5", as_it_is, "DOES_NOT_ACCEPT"},
      {"no level", "most_eqf_level: 5", no_level, "OPEN"},
      {"the least credits", "least_credits: '5.0'", as_it_is, "ACCEPTS"},
      {"fewer credits", "least_credits: '5.000001'", as_it_is, "DOES_NOT_ACCEPT"},
      {"no credits", "least_credits: '5'", [](PolicyQuestion* q) { q->credits.clear(); }, "OPEN"},
      {"the field", "fields: '01' fields: '0613'", as_it_is, "ACCEPTS"},
      {"a field below", "fields: '061'", as_it_is, "ACCEPTS"},
      {"another field", "fields: '062'", as_it_is, "DOES_NOT_ACCEPT"},
      {"a broader field", "fields: '0613'", field("06"), "OPEN"},
      {"no field", "fields: '0613'", field(""), "OPEN"},
      {"quality assurance of a kind", esg, quality(v1::QUALITY_ASSURANCE_SCHEME_ESG), "ACCEPTS"},
      {"of another kind, which does not say that this one is missing", esg,
       quality(v1::QUALITY_ASSURANCE_SCHEME_INTERNAL), "OPEN"},
      {"none stated", esg, as_it_is, "OPEN"},
      {"the anniversary", "years_max: 5", awarded("2021-06-01"), "ACCEPTS"},
      {"a day later", "years_max: 5", awarded("2021-05-31"), "DOES_NOT_ACCEPT"},
      {"no day", "years_max: 5", as_it_is, "OPEN"},
      {"lacking goes before open", "least_credits: '10' fields: '0613'", field(""), "DOES_NOT_ACCEPT"},
      {"the last day of the policy", "valid_from: '2026-06-01' valid_until: '2026-06-01'", as_it_is, "ACCEPTS"},
      {"before its first day", "valid_from: '2026-06-02'", as_it_is, "NOT_PUBLISHED"},
      {"after its last day", "valid_until: '2026-05-31'", as_it_is, "NOT_PUBLISHED"},
  };
  for (const Row& row : rows) {
    PolicyQuestion question = Question();
    row.change(&question);
    const auto answers = WhoAccepts(Demanding(row.demands), question);
    ASSERT_OK(answers) << row.name;
    ASSERT_EQ(answers->size(), 1u);
    EXPECT_EQ(AcceptanceWord((*answers)[0].acceptance), row.acceptance) << row.name;
    EXPECT_EQ((*answers)[0].why.empty(), std::string(row.acceptance) == "ACCEPTS") << row.name;
  }
}

TEST(ProviderPoliciesTest, ListsThatCannotBeUsedAreRefusedAtTheirPlace) {
  const std::pair<const char*, const char*> rows[] = {
      {"process: 'by post'", "providers[0].policy.process"},
      {"least_eqf_level: 9", "providers[0].policy.least_eqf_level"},
      {"least_eqf_level: 6 most_eqf_level: 5", "providers[0].policy.most_eqf_level"},
      {"least_credits: 'five'", "providers[0].policy.least_credits"},
      {"fields: '06' fields: 'law'", "providers[0].policy.fields[1]"},
      {"fields: ''", "providers[0].policy.fields[0]"},
      {"purposes: ACCEPTANCE_PURPOSE_UNSPECIFIED", "providers[0].policy.purposes"},
      {"quality_schemes: QUALITY_ASSURANCE_SCHEME_UNSPECIFIED", "providers[0].policy.quality_schemes"},
      {"valid_from: 'soon'", "providers[0].policy.valid_from"},
      {"valid_until: '2026-02-30'", "providers[0].policy.valid_until"},
  };
  EXPECT_OK(CheckProviders(Demanding("")));
  for (const auto& [demands, place] : rows) {
    EXPECT_THAT(CheckProviders(Demanding(demands)), HasReasonAt(Reason::kConfigInvalid, place)) << demands;
  }
  for (const char* field : {"version", "link", "purposes"}) {
    v1::ProviderList list = Demanding("");
    v1::AcceptancePolicy* const policy = list.mutable_providers(0)->mutable_policy();
    policy->GetReflection()->ClearField(policy, policy->GetDescriptor()->FindFieldByName(field));
    EXPECT_THAT(CheckProviders(list), HasReasonAt(Reason::kConfigInvalid, absl::StrCat("providers[0].policy.", field)));
  }
  v1::ProviderList list = Demanding("");
  list.mutable_providers(0)->mutable_policy()->set_link("see our page");
  EXPECT_THAT(CheckProviders(list), HasReasonAt(Reason::kConfigInvalid, "providers[0].policy.link"));
  EXPECT_THAT(CheckProviders(Listed("providers { }")), HasReasonAt(Reason::kConfigInvalid, "providers[0].id"));
  EXPECT_THAT(CheckProviders(Listed("providers { id: 'p' } providers { id: 'p' }")),
              HasReasonAt(Reason::kConfigInvalid, "providers[1].id"));
  EXPECT_THAT(CheckProviders(Listed("providers { id: 'p' type: 'SCHOOL' }")),
              HasReasonAt(Reason::kConfigInvalid, "providers[0].type"));
}

TEST(ProviderPoliciesTest, QuestionsThatMakeNoSenseAreRefused) {
  const auto asked = [](const std::function<void(PolicyQuestion*)>& change) {
    PolicyQuestion question = Question();
    change(&question);
    return WhoAccepts(Demanding(""), question);
  };
  EXPECT_THAT(asked([](PolicyQuestion* q) { q->purpose = v1::ACCEPTANCE_PURPOSE_UNSPECIFIED; }),
              HasReason(Reason::kFieldMissing));
  EXPECT_THAT(asked([](PolicyQuestion* q) { q->eqf_level = 9; }), HasReasonAt(Reason::kFieldInvalid, "eqf_level"));
  EXPECT_THAT(asked([](PolicyQuestion* q) { q->credits = "-5"; }), HasReasonAt(Reason::kFieldInvalid, "credits"));
  EXPECT_THAT(asked([](PolicyQuestion* q) { q->field = "06132"; }), HasReasonAt(Reason::kFieldInvalid, "field"));
  EXPECT_THAT(asked([](PolicyQuestion* q) { q->awarded = "2021"; }), HasReasonAt(Reason::kFieldInvalid, "awarded"));
  EXPECT_THAT(asked([](PolicyQuestion* q) { q->day = ""; }), HasReasonAt(Reason::kFieldInvalid, "day"));
}

}  // namespace
}  // namespace passerelle::catalogue
