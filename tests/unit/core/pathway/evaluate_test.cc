#include "core/pathway/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/pathway/amount.h"
#include "core/pathway/evaluation_report.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/pathway/written.h"

namespace passerelle::pathway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEvaluatedOn[] = "2026-01-31";

v1::Evaluation Evaluated(const std::string& rules, absl::string_view items) {
  const absl::StatusOr<v1::Evaluation> evaluation =
      Evaluate(WrittenPathway(rules), {WrittenItems(items), kEvaluatedOn, "", {}});
  EXPECT_OK(evaluation);
  return evaluation.value_or(v1::Evaluation());
}

struct EvaluationRow {
  const char* name;
  const char* rules;
  const char* items;
  const char* summary;
};

void Check(const std::vector<EvaluationRow>& rows) {
  for (const EvaluationRow& row : rows) {
    SCOPED_TRACE(row.name);
    const v1::Evaluation evaluation = Evaluated(row.rules, row.items);
    EXPECT_EQ(Summary(evaluation), row.summary) << EvaluationText(evaluation);
    EXPECT_TRUE(evaluation.assignment_proven());
    EXPECT_FALSE(evaluation.creates_entitlement());
    EXPECT_THAT(evaluation.notice(), HasSubstr("no entitlement"));
  }
}

// 30 credits, 75 % of them and 24 in any case in the theme, 75 % at level 5.
constexpr char kHku[] =
    "rules { id: 'total' min_credits { credits: '30' } }"
    "rules { id: 'theme' min_share { fraction: '0.75' scope { field: '061' } } }"
    "rules { id: 'theme-24' min_share { credits: '24' scope { field: '061' } } }"
    "rules { id: 'level' min_share { fraction: '0.75' scope { least_eqf_level: 5 } } }";

TEST(EvaluateTest, SharesAndAbsoluteNumbersAreTwoRules) {
  Check({
      {"30 credits, 24 in the theme, 24 at level 5", kHku,
       "a c=18 f=0613 l=5 d=2024-01-01; b c=6 f=0613 l=4 d=2024-02-01; c c=6 f=041 l=5 d=2024-03-01",
       "SATISFIED 30 | total=S theme=S theme-24=S level=S | a:COUNTED b:COUNTED c:COUNTED"},
      {"30 with 23 in the theme", kHku, "a c=23 f=0613 l=5 d=2024-01-01; b c=7 f=041 l=5 d=2024-02-01",
       "NOT_SATISFIED 30 | total=S theme=S theme-24=N level=S | a:COUNTED b:COUNTED"},
      {"75 % of 30 is 22.5: 22 are too few", kHku, "a c=22 f=0613 l=5 d=2024-01-01; b c=8 f=041 l=5 d=2024-02-01",
       "NOT_SATISFIED 30 | total=S theme=N theme-24=N level=S | a:COUNTED b:COUNTED"},
      {"a field that is not stated leaves it open", kHku, "a c=23 f=0613 l=5 d=2024-01-01; b c=7 l=5 d=2024-02-01",
       "UNKNOWN 30 | total=S theme=S theme-24=U level=S | a:COUNTED b:COUNTED"},
      {"a broader field leaves it open", kHku, "a c=23 f=0613 l=5 d=2024-01-01; b c=7 f=06 l=5 d=2024-02-01",
       "UNKNOWN 30 | total=S theme=S theme-24=U level=S | a:COUNTED b:COUNTED"},
      {"what would spoil a share is left out", kHku, "a c=30 f=0613 l=5 d=2024-01-01; b c=20 f=041 l=4 d=2024-02-01",
       "SATISFIED 30 | total=S theme=S theme-24=S level=S | a:COUNTED b:NOT_NEEDED"},
  });
  const v1::Evaluation evaluation = Evaluated(kHku, "a c=23 f=0613 l=5 d=2024-01-01; b c=7 f=041 l=5 d=2024-02-01");
  EXPECT_THAT(evaluation.rules(1).have(), HasSubstr("76.6 %"));
  ASSERT_EQ(evaluation.gaps_size(), 1);
  EXPECT_EQ(evaluation.gaps(0).rule_id(), "theme-24");
  EXPECT_EQ(evaluation.gaps(0).missing(), "1 ECTS credits of field 061");
}

constexpr char kSix[] = "rules { id: 'six' min_credits { credits: '6' } }";
constexpr char kTen[] = "rules { id: 'ten' min_credits { credits: '10' } }";

