// What the older XML forms call otherwise than model 3.2, and what it cannot hold: each is carried, or dropped with the
// true reason.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/document/translate.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::adapters {
namespace {

using base::Reason;
using elm::v3::LearningAchievement;
using elm::v3::LearningAssessment;
using elm::v3::Qualification;
using ::passerelle::testing::HasReasonAt;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::string_view kEstonia =
    R"(<hasLocation><hasAddress><country uri="http://publications.europa.eu/resource/authority/country/EST"/>)"
    R"(</hasAddress></hasLocation>)";

// What differs from one document to the next.
struct Parts {
  std::string credential = "";     // members of the credential
  std::string subject = "";        // of the learner
  std::string achievement = "";    // of the achievement
  std::string qualification = "";  // of what specifies it
  std::string references = "";     // further lists
  std::string awarding_body = "urn:epass:org:1";
};

std::string Organisation(absl::string_view id, absl::string_view members) {
  return absl::StrCat(R"(<organization id=")", id, R"("><prefLabel><text lang="en">Peat School</text></prefLabel>)",
                      members, "</organization>");
}

std::string Document(const Parts& parts) {
  return absl::StrCat(
      R"(<europassCredential xmlns="http://data.europa.eu/snb" xsdVersion="1.2.0"><validFrom>2021-06-30T00:00:00Z)"
      R"(</validFrom><title><text lang="en">Record</text></title>)",
      parts.credential, R"(<credentialSubject id="urn:epass:person:1"><fullName><text lang="en">Ivo Example</text>)",
      "</fullName>", parts.subject, R"(<achievements><learningAchievement id="urn:epass:achievement:1"><title>)",
      R"(<text lang="en">Signalling</text></title><wasAwardedBy idref="urn:epass:award:1"/>)", parts.achievement,
      R"(<specifiedBy idref="urn:epass:qualification:1"/></learningAchievement></achievements></credentialSubject>)",
      R"(<learningSpecificationReferences><qualification id="urn:epass:qualification:1"><title>)",
      R"(<text lang="en">Signaller</text></title>)", parts.qualification,
      "</qualification></learningSpecificationReferences><agentReferences>", Organisation("urn:epass:org:1", kEstonia),
      Organisation("urn:epass:org:2", kEstonia),
      Organisation("urn:epass:org:3", R"(<unitOf idref="urn:epass:org:2"/>)"),
      R"(</agentReferences><awardingProcessReferences><awardingProcess id="urn:epass:award:1"><awardingBody idref=")",
      parts.awarding_body, R"("/><date>2021-06-30T00:00:00Z</date></awardingProcess></awardingProcessReferences>)",
      parts.references, "</europassCredential>");
}

