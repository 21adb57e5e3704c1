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
#include "adapters/elm_xml/credit.h"
#include "adapters/elm_xml/names.h"
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

bool IsElement(const xml_node& node) { return node.type() == pugi::node_element; }

bool HasElements(const xml_node& node) {
  for (const xml_node& child : node.children()) {
    if (IsElement(child)) return true;
  }
  return false;
}

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
    const std::string id = base::XmlAttribute(element, "id").value();
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
      message.GetReflection()->SetString(&message, table.id, base::XmlText(element));
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

  static const PropertyTable* FindProperty(const ClassTable& table, absl::string_view term) {
    const elm::MemberTable* const member = table.Find(term);
    return member == nullptr ? nullptr : member->property;
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
        !HasElements(element) && PutAsNote(element, message)) {
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
  bool PutAsNote(const xml_node& element, Message& message) {
    const PropertyTable* const notes = FindProperty(elm::TableOf(*message.GetDescriptor()), "additionalNote");
    const std::optional<v3::Note> note = notes == nullptr ? std::nullopt : CreditAsNote(source_, element);
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
      return source_->Drop(element,
                           absl::StrCat("model 3.2 holds ", most == 1 ? "one " : "no more of ", property.name));
    }
    switch (property.kind) {
      case ValueKind::kLanguageText:
        return PutTexts(element, property, message);
      case ValueKind::kNode:
        return PutNode(element, property, message);
      case ValueKind::kText:
        return PutText(element, property, message);
      case ValueKind::kInteger:
        return PutInteger(element, property, message);
      case ValueKind::kBoolean: {
        bool truth = false;
        if (!absl::SimpleAtob(base::XmlText(element), &truth)) {
          return source_->Drop(element, "true or false is expected");
        }
        return reflection.SetBool(&message, property.field, truth);
      }
    }
  }

  // Percentages with a fraction are rounded; other numbers with one are none of the model.
  void PutInteger(const xml_node& element, const PropertyTable& property, Message& message) {
    constexpr double kLargest = 1e15;  // that doubles hold exactly
    const std::optional<std::string> decimal = elm::PlainDecimal(base::XmlText(element));
    int64_t number = 0;
    double value = 0;
    if (!absl::SimpleAtoi(base::XmlText(element), &number)) {
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
    std::string text = base::XmlText(element);
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

  // The texts below an element; an element with none is a text without a language itself.
  void PutTexts(const xml_node& element, const PropertyTable& property, Message& message) {
    bool any = false;
    for (const xml_node& child : element.children()) {
      if (!IsElement(child)) continue;
      if (base::XmlLocalName(child) != "text") {
        source_->Drop(child, "not a text");
        continue;
      }
      any = true;
      AddText(child, base::XmlText(child), property, message);
    }
    if (!any) AddText(element, base::XmlText(element), property, message);
  }

  void AddText(const xml_node& element, const std::string& text, const PropertyTable& property, Message& message) {
    if (text.empty()) return;
    const std::string stated = base::XmlAttribute(element, "lang").value();
    const std::string language = stated.empty() ? base::XmlAttribute(element, "language").value() : stated;
    const std::string tag = language.empty() ? "und" : language;
    const v3::PropertyOptions& options = property.field->options().GetExtension(v3::property);
    const bool one_only = options.unique_language() || options.max() == 1;
    const auto texts = elm::EntriesOf<v3::LanguageString>(message, *property.field);
    for (const v3::LanguageString* const other : texts) {
      if (one_only && (other->language() == tag || options.max() == 1)) {
        return source_->Drop(element, "model 3.2 holds one text here");
      }
    }
    auto* const entry = static_cast<v3::LanguageString*>(message.GetReflection()->AddMessage(&message, property.field));
    entry->set_language(tag);
    entry->set_value(text);
    if (absl::EqualsIgnoreCase(base::XmlAttribute(element, "content-type").value(), "text/html")) {
      UseMarkup(element, property, entry);
    }
  }

  // Prose keeps its markup, without what acts; names and titles are plain.
  void UseMarkup(const xml_node& element, const PropertyTable& property, v3::LanguageString* entry) {
    const bool prose =
        property.name == "description" || property.name == "definition" || property.name == "noteLiteral";
    entry->set_value(prose ? elm::StripActiveContent(entry->value()) : elm::PlainTextOf(entry->value()));
    if (prose) {
      source_->Note("markup.html", element, "Active content, if any, was taken out of the markup.");
    } else {
      source_->Note("markup.plain", element, "The markup was taken out of the text.");
    }
  }

  static Message& NewMessage(const PropertyTable& property, Message& message) {
    const Reflection& reflection = *message.GetReflection();
    return property.repeated ? *reflection.AddMessage(&message, property.field)
                             : *reflection.MutableMessage(&message, property.field);
  }

  void PutNode(const xml_node& element, const PropertyTable& property, Message& message) {
    const std::string reference = base::XmlAttribute(element, "idref").value();
    const xml_node target = reference.empty() ? element : source_->Referenced(reference);
    if (!target) return PutDangling(element, reference, property, message);
    const absl::string_view name = base::XmlLocalName(target);
    if (!reference.empty() && !Holds(*property.target, ClassNamed(name))) {
      return source_->Drop(element, absl::StrCat("what is referred to is no ", NamesOf(*property.target)));
    }
    if (property.target->descriptor == v3::Organisation::descriptor() &&
        source_->IsAgent(reference.empty() ? IdOf(element) : reference)) {
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
    if (table->type == nullptr || node->GetReflection()->FieldSize(*node, table->type) == 0) return;  // only named
    const std::string missing = CompleteNode(source_, target, node);
    if (missing.empty()) return;
    if (value->GetDescriptor() == v3::AgentNode::descriptor()) {
      return CompleteAgent(source_, target, mark, static_cast<v3::AgentNode*>(value));
    }
    source_->Drop(element, missing);
    source_->TakeBack(mark);
    if (property.repeated) return message.GetReflection()->RemoveLast(&message, property.field);
    message.GetReflection()->ClearField(&message, property.field);
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
    const bool first = source_->TakeId(reference);
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
    for (const elm::Alternative& alternative : table.alternatives) {
      if (alternative.table->name == wanted) return alternative;
    }
    for (const elm::Alternative& alternative : table.alternatives) {
      if (wanted.empty() && alternative.table->name == "Organisation") return alternative;
    }
    return table.alternatives.front();
  }

  // Nodes that v1 and v2 write in attributes and texts.
  void FillValue(const xml_node& element, const PropertyTable& property, const ClassTable& table, Message& node) {
    if (node.GetDescriptor() == v3::Concept::descriptor()) {
      return FillConcept(element, property, static_cast<v3::Concept&>(node));
    }
    if (node.GetDescriptor() == v3::Note::descriptor()) return FillNote(element, static_cast<v3::Note&>(node));
    if (table.name == "Identifier" || table.name == "LegalIdentifier") return FillIdentifier(element, table, node);
    const std::string address = Address(element);
    if (node.GetDescriptor() == v3::WebResource::descriptor() && !address.empty()) {
      auto& page = static_cast<v3::WebResource&>(node);
      page.add_type("WebResource");
      page.set_content_url(address);
      return TakeChildren(element, table, node);
    }
    if (node.GetDescriptor() == v3::Mailbox::descriptor() && !address.empty()) {
      auto& mailbox = static_cast<v3::Mailbox&>(node);
      mailbox.add_type("Mailbox");
      mailbox.set_id(absl::StartsWith(address, "mailto:") ? address : absl::StrCat("mailto:", address));
      return;
    }
    if (node.GetDescriptor() == v3::CreditPoint::descriptor() && !HasElements(element)) {
      return FillCredit(source_, element, &static_cast<v3::CreditPoint&>(node));
    }
    const std::string id = IdOf(element);
    if (!id.empty() && !source_->TakeId(id)) {
      node.GetReflection()->SetString(&node, table.id, id);
      return source_->Drop(element, "another element with the same id was taken");
    }
    Fill(element, table, node);
  }

  // Of an attribute, or of an element.
  static std::string IdOf(const xml_node& element) {
    std::string id = base::XmlAttribute(element, "id").value();
    for (const xml_node& child : element.children()) {
      if (id.empty() && IsElement(child) && base::XmlLocalName(child) == "id") id = base::XmlText(child);
    }
    return id;
  }

  static std::string Address(const xml_node& element) {
    const std::string uri = base::XmlAttribute(element, "uri").value();
    return uri.empty() ? base::XmlAttribute(element, "id").value() : uri;
  }

  void FillConcept(const xml_node& element, const PropertyTable& property, v3::Concept& concept_node) {
    const std::string& scheme = property.field->options().GetExtension(v3::property).scheme();
    const std::string text = base::XmlText(element);
    std::string iri(absl::StripAsciiWhitespace(base::XmlAttribute(element, "uri").value()));
    if (iri.empty()) {
      const std::string list = base::XmlAttribute(element, "listId").value();
      const std::string code = base::XmlAttribute(element, "codeId").value();
      if (absl::StartsWith(list, "http") && !code.empty()) iri = absl::StrCat(list, code);
    }
    const bool bare = !HasElements(element);
    const auto known = iri.empty() ? ConceptOfText(scheme, text) : bare ? elm::Country(iri) : std::nullopt;
    if (known.has_value()) {
      concept_node = *known;
      return;
    }
    concept_node.set_id(iri);
    concept_node.add_type("Concept");
    concept_node.set_notation(base::XmlAttribute(element, "targetNotation").value());
    const std::string framework(absl::StripAsciiWhitespace(base::XmlAttribute(element, "targetFrameworkUrl").value()));
    if (!framework.empty()) {
      auto* const in_scheme = concept_node.add_in_scheme();
      in_scheme->set_id(framework);
      in_scheme->add_type("ConceptScheme");
    }
    for (const xml_node& child : element.children()) {
      if (IsElement(child)) FillConceptPart(child, !framework.empty(), concept_node);
    }
    if (concept_node.pref_label().empty() && !text.empty()) {
      auto* const label = concept_node.add_pref_label();
      label->set_language("und");
      label->set_value(text);
    }
    // Documents name one concept in several ways; in the translation they are one node.
    const auto official = elm::LabelOf(iri);
    for (auto& label : *concept_node.mutable_pref_label()) {
      if (!official.has_value() || label.language() != "en" || label.value() == *official) continue;
      source_->Note("concept.label", element, "The vocabulary has another label for the concept, which was written.");
      label.set_value(*official);
    }
    FitScheme(scheme, &concept_node);
  }

  void FillConceptPart(const xml_node& part, bool has_scheme, v3::Concept& concept_node) {
    const absl::string_view name = base::XmlLocalName(part);
    const ClassTable& table = elm::TableOf(*v3::Concept::descriptor());
    const absl::string_view term = name == "targetName" ? "prefLabel" : name == "targetDescription" ? "definition" : "";
    if (!term.empty()) return PutTexts(part, *FindProperty(table, term), concept_node);
    if (name == "targetFrameworkName" && has_scheme) return;  // the scheme's IRI says it
    source_->Drop(part, "a concept of model 3.2 has no such property");
  }

  // A language or country as its code, or nothing.
  static std::optional<v3::Concept> ConceptOfText(absl::string_view scheme, const std::string& text) {
    if (text.empty()) return std::nullopt;
    if (scheme == elm::kLanguageScheme) return elm::Language(text);
    if (scheme == elm::kCountryScheme) return elm::Country(text);
    return std::nullopt;
  }

  void FillNote(const xml_node& element, v3::Note& note) {
    const PropertyTable& literal = *FindProperty(elm::TableOf(*v3::Note::descriptor()), "noteLiteral");
    note.add_type("Note");
    bool any = false;
    for (const xml_node& child : element.children()) {
      if (!IsElement(child)) continue;
      if (base::XmlLocalName(child) == "text") {
        AddText(child, base::XmlText(child), literal, note);
      } else if (base::XmlLocalName(child) == "subject" && !note.has_subject()) {
        const PropertyTable& subject = *FindProperty(elm::TableOf(*v3::Note::descriptor()), "subject");
        FillConcept(child, subject, *note.mutable_subject());
      } else {
        source_->Drop(child, "a note of model 3.2 has no such property");
      }
      any = true;
    }
    if (!any) AddText(element, base::XmlText(element), literal, note);
  }

  void FillIdentifier(const xml_node& element, const ClassTable& table, Message& node) {
    const Reflection& reflection = *node.GetReflection();
    reflection.AddString(&node, table.type, table.name);
    const auto set = [&](absl::string_view term, const std::string& text) {
      const PropertyTable* const property = FindProperty(table, term);
      if (property == nullptr || text.empty()) return;
      if (property->kind == ValueKind::kText) return reflection.SetString(&node, property->field, text);
      auto* const entry = static_cast<v3::LanguageString*>(reflection.AddMessage(&node, property->field));
      entry->set_language("und");
      entry->set_value(text);
    };
    set("notation", base::XmlText(element));
    for (const pugi::xml_attribute& attribute : element.attributes()) {
      const std::string name = absl::AsciiStrToLower(base::XmlLocalName(attribute));
      const std::string value = attribute.value();
      const absl::string_view term = TermOfAttribute(name, value);
      if (name == "spatialid" && table.name == "LegalIdentifier") {
        const auto country = elm::Country(value);
        if (country.has_value()) *static_cast<v3::LegalIdentifier&>(node).mutable_spatial() = *country;
        if (!country.has_value()) source_->DropAttribute(element, attribute.name(), "is no country that is known");
      } else if (term == "dateIssued") {
        const std::optional<elm::SourceDate> date = elm::ReadDate(value);
        set(term, elm::IsDateTime(value) ? value : date.has_value() ? date->DateTime() : "");
        if (!date.has_value() && !elm::IsDateTime(value)) {
          source_->DropAttribute(element, attribute.name(), "is no date");
        }
      } else if (!term.empty()) {
        set(term, value);
      } else if (name != "id" && !absl::StartsWith(attribute.name(), "xmlns")) {
        source_->DropAttribute(element, attribute.name(), "an identifier of model 3.2 has no such property");
      }
    }
  }

  // The term of an identifier that an attribute, in small letters, states; empty for others.
  static absl::string_view TermOfAttribute(absl::string_view name, absl::string_view value) {
    if (name == "schemename") return "schemeName";
    if (name == "schemeversionid") return "schemeVersion";
    if (name == "schemeagencyname" || name == "identifierschemeagencyname") return "schemeAgency";
    if (name == "issueddate") return "dateIssued";
    if (name != "schemeid" && name != "identifierschemeid") return "";
    const bool iri = absl::StrContains(value, ":") && !absl::StrContains(value, " ");
    return iri ? "schemeId" : "schemeName";
  }

  Source* const source_;
  size_t references_ = 0;  // that are being followed
};

}  // namespace

void FillNode(Source* source, const xml_node& element, Message* message) {
  Mapper(source).Fill(element, elm::TableOf(*message->GetDescriptor()), *message);
}

}  // namespace passerelle::adapters::elm_xml
