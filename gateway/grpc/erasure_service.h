// The service for erasure.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include <functional>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/erasure/erasures.h"
#include "gateway/grpc/raw_service.h"
#include "passerelle/erasure/v1/erasure_service.grpc.pb.h"

namespace passerelle::gateway {

class ErasureService : public RawService<erasure::v1::ErasureService> {
 public:
  using Roles = std::function<std::vector<recognition::v1::CaseActor>(absl::string_view client)>;
  // `erased` is called after something was erased and others were asked, so that both go on without delay.
  ErasureService(CallRunner* runner, erasure::Erasures* erasures, Roles roles, std::function<void()> erased);

 private:
  erasure::Erasures* const erasures_;
  const Roles roles_;
  const std::function<void()> erased_;
};

}  // namespace passerelle::gateway
