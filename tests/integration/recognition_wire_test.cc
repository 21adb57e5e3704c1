// What an automatic check carries between nodes: the test plays the holder's side and the issuing side, and looks at
// every string that the authority's node sends. A name, a date of birth or an identifier of a person is in none.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "core/proof/key.h"
#include "core/relay/envelope.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/unknown_field_set.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "passerelle/authenticity/v1/authenticity.pb.h"
#include "passerelle/recognition/v1/recognition.pb.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"
#include "tests/cli/run_program.h"
#include "tests/integration/federation_fixture.h"
#include "tests/integration/recognition_cases.h"
#include "tests/support/paths.h"

namespace passerelle::gateway {
namespace {

using authenticity::v1::AuthenticityAnswer;
using authenticity::v1::AuthenticityQuestion;
using recognition::v1::RecognitionApplication;
using recognition::v1::RecognitionOutcome;
using relay::v1::Envelope;

constexpr char kPseudonym[] = "pseudonym-of-the-holder-7";

// A message as the other side reads it.
struct Sent {
  std::string type;
  Envelope envelope;
};

// Every string and every run of bytes of a message, at any depth, unknown fields included.
void Collect(const google::protobuf::Message& message, std::vector<std::string>* texts) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        texts->push_back(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                              : reflection.GetString(message, field));
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        Collect(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                     : reflection.GetMessage(message, field),
                texts);
      }
    }
  }
  std::string unknown;
  reflection.GetUnknownFields(message).SerializeToString(&unknown);
  texts->push_back(unknown);
}

std::string TypeOf(const Envelope& envelope) {
  for (const char* type :
       {"passerelle.authenticity.v1.AuthenticityQuestion", "passerelle.recognition.v1.RecognitionOutcome"}) {
    if (absl::StrContains(envelope.protected_header(), type)) return type;
  }
  return "another type";
}

class RecognitionWireTest : public ::testing::Test, public relay::v1::RelayService::Service {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalNode authority;
    authority.id = "BG";
    authority.competent_authority = "Authority of the test";
    authority.country = "BG";
    authority.policies = {
        tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/policies/model-centre.yaml"))};
    LocalNode played;
    played.id = "XX";
    played.competent_authority = "Played by the test";
    played.country = "NO";
    played.played = true;
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    options.nodes = {authority, played};
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    auto key = proof::SigningKey::FromPem(federation_->MessageKeyPem("XX"));
    ASSERT_TRUE(key.ok()) << key.status();
    key_ = std::make_unique<proof::SigningKey>(*std::move(key));
    const std::string endpoint = played_.Serve(federation_->NodeTls("XX"), this);
    ASSERT_TRUE(federation_
                    ->ChangeNodeMap([&](federation::v1::NodeMap& map) {
                      for (federation::v1::Node& node : *map.mutable_nodes()) {
                        if (node.id() == "XX") node.set_endpoint(endpoint);
                      }
                    })
                    .ok());
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }
  void TearDown() override { played_.Stop(); }

  // What arrives is kept, and answered as a node would.
  grpc::Status Deliver(grpc::ServerContext* /*context*/, const relay::v1::DeliverRequest* request,
                       relay::v1::DeliverResponse* response) override {
    const Envelope& envelope = request->envelope();
    const std::string type = TypeOf(envelope);
    const absl::MutexLock lock(&mutex_);
    sent_.push_back({type, envelope});
    if (type == AuthenticityQuestion::descriptor()->full_name()) {
      AuthenticityAnswer answer;
      answer.set_sha256(base::Sha256Hex(document_));
      answer.set_finding(authenticity::v1::REGISTER_FINDING_IN_FORCE);
      answer.mutable_issue_time()->set_seconds(1748599200);
      answer.mutable_register_time()->set_seconds(absl::ToUnixSeconds(absl::Now()));
      *response->mutable_envelope() = Signed(answer, relay::EnvelopeSha256(envelope));
      return grpc::Status::OK;
    }
    RecognitionOutcome outcome;
    outcome.ParseFromString(envelope.body());
    relay::v1::Receipt receipt;
    receipt.set_request_sha256(relay::EnvelopeSha256(envelope));
    receipt.mutable_recorded_at()->set_seconds(absl::ToUnixSeconds(absl::Now()));
    receipt.set_resource(outcome.case_id());
    *response->mutable_envelope() = Signed(receipt, relay::EnvelopeSha256(envelope));
    return grpc::Status::OK;
  }

