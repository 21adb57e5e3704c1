#include "gateway/cli/case_commands.h"

#include <grpc/support/log.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/one_line.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/transitions.h"
#include "gateway/cli/case_text.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/cli/node_client.h"
#include "gateway/config/yaml.h"
#include "gateway/keys/keys.h"
#include "gateway/system/system_random.h"
#include "google/protobuf/util/json_util.h"

namespace passerelle::gateway {
namespace {

using base::OneLine;
using recognition::v1::RecognitionCase;
using Stub = recognition::v1::RecognitionService::Stub;

constexpr uint32_t kPortLast = 65535;

absl::StatusOr<NodeClient> Connect(const NodeAccess& node) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, ChannelTo(node));
  return NodeClient(channel);
}

int PrintJson(const google::protobuf::Message& message, const Console& console) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
    return Refuse(base::Problem(base::Reason::kInternal, "answer"), console);
  }
  console.out << json;
  return kExitDone;
}

std::string TimeText(const google::protobuf::Timestamp& time) { return base::WriteDateTime(base::FromProto(time)); }

void PrintLine(absl::string_view day, const RecognitionCase& content, const Console& console) {
  console.out << absl::StrCat(OneLine(day), "  ", OneLine(content.id()), "  ", recognition::StateName(content.state()),
                              "  from ", OneLine(content.applicant_node()), "\n");
}

absl::StatusOr<std::vector<recognition::v1::DueCase>> ListDue(const NodeClient& client, const ListRequest& request) {
  std::vector<recognition::v1::DueCase> due;
  recognition::v1::ListDueCasesRequest page;
  page.set_until_day(request.until_day);
  do {
    page.set_page_size(std::min(request.count_max - static_cast<int>(due.size()), base::kPageSizeMax));
    ASSIGN_OR_RETURN(const recognition::v1::ListDueCasesResponse answer,
                     Call(*client.recognition, &Stub::ListDueCases, page));
    due.insert(due.end(), answer.due_cases().begin(), answer.due_cases().end());
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty() && static_cast<int>(due.size()) < request.count_max);
  return due;
}

absl::StatusOr<std::vector<recognition::v1::DueCase>> ListAll(const NodeClient& client, const ListRequest& request) {
  std::vector<recognition::v1::DueCase> all;
  recognition::v1::ListCasesRequest page;
  do {
    page.set_page_size(std::min(request.count_max - static_cast<int>(all.size()), base::kPageSizeMax));
    ASSIGN_OR_RETURN(const recognition::v1::ListCasesResponse answer,
                     Call(*client.recognition, &Stub::ListCases, page));
    for (const RecognitionCase& content : answer.recognition_cases()) {
      recognition::v1::DueCase entry;
      *entry.mutable_recognition_case() = content;
      all.push_back(std::move(entry));
    }
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty() && static_cast<int>(all.size()) < request.count_max);
  return all;
}

std::string NodePlace(const std::string& address) { return absl::StrCat("--node ", address); }

// Whether it is a host and a port; gRPC would look for whatever else it is until the time for the call is over.
absl::Status CheckNodeAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  const bool bare = !absl::StrContains(host, ':') || (host.front() == '[' && host.back() == ']');
  uint32_t port = 0;
  if (colon != std::string::npos && !host.empty() && bare && !absl::StrContains(host, '/') &&
      absl::SimpleAtoi(address.substr(colon + 1), &port) && port > 0 && port <= kPortLast) {
    return absl::OkStatus();
  }
  return base::Problem(base::Reason::kFieldInvalid, NodePlace(address), "a host and a port such as nl.example:7443");
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const NodeAccess& node) {
  // What went wrong is the command's to say, on one line.
  gpr_set_log_function([](gpr_log_func_args*) {});
  RETURN_IF_ERROR(CheckNodeAddress(node.address));
  grpc::SslCredentialsOptions options;
  ASSIGN_OR_RETURN(options.pem_cert_chain, ReadInput(node.certificate, base::kConfigBytesMax));
  ASSIGN_OR_RETURN(options.pem_private_key, ReadInput(node.key, base::kConfigBytesMax));
  ASSIGN_OR_RETURN(options.pem_root_certs, ReadInput(node.authorities, base::kConfigBytesMax));
  config::v1::TlsFiles files;
  files.set_certificate(node.certificate);
  files.set_private_key(node.key);
  RETURN_IF_ERROR(CheckKeyPair(files, options.pem_cert_chain, options.pem_private_key));
  RETURN_IF_ERROR(CheckInTime(node.certificate, options.pem_cert_chain, absl::Now()));
  return grpc::CreateChannel(node.address, grpc::SslCredentials(options));
}

int RefuseCall(const NodeAccess& node, const absl::Status& problem, const Console& console) {
  const base::Reason reason = base::ReasonOf(problem);
  if (reason != base::Reason::kPeerUnreachable && reason != base::Reason::kPeerTimeout) return Refuse(problem, console);
  PrintProblem(base::Problem(reason, NodePlace(node.address), base::DetailOf(problem)), console,
               "Look at the address, at the node, and at the certificates of both.");
  return kExitRefused;
}

absl::StatusOr<RecognitionCase> FetchCase(const NodeAccess& node, const std::string& id) {
  ASSIGN_OR_RETURN(const NodeClient client, Connect(node));
  recognition::v1::GetCaseRequest get;
  get.set_id(id);
  ASSIGN_OR_RETURN(recognition::v1::GetCaseResponse answer, Call(*client.recognition, &Stub::GetCase, get));
  return std::move(*answer.mutable_recognition_case());
}

