// Recognition cases between four node processes: each is both an authority and a holder's side, and what people
// do they do as clients of the authority's node.

#include "tests/integration/recognition_cases.h"

#include <filesystem>
#include <functional>
#include <iostream>
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
#include "gateway/system_random.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"
#include "tests/unit/core/recognition/decision_examples.h"

namespace passerelle::gateway {
namespace {

using recognition::v1::CaseAction;
using recognition::v1::CaseActor;
using recognition::v1::RecognitionCase;
using Stub = recognition::v1::RecognitionService::Stub;

constexpr char kRecognition[] = "passerelle.recognition.v1.RecognitionService";
constexpr char kSharing[] = "passerelle.sharing.v1.SharingService";
constexpr char kOther[] = "22222222-2222-4222-8222-222222222222";
constexpr char kRegisterFacts[] = "tests/integration/recognition_cases/register-facts.yaml";
constexpr char kTrustBundle[] = R"(federation: one-machine
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
constexpr absl::Duration kPatience = absl::Seconds(20);

// Who acts, as the word of a row: client, role, and official within the client.
struct Person {
  const char* word;
  const char* client;
  CaseActor role;
  const char* official;
};
constexpr Person kPeople[] = {
    {"evaluator", "evaluators", recognition::v1::CASE_ACTOR_EVALUATOR, "official-1"},
    {"sameperson", "evaluators", recognition::v1::CASE_ACTOR_DECIDER, "official-1"},
    {"decider", "deciders", recognition::v1::CASE_ACTOR_DECIDER, "official-2"},
    {"counter", "counter", recognition::v1::CASE_ACTOR_HOLDER, ""},
    {"appeals", "appeals", recognition::v1::CASE_ACTOR_APPEAL_BODY, "chair"},
    {"centre", "centre", recognition::v1::CASE_ACTOR_PEER_CENTRE, ""},
    {"stranger", "stranger", recognition::v1::CASE_ACTOR_PEER_CENTRE, ""},
};

const Person& PersonBy(absl::string_view word) {
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

std::string Word(absl::string_view name) { return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}}); }