TEST(EvaluateTest, NothingCountsTwice) {
  const std::string half = std::string(kTen) + "rules { id: 'overlap' max_overlap { fraction: '0.5' action: ";
  const std::string exclude = half + "OVERLAP_ACTION_EXCLUDE } }";
  const std::string refer = half + "OVERLAP_ACTION_REFER } }";
  const std::string same_provider = half + "OVERLAP_ACTION_EXCLUDE same_provider: true } }";
  Check({
      {"a bundle and its parts", "rules { id: 'twelve' min_credits { credits: '12' } }",
       "M c=6 d=2024-03-01 parts=M1,M2; M1 c=3 d=2024-01-01; M2 c=3 d=2024-02-01",
       "NOT_SATISFIED 6 | twelve=N | M1:COUNTED M2:COUNTED M:PARTS_COUNTED(M1)"},
      {"a bundle awarded before its parts", "rules { id: 'twelve' min_credits { credits: '12' } }",
       "M c=6 d=2024-01-01 parts=M1,M2; M1 c=3 d=2024-02-01; M2 c=3 d=2024-02-02",
       "NOT_SATISFIED 6 | twelve=N | M:COUNTED M1:PART_OF(M) M2:PART_OF(M)"},
      {"one part is enough", "rules { id: 'three' min_credits { credits: '3' } }",
       "M c=6 d=2024-01-01 parts=M1,M2; M1 c=3 d=2024-02-01; M2 c=3 d=2024-02-02",
       "SATISFIED 3 | three=S | M:PARTS_COUNTED(M1) M1:COUNTED M2:NOT_NEEDED"},
      {"a part of a part", kSix, "M c=6 d=2024-01-01 parts=N; N c=4 d=2024-01-02 parts=O; O c=2 d=2024-01-03",
       "SATISFIED 6 | six=S | M:COUNTED N:PART_OF(M) O:PART_OF(M)"},
      {"parts that state more than the whole", kTen, "M c=6 d=2024-03-01 parts=M1,M2; M1 c=5; M2 c=5",
       "NOT_SATISFIED 6 | ten=N | M:COUNTED M1:PARTS_EXCEED_WHOLE(M) M2:PARTS_EXCEED_WHOLE(M)"},
      {"the same credential twice", kTen, "m c=5; m c=5", "NOT_SATISFIED 5 | ten=N | m:COUNTED m:PRESENTED_TWICE(m)"},
      {"the same course twice", kTen, "a s=x d=2024-01-01; b s=x d=2024-02-01",
       "NOT_SATISFIED 5 | ten=N | a:COUNTED b:SAME_COURSE(a)"},
      {"two versions of a course are two courses", kTen, "a s=x v=1 d=2024-01-01; b s=x v=2 d=2024-02-01",
       "SATISFIED 10 | ten=S | a:COUNTED b:COUNTED"},
      {"the same code of another body", kTen, "a s=x p=one d=2024-01-01; b s=x p=two d=2024-02-01",
       "SATISFIED 10 | ten=S | a:COUNTED b:COUNTED"},
      {"the same code, and one names no body", kTen, "a s=x p=one d=2024-01-01; b s=x p=- d=2024-02-01",
       "UNKNOWN 10 | ten=S no-double-counting=U | a:COUNTED b:COUNTED"},
      {"the same code, and the bodies have identifiers of two schemes", kTen,
       "a s=x p=did:web:one.example d=2024-01-01; b s=x p=schac:one.example d=2024-02-01",
       "UNKNOWN 10 | ten=S no-double-counting=U | a:COUNTED b:COUNTED"},
      {"no course, and the rest is the same", kTen, "a title=Tides d=2024-01-01; b title=Tides d=2024-01-01",
       "UNKNOWN 10 | ten=S no-double-counting=U | a:COUNTED b:COUNTED"},
      {"no course, on another day", kTen, "a title=Tides d=2024-01-01; b title=Tides d=2024-01-02",
       "SATISFIED 10 | ten=S | a:COUNTED b:COUNTED"},
      {"two bundles with a part in common", "rules { id: 'twelve' min_credits { credits: '12' } }",
       "A c=6 d=2024-01-01 parts=M1,M2; B c=6 d=2024-01-02 parts=M2,M3",
       "NOT_SATISFIED 6 | twelve=N | A:COUNTED B:COMMON_PART(A)"},
      {"one identifier, two statements", kTen, "m c=5 d=2024-01-01; m c=30 d=2024-01-01",
       "UNKNOWN 0-30 | ten=U | m:PRESENTED_TWICE(m) m:COUNTED_IF_CONFIRMED"},
      {"the same code, and one names no version", kTen, "a s=x v=1 d=2024-01-01; b s=x d=2024-02-01",
       "UNKNOWN 10 | ten=S no-double-counting=U | a:COUNTED b:COUNTED"},
      {"perhaps the same, and not needed", kTen, "a s=x p=one c=10 d=2024-01-01; b s=x p=- d=2024-02-01",
       "SATISFIED 10 | ten=S no-double-counting=S | a:COUNTED b:NOT_NEEDED"},
      {"superseded", kTen, "a d=2024-01-01; b d=2025-02-01 sup=a",
       "NOT_SATISFIED 5 | ten=N | a:SUPERSEDED(b) b:COUNTED"},
      {"two thirds of the outcomes overlap", exclude.c_str(), "a o=s1,s2,s3 d=2024-01-01; b o=s2,s3,s4 d=2024-02-01",
       "NOT_SATISFIED 5 | ten=N overlap=S | a:COUNTED b:OVERLAP(a)"},
      {"a person decides on the overlap", refer.c_str(), "a o=s1,s2,s3 d=2024-01-01; b o=s2,s3,s4 d=2024-02-01",
       "UNKNOWN 10 | ten=S overlap=U | a:COUNTED b:COUNTED"},
      {"half of the outcomes overlap", exclude.c_str(), "a o=s1,s2 d=2024-01-01; b o=s2,s3 d=2024-02-01",
       "SATISFIED 10 | ten=S overlap=S | a:COUNTED b:COUNTED"},
      {"the smaller set counts", exclude.c_str(), "a o=s1,s2,s3,s4 d=2024-01-01; b o=s1 d=2024-02-01",
       "NOT_SATISFIED 5 | ten=N overlap=S | a:COUNTED b:OVERLAP(a)"},
      {"overlap within one body only", same_provider.c_str(), "a o=s1 p=one d=2024-01-01; b o=s1 p=two d=2024-02-01",
       "SATISFIED 10 | ten=S overlap=S | a:COUNTED b:COUNTED"},
  });
}

