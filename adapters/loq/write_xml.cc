#include "adapters/loq/write_xml.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "adapters/loq/names.h"
#include "core/base/status_macros.h"
#include "core/document/source.h"
#include "core/elm/codec.h"
#include "pugixml.hpp"

namespace passerelle::adapters::loq {
namespace {

using elm::ValueKind;

constexpr std::pair<const char*, const char*> kPrefixes[] = {{"xmlns:skos", "http://www.w3.org/2004/02/skos/core#"},
                                                             {"xmlns:dc", "http://purl.org/dc/terms/"},
                                                             {"xmlns:locn", "http://www.w3.org/ns/locn#"},
                                                             {"xmlns:clv", "http://data.europa.eu/m8g/"}};

// Members that tell how a document is built.
constexpr absl::string_view kStructure[] = {"@context", "type", "@type"};

class Writer {
 public:
  explicit Writer(document::Source* source) : source_(*source) {
    for (const SourceNode& node : source_.tree().nodes()) {
      const bool structure = std::find(std::begin(kStructure), std::end(kStructure), node.name) != std::end(kStructure);
      if (structure) source_.UseAll(&node);
      if (node.kind == SourceNode::Kind::kObject && IsListed(ClassOf(&node))) Remember(&node);
    }
  }

  std::string Write() {
    pugi::xml_document document;
    pugi::xml_node root = document.append_child("Courses");
    root.append_attribute("xmlns") = std::string(kNamespace).c_str();
    for (const auto& [name, value] : kPrefixes) root.append_attribute(name) = value;
    for (const Section& section : Sections()) {
      pugi::xml_node list;
      for (const SourceNode* node : described_) {
        const std::string class_name = ClassOf(node);
        const bool here =
            std::find(section.classes.begin(), section.classes.end(), class_name) != section.classes.end();
        if (!here) continue;
        if (!list) list = root.append_child(section.name);
        pugi::xml_node element = list.append_child(ElementOfClass(class_name).c_str());
        element.append_attribute("id") = IdOf(node).c_str();
        WriteNode(node, class_name, element);
      }
    }
    std::ostringstream text;
    document.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
    return text.str();
  }

 private:
  std::string ClassOf(const SourceNode* node) const { return source_.TextOf(node, "type|@type"); }

  // The class of a value; a reference has that of the node it leads to, or of the property.
  std::string ClassAt(const SourceNode* value, const elm::PropertyTable& property) const {
    const std::string stated = ClassOf(value);
    if (!stated.empty()) return stated;
    const auto known = known_.find(source_.TextOf(value, "id|@id"));
    if (known != known_.end()) return ClassOf(known->second);
    const elm::ClassTable& target = *property.target;
    return target.is_union() ? target.alternatives.front().table->name : target.name;
  }

  void Remember(const SourceNode* node) {
    if (node->IsReference()) return;
    const SourceNode* const id = source_.FindFirst(node, "id|@id");
    std::string name = id == nullptr ? absl::StrCat("urn:passerelle:catalogue:", ids_.size() + 1) : id->text;
    if (!known_.try_emplace(name, node).second) {
      source_.Drop(node, "describes again what stands elsewhere in the catalogue");
      return;
    }
    if (id == nullptr) source_.Supply("@id", document::kDefaulted, "id.numbered");
    ids_.try_emplace(node, std::move(name));
    described_.push_back(node);
  }

  std::string IdOf(const SourceNode* node) {
    source_.Use(source_.FindFirst(node, "id|@id"));
    const auto made = ids_.find(node);
    return made == ids_.end() ? source_.TextOf(node, "id|@id") : made->second;
  }

  // The values of a member: those of an array, or the one.
  static std::vector<const SourceNode*> ValuesOf(const SourceNode* node, absl::string_view name) {
    std::vector<const SourceNode*> values;
    for (const SourceNode* member = node->first_child; member != nullptr; member = member->next_sibling) {
      if (member->name != name) continue;
      if (member->kind != SourceNode::Kind::kArray) {
        values.push_back(member);
        continue;
      }
      for (const SourceNode* entry = member->first_child; entry != nullptr; entry = entry->next_sibling) {
        values.push_back(entry);
      }
    }
    return values;
  }

