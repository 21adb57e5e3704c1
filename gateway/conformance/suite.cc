#include "gateway/conformance/suite.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/conformance/case.h"
#include "gateway/conformance/judges.h"

namespace passerelle::gateway {
namespace {

// Folders with a cases.tsv, at or below `folder`.
absl::StatusOr<std::vector<std::string>> FindSuites(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> suites;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, error);
       !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
    if (entry->path().filename() == "cases.tsv") suites.push_back(entry->path().parent_path().string());
  }
  if (error || suites.empty()) {
    return base::Problem(base::Reason::kInputNotReadable, folder, "no cases.tsv was found below it");
  }
  std::sort(suites.begin(), suites.end());
  return suites;
}

bool Agrees(const std::string& expected, const std::string& got) {
  return expected == got || expected == "n/a" || expected == "ambiguous";
}

void JudgeCase(const ConformanceCase& row, SuiteOutcome& outcome) {
  const Judge judge = FindJudge(row.kind);
  if (judge == nullptr) {
    ++outcome.skipped[row.kind];
    return;
  }
  const Judgement judgement = judge(row);
  const bool crypto = Agrees(row.crypto, judgement.crypto);
  const bool gateway = Agrees(row.gateway, judgement.gateway);
  ++outcome.judged;
  outcome.crypto_agree += crypto ? 1 : 0;
  outcome.gateway_agree += gateway ? 1 : 0;
  if (crypto && gateway) return;
  outcome.differences.push_back({row.id, absl::StrCat(row.crypto, "/", row.gateway),
                                 absl::StrCat(judgement.crypto, "/", judgement.gateway), judgement.why});
}

int SkippedCount(const SuiteOutcome& outcome) {
  int count = 0;
  for (const auto& [kind, rows] : outcome.skipped) count += rows;
  return count;
}

}  // namespace

absl::StatusOr<std::vector<SuiteOutcome>> JudgeSuites(const std::vector<std::string>& folders) {
  std::vector<SuiteOutcome> outcomes;
  for (const std::string& folder : folders) {
    ASSIGN_OR_RETURN(const std::vector<std::string> suites, FindSuites(folder));
    for (const std::string& suite : suites) {
      ASSIGN_OR_RETURN(const std::vector<ConformanceCase> cases, ReadCases(suite));
      SuiteOutcome& outcome = outcomes.emplace_back();
      outcome.suite = std::filesystem::path(suite).filename().string();
      for (const ConformanceCase& row : cases) JudgeCase(row, outcome);
    }
  }
  return outcomes;
}

std::string SuitesJson(const std::vector<SuiteOutcome>& suites) {
  std::string out;
  base::JsonWriter json(out);
  json.BeginObject();
  json.Key("suites");
  json.BeginArray();
  for (const SuiteOutcome& outcome : suites) {
    json.BeginObject();
    json.Member("suite", outcome.suite);
    json.Member("judged", outcome.judged);
    json.Member("skipped", SkippedCount(outcome));
    json.Member("crypto_agree", outcome.crypto_agree);
    json.Member("gateway_agree", outcome.gateway_agree);
    json.Key("differences");
    json.BeginArray();
    for (const Difference& difference : outcome.differences) {
      json.BeginObject();
      json.Member("case", difference.case_id);
      json.Member("expected", difference.expected);
      json.Member("got", difference.got);
      json.Member("why", difference.why);
      json.EndObject();
    }
    json.EndArray();
    json.Key("skipped_kinds");
    json.BeginObject();
    for (const auto& [kind, rows] : outcome.skipped) json.Member(kind, rows);
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  out += '\n';
  return out;
}

std::string SuitesText(const std::vector<SuiteOutcome>& suites) {
  std::string out;
  for (const SuiteOutcome& outcome : suites) {
    absl::StrAppend(
        &out, absl::StrFormat("%-18s %4d judged, %4d agree on crypto, %4d on gateway, %d skipped\n", outcome.suite,
                              outcome.judged, outcome.crypto_agree, outcome.gateway_agree, SkippedCount(outcome)));
    for (const Difference& difference : outcome.differences) {
      absl::StrAppend(&out, "  ", difference.case_id, ": expected ", difference.expected, ", got ", difference.got,
                      difference.why.empty() ? "" : ": ", difference.why, "\n");
    }
    for (const auto& [kind, rows] : outcome.skipped) {
      if (kind != "none") absl::StrAppend(&out, "  no judge for ", rows, " of kind ", kind, "\n");
    }
  }
  return out;
}

}  // namespace passerelle::gateway