Move ReadMove(absl::string_view text) {
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

recognition::v1::DecisionKind KindBy(absl::string_view word) {
  for (int kind = 1; kind <= recognition::v1::DecisionKind_MAX; ++kind) {
    const auto value = static_cast<recognition::v1::DecisionKind>(kind);
    if (absl::AsciiStrToLower(recognition::KindWord(value)) == word) return value;
  }
  return recognition::v1::DECISION_KIND_REFUSED;  // "groundless"
}

// What the evaluator found out about what the machine did not know.
recognition::v1::Evaluation FoundOut(recognition::v1::Evaluation evaluation) {
  for (recognition::v1::RuleResult& rule : *evaluation.mutable_rules()) {
    if (rule.outcome() != recognition::v1::RULE_OUTCOME_UNKNOWN) continue;
    rule.set_outcome(recognition::v1::RULE_OUTCOME_MET);
    rule.set_explanation("The evaluator found it in the national register.");
  }
  return evaluation;
}

std::string EventsOf(const RecognitionCase& content) {
  std::string text;
  for (const auto& event : content.events()) {
    absl::StrAppend(&text, event.transition(), " ", recognition::StateName(event.state()), " ", event.actor(), " ",
                    event.reason(), "\n");
  }
  return text;
}

std::string PathOf(const RecognitionCase& content) {
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
                    {"office", {kRecognition}, {recognition::v1::CASE_ACTOR_EVALUATOR}}};
    node.clients.push_back(
        {"evaluators", {kRecognition}, {recognition::v1::CASE_ACTOR_EVALUATOR, recognition::v1::CASE_ACTOR_DECIDER}});
    for (const Person& person : kPeople) {
      if (person.client == std::string("evaluators")) continue;
      node.clients.push_back({person.client, {kRecognition}, {person.role}});
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

TEST_F(RecognitionCasesTest, EveryCaseComesToWhatItsStorySays) {
  ASSERT_EQ(rows_.size(), 24u);
  const absl::Time begin = absl::Now();
  std::vector<std::string> ids;
  for (const CaseRow& row : rows_) ids.push_back(Submit(row));
  for (size_t i = 0; i < rows_.size(); ++i) {
    const CaseRow& row = rows_[i];
    SCOPED_TRACE(row.at("name"));
    const RecognitionCase checked = WaitFor(row.at("authority"), "evaluators", ids[i], [](const RecognitionCase& held) {
      return held.procedure().has_evaluation();
    });
    ExpectRules(row, checked);
    for (const absl::string_view step : absl::StrSplit(row.at("steps"), ' ', absl::SkipEmpty())) {
      Make(row, ids[i], ReadMove(step));
    }
  }
  for (size_t i = 0; i < rows_.size(); ++i) {
    const CaseRow& row = rows_[i];
    SCOPED_TRACE(row.at("name"));
    const auto told = [&](const RecognitionCase& held) {
      return recognition::StateName(held.state()) == row.at("told");
    };
    const RecognitionCase ours = WaitFor(row.at("applicant"), "portal", ids[i], told);
    const RecognitionCase theirs = Get(row.at("authority"), "evaluators", ids[i]);
    EXPECT_EQ(PathOf(theirs), row.at("path")) << EventsOf(theirs);
    EXPECT_EQ(recognition::StateName(theirs.state()), row.at("state"));
    EXPECT_EQ(recognition::KindWord(ours.outcome().decision()), row.at("decision"));
    for (const RecognitionCase& side : {ours, theirs}) {
      RecognitionCase bare = side;
      bare.clear_document();
      EXPECT_FALSE(absl::StrContains(bare.SerializeAsString(), PersonOf(row).family_name));
    }
  }
  for (const char* node : {"NO", "BG", "NL", "LT"}) {
    const std::string log = federation_->LogOf(node);
    for (const CaseRow& row : rows_) EXPECT_FALSE(absl::StrContains(log, PersonOf(row).family_name)) << node;
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(60));
}

// What a court would ask of a decision that no person took.
TEST_F(RecognitionCasesTest, ADecisionByRuleExplainsEveryRuleWithItsSource) {
  const CaseRow& row = RowBy("21-decided-by-rule");
  const std::string id = Submit(row);
  const RecognitionCase decided = WaitFor("NL", "evaluators", id, [](const RecognitionCase& held) {
    return held.state() == recognition::v1::CASE_STATE_NOTIFIED;
  });
  const recognition::v1::Evaluation& evaluation = decided.procedure().evaluation();
  ASSERT_EQ(evaluation.rules_size(), 10);
  const std::string source =
      "National register of qualifications and institutions, Lithuania (invented), version 2026-2, of 2026-01-31, "
      "entry https://register.example/lt/";
  const std::map<std::string, std::pair<std::string, std::string>> sources = {
      {"R-A03", {"credential.kind", source + "qualifications/6121EX001"}},
      {"R-A04", {"authenticity.subject", "authorisation of the holder, whom node BG has identified"}},
      {"R-A05", {"provider.officially_recognised", source + "institutions/9301"}},
      {"R-A06", {"credential.level", source + "qualifications/6121EX001"}},
      {"R-A07", {"quality.coverage", "https://data.deqar.example/report/9301"}},
      {"R-A10", {"credential.level", source + "qualifications/6121EX001"}},
  };
  for (const recognition::v1::RuleResult& rule : evaluation.rules()) {
    EXPECT_EQ(rule.outcome(), recognition::v1::RULE_OUTCOME_MET) << rule.ShortDebugString();
    EXPECT_NE(rule.explanation(), "");
    EXPECT_NE(rule.inputs_size(), 0) << rule.rule();
    for (const recognition::v1::RuleInput& input : rule.inputs()) EXPECT_NE(input.source(), "") << rule.rule();
    const auto wanted = sources.find(rule.rule());
    if (wanted == sources.end()) continue;
    std::string found;
    for (const recognition::v1::RuleInput& input : rule.inputs()) {
      if (input.name() == wanted->second.first) found = input.source();
    }
    EXPECT_EQ(found, wanted->second.second) << rule.rule();
  }
  const recognition::v1::Decision& decision = decided.procedure().decision();
  EXPECT_EQ(decision.kind(), recognition::v1::DECISION_KIND_AUTO_LEVEL);
  EXPECT_EQ(decision.eqf_level(), 6u);
  EXPECT_EQ(decision.scope(), "level only");
  EXPECT_EQ(decided.procedure().decided_by(), "system");
}

TEST_F(RecognitionCasesTest, ANewSnapshotIsTakenOverAndAnOlderOneIsNot) {
  const std::string path = absl::StrCat(federation_->NodeFolder("NL"), "/facts-0.yaml");
  const std::string first = tests::ReadAll(path);
  const auto logs = [&](absl::string_view text) {
    const absl::Time end = absl::Now() + kPatience;
    while (!absl::StrContains(federation_->LogOf("NL"), text) && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(20));
    }
    return absl::StrContains(federation_->LogOf("NL"), text);
  };
  // The body is no longer there: what was known of it is unknown from now on.
  tests::WriteAll(path, absl::StrReplaceAll(first, {{"2026-01-31", "2026-02-28"},
                                                    {"\"2026-2\"", "\"2026-3\""},
                                                    {"DEQARINST9301", "DEQARINST9399"}}));
  ASSERT_TRUE(logs("\"version\":\"2026-3\""));
  const std::string id = Submit(RowBy("21-decided-by-rule"));
  const RecognitionCase checked = WaitFor("NL", "evaluators", id, [](const RecognitionCase& held) {
    return held.state() == recognition::v1::CASE_STATE_EVALUATION;
  });
  ExpectRules({{"rules", "R-A03=UNKNOWN,R-A04=MET,R-A05=UNKNOWN"}}, checked);
  tests::WriteAll(path, first);
  EXPECT_TRUE(logs("register_facts.refused"));
}

// The evaluator's tool, against the same nodes.
TEST_F(RecognitionCasesTest, TheCommandLineListsShowsAndTakesSteps) {
  const CaseRow& row = rows_[0];
  const std::string id = Submit(row);
  WaitFor("BG", "evaluators", id,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_EVALUATION; });
  const auto run = [&](std::vector<std::string> arguments, const std::string& client = "evaluators") {
    const std::string path = absl::StrCat(federation_->NodeFolder("BG"), "/clients/", client);
    arguments.insert(arguments.begin(), {tests::Passerelle(), "recognition"});
    for (const std::string& argument :
         {std::string("--node"), absl::StrCat("127.0.0.1:", federation_->PortsOf("BG").client),
          std::string("--certificate"), path + ".crt.pem", std::string("--key"), path + ".key.pem",
          std::string("--authorities"), federation_->folder() + "/authority.crt.pem"}) {
      arguments.push_back(argument);
    }
    return tests::RunProgram(arguments);
  };
  const std::string due = Get("BG", "evaluators", id).procedure().due_day();
  EXPECT_EQ(run({"list", "--due"}).out, absl::StrCat(due, "  ", id, "  EVALUATION  from NL\n"));
  EXPECT_EQ(run({"list", "--due", "--until", recognition::DayText(today_)}).out, "");
  EXPECT_TRUE(absl::StrContains(run({"list"}).out, id));
  const tests::Outcome shown = run({"show", id});
  EXPECT_TRUE(absl::StrContains(shown.out, "state     EVALUATION\nrevision  5\n")) << shown.out << shown.err;
  EXPECT_TRUE(absl::StrContains(shown.out, "  T11  system")) << shown.out;

  const std::vector<std::string> delay = {"step",       id,
                                          "--step",     "delay",
                                          "--role",     "evaluator",
                                          "--official", "official-1",
                                          "--revision", "5",
                                          "--reason",   "waiting for the faculty",
                                          "--day",      recognition::DayText(today_ + 300)};
  std::vector<std::string> checked = delay;
  checked.emplace_back("--dry-run");
  EXPECT_EQ(run(checked).exit_code, 0);
  EXPECT_EQ(Get("BG", "evaluators", id).procedure().expected_day(), "");
  const tests::Outcome taken = run(delay);
  EXPECT_EQ(taken.exit_code, 0) << taken.err;
  EXPECT_TRUE(absl::StrContains(taken.out, absl::StrCat("expected  ", recognition::DayText(today_ + 300))))
      << taken.out;
  // Somebody who read the case before, and a client that may not.
  const tests::Outcome late = run(delay);
  EXPECT_EQ(late.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(late.err, "ETAG_MISMATCH")) << late.err;
  const tests::Outcome stranger = run({"step", id, "--step", "delay", "--role", "evaluator"}, "counter");
  EXPECT_EQ(stranger.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(stranger.err, "CLIENT_NOT_ALLOWED")) << stranger.err;
  EXPECT_EQ(run({"step", id, "--step", "sleep"}).exit_code, 64);

  const std::string file = absl::StrCat(federation_->folder(), "/proposal.yaml");
  tests::WriteAll(
      file, "decision: {kind: full, recognised_as: \"a unit of the programme\", departure_reason: \"found out\"}\n");
  const tests::Outcome proposed = run({"step", id, "--step", "propose", "--role", "evaluator", "--official",
                                       "official-1", "--revision", "6", "--with", file, "--json"});
  EXPECT_EQ(proposed.exit_code, 0) << proposed.err;
  EXPECT_TRUE(absl::StrContains(proposed.out, "\"state\": \"CASE_STATE_PROPOSED\"")) << proposed.out;
}