  // A message of XX to BG; `request` is the digest of what it answers.
  Envelope Signed(const google::protobuf::Message& body, const std::string& request) {
    const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()));
    relay::Header header;
    header.id = base::NewUuid(random_);
    header.sender = "XX";
    header.audience = "BG";
    header.issued_at = now;
    header.expires_at = now + absl::Seconds(60);
    header.type = body.GetTypeName();
    header.request = request;
    auto envelope = relay::Seal(*key_, header, body.SerializeAsString());
    EXPECT_TRUE(envelope.ok()) << envelope.status();
    return *std::move(envelope);
  }

  RecognitionApplication Application() {
    RecognitionApplication application;
    application.set_case_id(base::NewUuid(random_));
    application.set_holder_pseudonym(kPseudonym);
    application.set_purpose(sharing::v1::PURPOSE_FURTHER_LEARNING);
    application.mutable_document()->set_content(document_);
    application.mutable_document()->set_sha256(base::Sha256Hex(document_));
    application.set_issuing_node("XX");
    return application;
  }

  // The messages once `count` of them are there, or after a while.
  std::vector<Sent> WaitForSent(size_t count) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (absl::Now() < end) {
      {
        const absl::MutexLock lock(&mutex_);
        if (sent_.size() >= count) return sent_;
      }
      absl::SleepFor(absl::Milliseconds(20));
    }
    const absl::MutexLock lock(&mutex_);
    return sent_;
  }

  // What names the holder, in the ways in which texts write it.
  std::vector<std::string> Personal() const {
    return {person_.given_name, person_.family_name,        person_.birth_date, "19910417",
            "17.04.1991",       person_.student_identifier, "8812771",          kPseudonym};
  }

  SystemRandom random_;
  const CaseRow row_ = CaseRows()[0];
  const CasePerson person_ = PersonOf(row_);
  const std::string document_ = DocumentOf(row_, absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()));
  std::unique_ptr<LocalFederation> federation_;
  std::unique_ptr<proof::SigningKey> key_;
  PlayedNode played_;
  absl::Mutex mutex_;
  std::vector<Sent> sent_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(RecognitionWireTest, AnAutomaticCheckCarriesNothingOfThePerson) {
  const RecognitionApplication application = Application();
  // The control: all of it is in the document, where this very look finds it.
  std::vector<std::string> texts;
  Collect(application, &texts);
  for (const std::string& personal : {person_.given_name, person_.family_name, person_.birth_date,
                                      person_.student_identifier, std::string(kPseudonym)}) {
    bool found = false;
    for (const std::string& text : texts) found = found || absl::StrContains(text, personal);
    EXPECT_TRUE(found) << personal;
  }

  const auto peer = relay::v1::RelayService::NewStub(federation_->PeerChannel("BG", federation_->NodeTls("XX")));
  relay::v1::DeliverRequest deliver;
  *deliver.mutable_envelope() = Signed(application, "");
  const auto receipt = Call(*peer, &relay::v1::RelayService::Stub::Deliver, deliver);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  const std::vector<Sent> sent = WaitForSent(2);
  ASSERT_GE(sent.size(), 2u);

  int questions = 0;
  int outcomes = 0;
  for (const Sent& message : sent) {
    SCOPED_TRACE(message.type);
    std::vector<std::string> strings = {message.envelope.protected_header()};
    if (message.type == AuthenticityQuestion::descriptor()->full_name()) {
      AuthenticityQuestion question;
      ASSERT_TRUE(question.ParseFromString(message.envelope.body()));
      EXPECT_EQ(question.sha256(), base::Sha256Hex(document_));
      Collect(question, &strings);
      ++questions;
    } else {
      ASSERT_EQ(message.type, RecognitionOutcome::descriptor()->full_name());
      RecognitionOutcome outcome;
      ASSERT_TRUE(outcome.ParseFromString(message.envelope.body()));
      EXPECT_EQ(outcome.case_id(), application.case_id());
      EXPECT_GT(outcome.evaluation().rules_size(), 10) << "the rules were judged, and are in the message";
      Collect(outcome, &strings);
      ++outcomes;
    }
    // No string of the payload, and no byte of the envelope.
    strings.push_back(message.envelope.SerializeAsString());
    for (const std::string& text : strings) {
      for (const std::string& personal : Personal()) {
        EXPECT_FALSE(absl::StrContains(absl::AsciiStrToLower(text), absl::AsciiStrToLower(personal)))
            << personal << " in: " << text;
      }
    }
  }
  EXPECT_GE(questions, 1);
  EXPECT_GE(outcomes, 1);
}

}  // namespace
}  // namespace passerelle::gateway
