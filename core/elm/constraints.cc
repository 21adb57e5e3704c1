#include "core/elm/constraints.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
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

// One value that an occurrence of a node states by a property. A literal has a text, a node its occurrence.
struct Value {
  const PropertyTable* property;
  int occurrence;              // where it stands
  int index;                   // among several values of one occurrence; -1 for a single one
  int node;                    // occurrence of the node; -1 for a literal
  absl::string_view language;  // language strings only
  absl::string_view text;
};
using StatedValues = absl::Span<const Value>;

std::string NoneThere(absl::string_view of, absl::string_view property) {
  return absl::StrCat(of, " needs ", property, "; there is none");
}

class Walk {
 public:
  Walk(const NodeGraph& graph, const Profile& profile, const JsonLdReading& json_ld)
      : graph_(graph), profile_(profile), json_ld_(json_ld), judged_(graph.identity_count()) {}

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

  std::string LiteralPointer(const Value& literal, const PropertyTable& property) const {
    std::string pointer = PropertyPointer(literal.occurrence, property);
    if (!literal.language.empty()) base::AppendPointerToken(literal.language, pointer);
    if (literal.index >= 0 && literal.language.empty()) absl::StrAppend(&pointer, "/", literal.index);
    return pointer;
  }

  // Whether the document states that a node is of a class. The codec writes a class down where the document states
  // none.
  bool HasType(int occurrence, absl::string_view class_name) const {
    const StatedTypes* stated = StatedTypesOf(occurrence);
    if (stated == nullptr) return graph_.HasType(occurrence, class_name);
    return std::find(stated->begin(), stated->end(), class_name) != stated->end();
  }

  // Null where the document states none under an id.
  const StatedTypes* StatedTypesOf(int occurrence) const {
    const int identity = graph_.occurrences()[occurrence].identity;
    if (identity < 0 || json_ld_.types.empty()) return nullptr;
    const std::optional<StatedTypes>& stated = json_ld_.types[static_cast<size_t>(identity)];
    return stated.has_value() ? &*stated : nullptr;
  }

  // The properties that a node of the class needs, in the order of the model.
  const std::vector<const PropertyTable*>& RequiredOf(const ClassTable& table) {
    if (!profile_.AddsTo(table)) return table.required;
    std::vector<const PropertyTable*>& required = required_[&table];
    if (!required.empty()) return required;
    for (const PropertyTable& property : table.properties) {
      if (profile_.BoundsOf(table, property).min > 0) required.push_back(&property);
    }
    return required;
  }

  void CheckNode(const GraphNode& node) {
    CheckOtherClasses(node);
    // Shapes look at what is stated to be of their class; what is of no class is reported where it is pointed at.
    if (!HasType(node.first, node.table->name)) return;
    StatedValues rest = ValuesOf(node);
    const std::vector<const PropertyTable*>& required = RequiredOf(*node.table);
    auto needed = required.begin();
    // What is stated and what is needed, by the order of the model.
    while (!rest.empty() || needed != required.end()) {
      const bool lacks = rest.empty() || (needed != required.end() && *needed < rest.front().property);
      const PropertyTable& property = lacks ? **needed : *rest.front().property;
      if (needed != required.end() && *needed == &property) ++needed;
      size_t count = 0;
      while (count < rest.size() && rest[count].property == &property) ++count;
      CheckProperty(node, property, rest.subspan(0, count));
      rest.remove_prefix(count);
    }
    CheckIssuer(node);
  }

  void CheckProperty(const GraphNode& node, const PropertyTable& property, StatedValues values) {
    CheckCount(node, property, profile_.BoundsOf(*node.table, property), values);
    for (const Value& value : values) {
      if (value.node >= 0) CheckValue(property, value.node);
    }
    for (const Value& value : values) {
      if (value.node < 0) CheckLiteral(property, value);
    }
    const bool texts = property.kind != ValueKind::kNode;
    if (texts && values.size() > 1 && OptionsOf(property).unique_language()) CheckLanguages(property, values);
  }

