#include "core/elm/codec_reader.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/base/limits.h"
#include "core/elm/codec_compare.h"
#include "core/elm/codec_literal.h"
#include "core/elm/codec_tables.h"
#include "core/elm/json_path.h"

namespace passerelle::elm {
namespace {

using base::AsArray;
using base::AsObject;
using base::AsString;
using base::View;
using google::protobuf::Message;
using google::protobuf::Reflection;
namespace dom = simdjson::dom;

constexpr absl::string_view kContextOfModel2 = "https://www.w3.org/ns/credentials/v2";
constexpr absl::string_view kUndetermined = "und";
constexpr absl::string_view kInlineContext = "a context that stands in the document is not applied";

using Path = JsonPath;

// Values that stay out of the fields of one node. They are flushed in the order in which the writer writes, so that
// reading what was written gives the same message.
class Aside {
 public:
  static constexpr int kId = -3;
  static constexpr int kType = -2;
  static constexpr int kOrder = -1;
  static constexpr int kUnknown = std::numeric_limits<int>::max();

  void Add(int position, absl::string_view name, std::string json) {
    if (position == kUnknown) {
      unknown_.push_back({position, std::string(name), {std::move(json)}});
      return;
    }
    for (Entry& entry : known_) {
      if (entry.name == name) {
        entry.values.push_back(std::move(json));
        return;
      }
    }
    known_.push_back({position, std::string(name), {std::move(json)}});
  }

  void Flush(const ClassTable& table, Message& message) {
    std::stable_sort(known_.begin(), known_.end(),
                     [](const Entry& a, const Entry& b) { return a.position < b.position; });
    for (Entry& entry : known_) Flush(entry, table, message);
    for (Entry& entry : unknown_) Flush(entry, table, message);
  }

 private:
  struct Entry {
    int position;
    std::string name;
    std::vector<std::string> values;
  };

  static void Flush(Entry& entry, const ClassTable& table, Message& message) {
    auto* const member = static_cast<v3::UnknownMember*>(table.reflection->AddMessage(&message, table.unknown_members));
    member->set_name(std::move(entry.name));
    member->set_json(entry.values.size() == 1 ? std::move(entry.values.front())
                                              : absl::StrCat("[", absl::StrJoin(entry.values, ","), "]"));
  }

  std::vector<Entry> known_;  // of names that the class has, so few
  std::vector<Entry> unknown_;
};

// A node that is being read.
struct Node {
  const ClassTable& table;
  Message& message;
  const Reflection& reflection;
  Aside aside;
  absl::InlinedVector<absl::string_view, 2> types = {};  // of the document, or of the tables
  absl::string_view id = "";                             // of the document
  bool filled = false;                                   // has a member other than its id
};

// Whether it is a value object, perhaps a broken one, rather than texts by language.
bool HasValue(dom::object object) {
  for (const dom::key_value_pair member : object) {
    if (member.key == "@value" || member.key == "value") return true;
  }
  return false;
}

class Reader {
 public:
  Reader(const base::JsonDocument& document, std::vector<Finding>& findings)
      : document_(document), findings_(findings) {}

  void ReadRoot(dom::object object, v3::EuropeanDigitalCredential& credential) {
    const Path root;
    ReadObject(object, TableOf(*v3::EuropeanDigitalCredential::descriptor()), credential, root);
    CheckContext(credential);
  }

  void ReadDatasetNode(dom::object object, v3::Dataset& dataset, const Path& path) {
    dataset_ = &dataset;
    ReadObject(object, TableOf(*v3::DatasetNode::descriptor()), *dataset.add_node(), path);
  }

  // A context that stands on a data set, or on one of its nodes; each is stated once.
  void ReadDatasetContext(dom::element value, v3::Dataset& dataset, const Path& path) {
    ForEach(value, path, [&](dom::element entry, const Path& place) {
      const auto text = AsString(entry);
      if (!text.has_value()) return Report(place, "context.inline", kInlineContext);
      if (contexts_.insert(*text).second) dataset.add_context(std::string(*text));
    });
  }

  absl::string_view ModelVersion() const { return model_3_3_ ? "3.3" : model_3_2_ ? "3.2" : "3.1/3.2"; }

