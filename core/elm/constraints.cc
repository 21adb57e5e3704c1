#include "core/elm/constraints.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/elm/codec_envelope.h"
#include "core/elm/codec_literal.h"
#include "core/elm/constraints_context.h"
#include "core/elm/constraints_graph.h"
#include "core/elm/constraints_jsonld.h"
#include "core/elm/constraints_lexical.h"
#include "core/elm/constraints_profile.h"

namespace passerelle::elm {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// One literal of a property.
struct Literal {
  std::string language;  // language strings only
  std::string value;
  int occurrence;  // where it stands
  int index;       // among several values of one occurrence; -1 for a single one
};

// Everything that the occurrences of one node say by one property.
struct Values {
  std::vector<int> nodes;  // occurrences of the values
  std::vector<Literal> literals;

  size_t size() const { return nodes.size() + literals.size(); }
};

std::string LiteralText(const Message& message, const FieldDescriptor* field) {
  const Reflection* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? "true" : "false";
    default:
      return "";
  }
}

class Walk {
 public:
  Walk(const v3::EuropeanDigitalCredential& credential, const Profile& profile, const JsonLdReading& json_ld)
      : graph_(credential), profile_(profile), json_ld_(json_ld) {}

  std::vector<Finding> Run() {
    for (const GraphNode& node : graph_.nodes()) CheckNode(node);
    return std::move(findings_);
  }

 private:
  void Report(std::string pointer, absl::string_view rule, std::string message) {
    if (findings_.size() < base::kFindingsMax) {
      findings_.push_back({std::move(pointer), std::string(rule), std::move(message)});
    }
  }

  std::string PropertyPointer(int occurrence, const PropertyTable& property) const {
    std::string pointer = graph_.PointerOf(occurrence);
    base::AppendPointerToken(property.name, pointer);
    return pointer;
  }

  std::string LiteralPointer(const Literal& literal, const PropertyTable& property) const {
    std::string pointer = PropertyPointer(literal.occurrence, property);
    if (!literal.language.empty()) base::AppendPointerToken(literal.language, pointer);
    if (literal.index >= 0 && literal.language.empty()) absl::StrAppend(&pointer, "/", literal.index);
    return pointer;
  }

  // Whether the document states that a node is of a class. The codec writes a class down where the document states
  // none.
  bool HasType(int occurrence, absl::string_view class_name) const {
    const auto stated = json_ld_.types_by_id.find(graph_.IdOf(occurrence));
    if (stated == json_ld_.types_by_id.end()) return graph_.HasType(occurrence, class_name);
    return std::find(stated->second.begin(), stated->second.end(), class_name) != stated->second.end();
  }

  void CheckNode(const GraphNode& node) {
    const int first = node.occurrences.front();
    CheckOtherClasses(node);
    // Shapes look at what is stated to be of their class; what is of no class is reported where it is pointed at.
    if (!HasType(first, node.table->name)) return;
    for (const PropertyTable& property : node.table->properties) {
      const Values values = ValuesOf(node, property);
      CheckCount(node, property, values);
      for (int value : values.nodes) CheckValue(property, value);
      for (const Literal& literal : values.literals) CheckLiteral(property, literal);
      if (OptionsOf(property).unique_language() && values.literals.size() > 1) CheckLanguages(property, values);
    }
    CheckIssuer(node);
  }

  // The shapes of a class hold for every node that is stated to be of it, also where another class is expected: a node
  // of two classes needs what either needs.
  void CheckOtherClasses(const GraphNode& node) {
    const absl::string_view id = graph_.IdOf(node.occurrences.front());
    std::vector<absl::string_view> names;
    if (const auto stated = json_ld_.types_by_id.find(id); stated != json_ld_.types_by_id.end()) {
      names = stated->second;
    } else {
      for (int at : node.occurrences) {
        const Message& message = *graph_.occurrences()[at].message;
        const Reflection* reflection = message.GetReflection();
        for (int i = 0; i < reflection->FieldSize(message, node.table->type); ++i) {
          const TypeTable* type = FindType(reflection->GetRepeatedString(message, node.table->type, i));
          if (type != nullptr) names.push_back(type->name);
        }
      }
    }
    for (const absl::string_view name : names) {
      const TypeTable* type = FindType(name);
      if (name == node.table->name || type == nullptr || type->table == nullptr || type->table->is_union()) continue;
      if (!id.empty() && !other_classes_.emplace(id, type->table).second) continue;
      for (const PropertyTable& property : type->table->properties) {
        if (profile_.BoundsOf(*type->table, property).min == 0 || Says(id, node, property.name)) continue;
        Report(graph_.PointerOf(node.fullest), "shape.min",
               absl::StrCat(name, " needs ", property.name, "; there is none"));
      }
    }
  }

