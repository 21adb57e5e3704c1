#include "core/federation/map_diff.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/date_time.h"
#include "core/base/proto_time.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"

namespace passerelle::federation {
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

std::string OneLine(const Message& message) {
  if (message.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
    google::protobuf::Timestamp time;
    time.CopyFrom(message);
    return base::WriteDateTime(base::FromProto(time));
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  std::string text;
  printer.PrintToString(message, &text);
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

// Follows a path from the top of a map: the place in words, and the value at its end.
struct Reached {
  std::string place;
  std::string value;
};

Reached Walk(const Message& top, const std::vector<MessageDifferencer::SpecificField>& path, bool after) {
  Reached reached;
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
      reached.value = OneLine(next);
      break;
    }
    at = &next;
  }
  return reached;
}

// The reporter is handed the messages around a field; paths begin at the top.
class Collector : public MessageDifferencer::Reporter {
 public:
  Collector(const v1::NodeMap& before, const v1::NodeMap& after, std::vector<MapChange>* changes)
      : before_(before), after_(after), changes_(changes) {}

  using Path = std::vector<MessageDifferencer::SpecificField>;
  void ReportAdded(const Message&, const Message&, const Path& path) override {
    Add(MapChange::Kind::kAdded, {}, Walk(after_, path, true));
  }
  void ReportDeleted(const Message&, const Message&, const Path& path) override {
    Add(MapChange::Kind::kRemoved, Walk(before_, path, false), {});
  }
  void ReportModified(const Message&, const Message&, const Path& path) override {
    // Of an entry that differs within, what differs is reported already.
    if (path.back().field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return;
    Add(MapChange::Kind::kChanged, Walk(before_, path, false), Walk(after_, path, true));
  }

 private:
  void Add(MapChange::Kind kind, const Reached& before, const Reached& after) {
    const std::string& place = kind == MapChange::Kind::kRemoved ? before.place : after.place;
    // Seconds and parts of them are two fields, and one time.
    if (!changes_->empty() && changes_->back().place == place && changes_->back().kind == kind) return;
    changes_->push_back({kind, place, before.value, after.value});
  }

  const v1::NodeMap& before_;
  const v1::NodeMap& after_;
  std::vector<MapChange>* const changes_;
};

void CompareByKey(const google::protobuf::Descriptor* entry, const google::protobuf::Descriptor* owner,
                  const char* list, const char* key, MessageDifferencer& differencer) {
  differencer.TreatAsMap(owner->FindFieldByName(list), entry->FindFieldByName(key));
}

}  // namespace

std::vector<MapChange> CompareNodeMaps(const v1::NodeMap& before, const v1::NodeMap& after) {
  MessageDifferencer differencer;
  const auto* node = v1::Node::descriptor();
  CompareByKey(node, v1::NodeMap::descriptor(), "nodes", "id", differencer);
  CompareByKey(v1::MessageKey::descriptor(), node, "message_keys", "kid", differencer);
  CompareByKey(v1::ContentKey::descriptor(), node, "content_keys", "kid", differencer);
  CompareByKey(v1::TlsCertificate::descriptor(), node, "tls_certificates", "sha256", differencer);
  CompareByKey(v1::FederationAuthority::descriptor(), v1::FederationRoot::descriptor(), "authorities", "jwk",
               differencer);
  std::vector<MapChange> changes;
  Collector collector(before, after, &changes);
  differencer.ReportDifferencesTo(&collector);
  differencer.Compare(before, after);
  return changes;
}

const char* ChangeWord(MapChange::Kind kind) {
  switch (kind) {
    case MapChange::Kind::kAdded:
      return "added";
    case MapChange::Kind::kRemoved:
      return "removed";
    case MapChange::Kind::kChanged:
      return "changed";
  }
  return "";
}

}  // namespace passerelle::federation
