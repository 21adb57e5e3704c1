// What strangers may send to a service for clients, over a real server.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/base/problem.h"
#include "gateway/grpc/ports.h"
#include "gateway/grpc/raw_service.h"
#include "gateway/grpc/status.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/system/system_clock.h"
#include "gtest/gtest.h"
#include "passerelle/exchange/v1/exchange_service.grpc.pb.h"
#include "passerelle/relay/v1/relay_service.grpc.pb.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using relay::v1::DeliverRequest;
using relay::v1::DeliverResponse;
using relay::v1::RelayService;
using ExchangeApi = exchange::v1::ExchangeService;

// Answers with what it gets.
class RawEchoService : public RawService<RelayService> {
 public:
  explicit RawEchoService(CallRunner* runner) : RawService(runner) {
    runner->AddUnary<DeliverRequest, DeliverResponse>(
        RelayService::service_full_name(), "Deliver",
        [this](const CallInfo&, const DeliverRequest& in, DeliverResponse* out) -> CallOutcome {
          ++works_;
          *out->mutable_envelope() = in.envelope();
          return absl::OkStatus();
        });
  }
  int works() const { return works_; }

 private:
  std::atomic<int> works_ = 0;
};

// Has work for two of its methods, which are neither the first nor the last of the .proto.
class PartService : public RawService<ExchangeApi> {
 public:
  explicit PartService(CallRunner* runner) : RawService(runner) {
    runner->AddUnary<exchange::v1::ReadContentRequest, exchange::v1::ReadContentResponse>(
        ExchangeApi::service_full_name(), "ReadContent",
        [](const CallInfo&, const exchange::v1::ReadContentRequest& in,
           exchange::v1::ReadContentResponse* out) -> CallOutcome {
          out->set_data("of " + in.id());
          return absl::OkStatus();
        });
    runner->AddUnary<exchange::v1::GetExchangeRequest, exchange::v1::GetExchangeResponse>(
        ExchangeApi::service_full_name(), "GetExchange",
        [](const CallInfo&, const exchange::v1::GetExchangeRequest& in,
           exchange::v1::GetExchangeResponse* out) -> CallOutcome {
          out->mutable_exchange()->set_id(in.id());
          return absl::OkStatus();
        });
  }
};

std::string RequestOf(size_t body_bytes) {
  DeliverRequest request;
  request.mutable_envelope()->set_body(std::string(body_bytes, 'b'));
  return request.SerializeAsString();
}

class RawCallTest : public ::testing::Test {
 protected:
  RawCallTest()
      : log_(std::tmpfile()),
        runner_({.pool = &pool_,
                 .metrics = &metrics_,
                 .log = &log_,
                 .clock = &clock_,
                 .call_limit = absl::Minutes(5),
                 .authorise = [](const CallerCredentials& caller, absl::string_view) -> absl::StatusOr<std::string> {
                   if (caller.authorization == std::vector<std::string>{"unknown"}) {
                     return base::Problem(Reason::kClientUnknown, "certificate");
                   }
                   return caller.authorization.empty() ? std::string(kAnybody) : caller.authorization[0];
                 }}),
        service_(&runner_),
        part_(&runner_) {}
  void SetUp() override {
    auto listening = StartServer("127.0.0.1:0", grpc::InsecureServerCredentials(), {&service_, &part_});
    ASSERT_TRUE(listening.ok()) << listening.status();
    listening_ = *std::move(listening);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", listening_.port), grpc::InsecureChannelCredentials());
  }
  void TearDown() override {
    runner_.Stop();
    if (listening_.server != nullptr) listening_.server->Shutdown();
    pool_.Drain();
  }

