// The messages of proto/passerelle/elm/v3 mirror the application profiles EDC, LOQ and AMS of model 3.2: class by
// class, property by property, in both directions. The tables are extracted from the official SHACL shapes.

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "passerelle/elm/v3/elm.pb.h"
#include "tests/support/paths.h"

namespace passerelle::elm {
namespace {

const std::string kTables = std::string(testing::kSourceDir) + "/../shared/schemas/elm/tables/";

struct ProfileTable {
  v3::Profile profile;
  const char* file;
  size_t properties;  // rows of the table, so that a table that was cut is not taken for a match
};
constexpr ProfileTable kProfiles[] = {{v3::PROFILE_EDC, "edc-3.2.tsv", 464},
                                      {v3::PROFILE_LOQ, "loq-3.2.tsv", 322},
                                      {v3::PROFILE_AMS, "ams-3.2.tsv", 116}};

// Fields that hold several values although a profile allows one, each with its reason. What a profile allows stands in
// the options all the same.
const std::map<std::string, std::string>& RepeatedOnPurpose() {
  static const auto& names = *new std::map<std::string, std::string>{
      {"EuropeanDigitalCredential.credentialStatus", "the 3.3 JSON Schema allows several"},
      {"EuropeanDigitalCredential.expirationDate", "the 3.3 JSON Schema allows several"},
      {"LearningAssessment.proves", "the 3.3 JSON Schema allows several"},
      {"LearningAssessment.specifiedBy", "the 3.3 JSON Schema allows several"},
      {"LearningEntitlement.dcType", "the 3.3 JSON Schema allows several"},
      {"LearningEntitlement.specifiedBy", "the 3.3 JSON Schema allows several"},
      {"LearningAssessmentSpecification.dcType", "LOQ allows several, EDC one"},
      {"QualificationReference.identifier", "identifiers are repeated in every class"},
  };
  return names;
}

// Fields of which AMS allows several values and LOQ one.
bool IsPublisher(const std::string& name) { return absl::EndsWith(name, ".publisher"); }

std::string ExpandIri(const std::string& compact) {
  static const auto* const namespaces = new std::map<std::string, std::string>{
      {"elm", "http://data.europa.eu/snb/model/elm/"},
      {"cred", "https://www.w3.org/2018/credentials#"},
      {"dc", "http://purl.org/dc/terms/"},
      {"skos", "http://www.w3.org/2004/02/skos/core#"},
      {"foaf", "http://xmlns.com/foaf/0.1/"},
      {"rov", "http://www.w3.org/ns/regorg#"},
      {"org", "http://www.w3.org/ns/org#"},
      {"adms", "http://www.w3.org/ns/adms#"},
      {"person", "http://www.w3.org/ns/person#"},
      {"locn", "http://www.w3.org/ns/locn#"},
      {"sec", "https://w3id.org/security#"},
      {"clv", "http://data.europa.eu/m8g/"},
      {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
  };
  const std::vector<std::string> parts = absl::StrSplit(compact, absl::MaxSplits(':', 1));
  return parts.size() == 2 ? absl::StrCat(namespaces->at(parts[0]), parts[1]) : compact;
}

v3::Datatype DatatypeOf(const std::string& range) {
  static const auto* const datatypes = new std::map<std::string, v3::Datatype>{
      {"xsd:string", v3::DATATYPE_STRING},      {"rdf:langString", v3::DATATYPE_LANGUAGE_STRING},
      {"xsd:dateTime", v3::DATATYPE_DATE_TIME}, {"xsd:duration", v3::DATATYPE_DURATION},
      {"xsd:anyURI", v3::DATATYPE_ANY_URI},     {"xsd:integer", v3::DATATYPE_INTEGER},
      {"xsd:decimal", v3::DATATYPE_DECIMAL},    {"xsd:positiveInteger", v3::DATATYPE_POSITIVE_INTEGER},
      {"xsd:boolean", v3::DATATYPE_BOOLEAN},    {"sh:Literal", v3::DATATYPE_LITERAL},
      {"rdf:HTML", v3::DATATYPE_HTML},          {"sh:IRI", v3::DATATYPE_IRI},
  };
  const auto found = datatypes->find(range);
  return found == datatypes->end() ? v3::DATATYPE_UNSPECIFIED : found->second;
}

std::string LocalName(const std::string& name) { return name.substr(name.find_last_of(":/") + 1); }

using Row = std::vector<std::string>;  // class, term, path, range, cardinality, lang, scheme, severity

// None if the table is not beside the checkout.
std::vector<Row> ReadTable(const ProfileTable& profile) {
  std::ifstream file(absl::StrCat(kTables, profile.file));
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) rows.push_back(absl::StrSplit(line, '\t'));
  return rows;
}

std::string NameOf(const Row& row) {
  return absl::StrCat(LocalName(row[0]), ".", row[1].empty() ? LocalName(row[2]) : row[1]);
}

const google::protobuf::FieldDescriptor* FindProperty(const google::protobuf::Descriptor& message,
                                                      const std::string& iri) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->options().GetExtension(v3::property).iri() == iri) return message.field(i);
  }
  return nullptr;
}

