// Tables of rules: where values go, what is said of them, and that nothing is lost without a word.
#include "core/document/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/document/draft.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"

namespace passerelle::document {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Rule kRules[] = {
    {"issuer", "B.legalName", Text, kKept, ""},
    {"country", "B.location", CountryCode, kKept, "country.code"},
    {"learner/name", "S.fullName", Text, kKept, ""},
    {"name", "A.title", Text, kKept, ""},
    {"given", "A.awardedBy.awardingDate", DateTime, kKept, "date.award"},
    {"credits", "Q.creditPoint", EctsPoints, kKept, "credit.ects"},
    {"hours", "Q.volumeOfLearning", Hours, kKept, "workload.hours"},
    {"level", "Q.eqfLevel", EqfLevel, kKept, "level.eqf"},
    {"outcomes", "Q.learningOutcome.title", Text, kKept, ""},
    {"mode", "Q.mode", ModeWord, kKept, "mode.word"},
    {"test", "T.specifiedBy[0].dcType", AssessmentWord, kKept, "assessment.word"},
    {"grade", "T.grade", Text, kKept, ""},
    {"quality", "Q.additionalNote#A1-M11", LabelledNote, kWidened, "quality.text"},
    {"homepage", "Q.homepage", WebAddress, kKept, ""},
    {"picture", "a picture is presentation", DropIt, kDropped, ""},
};

struct Mapped {
  Imported imported;
  const elm::v3::LearningAchievement& achievement() const {
    return imported.credential->credential_subject().person().has_claim(0).learning_achievement();
  }
  const elm::v3::Qualification& qualification() const { return achievement().specified_by().qualification(); }
  std::vector<std::string> Dropped() const {
    std::vector<std::string> list;
    for (const auto& one : imported.dropped) list.push_back(absl::StrCat(one.source(), ": ", one.reason()));
    return list;
  }
  std::vector<std::string> List() const {
    std::vector<std::string> list;
    for (const auto& one : imported.mapped) {
      list.push_back(absl::StrCat(one.source(), " ", one.target(), " ", one.loss(), " ", one.rule()));
    }
    return list;
  }
  v1::ElementStatus Status(absl::string_view element) const {
    for (const auto& origin : imported.origins) {
      if (origin.element == element) return origin.status;
    }
    return v1::ELEMENT_STATUS_UNSPECIFIED;
  }
};

Mapped Map(absl::string_view json) {
  ImportOptions options;
  options.list_mapped = true;
  auto tree = SourceTree::OfJson(json);
  EXPECT_TRUE(tree.ok()) << tree.status();
  Source source(*std::move(tree), options);
  Draft draft(&source, json);
  Apply(kRules, source.root(), {&source, draft.TargetsOf(draft.AddAchievement(source.root())), "nl"});
  auto imported = draft.Finish(options);
  EXPECT_TRUE(imported.ok()) << imported.status();
  return {imported.ok() ? *std::move(imported) : Imported()};
}

TEST(MappingTest, WhatIsStatedIsKeptAndConforms) {
  const Mapped mapped = Map(R"({
      "issuer": "Hogeschool Voorbeeld", "country": "NL", "learner": {"name": "Ada Proef"}, "name": "Bijen houden",
      "given": "2025-05-30", "credits": 2.50, "hours": "70", "level": 5, "outcomes": ["Een", "Twee"], "mode": "online",
      "test": "portfolio", "grade": "8", "homepage": "https://example.org/bijen"})");
  EXPECT_THAT(mapped.Dropped(), IsEmpty());
  EXPECT_EQ(mapped.qualification().credit_point(0).point(), "2.50");
  EXPECT_EQ(mapped.qualification().volume_of_learning(), "PT70H");
  EXPECT_EQ(mapped.qualification().learning_outcome_size(), 2);
  EXPECT_EQ(mapped.achievement().proven_by(0).specified_by(0).dc_type(0).pref_label(0).value(), "portfolio");
  EXPECT_EQ(mapped.imported.losses->kept(), 14);
  EXPECT_EQ(mapped.Status("A1-M07"), v1::ELEMENT_STATUS_STATED);
  EXPECT_THAT(mapped.List(), Contains("/credits Q.creditPoint 1 credit.ects"));
  const auto read = elm::Read(elm::Write(mapped.imported.credential));
  ASSERT_TRUE(read.ok());
  for (const elm::Finding& finding : elm::CheckConstraints(*read).findings) {
    const bool of_the_seal = finding.pointer.find("issue") != std::string::npos ||
                             finding.message.find("issue") != std::string::npos ||
                             finding.message.find("credential") != std::string::npos;
    EXPECT_TRUE(of_the_seal) << finding.pointer << " " << finding.message;
  }
}

