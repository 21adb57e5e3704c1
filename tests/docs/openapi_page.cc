#include "tests/docs/openapi_page.h"

#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"

namespace passerelle::docs {
namespace {

using base::JsonWriter;
using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// The others are between nodes, and towards national registers.
bool IsForClients(const ServiceDescriptor& service) {
  for (const absl::string_view other : {"NodeMapService", "RegisterService", "RelayService"}) {
    if (service.name() == other) return false;
  }
  return true;
}

void WriteReference(absl::string_view schema, JsonWriter& json) {
  json.Member("$ref", absl::StrCat("#/components/schemas/", schema));
}

class Writer {
 public:
  explicit Writer(std::string& out) : json_(out, JsonWriter::Layout::kIndented) {}

  void Write(const api::DescriptorSet& descriptors) {
    json_.BeginObject();
    json_.Member("openapi", "3.1.0");
    WriteInfo();
    json_.Key("security");
    json_.Raw(R"([{"certificate":[]},{"token":[]}])");
    json_.Key("paths");
    json_.BeginObject();
    for (const google::protobuf::FileDescriptor* file : descriptors.Files()) {
      for (int i = 0; i < file->service_count(); ++i) {
        if (IsForClients(*file->service(i))) WriteService(*file->service(i));
      }
    }
    json_.EndObject();
    WriteComponents();
    json_.EndObject();
  }

 private:
  void WriteInfo() {
    json_.Key("info");
    json_.BeginObject();
    json_.Member("title", "Passerelle");
    json_.Member("version", "1");
    json_.Member("description",
                 "The services of a node over HTTP, by the unary Connect protocol. Generated from the contracts; "
                 "scripts/check.sh docs --update writes it. Whatever is refused has a reason of docs/errors.md in a "
                 "google.rpc.ErrorInfo.");
    json_.EndObject();
  }

  void WriteService(const ServiceDescriptor& service) {
    for (int i = 0; i < service.method_count(); ++i) {
      const MethodDescriptor& method = *service.method(i);
      if (!method.client_streaming() && !method.server_streaming()) WriteMethod(method);
    }
  }

  void WriteMethod(const MethodDescriptor& method) {
    json_.Key(absl::StrCat("/", method.service()->full_name(), "/", method.name()));
    json_.BeginObject();
    json_.Key("post");
    json_.BeginObject();
    json_.Member("operationId", absl::StrCat(method.service()->name(), "_", method.name()));
    json_.Key("tags");
    json_.BeginArray();
    json_.String(method.service()->name());
    json_.EndArray();
    json_.Member("summary", api::CommentOf(method));
    json_.Key("parameters");
    json_.BeginArray();
    json_.BeginObject();
    WriteReferenceTo("parameters", "Timeout");
    json_.EndObject();
    json_.EndArray();
    json_.Key("requestBody");
    json_.BeginObject();
    json_.Member("required", true);
    WriteContent(*method.input_type());
    json_.EndObject();
    json_.Key("responses");
    json_.BeginObject();
    json_.Key("200");
    json_.BeginObject();
    json_.Member("description", "Done.");
    WriteContent(*method.output_type());
    json_.EndObject();
    json_.Key("default");
    json_.BeginObject();
    WriteReferenceTo("responses", "Refused");
    json_.EndObject();
    json_.EndObject();
    json_.EndObject();
    json_.EndObject();
  }

  void WriteReferenceTo(absl::string_view kind, absl::string_view name) {
    json_.Member("$ref", absl::StrCat("#/components/", kind, "/", name));
  }

  void WriteContent(const Descriptor& message) {
    json_.Key("content");
    json_.BeginObject();
    json_.Key("application/json");
    json_.BeginObject();
    json_.Key("schema");
    json_.BeginObject();
    WriteMessageType(message);
    json_.EndObject();
    json_.EndObject();
    json_.EndObject();
  }