  // A client's name makes its call; nobody's is a stranger's.
  grpc::Status Send(const std::string& bytes, const std::string& client, DeliverResponse* answer = nullptr,
                    grpc_compression_algorithm packed = GRPC_COMPRESS_NONE) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    context.set_compression_algorithm(packed);
    if (!client.empty()) context.AddMetadata("authorization", client);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::Status status;
    absl::Notification ended;
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel_);
    stub.UnaryCall(&context, absl::StrCat("/", RelayService::service_full_name(), "/Deliver"), grpc::StubOptions(),
                   &request, &response, [&](const grpc::Status& told) {
                     status = told;
                     ended.Notify();
                   });
    ended.WaitForNotification();
    grpc::Slice whole;
    if (status.ok() && answer != nullptr && response.DumpToSingleSlice(&whole).ok()) {
      EXPECT_TRUE(answer->ParseFromArray(whole.begin(), static_cast<int>(whole.size())));
    }
    return status;
  }

  SystemClock clock_;
  Log log_;
  Metrics metrics_;
  WorkerPool pool_{2, 100};
  CallRunner runner_;
  RawEchoService service_;
  PartService part_;
  ListeningServer listening_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(RawCallTest, AStrangersLongRequestIsRefusedUnread) {
  // Bytes that are no message at all, so that reading them would be told by another reason.
  const absl::Status refused = FromPeer(Send(std::string(1u << 20, '\xff'), ""));
  EXPECT_EQ(base::ReasonOf(refused), Reason::kInputTooLarge) << refused;
  EXPECT_EQ(base::PlaceOf(refused), "request");
  EXPECT_EQ(service_.works(), 0);
}

TEST_F(RawCallTest, NothingOfAnUnknownCallerIsRead) {
  for (const size_t bytes : {size_t{2}, size_t{1u << 20}}) {
    const absl::Status refused = FromPeer(Send(std::string(bytes, '\xff'), "unknown"));
    EXPECT_EQ(base::ReasonOf(refused), Reason::kClientUnknown) << refused;
  }
  EXPECT_EQ(service_.works(), 0);
}

TEST_F(RawCallTest, EveryMethodHasItsOwnWorkOrNone) {
  const auto stub = ExchangeApi::NewStub(channel_);
  const auto call = [](auto method) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return method(&context);
  };
  exchange::v1::GetExchangeRequest get;
  get.set_id("x");
  exchange::v1::GetExchangeResponse got;
  EXPECT_TRUE(call([&](auto* context) { return stub->GetExchange(context, get, &got); }).ok());
  EXPECT_EQ(got.exchange().id(), "x");
  exchange::v1::ReadContentRequest read;
  read.set_id("y");
  exchange::v1::ReadContentResponse content;
  EXPECT_TRUE(call([&](auto* context) { return stub->ReadContent(context, read, &content); }).ok());
  EXPECT_EQ(content.data(), "of y");
  exchange::v1::WaitExchangeResponse none;
  EXPECT_EQ(call([&](auto* context) { return stub->WaitExchange(context, {}, &none); }).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(RawCallTest, AShortRequestAndAClientsLongOneAreAnswered) {
  DeliverResponse answer;
  grpc::Status status = Send(RequestOf(kRequestBytesOfAnybodyMax - 100), "", &answer);
  EXPECT_TRUE(status.ok()) << FromPeer(status);
  EXPECT_EQ(answer.envelope().body().size(), kRequestBytesOfAnybodyMax - 100);
  status = Send(RequestOf(1u << 20), "portal", &answer);
  EXPECT_TRUE(status.ok()) << FromPeer(status);
  EXPECT_EQ(answer.envelope().body().size(), 1u << 20);
  status = Send("", "", &answer);
  EXPECT_TRUE(status.ok()) << FromPeer(status);
  EXPECT_EQ(service_.works(), 3);
}

TEST_F(RawCallTest, BytesThatAreNoMessageAreNotWorkedOn) {
  const absl::Status refused = FromPeer(Send("\xff\xff", "portal"));
  EXPECT_EQ(base::ReasonOf(refused), Reason::kFieldInvalid) << refused;
  EXPECT_EQ(base::PlaceOf(refused), "request");
  EXPECT_EQ(service_.works(), 0);
}

// 64 KiB can unpack to 64 MiB.
TEST_F(RawCallTest, PackedMessagesAreRefused) {
  for (const grpc_compression_algorithm packed : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    for (const char* client : {"", "portal"}) {
      EXPECT_EQ(Send(RequestOf(1u << 20), client, nullptr, packed).error_code(), grpc::StatusCode::UNIMPLEMENTED)
          << packed << client;
    }
  }
  EXPECT_EQ(service_.works(), 0);
}

}  // namespace
}  // namespace passerelle::gateway