 private:
  void Report(const Path& path, absl::string_view rule, absl::string_view message) {
    if (findings_.size() + 1 < base::kFindingsMax) {
      findings_.push_back({path.Pointer(), std::string(rule), std::string(message)});
    } else if (findings_.size() < base::kFindingsMax) {
      findings_.push_back({"", "findings.more", "there are more findings than are listed"});
    }
  }

  void KeepValue(Node& node, const PropertyTable& property, dom::element value) {
    node.aside.Add(static_cast<int>(&property - node.table.properties.data()), property.name, document_.Text(value));
  }

  void Refuse(Node& node, const PropertyTable& property, dom::element value, const Path& path,
              absl::string_view expected) {
    KeepValue(node, property, value);
    if (value.is_null()) {
      Report(path, "json.null", "null; a value or no member is expected");
    } else {
      Report(path, "json.value-kind", absl::StrCat("a value of another kind; ", expected, " is expected"));
    }
  }

  // Calls `read` with every value that stands there, alone or in arrays and sets.
  template <typename Read>
  void ForEach(dom::element value, const Path& path, const Read& read) {
    if (const auto set = AsSet(value)) return ForEach(*set, path.Member("@set"), read);
    const auto array = AsArray(value);
    if (!array.has_value()) return read(value, path);
    size_t index = 0;
    for (const dom::element entry : *array) ForEach(entry, path.Entry(index++), read);
  }

  void ReadObject(dom::object object, const ClassTable& table, Message& message, const Path& path) {
    if (table.is_union()) {
      const Alternative& alternative = Choose(object, table);
      ReadObject(object, *alternative.table, *table.reflection->MutableMessage(&message, alternative.field), path);
      return;
    }
    Node node{table, message, *table.reflection, {}};
    for (const dom::key_value_pair member : object) {
      ReadMember(View(member.key), member.value, node, path.Member(View(member.key)));
    }
    FinishType(node, path);
    node.aside.Flush(table, message);
    if (node.filled) CompareWithSameId(object, node, path);
  }

  // What JSON-LD merges without a word: one id with contents that contradict each other. Each is compared with the
  // first.
  void CompareWithSameId(dom::object object, const Node& node, const Path& path) {
    if (node.id.empty()) return;
    const auto [first, added] = by_id_.try_emplace(node.id, object);
    if (added) return;
    const std::string member = ContradictingMember(first->second, object);
    if (member.empty()) return;
    Report(path, "node.differs",
           absl::StrCat("the id stands for other content elsewhere; the first member that differs is ", member));
  }

  // Of the stated types that are classes of the union the one that knows most of the members, the narrower one of
  // equals: the order of types means nothing. Without a stated one the same of all classes, the more general of equals.
  const Alternative& Choose(dom::object object, const ClassTable& table) {
    absl::InlinedVector<const Alternative*, 4> stated;
    for (const char* const name : {"type", "@type"}) {
      const auto types = base::Find(object, name);
      if (!types.has_value()) continue;
      ForEach(*types, Path(), [&](dom::element value, const Path&) {
        const auto text = AsString(value);
        const TypeTable* const type = text.has_value() ? FindType(*text) : nullptr;
        for (const Alternative& alternative : table.alternatives) {
          const bool known = std::find(stated.begin(), stated.end(), &alternative) != stated.end();
          if (type != nullptr && type->table == alternative.table && !known) stated.push_back(&alternative);
        }
      });
    }
    if (stated.size() == 1) return *stated.front();
    const Alternative* best = stated.empty() ? &table.alternatives.front() : stated.front();
    size_t best_known = 0;
    for (const Alternative& alternative : table.alternatives) {
      const bool is_stated = std::find(stated.begin(), stated.end(), &alternative) != stated.end();
      if (!stated.empty() && !is_stated) continue;
      size_t known = 0;
      for (const dom::key_value_pair member : object) known += alternative.table->Find(View(member.key)) != nullptr;
      if (known > best_known || (is_stated && known == best_known)) {
        best = &alternative;
        best_known = known;
      }
    }
    return *best;
  }

