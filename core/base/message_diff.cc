#include "core/base/message_diff.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/proto_time.h"
#include "google/protobuf/text_format.h"

namespace passerelle::base {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;

// The field that tells an entry of a list from the others; null when its place in the list does.
const FieldDescriptor* KeyOf(const Message& entry) {
  for (const char* name : {"id", "kid", "sha256", "jwk"}) {
    const FieldDescriptor* const field = entry.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) return field;
  }
  return nullptr;
}

// A time as WriteDateTime has it, any other message in protobuf's text format.
std::string MessageInOneLine(const Message& message) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp time;
    time.CopyFrom(message);
    return WriteDateTime(FromProto(time));
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(message, &text);
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// Follows a path from the top of a message: the place in words, and the value at its end.
struct ReachedField {
  std::string place;
  std::string value;
};

ReachedField Walk(const Message& top, const std::vector<MessageDifferencer::SpecificField>& path, bool after) {
  ReachedField reached;
  const Message* at = &top;
  for (size_t i = 0; i < path.size(); ++i) {
    const FieldDescriptor* const field = path[i].field;
    const Reflection* const reflection = at->GetReflection();
    const bool last = i + 1 == path.size();
    absl::StrAppend(&reached.place, i == 0 ? "" : ".", field->name());
    const int index = after ? path[i].new_index : path[i].index;
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_message) {
      google::protobuf::TextFormat::PrintFieldValueToString(*at, field, field->is_repeated() ? index : -1,
                                                            &reached.value);
      break;
    }
    const Message& next =
        field->is_repeated() ? reflection->GetRepeatedMessage(*at, field, index) : reflection->GetMessage(*at, field);
    if (field->is_repeated()) {
      const FieldDescriptor* const key = KeyOf(next);
      absl::StrAppend(&reached.place, "[",
                      key == nullptr ? absl::StrCat(index) : next.GetReflection()->GetString(next, key), "]");
    }
    // A time is one value.
    if (last || next.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
      reached.value = MessageInOneLine(next);
      break;
    }
    at = &next;
  }
  return reached;
}

// The reporter is handed the messages around a field; paths begin at the top.
class ChangeCollector : public MessageDifferencer::Reporter {
 public:
  ChangeCollector(const Message& before, const Message& after, absl::string_view prefix,
                  std::vector<MessageChange>* changes)
      : before_(before), after_(after), prefix_(prefix), changes_(changes) {}

  using Path = std::vector<MessageDifferencer::SpecificField>;
  void ReportAdded(const Message&, const Message&, const Path& path) override {
    Add(MessageChange::Kind::kAdded, {}, Walk(after_, path, true));
  }
  void ReportDeleted(const Message&, const Message&, const Path& path) override {
    Add(MessageChange::Kind::kRemoved, Walk(before_, path, false), {});
  }
  void ReportModified(const Message&, const Message&, const Path& path) override {
    // Of an entry that differs within, what differs is reported already.
    if (path.back().field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return;
    Add(MessageChange::Kind::kChanged, Walk(before_, path, false), Walk(after_, path, true));
  }

 private:
  void Add(MessageChange::Kind kind, const ReachedField& before, const ReachedField& after) {
    const std::string place = absl::StrCat(prefix_, kind == MessageChange::Kind::kRemoved ? before.place : after.place);
    // Seconds and parts of them are two fields, and one time.
    if (!changes_->empty() && changes_->back().place == place && changes_->back().kind == kind) return;
    changes_->push_back({kind, place, before.value, after.value});
  }

  const Message& before_;
  const Message& after_;
  const absl::string_view prefix_;
  std::vector<MessageChange>* const changes_;
};

// The entries of a list by their keys, in the order of the list.
absl::flat_hash_map<std::string, std::deque<const Message*>> EntriesByKey(const Message& snapshot,
                                                                          const FieldDescriptor& list,
                                                                          const FieldDescriptor& key) {
  absl::flat_hash_map<std::string, std::deque<const Message*>> entries;
  const Reflection& reflection = *snapshot.GetReflection();
  for (int i = 0; i < reflection.FieldSize(snapshot, &list); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(snapshot, &list, i);
    entries[entry.GetReflection()->GetString(entry, &key)].push_back(&entry);
  }
  return entries;
}

void CompareEntries(const Message& before, const Message& after, const FieldDescriptor& list, const char* key_name,
                    std::vector<MessageChange>* changes) {
  const FieldDescriptor& key = *list.message_type()->FindFieldByName(key_name);
  const auto place_of = [&](const Message& entry) {
    return absl::StrCat(list.name(), "[", entry.GetReflection()->GetString(entry, &key), "]");
  };
  auto known = EntriesByKey(before, list, key);
  const Reflection& reflection = *before.GetReflection();
  for (int i = 0; i < reflection.FieldSize(after, &list); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(after, &list, i);
    std::deque<const Message*>& same = known[entry.GetReflection()->GetString(entry, &key)];
    if (same.empty()) {
      changes->push_back({MessageChange::Kind::kAdded, place_of(entry), "", MessageInOneLine(entry)});
      continue;
    }
    MessageDifferencer differencer;
    differencer.set_repeated_field_comparison(MessageDifferencer::AS_SET);
    for (MessageChange& change : CompareMessages(*same.front(), entry, differencer, place_of(entry) + ".")) {
      changes->push_back(std::move(change));
    }
    same.pop_front();
  }
  for (int i = 0; i < reflection.FieldSize(before, &list); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(before, &list, i);
    const auto& left = known[entry.GetReflection()->GetString(entry, &key)];
    if (std::find(left.begin(), left.end(), &entry) == left.end()) continue;
    changes->push_back({MessageChange::Kind::kRemoved, place_of(entry), MessageInOneLine(entry), ""});
  }
}

}  // namespace

std::vector<MessageChange> CompareMessages(const Message& before, const Message& after, MessageDifferencer& differencer,
                                           absl::string_view prefix) {
  std::vector<MessageChange> changes;
  ChangeCollector collector(before, after, prefix, &changes);
  differencer.ReportDifferencesTo(&collector);
  differencer.Compare(before, after);
  return changes;
}

std::vector<MessageChange> CompareSnapshots(const Message& before, const Message& after,
                                            const std::vector<KeyedList>& lists) {
  const auto* const descriptor = before.GetDescriptor();
  MessageDifferencer head;
  for (const KeyedList& list : lists) head.IgnoreField(descriptor->FindFieldByName(list.list));
  std::vector<MessageChange> changes = CompareMessages(before, after, head);
  for (const KeyedList& list : lists) {
    CompareEntries(before, after, *descriptor->FindFieldByName(list.list), list.key, &changes);
  }
  return changes;
}

const char* ChangeWord(MessageChange::Kind kind) {
  switch (kind) {
    case MessageChange::Kind::kAdded:
      return "added";
    case MessageChange::Kind::kRemoved:
      return "removed";
    case MessageChange::Kind::kChanged:
      return "changed";
  }
  return "";
}

}  // namespace passerelle::base
