#include "core/document/targets.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/document/adapter.h"
#include "core/elm/codec_tables.h"
#include "passerelle/elm/v3/options.pb.h"

namespace passerelle::document {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// A target, or the beginning of one, and the element of Annex I that it states.
struct ElementRow {
  absl::string_view target;
  absl::string_view element;
  bool prose = false;
};
constexpr ElementRow kElements[] = {
    {"S.familyName", "A1-M01"},
    {"S.givenName", "A1-M01"},
    {"S.fullName", "A1-M01"},
    {"S.nationalID", "A1-M01"},
    {"S.identifier", "A1-M01"},
    {"S.contactPoint.emailAddress", "A1-M01"},
    {"A.title", "A1-M02"},
    {"B.location", "A1-M03"},
    {"B.legalName", "A1-M04"},
    {"A.awardedBy.awardingDate", "A1-M05"},
    {"Q.learningOutcome", "A1-M06"},
    {"Q.learningOutcomeSummary", "A1-M06", true},
    {"Q.creditPoint", "A1-M07"},
    {"Q.volumeOfLearning", "A1-M07"},
    {"A.creditReceived", "A1-M07"},
    {"Q.eqfLevel", "A1-M08"},
    {"Q.nqfLevel", "A1-M08"},
    {"Q.educationLevel", "A1-M08", true},
    {"T.specifiedBy[0].dcType", "A1-M09"},
    {"T.specifiedBy[0].title", "A1-M09", true},
    {"Q.mode", "A1-M10"},
    {"V.specifiedBy.mode", "A1-M10"},
    {"Q.accreditation", "A1-M11"},
    {"B.accreditation", "A1-M11"},
    {"Q.entryRequirement", "A1-O01"},
    {"T.idVerification", "A1-O02"},
    {"T.grade", "A1-O03"},
    {"A.hasPart", "A1-O04"},
    {"A.entitlesTo", "A1-O04"},
    {"Q.isPartialQualification", "A1-O04"},
};

const ElementRow* FindRow(absl::string_view path) {
  for (const ElementRow& row : kElements) {
    absl::string_view rest = path;
    if (absl::ConsumePrefix(&rest, row.target) && (rest.empty() || rest.front() == '.')) return &row;
  }
  return nullptr;
}

absl::string_view WithoutElement(absl::string_view path) { return path.substr(0, path.find('#')); }

Message* Anchor(const Targets& targets, absl::string_view letter) {
  if (letter == "C") return targets.credential;
  if (letter == "S") return targets.subject;
  if (letter == "A") return targets.achievement;
  if (letter == "Q") return targets.qualification;
  if (letter == "T") return targets.assessment;
  if (letter == "V") return targets.activity;
  if (letter == "B") return targets.body;
  if (letter == "O") return targets.opportunity;
  return nullptr;
}

const Descriptor* AnchorType(absl::string_view letter) {
  if (letter == "C") return elm::v3::EuropeanDigitalCredential::descriptor();
  if (letter == "S") return elm::v3::Person::descriptor();
  if (letter == "A") return elm::v3::LearningAchievement::descriptor();
  if (letter == "Q") return elm::v3::Qualification::descriptor();
  if (letter == "T") return elm::v3::LearningAssessment::descriptor();
  if (letter == "V") return elm::v3::LearningActivity::descriptor();
  if (letter == "B") return elm::v3::Organisation::descriptor();
  if (letter == "O") return elm::v3::LearningOpportunity::descriptor();
  return nullptr;
}

// The field that a term names. In a union it is looked for in the first class that has it; `through` is then the
// member of the union.
struct Term {
  const FieldDescriptor* through = nullptr;
  const FieldDescriptor* field = nullptr;
};

Term FindTerm(const Descriptor& descriptor, absl::string_view term) {
  if (&descriptor == elm::v3::LanguageString::descriptor()) return {};  // a value, not a class
  const elm::ClassTable& table = elm::TableOf(descriptor);
  if (table.is_union()) {
    for (const elm::Alternative& alternative : table.alternatives) {
      const elm::MemberTable* const member = alternative.table->Find(term);
      if (member != nullptr && member->property != nullptr) return {alternative.field, member->property->field};
    }
    return {};
  }
  const elm::MemberTable* const member = table.Find(term);
  if (member == nullptr) return {};
  if (member->kind == elm::MemberKind::kId) return {nullptr, table.id};
  return {nullptr, member->property == nullptr ? nullptr : member->property->field};
}

struct Slot {
  Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
};

// Walks to the field, making what is missing on the way.
std::optional<Slot> Resolve(const Targets& targets, absl::string_view path) {
  const std::vector<absl::string_view> steps = absl::StrSplit(WithoutElement(path), '.');
  Slot slot{Anchor(targets, steps[0]), nullptr};
  for (size_t i = 1; i < steps.size(); ++i) {
    if (slot.message == nullptr) return std::nullopt;
    absl::string_view name = steps[i];
    const bool first = absl::ConsumeSuffix(&name, "[0]");
    const Term term = FindTerm(*slot.message->GetDescriptor(), name);
    if (term.field == nullptr) return std::nullopt;
    if (term.through != nullptr) {
      slot.message = slot.message->GetReflection()->MutableMessage(slot.message, term.through);
    }
    slot.field = term.field;
    if (i + 1 == steps.size()) break;
    if (term.field->message_type() == nullptr) return std::nullopt;
    const Reflection& reflection = *slot.message->GetReflection();
    if (!term.field->is_repeated()) {
      slot.message = reflection.MutableMessage(slot.message, term.field);
    } else if (first && reflection.FieldSize(*slot.message, term.field) > 0) {
      slot.message = reflection.MutableRepeatedMessage(slot.message, term.field, 0);
    } else {
      slot.message = reflection.AddMessage(slot.message, term.field);
    }
  }
  return slot.field == nullptr ? std::nullopt : std::optional<Slot>(slot);
}

template <typename Value>
Value* Add(const Slot& slot) {
  return static_cast<Value*>(slot.message->GetReflection()->AddMessage(slot.message, slot.field));
}

// A second text in a language becomes a note of the message, if it has notes; so does one in another language where the
// model allows one text, as for names of people.
LossClass PutIntoTexts(const Slot& slot, absl::string_view language, absl::string_view value) {
  const bool single = slot.field->options().GetExtension(elm::v3::property).max() == 1;
  for (const auto* text : elm::EntriesOf<elm::v3::LanguageString>(*slot.message, *slot.field)) {
    if (text->language() != language && !single) continue;
    if (absl::string_view(text->value()) == value) return kKept;
    const FieldDescriptor* const notes = slot.message->GetDescriptor()->FindFieldByName("additional_note");
    if (notes == nullptr) return kDropped;
    auto* const note = Add<elm::v3::Note>({slot.message, notes});
    elm::AddText(language, value, note->mutable_note_literal());
    return kWidened;
  }
  auto* const text = Add<elm::v3::LanguageString>(slot);
  text->set_language(std::string(language));
  text->set_value(std::string(value));
  return kKept;
}

// A note that is there already takes another text of a new language, or a further line of one it has.
void PutIntoNote(elm::v3::Note* note, absl::string_view language, absl::string_view value) {
  for (auto& text : *note->mutable_note_literal()) {
    if (text.language() != language) continue;
    absl::StrAppend(text.mutable_value(), "\n", value);
    return;
  }
  elm::AddText(language, value, note->mutable_note_literal());
}

LossClass PutIntoMessage(const Slot& slot, absl::string_view language, absl::string_view value) {
  const Reflection& reflection = *slot.message->GetReflection();
  const Descriptor* const type = slot.field->message_type();
  if (type == elm::v3::LanguageString::descriptor()) return PutIntoTexts(slot, language, value);
  if (type == elm::v3::Note::descriptor()) {
    Message* const note = slot.field->is_repeated() ? reflection.AddMessage(slot.message, slot.field)
                                                    : reflection.MutableMessage(slot.message, slot.field);
    PutIntoNote(static_cast<elm::v3::Note*>(note), language, value);
    return kKept;
  }
  if (type == elm::v3::WebResource::descriptor()) {
    if (!slot.field->is_repeated() && reflection.HasField(*slot.message, slot.field)) return kDropped;
    Message* const page = slot.field->is_repeated() ? reflection.AddMessage(slot.message, slot.field)
                                                    : reflection.MutableMessage(slot.message, slot.field);
    static_cast<elm::v3::WebResource*>(page)->set_content_url(std::string(value));
    return kKept;
  }
  return kDropped;
}

size_t DigestOf(const Message& value) { return absl::HashOf(value.SerializeAsString()); }

bool IsListed(const Targets& targets, const Message& message, const FieldDescriptor& field, const Message& value) {
  if (targets.present != nullptr) return targets.present->Has(message, field, value);
  return PresentEntries().Has(message, field, value);
}

}  // namespace