  void ReadMember(absl::string_view name, dom::element value, Node& node, const Path& path) {
    const MemberTable* const member = node.table.Find(name);
    if (member == nullptr) {
      if (dataset_ != nullptr && name == "@context") return ReadDatasetContext(value, *dataset_, path);
      node.filled = true;
      node.aside.Add(Aside::kUnknown, name, document_.Text(value));
      model_3_3_ = model_3_3_ || IsModel33Iri(name);
      return Report(path, "json.unknown-member", absl::StrCat("the class ", node.table.name, " has no such member"));
    }
    model_3_3_ = model_3_3_ || member->model_3_3;
    model_3_2_ = model_3_2_ || member->model_3_2;
    switch (member->kind) {
      case MemberKind::kId:
        return ForEach(value, path, [&](dom::element entry, const Path& place) { ReadId(entry, node, place); });
      case MemberKind::kType:
        return ForEach(value, path, [&](dom::element entry, const Path& place) { ReadType(entry, node, place); });
      case MemberKind::kOrder:
        return ReadOrder(value, node, path);
      case MemberKind::kContext:
        return ForEach(value, path, [&](dom::element entry, const Path& place) { ReadContext(entry, node, place); });
      case MemberKind::kProperty:
        break;
    }
    node.filled = true;
    const PropertyTable& property = *member->property;
    if (!member->defined) {
      Report(path, "json.term-alias", absl::StrCat("the context has no such term; read as ", property.name));
    }
    if (property.kind == ValueKind::kLanguageText) return ReadLanguageText(property, value, node, path);
    const auto list = AsArray(value);
    const bool several = !property.repeated && list.has_value() && list->size() > 1;
    absl::flat_hash_set<std::string> stated;  // of several
    ForEach(value, path, [&](dom::element entry, const Path& place) {
      // RDF is a set: what is stated twice is stated once.
      if (several && IsIdentified(entry) && !stated.insert(Statement(property, entry)).second) return;
      ReadValue(property, entry, node, place);
    });
  }

  // Whether the same text means the same thing; a node without an identifier is another one each time.
  static bool IsIdentified(dom::element value) {
    const auto object = AsObject(value);
    if (!object.has_value()) return AsString(value).has_value();
    return base::FindString(*object, "id").has_value() || base::FindString(*object, "@id").has_value();
  }

  // The text of a value, the same for every way to write a reference to a node.
  std::string Statement(const PropertyTable& property, dom::element value) const {
    const auto object = AsObject(value);
    if (property.kind != ValueKind::kNode || !object.has_value() || object->size() != 1) return document_.Text(value);
    return document_.Text(object->begin().value());
  }

  void ReadId(dom::element value, Node& node, const Path& path) {
    const auto text = AsString(value);
    if (!text.has_value() || text->empty()) {
      node.filled = true;
      node.aside.Add(Aside::kId, "id", document_.Text(value));
      return Report(path, value.is_null() ? "json.null" : "json.value-kind", "an identifier is expected");
    }
    if (node.id.empty()) {
      node.id = *text;
      return SetId(node.table, node.message, *text);
    }
    node.filled = true;
    node.aside.Add(Aside::kId, "id", document_.Text(value));
    Report(path, "shape.max", "another identifier; one is allowed");
  }

  void SetId(const ClassTable& table, Message& message, absl::string_view id) {
    model_3_3_ = model_3_3_ || IsModel33Iri(id);
    table.reflection->SetString(&message, table.id, std::string(id));
  }

  void ReadType(dom::element value, Node& node, const Path& path) {
    const auto text = AsString(value);
    if (!text.has_value()) {
      node.aside.Add(Aside::kType, "type", document_.Text(value));
      return Report(path, value.is_null() ? "json.null" : "json.value-kind", "the name of a class is expected");
    }
    const TypeTable* const type = *text == node.table.name ? node.table.own_type : FindType(*text);
    if (type == nullptr) {
      node.types.emplace_back(*text);
      model_3_3_ = model_3_3_ || IsModel33Iri(*text);
      return Report(path, "json.unknown-type", "the model has no such class");
    }
    node.types.push_back(type->name);
    model_3_3_ = model_3_3_ || type->model_3_3;
    model_3_2_ = model_3_2_ || type->model_3_2;
  }