  // The value of a literal that states its datatype, or the literal.
  const SourceNode* LiteralOf(const SourceNode* value) const {
    const SourceNode* const typed = source_.FindFirst(value, "@value");
    return typed == nullptr ? value : typed;
  }

  pugi::xml_node AddText(const Element& name, const SourceNode* value, pugi::xml_node parent) {
    pugi::xml_node element = parent.append_child(absl::StrCat(name.prefix, name.name).c_str());
    element.text().set(value->text.c_str());
    source_.Carry(value, name.name, kKept, "");
    return element;
  }

  void WriteTexts(const Element& name, const SourceNode* map, pugi::xml_node parent) {
    for (const SourceNode* texts = map->first_child; texts != nullptr; texts = texts->next_sibling) {
      const bool several = texts->kind == SourceNode::Kind::kArray;
      for (const SourceNode* text = several ? texts->first_child : texts; text != nullptr;
           text = several ? text->next_sibling : nullptr) {
        AddText(name, text, parent).append_attribute("language") = texts->name.c_str();
      }
    }
  }

  void WriteBranch(const Element& name, const SourceNode* value, pugi::xml_node parent) {
    const std::string class_name = ClassAt(value, *name.property);
    const SourceNode* const id = source_.FindFirst(value, "id|@id");
    if (name.by_iri) {
      if (id != nullptr) AddText(name, id, parent);
      return;
    }
    pugi::xml_node element = parent.append_child(absl::StrCat(name.prefix, name.name).c_str());
    if (IsListed(class_name)) {
      element.append_attribute("idref") = IdOf(value).c_str();
      if (id != nullptr) source_.Carry(id, name.name, kKept, "");
      return;
    }
    const bool is_concept = class_name == "Concept";
    if (is_concept && id != nullptr) {
      element.append_attribute("uri") = id->text.c_str();
      source_.Carry(id, name.name, kKept, "");
    } else {
      source_.Use(id);
    }
    // The lists of the Union say the labels of their concepts themselves.
    if (is_concept && !name.labelled) return source_.UseAll(value);
    WriteNode(value, class_name, element);
  }

  void WriteNode(const SourceNode* node, absl::string_view class_name, pugi::xml_node parent) {
    if (source_.IsExhausted()) return;  // the catalogue is refused when it is written
    for (const Element& name : ElementsOf(class_name)) {
      std::vector<const SourceNode*> values = ValuesOf(node, name.property->name);
      // The amount of a price, as credentials state it: the model has two properties of that name.
      if (values.empty() && name.name == "value") values = ValuesOf(node, name.name);
      for (const SourceNode* value : values) {
        switch (name.property->kind) {
          case ValueKind::kNode:
            WriteBranch(name, value, parent);
            break;
          case ValueKind::kLanguageText:
            WriteTexts(name, value, parent);
            break;
          default:
            AddText(name, LiteralOf(value), parent);
        }
      }
    }
  }

  document::Source& source_;
  std::vector<const SourceNode*> described_;
  absl::flat_hash_map<std::string, const SourceNode*> known_;  // by id
  absl::flat_hash_map<const SourceNode*, std::string> ids_;    // of what is described
};

}  // namespace

absl::StatusOr<document::Exported> WriteCourses(const elm::v3::Dataset& catalogue,
                                                const document::ExportOptions& options) {
  ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(elm::WriteData(catalogue)));
  document::ImportOptions reading;
  reading.list_mapped = options.list_mapped;
  document::Source source(std::move(tree), reading);
  source.SetNoPlace("no place in the XML of offers");
  document::Exported exported;
  exported.content = Writer(&source).Write();
  RETURN_IF_ERROR(source.CheckAllowance());
  source.Close(&exported);
  return exported;
}

}  // namespace passerelle::adapters::loq