bool PresentEntries::Has(const Message& message, const FieldDescriptor& field, const Message& value) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, &field);
  List& list = lists_[{&message, &field}];
  // The list was replaced, or another message stands in its place.
  const bool changed =
      size < list.size ||
      (list.size > 0 && DigestOf(reflection.GetRepeatedMessage(message, &field, list.size - 1)) != list.last);
  if (changed) list = List();
  for (; list.size < size; ++list.size) {
    list.last = DigestOf(reflection.GetRepeatedMessage(message, &field, list.size));
    list.places.try_emplace(list.last, list.size);
  }
  const auto place = list.places.find(DigestOf(value));
  if (place == list.places.end()) return false;
  return reflection.GetRepeatedMessage(message, &field, place->second).SerializeAsString() == value.SerializeAsString();
}

LossClass PutText(const Targets& targets, absl::string_view path, absl::string_view language, absl::string_view value) {
  const std::optional<Slot> slot = Resolve(targets, path);
  if (!slot.has_value()) return kDropped;
  if (slot->field->message_type() != nullptr) return PutIntoMessage(*slot, language, value);
  if (slot->field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return kDropped;
  const Reflection& reflection = *slot->message->GetReflection();
  if (slot->field->is_repeated()) {
    reflection.AddString(slot->message, slot->field, std::string(value));
    return kKept;
  }
  std::string scratch;
  const std::string& present = reflection.GetStringReference(*slot->message, slot->field, &scratch);
  if (!present.empty()) return absl::string_view(present) == value ? kKept : kDropped;
  reflection.SetString(slot->message, slot->field, std::string(value));
  return kKept;
}

LossClass PutMessage(const Targets& targets, absl::string_view path, const Message& value) {
  const std::optional<Slot> slot = Resolve(targets, path);
  if (!slot.has_value() || slot->field->message_type() != value.GetDescriptor()) return kDropped;
  const Reflection& reflection = *slot->message->GetReflection();
  if (slot->field->is_repeated()) {
    if (!IsListed(targets, *slot->message, *slot->field, value))
      reflection.AddMessage(slot->message, slot->field)->CopyFrom(value);
    return kKept;
  }
  if (reflection.HasField(*slot->message, slot->field)) {
    const Message& present = reflection.GetMessage(*slot->message, slot->field);
    return present.SerializeAsString() == value.SerializeAsString() ? kKept : kDropped;
  }
  reflection.MutableMessage(slot->message, slot->field)->CopyFrom(value);
  return kKept;
}

bool IsListed(const Targets& targets, const Message& message, const std::string& field, const Message& value) {
  return IsListed(targets, message, *message.GetDescriptor()->FindFieldByName(field), value);
}

LossClass PutConcept(const Targets& targets, absl::string_view path, const elm::v3::Concept& value) {
  return PutMessage(targets, path, value);
}

bool PresentEntries::HasKind(const elm::v3::LearningAssessment& assessment, const std::string& id) {
  const auto& all = assessment.specified_by();
  const auto has = [&all](int at, const std::string& wanted) {
    const auto& kinds = all.Get(at).dc_type();
    return std::any_of(kinds.begin(), kinds.end(), [&wanted](const auto& kind) { return kind.id() == wanted; });
  };
  Kinds& known = kinds_[&assessment];
  if (all.size() < known.size) known = Kinds();  // another assessment stands in its place
  // What was read last may have got its kind since.
  for (int i = std::max(known.size - 1, 0); i < all.size(); ++i) {
    for (const auto& kind : all.Get(i).dc_type()) known.places.insert_or_assign(kind.id(), i);
  }
  known.size = all.size();
  const auto place = known.places.find(id);
  return place != known.places.end() && has(place->second, id);
}

LossClass PutAssessmentKind(const Targets& targets, const elm::v3::Concept& kind) {
  const bool listed = targets.present != nullptr ? targets.present->HasKind(*targets.assessment, kind.id())
                                                 : PresentEntries().HasKind(*targets.assessment, kind.id());
  if (listed) return kKept;
  const auto& all = targets.assessment->specified_by();
  const bool taken = !all.empty() && !all.Get(0).dc_type().empty();
  return PutConcept(targets, taken ? absl::string_view("T.specifiedBy.dcType") : kAssessmentKind, kind);
}

bool IsTarget(absl::string_view path) {
  const std::vector<absl::string_view> steps = absl::StrSplit(WithoutElement(path), '.');
  const Descriptor* type = AnchorType(steps[0]);
  for (size_t i = 1; i < steps.size(); ++i) {
    if (type == nullptr) return false;
    absl::string_view name = steps[i];
    absl::ConsumeSuffix(&name, "[0]");
    const Term term = FindTerm(*type, name);
    if (term.field == nullptr) return false;
    type = term.field->message_type();
  }
  return steps.size() > 1;
}

absl::string_view ElementOfTarget(absl::string_view path) {
  const size_t mark = path.find('#');
  if (mark != absl::string_view::npos) return path.substr(mark + 1);
  const ElementRow* const row = FindRow(path);
  return row == nullptr ? "" : row->element;
}

bool IsProse(absl::string_view path) {
  if (absl::StrContains(path, '#')) return true;
  const ElementRow* const row = FindRow(path);
  return row != nullptr && row->prose;
}

}  // namespace passerelle::document
