// BG asks NO for a credential that a holder there has authorised.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/nodes/credentials.h"
#include "tests/unit/core/nodes/network.h"

namespace passerelle::exchange {

class ExchangeFixture : public ::testing::Test {
 protected:
  explicit ExchangeFixture(const passerelle::testing::Keeping& keeping = {}) : network_({}, keeping) {
    norway_.reg.Issue("no-7", passerelle::testing::NoteDocument());
    sharing::v1::Authorisation wished;
    wished.set_receiver("BG");
    wished.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    wished.add_credential_ids("no-7");
    wished.set_uses_allowed(1);
    authorisation_ = Authorise(wished);
  }

  std::string NewId() { return base::NewUuid(network_.random); }

  sharing::v1::Authorisation Authorise(sharing::v1::Authorisation wished) {
    if (!wished.has_valid_until()) {
      *wished.mutable_valid_until() = base::ToProto(network_.clock.Now() + base::kExchangeLifeMax);
    }
    sharing::v1::CreateAuthorisationRequest request;
    request.set_request_id(NewId());
    *request.mutable_authorisation() = wished;
    return norway_.authorisations.Create("holder's portal", request).value();
  }

  v1::CreateExchangeRequest Request() {
    v1::CreateExchangeRequest request;
    request.set_request_id(NewId());
    request.set_peer("NO");
    request.set_authorisation_id(authorisation_.id());
    request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    return request;
  }

  v1::Exchange Get(const std::string& id) { return bulgaria_.exchanges.Get("evaluator", id).value(); }

  // Creates an exchange and lets the network carry it.
  v1::Exchange Ask(const v1::CreateExchangeRequest& request) {
    const std::string id = bulgaria_.exchanges.Create("evaluator", request).value().id();
    network_.Run();
    return Get(id);
  }

  passerelle::testing::Network network_;
  passerelle::testing::TestNode& norway_ = network_.Node("NO");
  passerelle::testing::TestNode& bulgaria_ = network_.Node("BG");
  sharing::v1::Authorisation authorisation_;
};

}  // namespace passerelle::exchange