absl::Status DeliverCredential(const NodeAccess& node, const std::string& id, const std::string& form,
                               const std::string& content) {
  ASSIGN_OR_RETURN(const NodeClient client, Connect(node));
  SystemRandom random;
  recognition::v1::DeliverCredentialRequest request;
  request.set_request_id(base::NewUuid(random));
  request.set_id(id);
  request.set_form(form);
  request.set_content(content);
  return Call(*client.recognition, &Stub::DeliverCredential, request).status();
}

int RunCredentials(const CredentialsRequest& request, const Console& console) {
  const auto client = Connect(request.node);
  if (!client.ok()) return Refuse(client.status(), console);
  recognition::v1::ListCredentialsRequest list;
  list.set_id(request.id);
  const auto answer = Call(*client->recognition, &Stub::ListCredentials, list);
  if (!answer.ok()) return RefuseCall(request.node, answer.status(), console);
  if (request.form.empty()) {
    if (request.json) return PrintJson(*answer, console);
    for (const recognition::v1::IssuedCredential& credential : answer->credentials()) {
      console.out << absl::StrCat(OneLine(credential.form()), "  ", TimeText(credential.take_time()), "  ",
                                  OneLine(credential.sha256()), credential.delivery().empty() ? "" : "  ",
                                  OneLine(credential.delivery()), "\n");
    }
    return kExitDone;
  }
  for (const recognition::v1::IssuedCredential& credential : answer->credentials()) {
    if (credential.form() != request.form) continue;
    if (request.out.empty()) {
      console.out << credential.content();
      return kExitDone;
    }
    return Finish(WriteResult(request.out, credential.content()), console);
  }
  return Refuse(base::Problem(base::Reason::kResourceNotFound, "form"), console);
}

int RunCaseList(const ListRequest& request, const Console& console) {
  const auto client = Connect(request.node);
  if (!client.ok()) return Refuse(client.status(), console);
  const auto listed = request.due ? ListDue(*client, request) : ListAll(*client, request);
  if (!listed.ok()) return RefuseCall(request.node, listed.status(), console);
  if (request.json) {
    recognition::v1::ListDueCasesResponse answer;
    for (const recognition::v1::DueCase& due : *listed) *answer.add_due_cases() = due;
    return PrintJson(answer, console);
  }
  for (const recognition::v1::DueCase& due : *listed) {
    const std::string begun = TimeText(due.recognition_case().create_time()).substr(0, 10);
    PrintLine(request.due ? due.day() : begun, due.recognition_case(), console);
  }
  return kExitDone;
}

int RunCaseShow(const ShowRequest& request, const Console& console) {
  const auto content = FetchCase(request.node, request.id);
  if (!content.ok()) return RefuseCall(request.node, content.status(), console);
  if (request.json) return PrintJson(*content, console);
  console.out << CaseText(*content);
  return kExitDone;
}

int RunCaseStep(StepRequest request, const Console& console) {
  const auto client = Connect(request.node);
  if (!client.ok()) return Refuse(client.status(), console);
  if (!request.with.empty()) {
    recognition::v1::CaseAction action;
    const absl::Status read = ReadYamlFile(request.with, &action);
    if (!read.ok()) return Refuse(read, console);
    action.MergeFrom(request.step.action());
    *request.step.mutable_action() = std::move(action);
  }
  if (request.step.request_id().empty()) {
    SystemRandom random;
    request.step.set_request_id(base::NewUuid(random));
  }
  const auto answer = Call(*client->recognition, &Stub::TakeStep, request.step);
  if (!answer.ok()) return RefuseCall(request.node, answer.status(), console);
  if (request.json) return PrintJson(answer->recognition_case(), console);
  if (request.step.validate_only()) console.out << "only checked; nothing was recorded\n";
  console.out << CaseText(answer->recognition_case());
  return kExitDone;
}

int RunInquiries(const InquiriesRequest& request, const Console& console) {
  const auto client = Connect(request.node);
  if (!client.ok()) return Refuse(client.status(), console);
  recognition::v1::ListInquiriesResponse listed;
  recognition::v1::ListInquiriesRequest page;
  do {
    page.set_page_size(std::min(request.count_max - listed.inquiries_size(), base::kPageSizeMax));
    const auto answer = Call(*client->recognition, &Stub::ListInquiries, page);
    if (!answer.ok()) return RefuseCall(request.node, answer.status(), console);
    listed.mutable_inquiries()->MergeFrom(answer->inquiries());
    page.set_page_token(answer->next_page_token());
  } while (!page.page_token().empty() && listed.inquiries_size() < request.count_max);
  if (request.json) return PrintJson(listed, console);
  for (const recognition::v1::ReceivedInquiry& inquiry : listed.inquiries()) {
    console.out << absl::StrCat(TimeText(inquiry.receive_time()), "  ", OneLine(inquiry.id()), "  from ",
                                OneLine(inquiry.asking_node()), "  document ", OneLine(inquiry.document_sha256()),
                                "\n    ", Paragraphs(inquiry.question(), "    "), "\n");
  }
  return kExitDone;
}

int RunAnswer(AnswerRequest request, const Console& console) {
  const auto client = Connect(request.node);
  if (!client.ok()) return Refuse(client.status(), console);
  if (request.answer.request_id().empty()) {
    SystemRandom random;
    request.answer.set_request_id(base::NewUuid(random));
  }
  const auto answer = Call(*client->recognition, &Stub::AnswerInquiry, request.answer);
  if (!answer.ok()) return RefuseCall(request.node, answer.status(), console);
  if (request.json) return PrintJson(answer->inquiry(), console);
  console.out << absl::StrCat("answered by ", OneLine(answer->inquiry().answered_by()), "; the answer goes to ",
                              OneLine(answer->inquiry().asking_node()), "\n");
  return kExitDone;
}

}  // namespace passerelle::gateway
