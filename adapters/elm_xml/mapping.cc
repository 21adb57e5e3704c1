#include "adapters/elm_xml/mapping.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "adapters/elm_xml/completion.h"
#include "adapters/elm_xml/concept.h"
#include "adapters/elm_xml/credit.h"
#include "adapters/elm_xml/identifier.h"
#include "adapters/elm_xml/names.h"
#include "adapters/elm_xml/texts.h"
#include "core/base/limits.h"
#include "core/elm/codec_literal.h"
#include "core/elm/codec_tables.h"
#include "core/elm/constraints_lexical.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elm_xml {
namespace {

namespace v3 = elm::v3;
using elm::ClassTable;
using elm::PropertyTable;
using elm::ValueKind;
using google::protobuf::Message;
using google::protobuf::Reflection;
using pugi::xml_node;

// <awardingOpportunities/> says nothing.
bool IsEmpty(const xml_node& element) {
  return !HasElements(element) && !element.first_attribute() && base::XmlText(element).empty();
}

// An element without an identity whose children are nodes by their names: it only holds them together.
bool IsList(const xml_node& element) {
  if (!HasElements(element)) return false;
  for (const char* const name : {"id", "idref", "uri"}) {
    if (!base::XmlAttribute(element, name).empty()) return false;
  }
  for (const xml_node& child : element.children()) {
    if (IsElement(child) && ClassNamed(base::XmlLocalName(child)).empty()) return false;
  }
  return true;
}

class Mapper {
 public:
  explicit Mapper(Source* source) : source_(source) {}

  void Fill(const xml_node& element, const ClassTable& table, Message& message) {
    const std::string id = source_->ReadAttribute(element, "id");
    const Reflection& reflection = *message.GetReflection();
    if (!id.empty()) reflection.SetString(&message, table.id, id);
    if (reflection.FieldSize(message, table.type) == 0) reflection.AddString(&message, table.type, table.name);
    TakeChildren(element, table, message);
    GiveTitles(source_, element, table, &message);
  }

 private:
  void TakeChildren(const xml_node& element, const ClassTable& table, Message& message) {
    for (const xml_node& child : element.children()) {
      if (IsElement(child)) Take(child, table, message);
    }
  }

  void Take(const xml_node& element, const ClassTable& table, Message& message) {
    const absl::string_view name = base::XmlLocalName(element);
    if (name == "id") {
      message.GetReflection()->SetString(&message, table.id, source_->ReadText(element));
      return;
    }
    if (absl::EndsWith(name, "References")) return;  // taken where they are referred to
    const Place place = PlaceOf(table.name, name);
    if (place.term.empty()) return source_->Drop(element, place.reason);
    const std::pair<absl::string_view, absl::string_view> terms = absl::StrSplit(place.term, absl::MaxSplits('/', 1));
    const PropertyTable* property = FindProperty(table, terms.first);
    if (property == nullptr) {
      return source_->Drop(element, absl::StrCat("the class ", table.name, " of model 3.2 has no such property"));
    }
    if (terms.second.empty()) return Put(element, *property, message);
    Message& between = Between(*property, message);
    const PropertyTable* const inner = FindProperty(*property->target, terms.second);
    if (inner != nullptr) Put(element, *inner, between);
  }

  // The node that v3 puts in between: the one there, or a new one.
  static Message& Between(const PropertyTable& property, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    const auto* const field = property.field;
    if (property.repeated && reflection.FieldSize(message, field) > 0) {
      return *reflection.MutableRepeatedMessage(&message, field, 0);
    }
    Message& between =
        property.repeated ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field);
    const ClassTable& table = *property.target;
    const Reflection& inner = *between.GetReflection();
    if (inner.FieldSize(between, table.type) == 0) inner.AddString(&between, table.type, table.name);
    return between;
  }

