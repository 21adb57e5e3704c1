#include "core/document/minimise.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"

namespace passerelle::document {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;

constexpr char kId[] = "urn:passerelle:disclosed:1";

// The elements without which nothing is disclosed, the learner among none of them.
constexpr elm::Elements kLeast = 0b1110;
constexpr int kSupervisionPlace = 12;
constexpr int kGradePlace = 13;

struct Sample {
  std::string name = {};
  std::string content = {};
  elm::v3::EuropeanDigitalCredential credential = {};
  v1::TranslationReport report = {};
};

// What the goldens of all formats became in the European model.
const std::vector<Sample>& Samples() {
  static const auto* const kSamples = [] {
    auto* const samples = new std::vector<Sample>();
    const std::string goldens = absl::StrCat(passerelle::testing::kSourceDir, "/tests/golden");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(goldens)) {
      if (entry.path().filename() != "expected.jsonld") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::ostringstream text;
      text << file.rdbuf();
      absl::StatusOr<elm::ReadCredential> read = elm::Read(text.str());
      if (!read.ok()) continue;  // a catalogue
      Sample& sample = samples->emplace_back();
      sample.name = std::filesystem::relative(entry.path().parent_path(), goldens).string();
      sample.content = text.str();
      sample.report.set_to("elm");
      *sample.report.mutable_elements() = elm::AnnexOne(*read->credential).elements();
      sample.credential = *read->credential;
    }
    return samples;
  }();
  return *kSamples;
}

// Nothing of what holds activities alone is disclosed without them.
bool IsNothingDisclosed(const absl::StatusOr<Translated>& minimised, const Sample& sample) {
  const auto& claims = sample.credential.credential_subject().person().has_claim();
  return base::ReasonOf(minimised.status()) == Reason::kNothingAwarded &&
         std::none_of(claims.begin(), claims.end(),
                      [](const elm::v3::ClaimNode& claim) { return claim.has_learning_achievement(); });
}

absl::StatusOr<Translated> Minimised(const Sample& sample, elm::Elements elements) {
  Translated translated;
  translated.credential = elm::v3::EuropeanDigitalCredential(sample.credential);
  translated.content = sample.content;
  translated.report = sample.report;
  const absl::Status status = Minimise(elements, kId, absl::FromUnixSeconds(1782000000), &translated);
  if (!status.ok()) return status;
  return translated;
}

v1::AnnexOneReport ReadAgain(const std::string& content) {
  const absl::StatusOr<elm::ReadCredential> read = elm::Read(content);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? elm::AnnexOne(*read->credential) : v1::AnnexOneReport();
}

TEST(MinimiseTest, ThereIsEverySortOfDocumentToTryItOn) { EXPECT_GT(Samples().size(), 150u); }

TEST(MinimiseTest, WhatIsDisclosedStandsAsInTheWhole) {
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.name);
    ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elm::kEveryElement));
    const v1::AnnexOneReport left = ReadAgain(minimised.content);
    elm::v3::EuropeanDigitalCredential without_pictures = sample.credential;
    without_pictures.clear_attachment();
    const v1::AnnexOneReport can_go = elm::AnnexOne(without_pictures);
    for (int i = 0; i < left.elements_size(); ++i) {
      EXPECT_EQ(StatusWord(left.elements(i).status()), StatusWord(can_go.elements(i).status()))
          << elm::kAnnexOne[i].id << "\n"
          << minimised.content;
    }
  }
}

// What stands in notes, or in an assessment that is not disclosed, is withheld with them, and is not missing.
bool CanStandElsewhere(const v1::AnnexOneElement& element) {
  return element.element() == "A1-M10" || element.element() == "A1-O05";
}

TEST(MinimiseTest, NoElementComesWithAnother) {
  for (const Sample& sample : Samples()) {
    for (int only = 0; only < static_cast<int>(std::size(elm::kAnnexOne)); ++only) {
      const elm::Elements beside = only == kSupervisionPlace ? elm::Elements{1} << kGradePlace : 0;
      const elm::Elements elements = kLeast | (elm::Elements{1} << only) | beside;
      SCOPED_TRACE(absl::StrCat(sample.name, " ", elm::kAnnexOne[only].id));
      const absl::StatusOr<Translated> copy = Minimised(sample, elements);
      if (!copy.ok() && IsNothingDisclosed(copy, sample)) continue;
      ASSERT_OK(copy);
      const Translated& minimised = *copy;
      EXPECT_FALSE(absl::StrContains(minimised.content, "\"additionalNote\"")) << minimised.content;
      const v1::AnnexOneReport left = ReadAgain(minimised.content);
      for (int i = 0; i < left.elements_size(); ++i) {
        const bool disclosed = (elements & (elm::Elements{1} << i)) != 0;
        const v1::AnnexOneElement& whole = sample.report.elements(i);
        const v1::AnnexOneElement& told = minimised.report.elements(i);
        EXPECT_EQ(told.rule() == "holder.not-disclosed", !disclosed);
        if (disclosed && CanStandElsewhere(whole) && left.elements(i).status() != whole.status()) {
          EXPECT_NE(StatusWord(told.status()), "missing");
          continue;
        }
        EXPECT_EQ(StatusWord(left.elements(i).status()), disclosed ? StatusWord(whole.status()) : "missing")
            << elm::kAnnexOne[i].id << "\n"
            << minimised.content;
        EXPECT_EQ(told.status() == v1::ELEMENT_STATUS_WITHHELD, !disclosed);
      }
    }
  }
}