// What a profile says about a field: its own rule, or what the options say for EDC.
v3::ProfileRule RuleOf(const google::protobuf::FieldDescriptor& field, v3::Profile profile) {
  const v3::PropertyOptions& options = field.options().GetExtension(v3::property);
  for (const v3::ProfileRule& rule : options.elsewhere()) {
    if (rule.profile() == profile) return rule;
  }
  v3::ProfileRule rule;
  rule.set_profile(profile);
  rule.set_min(options.min());
  rule.set_max(options.max());
  rule.set_scheme(options.scheme());
  rule.set_unique_language(options.unique_language());
  *rule.mutable_range() = options.range();
  *rule.mutable_shape() = options.shape();
  return rule;
}

bool HasClass(const google::protobuf::Descriptor& message, v3::Profile profile) {
  for (const int one : message.options().GetExtension(v3::class_).profile()) {
    if (one == profile) return true;
  }
  return false;
}

// Names of the classes that a field takes by its type and by the rule.
std::set<std::string> ClassesOf(const google::protobuf::FieldDescriptor& field, const v3::ProfileRule& rule) {
  if (!rule.range().empty()) return {rule.range().begin(), rule.range().end()};
  const google::protobuf::Descriptor& message = *field.message_type();
  if (!message.options().GetExtension(v3::class_).union_()) return {message.name()};
  std::set<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.insert(message.field(i)->message_type()->name());
  return names;
}

void ExpectRange(const google::protobuf::FieldDescriptor& field, const v3::ProfileRule& rule,
                 const std::string& range) {
  const bool literal = DatatypeOf(range) != v3::DATATYPE_UNSPECIFIED;
  EXPECT_EQ(field.options().GetExtension(v3::property).datatype(), DatatypeOf(range));
  EXPECT_EQ(field.message_type() == nullptr || DatatypeOf(range) == v3::DATATYPE_LANGUAGE_STRING, literal);
  if (literal) return;
  std::set<std::string> classes;
  std::set<std::string> shapes;
  for (const absl::string_view part : absl::StrSplit(range, '|')) {
    const std::string one(part);
    if (one == "cred:VerifiableCredential") {
      classes.insert("EuropeanDigitalCredential");  // the only one that the mirror has
    } else if (absl::StartsWith(one, "http") || absl::StrContains(one, "NodeShape")) {
      shapes.insert(LocalName(one));
    } else {
      classes.insert(LocalName(one));
    }
  }
  EXPECT_EQ(std::set<std::string>(rule.shape().begin(), rule.shape().end()), shapes);
  // The shape of claims stands for the classes of the field.
  if (!shapes.contains("ClaimNodeShape")) {
    EXPECT_EQ(ClassesOf(field, rule), classes);
  }
}

void ExpectField(const google::protobuf::FieldDescriptor& field, const Row& row, v3::Profile profile) {
  const v3::PropertyOptions& options = field.options().GetExtension(v3::property);
  const v3::ProfileRule rule = RuleOf(field, profile);
  EXPECT_FALSE(rule.absent());
  EXPECT_EQ(options.term(), row[1]);
  EXPECT_EQ(rule.scheme(), row[6]);
  EXPECT_EQ(rule.unique_language(), absl::StrContains(row[5], "one per language"));
  EXPECT_EQ(options.datatype() == v3::DATATYPE_LANGUAGE_STRING, absl::StartsWith(row[5], "yes"));
  const std::vector<std::string> cardinality = absl::StrSplit(row[4], "..");
  uint32_t maximum = 0;
  if (cardinality[1] != "*") {
    ASSERT_TRUE(absl::SimpleAtoi(cardinality[1], &maximum));
  }
  EXPECT_EQ(absl::StrCat(rule.min()), cardinality[0]);
  EXPECT_EQ(rule.max(), maximum);
  const bool text = options.datatype() == v3::DATATYPE_LANGUAGE_STRING;
  const std::string name = NameOf(row);
  EXPECT_EQ(field.is_repeated(), maximum != 1 || text || RepeatedOnPurpose().contains(name) || IsPublisher(name));
  ExpectRange(field, rule, row[3]);
}