TEST(EvaluateTest, ItemsThatCannotCountAndThoseThatAreOpen) {
  const auto with = [](const char* rule) { return absl::StrCat("rules { id: 'r' ", rule, " }", kSix); };
  const std::string authentic = absl::StrCat("authenticity_required: true ", kSix);
  const std::string age = with("max_age { months: 36 }");
  const std::string age_of_field = with("max_age { months: 36 field: '06' }");
  const std::string revoked = with("not_revoked {}");
  const std::string expired = with("not_expired {}");
  const std::string grade = with("min_grade { scheme: 'a-f' accepted: 'A' accepted: 'B' }");
  const std::string esg = with("qa_accepted { schemes: 'ESG' }");
  const std::string strict =
      with("qa_accepted { schemes: 'ESG' schemes: 'EQAVET' obligatory: true accept_conditions: true }");
  const std::string assessed =
      with("assessed { excluded_types: 'quiz' least_supervision: SUPERVISION_UNSUPERVISED_IDENTIFIED }");
  const std::string across = with("exclusive_use { use: EXCLUSIVE_USE_ACROSS_AWARDS }");
  const std::string within = with("exclusive_use { use: EXCLUSIVE_USE_WITHIN_PATHWAY }");
  const char* const open = "UNKNOWN 0-6 | r=U six=U | m:COUNTED_IF_CONFIRMED";
  const char* const counts = "SATISFIED 6 | r=S six=S | m:COUNTED";
  Check({
      {"not authentic", kSix, "m c=6 auth=no", "NOT_SATISFIED 0 | six=N | m:NOT_AUTHENTIC"},
      {"authenticity not asked for", kSix, "m c=6 auth=-", "SATISFIED 6 | six=S | m:COUNTED"},
      {"authenticity open", authentic.c_str(), "m c=6 auth=-", "UNKNOWN 0-6 | six=U | m:COUNTED_IF_CONFIRMED"},
      {"36 months old to the day", age.c_str(), "m c=6 d=2023-01-31", counts},
      {"a day more", age.c_str(), "m c=6 d=2023-01-30", "NOT_SATISFIED 0 | r=S six=N | m:TOO_OLD"},
      {"renewed", age.c_str(), "m c=6 d=2020-01-01 r=2025-01-01", counts},
      {"no date", age.c_str(), "m c=6 d=-", open},
      {"old, of another field", age_of_field.c_str(), "m c=6 d=2020-01-01 f=041", counts},
      {"old, of no stated field", age_of_field.c_str(), "m c=6 d=2020-01-01", open},
      {"old, of the field", age_of_field.c_str(), "m c=6 d=2020-01-01 f=0613",
       "NOT_SATISFIED 0 | r=S six=N | m:TOO_OLD"},
      {"revoked", revoked.c_str(), "m c=6 st=revoked", "NOT_SATISFIED 0 | r=S six=N | m:REVOKED"},
      {"suspended", revoked.c_str(), "m c=6 st=suspended", "NOT_SATISFIED 0 | r=S six=N | m:SUSPENDED"},
      {"status not known", revoked.c_str(), "m c=6 st=-", open},
      {"valid to this day", expired.c_str(), "m c=6 u=2026-01-31", counts},
      {"an end that cannot be read", expired.c_str(), "m c=6 u=?", open},
      {"awarded after the day of the evaluation", kSix, "m c=6 d=2026-02-01",
       "NOT_SATISFIED 0 | six=N | m:AWARDED_LATER"},
      {"valid to the day before", expired.c_str(), "m c=6 u=2026-01-30", "NOT_SATISFIED 0 | r=S six=N | m:EXPIRED"},
      {"grade enough", grade.c_str(), "m c=6 g=B@a-f", counts},
      {"grade too low", grade.c_str(), "m c=6 g=C@a-f", "NOT_SATISFIED 0 | r=S six=N | m:GRADE_TOO_LOW"},
      {"grade of another scheme", grade.c_str(), "m c=6 g=A@other", open},
      {"no grade", grade.c_str(), "m c=6", open},
      {"quality covered", esg.c_str(), "m c=6 q=ESG:covered", counts},
      {"quality not found", esg.c_str(), "m c=6", open},
      {"another scheme says nothing", esg.c_str(), "m c=6 q=LABEL:covered", open},
      {"conditions are not enough here", esg.c_str(), "m c=6 q=ESG:conditions",
       "NOT_SATISFIED 0 | r=S six=N | m:QUALITY_NOT_ACCEPTED"},
      {"not covered", esg.c_str(), "m c=6 q=ESG:not", "NOT_SATISFIED 0 | r=S six=N | m:QUALITY_NOT_ACCEPTED"},
      {"coverage not known", esg.c_str(), "m c=6 q=ESG:unknown", open},
      {"coverage not known of one review, covered by another", esg.c_str(), "m c=6 q=ESG:unknown,ESG:covered", counts},
      {"obligatory, with conditions", strict.c_str(), "m c=6 q=EQAVET:conditions+", counts},
      {"voluntary does not feed it", strict.c_str(), "m c=6 q=ESG:covered", open},
      {"attended only", assessed.c_str(), "m c=6 a=attended sv=3", "NOT_SATISFIED 0 | r=S six=N | m:NOT_ASSESSED"},
      {"assessment not stated", assessed.c_str(), "m c=6 a=- sv=3", open},
      {"by an excluded type only", assessed.c_str(), "m c=6 at=quiz sv=3",
       "NOT_SATISFIED 0 | r=S six=N | m:ASSESSMENT_NOT_ACCEPTED"},
      {"by another type too", assessed.c_str(), "m c=6 at=quiz,oral sv=2", counts},
      {"type not stated", assessed.c_str(), "m c=6 sv=2", open},
      {"supervised less", assessed.c_str(), "m c=6 at=oral sv=1",
       "NOT_SATISFIED 0 | r=S six=N | m:SUPERVISION_TOO_WEAK"},
      {"supervision not stated", assessed.c_str(), "m c=6 at=oral", open},
      {"used for the owner's own award", across.c_str(), "m c=6 use=Diploma@own",
       "NOT_SATISFIED 0 | r=S six=N | m:ALREADY_USED"},
      {"used elsewhere", across.c_str(), "m c=6 use=Diploma@other", "NOT_SATISFIED 0 | r=S six=N | m:ALREADY_USED"},
      {"other uses not known", across.c_str(), "m c=6 use=unknown", open},
      {"other awards do not matter", within.c_str(), "m c=6 use=Diploma@own", counts},
      {"a sure item goes before an open one", revoked.c_str(), "a c=6 st=- d=2024-01-01; b c=6 d=2025-01-01",
       "SATISFIED 6 | r=S six=S | a:NOT_NEEDED b:COUNTED"},
  });
}

