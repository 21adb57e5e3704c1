#include "gateway/grpc/status.h"

#include <string>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using base::ReasonOf;

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  return details;
}

template <typename T>
int Count(const google::rpc::Status& details) {
  int count = 0;
  for (const auto& any : details.details()) count += any.Is<T>() ? 1 : 0;
  return count;
}

class EveryReason : public ::testing::TestWithParam<int> {};

TEST_P(EveryReason, TravelsThereAndBack) {
  const auto reason = static_cast<Reason>(GetParam());
  const base::CatalogueEntry& entry = base::Catalogue(reason);
  const absl::Status problem = Problem(reason, "field.path", "what is wrong");
  const grpc::Status wire = ToGrpc(problem);
  EXPECT_EQ(static_cast<int>(wire.error_code()), static_cast<int>(problem.code()));
  const google::rpc::Status details = Details(wire);
  EXPECT_EQ(Count<google::rpc::ErrorInfo>(details), 1);
  EXPECT_EQ(Count<google::rpc::RetryInfo>(details), entry.retryable ? 1 : 0);
  const absl::Status back = FromPeer(wire);
  EXPECT_EQ(ReasonOf(back), reason);
  EXPECT_EQ(base::PlaceOf(back), "field.path");
  EXPECT_EQ(base::DetailOf(back), "what is wrong");
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryReason, ::testing::Range(0, base::ReasonCount()));

TEST(ToGrpc, NamesTheFieldOfAFieldProblem) {
  const google::rpc::Status details = Details(ToGrpc(Problem(Reason::kFieldMissing, "peer")));
  ASSERT_EQ(Count<google::rpc::BadRequest>(details), 1);
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "peer");
}

TEST(ToGrpc, KeepsTheTextOfAnUncataloguedStatusInside) {
  const grpc::Status wire = ToGrpc(absl::NotFoundError("row 17 of table holder"));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(wire.error_message(), ::testing::Not(::testing::HasSubstr("17")));
}

TEST(ToGrpc, WritesUtf8WhateverADocumentSays) {
  const grpc::Status wire = ToGrpc(Problem(Reason::kFieldInvalid, "a\xF4", "dipl\xF4me"));
  EXPECT_EQ(wire.error_message(), "dipl\uFFFDme");
  EXPECT_EQ(Details(wire).message(), "dipl\uFFFDme");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(Details(wire).details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "a\uFFFD");
}

TEST(FromPeer, TellsWhatGrpcItselfSaysFromWhatANodeSays) {
  EXPECT_TRUE(FromPeer(grpc::Status::OK).ok());
  EXPECT_EQ(ReasonOf(FromPeer({grpc::StatusCode::UNAVAILABLE, "connection refused"})), Reason::kPeerUnreachable);
  EXPECT_EQ(ReasonOf(FromPeer({grpc::StatusCode::DEADLINE_EXCEEDED, ""})), Reason::kPeerTimeout);
  EXPECT_EQ(ReasonOf(FromPeer({grpc::StatusCode::UNIMPLEMENTED, ""})), Reason::kPeerAnswerInvalid);
  EXPECT_EQ(ReasonOf(FromPeer({grpc::StatusCode::INTERNAL, "", "\xff\xff not a message"})), Reason::kPeerAnswerInvalid);
}

grpc::Status Stated(const std::string& domain, const std::string& reason, const std::string& place,
                    const std::string& message) {
  google::rpc::ErrorInfo info;
  info.set_domain(domain);
  info.set_reason(reason);
  (*info.mutable_metadata())["place"] = place;
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  return {grpc::StatusCode::PERMISSION_DENIED, message, details.SerializeAsString()};
}

TEST(FromPeer, TakesNoReasonOfAnotherDomainOrCatalogue) {
  EXPECT_EQ(ReasonOf(FromPeer(Stated("example.org", "PEER_REVOKED", "", ""))), Reason::kPeerAnswerInvalid);
  EXPECT_EQ(ReasonOf(FromPeer(Stated("passerelle.eu", "MADE_UP", "", ""))), Reason::kPeerAnswerInvalid);
}

TEST(FromPeer, TamesWhatANodeWrites) {
  const absl::Status status = FromPeer(Stated("passerelle.eu", "PEER_REVOKED", "a\nb", std::string(1 << 20, 'x')));
  EXPECT_EQ(ReasonOf(status), Reason::kPeerRevoked);
  EXPECT_EQ(base::PlaceOf(status), "a?b");
  EXPECT_LE(base::DetailOf(status).size(), base::kRefusalTextBytesMax);
}

}  // namespace
}  // namespace passerelle::gateway
