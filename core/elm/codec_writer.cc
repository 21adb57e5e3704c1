#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "core/base/json.h"
#include "core/elm/codec.h"
#include "core/elm/codec_literal.h"
#include "core/elm/codec_tables.h"
#include "core/elm/set_fields.h"

namespace passerelle::elm {
namespace {

using base::JsonWriter;

constexpr absl::string_view kVerifiableCredential = "VerifiableCredential";
constexpr absl::string_view kDatasetContext = kContexts[1];
constexpr absl::string_view kGraph = "@graph";
constexpr absl::string_view kSchemaDatatypes = "http://www.w3.org/2001/XMLSchema#";

using Values = absl::Span<const SetField>;

// The values of a field at the beginning of a list, all of one number.
size_t RunLength(Values values) {
  size_t length = 0;
  while (length < values.size() && values[length].number == values.front().number) ++length;
  return length;
}

// The members of one node that were kept aside, by name, in the order of their first mention.
class KeptMembers {
 public:
  explicit KeptMembers(Values members) {
    for (const SetField& member : members) {
      const auto& kept = static_cast<const v3::UnknownMember&>(*member.message);
      const auto [place, added] = places_.try_emplace(kept.name(), groups_.size());
      if (added) groups_.push_back({kept.name(), {}, false});
      groups_[place->second].values.push_back(kept.json());
    }
  }

  struct Group {
    absl::string_view name;
    std::vector<absl::string_view> values;
    bool written;
  };