  // The shapes of a class hold for every node that is stated to be of it, also where another class is expected: a node
  // of two classes needs what either needs.
  void CheckOtherClasses(const GraphNode& node) {
    const int identity = graph_.occurrences()[node.first].identity;
    StatedTypes names;
    if (const StatedTypes* stated = StatedTypesOf(node.first)) {
      names = *stated;
    } else {
      for (int at = node.first; at >= 0; at = graph_.occurrences()[at].next_of_node) {
        for (const SetField& value : graph_.ValuesOf(graph_.occurrences()[at])) {
          if (value.number != node.table->type->number()) continue;
          const TypeTable* type = FindType(value.text);
          if (type != nullptr) names.push_back(type->name);
        }
      }
    }
    for (const absl::string_view name : names) {
      if (name == node.table->name) continue;
      const TypeTable* type = FindType(name);
      if (type == nullptr || type->table == nullptr || type->table->is_union()) continue;
      if (identity >= 0 && !other_classes_.emplace(identity, type->table).second) continue;
      for (const PropertyTable* const property : RequiredOf(*type->table)) {
        if (Says(node, property->name)) continue;
        Report(graph_.PointerOf(node.fullest), "shape.min", NoneThere(name, property->name));
      }
    }
  }

  // Whether a node has a member of that name, under whatever class it was read.
  bool Says(const GraphNode& node, absl::string_view name) const {
    const int identity = graph_.occurrences()[node.first].identity;
    if (identity < 0) return OccurrenceSays(node.first, name);
    for (int at = graph_.FirstOf(identity); at >= 0; at = graph_.occurrences()[at].next_of_id) {
      if (OccurrenceSays(at, name)) return true;
    }
    return false;
  }

  bool OccurrenceSays(int at, absl::string_view name) const {
    const Occurrence& occurrence = graph_.occurrences()[at];
    const auto known = [name](const PropertyTable& property) { return property.name == name; };
    const std::vector<PropertyTable>& properties = occurrence.table->properties;
    const bool of_class = std::any_of(properties.begin(), properties.end(), known);
    for (const SetField& value : graph_.ValuesOf(occurrence)) {
      if (value.property != nullptr && known(*value.property)) return true;
      if (of_class || value.number != occurrence.table->unknown_members->number()) continue;
      const auto& member = static_cast<const v3::UnknownMember&>(*value.message);
      if (member.name() == name && member.json() != "null" && member.json() != "[]") return true;
    }
    return false;
  }

  // Everything that the occurrences of a node say, property by property in the order of the model; until the next node.
  const std::vector<Value>& ValuesOf(const GraphNode& node) {
    std::vector<Value>& values = values_;
    values.clear();
    for (int at = node.first; at >= 0; at = graph_.occurrences()[at].next_of_node) AddValues(at, values);
    const auto before = [](const Value& a, const Value& b) { return a.property < b.property; };  // of one list
    if (!std::is_sorted(values.begin(), values.end(), before)) std::stable_sort(values.begin(), values.end(), before);
    return values;
  }

  void AddValues(int at, std::vector<Value>& values) {
    const Occurrence& occurrence = graph_.occurrences()[at];
    const absl::Span<const SetField> fields = graph_.ValuesOf(occurrence);
    for (size_t run = 0; run < fields.size();) {
      size_t end = run + 1;
      while (end < fields.size() && fields[end].number == fields[run].number) ++end;
      const bool several = end - run > 1;
      for (size_t i = run; i < end; ++i) {
        const SetField& field = fields[i];
        if (field.number == occurrence.table->unknown_members->number()) AddEmptyText(at, field, values);
        if (field.property != nullptr) AddValue(at, field, several ? static_cast<int>(i - run) : -1, values);
      }
      run = end;
    }
  }

  void AddValue(int at, const SetField& field, int index, std::vector<Value>& values) {
    const PropertyTable& property = *field.property;
    switch (property.kind) {
      case ValueKind::kNode:
        if (field.node >= 0) values.push_back({&property, at, index, field.node, "", ""});
        break;
      case ValueKind::kLanguageText: {
        const auto& text = static_cast<const v3::LanguageString&>(*field.message);
        values.push_back({&property, at, index, -1, text.language(), text.value()});
        break;
      }
      case ValueKind::kText:
        values.push_back({&property, at, index, -1, "", field.text});
        break;
      case ValueKind::kInteger:
        numbers_.push_back(absl::StrCat(field.integer));
        values.push_back({&property, at, -1, -1, "", numbers_.back()});
        break;
      case ValueKind::kBoolean:
        values.push_back({&property, at, -1, -1, "", field.integer != 0 ? "true" : "false"});
        break;
    }
  }