// Apart from what the seal adds.
elm::Conformance JudgeUnsealed(const std::string& content) {
  const absl::StatusOr<elm::ReadCredential> read = elm::Read(content);
  EXPECT_TRUE(read.ok()) << read.status();
  if (!read.ok()) return {};
  elm::Conformance conformance = elm::CheckConstraints(*read);
  elm::SetApartWhatTheSealSets(&conformance);
  return conformance;
}

// What conforms as a whole conforms in part, so that receivers can take it.
TEST(MinimiseTest, ConformsToTheModel) {
  int tried = 0;
  for (const Sample& sample : Samples()) {
    if (!JudgeUnsealed(sample.content).conforms) continue;
    for (int only = 0; only < static_cast<int>(std::size(elm::kAnnexOne)); ++only) {
      SCOPED_TRACE(absl::StrCat(sample.name, " ", elm::kAnnexOne[only].id));
      const absl::StatusOr<Translated> copy = Minimised(sample, kLeast | (elm::Elements{1} << only));
      if (!copy.ok() && IsNothingDisclosed(copy, sample)) continue;
      ASSERT_OK(copy);
      ++tried;
      for (const elm::Finding& finding : JudgeUnsealed(copy->content).findings) {
        ADD_FAILURE() << finding.pointer << " " << finding.rule << " " << finding.message << "\n" << copy->content;
      }
    }
  }
  EXPECT_GT(tried, 1000);
}

// Whatever a document says of the learner, its ids and those of the document included, is not in what goes without the
// learner's identification.
TEST(MinimiseTest, NothingTellsWhoItIs) {
  constexpr size_t kTelling = 5;  // bytes from which on a text is nothing else by accident
  for (const Sample& sample : Samples()) {
    SCOPED_TRACE(sample.name);
    const elm::v3::Person& learner = sample.credential.credential_subject().person();
    std::vector<std::string> texts = {sample.credential.id(), learner.id(), learner.national_id().notation(),
                                      learner.date_of_birth()};
    for (const auto& identifier : learner.identifier()) texts.push_back(identifier.identifier().notation());
    for (const auto* names : {&learner.full_name(), &learner.given_name(), &learner.family_name()}) {
      for (const auto& name : *names) texts.push_back(name.value());
    }
    elm::v3::EuropeanDigitalCredential others = sample.credential;
    others.clear_id();
    elm::v3::Person* const somebody = others.mutable_credential_subject()->mutable_person();
    *somebody = elm::v3::Person();
    *somebody->mutable_has_claim() = learner.has_claim();
    const std::string elsewhere = elm::Write(others);
    ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elm::kEveryElement & ~elm::Elements{1}));
    for (const std::string& text : texts) {
      if (text.size() < kTelling || absl::StrContains(elsewhere, text)) continue;
      EXPECT_FALSE(absl::StrContains(minimised.content, text)) << text << "\n" << minimised.content;
      EXPECT_FALSE(absl::StrContains(minimised.report.SerializeAsString(), text)) << text;
    }
  }
}

TEST(MinimiseTest, AnEndOfValidityStays) {
  Sample sample = Samples().front();
  sample.credential.set_valid_until("2031-01-01T00:00:00Z");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast));
  EXPECT_EQ(minimised.credential->valid_until(), "2031-01-01T00:00:00Z");
  EXPECT_EQ(minimised.credential->valid_from(), "2026-06-21T00:00:00Z");
  EXPECT_EQ(minimised.credential->id(), kId);
}

// The rule alone can tell what was there.
TEST(MinimiseTest, TheReportTellsNothingOfWhatIsWithheld) {
  Sample sample = Samples().front();
  sample.report.add_diagnostics()->set_rule("grade.below-required");
  sample.report.add_dropped()->set_source("/learner/disability");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast));
  EXPECT_EQ(minimised.report.diagnostics_size(), 0);
  EXPECT_EQ(minimised.report.dropped_size(), 0);
}

