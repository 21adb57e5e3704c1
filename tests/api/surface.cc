#include "tests/api/surface.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"

namespace passerelle::api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

std::string TypeOf(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      return field.message_type()->full_name();
    case FieldDescriptor::TYPE_ENUM:
      return field.enum_type()->full_name();
    default:
      return field.type_name();
  }
}

std::string FieldLine(const FieldDescriptor& field) {
  std::string type;
  if (field.is_map()) {
    const Descriptor& entry = *field.message_type();
    type = absl::StrCat("map<", TypeOf(*entry.map_key()), ", ", TypeOf(*entry.map_value()), ">");
  } else {
    type = absl::StrCat(field.is_repeated()            ? "repeated "
                        : field.has_optional_keyword() ? "optional "
                                                       : "",
                        TypeOf(field));
  }
  std::string line = absl::StrCat("field ", field.full_name(), " = ", field.number(), ": ", type);
  if (field.real_containing_oneof() != nullptr) {
    absl::StrAppend(&line, " in oneof ", field.real_containing_oneof()->name());
  }
  if (field.is_extension()) absl::StrAppend(&line, " of ", field.containing_type()->full_name());
  if (field.options().deprecated()) absl::StrAppend(&line, " deprecated");
  return line;
}

void AddEnum(const EnumDescriptor& type, std::vector<std::string>* lines) {
  std::map<int, std::string> values;
  for (int i = 0; i < type.value_count(); ++i) {
    values[type.value(i)->number()] =
        absl::StrCat("value ", type.full_name(), ".", type.value(i)->name(), " = ", type.value(i)->number());
  }
  for (const auto& [number, line] : values) lines->push_back(line);
}

void AddMessage(const Descriptor& message, std::vector<std::string>* lines) {
  if (message.options().map_entry()) return;
  if (message.field_count() == 0) lines->push_back(absl::StrCat("message ", message.full_name(), " without fields"));
  std::map<int, std::string> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    fields[message.field(i)->number()] = FieldLine(*message.field(i));
  }
  for (const auto& [number, line] : fields) lines->push_back(line);
  for (int i = 0; i < message.enum_type_count(); ++i) AddEnum(*message.enum_type(i), lines);
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessage(*message.nested_type(i), lines);
}

void AddService(const ServiceDescriptor& service, std::vector<std::string>* lines) {
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    lines->push_back(absl::StrCat("method ", method.full_name(), "(", method.client_streaming() ? "stream " : "",
                                  method.input_type()->full_name(), ") returns (",
                                  method.server_streaming() ? "stream " : "", method.output_type()->full_name(), ")"));
  }
}

}  // namespace

std::vector<std::string> Surface(const DescriptorSet& descriptors) {
  std::vector<std::string> lines;
  for (const FileDescriptor* file : descriptors.Files()) {
    // Elements by name, so that moving one within its file changes nothing.
    std::map<std::string, std::vector<std::string>> elements;
    for (int i = 0; i < file->service_count(); ++i) {
      AddService(*file->service(i), &elements[file->service(i)->name()]);
    }
    for (int i = 0; i < file->message_type_count(); ++i) {
      AddMessage(*file->message_type(i), &elements[file->message_type(i)->name()]);
    }
    for (int i = 0; i < file->enum_type_count(); ++i) {
      AddEnum(*file->enum_type(i), &elements[file->enum_type(i)->name()]);
    }
    for (int i = 0; i < file->extension_count(); ++i) {
      elements[file->extension(i)->name()].push_back(FieldLine(*file->extension(i)));
    }
    for (const auto& [name, element] : elements) lines.insert(lines.end(), element.begin(), element.end());
  }
  return lines;
}

}  // namespace passerelle::api
