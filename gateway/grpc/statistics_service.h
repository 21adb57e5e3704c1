// The service for those who read statistics: published cubes, and nothing else.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "absl/status/status.h"
#include "gateway/grpc/unary_call.h"
#include "gateway/published_cubes.h"
#include "passerelle/statistics/v1/statistics_service.grpc.pb.h"

namespace passerelle::gateway {

// Strangers may call it, so that gRPC hands on their bytes unread.
using RawStatisticsService = statistics::v1::StatisticsService::WithRawCallbackMethod_ListCubes<
    statistics::v1::StatisticsService::WithRawCallbackMethod_GetCube<
        statistics::v1::StatisticsService::WithRawCallbackMethod_GetCubeFile<
            statistics::v1::StatisticsService::Service>>>;

class StatisticsService : public RawStatisticsService {
 public:
  StatisticsService(CallRunner* runner, const PublishedCubes* cubes);

  grpc::ServerUnaryReactor* ListCubes(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetCube(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* GetCubeFile(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

 private:
  absl::Status List(const statistics::v1::ListCubesRequest& request, statistics::v1::ListCubesResponse* response) const;
  absl::Status Get(const statistics::v1::GetCubeRequest& request, statistics::v1::GetCubeResponse* response) const;
  absl::Status GetFile(const statistics::v1::GetCubeFileRequest& request,
                       statistics::v1::GetCubeFileResponse* response) const;

  CallRunner* const runner_;
  const PublishedCubes* const cubes_;
};

}  // namespace passerelle::gateway
