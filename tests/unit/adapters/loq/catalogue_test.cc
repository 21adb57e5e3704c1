// Catalogues on their way through translation: who takes them, what they can become, and what they lack.
#include <set>
#include <string>
#include <utility>
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
  std::vector<std::string> messages;
  for (const auto& diagnostic : read.report.diagnostics()) {
    EXPECT_EQ(diagnostic.rule(), "shape.min");
    EXPECT_EQ(diagnostic.place(), "");  // the document is the node
    messages.push_back(diagnostic.message());
  }
  const auto demands = [](absl::string_view property) {
    return absl::StrCat("The profile for catalogues demands ", property, " of LearningOpportunity; there is none.");
  };
  EXPECT_THAT(messages, ElementsAre(demands("http://data.europa.eu/snb/model/elm/defaultLanguage"),
                                    demands("learningAchievementSpecification"), demands("homepage")));
}

// The place is that of the node which lacks a value, in the form of the document.
TEST_F(CatalogueTest, WhatIsLackedHasTheRealPlace) {
  const std::string entry = R"({"@id":"urn:example:course:2","@type":"LearningOpportunity","priceDetail":[)"
                            R"({"@type":"PriceDetail"},{"@type":"PriceDetail","amount":{"@type":"Amount"}}]})";
  const std::string json =
      absl::StrCat(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[)", entry, "]}");
  const std::string xml =
      R"(<Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/"><learningOpportunityReferences>)"
      R"(<learningOpportunity id="urn:example:course:2"><priceDetail/><priceDetail><amount/></priceDetail></learningOpportunity>)"
      R"(</learningOpportunityReferences></Courses>)";
  const std::string in_xml = "/Courses/learningOpportunityReferences[1]/learningOpportunity[1]";
  const std::pair<std::string, std::vector<std::string>> cases[] = {
      {json, {"/@graph/0", "/@graph/0/priceDetail/1/amount"}}, {xml, {in_xml, in_xml + "/priceDetail[2]/amount[1]"}}};
  for (const auto& [document, expected] : cases) {
    ASSERT_OK_AND_ASSIGN(const document::Translated read, document::Translate(registry_, document, To("")));
    std::set<std::string> places;
    for (const auto& diagnostic : read.report.diagnostics()) places.insert(diagnostic.place());
    for (const std::string& place : expected) EXPECT_EQ(places.count(place), 1u) << place;
  }
}

// Amounts are decimals: no context says so of their property.
TEST_F(CatalogueTest, AmountsStateTheirDatatype) {
  const std::string value = R"("http://www.w3.org/1999/02/22-rdf-syntax-ns#value":)"
                            R"({"@type":"http://www.w3.org/2001/XMLSchema#decimal","@value":"12.50"})";
  const std::string priced =
      Course(absl::StrCat(R"(,"priceDetail":{"@type":"PriceDetail","amount":{"@type":"Amount",)", value, "}}"));
  ASSERT_OK_AND_ASSIGN(const document::Translated same, document::Translate(registry_, priced, To("")));
  EXPECT_TRUE(absl::StrContains(same.content, value)) << same.content;
  ASSERT_OK_AND_ASSIGN(const document::Translated xml, document::Translate(registry_, priced, To("loq")));
  EXPECT_TRUE(absl::StrContains(xml.content, "<value>12.50</value>")) << xml.content;
  ASSERT_OK_AND_ASSIGN(const document::Translated again, document::Translate(registry_, xml.content, To("")));
  EXPECT_TRUE(absl::StrContains(again.content, value)) << again.content;
}

TEST_F(CatalogueTest, TheMailboxOfModel31IsTheAddressOfToday) {
  const std::string xml =
      R"(<Courses xmlns="http://data.europa.eu/snb/model/ap/loq-constraints/"><learningOpportunityReferences>)"
      R"(<learningOpportunity id="urn:example:course:1"/></learningOpportunityReferences><agentReferences>)"
      R"(<organisation id="urn:example:body"><contactPoint><mailbox uri="mailto:knots@harbour.example"/>)"
      R"(</contactPoint></organisation></agentReferences></Courses>)";
  ASSERT_OK_AND_ASSIGN(const document::Translated read, document::Translate(registry_, xml, To("")));
  EXPECT_EQ(read.catalogue->node(1).organisation().contact_point(0).email_address(0).id(),
            "mailto:knots@harbour.example");
  EXPECT_EQ(read.report.dropped_size(), 0);
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
