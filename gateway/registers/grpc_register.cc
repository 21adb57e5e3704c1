#include "gateway/registers/grpc_register.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/grpc/tls.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using registers::v1::RegisterEntry;

// Pages of one holder's list that are asked for: 200 entries each, a lifetime of courses.
constexpr int kPagesMax = 50;

absl::Status FaultOfCall(absl::string_view field, absl::string_view detail) {
  return Problem(Reason::kRegisterUnavailable, field, detail);
}

// The service's own words could hold personal data; its code cannot.
absl::Status FromRegister(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) return Problem(Reason::kResourceNotFound, "credential_id");
  return FaultOfCall("grpc", absl::StrCat("the service answers with code ", static_cast<int>(status.error_code())));
}

std::unique_ptr<registers::v1::RegisterService::StubInterface> MakeStub(const config::v1::GrpcRegister& config) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(base::kGrpcMessageBytesMax));
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  return registers::v1::RegisterService::NewStub(grpc::CreateCustomChannel(
      config.address(), MakeChannelCredentials(config.tls(), {config.certificate_sha256()}), arguments));
}

}  // namespace

GrpcRegister::GrpcRegister(const config::v1::GrpcRegister& config, absl::Duration limit)
    : GrpcRegister(MakeStub(config), limit) {}

GrpcRegister::GrpcRegister(std::unique_ptr<registers::v1::RegisterService::StubInterface> stub, absl::Duration limit)
    : stub_(std::move(stub)), limit_(limit) {}

absl::StatusOr<RegisterEntry> GrpcRegister::LookUpCredential(absl::string_view credential_id) {
  registers::v1::LookUpCredentialRequest request;
  request.set_credential_id(std::string(credential_id));
  registers::v1::LookUpCredentialResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit_));
  RETURN_IF_ERROR(FromRegister(stub_->LookUpCredential(&context, request, &response)));
  RegisterEntry& entry = *response.mutable_entry();
  if (entry.credential_id() != credential_id)
    return FaultOfCall("entry.credential_id", "is not the one that was asked for");
  if (!entry.has_issue_time()) return FaultOfCall("entry.issue_time", "is missing");
  if (entry.document_bytes() > 0) {
    if (entry.document().content().empty() && base::IsSha256Hex(entry.document().sha256())) return std::move(entry);
    return FaultOfCall("entry.document", "of a large document the digest is expected, and nothing of its content");
  }
  const std::string& content = entry.document().content();
  if (content.empty() || content.size() > base::kDocumentBytesMax) {
    return FaultOfCall("entry.document", "is missing, or larger than the limit");
  }
  if (entry.document().sha256() != base::Sha256Hex(content)) {
    return FaultOfCall("entry.document.sha256", "is not the digest of the document");
  }
  return std::move(entry);
}

absl::StatusOr<std::string> GrpcRegister::ReadDocument(absl::string_view credential_id, uint64_t offset,
                                                       uint32_t limit) {
  registers::v1::ReadDocumentRequest request;
  request.set_credential_id(std::string(credential_id));
  request.set_read_offset(offset);
  request.set_read_limit(limit);
  registers::v1::ReadDocumentResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit_));
  RETURN_IF_ERROR(FromRegister(stub_->ReadDocument(&context, request, &response)));
  if (response.data().size() > limit) return FaultOfCall("data", "has more bytes than were asked for");
  return std::move(*response.mutable_data());
}

absl::StatusOr<authenticity::v1::AuthenticityAnswer> GrpcRegister::ConfirmDigest(absl::string_view sha256) {
  registers::v1::ConfirmDigestRequest request;
  request.set_sha256(std::string(sha256));
  registers::v1::ConfirmDigestResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit_));
  const grpc::Status called = stub_->ConfirmDigest(&context, request, &response);
  // A digest is not looked up: that the service has no such method must not pass for "not issued".
  if (!called.ok())
    return FaultOfCall("grpc", absl::StrCat("the service answers with code ", static_cast<int>(called.error_code())));
  authenticity::v1::AuthenticityAnswer& answer = *response.mutable_answer();
  if (answer.sha256() != sha256) return FaultOfCall("answer.sha256", "is not the one that was asked for");
  const bool known = authenticity::v1::RegisterFinding_IsValid(answer.finding()) &&
                     answer.finding() != authenticity::v1::REGISTER_FINDING_UNSPECIFIED;
  if (!known) return FaultOfCall("answer.finding", "says nothing");
  return std::move(answer);
}

absl::StatusOr<std::vector<RegisterEntry>> GrpcRegister::ListHolderCredentials(absl::string_view holder_reference,
                                                                               absl::string_view after, int limit) {
  registers::v1::ListHolderCredentialsRequest request;
  request.set_holder_reference(std::string(holder_reference));
  request.set_page_size(base::kPageSizeMax);
  std::vector<RegisterEntry> entries;
  bool begun = after.empty();
  for (int page = 0; page < kPagesMax; ++page) {
    registers::v1::ListHolderCredentialsResponse response;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(limit_));
    RETURN_IF_ERROR(FromRegister(stub_->ListHolderCredentials(&context, request, &response)));
    for (RegisterEntry& entry : *response.mutable_entries()) {
      if (entry.holder_reference() != holder_reference) return FaultOfCall("entries", "has entries of another holder");
      if (begun && static_cast<int>(entries.size()) < limit) entries.push_back(std::move(entry));
      begun = begun || entry.credential_id() == after;
    }
    if (response.next_page_token().empty() || static_cast<int>(entries.size()) >= limit) break;
    request.set_page_token(response.next_page_token());
  }
  if (!begun) return Problem(Reason::kResourceNotFound, "after");
  return entries;
}

}  // namespace passerelle::gateway
