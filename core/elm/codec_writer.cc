#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/base/json.h"
#include "core/elm/codec.h"
#include "core/elm/codec_tables.h"

namespace passerelle::elm {
namespace {

using base::JsonWriter;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::string_view kVerifiableCredential = "VerifiableCredential";
constexpr absl::string_view kDatasetContext = kContexts[1];

// Texts of one property up to which all pairs are compared.
constexpr int kPairwiseTextsMax = 32;

// The members of one node that were kept aside, by name, in the order of their first mention.
class KeptMembers {
 public:
  KeptMembers(const ClassTable& table, const Message& message) {
    for (const auto* const member : EntriesOf<v3::UnknownMember>(message, *table.unknown_members)) {
      const auto [place, added] = places_.try_emplace(member->name(), groups_.size());
      if (added) groups_.push_back({member->name(), {}, false});
      groups_[place->second].values.push_back(&member->json());
    }
  }

  struct Group {
    absl::string_view name;
    std::vector<const std::string*> values;
    bool written;
  };

  // The values kept under a name; they count as written.
  std::vector<const std::string*> Take(absl::string_view name) {
    if (groups_.empty()) return {};
    const auto place = places_.find(name);
    if (place == places_.end()) return {};
    groups_[place->second].written = true;
    return groups_[place->second].values;
  }

  const std::vector<Group>& groups() const { return groups_; }
  bool empty() const { return groups_.empty(); }

 private:
  absl::flat_hash_map<absl::string_view, size_t> places_;
  std::vector<Group> groups_;
};

// Messages of a client may hold kept members that are no JSON; those are written as the text that they are.
void WriteKept(const std::string& kept, JsonWriter& json) {
  if (base::CheckJsonText(kept).ok()) {
    json.Raw(absl::StripAsciiWhitespace(kept));
  } else {
    json.String(kept);
  }
}

// The entries of a kept array, without its brackets; nothing for other values.
std::optional<absl::string_view> ArrayEntriesOf(const std::string& kept) {
  absl::string_view text = absl::StripAsciiWhitespace(kept);
  if (!base::CheckJsonText(kept).ok() || !absl::ConsumePrefix(&text, "[") || !absl::ConsumeSuffix(&text, "]")) {
    return std::nullopt;
  }
  return absl::StripAsciiWhitespace(text);
}

class Writer {
 public:
  explicit Writer(JsonWriter& json) : json_(json) {}

  void WriteRoot(const v3::EuropeanDigitalCredential& credential) {
    WriteNode(credential, TableOf(*credential.descriptor()), /*root=*/true);
  }

  // One node is the document; several stand in a graph.
  void WriteDataset(const v3::Dataset& dataset) {
    const ClassTable& table = TableOf(*v3::DatasetNode::descriptor());
    dataset_contexts_ = &dataset.context();
    // Of the contexts in use, only those of the W3C's credentials know the names "id" and "type".
    const bool names = absl::c_any_of(
        dataset.context(), [](const std::string& context) { return absl::StartsWith(context, "https://www.w3.org/"); });
    if (!names) {
      id_ = "@id";
      type_ = "@type";
    }
    if (dataset.node_size() == 1) return WriteNode(dataset.node(0), table, /*root=*/true);
    json_.BeginObject();
    WriteDatasetContext();
    json_.Key("@graph");
    json_.BeginArray();
    for (const v3::DatasetNode& node : dataset.node()) WriteNode(node, table, /*root=*/false);
    json_.EndArray();
    json_.EndObject();
  }

 private:
  void WriteDatasetContext() {
    json_.Key("@context");
    const int count = dataset_contexts_->size();
    if (count == 0) return json_.String(kDatasetContext);
    if (count == 1) return json_.String(dataset_contexts_->Get(0));
    json_.BeginArray();
    for (const std::string& context : *dataset_contexts_) json_.String(context);
    json_.EndArray();
  }