  // Whether a node has a member of that name, under whatever class it was read.
  bool Says(absl::string_view id, const GraphNode& node, absl::string_view name) const {
    if (id.empty()) return OccurrenceSays(node.occurrences.front(), name);
    const std::vector<int>& all = graph_.OccurrencesOf(id);
    return std::any_of(all.begin(), all.end(), [&](int at) { return OccurrenceSays(at, name); });
  }

  bool OccurrenceSays(int at, absl::string_view name) const {
    const Occurrence& occurrence = graph_.occurrences()[at];
    const Reflection* reflection = occurrence.message->GetReflection();
    for (const PropertyTable& property : occurrence.table->properties) {
      if (property.name != name) continue;
      return property.field->is_repeated() ? reflection->FieldSize(*occurrence.message, property.field) > 0
                                           : reflection->HasField(*occurrence.message, property.field);
    }
    for (const auto* member : EntriesOf<v3::UnknownMember>(*occurrence.message, *occurrence.table->unknown_members)) {
      if (member->name() == name && member->json() != "null" && member->json() != "[]") return true;
    }
    return false;
  }

  Values ValuesOf(const GraphNode& node, const PropertyTable& property) const {
    Values values;
    for (int at : node.occurrences) {
      const Message& message = *graph_.occurrences()[at].message;
      const Reflection* reflection = message.GetReflection();
      const FieldDescriptor* field = property.field;
      if (field->is_repeated()) {
        const int size = reflection->FieldSize(message, field);
        for (int i = 0; i < size; ++i) AddRepeated(message, property, at, i, size, values);
      } else if (reflection->HasField(message, field)) {
        if (property.kind == ValueKind::kNode) {
          const int value = graph_.OccurrenceOf(reflection->GetMessage(message, field));
          if (value >= 0) values.nodes.push_back(value);
        } else {
          values.literals.push_back({"", LiteralText(message, field), at, -1});
        }
      } else if (property.kind == ValueKind::kText && HasEmptyText(message, property)) {
        values.literals.push_back({"", "", at, -1});
      }
    }
    return values;
  }

  // The reader keeps empty texts aside; they are values all the same.
  static bool HasEmptyText(const Message& message, const PropertyTable& property) {
    const Reflection* reflection = message.GetReflection();
    const FieldDescriptor* kept = TableOf(*message.GetDescriptor()).unknown_members;
    for (int i = 0; i < reflection->FieldSize(message, kept); ++i) {
      const auto& member = static_cast<const v3::UnknownMember&>(reflection->GetRepeatedMessage(message, kept, i));
      if (member.name() == property.name && member.json() == "\"\"") return true;
    }
    return false;
  }

  void AddRepeated(const Message& message, const PropertyTable& property, int at, int i, int size,
                   Values& values) const {
    const Reflection* reflection = message.GetReflection();
    if (property.kind == ValueKind::kNode) {
      const int value = graph_.OccurrenceOf(reflection->GetRepeatedMessage(message, property.field, i));
      if (value >= 0) values.nodes.push_back(value);
    } else if (property.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const auto& text =
          static_cast<const v3::LanguageString&>(reflection->GetRepeatedMessage(message, property.field, i));
      values.literals.push_back({text.language(), text.value(), at, size > 1 ? i : -1});
    } else {
      values.literals.push_back({"", reflection->GetRepeatedString(message, property.field, i), at, size > 1 ? i : -1});
    }
  }

  // Different values: nodes by id, blank nodes each, literals by language and text.
  size_t DistinctCount(const Values& values) const {
    absl::flat_hash_set<absl::string_view> ids;
    absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> texts;
    size_t blank = 0;
    for (int node : values.nodes) {
      const absl::string_view id = graph_.IdOf(node);
      if (id.empty()) {
        ++blank;
      } else {
        ids.insert(id);
      }
    }
    for (const Literal& literal : values.literals) texts.emplace(literal.language, literal.value);
    return blank + ids.size() + texts.size();
  }

  void CheckCount(const GraphNode& node, const PropertyTable& property, const Values& values) {
    Bounds bounds = profile_.BoundsOf(*node.table, property);
    if (bounds.min == 0 && (bounds.max == 0 || values.size() <= bounds.max)) return;
    const size_t count = DistinctCount(values);
    if (count < bounds.min) {
      Report(graph_.PointerOf(node.fullest), "shape.min",
             absl::StrCat(node.table->name, " needs ", property.name, "; there is none"));
    } else if (bounds.max > 0 && count > bounds.max) {
      const bool texts = OptionsOf(property).datatype() == v3::DATATYPE_LANGUAGE_STRING;
      Report(PropertyPointer(node.fullest, property), "shape.max",
             absl::StrCat(property.name, " takes at most ", bounds.max, bounds.max == 1 ? " value" : " values",
                          texts ? ", so one language" : "", "; there are ", count));
    }
  }