TEST(EvaluateTest, WhereElseAnItemWasUsedIsToldOfTheOwnersOwnAwardsOnly) {
  const std::string rules = absl::StrCat("rules { id: 'r' exclusive_use { use: EXCLUSIVE_USE_ACROSS_AWARDS } }", kSix);
  EXPECT_THAT(EvaluationJson(Evaluated(rules, "m c=6 use=ParentProgramme@own")), HasSubstr("ParentProgramme"));
  const std::string other = EvaluationJson(Evaluated(rules, "m c=6 use=ParentProgramme@elsewhere"));
  EXPECT_THAT(other, Not(HasSubstr("ParentProgramme")));
  EXPECT_THAT(other, Not(HasSubstr("elsewhere")));
}

TEST(EvaluateTest, CreditsCountByTheirLowerBound) {
  const std::string five = "rules { id: 'five' min_credits { credits: '5' } }";
  const std::string most = "rules { id: 'most' max_credits { credits: '5' scope { field: '06' } } }" + five;
  const std::string external = "rules { id: 'ext' max_external { fraction: '0.5' } }" + std::string(kTen);
  Check({
      {"125 hours without a factor", five.c_str(), "m c=4.166666-5", "UNKNOWN 4.166666-5 | five=U | m:COUNTED"},
      {"150 hours without a factor", five.c_str(), "m c=5-6", "SATISFIED 5-6 | five=S | m:COUNTED"},
      {"no credits stated", five.c_str(), "m c=-", "UNKNOWN 0-unknown | five=U | m:COUNTED"},
      {"4.999999 are not 5", five.c_str(), "m c=4.999999", "NOT_SATISFIED 4.999999 | five=N | m:COUNTED"},
      {"nothing presented", five.c_str(), "", "NOT_SATISFIED 0 | five=N | "},
      {"the fewest credits that do", five.c_str(), "a c=8 d=2020-01-01; b c=6 d=2021-01-01; c c=5 d=2022-01-01",
       "SATISFIED 5 | five=S | a:NOT_NEEDED b:NOT_NEEDED c:COUNTED"},
      {"then the earliest award", five.c_str(), "a c=5 d=2022-01-01; b c=5 d=2021-01-01; c c=5 d=2021-01-01",
       "SATISFIED 5 | five=S | b:COUNTED c:NOT_NEEDED a:NOT_NEEDED"},
      {"not more of one field", most.c_str(), "a c=6 f=06 d=2020-01-01; b c=5 f=06 d=2021-01-01",
       "SATISFIED 5 | most=S five=S | a:NOT_NEEDED b:COUNTED"},
      {"half from elsewhere", external.c_str(), "a p=x d=2020-01-01; b p=y d=2021-01-01; c d=2022-01-01",
       "SATISFIED 10 | ext=S ten=S | a:COUNTED b:NOT_NEEDED c:COUNTED"},
      {"too much from elsewhere", external.c_str(), "a p=x c=6 d=2020-01-01; c c=4 d=2022-01-01",
       "NOT_SATISFIED 10 | ext=N ten=S | a:COUNTED c:COUNTED"},
      {"who awarded it is not known", external.c_str(), "a p=- d=2020-01-01; b p=x d=2021-01-01",
       "UNKNOWN 10 | ext=U ten=S | a:COUNTED b:COUNTED"},
  });
}