  void Put(const xml_node& element, const PropertyTable& property, Message& message) {
    if (property.kind == ValueKind::kNode && IsEmpty(element)) return;
    if (property.target != nullptr && property.target->descriptor == v3::CreditPoint::descriptor() &&
        !HasElements(element) && PutAsNote(element, property, message)) {
      return;
    }
    const bool nested = property.kind == ValueKind::kNode &&
                        (HasChildNamed(element, base::XmlLocalName(element)) || HasChildNamed(element, property.name));
    if (property.kind == ValueKind::kNode && (IsList(element) || nested)) {
      for (const xml_node& child : element.children()) {
        if (IsElement(child)) PutOne(child, property, message);
      }
      return;
    }
    PutOne(element, property, message);
  }

  // Credits that are none of the model. Whether they were such.
  bool PutAsNote(const xml_node& element, const PropertyTable& property, Message& message) {
    const PropertyTable* const notes = FindProperty(elm::TableOf(*message.GetDescriptor()), "additionalNote");
    const std::optional<v3::Note> note =
        notes == nullptr ? std::nullopt : CreditAsNote(source_, element, message, property);
    if (note.has_value()) message.GetReflection()->AddMessage(&message, notes->field)->CopyFrom(*note);
    return note.has_value();
  }

  // <language><language>en</language></language> and <availableLanguages><language>en</language></availableLanguages>
  static bool HasChildNamed(const xml_node& element, absl::string_view name) {
    for (const xml_node& child : element.children()) {
      if (IsElement(child) && base::XmlLocalName(child) == name) return true;
    }
    return false;
  }

  void PutOne(const xml_node& element, const PropertyTable& property, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    const uint32_t most = property.repeated ? property.options->max() : 1;
    const bool texts = property.kind == ValueKind::kLanguageText;  // which are counted one by one
    const int count = property.repeated ? reflection.FieldSize(message, property.field)
                                        : static_cast<int>(reflection.HasField(message, property.field));
    if (!texts && most > 0 && static_cast<uint32_t>(count) >= most) {
      if (property.name == "eqfLevel") {
        source_->Warn("level.contradiction", element, "The document states two levels; the first counts.");
      }
      return source_->Drop(element,
                           absl::StrCat("model 3.2 holds ", most == 1 ? "one " : "no more of ", property.name));
    }
    switch (property.kind) {
      case ValueKind::kLanguageText:
        return PutTexts(source_, element, property, &message);
      case ValueKind::kNode:
        return PutNode(element, property, message);
      case ValueKind::kText:
        return PutText(element, property, message);
      case ValueKind::kInteger:
        return PutInteger(element, property, message);
      case ValueKind::kBoolean: {
        bool truth = false;
        if (!absl::SimpleAtob(source_->ReadText(element), &truth)) {
          return source_->Drop(element, "true or false is expected");
        }
        return reflection.SetBool(&message, property.field, truth);
      }
    }
  }

  // Percentages with a fraction are rounded; other numbers with one are none of the model.
  void PutInteger(const xml_node& element, const PropertyTable& property, Message& message) {
    constexpr double kLargest = 1e15;  // that doubles hold exactly
    const std::string text = source_->ReadText(element);
    const std::optional<std::string> decimal = elm::PlainDecimal(text);
    int64_t number = 0;
    double value = 0;
    if (!absl::SimpleAtoi(text, &number)) {
      if (!decimal.has_value() || !absl::SimpleAtod(*decimal, &value) || value > kLargest) {
        return source_->Drop(element, "an integer is expected");
      }
      number = std::llround(value);
      if (static_cast<double>(number) != value) {
        if (!absl::StartsWith(property.name, "percentage")) return source_->Drop(element, "an integer is expected");
        source_->Note("grading.rounded", element, "A percentage is an integer; it was rounded.");
      }
    }
    if (!elm::IsLexical(property.datatype, absl::StrCat(number))) return DropAsNone(element, property);
    message.GetReflection()->SetInt64(&message, property.field, number);
  }

  void DropAsNone(const xml_node& element, const PropertyTable& property) {
    const bool iri = property.datatype == v3::DATATYPE_IRI;
    source_->Drop(element, absl::StrCat("is no ", iri ? "IRI" : elm::DatatypeName(property.datatype)));
  }