  // The values kept under a name; they count as written.
  std::vector<absl::string_view> Take(absl::string_view name) {
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
void WriteKept(absl::string_view kept, JsonWriter& json) {
  if (base::CheckJsonText(kept).ok()) {
    json.Raw(absl::StripAsciiWhitespace(kept));
  } else {
    json.String(kept);
  }
}

// The entries of a kept array, without its brackets; nothing for other values.
std::optional<absl::string_view> ArrayEntriesOf(absl::string_view kept) {
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

  // One node is the document, unless it would be taken for a graph; several stand in a graph.
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
    if (dataset.node_size() == 1 && !KeepsGraph(dataset.node(0), table)) {
      return WriteNode(dataset.node(0), table, /*root=*/true);
    }
    json_.BeginObject();
    WriteDatasetContext();
    json_.Key(kGraph);
    json_.BeginArray();
    for (const v3::DatasetNode& node : dataset.node()) WriteNode(node, table, /*root=*/false);
    json_.EndArray();
    json_.EndObject();
  }

 private:
  // The fields of a node that are no properties, and those that are.
  struct Parts {
    absl::string_view id;
    Values types;
    Values kept;
    int64_t order = 0;
    Values contexts;
    Values properties;
  };

  static bool KeepsGraph(const v3::DatasetNode& node, const ClassTable& table) {
    const UnionMember member = UnionMemberOf(node, table);
    if (member.alternative == nullptr) return false;
    std::vector<SetField> fields;
    AppendSetFields(*member.message, *member.alternative->table, &fields);
    return absl::c_any_of(PartsOf(fields, *member.alternative->table).kept, [](const SetField& kept) {
      return static_cast<const v3::UnknownMember&>(*kept.message).name() == kGraph;
    });
  }

  void WriteDatasetContext() {
    json_.Key("@context");
    const int count = dataset_contexts_->size();
    if (count == 0) return json_.String(kDatasetContext);
    if (count == 1) return json_.String(dataset_contexts_->Get(0));
    json_.BeginArray();
    for (const std::string& context : *dataset_contexts_) json_.String(context);
    json_.EndArray();
  }

  void WriteNode(const google::protobuf::Message& message, const ClassTable& table, bool root) {
    if (table.is_union()) {
      const UnionMember member = UnionMemberOf(message, table);
      if (member.alternative != nullptr) return WriteNode(*member.message, *member.alternative->table, root);
      json_.BeginObject();  // a union without a node says nothing
      return json_.EndObject();
    }
    constexpr size_t kUsualValues = 12;
    std::vector<SetField> fields;
    fields.reserve(kUsualValues);
    AppendSetFields(message, table, &fields);
    const Parts parts = PartsOf(fields, table);
    KeptMembers kept(parts.kept);
    json_.BeginObject();
    if (root && dataset_contexts_ != nullptr) WriteDatasetContext();
    if (table.context != nullptr) WriteContext(parts, kept, root);
    WriteMember(id_, parts.id.empty() ? 0 : 1, kept, [&](size_t) { json_.String(parts.id); });
    const bool reference = fields.empty() || (fields.size() == 1 && !parts.id.empty());
    WriteType(parts, table, kept, !root && reference);
    WriteMember("order", parts.order == 0 ? 0 : 1, kept, [&](size_t) { json_.Int(parts.order); });
    WriteProperties(parts.properties, table, kept);
    for (const KeptMembers::Group& group : kept.groups()) {
      if (group.written) continue;
      json_.Key(group.name);
      WriteValues(0, group.values, [](size_t) {});
    }
    json_.EndObject();
  }

  static Parts PartsOf(const std::vector<SetField>& fields, const ClassTable& table) {
    Parts parts;
    Values rest = fields;
    while (!rest.empty()) {
      const SetField& first = rest.front();
      if (first.property != nullptr) {
        parts.properties = rest;  // they come last
        return parts;
      }
      const Values run = rest.subspan(0, RunLength(rest));
      rest.remove_prefix(run.size());
      if (first.number == table.id->number()) parts.id = first.text;
      if (first.number == table.type->number()) parts.types = run;
      if (first.number == table.unknown_members->number()) parts.kept = run;
      if (first.number == table.order->number()) parts.order = first.integer;
      if (table.context != nullptr && first.number == table.context->number()) parts.contexts = run;
    }
    return parts;
  }

  // Fields are declared in the order of the model, which is the order of their numbers.
  void WriteProperties(Values values, const ClassTable& table, KeptMembers& kept) {
    if (kept.empty()) {
      while (!values.empty()) {
        const size_t length = RunLength(values);
        WriteProperty(*values.front().property, values.subspan(0, length), kept);
        values.remove_prefix(length);
      }
      return;
    }
    for (const PropertyTable& property : table.properties) {
      const bool next = !values.empty() && values.front().property == &property;
      const size_t length = next ? RunLength(values) : 0;
      WriteProperty(property, values.subspan(0, length), kept);
      values.remove_prefix(length);
    }
  }

  // Writes a member with the values of the message, then those that were kept under its name.
  template <typename WriteValue>
  void WriteMember(absl::string_view name, size_t count, KeptMembers& kept, const WriteValue& write) {
    const std::vector<absl::string_view> others = kept.Take(name);
    if (count == 0 && others.empty()) return;
    json_.Key(name);
    WriteValues(count, others, write);
  }

  template <typename WriteValue>
  void WriteValues(size_t count, const std::vector<absl::string_view>& kept, const WriteValue& write) {
    if (count == 1 && kept.empty()) return write(0);
    if (count == 0 && kept.size() == 1) return WriteKept(kept.front(), json_);
    json_.BeginArray();
    for (size_t i = 0; i < count; ++i) write(i);
    for (const absl::string_view value : kept) {
      const auto entries = ArrayEntriesOf(value);
      if (!entries.has_value()) {
        WriteKept(value, json_);
      } else if (!entries->empty()) {
        json_.Raw(*entries);
      }
    }
    json_.EndArray();
  }

  void WriteContext(const Parts& parts, KeptMembers& kept, bool root) {
    if (root) {
      return WriteMember("@context", std::size(kContexts), kept, [&](size_t i) { json_.String(kContexts[i]); });
    }
    WriteMember("@context", parts.contexts.size(), kept, [&](size_t i) { json_.String(parts.contexts[i].text); });
  }

  // A credential is one of the W3C too, and says so. Other nodes state what they were said to be, or their class; a
  // mere reference states nothing.
  void WriteType(const Parts& parts, const ClassTable& table, KeptMembers& kept, bool reference) {
    if (!parts.types.empty() || reference) {
      return WriteMember(type_, parts.types.size(), kept, [&](size_t i) { json_.String(parts.types[i].text); });
    }
    const bool credential = table.context != nullptr;
    WriteMember(type_, credential ? 2 : 1, kept,
                [&](size_t i) { json_.String(credential && i == 0 ? kVerifiableCredential : table.name); });
  }

  void WriteProperty(const PropertyTable& property, Values values, KeptMembers& kept) {
    if (property.kind == ValueKind::kLanguageText) {
      return WriteMember(property.name, values.empty() ? 0 : 1, kept, [&](size_t) { WriteLanguageMap(values); });
    }
    WriteMember(property.name, values.size(), kept, [&](size_t i) { WriteValue(property, values[i]); });
  }

  void WriteValue(const PropertyTable& property, const SetField& value) {
    switch (property.kind) {
      case ValueKind::kNode:
        return WriteNode(*value.message, *property.target, /*root=*/false);
      case ValueKind::kInteger:
        return json_.Int(value.integer);
      case ValueKind::kBoolean:
        return json_.Bool(value.integer != 0);
      default:
        return property.states_datatype ? WriteTyped(property, value.text) : json_.String(value.text);
    }
  }

  void WriteTyped(const PropertyTable& property, absl::string_view text) {
    json_.BeginObject();
    json_.Key("@type");
    json_.String(absl::StrCat(kSchemaDatatypes, DatatypeName(property.datatype)));
    json_.Key("@value");
    json_.String(text);
    json_.EndObject();
  }

  // One member a language, in the order of their first mention.
  void WriteLanguageMap(Values values) {
    json_.BeginObject();
    if (values.size() == 1) {
      const v3::LanguageString& text = TextOf(values.front());
      json_.Key(LanguageOf(text));
      json_.String(text.value());
      return json_.EndObject();
    }
    std::vector<std::pair<absl::string_view, std::vector<absl::string_view>>> languages;
    absl::flat_hash_map<absl::string_view, size_t> places;
    for (const SetField& value : values) {
      const v3::LanguageString& text = TextOf(value);
      const auto [place, added] = places.try_emplace(LanguageOf(text), languages.size());
      if (added) languages.emplace_back(LanguageOf(text), std::vector<absl::string_view>());
      languages[place->second].second.push_back(text.value());
    }
    for (const auto& [language, texts] : languages) {
      json_.Key(language);
      WriteValues(texts.size(), {}, [&, &listed = texts](size_t i) { json_.String(listed[i]); });
    }
    json_.EndObject();
  }

  static const v3::LanguageString& TextOf(const SetField& value) {
    return static_cast<const v3::LanguageString&>(*value.message);
  }

  static absl::string_view LanguageOf(const v3::LanguageString& text) {
    return text.language().empty() ? "und" : absl::string_view(text.language());
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