TEST(EvaluateTest, PlacesAreFilledOnceAndAsWellAsPossible) {
  const std::string places =
      "rules { id: 'core' required { elements { id: 'x' specifications: 'sx' } "
      "elements { id: 'any' least_eqf_level: 6 } } }";
  const std::string shared = places + "rules { id: 'use' exclusive_use { use: EXCLUSIVE_USE_NONE } }";
  const std::string two_of_three =
      "rules { id: 'n' n_of { least: 2 elements { id: 'x' specifications: 'sx' } elements { id: 'y' specifications: "
      "'sy' } elements { id: 'z' specifications: 'sz' } } }";
  const std::string elective = "type: PATHWAY_TYPE_ELECTIVE " + two_of_three + kSix;
  const std::string capstone = "rules { id: 'cap' capstone { elements { id: 'thesis' specifications: 'st' } } }";
  const std::string one_of =
      "rules { id: 'one' one_of { elements { id: 'x' specifications: 'sx' } elements { id: 'y' outcomes: 'o1' "
      "outcomes: "
      "'o2' least_eqf_level: 6 } } }";
  const std::string prerequisite =
      "rules { id: 'pre' prerequisite { element { id: 'entry' title: 'Entry' least_eqf_level: 4 } } }" +
      std::string(kSix);
  Check({
      {"the only item for a place is not taken elsewhere", places.c_str(),
       "a s=sx l=6 d=2020-01-01; b l=6 d=2021-01-01", "SATISFIED 10 | core=S | a:COUNTED@x b:COUNTED@any"},
      {"one item fills one place", places.c_str(), "a s=sx l=6 d=2020-01-01", "NOT_SATISFIED 5 | core=N | a:COUNTED@x"},
      {"unless the pathway lets it", shared.c_str(), "a s=sx l=6 d=2020-01-01",
       "SATISFIED 5 | core=S use=S | a:COUNTED"},
      {"a level that is not stated", places.c_str(), "a s=sx d=2020-01-01; b d=2021-01-01",
       "UNKNOWN 10 | core=U | a:COUNTED@x b:COUNTED@any"},
      {"two of three", two_of_three.c_str(), "a s=sx d=2020-01-01; b s=sz d=2021-01-01; c s=other d=2019-01-01",
       "SATISFIED 10 | n=S | c:NOT_NEEDED a:COUNTED@x b:COUNTED@z"},
      {"two items for one place are one", two_of_three.c_str(), "a s=sx v=1 d=2020-01-01; b s=sx v=2 d=2021-01-01",
       "NOT_SATISFIED 5 | n=N | a:COUNTED@x b:NOT_NEEDED"},
      {"electives only", elective.c_str(), "a s=sx c=3 d=2020-01-01; b s=sz c=3 d=2021-01-01; c c=6 d=2019-01-01",
       "SATISFIED 6 | n=S six=S | c:NOT_LISTED a:COUNTED@x b:COUNTED@z"},
      {"a final unit of the owner's own", capstone.c_str(), "a s=st", "SATISFIED 5 | cap=S | a:COUNTED@thesis"},
      {"a final unit of another body", capstone.c_str(), "a s=st p=other", "NOT_SATISFIED 0 | cap=N | a:NOT_NEEDED"},
      {"a final unit of nobody named", capstone.c_str(), "a s=st p=-", "UNKNOWN 5 | cap=U | a:COUNTED@thesis"},
      {"by outcomes at the level", one_of.c_str(), "a o=o1,o2,o3 l=7", "SATISFIED 5 | one=S | a:COUNTED@y"},
      {"by outcomes below the level", one_of.c_str(), "a o=o1,o2 l=5", "NOT_SATISFIED 0 | one=N | a:NOT_NEEDED"},
      {"an outcome is missing", one_of.c_str(), "a o=o1 l=7", "NOT_SATISFIED 0 | one=N | a:NOT_NEEDED"},
      {"an outcome is missing, and a text is there", one_of.c_str(), "a o=o1 t=something l=7",
       "UNKNOWN 5 | one=U | a:COUNTED@y"},
      {"a text that a person confirmed", one_of.c_str(), "a o=o1 t=something k=o2 l=7",
       "SATISFIED 5 | one=S | a:COUNTED@y"},
      {"a prerequisite fills no place", prerequisite.c_str(), "a l=5 c=2 d=2020-01-01; b l=3 c=6 d=2021-01-01",
       "SATISFIED 6 | pre=S six=S | a:NOT_NEEDED b:COUNTED"},
      {"a prerequisite is missing", prerequisite.c_str(), "b l=3 c=6", "NOT_SATISFIED 6 | pre=N six=S | b:COUNTED"},
      {"a prerequisite is open", prerequisite.c_str(), "b c=6", "UNKNOWN 6 | pre=U six=S | b:COUNTED"},
  });
}