  void PutText(const xml_node& element, const PropertyTable& property, Message& message) {
    std::string text = source_->ReadText(element);
    if (property.name == "content") text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
    if (text.empty()) return;
    if (property.datatype == v3::DATATYPE_DATE_TIME && !elm::IsDateTime(text)) {
      text = DateTimeOf(element, property, text);
      if (text.empty()) return;
    }
    if (!elm::IsLexical(property.datatype, text)) return DropAsNone(element, property);
    const Reflection& reflection = *message.GetReflection();
    if (property.repeated) {
      reflection.AddString(&message, property.field, std::move(text));
    } else {
      reflection.SetString(&message, property.field, std::move(text));
    }
  }

  // What is no xsd:dateTime as it stands; empty for what is no date.
  std::string DateTimeOf(const xml_node& element, const PropertyTable& property, const std::string& text) {
    const std::optional<elm::SourceDate> date = elm::ReadDate(text);
    if (!date.has_value()) {
      source_->Warn("date.unreadable", element, "This is no date.");
      source_->Drop(element, "is no date");
      return "";
    }
    if (date->turned) {
      source_->Note("date.order", element, "Day, month and year were put into the order of ISO 8601.");
    }
    if (property.name == "dateOfBirth" && !date->zone.empty()) {
      source_->Note("date.calendar", element,
                    "A birth date is a day of the calendar; its time and zone were left out.");
      return date->WholeDay();
    }
    if (date->time.empty()) {
      source_->Note("date.calendar", element,
                    date->zone.empty() ? "A date without a time; it was written as midnight UTC."
                                       : "A date without a time; it was written as midnight of its zone.");
    }
    return date->DateTime();
  }

  static Message& NewMessage(const PropertyTable& property, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    return property.repeated ? *reflection.AddMessage(&message, property.field)
                             : *reflection.MutableMessage(&message, property.field);
  }

  void PutNode(const xml_node& element, const PropertyTable& property, Message& message) {
    const std::string reference = source_->ReadAttribute(element, "idref");
    xml_node target = reference.empty() ? element : source_->Referenced(reference);
    if (!target) {
      target = source_->InPlace(reference);
      if (!target) return PutDangling(element, reference, property, message);
      if (PutInPlace(element, reference, target, property, message)) return;
    }
    if (reference.empty() && PutUnlistedConcept(element, property, message)) return;
    const absl::string_view name = base::XmlLocalName(target);
    if (!reference.empty() && !Holds(*property.target, ClassNamed(name))) {
      return source_->Drop(element, absl::StrCat("what is referred to is no ", NamesOf(*property.target)));
    }
    if (property.target->descriptor == v3::Organisation::descriptor() &&
        source_->IsAgent(reference.empty() ? source_->ReadId(element) : reference)) {
      return source_->Drop(element, "what is referred to has no name or no country, which an organisation of v3 has");
    }
    const size_t mark = source_->Mark();
    Message* const value = &NewMessage(property, message);
    Message* node = value;
    const ClassTable* table = property.target;
    if (table->is_union()) {
      const elm::Alternative& alternative = Choose(*table, name, element);
      node = node->GetReflection()->MutableMessage(node, alternative.field);
      table = alternative.table;
    }
    if (reference.empty()) {
      FillValue(target, property, *table, *node);
    } else if (references_ >= base::kPartsDepthMax || !source_->TakeFirst(target)) {
      // A long chain of references would be as deep a message: what is too deep, and what was written, is only named.
      return node->GetReflection()->SetString(node, table->id, reference);
    } else {
      ++references_;
      FillValue(target, property, *table, *node);
      --references_;
    }
    if (table->type == nullptr) return;
    if (node->GetReflection()->FieldSize(*node, table->type) == 0) {  // only named, if at all
      if (node->ByteSizeLong() == 0) TakeOut(property, message);
      return;
    }
    const std::string missing = CompleteNode(source_, target, node);
    if (missing.empty()) return;
    if (value->GetDescriptor() == v3::AgentNode::descriptor()) {
      return CompleteAgent(source_, target, mark, static_cast<v3::AgentNode*>(value));
    }
    source_->Drop(element, missing);
    source_->TakeBack(mark);
    TakeOut(property, message);
  }

