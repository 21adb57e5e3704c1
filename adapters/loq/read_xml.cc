#include "adapters/loq/read_xml.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "adapters/families/names.h"
#include "adapters/loq/names.h"

namespace passerelle::adapters::loq {
namespace {

using elm::Alternative;
using elm::ClassTable;
using elm::PropertyTable;
using elm::ValueKind;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string ValueOf(const SourceNode& node) { return std::string(absl::StripAsciiWhitespace(node.text)); }

class Reader {
 public:
  explicit Reader(document::Source* source) : source_(*source) {
    for (const SourceNode* list = source_.root()->first_child; list != nullptr; list = list->next_sibling) {
      for (const SourceNode* node = list->first_child; node != nullptr; node = node->next_sibling) {
        const std::string id = source_.TextOf(node, "@id");
        if (!id.empty()) classes_.try_emplace(id, ClassOfElement(node->name));
      }
    }
  }

  elm::v3::Dataset Read(std::vector<const SourceNode*>* places) {
    elm::v3::Dataset dataset;
    const ClassTable& nodes = elm::TableOf(*elm::v3::DatasetNode::descriptor());
    for (const SourceNode* list = source_.root()->first_child; list != nullptr; list = list->next_sibling) {
      if (!absl::EndsWith(list->name, "References")) continue;
      for (const SourceNode* node = list->first_child; node != nullptr; node = node->next_sibling) {
        const Alternative* const alternative = AlternativeOf(nodes, ClassOfElement(node->name));
        if (alternative == nullptr) continue;
        places->push_back(node);
        Message* const made = dataset.add_node();
        ReadNode(node, *alternative->table, made->GetReflection()->MutableMessage(made, alternative->field));
      }
    }
    return dataset;
  }

 private:
  static const Alternative* AlternativeOf(const ClassTable& table, absl::string_view class_name) {
    for (const Alternative& alternative : table.alternatives) {
      if (alternative.table->name == class_name) return &alternative;
    }
    return nullptr;
  }

  // A node that only names another has its IRI as an attribute, or as its text.
  void ReadId(const SourceNode* element, const ClassTable& table, Message* message) {
    const SourceNode* id = source_.FindFirst(element, "@id|@idref|@uri");
    if (id == nullptr && !element->text.empty()) id = element;
    const std::string value = id == nullptr ? "" : ValueOf(*id);
    if (value.empty()) return;
    message->GetReflection()->SetString(message, table.id, value);
    source_.Carry(id, table.name, kKept, "");
  }

  void ReadNode(const SourceNode* element, const ClassTable& table, Message* message) {
    ReadId(element, table, message);
    // Stated, so that a node of which only the IRI is known does not pass for a reference to one described elsewhere.
    const bool reference = source_.FindFirst(element, "@idref") != nullptr;
    if (!reference) message->GetReflection()->AddString(message, table.type, table.name);
    for (const SourceNode* child = element->first_child; child != nullptr; child = child->next_sibling) {
      const Element* const known = FindElement(table.name, child->name);
      if (known != nullptr) ReadProperty(child, *known->property, message);
    }
  }

  void ReadProperty(const SourceNode* child, const PropertyTable& property, Message* message) {
    const Reflection& reflection = *message->GetReflection();
    const auto* const field = property.field;
    if (!property.repeated && reflection.HasField(*message, field)) {
      source_.Warn("shape.max", child, "The model takes one value here; this is a further one.");
      source_.Drop(child, "is more than the model takes here");
      return;
    }
    if (property.kind == ValueKind::kNode) return ReadBranch(child, property, message);
    const std::string value = ValueOf(*child);
    if (value.empty()) return;
    if (property.kind == ValueKind::kLanguageText) return ReadText(child, value, field, message);
    if (property.kind == ValueKind::kText) {
      property.repeated ? reflection.AddString(message, field, value) : reflection.SetString(message, field, value);
      source_.Carry(child, property.name, kKept, "");
      return;
    }
    ReadNumberOrTruth(child, value, property, message);
  }

  void ReadText(const SourceNode* child, const std::string& value, const google::protobuf::FieldDescriptor* field,
                Message* message) {
    const Reflection& reflection = *message->GetReflection();
    auto* const text = static_cast<elm::v3::LanguageString*>(
        field->is_repeated() ? reflection.AddMessage(message, field) : reflection.MutableMessage(message, field));
    const SourceNode* const language = source_.FindFirst(child, "@language|@lang");
    text->set_language(language == nullptr ? "und" : source_.Language(language));
    text->set_value(value);
    source_.Carry(child, std::string(field->name()), kKept, "");
  }

  void ReadNumberOrTruth(const SourceNode* child, const std::string& value, const PropertyTable& property,
                         Message* message) {
    const Reflection& reflection = *message->GetReflection();
    int64_t number = 0;
    const bool truth = value == "true" || value == "1";
    if (property.kind == ValueKind::kInteger && absl::SimpleAtoi(value, &number)) {
      reflection.SetInt64(message, property.field, number);
    } else if (property.kind == ValueKind::kBoolean && (truth || value == "false" || value == "0")) {
      reflection.SetBool(message, property.field, truth);
    } else {
      source_.Warn("shape.datatype", child, "The value is not of the datatype that the model has here.");
      source_.Drop(child, "is not of the datatype that the model has here");
      return;
    }
    source_.Carry(child, property.name, kKept, "");
  }

  void ReadBranch(const SourceNode* child, const PropertyTable& property, Message* message) {
    const Reflection& reflection = *message->GetReflection();
    Message* const node = property.repeated ? reflection.AddMessage(message, property.field)
                                            : reflection.MutableMessage(message, property.field);
    const ClassTable& table = *property.target;
    if (!table.is_union()) return ReadNode(child, table, node);
    const Alternative& alternative = Choose(child, table);
    ReadNode(child, *alternative.table, node->GetReflection()->MutableMessage(node, alternative.field));
  }

  // Of the classes that may stand here: that of the node which is referred to, LegalIdentifier where a country limits
  // the identifier, Organisation for agents that stand elsewhere, and the first for others.
  const Alternative& Choose(const SourceNode* child, const ClassTable& table) const {
    const auto referred = classes_.find(source_.TextOf(child, "@idref"));
    const bool legal = source_.FindFirst(child, "spatial") != nullptr;
    const std::string wanted[] = {referred == classes_.end() ? "" : referred->second, legal ? "LegalIdentifier" : "",
                                  source_.FindFirst(child, "@idref") != nullptr ? "Organisation" : ""};
    for (const std::string& name : wanted) {
      const Alternative* const found = AlternativeOf(table, name);
      if (found != nullptr) return *found;
    }
    return table.alternatives.front();
  }

  document::Source& source_;
  absl::flat_hash_map<std::string, std::string> classes_;  // of the nodes in the lists, by id
};

}  // namespace

elm::v3::Dataset ReadCourses(document::Source* source, std::vector<const SourceNode*>* places) {
  return Reader(source).Read(places);
}

}  // namespace passerelle::adapters::loq