  void FinishType(Node& node, const Path& path) {
    if (node.types.empty()) {
      if (!node.filled) return;
      if (node.table.context != nullptr) node.types.emplace_back("VerifiableCredential");
      node.types.push_back(node.table.name);
      Report(path, "json.type-missing", absl::StrCat("no type is stated; read as ", node.table.name));
    } else if (std::find(node.types.begin(), node.types.end(), node.table.name) == node.types.end()) {
      Report(path, "shape.class", absl::StrCat("no stated type fits here; read as ", node.table.name));
    }
    for (const absl::string_view type : node.types) {
      node.reflection.AddString(&node.message, node.table.type, std::string(type));
    }
  }

  void ReadOrder(dom::element value, Node& node, const Path& path) {
    int64_t order = 0;
    if (value.get(order) == simdjson::SUCCESS && order > 0 &&
        node.reflection.GetInt64(node.message, node.table.order) == 0) {
      node.reflection.SetInt64(&node.message, node.table.order, order);
      return;
    }
    node.aside.Add(Aside::kOrder, "order", document_.Text(value));
    Report(path, value.is_null() ? "json.null" : "json.value-kind", "one positive integer is expected");
  }

  void ReadContext(dom::element value, Node& node, const Path& path) {
    if (const auto text = AsString(value)) {
      node.reflection.AddString(&node.message, node.table.context, std::string(*text));
      return;
    }
    node.aside.Add(Aside::kId - 1, "@context", document_.Text(value));
    Report(path, "context.inline", kInlineContext);
  }

  void CheckContext(const v3::EuropeanDigitalCredential& credential) {
    const auto& contexts = credential.context();
    const Path root;
    const Path path = root.Member("@context");
    if (contexts.empty()) return Report(path, "context.missing", "no context is stated");
    for (const std::string& context : contexts) {
      if (context == kContextOfModel2) {
        Report(path, "context.vcdm2", "the W3C data model 2.0 is stated; the European model builds on 1.1");
      } else if (std::find(std::begin(kContexts), std::end(kContexts), context) == std::end(kContexts)) {
        Report(path, "context.other", "a context besides those of the European model is stated and not applied");
      }
    }
  }

  void ReadValue(const PropertyTable& property, dom::element value, Node& node, const Path& path) {
    if (!property.repeated && !value.is_null() && Has(property, node)) {
      KeepValue(node, property, value);
      return Report(path, "shape.max", "another value; one is allowed");
    }
    switch (property.kind) {
      case ValueKind::kNode:
        return ReadNode(property, value, node, path);
      case ValueKind::kInteger:
        return ReadInteger(property, value, node, path);
      case ValueKind::kBoolean:
        return ReadBoolean(property, value, node, path);
      default:
        return ReadText(property, value, node, path);
    }
  }

  static bool Has(const PropertyTable& property, const Node& node) {
    return node.reflection.HasField(node.message, property.field);
  }

  static Message& NewMessage(const PropertyTable& property, Node& node) {
    return property.repeated ? *node.reflection.AddMessage(&node.message, property.field)
                             : *node.reflection.MutableMessage(&node.message, property.field);
  }

  void ReadNode(const PropertyTable& property, dom::element value, Node& node, const Path& path) {
    if (const auto object = AsObject(value)) {
      return ReadObject(*object, *property.target, NewMessage(property, node), path);
    }
    const auto text = AsString(value);
    if (!text.has_value() || text->empty()) return Refuse(node, property, value, path, "an object or an IRI");
    if (!IsAbsoluteIri(*text)) {
      Report(path, "json.reference", "a text where a node is expected; read as the identifier of the node");
    }
    Message& message = NewMessage(property, node);
    if (!property.target->is_union()) return SetId(*property.target, message, *text);
    const Alternative& first = property.target->alternatives.front();
    SetId(*first.table, *property.target->reflection->MutableMessage(&message, first.field), *text);
  }

  // Takes the value out of a value object, and says what is lost by it.
  dom::element Unwrap(const PropertyTable& property, dom::element value, const Path& path) {
    const auto object = AsObject(value);
    const auto wrapped = object.has_value() ? AsValueObject(*object) : std::nullopt;
    const bool plain = !wrapped.has_value() && (value.is_string() || value.is_number());
    if (plain && property.states_datatype) {
      Report(path, "json.literal-type",
             absl::StrCat("no context gives this literal a type; read as ", DatatypeName(property.datatype)));
    }
    if (!wrapped.has_value()) return value;
    if (property.datatype == v3::DATATYPE_LITERAL && !wrapped->bare) {
      Report(path, "json.literal-kind", "a literal with a type or a language, which the model does not keep");
    } else if (!IsLiteralOf(*wrapped, property.datatype) || !wrapped->language.empty() || wrapped->bare) {
      Report(path, "json.literal-type",
             absl::StrCat("a literal without its type, of another or with a language; read as ",
                          DatatypeName(property.datatype)));
    }
    return wrapped->value;
  }

