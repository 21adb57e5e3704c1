// Recognition cases between four node processes: each is both an authority and a holder's side, and what people
// do they do as clients of the authority's node.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "core/base/digest.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/proof/public_key.h"
#include "core/recognition/clocks.h"
#include "core/recognition/decisions.h"
#include "core/recognition/transitions.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/node_client.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/integration/recognition_cases.h"
#include "tests/support/paths.h"
#include "tests/unit/core/recognition/decision_examples.h"

namespace passerelle::gateway {

using recognition::v1::CaseAction;
using recognition::v1::CaseActor;
using recognition::v1::RecognitionCase;
using Stub = recognition::v1::RecognitionService::Stub;

inline constexpr char kRecognition[] = "passerelle.recognition.v1.RecognitionService";
inline constexpr char kSharing[] = "passerelle.sharing.v1.SharingService";
inline constexpr char kWallets[] = "passerelle.wallet.v1.WalletService";
inline constexpr char kOther[] = "22222222-2222-4222-8222-222222222222";
inline constexpr char kRegisterFacts[] = "tests/integration/recognition_cases/register-facts.yaml";
inline constexpr char kTrustBundle[] = R"(federation: one-machine
version: 1
issue_time: NOW
expire_time: LATER
accreditation:
  snapshot_time: NOW
  providers:
    - {id: "9301", identifiers: ["deqar:DEQARINST9301"], name: Neris University}
    - {id: "9302", identifiers: ["deqar:DEQARINST9302"], name: Merkys Academy}
  reports:
    - id: "https://data.deqar.example/report/9301"
      source: deqar
      providers: ["deqar:DEQARINST9301"]
      agency: Agency of the test
      valid_from: 2024-01-01T00:00:00Z
      valid_to: 2099-12-31T00:00:00Z
      decision: positive
      status: obligatory
)";
inline constexpr absl::Duration kPatience = absl::Seconds(20);

// Who acts, as the word of a row: client, role, and official within the client.
struct Person {
  const char* word;
  const char* client;
  CaseActor role;
  const char* official;
};
inline constexpr Person kPeople[] = {
    {"evaluator", "evaluators", recognition::v1::CASE_ACTOR_EVALUATOR, "official-1"},
    {"sameperson", "evaluators", recognition::v1::CASE_ACTOR_DECIDER, "official-1"},
    {"decider", "deciders", recognition::v1::CASE_ACTOR_DECIDER, "official-2"},
    {"blind", "blind", recognition::v1::CASE_ACTOR_EVALUATOR, "official-3"},
    {"counter", "counter", recognition::v1::CASE_ACTOR_HOLDER, ""},
    {"appeals", "appeals", recognition::v1::CASE_ACTOR_APPEAL_BODY, "chair"},
    {"centre", "centre", recognition::v1::CASE_ACTOR_PEER_CENTRE, ""},
    {"stranger", "stranger", recognition::v1::CASE_ACTOR_PEER_CENTRE, ""},
};

inline const Person& PersonBy(absl::string_view word) {
  for (const Person& person : kPeople) {
    if (person.word == word) return person;
  }
  ADD_FAILURE() << "nobody is called " << word;
  return kPeople[0];
}

// One step of a row: "evaluator:propose:full", with "!place" where the node has to refuse it there.
struct Move {
  const Person* person = nullptr;
  recognition::v1::CaseStep step = recognition::v1::CASE_STEP_UNSPECIFIED;
  std::string argument;
  std::string refused_at;
};

inline std::string Word(absl::string_view name) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}});
}

inline Move ReadMove(absl::string_view text) {
  const std::vector<std::string> halves = absl::StrSplit(text, absl::MaxSplits('!', 1));
  const std::vector<std::string> parts = absl::StrSplit(halves[0], ':');
  Move move;
  move.person = &PersonBy(parts[0]);
  for (int step = 1; step <= recognition::v1::CaseStep_MAX; ++step) {
    const auto value = static_cast<recognition::v1::CaseStep>(step);
    if (Word(recognition::StepName(value)) == parts[1]) move.step = value;
  }
  EXPECT_NE(move.step, recognition::v1::CASE_STEP_UNSPECIFIED) << text;
  if (parts.size() > 2) move.argument = parts[2];
  if (halves.size() > 1) move.refused_at = halves[1];
  return move;
}

