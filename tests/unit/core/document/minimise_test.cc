#include "core/document/minimise.h"

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
#include "core/elm/check_report.h"
#include "core/elm/codec.h"
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

absl::StatusOr<Translated> Minimised(const Sample& sample, elm::Elements elements) {
  Translated translated;
  translated.credential = elm::v3::EuropeanDigitalCredential(sample.credential);
  translated.content = sample.content;
  translated.report = sample.report;
  const absl::Status status = Minimise(elements, kId, absl::FromUnixSeconds(1782000000), &translated);
  if (!status.ok()) return status;
  return translated;
}

void ClearNotesOfAssessments(elm::v3::LearningAchievement* achievement) {
  for (auto& assessment : *achievement->mutable_proven_by()) {
    assessment.clear_additional_note();
    assessment.clear_supplementary_document();
  }
  for (auto& part : *achievement->mutable_has_part()) ClearNotesOfAssessments(&part);
}

// How the elements stand in what can go: pictures of the document show the whole of it, and what is noted of an
// assessment tells of its grade.
v1::AnnexOneReport WhatCanGo(const Sample& sample, bool with_grade) {
  elm::v3::EuropeanDigitalCredential credential = sample.credential;
  credential.clear_attachment();
  for (auto& claim : *credential.mutable_credential_subject()->mutable_person()->mutable_has_claim()) {
    if (claim.has_learning_achievement() && !with_grade) {
      ClearNotesOfAssessments(claim.mutable_learning_achievement());
    }
  }
  return elm::AnnexOne(credential);
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
    const v1::AnnexOneReport can_go = WhatCanGo(sample, /*with_grade=*/true);
    for (int i = 0; i < left.elements_size(); ++i) {
      EXPECT_EQ(StatusWord(left.elements(i).status()), StatusWord(can_go.elements(i).status()))
          << elm::kAnnexOne[i].id << "\n"
          << minimised.content;
    }
  }
}

TEST(MinimiseTest, NoElementComesWithAnother) {
  for (const Sample& sample : Samples()) {
    const v1::AnnexOneReport can_go = WhatCanGo(sample, /*with_grade=*/false);
    for (int only = 0; only < static_cast<int>(std::size(elm::kAnnexOne)); ++only) {
      const elm::Elements beside = only == kSupervisionPlace ? elm::Elements{1} << kGradePlace : 0;
      const elm::Elements elements = kLeast | (elm::Elements{1} << only) | beside;
      SCOPED_TRACE(absl::StrCat(sample.name, " ", elm::kAnnexOne[only].id));
      ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, elements));
      const v1::AnnexOneReport left = ReadAgain(minimised.content);
      for (int i = 0; i < left.elements_size(); ++i) {
        const bool disclosed = (elements & (elm::Elements{1} << i)) != 0;
        EXPECT_EQ(StatusWord(left.elements(i).status()),
                  disclosed ? StatusWord(can_go.elements(i).status()) : "missing")
            << elm::kAnnexOne[i].id << "\n"
            << minimised.content;
        EXPECT_EQ(minimised.report.elements(i).status() == v1::ELEMENT_STATUS_WITHHELD, !disclosed);
      }
    }
  }
}

// What conforms as a whole conforms in part, so that receivers can take it.
TEST(MinimiseTest, ConformsToTheModel) {
  for (const Sample& sample : Samples()) {
    const absl::StatusOr<elm::ReadCredential> whole = elm::Read(sample.content);
    if (!elm::Check(*whole).conformance.conforms) continue;
    for (int only = 0; only < static_cast<int>(std::size(elm::kAnnexOne)); ++only) {
      SCOPED_TRACE(absl::StrCat(sample.name, " ", elm::kAnnexOne[only].id));
      ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast | (elm::Elements{1} << only)));
      ASSERT_OK_AND_ASSIGN(const elm::ReadCredential read, elm::Read(minimised.content));
      for (const elm::Finding& finding : elm::Check(read).conformance.findings) {
        ADD_FAILURE() << finding.pointer << " " << finding.rule << " " << finding.message << "\n" << minimised.content;
      }
    }
  }
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

// Of what was noticed only the rule goes, since a place or a message can tell what was there.
TEST(MinimiseTest, TheReportTellsNothingOfWhatIsWithheld) {
  Sample sample = Samples().front();
  v1::Diagnostic* const diagnostic = sample.report.add_diagnostics();
  diagnostic->set_rule("date.day-missing");
  diagnostic->set_place("/learner/birthDate");
  diagnostic->set_message("The day is missing.");
  diagnostic->set_severity(v1::SEVERITY_WARNING);
  sample.report.add_dropped()->set_source("/learner/disability");
  ASSERT_OK_AND_ASSIGN(const Translated minimised, Minimised(sample, kLeast));
  ASSERT_EQ(minimised.report.diagnostics_size(), 1);
  EXPECT_EQ(minimised.report.diagnostics(0).rule(), "date.day-missing");
  EXPECT_EQ(minimised.report.diagnostics(0).severity(), v1::SEVERITY_WARNING);
  EXPECT_FALSE(absl::StrContains(minimised.report.DebugString(), "learner"));
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
