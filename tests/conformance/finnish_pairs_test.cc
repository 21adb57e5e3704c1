// One Finnish record in three formats (../shared/corpus/virta/pairs): what VIRTA states and what published converters
// made of it agree with our translation, element by element, except where the converter is known to be at fault: dates
// that it moved from local midnight to UTC, the birth date among them, and the zero that it kept as a credit.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapters/registry.h"
#include "core/base/json.h"
#include "core/document/source_tree.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"
#include "tests/support/paths.h"

namespace passerelle {
namespace {

namespace fs = std::filesystem;
using elm::v3::LearningAchievement;

const fs::path& Pairs() {
  static const auto& path = *new fs::path(fs::path(testing::kSourceDir) / "../shared/corpus/virta/pairs");
  return path;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

std::string KeyOf(const LearningAchievement& achievement) {
  for (const auto& node : achievement.identifier()) {
    if (node.identifier().scheme_name() == "opintosuoritus_avain") return node.identifier().notation();
  }
  return "";
}

void Index(const LearningAchievement& achievement, std::map<std::string, const LearningAchievement*>* by_key) {
  (*by_key)[KeyOf(achievement)] = &achievement;
  for (const LearningAchievement& part : achievement.has_part()) Index(part, by_key);
}

// The day in Helsinki of an instant that the converter wrote in UTC. Local midnight is 21 or 22 o'clock of the day
// before.
std::string DayInHelsinki(const std::string& instant) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, instant, &time, &error)) << instant << error;
  return absl::FormatTime("%Y-%m-%d", time + absl::Hours(3), absl::UTCTimeZone());
}

std::string TitleOf(const LearningAchievement& achievement) {
  return achievement.title().empty() ? "" : achievement.title(0).value();
}
std::string GradeOf(const LearningAchievement& achievement) {
  return achievement.proven_by().empty() ? "" : achievement.proven_by(0).grade().note_literal(0).value();
}
std::string CreditOf(const LearningAchievement& achievement) {
  return achievement.credit_received().empty() ? "" : achievement.credit_received(0).point();
}

class FinnishPairsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(Pairs())) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/virta/pairs";
    const document::Registry registry = adapters::MakeRegistry();
    auto translated = document::Translate(registry, ReadFile(Pairs() / "kaisa-virta.xml"), {});
    ASSERT_TRUE(translated.ok()) << translated.status();
    credential_ = translated->credential;
    for (const auto& claim : credential_.credential_subject().person().has_claim()) {
      Index(claim.learning_achievement(), &by_key_);
    }
  }

  elm::v3::EuropeanDigitalCredential credential_;
  std::map<std::string, const LearningAchievement*> by_key_;
};

TEST_F(FinnishPairsTest, AgreesWithTheTranscriptThatWasMadeOfTheRecord) {
  const auto tree = document::SourceTree::OfJson(ReadFile(Pairs() / "kaisa-elmo.json"));
  ASSERT_TRUE(tree.ok());
  const std::string born = tree->TextOf(tree->root(), "learner/bday");
  EXPECT_EQ(credential_.credential_subject().person().date_of_birth(), DayInHelsinki(born) + "T00:00:00Z")
      << "the converter moved " << born << " a day back";
  EXPECT_EQ(credential_.credential_subject().person().national_id().notation(),
            tree->TextOf(tree->root(), "learner/identifier/value"));
  size_t compared = 0;
  for (const auto* course : tree->Find(tree->root(), "report/learningOpportunitySpecification")) {
    const auto* const instance = tree->FindFirst(course, "specifies/learningOpportunityInstance");
    const std::string key = tree->TextOf(instance, "identifier/value");
    ASSERT_EQ(by_key_.count(key), 1u) << key;
    const LearningAchievement& ours = *by_key_.at(key);
    ++compared;
    EXPECT_EQ(TitleOf(ours), tree->TextOf(course, "title/value")) << key;
    EXPECT_EQ(ours.awarded_by().awarding_date(), DayInHelsinki(tree->TextOf(instance, "date")) + "T00:00:00Z") << key;
    const std::string credit = tree->TextOf(instance, "credit/value");
    EXPECT_EQ(CreditOf(ours), credit == "0" ? "" : credit) << key;
    // The converter has no grade for the degree, whose record says "HYV".
    const std::string grade = tree->TextOf(instance, "resultLabel");
    EXPECT_EQ(GradeOf(ours), key == "TUTKINTO-39525" ? "HYV" : grade) << key;
    EXPECT_EQ(ours.specified_by().qualification().identifier(0).identifier().notation(),
              tree->TextOf(course, "identifier/value"))
        << key;
    const std::string language = tree->TextOf(instance, "languageOfInstruction");
    EXPECT_EQ(ours.specified_by().qualification().language_size(), language.empty() ? 0 : 1) << key;
  }
  EXPECT_EQ(compared, by_key_.size());
}

TEST_F(FinnishPairsTest, AgreesWithTheEuropeanCredentialThatWasMadeOfOneCourse) {
  const auto tree = document::SourceTree::OfJson(ReadFile(Pairs() / "kaisa-one-course-elm.json"));
  ASSERT_TRUE(tree.ok());
  const auto* const claim = tree->FindFirst(tree->root(), "credentialSubject/hasClaim");
  const auto* const assessment = tree->FindFirst(claim, "awardedBy/used");
  const LearningAchievement& ours = *by_key_.at("1513132");
  EXPECT_EQ(TitleOf(ours), tree->TextOf(assessment, "title/fi"));
  // The converter leaves the zone out, which makes it local time; ours is a day of the calendar in UTC.
  EXPECT_EQ(ours.awarded_by().awarding_date(), tree->TextOf(claim, "awardedBy/awardingDate") + "Z");
  EXPECT_EQ(CreditOf(ours), tree->TextOf(claim, "creditReceived/point"));
  EXPECT_EQ(GradeOf(ours), tree->TextOf(assessment, "grade/noteLiteral/und"));
  EXPECT_EQ(ours.proven_by(0).grade_status().id(), tree->TextOf(assessment, "gradeStatus/id"));
  EXPECT_EQ(ours.specified_by().qualification().identifier(0).identifier().notation(),
            tree->TextOf(assessment, "identifier/notation"));
  EXPECT_EQ(credential_.credential_subject().person().date_of_birth(),
            tree->TextOf(tree->root(), "credentialSubject/dateOfBirth") + "Z");
}

}  // namespace
}  // namespace passerelle