// A list with an accreditation.
std::string Accreditation(absl::string_view agent) {
  return absl::StrCat(
      R"(<accreditationReferences><accreditation id="urn:epass:accreditation:1">)"
      R"(<type uri="http://data.europa.eu/snb/accreditation/820101cba6"/><title><text lang="en">Positive</text></title>)"
      R"(<organization idref="urn:epass:org:1"/>)",
      agent, R"(<landingpage uri="https://agency.example/1"/></accreditation></accreditationReferences>)");
}

class ElmXmlTest : public ::testing::Test {
 protected:
  // Reads a document with the parts.
  void Read(const Parts& parts) {
    auto translated = document::Translate(registry_, Document(parts), {});
    ASSERT_OK(translated.status());
    translated_ = *std::move(translated);
  }

  const elm::v3::Person& Learner() const { return translated_.credential->credential_subject().person(); }
  const LearningAchievement& Achievement() const { return Learner().has_claim(0).learning_achievement(); }
  const Qualification& Specification() const { return Achievement().specified_by().qualification(); }
  const LearningAssessment& Assessment() const { return Achievement().proven_by(0); }

  // "place reason" of what was dropped, the place from the last element on.
  std::vector<std::string> Dropped() const {
    std::vector<std::string> dropped;
    for (const auto& entry : translated_.report.dropped()) {
      const absl::string_view place = entry.source();
      dropped.push_back(absl::StrCat(place.substr(place.rfind('/') + 1), " ", entry.reason()));
    }
    return dropped;
  }

  std::vector<std::string> Rules() const {
    std::vector<std::string> rules;
    for (const auto& diagnostic : translated_.report.diagnostics()) rules.push_back(diagnostic.rule());
    return rules;
  }

  const document::Registry registry_ = MakeRegistry();
  document::Translated translated_;
};

TEST_F(ElmXmlTest, AccreditationIsReadWhereItIsNamed) {
  Read({.qualification = R"(<hasAccreditation idref="urn:epass:accreditation:1"/>)",
        .references = Accreditation(R"(<accreditingAgent idref="urn:epass:org:2"/>)")});
  ASSERT_EQ(Specification().accreditation_size(), 1);
  const elm::v3::Accreditation& accreditation = Specification().accreditation(0);
  EXPECT_EQ(accreditation.title(0).value(), "Positive");
  EXPECT_EQ(accreditation.accrediting_agent().id(), "urn:epass:org:2");
  EXPECT_EQ(accreditation.organisation(0).id(), "urn:epass:org:1");
  EXPECT_EQ(accreditation.landing_page(0).content_url(), "https://agency.example/1");
}

TEST_F(ElmXmlTest, WhatLacksWhatTheModelDemandsIsDroppedWhole) {
  Read({.achievement = R"(<wasInfluencedBy id="urn:epass:activity:1"><title><text lang="en">Lessons</text></title>)"
                       R"(<usedLearningOpportunity idref="urn:epass:lo:1"/></wasInfluencedBy>)",
        .qualification = R"(<hasAccreditation idref="urn:epass:accreditation:1"/><awardingOpportunities/>)",
        .references = absl::StrCat(Accreditation(""), R"(<learningOpportunityReferences><learningOpportunity )"
                                                      R"(id="urn:epass:lo:1"/></learningOpportunityReferences>)")});
  EXPECT_THAT(Dropped(), Contains("hasAccreditation[1] the class Accreditation of model 3.2 states accreditingAgent"));
  EXPECT_THAT(Dropped(),
              Contains("usedLearningOpportunity[1] the class LearningOpportunity of model 3.2 states providedBy"));
  EXPECT_EQ(Specification().accreditation_size(), 0);
  EXPECT_EQ(Specification().awarding_opportunity_size(), 0);
  EXPECT_FALSE(Achievement().influenced_by(0).has_learning_opportunity());
}

TEST_F(ElmXmlTest, FormerNamesHaveTheirPlaces) {
  Read({.credential = "<availableLanguages><language>en</language><language>et</language></availableLanguages>",
        .subject = absl::StrCat("<contactPoint><note><text lang=\"en\">Mornings</text></note>",
                                R"(<webresource uri="https://ivo.example"/></contactPoint>)", kEstonia),
        .achievement = R"(<wasInfluencedBy id="urn:epass:activity:1"><title><text lang="en">Lessons</text></title>)"
                       R"(<usedLearningOpportunity idref="urn:epass:lo:1"/></wasInfluencedBy>)",
        .qualification = R"(<hasEducationLevel uri="https://peat.example/levels/1"/>)"
                         R"(<hasEducationSubject uri="https://peat.example/subjects/7"/><awardingOpportunities>)"
                         R"(<awardingOpportunity><organization idref="urn:epass:org:1"/><startedAtTime>)"
                         R"(2021-01-01T00:00:00Z</startedAtTime></awardingOpportunity></awardingOpportunities>)",
        .references = R"(<learningOpportunityReferences><learningOpportunity id="urn:epass:lo:1"><title>)"
                      R"(<text lang="en">Evenings</text></title><startedAtDate>2021-01-01T00:00:00Z</startedAtDate>)"
                      R"(<duration>P3M</duration><providedBy idref="urn:epass:org:1"/></learningOpportunity>)"
                      R"(</learningOpportunityReferences>)"});
  EXPECT_EQ(translated_.credential->display_parameter().language_size(), 2);
  EXPECT_EQ(Learner().location().address_size(), 1);
  EXPECT_EQ(Learner().contact_point(0).additional_note(0).note_literal(0).value(), "Mornings");
  EXPECT_EQ(Learner().contact_point(0).contact_form(0).content_url(), "https://ivo.example");
  EXPECT_EQ(Specification().education_level(0).id(), "https://peat.example/levels/1");
  EXPECT_EQ(Specification().education_subject(0).id(), "https://peat.example/subjects/7");
  ASSERT_EQ(Specification().awarding_opportunity_size(), 1);
  EXPECT_EQ(Specification().awarding_opportunity(0).temporal().start_date(), "2021-01-01T00:00:00Z");
  const elm::v3::LearningOpportunity& used = Achievement().influenced_by(0).learning_opportunity();
  EXPECT_EQ(used.duration(), "P3M");
  EXPECT_EQ(used.temporal().start_date(), "2021-01-01T00:00:00Z");
  EXPECT_EQ(used.provided_by(0).id(), "urn:epass:org:1");
}

TEST_F(ElmXmlTest, CreditsAreOfTheSystemThatTheyName) {
  struct Case {
    const char* element;
    const char* system;  // empty: none, so that they are a note
  };
  const Case cases[] = {
      {R"(<hasCreditPoints schemeID="http://data.europa.eu/snb/education-credit/60b314e826">3</hasCreditPoints>)",
       "60b314e826"},
      {R"(<hasCreditPoints schemeID="ECVET">3</hasCreditPoints>)", "60b314e826"},
      {R"(<hasCreditPoints schemeID="ects">3</hasCreditPoints>)", "6fcec5c5af"},
      {R"(<hasECTSCreditPoints>3</hasECTSCreditPoints>)", "6fcec5c5af"},
      {R"(<hasECTSCreditPoints schemeID="peat points">3</hasECTSCreditPoints>)", ""},
      {R"(<hasCreditPoints schemeID="peat points">3</hasCreditPoints>)", ""},
      {R"(<hasCreditPoints>3</hasCreditPoints>)", ""},
  };
  for (const Case& test : cases) {
    Read({.qualification = test.element});
    if (*test.system == '\0') {
      EXPECT_THAT(Rules(), Contains("credit.scheme")) << test.element;
      ASSERT_EQ(Specification().additional_note_size(), 1) << test.element;
      EXPECT_TRUE(absl::StartsWith(Specification().additional_note(0).note_literal(0).value(), "Credit: 3"));
      EXPECT_EQ(Specification().credit_point_size(), 0) << test.element;
      continue;
    }
    ASSERT_EQ(Specification().credit_point_size(), 1) << test.element;
    EXPECT_EQ(Specification().credit_point(0).point(), "3");
    EXPECT_TRUE(absl::EndsWith(Specification().credit_point(0).framework().id(), test.system)) << test.element;
  }
}

// The organisation above one that becomes an agent is described where it is named next.
TEST_F(ElmXmlTest, WhatAnAgentCannotHoldIsNotLostElsewhere) {
  Read({.qualification = R"(<hasAccreditation idref="urn:epass:accreditation:1"/>)",
        .references = Accreditation(R"(<accreditingAgent idref="urn:epass:org:2"/>)"),
        .awarding_body = "urn:epass:org:3"});
  EXPECT_EQ(Achievement().awarded_by().awarding_body(0).agent().id(), "urn:epass:org:3");
  EXPECT_THAT(Rules(), Contains("agent.no-country"));
  const elm::v3::Organisation& agent = Specification().accreditation(0).accrediting_agent();
  EXPECT_EQ(agent.id(), "urn:epass:org:2");
  EXPECT_EQ(agent.legal_name_size(), 1);
}

TEST_F(ElmXmlTest, WhatStandsBesideAnAddressANoteOrAnIdentifierIsRead) {
  Read({.subject = R"(<nationalId spatialID="Peatland">17</nationalId>)",
        .achievement = R"(<wasDerivedFrom id="urn:epass:assessment:1"><identifier schemeID="S" issuedDate="2020-05-05")"
                       R"( colour="red">A-1</identifier><title><text lang="en">Exam</text></title><grade>B</grade>)"
                       R"(<additionalNote><text lang="en">Resits</text><subject uri="urn:example:topic:1"/>)"
                       R"(</additionalNote></wasDerivedFrom>)",
        .qualification = R"(<supplementaryDoc uri="https://peat.example/syllabus"><title><text lang="en">Syllabus)"
                         R"(</text></title><language>et</language></supplementaryDoc>)"});
  const elm::v3::WebResource& page = Specification().supplementary_document(0);
  EXPECT_EQ(page.title(0).value(), "Syllabus");
  EXPECT_TRUE(absl::EndsWith(page.language().id(), "/EST"));
  EXPECT_EQ(Assessment().additional_note(0).subject().id(), "urn:example:topic:1");
  EXPECT_EQ(Assessment().identifier(0).identifier().date_issued(), "2020-05-05T00:00:00Z");
  EXPECT_THAT(Dropped(), Contains("@colour an identifier of model 3.2 has no such property"));
  EXPECT_THAT(Dropped(), Contains("@spatialID is no country that is known"));
}

TEST_F(ElmXmlTest, PercentagesAreRoundedAndThreeOrNone) {
  const auto grading = [](absl::string_view percentages) {
    return absl::StrCat(R"(<wasDerivedFrom id="urn:epass:assessment:1"><title><text lang="en">Exam</text></title>)",
                        "<grade>B</grade><shortenedGrading>", percentages, "</shortenedGrading></wasDerivedFrom>");
  };
  Read({.achievement = grading("<percentageLower>20.0</percentageLower><percentageEqual>29.6</percentageEqual>"
                               "<percentageHigher>50</percentageHigher>")});
  EXPECT_EQ(Assessment().shortened_grading().percentage_lower(), 20);
  EXPECT_EQ(Assessment().shortened_grading().percentage_equal(), 30);
  EXPECT_THAT(Rules(), Contains("grading.rounded").Times(1));
  Read({.achievement = grading("<percentageLower>20</percentageLower><percentageEqual>a third</percentageEqual>"
                               "<percentageHigher>50</percentageHigher>")});
  EXPECT_FALSE(Assessment().has_shortened_grading());
  EXPECT_THAT(Dropped(), Contains("percentageEqual[1] an integer is expected"));
  EXPECT_THAT(Dropped(),
              Contains("shortenedGrading[1] the class ShortenedGrading of model 3.2 states percentageEqual"));
}

TEST_F(ElmXmlTest, MaximaAndLexicalFormsAreKept) {
  Read({.achievement =
            R"(<wasInfluencedBy id="urn:epass:activity:1"><title><text lang="en">Lessons</text></title>)"
            R"(<workload>60 hours</workload></wasInfluencedBy><wasDerivedFrom id="urn:epass:assessment:1">)"
            R"(<title><text lang="en">Exam</text></title><grade>B</grade><specifiedBy idref="urn:epass:as:1"/>)"
            R"(<specifiedBy idref="urn:epass:as:2"/></wasDerivedFrom>)",
        .references = R"(<assessmentSpecificationReferences><assessmentSpecification id="urn:epass:as:1"><title>)"
                      R"(<text lang="en">One</text></title></assessmentSpecification><assessmentSpecification )"
                      R"(id="urn:epass:as:2"><title><text lang="en">Two</text></title></assessmentSpecification>)"
                      R"(</assessmentSpecificationReferences>)"});
  EXPECT_THAT(Dropped(), Contains("workload[1] is no duration"));
  EXPECT_THAT(Achievement().influenced_by(0).workload(), IsEmpty());
  EXPECT_EQ(Assessment().specified_by_size(), 1);
  EXPECT_THAT(Dropped(), Contains("specifiedBy[2] model 3.2 holds one specifiedBy"));
}

TEST_F(ElmXmlTest, AReferenceToSomethingElseSaysWhatIsExpected) {
  Read({.references = R"(<learningOutcomeReferences><learningOutcome id="urn:epass:outcome:1"><prefLabel>)"
                      R"(<text lang="en">Flags</text></prefLabel></learningOutcome></learningOutcomeReferences>)",
        .awarding_body = "urn:epass:outcome:1"});
  EXPECT_THAT(Dropped(), Contains(::testing::HasSubstr("awardingBody[1] what is referred to is no Agent or ")));
  EXPECT_THAT(Dropped(), Not(Contains(::testing::EndsWith("is no "))));
}

TEST_F(ElmXmlTest, VersionsBeforeTheNamespaceAreNotRead) {
  document::TranslateOptions options;
  options.from = "elm-xml";
  for (const char* const root :
       {"<europassCredential/>",
        R"(<europassCredential xmlns="http://data.europa.eu/europass/model/credentials#"/>)"}) {
    EXPECT_THAT(document::Translate(registry_, root, options),
                HasReasonAt(Reason::kFormatNotSupported, "/europassCredential"))
        << root;
  }
}

}  // namespace
}  // namespace passerelle::adapters
