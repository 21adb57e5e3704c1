// What golden cases cannot show of the ELMO adapter: limits, hostile input, and that the same bytes give the same
// answer.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "adapters/registry.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "tests/support/status_matchers.h"

namespace passerelle {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;

constexpr absl::string_view kHead =
    "<elmo xmlns='https://github.com/emrex-eu/elmo-schemas/tree/v1'><learner><givenNames>Eva</givenNames></learner>"
    "<report><issuer><country>SI</country><title xml:lang='sl'>Preskusna fakulteta</title></issuer>";
constexpr absl::string_view kCourse =
    "<learningOpportunitySpecification><title xml:lang='en'>Welding</title></learningOpportunitySpecification>";
constexpr absl::string_view kTail = "<issueDate>2024-05-01T00:00:00Z</issueDate></report></elmo>";

std::string Elmo(absl::string_view courses) { return absl::StrCat(kHead, courses, kTail); }

std::string Repeat(absl::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) absl::StrAppend(&result, text);
  return result;
}

absl::StatusOr<document::Translated> Translate(const std::string& bytes) {
  static const auto& registry = *new document::Registry(adapters::MakeRegistry());
  return document::Translate(registry, bytes, {});
}

TEST(RegistryTest, HoldsTheAdaptersOfTheTable) {
  const document::Registry registry = adapters::MakeRegistry();
  for (const char* id : {"elm", "elm-xml", "elmo"}) ASSERT_NE(registry.Find(id), nullptr) << id;
  EXPECT_EQ(registry.Find("none"), nullptr);
  for (const auto& adapter : registry.adapters()) {
    EXPECT_FALSE(adapter->Info().mapping_version.empty()) << adapter->Info().id;
    EXPECT_EQ(adapter->Detect(""), document::Confidence::kNone) << adapter->Info().id;
  }
}

TEST(ElmoTest, GivesTheSameBytesForTheSameBytes) {
  const std::string elmo = Elmo(kCourse);
  ASSERT_OK_AND_ASSIGN(const document::Translated first, Translate(elmo));
  ASSERT_OK_AND_ASSIGN(const document::Translated second, Translate(elmo));
  EXPECT_EQ(first.content, second.content);
  EXPECT_EQ(document::ReportJson(first.report), document::ReportJson(second.report));
}

TEST(ElmoTest, EveryTruncationIsRefusedWithAReason) {
  const std::string elmo = Elmo(kCourse);
  for (size_t size = 0; size < elmo.size(); ++size) {
    const auto translated = Translate(elmo.substr(0, size));
    ASSERT_FALSE(translated.ok()) << size;
    EXPECT_NE(base::ReasonOf(translated.status()), Reason::kInternal) << size;
  }
}

TEST(ElmoTest, HoldsTheLimitOfAchievements) {
  EXPECT_TRUE(Translate(Elmo(Repeat(kCourse, 300))).ok());
  EXPECT_THAT(Translate(Elmo(Repeat(kCourse, base::kAchievementsMax + 1))), HasReason(Reason::kInputTooLarge));
}

TEST(ElmoTest, ADocumentCannotMultiplyItself) {
  const std::string large(100'000, 'x');
  const std::string head = absl::StrReplaceAll(Elmo(""), {{"Preskusna fakulteta", large}, {kTail, ""}});
  ASSERT_OK_AND_ASSIGN(const document::Translated translated,
                       Translate(absl::StrCat(head, Repeat(kCourse, 1000), kTail)));
  EXPECT_LT(translated.content.size(), 4u << 20) << "the awarding body is written once";

  const std::string groups = absl::StrCat("<groups><groupType id='1'><title>", large,
                                          "</title><group id='1'><title>g</title></group></groupType></groups>");
  const std::string grouped =
      absl::StrReplaceAll(kCourse, {{"</title>",
                                     "</title><specifies><learningOpportunityInstance><grouping typeref='1' idref='1'/>"
                                     "</learningOpportunityInstance></specifies>"}});
  const std::string bomb = absl::StrReplaceAll(Elmo(Repeat(grouped, 1000)), {{"</elmo>", groups + "</elmo>"}});
  EXPECT_THAT(Translate(bomb), HasReason(Reason::kInputTooLarge));
}

// Each achievement refers to the one long description.
TEST(ElmoTest, ACredentialCannotMultiplyItself) {
  const std::string large(100'000, 'x');
  const auto credential = [&large](size_t claims) {
    std::string text = absl::StrCat(
        R"({"@context": ["https://www.w3.org/2018/credentials/v1", "http://data.europa.eu/snb/model/context/edc-ap"],
            "id": "urn:example:1", "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
            "validFrom": "2026-05-04T08:00:00Z", "credentialSubject": {"id": "urn:example:2", "type": "Person",
            "hasClaim": [{"id": "urn:example:a", "type": "LearningAchievement", "title": {"en": "a"}, "specifiedBy":
            {"id": "urn:example:q", "type": "Qualification", "description": {"en": ")",
        large, R"("}}})");
    for (size_t i = 0; i < claims; ++i) {
      absl::StrAppend(&text, R"(, {"id": "urn:example:a:)", i,
                      R"(", "type": "LearningAchievement", "title": {"en": "b"}, "specifiedBy": "urn:example:q"})");
    }
    return absl::StrCat(text, "]}}");
  };
  document::TranslateOptions options;
  options.to = "elmo";
  const document::Registry registry = adapters::MakeRegistry();
  ASSERT_OK_AND_ASSIGN(const document::Translated few, document::Translate(registry, credential(3), options));
  EXPECT_GT(few.content.size(), 4 * large.size());
  EXPECT_THAT(document::Translate(registry, credential(300), options), HasReason(Reason::kInputTooLarge));
}

TEST(ElmoTest, TheListOfDroppedPartsIsBoundedAndStillCounts) {
  const std::string many = Repeat("<remark>r</remark>", base::kFindingsMax + 10);
  ASSERT_OK_AND_ASSIGN(const document::Translated translated, Translate(Elmo(absl::StrCat(kCourse, many))));
  ASSERT_EQ(translated.report.dropped_size(), base::kFindingsMax + 1);
  EXPECT_EQ(translated.report.dropped().rbegin()->reason(), "and 10 further parts");
}

TEST(ElmoTest, TakesTheWireFormAndRefusesAnUnknownNamespace) {
  EXPECT_TRUE(Translate(base::Base64Encode(Elmo(kCourse))).ok());
  const std::string other = absl::StrReplaceAll(Elmo(kCourse), {{"emrex-eu", "someone-else"}});
  EXPECT_THAT(Translate(other), HasReason(Reason::kXmlNamespace));
}

}  // namespace
}  // namespace passerelle
