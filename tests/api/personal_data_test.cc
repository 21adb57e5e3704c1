// What no contract of ours may ask for. The European model itself is left out: it has fields for what a credential
// says.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/api/descriptor_set.h"
#include "tests/support/paths.h"

namespace passerelle::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

void AddFields(const Descriptor& message, std::vector<const FieldDescriptor*>* fields) {
  for (int i = 0; i < message.field_count(); ++i) fields->push_back(message.field(i));
  for (int i = 0; i < message.nested_type_count(); ++i) AddFields(*message.nested_type(i), fields);
}

std::vector<const FieldDescriptor*> FieldsOf(const DescriptorSet& descriptors, absl::string_view package) {
  std::vector<const FieldDescriptor*> fields;
  for (const google::protobuf::FileDescriptor* file : descriptors.Files()) {
    if (!absl::StartsWith(file->package(), package) || absl::StartsWith(file->package(), "passerelle.elm")) continue;
    for (int i = 0; i < file->message_type_count(); ++i) AddFields(*file->message_type(i), &fields);
  }
  return fields;
}

// The fields one of whose words is one of these.
std::set<std::string> Named(const std::vector<const FieldDescriptor*>& fields, const std::set<std::string>& words) {
  std::set<std::string> found;
  for (const FieldDescriptor* field : fields) {
    for (const std::string& word : std::vector<std::string>(absl::StrSplit(field->name(), '_'))) {
      if (words.count(word) > 0) found.insert(field->full_name());
    }
  }
  return found;
}

DescriptorSet Descriptors() { return DescriptorSet(std::string(testing::kBuildDir) + "/passerelle.binpb"); }

// Point 11(b) of the Recommendation: access for everybody means that nobody is asked for what disadvantages people.
TEST(PersonalData, NoFieldIsForWhatDisadvantagesPeople) {
  const DescriptorSet descriptors = Descriptors();
  const std::vector<const FieldDescriptor*> fields = FieldsOf(descriptors, "passerelle.");
  EXPECT_GT(fields.size(), 300u);
  // Whoever decides at a portal has to be the one who is logged in on the other side, and people share names. It is
  // compared and deleted.
  const std::set<std::string> identity = {"passerelle.sharing.v1.HolderIdentity.date_of_birth"};
  EXPECT_EQ(Named(fields, {"health", "disability", "ethnicity", "ethnic", "race", "religion", "belief", "income",
                           "salary", "gender", "sex", "nationality", "citizenship", "birth", "marital", "migrant",
                           "refugee", "caste", "debt"}),
            identity);
}

// Catalogues, quality assurance and policies are asked without a person, and cubes leave a node without one.
TEST(PersonalData, QuestionsAboutOffersAndPoliciesHaveNoFieldForAPerson) {
  const DescriptorSet descriptors = Descriptors();
  const std::set<std::string> words = {"holder", "subject",   "learner", "person", "pseudonym", "given",
                                       "family", "esi",       "email",   "phone",  "citizen",   "student",
                                       "birth",  "applicant", "user",    "login"};
  const std::set<std::string> page = {"passerelle.catalogue.v1.ProviderProfile.learner_centred"};
  EXPECT_EQ(Named(FieldsOf(descriptors, "passerelle.catalogue."), words), page);
  const std::set<std::string> none;
  EXPECT_EQ(Named(FieldsOf(descriptors, "passerelle.trust."), words), none);
  EXPECT_EQ(Named(FieldsOf(descriptors, "passerelle.pathway."), words), none);
  // An award names its holder by a key that stays in the node.
  const std::set<std::string> key = {"passerelle.statistics.v1.Award.holder"};
  EXPECT_EQ(Named(FieldsOf(descriptors, "passerelle.statistics."), words), key);
}

}  // namespace
}  // namespace passerelle::api