  void ReadText(const PropertyTable& property, dom::element stated, Node& node, const Path& path) {
    const dom::element value = Unwrap(property, stated, path);
    std::optional<absl::string_view> text = AsString(value);
    if (!text.has_value() && value.is_number()) {
      text = document_.NumberText(value);
      if (property.datatype != v3::DATATYPE_DECIMAL) Report(path, "json.literal-kind", "a number; a text is expected");
    }
    if (!text.has_value() && value.is_bool()) {
      bool truth = false;
      text = value.get(truth) == simdjson::SUCCESS && truth ? "true" : "false";
      Report(path, "json.literal-kind", "true or false; a text is expected");
    }
    if (!text.has_value()) {
      if (const auto object = AsObject(value)) {
        text = AsReference(*object);
        if (text.has_value() && property.datatype != v3::DATATYPE_IRI) {
          Report(path, "shape.node-kind", "a reference; a text is expected");
        }
      }
    }
    if (!text.has_value()) return Refuse(node, property, stated, path, "a text");
    if (property.repeated) {
      node.reflection.AddString(&node.message, property.field, std::string(*text));
    } else if (text->empty()) {
      KeepValue(node, property, stated);
      Report(path, "json.empty", "an empty text");
    } else {
      node.reflection.SetString(&node.message, property.field, std::string(*text));
    }
  }

  void ReadInteger(const PropertyTable& property, dom::element stated, Node& node, const Path& path) {
    const dom::element value = Unwrap(property, stated, path);
    const std::optional<int64_t> whole = AsInteger(value);
    int64_t number = whole.value_or(0);
    if (!whole.has_value()) {
      const auto text = AsString(value);
      // Only digits that are written back the same.
      if (!text.has_value() || !absl::SimpleAtoi(*text, &number) || absl::StrCat(number) != *text) {
        return Refuse(node, property, stated, path, "an integer");
      }
      Report(path, "json.literal-kind", "a text; an integer is expected");
    }
    node.reflection.SetInt64(&node.message, property.field, number);
  }

  void ReadBoolean(const PropertyTable& property, dom::element stated, Node& node, const Path& path) {
    const dom::element value = Unwrap(property, stated, path);
    bool truth = false;
    if (value.get(truth) != simdjson::SUCCESS) {
      const std::optional<int64_t> number = AsInteger(value);
      const std::string text = number.has_value() ? absl::StrCat(*number) : std::string(AsString(value).value_or(""));
      truth = text == "true" || text == "1";
      if (!truth && text != "false" && text != "0") return Refuse(node, property, stated, path, "true or false");
      Report(path, "json.literal-kind", "another form of a truth value; true or false is expected");
    }
    node.reflection.SetBool(&node.message, property.field, truth);
  }

  void ReadLanguageText(const PropertyTable& property, dom::element value, Node& node, const Path& path) {
    const bool more = node.reflection.FieldSize(node.message, property.field) > 0 || value.is_array();
    ForEach(value, path,
            [&](dom::element entry, const Path& place) { ReadLanguageEntry(property, entry, node, place); });
    if (more) GroupByLanguage(property, node);
  }

  void ReadLanguageEntry(const PropertyTable& property, dom::element value, Node& node, const Path& path) {
    if (const auto object = AsObject(value)) {
      const auto wrapped = AsValueObject(*object);
      if (!wrapped.has_value() && !HasValue(*object)) return ReadLanguageMap(property, *object, node, path);
      const auto text = wrapped.has_value() ? AsString(wrapped->value) : std::nullopt;
      if (!text.has_value() || !CanBeLanguage(wrapped->language)) {
        return Refuse(node, property, value, path, "a text with its language");
      }
      if (IsNoLanguage(wrapped->language)) Report(path, "json.language-missing", "a text without a language");
      if (!wrapped->type.empty() || wrapped->bare) {
        Report(path, "json.literal-type", "a literal with a type, or whose members lack the @; read as a text");
      }
      return AddText(property, wrapped->language, *text, node);
    }
    if (const auto text = AsString(value)) {
      Report(path, "json.language-missing", "a text without a language");
      return AddText(property, "", *text, node);
    }
    Refuse(node, property, value, path, "texts by language");
  }