  void WriteNode(const Message& message, const ClassTable& table, bool root) {
    const Reflection& reflection = *message.GetReflection();
    if (table.is_union()) {
      for (const Alternative& alternative : table.alternatives) {
        if (!reflection.HasField(message, alternative.field)) continue;
        return WriteNode(reflection.GetMessage(message, alternative.field), *alternative.table, root);
      }
      json_.BeginObject();  // a union without a node says nothing
      return json_.EndObject();
    }
    KeptMembers kept(table, message);
    json_.BeginObject();
    if (root && dataset_contexts_ != nullptr) WriteDatasetContext();
    if (table.context != nullptr) WriteContext(message, table, kept, root);
    std::string scratch;  // stays empty: texts are given as they lie in the message
    const std::string& id = reflection.GetStringReference(message, table.id, &scratch);
    WriteMember(id_, id.empty() ? 0 : 1, kept, [&](int) { json_.String(id); });
    WriteType(message, table, kept, root);
    const int64_t order = reflection.GetInt64(message, table.order);
    WriteMember("order", order == 0 ? 0 : 1, kept, [&](int) { json_.Int(order); });
    WriteProperties(message, table, kept);
    for (const KeptMembers::Group& group : kept.groups()) {
      if (group.written) continue;
      json_.Key(group.name);
      WriteValues(0, group.values, [](int) {});
    }
    json_.EndObject();
  }

  // Most properties of a class are not set: protobuf lists those that are faster than each can be asked. Fields are
  // declared in the order of the model, which is the order of the list.
  void WriteProperties(const Message& message, const ClassTable& table, KeptMembers& kept) {
    if (!kept.empty()) {
      for (const PropertyTable& property : table.properties) WriteProperty(message, property, kept);
      return;
    }
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const google::protobuf::FieldDescriptor* const field : fields) {
      const PropertyTable* const property = table.by_field[static_cast<size_t>(field->index())];
      if (property != nullptr) WriteProperty(message, *property, kept);
    }
  }

  // Writes a member with the values of the message, then those that were kept under its name.
  template <typename WriteValue>
  void WriteMember(absl::string_view name, int count, KeptMembers& kept, const WriteValue& write) {
    const std::vector<const std::string*> others = kept.Take(name);
    if (count == 0 && others.empty()) return;
    json_.Key(name);
    WriteValues(count, others, write);
  }

  template <typename WriteValue>
  void WriteValues(int count, const std::vector<const std::string*>& kept, const WriteValue& write) {
    if (count == 1 && kept.empty()) return write(0);
    if (count == 0 && kept.size() == 1) return WriteKept(*kept.front(), json_);
    json_.BeginArray();
    for (int i = 0; i < count; ++i) write(i);
    for (const std::string* const value : kept) {
      const auto entries = ArrayEntriesOf(*value);
      if (!entries.has_value()) {
        WriteKept(*value, json_);
      } else if (!entries->empty()) {
        json_.Raw(*entries);
      }
    }
    json_.EndArray();
  }

  void WriteContext(const Message& message, const ClassTable& table, KeptMembers& kept, bool root) {
    const Reflection& reflection = *message.GetReflection();
    if (root) {
      return WriteMember("@context", static_cast<int>(std::size(kContexts)), kept,
                         [&](int i) { json_.String(kContexts[i]); });
    }
    WriteMember("@context", reflection.FieldSize(message, table.context), kept,
                [&](int i) { json_.String(reflection.GetRepeatedString(message, table.context, i)); });
  }

