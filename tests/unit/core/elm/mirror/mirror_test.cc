// The messages of proto/passerelle/elm/v3 mirror the application profile EDC 3.2: class by class, property by property,
// in both directions. The profile's table is extracted from the official SHACL shapes.

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

namespace passerelle::elm {
namespace {

constexpr char kTable[] = PASSERELLE_SOURCE_DIR "/../shared/schemas/elm/tables/edc-3.2.tsv";

// Properties that are repeated here although the shapes allow one value, because the official 3.3 JSON Schema allows
// several and a mirror of one could not read all files of the other. The option max still says 1.
const std::set<std::string>& RepeatedOnPurpose() {
  static const auto* const names = new std::set<std::string>{
      "EuropeanDigitalCredential.credentialStatus",
      "EuropeanDigitalCredential.expirationDate",
      "LearningAssessment.proves",
      "LearningAssessment.specifiedBy",
      "LearningEntitlement.dcType",
      "LearningEntitlement.specifiedBy",
  };
  return *names;
}

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

// Names of the classes that a node field takes.
std::set<std::string> ClassesOf(const google::protobuf::FieldDescriptor& field) {
  const google::protobuf::Descriptor* message = field.message_type();
  if (!message->options().GetExtension(v3::class_).union_()) return {message->name()};
  std::set<std::string> names;
  for (int i = 0; i < message->field_count(); ++i) names.insert(message->field(i)->message_type()->name());
  return names;
}

using Row = std::vector<std::string>;  // class, term, path, range, cardinality, lang, scheme, severity

std::vector<Row> ReadTable() {
  std::ifstream file(kTable);
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) rows.push_back(absl::StrSplit(line, '\t'));
  return rows;
}

std::string LocalName(const std::string& compact) { return compact.substr(compact.find(':') + 1); }

const google::protobuf::FieldDescriptor* FindProperty(const google::protobuf::Descriptor& message,
                                                      const std::string& iri) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->options().GetExtension(v3::property).iri() == iri) return message.field(i);
  }
  return nullptr;
}

void ExpectRange(const google::protobuf::FieldDescriptor& field, const std::string& range) {
  if (field.message_type() == nullptr || DatatypeOf(range) != v3::DATATYPE_UNSPECIFIED) return;
  const std::set<std::string> classes = ClassesOf(field);
  for (const absl::string_view one : absl::StrSplit(range, '|')) {
    const std::string name(one);
    if (absl::StrContains(name, "NodeShape")) continue;  // a shape, not a class
    if (name == "cred:VerifiableCredential") {
      EXPECT_TRUE(classes.contains("EuropeanDigitalCredential"));
      continue;
    }
    EXPECT_TRUE(classes.contains(LocalName(name))) << "range " << name;
  }
}

TEST(Mirror, EveryPropertyOfTheProfileIsAFieldWithTheSameOptions) {
  const std::vector<Row> rows = ReadTable();
  if (rows.empty()) GTEST_SKIP() << "SKIPPED: the profile's table is not beside the checkout: " << kTable;
  EXPECT_EQ(rows.size(), 464u);
  const google::protobuf::FileDescriptor* file = v3::EuropeanDigitalCredential::descriptor()->file();
  for (const Row& row : rows) {
    const std::string name = absl::StrCat(LocalName(row[0]), ".", row[1].empty() ? row[2] : row[1]);
    SCOPED_TRACE(name);
    const google::protobuf::Descriptor* message = file->FindMessageTypeByName(LocalName(row[0]));
    ASSERT_NE(message, nullptr);
    EXPECT_EQ(message->options().GetExtension(v3::class_).iri(), ExpandIri(row[0]));
    const google::protobuf::FieldDescriptor* field = FindProperty(*message, ExpandIri(row[2]));
    ASSERT_NE(field, nullptr);
    const v3::PropertyOptions& options = field->options().GetExtension(v3::property);
    EXPECT_EQ(options.term(), row[1]);
    EXPECT_EQ(options.datatype(), DatatypeOf(row[3]));
    EXPECT_EQ(options.scheme(), row[6]);
    EXPECT_EQ(options.unique_language(), absl::StrContains(row[5], "one per language"));
    const std::vector<std::string> cardinality = absl::StrSplit(row[4], "..");
    uint32_t maximum = 0;
    if (cardinality[1] != "*") {
      ASSERT_TRUE(absl::SimpleAtoi(cardinality[1], &maximum));
    }
    EXPECT_EQ(absl::StrCat(options.min()), cardinality[0]);
    EXPECT_EQ(options.max(), maximum);
    const bool text = options.datatype() == v3::DATATYPE_LANGUAGE_STRING;
    EXPECT_EQ(field->is_repeated(), maximum != 1 || text || RepeatedOnPurpose().contains(name));
    ExpectRange(*field, row[3]);
  }
}

TEST(Mirror, NoFieldStatesAPropertyThatTheProfileLacks) {
  const std::vector<Row> rows = ReadTable();
  if (rows.empty()) GTEST_SKIP() << "SKIPPED: the profile's table is not beside the checkout: " << kTable;
  std::set<std::string> stated;
  for (const Row& row : rows) stated.insert(absl::StrCat(LocalName(row[0]), " ", ExpandIri(row[2])));
  const google::protobuf::FileDescriptor* file = v3::EuropeanDigitalCredential::descriptor()->file();
  for (int m = 0; m < file->message_type_count(); ++m) {
    const google::protobuf::Descriptor* message = file->message_type(m);
    for (int i = 0; i < message->field_count(); ++i) {
      const v3::PropertyOptions& options = message->field(i)->options().GetExtension(v3::property);
      if (options.iri().empty()) continue;
      EXPECT_TRUE(stated.contains(absl::StrCat(message->name(), " ", options.iri()))) << message->field(i)->full_name();
    }
  }
}

}  // namespace
}  // namespace passerelle::elm
