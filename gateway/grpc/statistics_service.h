// The service for those who read statistics: published cubes, and nothing else.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "absl/status/status.h"
#include "gateway/grpc/raw_service.h"
#include "gateway/statistics/published_cubes.h"
#include "passerelle/statistics/v1/statistics_service.grpc.pb.h"

namespace passerelle::gateway {

class StatisticsService : public RawService<statistics::v1::StatisticsService> {
 public:
  StatisticsService(CallRunner* runner, const PublishedCubes* cubes);

 private:
  absl::Status List(const statistics::v1::ListCubesRequest& request, statistics::v1::ListCubesResponse* response) const;
  absl::Status Get(const statistics::v1::GetCubeRequest& request, statistics::v1::GetCubeResponse* response) const;
  absl::Status GetFile(const statistics::v1::GetCubeFileRequest& request,
                       statistics::v1::GetCubeFileResponse* response) const;

  const PublishedCubes* const cubes_;
};

}  // namespace passerelle::gateway
