// A federation that keeps evidence, with periods of retention, in which a holder's client asks for erasure.
#pragma once

#include <string>
#include <vector>

#include "core/erasure/erasures.h"
#include "core/erasure/retention_clock.h"
#include "tests/unit/core/recognition/case_steps_fixture.h"

namespace passerelle::erasure {

inline constexpr int kArchiveDays = 200;
inline constexpr int kShortDays = 20;

inline Rules TestRules() {
  Rules rules;
  const auto add = [&](v1::RetentionClass retention_class, uint32_t days) {
    rules.emplace_back().set_retention_class(retention_class);
    rules.back().set_days(days);
  };
  add(v1::RETENTION_CLASS_UNDECIDED_CASE, kShortDays);
  add(v1::RETENTION_CLASS_DECIDED_CASE, kArchiveDays);
  rules.back().set_ground("Archives Act, section 9");
  add(v1::RETENTION_CLASS_AUTHORISATION, kShortDays);
  add(v1::RETENTION_CLASS_EXCHANGE, kShortDays);
  add(v1::RETENTION_CLASS_INQUIRY, kShortDays);
  add(v1::RETENTION_CLASS_MESSAGE, kShortDays);
  return rules;
}

class ErasureFixture : public recognition::CaseStepsTest {
 protected:
  explicit ErasureFixture(uint32_t piece_bytes = base::kPieceBytes)
      : CaseStepsTest({.evidence = true, .piece_bytes = piece_bytes, .rules = TestRules()}) {}

  v1::CreateErasureRequest Wish(v1::SubjectKind kind, const std::string& id) {
    v1::CreateErasureRequest request;
    request.set_request_id(NewId());
    request.mutable_subject()->set_kind(kind);
    request.mutable_subject()->set_id(id);
    return request;
  }

  // Asks for erasure as the client that submitted or recorded it, and returns what all nodes have answered in the end.
  v1::Erasure Erase(passerelle::testing::TestNode& node, const std::string& client, v1::SubjectKind kind,
                    const std::string& id) {
    const auto created = node.erasures.Create(client, {}, Wish(kind, id));
    EXPECT_OK(created.status());
    if (!created.ok()) return {};
    network_.Run();
    return node.erasures.Get(client, created->id()).value();
  }

  // "IT ERASED case messages; BG RETAINED case(APPEAL_OPEN 2030-02-01) ..."
  static std::string Words(const v1::Erasure& erasure) {
    std::string words;
    for (const v1::NodeErasure& node : erasure.nodes()) {
      words += (words.empty() ? "" : "; ") + node.node() + " " + Word(node.outcome());
      if (!node.reason().empty()) words += " " + node.reason();
      for (const v1::ErasureItem& item : node.items()) {
        words += " " + item.what();
        if (item.outcome() == node.outcome() && item.reason().empty()) continue;
        std::string why = Word(item.outcome());
        if (item.outcome() == v1::ERASURE_OUTCOME_RETAINED) {
          EXPECT_EQ(item.reason(), "RETAINED");
          EXPECT_NE(item.authority(), "");
          why = v1::RetentionGround_Name(item.ground()).substr(std::string("RETENTION_GROUND_").size());
          if (!item.until().empty()) why += " " + item.until();
        }
        words += "(" + why + ")";
      }
    }
    return words;
  }

  static std::string Word(v1::ErasureOutcome outcome) {
    return v1::ErasureOutcome_Name(outcome).substr(std::string("ERASURE_OUTCOME_").size());
  }

  recognition::v1::TakeStepRequest OfHolder(const std::string& id, recognition::v1::CaseStep step) {
    recognition::v1::TakeStepRequest request;
    request.set_request_id(NewId());
    request.set_id(id);
    request.mutable_action()->set_step(step);
    request.mutable_action()->set_reason("the holder says so");
    request.mutable_action()->set_revision(Applicants(id).outcome().revision());
    return request;
  }

  std::string Withdrawn() {
    const std::string id = Open();
    EXPECT_OK(italy_.cases.Take("portal", {}, OfHolder(id, recognition::v1::CASE_STEP_WITHDRAW)).status());
    network_.Run();
    EXPECT_EQ(Authoritys(id).state(), recognition::v1::CASE_STATE_WITHDRAWN);
    return id;
  }

  // An authorisation of the holder in NO for BG.
  std::string Authorise() {
    sharing::v1::CreateAuthorisationRequest grant;
    grant.set_request_id(NewId());
    sharing::v1::Authorisation* const wished = grant.mutable_authorisation();
    wished->set_holder_pseudonym("holder-41");
    wished->set_receiver("BG");
    wished->set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    wished->add_credential_ids("no-7");
    wished->set_uses_allowed(3);
    *wished->mutable_valid_until() = base::ToProto(network_.clock.Now() + absl::Hours(24));
    return norway_.authorisations.Create("holder's portal", grant).value().id();
  }

  // An exchange under it that nobody has answered yet.
  std::string Ask(const std::string& authorisation) {
    exchange::v1::CreateExchangeRequest request;
    request.set_request_id(NewId());
    request.set_peer("NO");
    request.set_authorisation_id(authorisation);
    request.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
    return bulgaria_.exchanges.Create("evaluator", request).value().id();
  }

  // Both, and it has delivered.
  struct Exchanged {
    std::string authorisation;
    std::string exchange;
  };
  Exchanged Exchange() {
    const std::string authorisation = Authorise();
    const std::string id = Ask(authorisation);
    network_.Run();
    EXPECT_EQ(bulgaria_.exchanges.Get("evaluator", id)->state(), exchange::v1::EXCHANGE_STATE_DELIVERED);
    return {authorisation, id};
  }

  // Turns of all clocks until nothing is erased any more. Returns how much was.
  int TurnClocks() {
    int erased = 0;
    for (auto* node : {&norway_, &italy_, &bulgaria_}) {
      for (int turn = 0; turn < 3; ++turn) {
        const auto more = node->retention_clock.TakeTurn();
        EXPECT_OK(more.status());
        erased += more.value_or(0);
      }
    }
    return erased;
  }

  void ExpectLogsVerify() {
    for (auto* node : {&norway_, &italy_, &bulgaria_}) EXPECT_OK(node->VerifyLog(network_)) << node->id;
  }
};

}  // namespace passerelle::erasure