// What the whole said in a note, or withheld itself, is told from what it did not state.
Sample Titled() {
  Sample sample;
  auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
  learner->add_has_claim()->mutable_learning_achievement()->add_title()->set_value("Sailing");
  *sample.report.mutable_elements() = elm::AnnexOne(sample.credential).elements();
  return sample;
}

TEST(MinimiseTest, WhatIsNotCarriedIsNotMissing) {
  struct Row {
    v1::ElementStatus whole;
    const char* expected;
  };
  const Row rows[] = {
      {v1::ELEMENT_STATUS_TEXT, "withheld"},     {v1::ELEMENT_STATUS_STATED, "withheld"},
      {v1::ELEMENT_STATUS_WITHHELD, "withheld"}, {v1::ELEMENT_STATUS_BY_REFERENCE, "by_reference"},
      {v1::ELEMENT_STATUS_MISSING, "missing"},
  };
  for (const Row& row : rows) {
    Sample sample = Titled();
    v1::AnnexOneElement* const quality = sample.report.mutable_elements(10);
    quality->set_status(row.whole);
    for (const elm::Elements elements : {kLeast | (elm::Elements{1} << 10), elm::kEveryElement}) {
      ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elements));
      EXPECT_EQ(StatusWord(minimised.report.elements(10).status()), row.expected);
    }
  }
}

// The day on which it was delivered is none on which anything was awarded.
TEST(MinimiseTest, AMissingDateOfAwardHasNoHint) {
  const Sample sample = Titled();
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast | (elm::Elements{1} << 4)));
  EXPECT_EQ(StatusWord(minimised.report.elements(4).status()), "missing");
  EXPECT_EQ(minimised.report.elements(4).value(), "");
}

TEST(MinimiseTest, ABeginThatIsStillToComeStays) {
  Sample sample = Samples().front();
  sample.credential.set_valid_from("2031-01-01T00:00:00Z");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast));
  EXPECT_EQ(minimised.credential->valid_from(), "2031-01-01T00:00:00Z");
}

TEST(MinimiseTest, AListOfWhatIsRevokedIsNotCarriedAndThatIsSaid) {
  Sample sample = Samples().front();
  sample.credential.add_credential_status()->set_id("https://status.example/lists/3#17");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elm::kEveryElement));
  EXPECT_FALSE(absl::StrContains(minimised.content, "status.example"));
  ASSERT_EQ(minimised.report.diagnostics_size(), 1);
  EXPECT_EQ(minimised.report.diagnostics(0).rule(), "status.not-carried");
}

// A right, an activity or an assessment beside the achievements is of its own element.
TEST(MinimiseTest, OtherClaimsGoWithTheirElements) {
  Sample sample = Titled();
  auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
  auto* const right = learner->add_has_claim()->mutable_learning_entitlement();
  right->add_title()->set_value("To sail alone");
  right->set_expiry_date("2031-01-01T00:00:00Z");
  learner->add_has_claim()->mutable_learning_activity()->add_title()->set_value("A week at sea");
  learner->add_has_claim()->mutable_learning_assessment()->add_title()->set_value("Exam in knots");
  *sample.report.mutable_elements() = elm::AnnexOne(sample.credential).elements();
  struct Row {
    int element;
    const char* claim;
  };
  for (const Row& row : {Row{14, "To sail alone"}, Row{9, "A week at sea"}, Row{13, "Exam in knots"}}) {
    ASSERT_OK_AND_ASSIGN(const Translated least, Minimised(sample, kLeast));
    EXPECT_FALSE(absl::StrContains(least.content, row.claim));
    ASSERT_OK_AND_ASSIGN(const Translated with, Minimised(sample, kLeast | (elm::Elements{1} << row.element)));
    EXPECT_TRUE(absl::StrContains(with.content, row.claim)) << with.content;
    EXPECT_EQ(absl::StrContains(with.content, "2031-01-01"), row.element == 14);
  }
}

// Whoever awards something to himself is not named by the award, under the same id or with the same name.
TEST(MinimiseTest, ALearnerUnderAnotherRoleIsTheLearner) {
  for (const char* id : {"did:example:solveig", ""}) {
    SCOPED_TRACE(id);
    Sample sample;
    auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
    learner->set_id("did:example:solveig");
    learner->add_full_name()->set_value("Solveig Fjordheim");
    auto* const achievement = learner->add_has_claim()->mutable_learning_achievement();
    achievement->add_title()->set_value("Sailing");
    auto* const body = achievement->mutable_awarded_by()->add_awarding_body()->mutable_person();
    body->set_id(id);
    body->add_full_name()->set_value("Solveig Fjordheim");
    *sample.report.mutable_elements() = elm::AnnexOne(sample.credential).elements();
    ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elm::kEveryElement & ~elm::Elements{1}));
    EXPECT_FALSE(absl::StrContains(minimised.content, "olveig")) << minimised.content;
  }
}