  void ReadLanguageMap(const PropertyTable& property, dom::object map, Node& node, const Path& path) {
    bool renamed = false;
    for (const dom::key_value_pair member : map) {
      const absl::string_view language = View(member.key);
      const Path at = path.Member(language);
      if (!CanBeLanguage(language)) {
        KeepEntry(property, language, member.value, node);
        Report(at, "json.value-kind", "a text by its language is expected");
        continue;
      }
      ForEach(member.value, at, [&](dom::element value, const Path& place) {
        const auto text = AsString(value);
        if (text.has_value()) {
          if (IsNoLanguage(language)) {
            renamed = true;
            Report(place, "json.language-missing", "a text without a language");
          }
          return AddText(property, language, *text, node);
        }
        KeepEntry(property, language, value, node);
        Report(place, value.is_null() ? "json.null" : "json.value-kind", "a text is expected");
      });
    }
    if (renamed) GroupByLanguage(property, node);
  }

  // Keeps an entry of a map of languages aside, as a map of its own.
  void KeepEntry(const PropertyTable& property, absl::string_view language, dom::element value, Node& node) {
    std::string json = "{";
    base::AppendJsonString(language, json);
    absl::StrAppend(&json, ":", document_.Text(value), "}");
    node.aside.Add(static_cast<int>(&property - node.table.properties.data()), property.name, std::move(json));
  }

  static void AddText(const PropertyTable& property, absl::string_view language, absl::string_view text, Node& node) {
    auto* const entry = static_cast<v3::LanguageString*>(node.reflection.AddMessage(&node.message, property.field));
    entry->set_language(std::string(IsNoLanguage(language) ? kUndetermined : language));
    entry->set_value(std::string(text));
  }

  // Several maps of one property become one, as the writer will write it.
  static void GroupByLanguage(const PropertyTable& property, Node& node) {
    std::vector<v3::LanguageString> grouped;
    for (const auto* const text : EntriesOf<v3::LanguageString>(node.message, *property.field))
      grouped.push_back(*text);
    absl::flat_hash_map<std::string, size_t> rank;
    for (const v3::LanguageString& text : grouped) rank.try_emplace(text.language(), rank.size());
    std::stable_sort(grouped.begin(), grouped.end(),
                     [&rank](const auto& a, const auto& b) { return rank.at(a.language()) < rank.at(b.language()); });
    node.reflection.ClearField(&node.message, property.field);
    for (const v3::LanguageString& text : grouped) AddText(property, text.language(), text.value(), node);
  }

  const base::JsonDocument& document_;
  std::vector<Finding>& findings_;
  v3::Dataset* dataset_ = nullptr;                             // of which a node is read
  absl::flat_hash_set<absl::string_view> contexts_;            // of the data set
  absl::flat_hash_map<absl::string_view, dom::object> by_id_;  // ids of the document
  bool model_3_2_ = false;
  bool model_3_3_ = false;
};

}  // namespace

void ReadCredentialObject(const base::JsonDocument& document, dom::object object, ReadCredential& read) {
  Reader reader(document, read.findings);
  reader.ReadRoot(object, read.credential);
  read.model_version = std::string(reader.ModelVersion());
}

void ReadDatasetNodes(const OpenedDataset& opened, ReadDataset& read) {
  Reader reader(opened.document, read.findings);
  const Path root;
  const Path graph = root.Member("@graph");
  const Path& place = opened.is_graph ? graph : root;
  if (opened.context.has_value()) reader.ReadDatasetContext(*opened.context, read.dataset, root.Member("@context"));
  for (size_t i = 0; i < opened.nodes.size(); ++i) {
    const Path path = opened.is_list ? place.Entry(i) : place;
    reader.ReadDatasetNode(opened.nodes[i], read.dataset, path);
    read.places.push_back(path.Pointer());
  }
  read.model_version = std::string(reader.ModelVersion());
}

}  // namespace passerelle::elm