  void CheckValue(const PropertyTable& property, int value) {
    const absl::string_view id = graph_.IdOf(value);
    // One node is judged once for each property that points at it.
    if (!id.empty() && !judged_.emplace(property.field, id).second) return;
    const std::vector<absl::string_view> classes = ClassesOf(property);
    const auto is_of = [this, value](absl::string_view name) { return HasType(value, name); };
    if (std::none_of(classes.begin(), classes.end(), is_of)) {
      Report(
          graph_.PointerOf(value), "shape.class",
          absl::StrCat(property.name, " needs a node of type ", absl::StrJoin(classes, " or "), "; ", Stated(value)));
    }
    const std::string& scheme = OptionsOf(property).scheme();
    if (profile_.checks_schemes && !scheme.empty()) {
      if (id.empty() || absl::StartsWith(id, "_:")) {
        Report(graph_.PointerOf(value), "shape.node-kind", "the concept needs an IRI as its id");
      }
      if (!InScheme(value, scheme)) {
        Report(graph_.PointerOf(value), "shape.scheme",
               absl::StrCat("a concept of the scheme ", scheme, " is expected; ", StatedScheme(value)));
      }
    }
    const bool claim = property.field->message_type() == v3::ClaimNode::descriptor();
    if (claim && graph_.occurrences()[value].table->descriptor == v3::Claim::descriptor()) CheckPlainClaim(value);
  }

  // What an occurrence states of its classes, for a finding. Names of classes are nobody's data.
  std::string Stated(int value) const {
    const Occurrence& at = graph_.occurrences()[value];
    const Reflection* reflection = at.message->GetReflection();
    std::vector<std::string> types;
    for (int i = 0; i < reflection->FieldSize(*at.message, at.table->type); ++i) {
      types.push_back(reflection->GetRepeatedString(*at.message, at.table->type, i));
    }
    return types.empty() ? "no type is stated" : absl::StrCat("the type is ", absl::StrJoin(types, ", "));
  }

  std::string StatedScheme(int value) const {
    const auto* entry = google::protobuf::DynamicCastToGenerated<v3::Concept>(graph_.occurrences()[value].message);
    if (entry == nullptr || entry->in_scheme_size() == 0) return "no scheme is stated";
    return absl::StrCat("the scheme is ",
                        entry->in_scheme(0).id().empty() ? "without an id" : entry->in_scheme(0).id());
  }

  // A claim of no narrower class must say of which type it is.
  void CheckPlainClaim(int value) {
    for (int at : graph_.NodeOfOccurrence(value).occurrences) {
      if (static_cast<const v3::Claim&>(*graph_.occurrences()[at].message).dc_type_size() > 0) return;
    }
    Report(graph_.PointerOf(value), "shape.min", "Claim needs dcType where no narrower class is stated");
  }

  std::vector<absl::string_view> ClassesOf(const PropertyTable& property) const {
    const ClassTable& target = *property.target;
    if (!target.is_union()) return {target.name};
    if (property.name == "hasClaim" && profile_.only_achievements) return {"LearningAchievement"};
    std::vector<absl::string_view> names;
    for (const Alternative& alternative : target.alternatives) {
      // The shapes take an agent, a person or an organisation for an agent, but no group.
      if (alternative.table->descriptor != v3::Group::descriptor()) names.push_back(alternative.table->name);
    }
    return names;
  }

  // One of the schemes must be the one that is asked for, and every one an IRI that is stated to be a scheme.
  bool InScheme(int value, absl::string_view scheme) const {
    const GraphNode& node = graph_.NodeOfOccurrence(value);
    if (node.table->descriptor != v3::Concept::descriptor()) return false;
    bool in = false;
    for (int at : node.occurrences) {
      const auto& entry = static_cast<const v3::Concept&>(*graph_.occurrences()[at].message);
      for (const v3::ConceptScheme& in_scheme : entry.in_scheme()) {
        if (in_scheme.id().empty() || absl::StartsWith(in_scheme.id(), "_:")) return false;
        in = in || in_scheme.id() == scheme;
      }
    }
    return in;
  }

  void CheckLiteral(const PropertyTable& property, const Literal& literal) {
    const v3::Datatype datatype = OptionsOf(property).datatype();
    if (datatype == v3::DATATYPE_LANGUAGE_STRING && literal.language.empty()) {
      Report(PropertyPointer(literal.occurrence, property), "shape.language",
             absl::StrCat(property.name, " needs a language for every text"));
    } else if (IsContextFault(property.name) && !IsAbsoluteIri(literal.value)) {
      Report(LiteralPointer(literal, property), "jsonld.context-fault",
             absl::StrCat("the public context takes ", property.name,
                          " for an IRI, so that a JSON-LD processor drops the value"));
    } else if (!IsLexical(datatype, literal.value)) {
      Report(LiteralPointer(literal, property), "shape.datatype",
             absl::StrCat("a value of ", DatatypeName(datatype), " is expected; there is another text"));
    }
  }