// The authority's seal, its book, and what verifiers have: its keys.
class Sealed {
 public:
  explicit Sealed(const std::string& folder) : folder_(folder) {
    Run({"openssl",
         "req",
         "-x509",
         "-newkey",
         "ec",
         "-pkeyopt",
         "ec_paramgen_curve:P-256",
         "-nodes",
         "-keyout",
         Path("seal.pem"),
         "-out",
         Path("seal.crt"),
         "-days",
         "30",
         "-subj",
         "/CN=Seal of a centre/organizationIdentifier=VATNL-111222333",
         "-addext",
         "keyUsage=critical,nonRepudiation",
         "-addext",
         "basicConstraints=critical,CA:FALSE"});
    const std::string key = Run({"openssl", "pkey", "-in", Path("seal.pem"), "-pubout"}).out;
    std::filesystem::create_directories(Path("anchors"));
    std::filesystem::create_directories(Path("lists"));
    tests::WriteAll(Path("anchors/issuer.json"), absl::StrCat(R"({"issuer":"https://centre.example","jwks":{"keys":[)",
                                                              proof::PublicKey::FromPem(key).value().jwk(), "]}}"));
    const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/decisions.md"));
    const size_t begin = page.find("```yaml\n") + 8;
    tests::WriteAll(Path("book.yaml"), page.substr(begin, page.find("```", begin) - begin));
  }

