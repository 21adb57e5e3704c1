// A holder of a document of NO applies through IT for recognition in BG.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/recognition/policy.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"
#include "tests/unit/core/nodes/network.h"

namespace passerelle::recognition {

inline std::vector<v1::RecognitionPolicy> TestPolicies() {
  v1::RecognitionPolicy policy;
  policy.set_id("bg-further-learning");
  policy.set_version("2030-01-01");
  policy.set_competent_authority("Recognition authority");
  policy.add_purposes(sharing::v1::PURPOSE_RECOGNITION);
  policy.add_required_elements("A1-M01");
  policy.set_minimum_eqf_level(6);
  policy.set_minimum_ects("5");
  policy.set_authenticity_required(true);
  return {policy};
}

class CaseFixture : public ::testing::Test {
 protected:
  explicit CaseFixture(const std::vector<v1::RecognitionPolicy>& policies = TestPolicies(),
                       const passerelle::testing::Keeping& keeping = {})
      : network_(policies, keeping) {
    norway_.reg.Issue("no-7", document_);
  }

  std::string NewId() { return base::NewUuid(network_.random); }

  sharing::v1::Authorisation Authorise(const std::string& content, const std::string& receiver = "BG",
                                       absl::string_view client = "portal",
                                       const std::vector<std::string>& elements = {}) {
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(NewId());
    sharing::v1::Authorisation* wished = request.mutable_authorisation();
    wished->set_holder_pseudonym("holder-41");
    wished->set_receiver(receiver);
    wished->set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    wished->add_credential_ids("sha256:" + base::Sha256Hex(content));
    wished->set_uses_allowed(1);
    for (const std::string& element : elements) wished->add_elements(element);
    *wished->mutable_valid_until() = base::ToProto(network_.clock.Now() + base::kExchangeLifeMax);
    return italy_.authorisations.Create(client, request).value();
  }

  v1::CreateCaseRequest Request(const std::string& content, absl::string_view client = "portal") {
    v1::CreateCaseRequest request;
    request.set_request_id(NewId());
    request.set_authority_node("BG");
    request.set_issuing_node("NO");
    request.set_authorisation_id(Authorise(content, "BG", client).id());
    request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    request.set_content(content);
    return request;
  }

  // Submits and returns the id.
  std::string Submit(const v1::CreateCaseRequest& request) {
    return italy_.cases.Create("portal", request).value().id();
  }

  v1::RecognitionCase Applicants(const std::string& id) { return italy_.cases.Get("portal", id).value(); }
  v1::RecognitionCase Authoritys(const std::string& id) { return bulgaria_.cases.Get("evaluator", id).value(); }

  // A message as the inbox of a node opens it.
  relay::Opened Opened(const passerelle::testing::TestNode& node, const std::string& sender,
                       const google::protobuf::Message& body) {
    relay::Opened message;
    message.header.id = NewId();
    message.header.sender = sender;
    message.header.audience = node.id;
    message.header.type = body.GetTypeName();
    message.body = body.SerializeAsString();
    message.sha256 = base::Sha256Hex(message.header.id);
    return message;
  }

  // Hands a message to a node as its inbox would.
  static absl::StatusOr<relay::Reply> ReceiveMessage(passerelle::testing::TestNode& node,
                                                     const relay::Opened& message) {
    for (relay::Handler* handler : node.cases.handlers()) {
      if (handler->Type() != message.header.type) continue;
      ASSIGN_OR_RETURN(const std::string prepared, handler->Prepare(message));
      absl::StatusOr<relay::Reply> reply = absl::UnknownError("");
      const absl::Status status = node.memory.Write([&](base::Transaction& tx) {
        reply = handler->Handle(message, prepared, tx);
        return reply.status();
      });
      return status.ok() ? reply : status;
    }
    return absl::UnknownError("no handler");
  }
  absl::StatusOr<relay::Reply> Receive(passerelle::testing::TestNode& node, const std::string& sender,
                                       const google::protobuf::Message& body) {
    return ReceiveMessage(node, Opened(node, sender, body));
  }

  // An application for the document of NO, as a node submits it.
  v1::RecognitionApplication Application() {
    v1::RecognitionApplication application;
    application.set_case_id(NewId());
    application.set_holder_pseudonym("holder-41");
    application.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    application.mutable_document()->set_content(document_);
    application.mutable_document()->set_sha256(base::Sha256Hex(document_));
    application.set_issuing_node("NO");
    return application;
  }

  // What the authority says of a case that it has received.
  static v1::RecognitionOutcome Outcome(const v1::RecognitionCase& content, v1::CaseState state) {
    v1::RecognitionOutcome outcome;
    outcome.set_case_id(content.id());
    outcome.set_state(state);
    if (state == v1::CASE_STATE_DECIDED) outcome.set_decision(v1::DECISION_KIND_FULL);
    outcome.set_document_sha256(content.document().sha256());
    return outcome;
  }

  static std::vector<std::string> Events(const v1::RecognitionCase& content) {
    std::vector<std::string> events;
    for (const v1::CaseEvent& event : content.events()) events.push_back(event.reason());
    return events;
  }

  passerelle::testing::Network network_;
  std::map<std::string, int>& clocks_ = network_.clocks;
  passerelle::testing::TestNode& norway_ = network_.Node("NO");
  passerelle::testing::TestNode& italy_ = network_.Node("IT");
  passerelle::testing::TestNode& bulgaria_ = network_.Node("BG");
  const std::string document_ = passerelle::testing::NoteDocument();
};

}  // namespace passerelle::recognition