TEST(EvaluateTest, OrdersAndOutcomes) {
  const std::string rigid =
      "type: PATHWAY_TYPE_RIGID rules { id: 'core' required { elements { id: 'x' specifications: 'sx' } elements { id: "
      "'y' specifications: 'sy' } } } rules { id: 'order' sequence { elements: 'x' elements: 'y' } }";
  const std::string broad =
      "type: PATHWAY_TYPE_RIGID rules { id: 'core' required { elements { id: 'x' specifications: 'sx' } elements { id: "
      "'y' least_eqf_level: 6 } } } rules { id: 'order' sequence { elements: 'x' elements: 'y' } }";
  const auto coverage = [](const char* mode) {
    return absl::StrCat("rules { id: 'cov' coverage { match: ", mode,
                        " outcomes { id: 'o1' title: 'Ask' } outcomes { id: 'o2' near: 'o2-broad' } } }");
  };
  const std::string exact = coverage("MATCH_MODE_EXACT");
  const std::string near = coverage("MATCH_MODE_NEAR");
  const std::string text = coverage("MATCH_MODE_TEXT_CONFIRMED");
  Check({
      {"one that fills the first place could fill the second too", broad.c_str(),
       "a s=sx l=6 d=2025-01-01; b s=other l=6 d=2025-06-01",
       "SATISFIED 10 | core=S order=S | a:COUNTED@x b:COUNTED@y"},
      {"in order", rigid.c_str(), "a s=sx d=2024-01-01; b s=sy d=2024-06-01; c d=2023-01-01",
       "SATISFIED 10 | core=S order=S | c:NOT_LISTED a:COUNTED@x b:COUNTED@y"},
      {"out of order", rigid.c_str(), "a s=sx d=2024-06-01; b s=sy d=2024-01-01",
       "NOT_SATISFIED 10 | core=S order=N | b:COUNTED@y a:COUNTED@x"},
      {"on one day", rigid.c_str(), "a s=sx d=2024-06-01; b s=sy d=2024-06-01",
       "UNKNOWN 10 | core=S order=U | a:COUNTED@x b:COUNTED@y"},
      {"a date is missing", rigid.c_str(), "a s=sx d=2024-06-01; b s=sy d=-",
       "UNKNOWN 10 | core=S order=U | a:COUNTED@x b:COUNTED@y"},
      {"an earlier award that is not the latest one", rigid.c_str(),
       "a s=sx v=1 d=2024-01-01; b s=sy d=2024-06-01; c s=sx v=2 d=2025-01-01",
       "SATISFIED 10 | core=S order=S | a:COUNTED@x b:COUNTED@y c:NOT_NEEDED"},
      {"covered by two", exact.c_str(), "a o=o1 d=2024-01-01; b o=o2 d=2024-01-02; c o=o3 d=2023-01-01",
       "SATISFIED 10 | cov=S | c:NOT_NEEDED a:COUNTED b:COUNTED"},
      {"a broader outcome gives no credit", exact.c_str(), "a o=o1,o2-broad", "NOT_SATISFIED 5 | cov=N | a:COUNTED"},
      {"a broader outcome is a hint", near.c_str(), "a o=o1,o2-broad", "UNKNOWN 5 | cov=U | a:COUNTED"},
      {"texts are for a person", text.c_str(), "a o=o1 t=interviewing", "UNKNOWN 5 | cov=U | a:COUNTED"},
      {"a confirmed text", text.c_str(), "a o=o1 t=interviewing k=o2", "SATISFIED 5 | cov=S | a:COUNTED"},
      {"a text that was confirmed to mean another outcome", text.c_str(), "a o=o1 t=interviewing k=o9",
       "NOT_SATISFIED 5 | cov=N | a:COUNTED"},
  });
}