  // The value that was put last.
  static void TakeOut(const PropertyTable& property, Message& message) {
    if (property.repeated) return message.GetReflection()->RemoveLast(&message, property.field);
    message.GetReflection()->ClearField(&message, property.field);
  }

  // A concept is none of the model if its list lacks it. Whether it was such.
  bool PutUnlistedConcept(const xml_node& element, const PropertyTable& property, Message& message) {
    return property.target->descriptor == v3::Concept::descriptor() &&
           PutUnlisted(source_, element, property, &message);
  }

  // What stands elsewhere in its own place is only named, if it is written there. Whether nothing is left to do: what
  // is not written there, as an issuer, is read where it is referred to.
  bool PutInPlace(const xml_node& element, const std::string& reference, const xml_node& target,
                  const PropertyTable& property, Message& message) {
    source_->AskInPlace();
    const std::string described = source_->DescribedClass(reference);
    if (!source_->MustReadAgain() && described.empty()) {
      const absl::string_view name = base::XmlLocalName(target);
      if (name == "issuer" || !ClassNamed(name).empty()) return false;
      source_->Drop(element, "what is referred to stands in a part of the document that is not carried");
      return true;
    }
    if (!described.empty() && !Holds(*property.target, described)) {
      source_->Drop(element, absl::StrCat("what is referred to is no ", NamesOf(*property.target)));
      return true;
    }
    Message* node = &NewMessage(property, message);
    const ClassTable* table = property.target;
    if (table->is_union()) {
      const elm::Alternative& alternative = AlternativeOf(*table, described);
      node = node->GetReflection()->MutableMessage(node, alternative.field);
      table = alternative.table;
    }
    node->GetReflection()->SetString(node, table->id, reference);
    return true;
  }

  // An awarding body, or the process of an award, that is not described is still another than the issuer.
  void PutDangling(const xml_node& element, const std::string& reference, const PropertyTable& property,
                   Message& message) {
    const bool body = property.target->descriptor == v3::AgentNode::descriptor() && property.name == "awardingBody";
    const bool process = property.target->descriptor == v3::AwardingProcess::descriptor();
    if (!body && !process) return source_->Drop(element, "the document does not describe what is referred to");
    source_->Warn("agent.dangling", element, "The document does not describe what is referred to; its id was kept.");
    source_->SetDangling(reference);
    Message& value = NewMessage(property, message);
    const bool first = source_->TakeId(reference, body ? "Agent" : "AwardingProcess");
    if (body) {
      v3::Agent& agent = *static_cast<v3::AgentNode&>(value).mutable_agent();
      agent.set_id(reference);
      if (first) agent.add_type("Agent");
      return;
    }
    auto& award = static_cast<v3::AwardingProcess&>(value);
    award.set_id(reference);
    if (!first) return;
    award.add_type("AwardingProcess");
    award.add_awarding_body()->mutable_agent()->add_type("Agent");
  }

  static std::string NamesOf(const ClassTable& table) {
    if (!table.is_union()) return table.name;
    std::string names;
    for (const elm::Alternative& alternative : table.alternatives) {
      absl::StrAppend(&names, names.empty() ? "" : " or ", alternative.table->name);
    }
    return names;
  }

  // Whether a property can hold what an element of that class describes; elements of no known class may be any.
  static bool Holds(const ClassTable& table, absl::string_view name) {
    if (name.empty() || table.name == name) return true;
    if (!table.is_union()) return table.name == "LearningAchievementSpecification" && name == "Qualification";
    return std::any_of(table.alternatives.begin(), table.alternatives.end(),
                       [name](const elm::Alternative& alternative) { return alternative.table->name == name; });
  }

