#include "gateway/http/connect_protocol.h"

#include <string>

#include "absl/strings/match.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "gateway/grpc/status.h"
#include "gateway/http/gzip.h"
#include "passerelle/sharing/v1/sharing_service.pb.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::IsOkAndHolds;

TEST(ConnectProtocol, KnowsItsContentTypes) {
  struct Case {
    const char* type;
    std::optional<ConnectCodec> codec;
  };
  for (const Case& c : {Case{"application/json", ConnectCodec::kJson},
                        {"application/json; charset=utf-8", ConnectCodec::kJson},
                        {"Application/JSON;charset=\"UTF-8\"", ConnectCodec::kJson},
                        {"application/proto", ConnectCodec::kProto},
                        {"application/json; charset=utf-16", std::nullopt},
                        {"application/json5", std::nullopt},
                        {"application/connect+json", std::nullopt},
                        {"application/grpc", std::nullopt},
                        {"text/plain", std::nullopt},
                        {"", std::nullopt}}) {
    EXPECT_EQ(CodecOf(c.type), c.codec) << c.type;
  }
}

TEST(ConnectProtocol, ReadsTimeouts) {
  EXPECT_THAT(ReadTimeout("0"), IsOkAndHolds(absl::ZeroDuration()));
  EXPECT_THAT(ReadTimeout("9999999999"), IsOkAndHolds(absl::Milliseconds(9999999999)));
  for (const char* text : {"", "-1", "+1", " 1", "1.5", "1s", "12345678901"}) {
    EXPECT_THAT(ReadTimeout(text), HasReasonAt(Reason::kFieldInvalid, "Connect-Timeout-Ms")) << text;
  }
}

TEST(ConnectProtocol, WritesWhatItReads) {
  sharing::v1::CreateAuthorisationRequest request;
  const std::string json =
      R"({"requestId":"r","authorisation":{"purpose":"PURPOSE_EMPLOYMENT","credentialIds":["a"],"usesAllowed":2}})";
  ASSERT_OK(ReadMessage(ConnectCodec::kJson, json, &request));
  EXPECT_EQ(request.authorisation().uses_allowed(), 2u);
  EXPECT_THAT(WriteMessage(ConnectCodec::kJson, request), IsOkAndHolds(json));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, WriteMessage(ConnectCodec::kProto, request));
  sharing::v1::CreateAuthorisationRequest again;
  ASSERT_OK(ReadMessage(ConnectCodec::kProto, bytes, &again));
  EXPECT_EQ(again.SerializeAsString(), request.SerializeAsString());
}

TEST(ConnectProtocol, NamesThePlaceAndNoValue) {
  struct Case {
    const char* json;
    Reason reason;
  };
  for (const Case& c : {Case{R"({"requestId":{"secret":1}})", Reason::kFieldInvalid},
                        {R"({"authorisation":{"usesAllowed":"secret"}})", Reason::kFieldInvalid},
                        {R"({"authorisation":{"purpose":"secret"}})", Reason::kFieldInvalid},
                        {R"({"authorisation":{"validUntil":"secret"}})", Reason::kFieldInvalid},
                        {R"({"authorisation":{"usesAllowed":-1}})", Reason::kFieldInvalid},
                        {R"(["secret"])", Reason::kFieldInvalid},
                        {R"("secret")", Reason::kFieldInvalid},
                        {R"({"requestId":"secret","requestId":"b"})", Reason::kJsonDuplicateMember},
                        {R"({"requestId":"secret)", Reason::kJsonMalformed},
                        {"", Reason::kInputEmpty}}) {
    sharing::v1::CreateAuthorisationRequest request;
    const absl::Status status = ReadMessage(ConnectCodec::kJson, c.json, &request);
    EXPECT_THAT(status, HasReason(c.reason)) << c.json;
    EXPECT_FALSE(absl::StrContains(status.message(), "secret")) << status;
    EXPECT_NE(base::PlaceOf(status) + std::string(status.message()), "") << c.json;
  }
  sharing::v1::CreateAuthorisationRequest request;
  const absl::Status unknown = ReadMessage(ConnectCodec::kJson, R"({"authorisation":{"receiverr":"x"}})", &request);
  EXPECT_TRUE(absl::StrContains(base::PlaceOf(unknown), "receiverr")) << unknown;
  EXPECT_EQ(base::DetailOf(unknown), "there is no such field");
  EXPECT_THAT(ReadMessage(ConnectCodec::kProto, "\xff\xff", &request), HasReasonAt(Reason::kFieldInvalid, "body"));
  EXPECT_THAT(ReadMessage(ConnectCodec::kJson, std::string(kJsonBodyBytesMax + 1, ' '), &request),
              HasReasonAt(Reason::kInputTooLarge, "body"));
}

TEST(ConnectProtocol, SaysWhatGrpcSays) {
  const ConnectError error = ErrorOf(ToGrpc(Problem(Reason::kFieldInvalid, "authorisation.receiver", "it is odd")));
  EXPECT_EQ(error.http_status, 400);
  EXPECT_TRUE(absl::StartsWith(
      error.json, R"({"code":"invalid_argument","message":"it is odd","details":[{"type":"google.rpc.ErrorInfo",)"))
      << error.json;
  EXPECT_TRUE(absl::StrContains(error.json, R"("reason":"FIELD_INVALID")")) << error.json;
  EXPECT_TRUE(absl::StrContains(error.json, R"("place":"authorisation.receiver")")) << error.json;
  EXPECT_TRUE(absl::StrContains(error.json, R"("type":"google.rpc.BadRequest")")) << error.json;
  EXPECT_FALSE(absl::StrContains(error.json, "=\"")) << "values are base64 without padding";
  EXPECT_OK(base::JsonDocument::Parse(ErrorOf(ToGrpc(Problem(Reason::kFieldInvalid, "\xF4", "\xF4"))).json));
  EXPECT_EQ(ErrorOf(grpc::Status(grpc::StatusCode::UNAVAILABLE, "")).http_status, 503);
  EXPECT_EQ(ErrorOf(grpc::Status(grpc::StatusCode::DO_NOT_USE, "")).http_status, 500);
}

TEST(Gzip, IsSentToThoseWhoAcceptIt) {
  for (const char* header : {"gzip", "br, gzip", "deflate;q=0.5, GZip ; q=0.1", "gzip;q=1"}) {
    EXPECT_TRUE(AcceptsGzip(header)) << header;
  }
  for (const char* header :
       {"", "identity", "gzip;q=0", "br, gzip; q=0.000", "gzip;q=", "gzip;level=9", "xgzip", "*"}) {
    EXPECT_FALSE(AcceptsGzip(header)) << header;
  }
}

TEST(Gzip, UnpacksUpToTheLimitAndNoFurther) {
  const std::string text(200000, 'a');
  const std::string packed = Gzip(text);
  EXPECT_LT(packed.size(), 2000u);
  EXPECT_THAT(Gunzip(packed, text.size()), IsOkAndHolds(text));
  EXPECT_THAT(Gunzip(packed, text.size() - 1).status(), HasReason(Reason::kCompressedTooLarge));
  EXPECT_THAT(Gunzip(Gzip(""), 0), IsOkAndHolds(""));
  for (const std::string& broken :
       {std::string(), std::string("no gzip"), packed.substr(0, packed.size() - 1), packed + "x", packed + packed}) {
    EXPECT_THAT(Gunzip(broken, 1 << 20).status(), HasReason(Reason::kCompressedBroken)) << broken.size();
  }
}

}  // namespace
}  // namespace passerelle::gateway
