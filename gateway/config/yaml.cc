#include "gateway/config/yaml.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/config/yaml_tree.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Letters to insert, delete or change to get from one word to the other.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

std::string Nearest(absl::string_view word, const std::vector<std::string>& known) {
  constexpr size_t kWordLengthMax = 64;  // a longer word is near nothing
  std::string best;
  size_t best_distance = kWordLengthMax;
  for (const std::string& candidate : known) {
    const size_t distance = Distance(word.substr(0, kWordLengthMax), candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

// PURPOSE_RECOGNITION of enum Purpose is "recognition".
std::string ShortName(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (!prefix.empty() && absl::ascii_isupper(c)) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  prefix += '_';
  absl::string_view name(value.name());
  if (absl::StartsWith(name, prefix)) name.remove_prefix(prefix.size());
  return absl::AsciiStrToLower(name);
}

bool IsTime(const Descriptor& type) { return type.full_name() == "google.protobuf.Timestamp"; }
bool IsDuration(const Descriptor& type) { return type.full_name() == "google.protobuf.Duration"; }

// Timestamp and Duration have the same two fields.
void SetSecondsAndNanos(Message* message, int64_t seconds, int64_t nanos) {
  const Descriptor* type = message->GetDescriptor();
  message->GetReflection()->SetInt64(message, type->FindFieldByName("seconds"), seconds);
  message->GetReflection()->SetInt32(message, type->FindFieldByName("nanos"), static_cast<int32_t>(nanos));
}

class Reader {
 public:
  explicit Reader(absl::string_view name) : name_(name) {}

  absl::Status ReadMessage(const YamlNode& node, const std::string& path, Message* message) const {
    const Descriptor* type = message->GetDescriptor();
    if (IsTime(*type) || IsDuration(*type)) return ReadTime(node, path, message);
    if (node.kind != YamlNode::Kind::kMapping) return Refuse(node, path, "a mapping is expected");
    for (const auto& [key, value] : node.members) {
      const std::string inner = path.empty() ? key : absl::StrCat(path, ".", key);
      const FieldDescriptor* field = type->FindFieldByName(key);
      if (field == nullptr) return UnknownKey(value, path, key, *type);
      RETURN_IF_ERROR(ReadField(value, inner, *field, message));
    }
    return absl::OkStatus();
  }

  // Sets the field at `path` of the message.
  absl::Status ReadAt(absl::string_view path, absl::string_view value, Message* message) const {
    const std::vector<std::string> keys = absl::StrSplit(path, '.');
    const YamlNode nowhere;
    std::string inner;
    for (size_t i = 0; i < keys.size(); ++i) {
      const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(keys[i]);
      if (field == nullptr) return UnknownKey(nowhere, inner, keys[i], *message->GetDescriptor());
      absl::StrAppend(&inner, inner.empty() ? "" : ".", keys[i]);
      if (i + 1 == keys.size()) return ReplaceField(inner, value, *field, message);
      if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        return Refuse(nowhere, inner, "has no keys below it that could be set one by one");
      }
      message = message->GetReflection()->MutableMessage(message, field);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReplaceField(const std::string& path, absl::string_view value, const FieldDescriptor& field,
                            Message* message) const {
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool is_time = is_message && (IsTime(*field.message_type()) || IsDuration(*field.message_type()));
    YamlNode node;
    if (field.is_repeated() || (is_message && !is_time)) {
      ASSIGN_OR_RETURN(node, ParseYaml(value, name_));
    } else {
      node.kind = YamlNode::Kind::kScalar;
      node.scalar = std::string(value);
    }
    message->GetReflection()->ClearField(message, &field);
    return ReadField(node, path, field, message);
  }

  absl::Status Refuse(const YamlNode& node, absl::string_view path, absl::string_view detail) const {
    // A value that comes from no file has no line.
    const std::string line = node.line == 0 ? "" : absl::StrCat(":", node.line);
    return Problem(Reason::kConfigInvalid, absl::StrCat(name_, line, path.empty() ? "" : ": ", path), detail);
  }

  absl::Status UnknownKey(const YamlNode& node, const std::string& path, const std::string& key,
                          const Descriptor& type) const {
    std::vector<std::string> known;
    known.reserve(type.field_count());
    for (int i = 0; i < type.field_count(); ++i) known.push_back(type.field(i)->name());
    const std::string nearest = Nearest(key, known);
    return Refuse(node, path,
                  absl::StrCat("unknown key \"", key, "\"", nearest.empty() ? "" : "; the nearest is \"", nearest,
                               nearest.empty() ? "" : "\""));
  }

  absl::Status ReadField(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                         Message* message) const {
    const Reflection* reflection = message->GetReflection();
    if (field.is_map()) return Refuse(node, path, "a field of this kind cannot be written in YAML");
    if (!field.is_repeated()) {
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return ReadScalar(node, path, field, message);
      return ReadMessage(node, path, reflection->MutableMessage(message, &field));
    }
    if (node.kind != YamlNode::Kind::kSequence) return Refuse(node, path, "a list is expected");
    for (size_t i = 0; i < node.items.size(); ++i) {
      const std::string inner = absl::StrCat(path, "[", i, "]");
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        RETURN_IF_ERROR(ReadMessage(node.items[i], inner, reflection->AddMessage(message, &field)));
      } else {
        RETURN_IF_ERROR(ReadScalar(node.items[i], inner, field, message));
      }
    }
    return absl::OkStatus();
  }

  // Sets a field, or adds to it when it is repeated.
  absl::Status ReadScalar(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                          Message* message) const {
    if (node.kind != YamlNode::Kind::kScalar) return Refuse(node, path, "a single value is expected");
    const Reflection* reflection = message->GetReflection();
#define STORE(Suffix, value)                                             \
  (field.is_repeated() ? reflection->Add##Suffix(message, &field, value) \
                       : reflection->Set##Suffix(message, &field, value))
#define STORE_NUMBER(Suffix, Type, parse, what)                                       \
  {                                                                                   \
    Type number{};                                                                    \
    if (node.quoted || !parse(node.scalar, &number)) return Refuse(node, path, what); \
    STORE(Suffix, number);                                                            \
    return absl::OkStatus();                                                          \
  }
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        STORE_NUMBER(Int32, int32_t, absl::SimpleAtoi, "a whole number is expected")
      case FieldDescriptor::CPPTYPE_INT64:
        STORE_NUMBER(Int64, int64_t, absl::SimpleAtoi, "a whole number is expected")
      case FieldDescriptor::CPPTYPE_UINT32:
        STORE_NUMBER(UInt32, uint32_t, absl::SimpleAtoi, "a whole number, 0 or more, is expected")
      case FieldDescriptor::CPPTYPE_UINT64:
        STORE_NUMBER(UInt64, uint64_t, absl::SimpleAtoi, "a whole number, 0 or more, is expected")
      case FieldDescriptor::CPPTYPE_DOUBLE:
        STORE_NUMBER(Double, double, absl::SimpleAtod, "a number is expected")
      case FieldDescriptor::CPPTYPE_FLOAT:
        STORE_NUMBER(Float, float, absl::SimpleAtof, "a number is expected")
      case FieldDescriptor::CPPTYPE_BOOL:
        if (node.quoted || (node.scalar != "true" && node.scalar != "false")) {
          return Refuse(node, path, "true or false is expected");
        }
        STORE(Bool, node.scalar == "true");
        return absl::OkStatus();
      case FieldDescriptor::CPPTYPE_ENUM: {
        const EnumValueDescriptor* value = nullptr;
        RETURN_IF_ERROR(FindEnumValue(node, path, *field.enum_type(), &value));
        STORE(Enum, value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_STRING:
        return ReadText(node, path, field, message);
      case FieldDescriptor::CPPTYPE_MESSAGE:
        break;
    }
    return Refuse(node, path, "a field of this kind cannot be written in YAML");
#undef STORE_NUMBER
  }

  absl::Status ReadText(const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                        Message* message) const {
    const Reflection* reflection = message->GetReflection();
    std::string text = node.scalar;
    if (field.type() == FieldDescriptor::TYPE_BYTES) {
      const auto bytes = base::Base64Decode(node.scalar);
      if (!bytes.ok()) return Refuse(node, path, "base64 is expected");
      text = *bytes;
    }
    STORE(String, text);
    return absl::OkStatus();
  }
#undef STORE

  absl::Status FindEnumValue(const YamlNode& node, const std::string& path, const EnumDescriptor& type,
                             const EnumValueDescriptor** found) const {
    std::vector<std::string> known;
    for (int i = 0; i < type.value_count(); ++i) {
      const EnumValueDescriptor* value = type.value(i);
      if (value->number() == 0) continue;  // "unspecified" is what leaving the key out means
      known.push_back(ShortName(*value));
      if (node.scalar == value->name() || node.scalar == known.back()) {
        *found = value;
        return absl::OkStatus();
      }
    }
    const std::string nearest = Nearest(node.scalar, known);
    return Refuse(node, path, absl::StrCat("unknown value \"", node.scalar, "\"; the nearest is \"", nearest, "\""));
  }

  absl::Status ReadTime(const YamlNode& node, const std::string& path, Message* message) const {
    if (node.kind != YamlNode::Kind::kScalar) return Refuse(node, path, "a single value is expected");
    if (IsTime(*message->GetDescriptor())) {
      absl::Time time;
      std::string error;
      if (!absl::ParseTime(absl::RFC3339_full, node.scalar, &time, &error) ||
          time < absl::FromUnixSeconds(-62135596800) || time >= absl::FromUnixSeconds(253402300800)) {
        return Refuse(node, path, "a time such as 2026-01-31T12:00:00Z is expected");
      }
      const int64_t seconds = absl::ToUnixSeconds(time);
      SetSecondsAndNanos(message, seconds, absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds)));
      return absl::OkStatus();
    }
    absl::Duration duration;
    if (!absl::ParseDuration(node.scalar, &duration) || duration < absl::ZeroDuration() ||
        duration > absl::Hours(24 * 366)) {
      return Refuse(node, path, "a duration such as 10s or 24h, at most a year, is expected");
    }
    const int64_t seconds = absl::ToInt64Seconds(duration);
    SetSecondsAndNanos(message, seconds, absl::ToInt64Nanoseconds(duration - absl::Seconds(seconds)));
    return absl::OkStatus();
  }

  const std::string name_;
};

std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      absl::StrAppend(&out, "\\", absl::string_view(&c, 1));
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppend(&out, "\\x", absl::Hex(byte, absl::kZeroPad2));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string TimeText(const Message& message) {
  const Descriptor* type = message.GetDescriptor();
  const int64_t seconds = message.GetReflection()->GetInt64(message, type->FindFieldByName("seconds"));
  const int32_t nanos = message.GetReflection()->GetInt32(message, type->FindFieldByName("nanos"));
  if (IsTime(*type)) {
    return absl::FormatTime(absl::RFC3339_full, absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos),
                            absl::UTCTimeZone());
  }
  return absl::FormatDuration(absl::Seconds(seconds) + absl::Nanoseconds(nanos));
}

std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection* reflection = message.GetReflection();
#define LOAD(Suffix)                                                             \
  (field.is_repeated() ? reflection->GetRepeated##Suffix(message, &field, index) \
                       : reflection->Get##Suffix(message, &field))
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(LOAD(Int32));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(LOAD(Int64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(LOAD(UInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(LOAD(UInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(LOAD(Double));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(LOAD(Float));
    case FieldDescriptor::CPPTYPE_BOOL:
      return LOAD(Bool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return ShortName(*LOAD(Enum));
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = LOAD(String);
      return Quoted(field.type() == FieldDescriptor::TYPE_BYTES ? base::Base64Encode(text) : text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
#undef LOAD
  return "";
}

// `first` stands before the first line instead of its indentation: the dash of a list item.
void WriteMessage(const Message& message, const std::string& indent, std::string first, std::string* out) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (fields.empty()) absl::StrAppend(out, first, "{}\n");
  for (const FieldDescriptor* field : fields) {
    const Reflection* reflection = message.GetReflection();
    absl::StrAppend(out, first, field->name(), ":");
    first = indent;
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool is_time = is_message && (IsTime(*field->message_type()) || IsDuration(*field->message_type()));
    if (!field->is_repeated()) {
      if (!is_message) {
        absl::StrAppend(out, " ", ScalarText(message, *field, 0), "\n");
      } else if (is_time) {
        absl::StrAppend(out, " ", TimeText(reflection->GetMessage(message, field)), "\n");
      } else {
        out->push_back('\n');
        WriteMessage(reflection->GetMessage(message, field), indent + "  ", indent + "  ", out);
      }
      continue;
    }
    out->push_back('\n');
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (!is_message) {
        absl::StrAppend(out, indent, "- ", ScalarText(message, *field, i), "\n");
      } else if (is_time) {
        absl::StrAppend(out, indent, "- ", TimeText(reflection->GetRepeatedMessage(message, field, i)), "\n");
      } else {
        WriteMessage(reflection->GetRepeatedMessage(message, field, i), indent + "  ", indent + "- ", out);
      }
    }
  }
}

}  // namespace

absl::Status ReadYaml(absl::string_view bytes, absl::string_view name, Message* message) {
  ASSIGN_OR_RETURN(const YamlNode root, ParseYaml(bytes, name));
  return Reader(name).ReadMessage(root, "", message);
}

absl::Status ReadYamlFile(const std::string& path, Message* message) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, base::kConfigBytesMax));
  return ReadYaml(bytes, path, message);
}

absl::Status SetYamlField(absl::string_view source, absl::string_view path, absl::string_view value, Message* message) {
  return Reader(source).ReadAt(path, value, message);
}

std::string WriteYaml(const Message& message) {
  std::string out;
  WriteMessage(message, "", "", &out);
  return out;
}

}  // namespace passerelle::gateway