TEST(Mirror, EveryPropertyOfTheProfilesIsAFieldWithTheSameOptions) {
  const google::protobuf::FileDescriptor* file = v3::EuropeanDigitalCredential::descriptor()->file();
  for (const ProfileTable& profile : kProfiles) {
    const std::vector<Row> rows = ReadTable(profile);
    if (rows.empty()) GTEST_SKIP() << "SKIPPED: the profile's table is not beside the checkout: " << profile.file;
    EXPECT_EQ(rows.size(), profile.properties);
    for (const Row& row : rows) {
      SCOPED_TRACE(absl::StrCat(profile.file, " ", NameOf(row)));
      const google::protobuf::Descriptor* message = file->FindMessageTypeByName(LocalName(row[0]));
      ASSERT_NE(message, nullptr);
      EXPECT_EQ(message->options().GetExtension(v3::class_).iri(), ExpandIri(row[0]));
      EXPECT_TRUE(HasClass(*message, profile.profile));
      const google::protobuf::FieldDescriptor* field = FindProperty(*message, ExpandIri(row[2]));
      ASSERT_NE(field, nullptr);
      ExpectField(*field, row, profile.profile);
    }
  }
}

TEST(Mirror, NoFieldStatesAPropertyThatItsProfilesLack) {
  const google::protobuf::FileDescriptor* file = v3::EuropeanDigitalCredential::descriptor()->file();
  std::set<std::string> of_33;
  for (const ProfileTable& profile : kProfiles) {
    const std::vector<Row> rows = ReadTable(profile);
    if (rows.empty()) GTEST_SKIP() << "SKIPPED: the profile's table is not beside the checkout: " << profile.file;
    std::set<std::string> stated;
    std::set<std::string> classes;
    for (const Row& row : rows) {
      stated.insert(absl::StrCat(LocalName(row[0]), " ", ExpandIri(row[2])));
      classes.insert(LocalName(row[0]));
    }
    for (int m = 0; m < file->message_type_count(); ++m) {
      const google::protobuf::Descriptor& message = *file->message_type(m);
      SCOPED_TRACE(absl::StrCat(profile.file, " ", message.name()));
      EXPECT_EQ(HasClass(message, profile.profile), classes.contains(message.name()));
      for (int i = 0; i < message.field_count(); ++i) {
        const google::protobuf::FieldDescriptor& field = *message.field(i);
        const v3::PropertyOptions& options = field.options().GetExtension(v3::property);
        if (options.iri().empty()) continue;
        if (options.model_3_3()) {
          of_33.insert(field.full_name().substr(sizeof("passerelle.elm.v3.") - 1));
          continue;
        }
        const bool expected = HasClass(message, profile.profile) && !RuleOf(field, profile.profile).absent();
        EXPECT_EQ(expected, stated.contains(absl::StrCat(message.name(), " ", options.iri()))) << field.full_name();
      }
    }
  }
  // Of model 3.3; the rest of its two classes is as the official JSON Schema has it.
  for (const char* const name :
       {"AwardingProcess.has_agreement", "AwardingProcess.recognises", "Person.has_family_relationship",
        "FamilyRelationship.dc_type", "FamilyRelationship.family_relationship_source",
        "FamilyRelationship.family_relationship_target"}) {
    EXPECT_TRUE(of_33.contains(name)) << name;
  }
  EXPECT_EQ(of_33.size(), 18u);
}

TEST(Mirror, ARuleForAnotherProfileStatesADifference) {
  const google::protobuf::FileDescriptor* file = v3::EuropeanDigitalCredential::descriptor()->file();
  for (int m = 0; m < file->message_type_count(); ++m) {
    const google::protobuf::Descriptor& message = *file->message_type(m);
    for (int i = 0; i < message.field_count(); ++i) {
      const google::protobuf::FieldDescriptor& field = *message.field(i);
      for (const v3::ProfileRule& rule : field.options().GetExtension(v3::property).elsewhere()) {
        EXPECT_TRUE(HasClass(message, rule.profile())) << field.full_name();
        EXPECT_TRUE(rule.profile() != v3::PROFILE_EDC || rule.absent()) << field.full_name();
      }
    }
  }
}

}  // namespace
}  // namespace passerelle::elm
