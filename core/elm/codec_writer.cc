#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
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

 private:
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
    if (table.context != nullptr) WriteContext(message, table, kept, root);
    const std::string id = reflection.GetString(message, table.id);
    WriteMember("id", id.empty() ? 0 : 1, kept, [&](int) { json_.String(id); });
    WriteType(message, table, kept, root);
    const int64_t order = reflection.GetInt64(message, table.order);
    WriteMember("order", order == 0 ? 0 : 1, kept, [&](int) { json_.Int(order); });
    for (const PropertyTable& property : table.properties) WriteProperty(message, property, kept);
    for (const KeptMembers::Group& group : kept.groups()) {
      if (group.written) continue;
      json_.Key(group.name);
      WriteValues(0, group.values, [](int) {});
    }
    json_.EndObject();
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
    std::vector<std::string> types;
    const int size = reflection.FieldSize(message, table.type);
    types.reserve(static_cast<size_t>(size) + 2);
    for (int i = 0; i < size; ++i) {
      types.push_back(reflection.GetRepeatedString(message, table.type, i));
    }
    if (types.empty() && (root || !IsReference(message, table))) {
      if (table.context != nullptr) types.emplace_back(kVerifiableCredential);
      types.push_back(table.name);
    }
    WriteMember("type", static_cast<int>(types.size()), kept,
                [&](int i) { json_.String(types[static_cast<size_t>(i)]); });
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
                           [&](int) { WriteLanguageMap(EntriesOf<v3::LanguageString>(message, *field)); });
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

  // One member a language, in the order of their first mention.
  void WriteLanguageMap(const std::vector<const v3::LanguageString*>& texts) {
    std::vector<std::pair<absl::string_view, std::vector<const std::string*>>> languages;
    absl::flat_hash_map<absl::string_view, size_t> places;
    for (const v3::LanguageString* const text : texts) {
      const absl::string_view language = text->language().empty() ? absl::string_view("und") : text->language();
      const auto [place, added] = places.try_emplace(language, languages.size());
      if (added) languages.emplace_back(language, std::vector<const std::string*>());
      languages[place->second].second.push_back(&text->value());
    }
    json_.BeginObject();
    for (const auto& [language, values] : languages) {
      json_.Key(language);
      if (values.size() == 1) {
        json_.String(*values.front());
        continue;
      }
      json_.BeginArray();
      for (const std::string* const value : values) json_.String(*value);
      json_.EndArray();
    }
    json_.EndObject();
  }

  JsonWriter& json_;
};

std::string WriteWith(const v3::EuropeanDigitalCredential& credential, JsonWriter::Layout layout) {
  std::string out;
  JsonWriter json(out, layout);
  Writer(json).WriteRoot(credential);
  return out;
}

}  // namespace

std::string Write(const v3::EuropeanDigitalCredential& credential) {
  return WriteWith(credential, JsonWriter::Layout::kCompact);
}

std::string WritePretty(const v3::EuropeanDigitalCredential& credential) {
  return WriteWith(credential, JsonWriter::Layout::kIndented) + "\n";
}

}  // namespace passerelle::elm