  // A credential is one of the W3C too, and says so. Other nodes state what they were said to be, or their class; a
  // mere reference states nothing.
  void WriteType(const Message& message, const ClassTable& table, KeptMembers& kept, bool root) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, table.type);
    if (size > 0 || (!root && IsReference(message, table))) {
      std::string scratch;
      return WriteMember(type_, size, kept, [&](int i) {
        json_.String(reflection.GetRepeatedStringReference(message, table.type, i, &scratch));
      });
    }
    const bool credential = table.context != nullptr;
    WriteMember(type_, credential ? 2 : 1, kept,
                [&](int i) { json_.String(credential && i == 0 ? kVerifiableCredential : table.name); });
  }

  static bool IsReference(const Message& message, const ClassTable& table) {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    return fields.empty() || (fields.size() == 1 && fields.front() == table.id);
  }

  void WriteProperty(const Message& message, const PropertyTable& property, KeptMembers& kept) {
    const Reflection& reflection = *message.GetReflection();
    const auto* const field = property.field;
    const int size = property.repeated ? reflection.FieldSize(message, field) : reflection.HasField(message, field);
    switch (property.kind) {
      case ValueKind::kLanguageText:
        return WriteMember(property.name, size > 0 ? 1 : 0, kept,
                           [&](int) { WriteLanguageMap(message, *field, size); });
      case ValueKind::kNode:
        return WriteMember(property.name, size, kept, [&](int i) {
          WriteNode(property.repeated ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field),
                    *property.target, /*root=*/false);
        });
      case ValueKind::kInteger:
        return WriteMember(property.name, size, kept, [&](int) { json_.Int(reflection.GetInt64(message, field)); });
      case ValueKind::kBoolean:
        return WriteMember(property.name, size, kept, [&](int) { json_.Bool(reflection.GetBool(message, field)); });
      case ValueKind::kText:
        return WriteMember(property.name, size, kept, [&](int i) {
          std::string scratch;  // stays empty: texts are given as they lie in the message
          json_.String(property.repeated ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                         : reflection.GetStringReference(message, field, &scratch));
        });
    }
  }

  // One member a language, in the order of their first mention. There are few: all pairs beat a table.
  void WriteLanguageMap(const Message& message, const google::protobuf::FieldDescriptor& field, int size) {
    if (size > kPairwiseTextsMax) return WriteLongLanguageMap(EntriesOf<v3::LanguageString>(message, field));
    const Reflection& reflection = *message.GetReflection();
    const auto text = [&](int i) -> const v3::LanguageString& {
      return static_cast<const v3::LanguageString&>(reflection.GetRepeatedMessage(message, &field, i));
    };
    json_.BeginObject();
    for (int i = 0; i < size; ++i) {
      const absl::string_view language = LanguageOf(text(i));
      int earlier = 0;
      int later = 0;
      for (int j = 0; j < size; ++j) {
        if (j < i) earlier += LanguageOf(text(j)) == language ? 1 : 0;
        if (j > i) later += LanguageOf(text(j)) == language ? 1 : 0;
      }
      if (earlier > 0) continue;
      json_.Key(language);
      if (later > 0) json_.BeginArray();
      for (int j = i; j < size; ++j) {
        if (j == i || (later > 0 && LanguageOf(text(j)) == language)) json_.String(text(j).value());
      }
      if (later > 0) json_.EndArray();
    }
    json_.EndObject();
  }

  static absl::string_view LanguageOf(const v3::LanguageString& text) {
    return text.language().empty() ? absl::string_view("und") : absl::string_view(text.language());
  }

  void WriteLongLanguageMap(const std::vector<const v3::LanguageString*>& texts) {
    std::vector<std::pair<absl::string_view, std::vector<const std::string*>>> languages;
    absl::flat_hash_map<absl::string_view, size_t> places;
    for (const v3::LanguageString* const text : texts) {
      const absl::string_view language = LanguageOf(*text);
      const auto [place, added] = places.try_emplace(language, languages.size());
      if (added) languages.emplace_back(language, std::vector<const std::string*>());
      languages[place->second].second.push_back(&text->value());
    }
    json_.BeginObject();
    for (const auto& [language, values] : languages) {
      json_.Key(language);
      if (values.size() > 1) json_.BeginArray();
      for (const std::string* const value : values) json_.String(*value);
      if (values.size() > 1) json_.EndArray();
    }
    json_.EndObject();
  }

  JsonWriter& json_;
  const google::protobuf::RepeatedPtrField<std::string>* dataset_contexts_ = nullptr;  // of a data set only
  absl::string_view id_ = "id";
  absl::string_view type_ = "type";
};

std::string WriteWith(const v3::EuropeanDigitalCredential& credential, JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  Writer(json).WriteRoot(credential);
  return out;
}

}  // namespace

std::string WriteData(const v3::Dataset& dataset) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kCompact);
  Writer(json).WriteDataset(dataset);
  return out;
}

std::string Write(const v3::EuropeanDigitalCredential& credential) {
  return WriteWith(credential, JsonWriter::Layout::kCompact);
}

std::string WritePretty(const v3::EuropeanDigitalCredential& credential) {
  return WriteWith(credential, JsonWriter::Layout::kIndented) + "\n";
}

}  // namespace passerelle::elm