inline recognition::v1::DecisionKind KindBy(absl::string_view word) {
  for (int kind = 1; kind <= recognition::v1::DecisionKind_MAX; ++kind) {
    const auto value = static_cast<recognition::v1::DecisionKind>(kind);
    if (absl::AsciiStrToLower(recognition::KindWord(value)) == word) return value;
  }
  return recognition::v1::DECISION_KIND_REFUSED;  // "groundless"
}

// What the evaluator found out about what the machine did not know.
inline recognition::v1::Evaluation FoundOut(recognition::v1::Evaluation evaluation) {
  for (recognition::v1::RuleResult& rule : *evaluation.mutable_rules()) {
    if (rule.outcome() != recognition::v1::RULE_OUTCOME_UNKNOWN) continue;
    rule.set_outcome(recognition::v1::RULE_OUTCOME_MET);
    rule.set_explanation("The evaluator found it in the national register.");
  }
  return evaluation;
}

inline std::string EventsOf(const RecognitionCase& content) {
  std::string text;
  for (const auto& event : content.events()) {
    absl::StrAppend(&text, event.transition(), " ", recognition::StateName(event.state()), " ", event.actor(), " ",
                    event.reason(), "\n");
  }
  return text;
}

inline std::string PathOf(const RecognitionCase& content) {
  std::vector<std::string> path;
  for (const auto& event : content.events()) {
    if (!event.transition().empty()) path.push_back(event.transition());
  }
  return absl::StrJoin(path, ",");
}

class RecognitionCasesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    RequireTls13();
    LocalFederation::Options options;
    options.program = PASSERELLE_PROGRAM;
    options.ready_timeout = absl::Seconds(30);
    options.nodes = {Node("NO", {"gateway/cli/demo_data/policy.yaml"}),
                     Node("BG", {Policy("model-centre"), Policy("employer-statement")}),
                     Node("NL", {Policy("micro-credential-for-credit"), Policy("benelux-baltic-level")}),
                     Node("LT", {})};
    LocalNode& automatic = options.nodes[2];
    automatic.register_facts = {tests::ReadAll(absl::StrCat(testing::kSourceDir, "/", kRegisterFacts))};
    automatic.trust_bundle = TrustBundle();
    auto made = LocalFederation::Make(options);
    ASSERT_TRUE(made.ok()) << made.status();
    federation_ = *std::move(made);
    const absl::Status started = federation_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  static std::string Policy(const std::string& name) { return absl::StrCat("docs/operating/policies/", name, ".yaml"); }

  // What registers of quality assurance say of the bodies of the cases.
  static std::string TrustBundle() {
    const auto time = [](absl::Time at) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", at, absl::UTCTimeZone()); };
    return absl::StrReplaceAll(
        kTrustBundle, {{"NOW", time(absl::Now() - absl::Minutes(1))}, {"LATER", time(absl::Now() + absl::Hours(24))}});
  }

  LocalNode Node(const std::string& id, const std::vector<std::string>& policies) {
    LocalNode node;
    node.id = id;
    node.competent_authority = "Authority " + id + " of the test";
    node.country = id;
    node.clients = {{"portal", {kSharing, kRecognition}},
                    {"office", {kRecognition, kWallets}, {recognition::v1::CASE_ACTOR_EVALUATOR}}};
    node.clients.push_back({"evaluators",
                            {kRecognition, kWallets},
                            {recognition::v1::CASE_ACTOR_EVALUATOR, recognition::v1::CASE_ACTOR_DECIDER}});
    for (const Person& person : kPeople) {
      if (person.client == std::string("evaluators")) continue;
      node.clients.push_back({person.client, {kRecognition}, {person.role}});
      node.clients.back().works_blind = person.client == std::string("blind");
    }
    for (const std::string& policy : policies) {
      node.policies.push_back(tests::ReadAll(absl::StrCat(testing::kSourceDir, "/", policy)));
    }
    for (const CaseRow& row : rows_) {
      if (row.at("issuer") != id || row.at("register") == "none") continue;
      LocalEntry entry{row.at("name"), "holder", DocumentOf(row, today_), absl::Now() - absl::Hours(24 * 180)};
      if (row.at("register") == "revoked") entry.revoke_time = absl::Now() - absl::Hours(24);
      node.entries.push_back(std::move(entry));
    }
    return node;
  }

  // One connection for each client.
  const NodeClient& Client(const std::string& node, const std::string& client) {
    std::unique_ptr<NodeClient>& known = clients_[absl::StrCat(node, "/", client)];
    if (known == nullptr) {
      known = std::make_unique<NodeClient>(federation_->ClientChannel(node, federation_->ClientTls(node, client)));
    }
    return *known;
  }

  std::string Submit(const CaseRow& row) {
    const NodeClient& portal = Client(row.at("applicant"), "portal");
    const std::string document = DocumentOf(row, today_);
    const sharing::v1::Purpose purpose = row.at("purpose") == "employment" ? sharing::v1::PURPOSE_EMPLOYMENT
                                         : row.at("purpose") == "further_learning"
                                             ? sharing::v1::PURPOSE_FURTHER_LEARNING
                                             : sharing::v1::PURPOSE_RECOGNITION;
    sharing::v1::CreateAuthorisationRequest wish;
    wish.set_request_id(base::NewUuid(random_));
    sharing::v1::Authorisation& authorisation = *wish.mutable_authorisation();
    authorisation.set_holder_pseudonym(absl::StrCat("holder-", row.at("name").substr(0, 2)));
    authorisation.set_receiver(row.at("authority"));
    authorisation.set_purpose(purpose);
    authorisation.add_credential_ids(absl::StrCat("sha256:", base::Sha256Hex(document)));
    authorisation.mutable_valid_until()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 600);
    authorisation.set_uses_allowed(1);
    const auto allowed = Call(*portal.sharing, &sharing::v1::SharingService::Stub::CreateAuthorisation, wish);
    EXPECT_TRUE(allowed.ok()) << allowed.status();
    if (!allowed.ok()) return "";
    recognition::v1::CreateCaseRequest create;
    create.set_request_id(base::NewUuid(random_));
    create.set_authority_node(row.at("authority"));
    create.set_issuing_node(row.at("issuer"));
    create.set_authorisation_id(allowed->authorisation().id());
    create.set_purpose(purpose);
    create.set_content(document);
    const auto created = Call(*portal.recognition, &Stub::CreateCase, create);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->recognition_case().id() : "";
  }

  RecognitionCase Get(const std::string& node, const std::string& client, const std::string& id) {
    recognition::v1::GetCaseRequest get;
    get.set_id(id);
    const auto found = Call(*Client(node, client).recognition, &Stub::GetCase, get);
    return found.ok() ? found->recognition_case() : RecognitionCase();
  }

  // The case once `ready` says so, or as it is when patience is over.
  RecognitionCase WaitFor(const std::string& node, const std::string& client, const std::string& id,
                          const std::function<bool(const RecognitionCase&)>& ready) {
    const absl::Time end = absl::Now() + kPatience;
    RecognitionCase content = Get(node, client, id);
    while (!ready(content) && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(20));
      content = Get(node, client, id);
    }
    EXPECT_TRUE(ready(content)) << EventsOf(content);
    return content;
  }

  // A decision of the kind that a row names.
  void Decide(const std::string& kind, const RecognitionCase& content, CaseAction* action) {
    *action->mutable_evaluation() = FoundOut(content.procedure().evaluation());
    recognition::v1::Decision& decision = *action->mutable_decision();
    decision = recognition::ExampleDecision(KindBy(kind));
    // What the authority's policy says is for the node to put in.
    decision.clear_competent_authority();
    decision.clear_legal_base();
    decision.clear_policy_id();
    decision.clear_policy_version();
    decision.clear_decision_date();
    if (kind == "groundless") decision.mutable_reasons(0)->set_code("ND-LEVEL");
    if (decision.kind() != action->evaluation().proposed_kind()) {
      decision.set_departure_reason("What was not known to the machine has been found out.");
    }
  }

  CaseAction ActionOf(const Move& move, const RecognitionCase& content) {
    CaseAction action;
    action.set_step(move.step);
    action.set_role(move.person->role);
    action.set_actor(move.person->official);
    action.set_revision(content.procedure().revision());
    action.set_reason("as the story of the case says");
    action.set_reason_code(move.argument);
    action.set_evidence_sha256(base::Sha256Hex("a letter"));
    action.set_other(kOther);
    action.set_holder_agrees(recognition::v1::KNOWN_YES);
    switch (move.step) {
      case recognition::v1::CASE_STEP_PROPOSE:
        Decide(move.argument, content, &action);
        break;
      case recognition::v1::CASE_STEP_ISSUE_STATEMENT:
        Decide("statement", content, &action);
        break;
      case recognition::v1::CASE_STEP_SUPPLY:
        *action.mutable_items() = content.procedure().items();
        break;
      case recognition::v1::CASE_STEP_ASK:
        action.mutable_inquiry()->set_asked("centre");
        action.mutable_inquiry()->set_question("Was this credential awarded?");
        break;
      case recognition::v1::CASE_STEP_ANSWER:
        action.mutable_inquiry()->set_answer("Yes, under an older number.");
        break;
      case recognition::v1::CASE_STEP_DELAY: {
        int days = 0;
        EXPECT_TRUE(absl::SimpleAtoi(move.argument, &days));
        action.set_day(recognition::DayText(today_ + days));
        break;
      }
      default:
        break;
    }
    return action;
  }

  void Make(const CaseRow& row, const std::string& id, const Move& move) {
    const std::string& node = row.at("authority");
    // The node's own steps come in between; the table says when it is this one's turn.
    const RecognitionCase content = WaitFor(node, move.person->client, id, [&](const RecognitionCase& held) {
      if (move.refused_at == "step") return held.state() == recognition::v1::CASE_STATE_EVALUATION;
      return !recognition::TransitionsFrom(held.state(), move.step).empty();
    });
    recognition::v1::TakeStepRequest request;
    request.set_request_id(base::NewUuid(random_));
    request.set_id(id);
    *request.mutable_action() = ActionOf(move, content);
    const auto taken = Call(*Client(node, move.person->client).recognition, &Stub::TakeStep, request);
    if (move.refused_at.empty()) {
      EXPECT_TRUE(taken.ok()) << taken.status() << "\n" << EventsOf(content);
    } else {
      EXPECT_FALSE(taken.ok());
      EXPECT_EQ(base::PlaceOf(taken.status()), move.refused_at) << taken.status();
      EXPECT_EQ(Get(node, move.person->client, id).procedure().revision(), content.procedure().revision());
    }
  }

  static void ExpectRules(const CaseRow& row, const RecognitionCase& content) {
    for (const absl::string_view wanted : absl::StrSplit(row.at("rules"), ',', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> rule = absl::StrSplit(wanted, '=');
      std::string found = "no such rule";
      for (const auto& result : content.procedure().evaluation().rules()) {
        if (result.rule() == rule.first) found = recognition::v1::RuleOutcome_Name(result.outcome());
      }
      EXPECT_EQ(found, absl::StrCat("RULE_OUTCOME_", rule.second)) << rule.first;
    }
  }

  const CaseRow& RowBy(const std::string& name) const {
    for (const CaseRow& row : rows_) {
      if (row.at("name") == name) return row;
    }
    ADD_FAILURE() << "there is no case " << name;
    return rows_[0];
  }

  SystemRandom random_;
  const absl::CivilDay today_ = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  const std::vector<CaseRow> rows_ = CaseRows();
  std::unique_ptr<LocalFederation> federation_;
  std::map<std::string, std::unique_ptr<NodeClient>> clients_;
};

}  // namespace passerelle::gateway
