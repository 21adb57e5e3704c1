// BG asks NO for an authorisation that Solveig Fjordheim is to give, and the portal of NO shows it to her.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/sharing/authorisation_query.h"
#include "core/sharing/previews.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"
#include "tests/unit/core/nodes/network.h"

namespace passerelle::sharing {

inline constexpr char kFamilyName[] = "Fjordheim";
inline constexpr char kHolder[] = "person-41";
inline constexpr char kPortal[] = "portal";

class PreviewFixture : public ::testing::Test {
 protected:
  explicit PreviewFixture(const passerelle::testing::Keeping& keeping = {}) : network_({}, keeping) {
    for (const char* id : {"no-7", "no-8"}) {
      norway_.reg.Issue(id, passerelle::testing::NoteDocument(), kHolder);
    }
    norway_.reg.Issue("no-9", passerelle::testing::NoteDocument(), "person-42");
  }

  std::string NewId() { return base::NewUuid(network_.random); }

  static v1::HolderIdentity Solveig() {
    v1::HolderIdentity identity;
    identity.set_family_name(kFamilyName);
    identity.set_given_name("Solveig Åse");
    identity.set_date_of_birth("1998-04-23");
    v1::HolderIdentifier* const identifier = identity.add_identifiers();
    identifier->set_scheme("esi");
    identifier->set_value("urn:schac:personalUniqueCode:int:esi:no:41");
    return identity;
  }

  v1::AuthorisationQuery Query() {
    v1::AuthorisationQuery query;
    query.set_request_id(NewId());
    query.set_purpose(v1::PURPOSE_RECOGNITION);
    query.mutable_receiver_statement()->set_country("BG");
    query.mutable_receiver_statement()->set_service("Recognition of a diploma");
    *query.mutable_holder() = Solveig();
    query.set_preview_required(true);
    query.set_return_address("https://office.example/back?session=4711");
    return query;
  }

  // BG's client asks NO.
  absl::StatusOr<v1::RequestedAuthorisation> Ask(const v1::AuthorisationQuery& query) {
    v1::RequestAuthorisationRequest request;
    request.set_peer("NO");
    *request.mutable_query() = query;
    absl::StatusOr<v1::RequestedAuthorisation> requested;
    RETURN_IF_ERROR(
        AskForAuthorisation(bulgaria_.outbox(), request, network_.clock.Now(),
                            [&](const absl::StatusOr<relay::Answer>& answer) { requested = ReadRequested(answer); }));
    return requested;
  }

  static std::string TokenOf(const v1::RequestedAuthorisation& requested) {
    return requested.preview_location().substr(requested.preview_location().find('=') + 1);
  }

  static v1::PreviewAuthorisationRequest PreviewOf(const v1::RequestedAuthorisation& requested) {
    v1::PreviewAuthorisationRequest request;
    request.set_token(TokenOf(requested));
    *request.mutable_holder() = Solveig();
    request.set_assurance_level("substantial");
    request.set_holder_reference(kHolder);
    return request;
  }

  v1::DecideAuthorisationRequest Approval(const v1::RequestedAuthorisation& requested) {
    v1::DecideAuthorisationRequest request;
    request.set_request_id(NewId());
    request.set_token(TokenOf(requested));
    v1::Authorisation& wished = *request.mutable_authorisation();
    wished.add_credential_ids("no-7");
    *wished.mutable_valid_until() = base::ToProto(network_.clock.Now() + absl::Hours(1));
    wished.set_uses_allowed(1);
    wished.mutable_approval()->set_method("confirmed after log-in");
    wished.mutable_approval()->set_preview(v1::PREVIEW_DONE);
    return request;
  }

  v1::DecideAuthorisationRequest Refusal(const v1::RequestedAuthorisation& requested) {
    v1::DecideAuthorisationRequest request;
    request.set_request_id(NewId());
    request.set_token(TokenOf(requested));
    request.set_declined(true);
    return request;
  }

  // What comes of an exchange that BG starts under the authorisation.
  exchange::v1::Exchange Fetch(const std::string& authorisation_id) {
    exchange::v1::CreateExchangeRequest request;
    request.set_request_id(NewId());
    request.set_peer("NO");
    request.set_authorisation_id(authorisation_id);
    request.set_purpose(v1::PURPOSE_RECOGNITION);
    const std::string id = bulgaria_.exchanges.Create("evaluator", request).value().id();
    network_.Run();
    return bulgaria_.exchanges.Get("evaluator", id).value();
  }

  passerelle::testing::Network network_;
  passerelle::testing::TestNode& norway_ = network_.Node("NO");
  passerelle::testing::TestNode& bulgaria_ = network_.Node("BG");
};

}  // namespace passerelle::sharing