TEST(MappingTest, WhatNobodyTookIsDroppedWithItsReason) {
  const Mapped mapped = Map(R"({"name": "x", "picture": {"id": "p", "n": 1}, "other": {"a": [1, null, ""], "b": {}},
                               "credits": 0, "given": "yesterday", "country": "AA", "homepage": {"odd": true}})");
  EXPECT_THAT(mapped.Dropped(),
              UnorderedElementsAre("/picture: a picture is presentation", "/other/a/0: no place in the European model",
                                   "/credits: zero credits count as missing", "/country: names no country",
                                   "/homepage/odd: no place in the European model"));
  EXPECT_THAT(mapped.List(), Contains("/given A.additionalNote#A1-M05 2 date.award"));
  EXPECT_EQ(mapped.Status("A1-M07"), v1::ELEMENT_STATUS_UNSPECIFIED);
}

TEST(MappingTest, WordsWithoutAConceptStayWordsAndSaySo) {
  const Mapped mapped = Map(R"({"name": "x", "mode": "onsite or blended", "test": "testing", "quality": "NVAO"})");
  EXPECT_EQ(mapped.Status("A1-M10"), v1::ELEMENT_STATUS_TEXT);
  EXPECT_EQ(mapped.Status("A1-M09"), v1::ELEMENT_STATUS_TEXT);
  EXPECT_EQ(mapped.Status("A1-M11"), v1::ELEMENT_STATUS_TEXT);
  EXPECT_EQ(mapped.qualification().mode(0).in_scheme(0).id(), "urn:passerelle:participation");
  EXPECT_EQ(mapped.qualification().proven_by(0).dc_type(0).pref_label(0).value(), "testing") << "there is no grade";
  EXPECT_EQ(mapped.qualification().additional_note(0).note_literal(0).value(), "Quality: NVAO");
}

TEST(MappingTest, EveryTargetOfAPathIsCheckedAgainstTheModel) {
  for (const Rule& rule : kRules) {
    if (rule.convert != DropIt) {
      EXPECT_TRUE(IsTarget(rule.target)) << rule.target;
    }
  }
  for (const char* wrong : {"Q", "Q.eqflevel", "X.title", "A.title.value.more", "Q.homepage.contentUrl.x"}) {
    EXPECT_FALSE(IsTarget(wrong)) << wrong;
  }
}

TEST(MappingTest, TheSameBytesGiveTheSameCredential) {
  const std::string json = R"({"name": "x", "credits": "7,5", "mode": "blended"})";
  EXPECT_EQ(elm::Write(Map(json).imported.credential), elm::Write(Map(json).imported.credential));
}

elm::v3::LearningOutcome Outcome(int number) {
  elm::v3::LearningOutcome outcome;
  elm::AddText("en", absl::StrCat("outcome ", number), outcome.mutable_title());
  return outcome;
}

TEST(PutMessageTest, ManyEntriesTakeTimeByTheirNumberAndNoneIsWrittenTwice) {
  constexpr int kEntries = 10000;
  elm::v3::Qualification qualification;
  PresentEntries present;
  Targets targets;
  targets.qualification = &qualification;
  targets.present = &present;
  const std::clock_t start = std::clock();  // of the processor: the machine may have other work
  for (int i = 0; i < 2 * kEntries; ++i) {
    EXPECT_EQ(PutMessage(targets, "Q.learningOutcome", Outcome(i % kEntries)), kKept);
  }
  // To compare each with each takes half a minute.
  EXPECT_LT(std::clock() - start, 10 * CLOCKS_PER_SEC);
  EXPECT_EQ(qualification.learning_outcome_size(), kEntries);
}

TEST(PutMessageTest, AListThatWasChangedBesideItIsReadAnew) {
  elm::v3::Qualification qualification;
  PresentEntries present;
  Targets targets;
  targets.qualification = &qualification;
  targets.present = &present;
  PutMessage(targets, "Q.learningOutcome", Outcome(1));
  *qualification.add_learning_outcome() = Outcome(2);
  PutMessage(targets, "Q.learningOutcome", Outcome(2));
  EXPECT_EQ(qualification.learning_outcome_size(), 2);
  qualification.clear_learning_outcome();
  PutMessage(targets, "Q.learningOutcome", Outcome(1));
  ASSERT_EQ(qualification.learning_outcome_size(), 1);
  *qualification.mutable_learning_outcome(0) = Outcome(3);
  PutMessage(targets, "Q.learningOutcome", Outcome(1));
  EXPECT_EQ(qualification.learning_outcome_size(), 2);
  targets.present = nullptr;
  PutMessage(targets, "Q.learningOutcome", Outcome(3));
  EXPECT_EQ(qualification.learning_outcome_size(), 2);
}

}  // namespace
}  // namespace passerelle::document
