// recognition list, show, step, inquiries and answer: the evaluator's way to the cases of a running node, and to the
// questions of other nodes, as a client of it.
//
// Thread-safety: free functions on values.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "gateway/cli/console.h"
#include "grpcpp/channel.h"
#include "passerelle/recognition/v1/recognition_service.pb.h"

namespace passerelle::gateway {

// The node that is called, and as whom.
struct NodeAccess {
  std::string address;      // host and port of its port for clients
  std::string certificate;  // of this client, PEM; its digest stands in the node's configuration
  std::string key;          // of this client, PEM
  std::string authorities;  // that the node's certificate comes from, PEM
};

// A connection, which is made when it is used; its mistakes are told by the calls alone, and not by gRPC's log.
// Problems: kInputNotReadable; kFieldInvalid for an address that is none; kKeyUnusable for certificates that are not in
// time, and for a key that does not belong to its certificate.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const NodeAccess& node);

// The end of a command whose call failed: kExitRefused. A node that was not reached is named as the place, with what
// gRPC says of it; nothing tries again.
int RefuseCall(const NodeAccess& node, const absl::Status& problem, const Console& console);

// The case at the node, with its document. Problems: kInputNotReadable and those of the node.
absl::StatusOr<recognition::v1::RecognitionCase> FetchCase(const NodeAccess& node, const std::string& id);

// Hands the credential of the decision of a case to the authority's node, which sends it to the holder's side.
// Problems: kInputNotReadable and those of the node.
absl::Status DeliverCredential(const NodeAccess& node, const std::string& id, const std::string& form,
                               const std::string& content);

struct CredentialsRequest {
  NodeAccess node;
  std::string id;    // of the case
  std::string form;  // whose bytes are wanted: "elm", "vc-jwt" or "sd-jwt"; empty for a list
  std::string out;   // file for the bytes; empty for standard output
  bool json = false;
};
// Lists the credentials of the decision of a case, or writes one.
int RunCredentials(const CredentialsRequest& request, const Console& console);

struct ListRequest {
  NodeAccess node;
  bool due = false;       // by the day on which something is due; oldest first otherwise
  std::string until_day;  // of those that are due
  int count_max = 50;     // cases that are listed
  bool json = false;
};
int RunCaseList(const ListRequest& request, const Console& console);

struct ShowRequest {
  NodeAccess node;
  std::string id;
  bool json = false;
};
int RunCaseShow(const ShowRequest& request, const Console& console);

struct StepRequest {
  NodeAccess node;
  std::string with;  // YAML of passerelle.recognition.v1.CaseAction, for what the options have no word for
  recognition::v1::TakeStepRequest step;  // what it says goes before what the file says
  bool json = false;
};
// kExitRefused when the node does not take the step; the reason and its place are one line on the error stream.
int RunCaseStep(StepRequest request, const Console& console);

struct InquiriesRequest {
  NodeAccess node;
  int count_max = 50;  // questions that are listed
  bool json = false;
};
int RunInquiries(const InquiriesRequest& request, const Console& console);

struct AnswerRequest {
  NodeAccess node;
  recognition::v1::AnswerInquiryRequest answer;
  bool json = false;
};
int RunAnswer(AnswerRequest request, const Console& console);

}  // namespace passerelle::gateway