  std::string Path(absl::string_view name) const { return absl::StrCat(folder_, "/", name); }

  // With seal and book.
  std::vector<std::string> Options() const {
    return {"--seal", Path("seal.pem"), "--seal-certificate", Path("seal.crt"), "--book", Path("book.yaml")};
  }

  void MakeLists(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {tests::Passerelle(), "recognition", "status", "--out", Path("lists")};
    for (const std::string& option : Options()) arguments.push_back(option);
    for (const std::string& option : more) arguments.push_back(option);
    Run(arguments);
  }

  tests::Outcome Verify(absl::string_view file) const {
    return tests::RunProgram(
        {tests::Passerelle(), "verify", Path(file), "--anchors", Path("anchors"), "--status", Path("lists")});
  }

 private:
  static tests::Outcome Run(const std::vector<std::string>& arguments) {
    const tests::Outcome outcome = tests::RunProgram(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome;
  }

  const std::string folder_;
};

bool HasProgram(const std::string& name) {
  return tests::RunProgram({"/bin/sh", "-c", "command -v " + name}).exit_code == 0;
}

TEST_F(RecognitionCasesTest, ADecisionIsIssuedVerifiedAndRevoked) {
  const std::string id = Submit(RowBy("21-decided-by-rule"));
  const std::string other = Submit(RowBy("22-recognition-ended"));
  WaitFor("NL", "evaluators", id,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_NOTIFIED; });
  WaitFor("NL", "evaluators", other,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_EVALUATION; });
  const Sealed sealed(federation_->folder());
  const std::string client = absl::StrCat(federation_->NodeFolder("NL"), "/clients/office");
  const auto run = [&](std::vector<std::string> arguments, bool seals) {
    arguments.insert(arguments.begin(), {tests::Passerelle(), "recognition"});
    std::vector<std::string> more = {"--node",        absl::StrCat("127.0.0.1:", federation_->PortsOf("NL").client),
                                     "--certificate", client + ".crt.pem",
                                     "--key",         client + ".key.pem",
                                     "--authorities", federation_->folder() + "/authority.crt.pem"};
    if (seals) {
      for (const std::string& option : sealed.Options()) more.push_back(option);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return tests::RunProgram(arguments);
  };
  const std::pair<const char*, const char*> forms[] = {
      {"elm", "decision.json"}, {"vc-jwt", "decision.jwt"}, {"sd-jwt", "decision.sd-jwt"}};
  for (const auto& [as, file] : forms) {
    const tests::Outcome issued = run({"issue", id, "--as", as, "--out", sealed.Path(file)}, true);
    EXPECT_EQ(issued.exit_code, 0) << issued.err;
    // Without a list nobody can say that it still holds.
    EXPECT_EQ(sealed.Verify(file).exit_code, 2) << as;
  }
  sealed.MakeLists();
  for (const auto& [as, file] : forms) {
    const tests::Outcome verdict = sealed.Verify(file);
    EXPECT_EQ(verdict.exit_code, 0) << as << "\n" << verdict.out << verdict.err;
  }
  const tests::Outcome bare = run({"issue", id, "--as", "json"}, true);
  EXPECT_TRUE(absl::StrContains(bare.out, "\"kind\":\"AUTO_LEVEL\"")) << bare.out << bare.err;
  const std::string digest = base::Sha256Hex(absl::StripTrailingAsciiWhitespace(bare.out));
  EXPECT_TRUE(absl::StrContains(tests::ReadAll(sealed.Path("decision.json")), digest));
  EXPECT_TRUE(absl::StrContains(tests::ReadAll(sealed.Path("book.yaml")), digest));

  // An altered seal, an open case, and a credential of another decision.
  std::string altered = tests::ReadAll(sealed.Path("decision.json"));
  altered.replace(altered.find("Jurgis"), 6, "Jonas1");
  tests::WriteAll(sealed.Path("altered.json"), altered);
  EXPECT_EQ(sealed.Verify("altered.json").exit_code, 1);
  const tests::Outcome open = run({"issue", other}, true);
  EXPECT_EQ(open.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(open.err, "GUARD_NOT_MET at state")) << open.err;
  const std::vector<std::string> letter = {"letter",       id,
                                           "--book",       sealed.Path("book.yaml"),
                                           "--languages",  "nl,bg",
                                           "--out",        sealed.Path("letter.html"),
                                           "--credential", sealed.Path("decision.json")};
  const tests::Outcome written = run(letter, false);
  EXPECT_EQ(written.exit_code, 0) << written.err;
  const std::string html = tests::ReadAll(sealed.Path("letter.html"));
  for (const std::string& part :
       {std::string("Jurgis Kazlauskas"), std::string("Volgens regels erkend"), std::string("Признато по правила"),
        base::Sha256Hex(tests::ReadAll(sealed.Path("decision.json"))), std::string("https://centre.example/verify")}) {
    EXPECT_TRUE(absl::StrContains(html, part)) << part;
  }
  std::vector<std::string> mismatched = letter;
  mismatched.back() = absl::StrCat(testing::kSourceDir, "/gateway/cli/demo_data/transcript.xml");
  const tests::Outcome refused = run(mismatched, false);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(refused.err, "FIELD_INVALID at credential")) << refused.err;
  EXPECT_EQ(run({"issue", id, "--as", "pdf"}, true).exit_code, 64);

  if (HasProgram("weasyprint") && HasProgram("pdfinfo")) {
    const tests::Outcome made = tests::RunProgram(
        {"weasyprint", "--quiet", "--pdf-variant", "pdf/ua-1", sealed.Path("letter.html"), sealed.Path("letter.pdf")});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    const std::string info = tests::RunProgram({"pdfinfo", sealed.Path("letter.pdf")}).out;
    EXPECT_TRUE(absl::StrContains(info, "Tagged:          yes")) << info;
    const std::string tags = tests::RunProgram({"pdfinfo", "-struct-text", sealed.Path("letter.pdf")}).out;
    for (const char* tag : {"H1", "H2", "Jurgis Kazlauskas", "Признато по правила"}) {
      EXPECT_TRUE(absl::StrContains(tags, tag)) << tag << "\n" << tags;
    }
  } else {
    std::cout << "skipped: weasyprint or pdfinfo is not installed\n";
  }

  sealed.MakeLists({"--revoke", id, "--reason-code", "AUTH-REVOKED"});
  for (const auto& [as, file] : forms) {
    const tests::Outcome verdict = sealed.Verify(file);
    EXPECT_EQ(verdict.exit_code, 1) << as << "\n" << verdict.out << verdict.err;
    EXPECT_TRUE(absl::StrContains(verdict.out, "REVOKED")) << verdict.out;
  }
  const tests::Outcome again = run({"issue", id, "--out", sealed.Path("again.json")}, true);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_TRUE(absl::StrContains(again.err, "FIELD_INVALID at decisions")) << again.err;
}

