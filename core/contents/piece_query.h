// The side that hands large contents on: answers ContentQuery.
//
// Thread-safety: thread-safe. Ownership: the authorisations must outlive it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/relay/inbox.h"
#include "core/sharing/authorisations.h"

namespace passerelle::contents {

// The one refusal for everything that is not covered or not there: no place and no detail may tell the reasons apart.
absl::Status NotAvailable();
// That refusal for reasons that another node must not be able to tell apart; others as they are.
absl::Status Hidden(const absl::Status& status);

// Answers ContentQuery with a piece of what was set aside for the same node under the same authorisation, as long as
// that is neither withdrawn nor over.
class ContentQueryHandler : public relay::Handler {
 public:
  explicit ContentQueryHandler(const sharing::Authorisations* authorisations) : authorisations_(authorisations) {}

  std::string Type() const override;
  absl::StatusOr<relay::Reply> Handle(const relay::Opened& message, const std::string& prepared,
                                      base::Transaction& tx) override;

 private:
  const sharing::Authorisations* const authorisations_;
};

}  // namespace passerelle::contents
