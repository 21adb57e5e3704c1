// The unary part of the Connect protocol (connectrpc.com/docs/protocol): how messages, deadlines and problems look over
// HTTP. Generic over messages; no sockets.
//
// Thread-safety: free functions on values.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/limits.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/status.h"

namespace passerelle::gateway {

enum class ConnectCodec { kJson, kProto };

// Bytes of a body after unpacking. JSON is read by the rules for documents, which end there; larger documents travel as
// application/proto.
inline constexpr size_t kJsonBodyBytesMax = base::kDocumentBytesMax;
inline constexpr size_t kProtoBodyBytesMax = base::kGrpcMessageBytesMax;
size_t BodyBytesMax(ConnectCodec codec);

// The codec of a content type; nullopt for any other, and for another charset than UTF-8.
std::optional<ConnectCodec> CodecOf(absl::string_view content_type);
absl::string_view ContentTypeOf(ConnectCodec codec);

// The value of Connect-Timeout-Ms: 1 to 10 digits. Problem: kFieldInvalid.
absl::StatusOr<absl::Duration> ReadTimeout(absl::string_view text);

// Problems: kInputTooLarge, those of base::JsonDocument, and kFieldInvalid at an unknown field or one whose value does
// not fit. No problem holds a value.
absl::Status ReadMessage(ConnectCodec codec, const std::string& bytes, google::protobuf::Message* message);
// An empty body is an empty message: fields that are not set are left out in both codecs.
absl::StatusOr<std::string> WriteMessage(ConnectCodec codec, const google::protobuf::Message& message);

// A refusal: Connect's status and its JSON, with the details that gRPC carries (ErrorInfo with the reason, fields).
struct ConnectError {
  int http_status = 500;
  std::string json;
};
ConnectError ErrorOf(const grpc::Status& status);

}  // namespace passerelle::gateway