  // The reader keeps empty texts aside; they are values all the same.
  void AddEmptyText(int at, const SetField& field, std::vector<Value>& values) const {
    const auto& member = static_cast<const v3::UnknownMember&>(*field.message);
    if (member.json() != "\"\"") return;
    const Occurrence& occurrence = graph_.occurrences()[at];
    for (const PropertyTable& property : occurrence.table->properties) {
      if (property.name != member.name() || property.kind != ValueKind::kText || property.repeated) continue;
      const auto states = [&property](const auto& value) { return value.property == &property; };
      const absl::Span<const SetField> stated = graph_.ValuesOf(occurrence);
      if (std::any_of(stated.begin(), stated.end(), states)) continue;
      const auto same = [&](const Value& value) { return states(value) && value.occurrence == at; };
      if (std::none_of(values.begin(), values.end(), same)) values.push_back({&property, at, -1, -1, "", ""});
    }
  }

  // Different values: nodes by id, blank nodes each, literals by language and text.
  size_t DistinctCount(StatedValues values) const {
    if (values.size() < 2) return values.size();
    absl::flat_hash_set<absl::string_view> ids;
    absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> texts;
    size_t blank = 0;
    for (const Value& value : values) {
      if (value.node < 0) {
        texts.emplace(value.language, value.text);
      } else if (const absl::string_view id = graph_.IdOf(value.node); id.empty()) {
        ++blank;
      } else {
        ids.insert(id);
      }
    }
    return blank + ids.size() + texts.size();
  }

  void CheckCount(const GraphNode& node, const PropertyTable& property, const Bounds& bounds, StatedValues values) {
    // Where any value is there, one is.
    const bool enough = bounds.min == 0 || (bounds.min == 1 && !values.empty());
    if (enough && (bounds.max == 0 || values.size() <= bounds.max)) return;
    const size_t count = DistinctCount(values);
    if (count < bounds.min) {
      Report(graph_.PointerOf(node.fullest), "shape.min", NoneThere(node.table->name, property.name));
    } else if (bounds.max > 0 && count > bounds.max) {
      const bool texts = OptionsOf(property).datatype() == v3::DATATYPE_LANGUAGE_STRING;
      Report(PropertyPointer(node.fullest, property), "shape.max",
             absl::StrCat(property.name, " takes at most ", bounds.max, bounds.max == 1 ? " value" : " values",
                          texts ? ", so one language" : "", "; there are ", count));
    }
  }

  void CheckValue(const PropertyTable& property, int value) {
    const absl::string_view id = graph_.IdOf(value);
    const int identity = graph_.occurrences()[value].identity;
    // One node is judged once for each property that points at it.
    if (identity >= 0) {
      auto& judged = judged_[static_cast<size_t>(identity)];
      if (std::find(judged.begin(), judged.end(), &property) != judged.end()) return;
      judged.push_back(&property);
    }
    CheckClass(property, value);
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
    if (property.target == &claims_ && graph_.occurrences()[value].table == &claim_) CheckPlainClaim(value);
  }

  void CheckClass(const PropertyTable& property, int value) {
    if (!property.target->is_union() && HasType(value, property.target->name)) return;
    const std::vector<absl::string_view> classes = ClassesOf(property);
    const auto is_of = [this, value](absl::string_view name) { return HasType(value, name); };
    if (std::any_of(classes.begin(), classes.end(), is_of)) return;
    Report(graph_.PointerOf(value), "shape.class",
           absl::StrCat(property.name, " needs a node of type ", absl::StrJoin(classes, " or "), "; ", Stated(value)));
  }