// The lines of an evaluation that speak of other items and rules stay as they are when an item that nothing needs goes.
TEST(EvaluateTest, WithoutAnItemOnlyItsOwnLinesChange) {
  const std::string rules =
      absl::StrCat(kSix, "rules { id: 'core' required { elements { id: 'x' specifications: 'sx' } } }");
  v1::Evaluation with = Evaluated(rules, "a s=sx c=6 d=2024-01-01; b c=6 d=2024-02-01; c c=3 d=2024-03-01");
  const v1::Evaluation without = Evaluated(rules, "a s=sx c=6 d=2024-01-01; c c=3 d=2024-03-01");
  ASSERT_EQ(with.items(1).item_id(), "b");
  ASSERT_EQ(with.items(1).use(), v1::ITEM_USE_NOT_USED);
  with.mutable_items()->DeleteSubrange(1, 1);
  EXPECT_EQ(with.SerializeAsString(), without.SerializeAsString());
}

TEST(EvaluateTest, TheSummaryIsTheSumOfTheLines) {
  const v1::Evaluation evaluation = Evaluated(
      "rules { id: 'r' not_revoked {} } rules { id: 'most' min_credits { credits: '9.5' } }",
      "a c=2.5 d=2024-01-01; b c=3-4 d=2024-02-01; c c=2 st=- d=2024-03-01; d st=revoked; e s=x d=2024-04-01 c=1");
  Amount low = 0;
  Amount high = 0;
  for (const v1::ItemResult& item : evaluation.items()) {
    low += ParseAmount(item.credits_low()).value();
    high += ParseAmount(item.credits_high()).value();
  }
  EXPECT_EQ(evaluation.credits_low(), WriteAmount(low));
  EXPECT_EQ(evaluation.credits_high(), WriteAmount(high));
  EXPECT_EQ(evaluation.rules(1).have(), absl::StrCat(WriteRange(low, high), " ECTS credits"));
  EXPECT_EQ(evaluation.rules(1).item_ids_size(), 4);
}