  void CheckLanguages(const PropertyTable& property, const Values& values) {
    absl::flat_hash_set<std::pair<std::string, absl::string_view>> texts;
    absl::flat_hash_set<std::string> languages;
    for (const Literal& literal : values.literals) {
      const std::string language = absl::AsciiStrToLower(literal.language);
      if (!texts.emplace(language, literal.value).second) continue;
      if (languages.insert(language).second) continue;
      Report(LiteralPointer(literal, property), "shape.unique-language",
             absl::StrCat("a second ", property.name, " in the same language for the same node"));
      return;
    }
  }

  // The issuer of a credential has exactly one eIDAS identifier, whichever class of agent it is.
  void CheckIssuer(const GraphNode& node) {
    if (node.table->descriptor != v3::EuropeanDigitalCredential::descriptor()) return;
    for (int at : node.occurrences) {
      const auto& credential = static_cast<const v3::EuropeanDigitalCredential&>(*graph_.occurrences()[at].message);
      if (!credential.has_issuer()) continue;
      const int issuer = graph_.OccurrenceOf(credential.issuer());
      if (issuer < 0) continue;
      const auto* organisation = google::protobuf::DynamicCastToGenerated<v3::Organisation>(
          graph_.occurrences()[graph_.FullestOf(issuer)].message);
      if (organisation == nullptr || !organisation->has_eidas_identifier()) {
        Report(graph_.PointerOf(issuer), "shape.issuer", "the issuer needs eIDASIdentifier, as sealing adds it");
      }
    }
  }

  const NodeGraph graph_;
  const Profile& profile_;
  const JsonLdReading& json_ld_;
  std::vector<Finding> findings_;
  std::set<std::pair<const FieldDescriptor*, absl::string_view>> judged_;
  std::set<std::pair<absl::string_view, const ClassTable*>> other_classes_;
};

enum class Weight { kViolation, kNote, kJudgedHere };

// What a finding of the reader weighs for a JSON-LD processor and for the shapes.
Weight WeightOf(const Finding& finding) {
  static const auto* const kWeights = new absl::flat_hash_map<absl::string_view, Weight>{
      // JSON-LD drops null, and the contexts coerce numbers and texts to the datatype.
      {"json.null", Weight::kNote},
      {"json.literal-kind", Weight::kNote},
      // The walk looks at empty texts by their datatype.
      {"json.empty", Weight::kNote},
      // constraints_jsonld.h judges members and ids by the contexts.
      {"json.unknown-member", Weight::kNote},
      {"json.term-alias", Weight::kNote},
      {"json.type-missing", Weight::kNote},
      {"envelope.member", Weight::kNote},
      {"findings.more", Weight::kNote},
      {"node.differs", Weight::kNote},  // the graph holds both, and the shapes judge the graph
      // The walk and CheckContext judge these, with all that the document says under the same id.
      {"json.reference", Weight::kJudgedHere},
      {"json.unknown-type", Weight::kJudgedHere},
      {"shape.class", Weight::kJudgedHere},
      {"context.missing", Weight::kJudgedHere},
      {"context.vcdm2", Weight::kJudgedHere},
      {"context.other", Weight::kJudgedHere},
  };
  const auto found = kWeights->find(finding.rule);
  return found == kWeights->end() ? Weight::kViolation : found->second;
}

}  // namespace

Conformance CheckConstraints(const ReadCredential& read) {
  Conformance result;
  JsonLdReading json_ld;
  if (read.source != nullptr) json_ld = ReadAsJsonLd(read.source->credential);
  const Profile& profile = ProfileOf(read.credential, result.profile);
  std::vector<Finding> notes;
  for (const Finding& finding : read.findings) {
    const Weight weight = WeightOf(finding);
    if (weight == Weight::kViolation) result.findings.push_back(finding);
    if (weight == Weight::kNote) notes.push_back(finding);
  }
  std::vector<Finding> context = CheckContext(read.credential);
  std::move(context.begin(), context.end(), std::back_inserter(result.findings));
  std::move(json_ld.findings.begin(), json_ld.findings.end(), std::back_inserter(result.findings));
  std::vector<Finding> shapes = Walk(read.credential, profile, json_ld).Run();
  std::move(shapes.begin(), shapes.end(), std::back_inserter(result.findings));
  result.conforms = result.findings.empty();
  std::move(notes.begin(), notes.end(), std::back_inserter(result.findings));
  if (result.findings.size() > base::kFindingsMax) result.findings.resize(base::kFindingsMax);
  return result;
}

}  // namespace passerelle::elm
