// Tags from skills. The collections are invented, and so are the addresses in them.
#include "core/elm/skill_tags.h"

#include <memory>
#include <string>
#include <vector>

#include "core/base/problem.h"
#include "core/elm/check_report.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/elm/annex/edited.h"

namespace passerelle::elm {
namespace {

using base::Reason;
using document::v1::SkillCollection;
using document::v1::SkillTag;
using ::passerelle::testing::HasReasonAt;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kDigitalSkill[] = "https://skills.example/digital/1";
constexpr char kGreenSkill[] = "https://skills.example/green/1";
constexpr char kBothSkill[] = "https://skills.example/both/1";
constexpr char kOtherSkill[] = "https://skills.example/other/1";
constexpr char kDigitalScheme[] = "https://skills.example/scheme/digital-competence";

SkillCollection Collection(const std::string& tag, const std::vector<std::string>& skills,
                           const std::vector<std::string>& schemes = {}) {
  SkillCollection collection;
  collection.set_tag(tag);
  collection.set_source("Invented " + tag);
  collection.set_version("1.2");
  collection.set_as_of("2026-01-31");
  collection.mutable_skills()->Assign(skills.begin(), skills.end());
  collection.mutable_schemes()->Assign(schemes.begin(), schemes.end());
  return collection;
}

std::shared_ptr<const SkillTagger> Tagger() {
  return SkillTagger::Make({Collection("DIGITAL", {kDigitalSkill, kBothSkill}, {kDigitalScheme}),
                            Collection("GREEN", {kGreenSkill, kBothSkill})});
}

// A credential whose one learning outcome has these members more.
ReadCredential WithSkills(const std::string& members) {
  return ReadEdited({{R"("type": "LearningOutcome",)", R"("type": "LearningOutcome", )" + members + ","}});
}

std::string Skill(const std::string& id, const std::string& scheme = "https://skills.example/scheme/any") {
  return R"({"id": ")" + id + R"(", "type": "Concept", "prefLabel": {"en": "A skill"}, "inScheme": {"id": ")" + scheme +
         R"(", "type": "ConceptScheme"}})";
}

TEST(SkillTags, ASkillOfADigitalCollectionMakesACredentialDigital) {
  const ReadCredential read = WithSkills(R"("relatedESCOSkill": )" + Skill(kDigitalSkill));
  const document::v1::SkillTags tags = Tagger()->TagsOf(read.credential);
  EXPECT_THAT(DistinctTags(tags), ElementsAre("DIGITAL"));
  ASSERT_EQ(tags.tags_size(), 1);
  EXPECT_EQ(tags.tags(0).skill(), kDigitalSkill);
  EXPECT_EQ(tags.tags(0).collection(), "Invented DIGITAL, version 1.2, of 2026-01-31");
  EXPECT_THAT(tags.untagged_skills(), IsEmpty());
}

TEST(SkillTags, ASkillOfASchemeThatIsDigitalAsAWholeIsDigitalToo) {
  const ReadCredential read = WithSkills(R"("relatedSkill": )" + Skill(kOtherSkill, kDigitalScheme));
  EXPECT_THAT(DistinctTags(Tagger()->TagsOf(read.credential)), ElementsAre("DIGITAL"));
}

TEST(SkillTags, ASkillCanHaveSeveralTagsAndEachSkillIsLookedUpOnce) {
  const ReadCredential read = WithSkills(R"("relatedESCOSkill": [)" + Skill(kBothSkill) + "," + Skill(kGreenSkill) +
                                         R"(], "relatedSkill": )" + Skill(kBothSkill));
  const document::v1::SkillTags tags = Tagger()->TagsOf(read.credential);
  EXPECT_THAT(DistinctTags(tags), ElementsAre("DIGITAL", "GREEN"));
  EXPECT_EQ(tags.tags_size(), 3);
}

TEST(SkillTags, ASkillInNoCollectionHasNoTagAndIsNamed) {
  const ReadCredential read = WithSkills(R"("relatedESCOSkill": )" + Skill(kOtherSkill));
  const document::v1::SkillTags tags = Tagger()->TagsOf(read.credential);
  EXPECT_THAT(tags.tags(), IsEmpty());
  EXPECT_THAT(tags.untagged_skills(), ElementsAre(kOtherSkill));
  EXPECT_EQ(SkillTagsText(tags),
            "Skills: no tag\n  no tag: https://skills.example/other/1 is in no collection at hand\n");
  // One without an address, by its label; and a credential without skills.
  const ReadCredential local = WithSkills(R"("relatedSkill": {"type": "Concept", "prefLabel": {"en": "Net mending"}})");
  EXPECT_THAT(Tagger()->TagsOf(local.credential).untagged_skills(), ElementsAre("Net mending"));
  EXPECT_EQ(SkillTagsText(Tagger()->TagsOf(ReadEdited({}).credential)), "Skills: none is stated\n");
}

TEST(SkillTags, StandInTheReportWhereThereAreCollections) {
  const ReadCredential read = WithSkills(R"("relatedESCOSkill": )" + Skill(kDigitalSkill));
  CheckResult result = Check(read);
  EXPECT_THAT(CheckJson(read, result), Not(HasSubstr(R"("skills")")));
  EXPECT_THAT(CheckText(read, result), Not(HasSubstr("Skills: ")));
  result.skills = Tagger()->TagsOf(read.credential);
  EXPECT_THAT(CheckJson(read, result), HasSubstr(R"("because": [)"));
  EXPECT_THAT(CheckText(read, result),
              HasSubstr("Skills: DIGITAL\n  DIGITAL: https://skills.example/digital/1 (Invented DIGITAL, version 1.2"));
}

TEST(SkillTags, ACollectionThatCannotBeUsedIsRefusedWithThePlace) {
  EXPECT_OK(SkillTagger::Check(Collection("GREEN", {kGreenSkill})));
  EXPECT_OK(SkillTagger::Check(Collection("DIGITAL", {}, {kDigitalScheme})));
  struct Row {
    const char* place;
    void (*change)(SkillCollection*);
  };
  for (const Row& row : std::vector<Row>{
           {"tag", [](SkillCollection* c) { c->set_tag("digital"); }},
           {"source", [](SkillCollection* c) { c->clear_source(); }},
           {"version", [](SkillCollection* c) { c->clear_version(); }},
           {"as_of", [](SkillCollection* c) { c->set_as_of("2026-02-30"); }},
           {"as_of", [](SkillCollection* c) { c->set_as_of("31.01.2026"); }},
           {"skills", [](SkillCollection* c) { c->clear_skills(); }},
           {"skills[1]", [](SkillCollection* c) { c->add_skills("S1.1"); }},
           {"schemes[0]", [](SkillCollection* c) { c->add_schemes(""); }},
       }) {
    SkillCollection collection = Collection("GREEN", {kGreenSkill});
    row.change(&collection);
    EXPECT_THAT(SkillTagger::Check(collection), HasReasonAt(Reason::kConfigInvalid, row.place));
  }
}

TEST(SkillTags, OtherCollectionsHaveAnotherDigest) {
  EXPECT_EQ(Tagger()->sha256(), Tagger()->sha256());
  EXPECT_NE(Tagger()->sha256(), SkillTagger::Make({Collection("GREEN", {kGreenSkill})})->sha256());
}

}  // namespace
}  // namespace passerelle::elm
