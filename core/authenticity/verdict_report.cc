#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/authenticity/check.h"
#include "core/authenticity/verdict.h"
#include "core/base/date_time.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"

namespace passerelle::authenticity {
namespace {

absl::string_view Meaning(const std::string& reason) {
  const std::optional<base::Reason> known = base::ReasonByName(reason);
  return known.has_value() ? base::Catalogue(*known).meaning : "";
}

absl::string_view VerdictSentence(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_AUTHENTIC:
      return "The document is genuine and in force.";
    case v1::VERDICT_NOT_AUTHENTIC:
      return "The document is not genuine, or not in force.";
    default:
      return "Whether the document is genuine cannot be established from what is at hand.";
  }
}

}  // namespace

absl::string_view VerdictWord(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_AUTHENTIC:
      return "AUTHENTIC";
    case v1::VERDICT_NOT_AUTHENTIC:
      return "NOT_AUTHENTIC";
    default:
      return "CANNOT_BE_ESTABLISHED";
  }
}

absl::string_view OutcomeWord(v1::CheckOutcome outcome) {
  switch (outcome) {
    case v1::CHECK_OUTCOME_PASS:
      return "PASS";
    case v1::CHECK_OUTCOME_FAIL:
      return "FAIL";
    default:
      return "UNKNOWN";
  }
}

std::string VerdictJson(const v1::AuthenticityVerdict& verdict) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  json.Member("verdict", VerdictWord(verdict.verdict()));
  json.Key("checks");
  json.BeginArray();
  for (const v1::Check& check : verdict.checks()) {
    json.BeginObject();
    json.Member("name", check.name());
    json.Member("outcome", OutcomeWord(check.outcome()));
    json.Member("reason", check.reason());
    json.Key("inputs");
    json.BeginArray();
    for (const std::string& input : check.inputs()) json.String(input);
    json.EndArray();
    if (check.has_time()) json.Member("time", base::WriteDateTime(base::FromProto(check.time())));
    json.EndObject();
  }
  json.EndArray();
  json.Member("at", base::WriteDateTime(base::FromProto(verdict.at())));
  json.Member("sha256", verdict.sha256());
  json.EndObject();
  return text;
}

std::string VerdictText(const v1::AuthenticityVerdict& verdict) {
  std::string text =
      absl::StrCat(VerdictWord(verdict.verdict()), " at ", base::WriteDateTime(base::FromProto(verdict.at())), "\n",
                   VerdictSentence(verdict.verdict()), "\nsha256 ", verdict.sha256(), "\n\n");
  for (const v1::Check& check : verdict.checks()) {
    std::string line = absl::StrFormat("%-14s %-8s %-22s %s", check.name(), OutcomeWord(check.outcome()),
                                       check.reason(), Meaning(check.reason()));
    if (!check.inputs().empty()) absl::StrAppend(&line, " (", absl::StrJoin(check.inputs(), "; "), ")");
    absl::StrAppend(&text, base::OneLine(line), "\n");
  }
  return text;
}

}  // namespace passerelle::authenticity
