// Catalogues on their way through translation: who takes them, what they can become, and what they lack.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"
#include "tests/support/status_matchers.h"

namespace passerelle::adapters {
namespace {

using base::Reason;
using document::TranslateOptions;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;

// A catalogue of one course in JSON-LD; `members` are further ones.
std::string Course(const std::string& members = "") {
  return absl::StrCat(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@id":"urn:example:course:1",)",
                      R"("@type":"LearningOpportunity","title":{"en":"Knots"})", members, "}");
}

TranslateOptions To(const std::string& format) {
  TranslateOptions options;
  options.catalogues = true;
  options.to = format;
  return options;
}

class CatalogueTest : public ::testing::Test {
 protected:
  const document::Registry registry_ = MakeRegistry();
};

TEST_F(CatalogueTest, NobodyTakesOneForACredentialUnasked) {
  EXPECT_EQ(document::Detect(registry_, Course()).format, "loq");
  EXPECT_THAT(document::Translate(registry_, Course(), {}).status(), HasReasonAt(Reason::kNotACredential, "document"));
  EXPECT_OK(document::Translate(registry_, Course(), To("")).status());
  TranslateOptions options = To("");
  options.refuse_loss = {"level"};
  EXPECT_THAT(document::Translate(registry_, Course(), options).status(),
              HasReasonAt(Reason::kFieldInvalid, "refuse_loss"));
}

TEST_F(CatalogueTest, FormatsOfCredentialsCannotHoldOne) {
  for (const char* format : {"elmo", "openbadges3", "koski"}) {
    EXPECT_THAT(document::Translate(registry_, Course(), To(format)).status(),
                HasReasonAt(Reason::kFormatNotSupported, format));
  }
}

// A listed node stands in its list once, and elsewhere by reference; one without an id gets one.
TEST_F(CatalogueTest, NodesWithinNodesBecomeReferences) {
  const std::string within = Course(
      R"(,"providedBy":{"@type":"Organisation","legalName":{"en":"Harbour"},"location":{"@id":"urn:example:place:1"}})");
  ASSERT_OK_AND_ASSIGN(const document::Translated written, document::Translate(registry_, within, To("loq")));
  EXPECT_TRUE(absl::StrContains(written.content, R"(<providedBy idref="urn:passerelle:catalogue:)")) << written.content;
  EXPECT_TRUE(absl::StrContains(written.content, R"(<location idref="urn:example:place:1" />)")) << written.content;
  ASSERT_OK_AND_ASSIGN(const document::Translated read, document::Translate(registry_, written.content, To("")));
  ASSERT_EQ(read.catalogue->node_size(), 2);
  EXPECT_EQ(read.catalogue->node(1).organisation().legal_name(0).value(), "Harbour");
  EXPECT_EQ(read.catalogue->node(0).learning_opportunity().provided_by(0).id(),
            read.catalogue->node(1).organisation().id());
}

// Every element that the profile demands and the catalogue lacks is named; a reference lacks nothing.
TEST_F(CatalogueTest, WhatTheProfileDemandsIsSaid) {
  ASSERT_OK_AND_ASSIGN(const document::Translated read,
                       document::Translate(registry_, Course(R"(,"providedBy":{"@id":"urn:example:body"})"), To("")));
  std::vector<std::string> places;
  for (const auto& diagnostic : read.report.diagnostics()) {
    EXPECT_EQ(diagnostic.rule(), "shape.min");
    places.push_back(diagnostic.place());
  }
  EXPECT_THAT(places, ElementsAre("/node/0/http://data.europa.eu/snb/model/elm/defaultLanguage",
                                  "/node/0/learningAchievementSpecification", "/node/0/homepage"));
}

// The binding takes one value of many properties: a second is named, not silently lost.
TEST_F(CatalogueTest, ASecondValueWhereThereIsOneIsADiagnostic) {
  const std::string xml =
      R"(<Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/"><learningOpportunityReferences>)"
      R"(<learningOpportunity id="urn:example:course:1"><title language="en">Knots</title><duration>P1D</duration>)"
      R"(<duration>P2D</duration></learningOpportunity></learningOpportunityReferences></Courses>)";
  ASSERT_OK_AND_ASSIGN(const document::Translated read, document::Translate(registry_, xml, To("")));
  EXPECT_EQ(read.catalogue->node(0).learning_opportunity().duration(), "P1D");
  EXPECT_EQ(read.report.diagnostics(0).rule(), "shape.max");
  EXPECT_TRUE(absl::EndsWith(read.report.dropped(0).source(), "/duration[2]")) << read.report.dropped(0).source();
}

}  // namespace
}  // namespace passerelle::adapters