TEST(EvaluateTest, GapsNameOffersThatFillThem) {
  const v1::Pathway pathway = WrittenPathway(
      "rules { id: 'total' min_credits { credits: '10' scope { field: '06' } } }"
      "rules { id: 'core' required { elements { id: 'x' title: 'Statistics' specifications: 'sx' } } }"
      "rules { id: 'cov' coverage { match: MATCH_MODE_EXACT outcomes { id: 'o1' title: 'Ask' } } }");
  Question question = {WrittenItems("a f=0613 s=sa"), kEvaluatedOn, "bg", {}};
  question.offers = WrittenItems("o3 o=o1 f=041; o1 s=sx f=041; o2 f=0611 c=5; o0 s=sa f=0613; o4 f=041");
  for (int i = 0; i < kSuggestionsMax + 5; ++i) {
    question.offers.push_back(WrittenItem(absl::StrCat("p", 10 + i, " f=06")));
  }
  ASSERT_OK_AND_ASSIGN(const v1::Evaluation evaluation, Evaluate(pathway, question));
  ASSERT_EQ(evaluation.gaps_size(), 3);
  ASSERT_EQ(evaluation.gaps(0).suggestions_size(), kSuggestionsMax);
  EXPECT_EQ(evaluation.gaps(0).suggestions(0).offer_id(), "o2");
  ASSERT_EQ(evaluation.gaps(1).suggestions_size(), 1);
  EXPECT_EQ(evaluation.gaps(1).suggestions(0).offer_id(), "o1");
  EXPECT_EQ(evaluation.gaps(1).suggestions(0).why(), "it is what is asked for as Statistics");
  ASSERT_EQ(evaluation.gaps(2).suggestions_size(), 1);
  EXPECT_EQ(evaluation.gaps(2).suggestions(0).offer_id(), "o3");
  EXPECT_THAT(evaluation.notice(), HasSubstr("не поражда права"));
}

TEST(EvaluateTest, PathwaysThatAreNotInForceAreRefused) {
  v1::Pathway pathway = WrittenPathway(kSix);
  pathway.set_valid_from("2026-01-31");
  pathway.set_valid_to("2026-12-31");
  EXPECT_OK(Evaluate(pathway, {{}, "2026-01-31", "", {}}));
  EXPECT_OK(Evaluate(pathway, {{}, "2026-12-31", "", {}}));
  EXPECT_THAT(Evaluate(pathway, {{}, "2026-01-30", "", {}}), HasReasonAt(Reason::kPathwayNotInForce, "valid_from"));
  EXPECT_THAT(Evaluate(pathway, {{}, "2027-01-01", "", {}}), HasReasonAt(Reason::kPathwayNotInForce, "valid_to"));
  EXPECT_THAT(Evaluate(pathway, {{}, "2026-02-30", "", {}}), HasReasonAt(Reason::kFieldInvalid, "day"));
  pathway.set_status(v1::PATHWAY_STATUS_WITHDRAWN);
  EXPECT_THAT(Evaluate(pathway, {{}, kEvaluatedOn, "", {}}), HasReasonAt(Reason::kPathwayWithdrawn, "status"));
  pathway.set_status(v1::PATHWAY_STATUS_DRAFT);
  ASSERT_OK_AND_ASSIGN(const v1::Evaluation draft, Evaluate(pathway, {{}, kEvaluatedOn, "", {}}));
  ASSERT_EQ(draft.assumptions_size(), 1);
  EXPECT_EQ(draft.assumptions(0), "The pathway is a draft.");
}

TEST(EvaluateTest, TheReportIsJsonAndHasEveryLine) {
  v1::Evaluation evaluation = Evaluated(kTen, "a title=Statistics; b c=4-5 d=2025-02-01");
  const std::string json = EvaluationJson(evaluation);
  ASSERT_OK(base::JsonDocument::Parse(json));
  EXPECT_THAT(json, HasSubstr("\"creates_entitlement\":false"));
  EXPECT_THAT(json, HasSubstr("\"outcome\":\"UNKNOWN\""));
  const std::string text = EvaluationText(evaluation);
  EXPECT_THAT(text, HasSubstr("USED          5  Statistics: It counts."));
  EXPECT_THAT(text, HasSubstr("Missing for ten: 1 ECTS credits"));
  EXPECT_THAT(text, HasSubstr("Assumed: b: the credits are an estimate from hours, 4 to 5."));
  evaluation.mutable_items(0)->set_title("Statistics\nUSED 60 \x1b[2J");
  EXPECT_THAT(EvaluationText(evaluation), HasSubstr(R"(Statistics\x0aUSED 60 \x1b[2J: It counts.)"));
}

}  // namespace
}  // namespace passerelle::pathway
