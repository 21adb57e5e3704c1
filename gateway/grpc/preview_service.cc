#include "gateway/grpc/preview_service.h"

#include <any>
#include <memory>
#include <optional>

#include "core/base/status_macros.h"
#include "core/sharing/authorisation_query.h"
#include "gateway/grpc/node_answer.h"

namespace passerelle::gateway {

RequestService::RequestService(CallRunner* runner, const relay::Outbox* outbox) : RawService(runner), outbox_(outbox) {
  runner->AddUnary<sharing::v1::RequestAuthorisationRequest, sharing::v1::RequestAuthorisationResponse>(
      sharing::v1::RequestService::service_full_name(), "RequestAuthorisation",
      [this](const CallInfo& info, const sharing::v1::RequestAuthorisationRequest& in,
             sharing::v1::RequestAuthorisationResponse* out) { return Ask(info, in, out); });
}

CallOutcome RequestService::Ask(const CallInfo& info, const sharing::v1::RequestAuthorisationRequest& request,
                                sharing::v1::RequestAuthorisationResponse* response) const {
  if (!info.kept->has_value()) {
    const auto asked = std::make_shared<NodeAnswer>();
    *info.kept = asked;
    RETURN_IF_ERROR(sharing::AskForAuthorisation(*outbox_, request, info.now, NodeAnswer::Taker(asked, info.pause)));
    info.pause->ExpectNews();
  }
  const absl::StatusOr<relay::Answer>* const answer = (*std::any_cast<std::shared_ptr<NodeAnswer>>(info.kept))->Get();
  if (answer == nullptr) return std::nullopt;
  ASSIGN_OR_RETURN(*response->mutable_requested(), sharing::ReadRequested(*answer));
  return absl::OkStatus();
}

PreviewService::PreviewService(CallRunner* runner, sharing::Previews* previews) : RawService(runner) {
  runner->AddUnary<sharing::v1::PreviewAuthorisationRequest, sharing::v1::PreviewAuthorisationResponse>(
      sharing::v1::PreviewService::service_full_name(), "PreviewAuthorisation",
      [previews](const CallInfo& info, const sharing::v1::PreviewAuthorisationRequest& in,
                 sharing::v1::PreviewAuthorisationResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(*out, previews->Preview(info.caller, in));
        return absl::OkStatus();
      });
  runner->AddUnary<sharing::v1::DecideAuthorisationRequest, sharing::v1::DecideAuthorisationResponse>(
      sharing::v1::PreviewService::service_full_name(), "DecideAuthorisation",
      [previews](const CallInfo& info, const sharing::v1::DecideAuthorisationRequest& in,
                 sharing::v1::DecideAuthorisationResponse* out) -> absl::Status {
        ASSIGN_OR_RETURN(*out, previews->Decide(info.caller, in));
        return absl::OkStatus();
      });
}

}  // namespace passerelle::gateway
