// Version 5 as a target: what it is for, and what of a catalogue it has in another place.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/document/translate.h"
#include "tests/support/status_matchers.h"

namespace passerelle::adapters {
namespace {

using base::Reason;
using document::TranslateOptions;
using ::passerelle::testing::HasReasonAt;

// A course that is offered online for a price, with further members of what says so.
std::string PricedCourse(const std::string& members) {
  return absl::StrCat(
      R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[)",
      R"({"@id":"urn:example:offer","@type":"LearningOpportunity","title":{"en":"Knots, now"},)",
      R"("mode":{"@id":"http://data.europa.eu/snb/learning-assessment/920fbb3cbe","@type":"Concept"},)",
      R"("learningAchievementSpecification":{"@id":"urn:example:course"},"priceDetail":{"@type":"PriceDetail",)",
      R"("amount":{"@type":"Amount","value":"12.50"}})", members, R"(},)",
      R"({"@id":"urn:example:course","@type":"Qualification","title":{"en":"Knots"}}]})");
}

TranslateOptions ToVersion5() {
  TranslateOptions options;
  options.catalogues = true;
  options.to = "ooapi5";
  return options;
}

class Version5Test : public ::testing::Test {
 protected:
  const document::Registry registry_ = MakeRegistry();
};

TEST_F(Version5Test, IsATargetForCataloguesAlone) {
  TranslateOptions from;
  from.from = "ooapi5";
  EXPECT_THAT(document::Translate(registry_, "{}", from).status(), HasReasonAt(Reason::kFormatNotSupported, "ooapi5"));
  const std::string credential =
      R"({"associationId":"1","role":"student","state":"associated","result":{"state":"completed","pass":"passed",)"
      R"("resultDate":"2026-01-31"},"person":{"givenName":"Ada","surname":"Example"},"offering":{"offeringId":"2",)"
      R"("name":[{"language":"en","value":"Knots"}]}})";
  EXPECT_THAT(document::Translate(registry_, credential, ToVersion5()).status(),
              HasReasonAt(Reason::kFormatNotSupported, "ooapi5"));
}

TEST_F(Version5Test, AnOfferingHasAFirstAndALastDay) {
  const std::string days = R"(,"temporal":{"@type":"PeriodOfTime","startDate":"2026-03-01T00:00:00Z",)"
                           R"("endDate":"2026-03-31T00:00:00Z"})";
  ASSERT_OK_AND_ASSIGN(const document::Translated written,
                       document::Translate(registry_, PricedCourse(days), ToVersion5()));
  EXPECT_TRUE(absl::StrContains(written.content, R"("pageSize": 2)")) << written.content;
  EXPECT_TRUE(absl::StrContains(written.content, R"("amount": "12.50")")) << written.content;
}

// Its course then says what it can of it, and the price is lost.
TEST_F(Version5Test, AnOfferingWithoutDaysStandsInForItsCourse) {
  ASSERT_OK_AND_ASSIGN(const document::Translated written,
                       document::Translate(registry_, PricedCourse(""), ToVersion5()));
  EXPECT_TRUE(absl::StrContains(written.content, R"("pageSize": 1)")) << written.content;
  EXPECT_TRUE(absl::StrContains(written.content, R"("online")")) << written.content;
  EXPECT_FALSE(absl::StrContains(written.content, "priceInformation")) << written.content;
  bool price = false;
  for (const auto& dropped : written.report.dropped()) price |= absl::StrContains(dropped.source(), "priceDetail");
  EXPECT_TRUE(price);
}

// A demanded level of which nothing is known is no level when it is read.
TEST_F(Version5Test, WhatIsNotKnownIsNotReadAsKnown) {
  ASSERT_OK_AND_ASSIGN(const document::Translated written,
                       document::Translate(registry_, PricedCourse(""), ToVersion5()));
  EXPECT_TRUE(absl::StrContains(written.content, R"("level": "undefined")")) << written.content;
  TranslateOptions back = ToVersion5();
  back.to.clear();
  ASSERT_OK_AND_ASSIGN(const document::Translated read, document::Translate(registry_, written.content, back));
  EXPECT_FALSE(absl::StrContains(read.content, "undefined")) << read.content;
  EXPECT_FALSE(absl::StrContains(read.content, "description")) << read.content;
}

}  // namespace
}  // namespace passerelle::adapters
