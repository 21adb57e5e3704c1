// Emergency access, for the clients that declare, approve and end it.
//
// Thread-safety: thread-safe. Ownership: owns nothing of what it is given.
#pragma once

#include "gateway/clients/emergency_access.h"
#include "gateway/grpc/raw_service.h"
#include "passerelle/emergency/v1/emergency_access_service.grpc.pb.h"

namespace passerelle::gateway {

class EmergencyService : public RawService<emergency::v1::EmergencyAccessService> {
 public:
  EmergencyService(CallRunner* runner, EmergencyAccess* access);
};

}  // namespace passerelle::gateway
