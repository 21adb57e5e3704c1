#include "core/catalogue/offers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/registry.h"
#include "core/document/translate.h"
#include "tests/support/status_matchers.h"

namespace passerelle::catalogue {
namespace {

using ::testing::ElementsAre;

ReadOffers Read(const std::string& nodes, const elm::SkillTagger* tagger = nullptr) {
  const document::Registry registry = adapters::MakeRegistry();
  document::TranslateOptions options;
  options.catalogues = true;
  const auto translated = document::Translate(
      registry, absl::StrCat(R"({"@context":"http://data.europa.eu/snb/model/context/edc-ap","@graph":[)", nodes, "]}"),
      options);
  EXPECT_OK(translated);
  if (!translated.ok() || !translated->catalogue.has_value()) return {};
  return OffersOfCatalogue(*translated->catalogue, tagger);
}

// What is said in other nodes of the catalogue is found there.
TEST(OffersTest, AnOfferStatesWhatItsSpecificationAndProviderState) {
  const ReadOffers read = Read(R"(
    {"@id":"https://uni.example/course/1","@type":"LearningOpportunity","title":{"en":"Tides","sv":"Tidvatten"},
     "description":{"en":"Of the sea"},"mode":{"@id":"http://data.europa.eu/snb/learning-assessment/920fbb3cbe",
     "@type":"Concept"},"homepage":{"@type":"WebResource","contentURL":"https://uni.example/1"},
     "providedBy":{"@id":"https://uni.example/id"},
     "learningAchievementSpecification":{"@id":"https://uni.example/spec/1","@type":"Qualification"}},
    {"@id":"https://uni.example/id","@type":"Organisation","legalName":{"sv":"Hamnskolan"},"location":{"@type":"Location",
     "address":{"@type":"Address","countryCode":{"@id":"http://publications.europa.eu/resource/authority/country/SWE",
     "@type":"Concept"}}}},
    {"@id":"https://uni.example/spec/1","@type":"Qualification","title":{"en":"Reading tides"},
     "eqfLevel":{"@id":"http://data.europa.eu/snb/eqf/6","@type":"Concept"},
     "thematicArea":{"@id":"http://data.europa.eu/snb/isced-f/0532","@type":"Concept"},
     "creditPoint":{"@type":"CreditPoint","point":"7.5","framework":{
      "@id":"http://data.europa.eu/snb/education-credit/6fcec5c5af","@type":"Concept"}},
     "language":{"@id":"http://publications.europa.eu/resource/authority/language/SWE","@type":"Concept"},
     "learningOutcome":{"@id":"https://uni.example/outcome/1","@type":"LearningOutcome",
      "title":{"en":"Reads a tide table"}}})");
  EXPECT_EQ(read.broken_count, 0u);
  ASSERT_EQ(read.offers.size(), 1u);
  const v1::Offer& offer = read.offers[0];
  EXPECT_EQ(offer.id(), "https://uni.example/course/1");
  EXPECT_EQ(offer.titles_size(), 2);
  EXPECT_EQ(offer.provider(), "https://uni.example/id");
  EXPECT_EQ(offer.country(), "SE");
  EXPECT_EQ(offer.eqf_level(), 6u);
  EXPECT_EQ(offer.credits(), "7.5");
  EXPECT_THAT(offer.fields(), ElementsAre("0532"));
  EXPECT_THAT(offer.modes(), ElementsAre("920fbb3cbe"));
  EXPECT_THAT(offer.languages(), ElementsAre("sv"));
  EXPECT_THAT(offer.specifications(), ElementsAre("https://uni.example/spec/1"));
  EXPECT_THAT(offer.outcomes(), ElementsAre("https://uni.example/outcome/1"));
  EXPECT_EQ(offer.homepage(), "https://uni.example/1");
}

TEST(OffersTest, TagsFollowFromTheSkillsOfItsSpecification) {
  document::v1::SkillCollection digital;
  digital.set_tag("DIGITAL");
  digital.add_skills("https://skills.example/digital/1");
  digital.add_schemes("https://skills.example/scheme/digital");
  const auto tagger = elm::SkillTagger::Make({digital});
  const auto tags = [&](const std::string& skills) {
    const ReadOffers read = Read(absl::StrCat(R"(
      {"@id":"urn:x:1","@type":"LearningOpportunity","title":{"en":"Sums"},
       "learningAchievementSpecification":{"@id":"urn:x:s","@type":"LearningAchievementSpecification","title":{"en":"S"},
       "learningOutcome":{"@type":"LearningOutcome","title":{"en":"Programs"},)",
                                              skills, "}}}"),
                                 tagger.get());
    EXPECT_EQ(read.offers.size(), 1u);
    return read.offers.empty() ? v1::Offer() : read.offers[0];
  };
  const char* const by_address = R"("relatedESCOSkill":{"@id":"https://skills.example/digital/1","@type":"Concept"})";
  EXPECT_THAT(tags(by_address).tags(), ElementsAre("DIGITAL"));
  EXPECT_THAT(tags(R"("relatedSkill":{"@id":"https://skills.example/2","@type":"Concept",
                      "inScheme":{"@id":"https://skills.example/scheme/digital","@type":"ConceptScheme"}})")
                  .tags(),
              ElementsAre("DIGITAL"));
  EXPECT_THAT(tags(R"("relatedESCOSkill":{"@id":"https://skills.example/3","@type":"Concept"})").tags(),
              ::testing::IsEmpty());
}

TEST(OffersTest, BrokenOffersAreCountedAndTheOthersRead) {
  std::string nodes;
  for (size_t i = 0; i < kBrokenListed + 5; ++i) {
    absl::StrAppend(&nodes, R"({"@type":"LearningOpportunity","title":{"en":"No id"}},)");
  }
  const ReadOffers read = Read(nodes + R"({"@id":"urn:x:1","@type":"LearningOpportunity"},
    {"@id":"urn:x:2","@type":"LearningOpportunity","title":{"en":"Good"}})");
  ASSERT_EQ(read.offers.size(), 1u);
  EXPECT_EQ(read.offers[0].id(), "urn:x:2");
  EXPECT_EQ(read.broken_count, kBrokenListed + 6);
  ASSERT_EQ(read.broken.size(), kBrokenListed);
  EXPECT_EQ(read.broken[0].place, "node[0]");
  EXPECT_EQ(read.broken[0].why, "it has no id that stays the same");
}

TEST(OffersTest, IdsAreOfALengthThatDatabasesTake) {
  const auto read = [](const std::string& id) {
    elm::v3::Dataset dataset;
    elm::v3::LearningOpportunity& opportunity = *dataset.add_node()->mutable_learning_opportunity();
    opportunity.set_id(id);
    opportunity.add_title()->set_value("T");
    return OffersOfCatalogue(dataset);
  };
  EXPECT_EQ(read(std::string(kOfferIdBytesMax, 'a')).offers.size(), 1u);
  for (const std::string& id : {std::string(kOfferIdBytesMax + 1, 'a'), std::string("a\0b", 3), std::string("a\nb")}) {
    const ReadOffers refused = read(id);
    EXPECT_TRUE(refused.offers.empty());
    ASSERT_EQ(refused.broken.size(), 1u);
    EXPECT_EQ(refused.broken[0].why, "its id is too long, or has control characters");
  }
}

// A catalogue of offers that all name one node, which states `texts` texts of `bytes` bytes. Half a megabyte of texts,
// and half of offers, without a limit would be gigabytes.
elm::v3::Dataset Sharing(int offers, int texts, size_t bytes, bool by_provider) {
  elm::v3::Dataset dataset;
  elm::v3::DatasetNode& shared = *dataset.add_node();
  if (by_provider) {
    shared.mutable_organisation()->set_id("https://uni.example/id");
    for (int i = 0; i < texts; ++i) {
      shared.mutable_organisation()->add_legal_name()->set_value(std::string(bytes, 'a'));
    }
  } else {
    shared.mutable_qualification()->set_id("https://uni.example/id");
    for (int i = 0; i < texts; ++i) {
      shared.mutable_qualification()->add_learning_outcome()->set_id(absl::StrCat("urn:", i, std::string(bytes, 'a')));
    }
  }
  for (int i = 0; i < offers; ++i) {
    elm::v3::LearningOpportunity& opportunity = *dataset.add_node()->mutable_learning_opportunity();
    opportunity.set_id(absl::StrCat("urn:x:", i));
    opportunity.add_title()->set_value("T");
    if (by_provider) {
      opportunity.add_provided_by()->set_id("https://uni.example/id");
    } else {
      opportunity.mutable_learning_achievement_specification()->mutable_qualification()->set_id(
          "https://uni.example/id");
    }
  }
  return dataset;
}

TEST(OffersTest, AFileDoesNotMultiplyWhatItsOffersShare) {
  constexpr int kOffers = 8000;
  for (const bool by_provider : {true, false}) {
    for (const auto& [texts, bytes] :
         {std::pair{1, 500'000}, std::pair{50, 10'000}, std::pair{1500, 0}, std::pair{8, 8000}, std::pair{25'000, 0}}) {
      SCOPED_TRACE(absl::StrCat(by_provider, " ", texts, " ", bytes));
      const elm::v3::Dataset dataset = Sharing(kOffers, texts, static_cast<size_t>(bytes), by_provider);
      const size_t size = dataset.ByteSizeLong();
      ASSERT_LT(size, 2u << 20);
      const ReadOffers read = OffersOfCatalogue(dataset);
      size_t taken = 0;
      for (const v1::Offer& offer : read.offers) {
        taken += offer.ByteSizeLong();
        EXPECT_LE(offer.ByteSizeLong(), kOfferBytesMax);
        EXPECT_LE(static_cast<size_t>(offer.provider_names_size() + offer.outcomes_size()), kOfferEntriesMax);
      }
      EXPECT_LE(taken, size * kGrowthMax + kGrowthBytes);
      // What is not taken is told.
      EXPECT_EQ(read.offers.size() + read.broken_count, static_cast<size_t>(kOffers));
      ASSERT_GT(read.broken_count, 0u);
      EXPECT_TRUE(absl::StrContains(read.broken[0].why, "too large")) << read.broken[0].why;
    }
  }
}

TEST(OffersTest, OffersShareWhatIsOfTheUsualSize) {
  const elm::v3::Dataset dataset = Sharing(2000, 24, 60, true);
  const ReadOffers read = OffersOfCatalogue(dataset);
  EXPECT_EQ(read.broken_count, 0u);
  ASSERT_EQ(read.offers.size(), 2000u);
  EXPECT_EQ(read.offers[1999].provider_names_size(), 24);
}

TEST(OffersTest, AnOfferHasItsOwnLimits) {
  const auto broken = [](size_t bytes, int entries) {
    elm::v3::Dataset dataset;
    elm::v3::LearningOpportunity& opportunity = *dataset.add_node()->mutable_learning_opportunity();
    opportunity.set_id("urn:x:1");
    opportunity.add_title()->set_value(std::string(bytes, 'a'));
    for (int i = 1; i < entries; ++i) opportunity.add_title()->set_value("a");
    return OffersOfCatalogue(dataset).broken_count;
  };
  EXPECT_EQ(broken(kOfferBytesMax - 1000, 1), 0u);
  EXPECT_EQ(broken(kOfferBytesMax, 1), 1u);
  EXPECT_EQ(broken(1, static_cast<int>(kOfferEntriesMax) - 10), 0u);
  EXPECT_EQ(broken(1, static_cast<int>(kOfferEntriesMax)), 1u);
}

TEST(OffersTest, OfOneIdThereIsOneOffer) {
  elm::v3::Dataset dataset;
  for (const char* title : {"First", "Second"}) {
    elm::v3::LearningOpportunity& opportunity = *dataset.add_node()->mutable_learning_opportunity();
    opportunity.set_id("urn:x:1");
    opportunity.add_title()->set_value(title);
  }
  const ReadOffers read = OffersOfCatalogue(dataset);
  ASSERT_EQ(read.offers.size(), 1u);
  EXPECT_EQ(read.offers[0].titles(0).value(), "First");
  ASSERT_EQ(read.broken.size(), 1u);
  EXPECT_EQ(read.broken[0].why, "another offer has its id");
}

}  // namespace
}  // namespace passerelle::catalogue
