// Emergency access, for the clients that declare, approve and end it.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "gateway/emergency_access.h"
#include "gateway/grpc/unary_call.h"
#include "passerelle/emergency/v1/emergency_access_service.grpc.pb.h"

namespace passerelle::gateway {

class EmergencyService : public emergency::v1::EmergencyAccessService::CallbackService {
 public:
  EmergencyService(CallRunner* runner, EmergencyAccess* access);

  grpc::ServerUnaryReactor* DeclareEmergency(grpc::CallbackServerContext* context,
                                             const emergency::v1::DeclareEmergencyRequest* request,
                                             emergency::v1::DeclareEmergencyResponse* response) override;
  grpc::ServerUnaryReactor* ApproveEmergency(grpc::CallbackServerContext* context,
                                             const emergency::v1::ApproveEmergencyRequest* request,
                                             emergency::v1::ApproveEmergencyResponse* response) override;
  grpc::ServerUnaryReactor* EndEmergency(grpc::CallbackServerContext* context,
                                         const emergency::v1::EndEmergencyRequest* request,
                                         emergency::v1::EndEmergencyResponse* response) override;
  grpc::ServerUnaryReactor* GetEmergency(grpc::CallbackServerContext* context,
                                         const emergency::v1::GetEmergencyRequest* request,
                                         emergency::v1::GetEmergencyResponse* response) override;
  grpc::ServerUnaryReactor* ListEmergencies(grpc::CallbackServerContext* context,
                                            const emergency::v1::ListEmergenciesRequest* request,
                                            emergency::v1::ListEmergenciesResponse* response) override;

 private:
  CallRunner* const runner_;
};

}  // namespace passerelle::gateway