// Two achievements of one specification, which is written out at the first.
TEST(MinimiseTest, KindsOfAssessmentStandWhereTheSpecificationIsWrittenOut) {
  Sample sample;
  auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
  for (const char* title : {"Sailing", "Sailing again"}) {
    auto* const achievement = learner->add_has_claim()->mutable_learning_achievement();
    achievement->add_title()->set_value(title);
    auto* const specification = achievement->mutable_specified_by()->mutable_learning_achievement_specification();
    specification->set_id("urn:example:course");
    if (learner->has_claim_size() == 1) specification->add_title()->set_value("Course in sailing");
    auto* const assessment = achievement->add_proven_by();
    assessment->add_title()->set_value("Exam");
    assessment->add_dc_type()->set_id(title == std::string("Sailing") ? "http://example.org/a"
                                                                      : "http://example.org/b");
  }
  *sample.report.mutable_elements() = elm::AnnexOne(sample.credential).elements();
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast | (elm::Elements{1} << 8)));
  const auto& first = minimised.credential->credential_subject().person().has_claim(0).learning_achievement();
  EXPECT_EQ(first.specified_by().learning_achievement_specification().proven_by_size(), 2);
}

TEST(MinimiseTest, WhereNothingIsDisclosedThereIsNoCredential) {
  Sample sample;
  auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
  learner->add_has_claim()->mutable_learning_activity()->add_title()->set_value("A week at sea");
  EXPECT_THAT(Minimised(sample, kLeast), HasReason(Reason::kNothingAwarded));
  EXPECT_OK(Minimised(sample, kLeast | (elm::Elements{1} << 9)));
}

// A body that is named by an id only, which leads out of the document, stays a reference, under another name.
TEST(MinimiseTest, AReferenceOutOfTheDocumentStaysOne) {
  Sample sample = Titled();
  auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
  auto* const process = learner->mutable_has_claim(0)->mutable_learning_achievement()->mutable_awarded_by();
  process->add_awarding_body()->mutable_organisation()->set_id("urn:example:student-4711:body");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast));
  EXPECT_FALSE(absl::StrContains(minimised.content, "4711"));
  EXPECT_TRUE(absl::StrContains(minimised.content, "awardingBody")) << minimised.content;
}

// References that lead from one to the next, each written out beside the others.
TEST(MinimiseTest, AChainOfReferencesIsRefusedBeforeItIsTooDeep) {
  Sample sample;
  for (const int length : {20, 2000}) {
    sample.credential = elm::v3::EuropeanDigitalCredential();
    auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
    for (int i = 0; i < length; ++i) {
      auto* const achievement = learner->add_has_claim()->mutable_learning_achievement();
      achievement->set_id(absl::StrCat("urn:example:", i));
      achievement->add_title()->set_value("Sailing");
      achievement->add_has_part()->set_id(absl::StrCat("urn:example:", i + 1));
    }
    const absl::StatusOr<Translated> minimised = Minimised(sample, elm::kEveryElement);
    if (length == 20) {
      EXPECT_OK(minimised);
    } else {
      EXPECT_THAT(minimised, HasReason(Reason::kInputTooDeep));
    }
  }
}

// A circle of references ends where it began.
TEST(MinimiseTest, ACircleIsWrittenOnce) {
  Sample sample;
  auto* const learner = sample.credential.mutable_credential_subject()->mutable_person();
  auto* const whole = learner->add_has_claim()->mutable_learning_achievement();
  whole->set_id("urn:example:whole");
  whole->add_title()->set_value("Sailing");
  auto* const part = whole->add_has_part();
  part->set_id("urn:example:part");
  part->add_title()->set_value("Knots");
  part->add_is_part_of()->set_id("urn:example:whole");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elm::kEveryElement));
  const auto& copied = minimised.credential->credential_subject().person().has_claim(0).learning_achievement();
  EXPECT_EQ(copied.has_part(0).title(0).value(), "Knots");
  EXPECT_EQ(copied.has_part(0).is_part_of(0).id(), copied.id());
  EXPECT_TRUE(absl::StartsWith(copied.id(), kId)) << copied.id();
}

}  // namespace
}  // namespace passerelle::document
