#include "gateway/http/connect_protocol.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kPlaceBytesMost = 128;
constexpr size_t kTimeoutDigitsMost = 10;

struct CodeRow {
  absl::string_view name;
  int http_status;
};

// By grpc::StatusCode.
constexpr CodeRow kCodes[] = {
    {"ok", 200},
    {"canceled", 499},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"deadline_exceeded", 504},
    {"not_found", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"resource_exhausted", 429},
    {"failed_precondition", 400},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
    {"unauthenticated", 401},
};

// The place in an error of protobuf's JSON reader, such as "(authorisation) purpose: invalid value …". Values come
// after the first colon or quotation mark, and stay inside.
std::string PlaceIn(absl::string_view error) {
  const size_t end = error.find_first_of(":\"");
  std::string place;
  for (const char c : error.substr(0, end)) {
    if (place.size() >= kPlaceBytesMost) break;
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '[' || c == ']') {
      place.push_back(c);
    } else if (c == ' ' && !place.empty()) {
      place.push_back('.');
    }
  }
  return place.empty() ? "body" : place;
}

absl::Status ReadJson(const std::string& bytes, google::protobuf::Message* message) {
  // Duplicate members and depth, of which protobuf's reader says nothing.
  RETURN_IF_ERROR(base::JsonDocument::Parse(bytes).status());
  const auto read = google::protobuf::util::JsonStringToMessage(bytes, message);
  if (read.ok()) return absl::OkStatus();
  const absl::string_view error(read.message().data(), read.message().size());
  const bool unknown = absl::StrContains(error, "Cannot find field");
  return Problem(Reason::kFieldInvalid, PlaceIn(error),
                 unknown ? "there is no such field" : "the value does not fit the field");
}

void WriteDetail(const google::protobuf::Any& any, base::JsonWriter& json) {
  absl::string_view type = any.type_url();
  type.remove_prefix(std::min(type.size(), type.rfind('/') + 1));
  std::string value = absl::Base64Escape(any.value());
  while (absl::EndsWith(value, "=")) value.pop_back();
  json.BeginObject();
  json.Member("type", type);
  json.Member("value", value);
  // For people; clients read the value.
  google::rpc::ErrorInfo info;
  std::string debug;
  if (any.UnpackTo(&info) && google::protobuf::util::MessageToJsonString(info, &debug).ok()) {
    json.Key("debug");
    json.Raw(debug);
  }
  json.EndObject();
}

}  // namespace

size_t BodyBytesMax(ConnectCodec codec) {
  return codec == ConnectCodec::kJson ? kJsonBodyBytesMax : kProtoBodyBytesMax;
}

std::optional<ConnectCodec> CodecOf(absl::string_view content_type) {
  const std::vector<absl::string_view> parts = absl::StrSplit(content_type, ';');
  for (size_t i = 1; i < parts.size(); ++i) {
    const std::string parameter = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[i]));
    if (parameter != "charset=utf-8" && parameter != "charset=\"utf-8\"") return std::nullopt;
  }
  const std::string type = absl::AsciiStrToLower(absl::StripAsciiWhitespace(parts[0]));
  if (type == "application/json") return ConnectCodec::kJson;
  if (type == "application/proto") return ConnectCodec::kProto;
  return std::nullopt;
}

absl::string_view ContentTypeOf(ConnectCodec codec) {
  return codec == ConnectCodec::kJson ? "application/json" : "application/proto";
}

absl::StatusOr<absl::Duration> ReadTimeout(absl::string_view text) {
  int64_t ms = 0;
  if (text.empty() || text.size() > kTimeoutDigitsMost || !absl::ascii_isdigit(static_cast<unsigned char>(text[0])) ||
      !absl::SimpleAtoi(text, &ms)) {
    return Problem(Reason::kFieldInvalid, "Connect-Timeout-Ms", "up to ten digits are expected");
  }
  return absl::Milliseconds(ms);
}

absl::Status ReadMessage(ConnectCodec codec, const std::string& bytes, google::protobuf::Message* message) {
  if (bytes.size() > BodyBytesMax(codec)) {
    return Problem(Reason::kInputTooLarge, "body", absl::StrCat("at most ", BodyBytesMax(codec), " bytes"));
  }
  if (codec == ConnectCodec::kJson) return ReadJson(bytes, message);
  if (!message->ParseFromString(bytes)) {
    return Problem(Reason::kFieldInvalid, "body", "the bytes are no such message");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> WriteMessage(ConnectCodec codec, const google::protobuf::Message& message) {
  if (codec == ConnectCodec::kProto) return message.SerializeAsString();
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json).ok()) {
    return Problem(Reason::kInternal, "body", "the answer cannot be written as JSON");
  }
  return json;
}

ConnectError ErrorOf(const grpc::Status& status) {
  const auto code = static_cast<size_t>(status.error_code());
  const CodeRow& row = kCodes[code < std::size(kCodes) ? code : static_cast<size_t>(grpc::StatusCode::UNKNOWN)];
  ConnectError error;
  error.http_status = row.http_status;
  base::JsonWriter json(error.json);
  json.BeginObject();
  json.Member("code", row.name);
  json.Member("message", status.error_message());
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details()) && details.details_size() > 0) {
    json.Key("details");
    json.BeginArray();
    for (const google::protobuf::Any& any : details.details()) WriteDetail(any, json);
    json.EndArray();
  }
  json.EndObject();
  return error;
}

}  // namespace passerelle::gateway
