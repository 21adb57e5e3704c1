// The register behind a service of the national system: passerelle.registers.v1.RegisterService, over TLS 1.3 with
// certificates on both sides. What it answers is checked as a stranger's.
//
// Thread-safety: thread-safe. Ownership: owns its channel. Cost: a question is one call; a list asks for pages until it
// has what is wanted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/registers/register.h"
#include "passerelle/config/v1/node_config.pb.h"
#include "passerelle/registers/v1/register_service.grpc.pb.h"

namespace passerelle::gateway {

class GrpcRegister : public registers::Register {
 public:
  // A question is given up after `limit`.
  GrpcRegister(const config::v1::GrpcRegister& config, absl::Duration limit);
  // Over a channel that is there, for tests.
  GrpcRegister(std::unique_ptr<registers::v1::RegisterService::StubInterface> stub, absl::Duration limit);

  // The service's NOT_FOUND is kResourceNotFound; anything else that is no answer is kRegisterUnavailable.
  absl::StatusOr<registers::v1::RegisterEntry> LookUpCredential(absl::string_view credential_id) override;
  absl::StatusOr<std::string> ReadDocument(absl::string_view credential_id, uint64_t offset, uint32_t limit) override;
  absl::StatusOr<authenticity::v1::AuthenticityAnswer> ConfirmDigest(absl::string_view sha256) override;
  absl::StatusOr<std::vector<registers::v1::RegisterEntry>> ListHolderCredentials(absl::string_view holder_reference,
                                                                                  absl::string_view after,
                                                                                  int limit) override;

 private:
  const std::unique_ptr<registers::v1::RegisterService::StubInterface> stub_;
  const absl::Duration limit_;
};

}  // namespace passerelle::gateway