  // What an occurrence states of its classes, for a finding. Names of classes are nobody's data.
  std::string Stated(int value) const {
    const Occurrence& at = graph_.occurrences()[value];
    std::vector<absl::string_view> types;
    for (const SetField& field : graph_.ValuesOf(at)) {
      if (field.number == at.table->type->number()) types.push_back(field.text);
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
    // A reference has no class of its own: it is what is stated under its id.
    constexpr absl::string_view kNarrower[] = {"LearningAchievement", "LearningActivity", "LearningAssessment",
                                               "LearningEntitlement"};
    const auto is_of = [this, value](absl::string_view name) { return HasType(value, name); };
    if (std::any_of(std::begin(kNarrower), std::end(kNarrower), is_of)) return;
    const int first = graph_.NodeOfOccurrence(value).first;
    for (int at = first; at >= 0; at = graph_.occurrences()[at].next_of_node) {
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
    if (node.table != &concept_) return false;
    bool in = false;
    for (int at = node.first; at >= 0; at = graph_.occurrences()[at].next_of_node) {
      const auto& entry = static_cast<const v3::Concept&>(*graph_.occurrences()[at].message);
      for (const v3::ConceptScheme& in_scheme : entry.in_scheme()) {
        if (in_scheme.id().empty() || absl::StartsWith(in_scheme.id(), "_:")) return false;
        in = in || in_scheme.id() == scheme;
      }
    }
    return in;
  }

  void CheckLiteral(const PropertyTable& property, const Value& literal) {
    const v3::Datatype datatype = property.datatype;
    if (datatype == v3::DATATYPE_LANGUAGE_STRING && literal.language.empty()) {
      Report(PropertyPointer(literal.occurrence, property), "shape.language",
             absl::StrCat(property.name, " needs a language for every text"));
    } else if (IsContextFault(property.name) && !IsAbsoluteIri(literal.text)) {
      Report(LiteralPointer(literal, property), "jsonld.context-fault",
             absl::StrCat("the public context takes ", property.name,
                          " for an IRI, so that a JSON-LD processor drops the value"));
    } else if (!IsLexical(datatype, literal.text)) {
      Report(LiteralPointer(literal, property), "shape.datatype",
             absl::StrCat("a value of ", DatatypeName(datatype), " is expected; there is another text"));
    }
  }

  void CheckLanguages(const PropertyTable& property, StatedValues values) {
    absl::flat_hash_map<std::string, absl::string_view> texts;  // by language
    for (const Value& literal : values) {
      const auto [first, added] = texts.try_emplace(absl::AsciiStrToLower(literal.language), literal.text);
      if (added || first->second == literal.text) continue;
      Report(LiteralPointer(literal, property), "shape.unique-language",
             absl::StrCat("a second ", property.name, " in the same language for the same node"));
      return;
    }
  }

  // The issuer of a credential has exactly one eIDAS identifier, whichever class of agent it is.
  void CheckIssuer(const GraphNode& node) {
    if (node.table != &credential_) return;
    for (int at = node.first; at >= 0; at = graph_.occurrences()[at].next_of_node) {
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

  const NodeGraph& graph_;
  const Profile& profile_;
  const JsonLdReading& json_ld_;
  const ClassTable& credential_ = TableOf(*v3::EuropeanDigitalCredential::descriptor());
  const ClassTable& claims_ = TableOf(*v3::ClaimNode::descriptor());
  const ClassTable& claim_ = TableOf(*v3::Claim::descriptor());
  const ClassTable& concept_ = TableOf(*v3::Concept::descriptor());
  std::vector<Value> values_;
  std::vector<Finding> findings_;
  std::deque<std::string> numbers_;                                       // texts of numbers, to which values point
  std::vector<absl::InlinedVector<const PropertyTable*, 2>> judged_;      // by identity: what points at it
  absl::flat_hash_set<std::pair<int, const ClassTable*>> other_classes_;  // by identity
  absl::flat_hash_map<const ClassTable*, std::vector<const PropertyTable*>> required_;  // with what the profile adds
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

// Whether it says that the credential itself lacks what its seal states.
bool IsSetBySeal(const Finding& finding) {
  const auto lacks = [&finding](absl::string_view property) {
    return finding.message == NoneThere("EuropeanDigitalCredential", property);
  };
  return finding.pointer.empty() && (lacks("issued") || lacks("issuer"));
}

}  // namespace

void SetApartWhatTheSealSets(Conformance* conformance) {
  std::vector<Finding>& findings = conformance->findings;
  const auto apart = std::stable_partition(findings.begin(), findings.end(),
                                           [](const Finding& finding) { return !IsSetBySeal(finding); });
  std::move(apart, findings.end(), std::back_inserter(conformance->set_by_seal));
  findings.erase(apart, findings.end());
  conformance->conforms = std::all_of(findings.begin(), findings.end(),
                                      [](const Finding& finding) { return WeightOf(finding) == Weight::kNote; });
}

Conformance CheckConstraints(const ReadCredential& read) { return CheckConstraints(read, NodeGraph(read.credential)); }

Conformance CheckConstraints(const ReadCredential& read, const NodeGraph& graph) {
  Conformance result;
  JsonLdReading json_ld;
  if (read.source != nullptr) json_ld = ReadAsJsonLd(read.source->credential, graph);
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
  std::vector<Finding> shapes = Walk(graph, profile, json_ld).Run();
  if (read.source != nullptr) {
    for (Finding& finding : shapes) finding.pointer = PointerInJson(read.source->credential, finding.pointer);
  }
  std::move(shapes.begin(), shapes.end(), std::back_inserter(result.findings));
  result.conforms = result.findings.empty();
  std::move(notes.begin(), notes.end(), std::back_inserter(result.findings));
  if (result.findings.size() > base::kFindingsMax) result.findings.resize(base::kFindingsMax);
  return result;
}

}  // namespace passerelle::elm
