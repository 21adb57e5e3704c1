#include "gateway/cli/recognition_commands.h"

#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/authenticity/verdict.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/recognition/clocks.h"
#include "core/recognition/facts/document_facts.h"
#include "core/recognition/policy.h"
#include "core/recognition/policy_check.h"
#include "core/recognition/policy_report.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"
#include "gateway/registers/register_facts_files.h"
#include "passerelle/recognition/v1/case_file.pb.h"

namespace passerelle::gateway {
namespace {

using recognition::TestedCase;

// A policy as it was looked at: its tests, or why it cannot be used.
struct Checked {
  std::string file;
  recognition::v1::RecognitionPolicy policy;
  absl::StatusOr<std::vector<TestedCase>> tests = absl::UnknownError("");

  bool GoesLive() const {
    if (!tests.ok()) return false;
    for (const TestedCase& test : *tests) {
      if (!test.differences.empty()) return false;
    }
    return true;
  }
};

Checked CheckOne(const std::string& file) {
  Checked checked;
  checked.file = file;
  const absl::Status read = ReadYamlFile(file, &checked.policy);
  checked.tests = read.ok() ? recognition::RunPolicyTests(checked.policy) : read;
  if (read.ok() && !checked.tests.ok()) {
    const absl::Status& problem = checked.tests.status();
    checked.tests = base::Problem(base::ReasonOf(problem), absl::StrCat(file, ": ", base::PlaceOf(problem)),
                                  base::DetailOf(problem));
  }
  return checked;
}

void PrintChecked(const Checked& checked, const Console& console) {
  if (!checked.tests.ok()) {
    PrintProblem(checked.tests.status(), console);
    return;
  }
  size_t passed = 0;
  for (const TestedCase& test : *checked.tests) passed += test.differences.empty() ? 1 : 0;
  console.out << checked.policy.id() << " version " << checked.policy.version() << ": " << passed << " of "
              << checked.tests->size() << " tests passed; " << (checked.GoesLive() ? "goes live" : "does not go live")
              << "\n";
  for (const TestedCase& test : *checked.tests) {
    if (!test.differences.empty()) console.out << "  failed: " << test.name << "\n";
    for (const std::string& difference : test.differences) console.out << "    " << difference << "\n";
  }
}

void WriteChecked(const Checked& checked, base::JsonWriter* json) {
  json->BeginObject();
  json->Member("file", checked.file);
  json->Member("policy", checked.policy.id());
  json->Member("version", checked.policy.version());
  json->Member("goes_live", checked.GoesLive());
  if (!checked.tests.ok()) {
    json->Member("reason", base::Catalogue(base::ReasonOf(checked.tests.status())).name);
    json->Member("place", base::PlaceOf(checked.tests.status()));
  } else {
    json->Key("tests");
    json->BeginArray();
    for (const TestedCase& test : *checked.tests) {
      json->BeginObject();
      json->Member("name", test.name);
      json->Member("passed", test.differences.empty());
      json->Key("differences");
      json->BeginArray();
      for (const std::string& difference : test.differences) json->String(difference);
      json->EndArray();
      json->EndObject();
    }
    json->EndArray();
  }
  json->EndObject();
}

absl::StatusOr<recognition::Facts> FactsOfFile(const document::Registry& registry, const std::string& file,
                                               absl::Time at) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(file, base::kDocumentBytesMax));
  ASSIGN_OR_RETURN(document::Translated translated, document::Translate(registry, bytes, {}));
  recognition::Facts facts;
  *facts.annex_one.mutable_elements() = translated.report.elements();
  facts.credential = std::move(translated.credential);
  authenticity::Question question;
  question.content = bytes;
  question.at = at;
  facts.verdict = authenticity::Judge(registry, question);
  facts.about = recognition::FactsOfDocument(facts.credential, facts.annex_one);
  *facts.about.mutable_authenticity() = recognition::FactsOfVerdict(facts.verdict, false);  // no register was asked
  return facts;
}

bool IsCaseFile(absl::string_view file) { return absl::EndsWith(file, ".yaml") || absl::EndsWith(file, ".yml"); }

absl::StatusOr<recognition::Facts> FactsOfCase(const document::Registry& registry, const EvaluateRequest& request) {
  if (!IsCaseFile(request.case_file)) return FactsOfFile(registry, request.case_file, request.at);
  recognition::v1::CaseFile file;
  RETURN_IF_ERROR(ReadYamlFile(request.case_file, &file));
  recognition::Facts facts;
  if (!file.document().empty()) {
    const std::filesystem::path folder = std::filesystem::path(request.case_file).parent_path();
    ASSIGN_OR_RETURN(facts, FactsOfFile(registry, (folder / file.document()).string(), request.at));
  }
  recognition::Overlay(file.facts(), &facts.about);
  return facts;
}

absl::StatusOr<recognition::v1::RecognitionOutcome> EvaluateCase(const document::Registry& registry,
                                                                 const EvaluateRequest& request) {
  recognition::v1::RecognitionPolicy policy;
  RETURN_IF_ERROR(ReadYamlFile(request.policy, &policy));
  RETURN_IF_ERROR(recognition::CheckGoesLive(policy));
  ASSIGN_OR_RETURN(recognition::Facts facts, FactsOfCase(registry, request));
  if (facts.about.decision_date().empty()) {
    facts.about.set_decision_date(recognition::DayText(recognition::DayOf(request.at)));
  }
  if (facts.about.receiver_country().empty()) facts.about.set_receiver_country(policy.country());
  ASSIGN_OR_RETURN(const auto registers, LoadRegisterFacts(request.register_facts));
  registers->AddTo(&facts.about);
  return recognition::MakeOutcome(policy, recognition::Evaluate(policy, facts));
}

}  // namespace

int RunRecognitionCheck(const std::vector<std::string>& policies, bool json, const Console& console) {
  bool all = true;
  std::string text;
  base::JsonWriter writer(text);
  writer.BeginObject();
  writer.Key("policies");
  writer.BeginArray();
  for (const std::string& file : policies) {
    const Checked checked = CheckOne(file);
    all = all && checked.GoesLive();
    if (json) {
      WriteChecked(checked, &writer);
    } else {
      PrintChecked(checked, console);
    }
  }
  writer.EndArray();
  writer.EndObject();
  if (json) console.out << text << "\n";
  return all ? kExitDone : kExitRefused;
}

int RunEvaluate(const document::Registry& registry, const EvaluateRequest& request, const Console& console) {
  const auto outcome = EvaluateCase(registry, request);
  if (!outcome.ok()) {
    PrintProblem(outcome.status(), console);
    return kExitRefused;
  }
  console.out << (request.json ? recognition::OutcomeJson(*outcome) + "\n" : recognition::OutcomeText(*outcome));
  return kExitDone;
}

}  // namespace passerelle::gateway
