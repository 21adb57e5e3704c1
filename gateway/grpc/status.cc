#include "gateway/grpc/status.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

bool IsFieldProblem(Reason reason) { return reason == Reason::kFieldMissing || reason == Reason::kFieldInvalid; }

// What another node wrote: bounded, and without anything that could break a line.
std::string Tame(absl::string_view text) {
  std::string out(text.substr(0, base::kRefusalTextBytesMax));
  for (char& c : out) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return out;
}

// The problem that the details state, if they do.
absl::Status FromDetails(const std::string& bytes, const std::string& message) {
  google::rpc::Status details;
  if (bytes.empty() || !details.ParseFromString(bytes)) return absl::OkStatus();
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::ErrorInfo info;
    if (!any.UnpackTo(&info) || info.domain() != kErrorDomain) continue;
    const auto reason = base::ReasonByName(info.reason());
    if (!reason.has_value()) return absl::OkStatus();
    const auto place = info.metadata().find("place");
    return Problem(*reason, place == info.metadata().end() ? "" : Tame(place->second), Tame(message));
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const Reason reason = base::ReasonOf(status);
  const base::CatalogueEntry& entry = base::Catalogue(reason);
  // Both may repeat what a document says; messages are in UTF-8.
  const std::string place = base::ToUtf8(base::PlaceOf(status));
  const std::string detail = base::ToUtf8(base::DetailOf(status));
  // A status without a reason is a mistake of ours; its text stays inside.
  const auto code = reason == Reason::kInternal ? absl::StatusCode::kInternal : status.code();
  google::rpc::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(detail);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(entry.name));
  info.set_domain(std::string(kErrorDomain));
  (*info.mutable_metadata())["place"] = place;
  details.add_details()->PackFrom(info);
  if (IsFieldProblem(reason)) {
    google::rpc::BadRequest bad;
    google::rpc::BadRequest::FieldViolation* violation = bad.add_field_violations();
    violation->set_field(place);
    violation->set_description(detail);
    details.add_details()->PackFrom(bad);
  }
  if (entry.retryable) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(base::kRetryFirst)));
    details.add_details()->PackFrom(retry);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(code), detail, details.SerializeAsString());
}

absl::Status FromPeer(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status stated = FromDetails(status.error_details(), status.error_message());
  if (!stated.ok()) return stated;
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return Problem(Reason::kPeerUnreachable, "");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return Problem(Reason::kPeerTimeout, "");
    default:
      return Problem(Reason::kPeerAnswerInvalid, "",
                     "the call ended with code " + std::to_string(status.error_code()) + " and no reason");
  }
}

}  // namespace passerelle::gateway
