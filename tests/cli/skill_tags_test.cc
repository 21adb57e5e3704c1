// The tags that follow from the skills of a credential, through the real program. The collection is invented.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

using ::testing::HasSubstr;

class SkillTagsCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteAll(collection_,
             "tag: DIGITAL\nsource: \"Invented digital skills\"\nversion: \"1\"\nas_of: \"2026-01-31\"\n"
             "skills: [\"https://skills.example/digital/1\"]\n");
  }
  // A credential whose learning outcome is linked to the skill.
  std::string Linked(const std::string& skill) const {
    const std::string complete = ReadAll(absl::StrCat(testing::kSourceDir, "/tests/unit/core/elm/data/complete.json"));
    const std::string changed = absl::StrReplaceAll(
        complete, {{R"("type": "LearningOutcome",)",
                    absl::StrCat(R"("type": "LearningOutcome", "relatedESCOSkill": {"id": ")", skill,
                                 R"(", "type": "Concept", "prefLabel": {"en": "A skill"}, "inScheme": {"id":
                                 "https://skills.example/scheme", "type": "ConceptScheme"}},)")}});
    EXPECT_NE(changed, complete);
    const std::string file = folder_ + "/credential.json";
    WriteAll(file, changed);
    return file;
  }
  std::string Check(const std::string& file) const {
    return RunProgram({Passerelle(), "check", file, "--json", "--skills", collection_}).out;
  }

  const std::string folder_ = ScratchFolder();
  const std::string collection_ = folder_ + "/digital.yaml";
};

TEST_F(SkillTagsCommandTest, ACredentialWithADigitalSkillHasTheTag) {
  const std::string report = Check(Linked("https://skills.example/digital/1"));
  EXPECT_EQ(At(report, "/skills/tags/0"), "DIGITAL");
  EXPECT_EQ(At(report, "/skills/because/0/collection"), "Invented digital skills, version 1, of 2026-01-31");
  EXPECT_EQ(At(report, "/skills/untagged/0"), "absent");
}

TEST_F(SkillTagsCommandTest, ASkillInNoCollectionHasNoTagAndIsNamed) {
  const std::string report = Check(Linked("https://skills.example/other/1"));
  EXPECT_EQ(At(report, "/skills/tags/0"), "absent");
  EXPECT_EQ(At(report, "/skills/untagged/0"), "https://skills.example/other/1");
}

TEST_F(SkillTagsCommandTest, ACollectionThatCannotBeUsedIsRefused) {
  WriteAll(collection_, "tag: DIGITAL\nsource: x\nversion: \"1\"\nas_of: \"2026-01-31\"\nskills: [\"S1\"]\n");
  const Outcome refused =
      RunProgram({Passerelle(), "check", Linked("https://skills.example/other/1"), "--skills", collection_});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr(absl::StrCat("CONFIG_INVALID at ", collection_, ": skills[0]: ")));
}

}  // namespace
}  // namespace passerelle::tests