  // Members of a schema for a value of this type. Well-known types have forms of their own.
  void WriteMessageType(const Descriptor& message) {
    const std::string& name = message.full_name();
    if (name == "google.protobuf.Timestamp") {
      json_.Member("type", "string");
      json_.Member("format", "date-time");
    } else if (name == "google.protobuf.Duration") {
      json_.Member("type", "string");
      json_.Member("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
    } else if (absl::StartsWith(name, "google.protobuf.")) {
      json_.Member("description", name);
    } else {
      messages_.emplace(name, &message);
      WriteReference(name, json_);
    }
  }

  void WriteValueType(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_UINT32:
        json_.Member("type", "integer");
        break;
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64:
        json_.Member("type", "string");
        json_.Member("pattern", "^-?[0-9]+$");
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        json_.Member("type", "number");
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        json_.Member("type", "boolean");
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        enums_.emplace(field.enum_type()->full_name(), field.enum_type());
        WriteReference(field.enum_type()->full_name(), json_);
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        json_.Member("type", "string");
        if (field.type() == FieldDescriptor::TYPE_BYTES) json_.Member("contentEncoding", "base64");
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        WriteMessageType(*field.message_type());
        break;
    }
  }

  void WriteField(const FieldDescriptor& field) {
    json_.Key(field.json_name());
    json_.BeginObject();
    json_.Member("description", api::CommentOf(field));
    if (field.is_map()) {
      json_.Member("type", "object");
      json_.Key("additionalProperties");
      json_.BeginObject();
      WriteValueType(*field.message_type()->map_value());
      json_.EndObject();
    } else if (field.is_repeated()) {
      json_.Member("type", "array");
      json_.Key("items");
      json_.BeginObject();
      WriteValueType(field);
      json_.EndObject();
    } else {
      WriteValueType(field);
    }
    json_.EndObject();
  }

  void WriteMessage(const Descriptor& message) {
    json_.Key(message.full_name());
    json_.BeginObject();
    json_.Member("type", "object");
    json_.Member("description", api::CommentOf(message));
    json_.Member("additionalProperties", false);
    json_.Key("properties");
    json_.BeginObject();
    for (int i = 0; i < message.field_count(); ++i) WriteField(*message.field(i));
    json_.EndObject();
    json_.EndObject();
  }

  void WriteEnum(const EnumDescriptor& type) {
    json_.Key(type.full_name());
    json_.BeginObject();
    json_.Member("type", "string");
    json_.Member("description", api::CommentOf(type));
    json_.Key("enum");
    json_.BeginArray();
    for (int i = 0; i < type.value_count(); ++i) json_.String(type.value(i)->name());
    json_.EndArray();
    json_.EndObject();
  }

  void WriteComponents() {
    json_.Key("components");
    json_.BeginObject();
    json_.Key("schemas");
    json_.BeginObject();
    // Messages name further ones while they are written.
    std::map<std::string, const Descriptor*> written;
    while (written.size() < messages_.size()) {
      const std::map<std::string, const Descriptor*> known = messages_;
      for (const auto& [name, message] : known) {
        if (written.emplace(name, message).second) WriteMessage(*message);
      }
    }
    for (const auto& [name, type] : enums_) WriteEnum(*type);
    json_.EndObject();
    json_.Key("parameters");
    json_.Raw(R"({"Timeout":{"name":"Connect-Timeout-Ms","in":"header","description":"How long the caller waits, in )"
              R"(milliseconds; cut to the node's limit.","schema":{"type":"integer","minimum":0}}})");
    json_.Key("responses");
    json_.Raw(R"({"Refused":{"description":"Refused, with a reason and a place.","content":{"application/json":)"
              R"({"schema":{"type":"object","required":["code"],"properties":{"code":{"type":"string"},)"
              R"("message":{"type":"string"},"details":{"type":"array","items":{"type":"object","properties":)"
              R"({"type":{"type":"string"},"value":{"type":"string"},"debug":{"type":"object"}}}}}}}}}})");
    json_.Key("securitySchemes");
    json_.Raw(
        R"({"certificate":{"type":"mutualTLS","description":"A certificate that the node's configuration names."},)"
        R"("token":{"type":"http","scheme":"bearer","bearerFormat":"JWT","description":"An access token of an issuer )"
        R"(that the node's configuration names."}})");
    json_.EndObject();
  }

  JsonWriter json_;
  std::map<std::string, const Descriptor*> messages_;
  std::map<std::string, const EnumDescriptor*> enums_;
};

}  // namespace

std::string OpenApiPage(const api::DescriptorSet& descriptors) {
  std::string page;
  Writer(page).Write(descriptors);
  page.push_back('\n');
  return page;
}

}  // namespace passerelle::docs