// The commands of docs/operating/decisions.md, with this test's names in the place of the page's.
TEST_F(RecognitionCasesTest, TheCommandsOfThePageOnDecisionsDoWhatItSays) {
  if (!HasProgram("weasyprint")) GTEST_SKIP() << "weasyprint is not installed";
  const std::string id = Submit(RowBy("21-decided-by-rule"));
  WaitFor("NL", "evaluators", id,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_NOTIFIED; });
  const Sealed sealed(federation_->folder());
  const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/decisions.md"));
  const std::string client = absl::StrCat(federation_->NodeFolder("NL"), "/clients/office");
  const size_t begin = page.find("```sh\n") + 6;
  const std::string commands =
      absl::StrReplaceAll(page.substr(begin, page.find("```", begin) - begin),
                          {{"passerelle ", tests::Passerelle() + " "},
                           {"CASE", id},
                           {"nl.example:7443", absl::StrCat("127.0.0.1:", federation_->PortsOf("NL").client)},
                           {"office.crt", client + ".crt.pem"},
                           {"office.key", client + ".key.pem"},
                           {"authorities.pem", federation_->folder() + "/authority.crt.pem"}});
  const tests::Outcome outcome =
      tests::RunProgram({"/bin/sh", "-ec", absl::StrCat("cd ", sealed.Path(""), "\n", commands)});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << commands;
  EXPECT_EQ(sealed.Verify("decision.json").exit_code, 1);
  EXPECT_TRUE(absl::StartsWith(tests::ReadAll(sealed.Path("letter.pdf")), "%PDF-"));
}

