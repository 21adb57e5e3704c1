// Recognition cases between four node processes: each is both an authority and a holder's side, and what people
// do they do as clients of the authority's node.

#include "tests/integration/recognition_cases_fixture.h"
#include "tests/support/logs.h"

namespace passerelle::gateway {
namespace {

TEST_F(RecognitionCasesTest, EveryCaseComesToWhatItsStorySays) {
  ASSERT_EQ(rows_.size(), 26u);
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

// A centre may keep from those who compare learning whose it is; what they compare they see (domain rule of
// minimisation: comparability needs no identity before the decision).
TEST_F(RecognitionCasesTest, WhoWorksBlindSeesWhoseACaseIsOnceItIsDecided) {
  const CaseRow& row = RowBy("01-course-in-full");
  const std::string name = PersonOf(row).family_name;
  const std::string id = Submit(row);
  const NodeClient& blind = Client("BG", "blind");
  const auto evaluated = [](const RecognitionCase& held) {
    return held.state() == recognition::v1::CASE_STATE_EVALUATION && held.procedure().has_evaluation();
  };
  EXPECT_TRUE(absl::StrContains(WaitFor("BG", "evaluators", id, evaluated).document().content(), name));
  std::vector<RecognitionCase> seen = {WaitFor("BG", "blind", id, evaluated)};
  EXPECT_EQ(seen[0].document().sha256(), base::Sha256Hex(DocumentOf(row, today_)));
  ExpectRules(row, seen[0]);
  const auto listed = Call(*blind.recognition, &Stub::ListCases, {});
  ASSERT_TRUE(listed.ok()) << listed.status();
  seen.insert(seen.end(), listed->recognition_cases().begin(), listed->recognition_cases().end());
  const auto due = Call(*blind.recognition, &Stub::ListDueCases, {});
  ASSERT_TRUE(due.ok()) << due.status();
  for (const recognition::v1::DueCase& one : due->due_cases()) seen.push_back(one.recognition_case());
  recognition::v1::TakeStepRequest propose;
  propose.set_request_id(base::NewUuid(random_));
  propose.set_id(id);
  *propose.mutable_action() = ActionOf(ReadMove("blind:propose:full"), seen[0]);
  const auto proposed = Call(*blind.recognition, &Stub::TakeStep, propose);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  seen.push_back(proposed->recognition_case());
  recognition::v1::WaitCaseRequest wait;
  wait.set_id(id);
  wait.mutable_timeout()->set_nanos(1);
  const auto waited = Call(*blind.recognition, &Stub::WaitCase, wait);
  ASSERT_TRUE(waited.ok()) << waited.status();
  seen.push_back(waited->recognition_case());
  EXPECT_EQ(seen.size(), 5u);
  for (const RecognitionCase& one : seen) {
    EXPECT_EQ(one.id(), id);
    EXPECT_EQ(one.document().content(), "");
    EXPECT_EQ(one.evidence_size(), 0);
    EXPECT_FALSE(absl::StrContains(one.SerializeAsString(), name));
  }
  Make(row, id, ReadMove("decider:decide"));
  const RecognitionCase decided = Get("BG", "blind", id);
  EXPECT_TRUE(absl::StrContains(decided.document().content(), name));
  EXPECT_GT(decided.evidence_size(), 0);
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
      {"R-A04",
       {"authenticity.subject",
        "authorisation of the holder; the policy takes the word of node LT, which has identified them"}},
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

// Of what R-A04 is judged on, one answer is missing in each of these cases, and it is another one.
TEST_F(RecognitionCasesTest, WhoApplicantAndIssuerAreIsBelievedOfTheRightNodesOnly) {
  struct Row {
    const char* name;
    std::map<std::string, std::string> inputs;
  };
  for (const Row& row : {Row{"25-applicant-not-identified",
                             {{"authenticity.integrity", "yes"},
                              {"authenticity.issuer", "yes"},
                              {"authenticity.in_force", "yes"},
                              {"authenticity.subject", ""}}},
                         Row{"26-register-of-another-country",
                             {{"authenticity.integrity", ""},
                              {"authenticity.issuer", ""},
                              {"authenticity.in_force", ""},
                              {"authenticity.subject", "yes"}}}}) {
    const std::string id = Submit(RowBy(row.name));
    const RecognitionCase checked = WaitFor("NL", "evaluators", id, [](const RecognitionCase& held) {
      return held.state() == recognition::v1::CASE_STATE_EVALUATION;
    });
    std::map<std::string, std::string> found;
    for (const recognition::v1::RuleResult& rule : checked.procedure().evaluation().rules()) {
      if (rule.rule() != "R-A04") continue;
      for (const recognition::v1::RuleInput& input : rule.inputs()) found[input.name()] = input.value();
    }
    EXPECT_EQ(found, row.inputs) << row.name;
  }
}

TEST_F(RecognitionCasesTest, ANewSnapshotIsTakenOverAndAnOlderOneIsNot) {
  const std::string path = absl::StrCat(federation_->NodeFolder("NL"), "/facts-0.yaml");
  const std::string first = tests::ReadAll(path);
  // The body is no longer there: what was known of it is unknown from now on.
  tests::WriteAll(path, absl::StrReplaceAll(first, {{"2026-01-31", "2026-02-28"},
                                                    {"\"2026-2\"", "\"2026-3\""},
                                                    {"DEQARINST9301", "DEQARINST9399"}}));
  ASSERT_TRUE(testing::Logs(*federation_, "NL", "\"version\":\"2026-3\""));
  const std::string id = Submit(RowBy("21-decided-by-rule"));
  const RecognitionCase checked = WaitFor("NL", "evaluators", id, [](const RecognitionCase& held) {
    return held.state() == recognition::v1::CASE_STATE_EVALUATION;
  });
  ExpectRules({{"rules", "R-A03=UNKNOWN,R-A04=MET,R-A05=UNKNOWN"}}, checked);
  tests::WriteAll(path, first);
  EXPECT_TRUE(testing::Logs(*federation_, "NL", "register_facts.refused"));
}

// Supplies all that the authority waits for, at the holder's own node, as the client that submitted the case.
void SupplyAll(const NodeClient& portal, const std::string& request_id, const RecognitionCase& told,
               const RecognitionCase& open) {
  recognition::v1::TakeStepRequest supply;
  supply.set_request_id(request_id);
  supply.set_id(told.id());
  supply.mutable_action()->set_step(recognition::v1::CASE_STEP_SUPPLY);
  supply.mutable_action()->set_revision(told.outcome().revision());
  for (const auto& item : open.procedure().items()) supply.mutable_action()->add_items()->set_input(item.input());
  const auto supplied = Call(*portal.recognition, &Stub::TakeStep, supply);
  EXPECT_TRUE(supplied.ok()) << supplied.status();
}

// The holder supplies at the holder's own node, and another centre answers at its own: nobody is a client of the
// authority but its own people.
TEST_F(RecognitionCasesTest, HoldersAndOtherCentresActThroughTheirOwnNodes) {
  const CaseRow& row = RowBy("09-outcomes-come-later");
  const std::string id = Submit(row);
  const auto in = [](recognition::v1::CaseState state) {
    return [state](const RecognitionCase& held) { return held.state() == state; };
  };
  const RecognitionCase told = WaitFor(row.at("applicant"), "portal", id, in(recognition::v1::CASE_STATE_INCOMPLETE));
  const RecognitionCase open = Get("BG", "evaluators", id);
  SupplyAll(Client(row.at("applicant"), "portal"), base::NewUuid(random_), told, open);
  WaitFor("BG", "evaluators", id, in(recognition::v1::CASE_STATE_EVALUATION));

  // The commands of docs/operating/cases.md, with this test's names in the place of the page's.
  const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/cases.md"));
  const auto block = [&](const std::string& language, size_t number) {
    const std::vector<std::string> blocks = absl::StrSplit(page, absl::StrCat("```", language, "\n"));
    EXPECT_GT(blocks.size(), number);
    return blocks.size() > number ? blocks[number].substr(0, blocks[number].find("```")) : "";
  };
  const std::vector<std::string> commands = absl::StrSplit(block("sh", 2), "passerelle ", absl::SkipEmpty());
  ASSERT_EQ(commands.size(), 3u);
  const std::string question = absl::StrCat(federation_->folder(), "/question.yaml");
  tests::WriteAll(question, block("yaml", 3));
  const auto run = [&](const std::string& node, const std::string& command, const std::string& inquiry = "") {
    const std::string client = absl::StrCat(federation_->NodeFolder(node), "/clients/office");
    const std::string address = absl::StrCat("127.0.0.1:", federation_->PortsOf(node).client);
    const std::string revision = absl::StrCat("--revision ", Get("BG", "evaluators", id).procedure().revision());
    return tests::RunProgram(
        {"/bin/sh", "-ec",
         absl::StrCat(
             tests::Passerelle(), " ",
             absl::StrReplaceAll(command, {{"CASE", id},
                                           {"QUESTION", inquiry},
                                           {"--revision 5", revision},
                                           {"bg.example:7443", address},
                                           {"no.example:7443", address},
                                           {"question.yaml", question},
                                           {"evaluators.crt", client + ".crt.pem"},
                                           {"evaluators.key", client + ".key.pem"},
                                           {"authorities.pem", federation_->folder() + "/authority.crt.pem"}}))});
  };
  const tests::Outcome asked = run("BG", commands[0]);
  ASSERT_EQ(asked.exit_code, 0) << asked.err;
  const std::string as_json = absl::StrReplaceAll(commands[1], {{"inquiries ", "inquiries --json "}});
  std::string listed;
  const absl::Time end = absl::Now() + kPatience;
  while (listed.empty() && absl::Now() < end) {
    const tests::Outcome outcome = run("NO", as_json);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    if (tests::At(outcome.out, "/inquiries/0/id") != "absent") listed = outcome.out;
  }
  EXPECT_EQ(tests::At(listed, "/inquiries/0/asking_node"), "BG");
  EXPECT_EQ(tests::At(listed, "/inquiries/0/document_sha256"), open.document().sha256());
  EXPECT_TRUE(absl::StrContains(run("NO", commands[1]).out, "from BG"));
  const std::string inquiry = tests::At(listed, "/inquiries/0/id");
  EXPECT_NE(inquiry, id);
  const tests::Outcome answered = run("NO", commands[2], inquiry);
  EXPECT_EQ(answered.exit_code, 0) << answered.err;
  EXPECT_EQ(answered.out, "answered by office/registrar; the answer goes to BG\n");
  const RecognitionCase evaluated = WaitFor("BG", "evaluators", id, in(recognition::v1::CASE_STATE_EVALUATION));
  ASSERT_EQ(evaluated.procedure().inquiries_size(), 1);
  EXPECT_EQ(evaluated.procedure().inquiries(0).answer(), "Yes, of its second year.");
  EXPECT_EQ(PathOf(evaluated), "T01,T02,T02a,T03,T06,T09,T11,T12,T12");
  EXPECT_EQ(run("NO", commands[1]).out, "");
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

TEST_F(RecognitionCasesTest, TheCommandLineSaysWhyANodeIsNotReached) {
  const std::string client = absl::StrCat(federation_->NodeFolder("BG"), "/clients/evaluators");
  const std::string authority = federation_->folder() + "/authority.crt.pem";
  const auto run = [&](const std::string& key) {
    return tests::RunProgram({tests::Passerelle(), "recognition", "list", "--node", "127.0.0.1:1", "--certificate",
                              client + ".crt.pem", "--key", key, "--authorities", authority});
  };
  const tests::Outcome unreached = run(client + ".key.pem");
  EXPECT_EQ(unreached.exit_code, 1);
  EXPECT_TRUE(absl::StartsWith(unreached.err, "PEER_UNREACHABLE at --node 127.0.0.1:1: ")) << unreached.err;
  EXPECT_TRUE(absl::StrContains(unreached.err, "onnection refused")) << unreached.err;
  EXPECT_FALSE(absl::StrContains(unreached.err, "tried again")) << unreached.err;
  EXPECT_EQ(std::count(unreached.err.begin(), unreached.err.end(), '\n'), 1) << unreached.err;
  const std::string other = absl::StrCat(federation_->NodeFolder("BG"), "/clients/office.key.pem");
  EXPECT_TRUE(absl::StartsWith(run(other).err, absl::StrCat("KEY_UNUSABLE at ", other))) << run(other).err;
}

// The commands of docs/operating/cases.md, with this test's names in the place of the page's.
TEST_F(RecognitionCasesTest, TheCommandsOfThePageDoWhatItSays) {
  const std::string id = Submit(rows_[0]);
  WaitFor("BG", "evaluators", id,
          [](const RecognitionCase& held) { return held.state() == recognition::v1::CASE_STATE_EVALUATION; });
  const std::string page = tests::ReadAll(absl::StrCat(testing::kSourceDir, "/docs/operating/cases.md"));
  const std::vector<std::string> yaml = absl::StrSplit(page, "```yaml\n");
  ASSERT_EQ(yaml.size(), 4u);
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
