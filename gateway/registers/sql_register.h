// The register in a database: what the rows of a view say, checked before it is believed.
//
// Thread-safety: thread-safe. Ownership: owns its view.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/port/clock.h"
#include "core/registers/register.h"
#include "gateway/registers/register_view.h"

namespace passerelle::gateway {

// kConfigInvalid unless it is a name, or a schema and a name: letters, digits and underscores, so that it can stand in
// a statement as it is.
absl::Status CheckViewName(absl::string_view view);

class SqlRegister : public registers::Register {
 public:
  SqlRegister(std::unique_ptr<RegisterView> view, const base::Clock* clock) : view_(std::move(view)), clock_(clock) {}

  // A row that contradicts itself, such as a digest that is not the document's, is kRegisterUnavailable.
  absl::StatusOr<registers::v1::RegisterEntry> LookUpCredential(absl::string_view credential_id) override;
  absl::StatusOr<authenticity::v1::AuthenticityAnswer> ConfirmDigest(absl::string_view sha256) override;
  // In the order of ids.
  absl::StatusOr<std::vector<registers::v1::RegisterEntry>> ListHolderCredentials(absl::string_view holder_reference,
                                                                                  absl::string_view after,
                                                                                  int limit) override;

 private:
  const std::unique_ptr<RegisterView> view_;
  const base::Clock* const clock_;
};

}  // namespace passerelle::gateway