// The commands of docs/operating/cases.md, with this test's names in the place of the page's.
TEST_F(RecognitionCasesTest, TheCommandsOfThePageDoWhatItSays) {
  const std::string id = Submit(rows_[0]);
  WaitFor("BG", "evaluators", id,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_EVALUATION; });
  const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/cases.md"));
  const std::vector<std::string> yaml = absl::StrSplit(page, "```yaml\n");
  ASSERT_EQ(yaml.size(), 3u);
  const std::string proposal = absl::StrCat(federation_->folder(), "/proposal.yaml");
  tests::WriteAll(proposal, yaml[2].substr(0, yaml[2].find("```")));
  const std::string client = absl::StrCat(federation_->NodeFolder("BG"), "/clients/office");
  const std::string commands = absl::StrReplaceAll(
      page.substr(page.find("```sh\n") + 6, page.find("```", page.find("```sh\n") + 6) - page.find("```sh\n") - 6),
      {{"passerelle ", tests::Passerelle() + " "},
       {"CASE", id},
       {"bg.example:7443", absl::StrCat("127.0.0.1:", federation_->PortsOf("BG").client)},
       {"evaluators.crt", client + ".crt.pem"},
       {"evaluators.key", client + ".key.pem"},
       {"authorities.pem", federation_->folder() + "/authority.crt.pem"},
       {"proposal.yaml", proposal},
       {"2026-11-30", recognition::DayText(today_ + 300)}});
  const tests::Outcome outcome = tests::RunProgram({"/bin/sh", "-ec", commands});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err << commands;
  EXPECT_TRUE(absl::StrContains(outcome.out, "state     PROPOSED\nrevision  7\n")) << outcome.out;
}

}  // namespace
}  // namespace passerelle::gateway
