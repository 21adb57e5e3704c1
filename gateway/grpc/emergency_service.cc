#include "gateway/grpc/emergency_service.h"

#include <utility>

namespace passerelle::gateway {
namespace {

using emergency::v1::ApproveEmergencyRequest;
using emergency::v1::ApproveEmergencyResponse;
using emergency::v1::DeclareEmergencyRequest;
using emergency::v1::DeclareEmergencyResponse;
using emergency::v1::EndEmergencyRequest;
using emergency::v1::EndEmergencyResponse;
using emergency::v1::GetEmergencyRequest;
using emergency::v1::GetEmergencyResponse;
using emergency::v1::ListEmergenciesRequest;
using emergency::v1::ListEmergenciesResponse;

const char* ServiceName() { return emergency::v1::EmergencyAccessService::service_full_name(); }

// Puts a result into its place in the response.
template <typename Result>
absl::Status Put(absl::StatusOr<Result> result, Result* place) {
  if (!result.ok()) return result.status();
  *place = *std::move(result);
  return absl::OkStatus();
}

}  // namespace

EmergencyService::EmergencyService(CallRunner* runner, EmergencyAccess* access) : RawService(runner) {
  runner->AddUnary<DeclareEmergencyRequest, DeclareEmergencyResponse>(
      ServiceName(), "DeclareEmergency",
      [access](const CallInfo& info, const DeclareEmergencyRequest& in, DeclareEmergencyResponse* out) -> CallOutcome {
        return Put(access->Declare(info.caller, in), out->mutable_access());
      });
  runner->AddUnary<ApproveEmergencyRequest, ApproveEmergencyResponse>(
      ServiceName(), "ApproveEmergency",
      [access](const CallInfo& info, const ApproveEmergencyRequest& in, ApproveEmergencyResponse* out) -> CallOutcome {
        return Put(access->Approve(info.caller, in.id()), out->mutable_access());
      });
  runner->AddUnary<EndEmergencyRequest, EndEmergencyResponse>(
      ServiceName(), "EndEmergency",
      [access](const CallInfo& info, const EndEmergencyRequest& in, EndEmergencyResponse* out) -> CallOutcome {
        return Put(access->End(info.caller, in.id()), out->mutable_access());
      });
  runner->AddUnary<GetEmergencyRequest, GetEmergencyResponse>(
      ServiceName(), "GetEmergency",
      [access](const CallInfo& info, const GetEmergencyRequest& in, GetEmergencyResponse* out) -> CallOutcome {
        return Put(access->Get(info.caller, in), out);
      });
  runner->AddUnary<ListEmergenciesRequest, ListEmergenciesResponse>(
      ServiceName(), "ListEmergencies",
      [access](const CallInfo& info, const ListEmergenciesRequest&, ListEmergenciesResponse* out) -> CallOutcome {
        return Put(access->List(info.caller), out);
      });
}

}  // namespace passerelle::gateway