  // By the name of the element; an agent of no known name is an organisation, as v1 and v2 hardly have others.
  static const elm::Alternative& Choose(const ClassTable& table, absl::string_view name, const xml_node& element) {
    absl::string_view wanted = ClassNamed(name);
    if (wanted.empty()) wanted = ClassNamed(base::XmlLocalName(element));
    return AlternativeOf(table, wanted.empty() ? "Organisation" : wanted);
  }

  // The one of that class, or the first.
  static const elm::Alternative& AlternativeOf(const ClassTable& table, absl::string_view name) {
    for (const elm::Alternative& alternative : table.alternatives) {
      if (alternative.table->name == name) return alternative;
    }
    return table.alternatives.front();
  }

  // Nodes that v1 and v2 write in attributes and texts.
  void FillValue(const xml_node& element, const PropertyTable& property, const ClassTable& table, Message& node) {
    if (node.GetDescriptor() == v3::Concept::descriptor()) {
      return FillConcept(source_, element, property, &static_cast<v3::Concept&>(node));
    }
    if (node.GetDescriptor() == v3::Note::descriptor()) return FillNote(element, static_cast<v3::Note&>(node));
    if (table.name == "Identifier" || table.name == "LegalIdentifier")
      return FillIdentifier(source_, element, table, &node);
    const bool is_page = node.GetDescriptor() == v3::WebResource::descriptor();
    const bool is_mailbox = node.GetDescriptor() == v3::Mailbox::descriptor();
    const std::string address = is_page || is_mailbox ? Address(element) : "";
    if (is_page && !address.empty()) {
      auto& page = static_cast<v3::WebResource&>(node);
      page.add_type("WebResource");
      page.set_content_url(address);
      return TakeChildren(element, table, node);
    }
    if (is_mailbox && !address.empty()) {
      auto& mailbox = static_cast<v3::Mailbox&>(node);
      mailbox.add_type("Mailbox");
      mailbox.set_id(absl::StartsWith(address, "mailto:") ? address : absl::StrCat("mailto:", address));
      return;
    }
    if (node.GetDescriptor() == v3::CreditPoint::descriptor() && !HasElements(element)) {
      return FillCredit(source_, element, &static_cast<v3::CreditPoint&>(node));
    }
    const std::string id = source_->ReadId(element);
    if (!id.empty() && !source_->TakeId(id, table.name)) {
      // What is of another class is none that this could name.
      if (Holds(*property.target, source_->TakenClass(id))) node.GetReflection()->SetString(&node, table.id, id);
      return source_->Drop(element, "another element with the same id was taken");
    }
    Fill(element, table, node);
  }

  std::string Address(const xml_node& element) {
    const std::string uri = source_->ReadAttribute(element, "uri");
    return uri.empty() ? source_->ReadAttribute(element, "id") : uri;
  }

  void FillNote(const xml_node& element, v3::Note& note) {
    const PropertyTable& literal = *FindProperty(elm::TableOf(*v3::Note::descriptor()), "noteLiteral");
    note.add_type("Note");
    bool any = false;
    for (const xml_node& child : element.children()) {
      if (!IsElement(child)) continue;
      if (base::XmlLocalName(child) == "text") {
        PutOneText(source_, child, literal, &note);
      } else if (base::XmlLocalName(child) == "subject" && !note.has_subject()) {
        const PropertyTable& subject = *FindProperty(elm::TableOf(*v3::Note::descriptor()), "subject");
        FillConcept(source_, child, subject, note.mutable_subject());
      } else {
        source_->Drop(child, "a note of model 3.2 has no such property");
      }
      any = true;
    }
    if (!any) PutOneText(source_, element, literal, &note);
  }

  Source* const source_;
  size_t references_ = 0;  // that are being followed
};

}  // namespace

void FillNode(Source* source, const xml_node& element, Message* message) {
  Mapper(source).Fill(element, elm::TableOf(*message->GetDescriptor()), *message);
}

}  // namespace passerelle::adapters::elm_xml
