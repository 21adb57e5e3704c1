#include "tests/docs/cases_page.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/integration/recognition_cases.h"

namespace passerelle::docs {
namespace {

using gateway::CaseRow;

constexpr char kHead[] =
    R"(<!-- Generated from tests/integration/recognition_cases/cases.tsv; scripts/check.sh docs --update writes it. -->
# Recognition cases

People, bodies and courses are invented. Each case is run between four nodes by a test: the holder's side submits the
document, the authority's node checks it and asks the issuer's register, and people take the steps that are listed, as
clients of the authority's node. What the node does by itself stands between them in the path, by the numbers of
[the procedure](../reference/procedure.md). [Recognition](recognition.md) explains the words.

)";

std::string Phrase(const std::string& word) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"_", " "}, {"-", " "}});
}

// "evaluator:propose:full!place" in words.
std::string StepText(absl::string_view step) {
  static const std::map<std::string, std::string> kPeople = {
      {"evaluator", "the evaluator"},
      {"sameperson", "the evaluator, in the role of the decider"},
      {"decider", "the decider"},
      {"counter", "the holder, through the counter of the authority"},
      {"appeals", "the appeal body"},
      {"centre", "the centre of origin"},
      {"stranger", "a centre that was not asked"}};
  const std::vector<std::string> halves = absl::StrSplit(step, absl::MaxSplits('!', 1));
  const std::vector<std::string> parts = absl::StrSplit(halves[0], ':');
  std::string text = absl::StrCat(kPeople.at(parts[0]), ": ", Phrase(parts[1]));
  if (parts.size() > 2) absl::StrAppend(&text, " (", parts[2], parts[1] == "delay" ? " days" : "", ")");
  if (halves.size() > 1) absl::StrAppend(&text, "; refused at `", halves[1], "`");
  return text;
}

std::string RuleText(const std::string& rules) {
  std::vector<std::string> words;
  for (const absl::string_view rule : absl::StrSplit(rules, ',', absl::SkipEmpty())) {
    const std::vector<std::string> halves = absl::StrSplit(rule, '=');
    words.push_back(absl::StrCat(halves[0], " ", Phrase(halves[1])));
  }
  return absl::StrJoin(words, ", ");
}

std::string Facts(const CaseRow& row) {
  const std::string identifiers =
      absl::StrCat(row.at("identifier"), row.at("qualification").empty() ? "" : ", ", row.at("qualification"));
  return absl::StrCat(row.at("body"), " (", row.at("country"), "), ", identifiers, identifiers.empty() ? "" : ", ",
                      "level ", row.at("level"), ", ", row.at("ects"), " ECTS credits, ",
                      row.at("setting").empty() ? "setting not stated" : row.at("setting"), ", ",
                      row.at("tested") == "exam" ? "examined"
                      : row.at("tested").empty() ? "assessment not stated"
                                                 : "attendance only",
                      ", learning outcomes ", row.at("outcomes").empty() ? "not stated" : row.at("outcomes"),
                      "; in the issuer's register: ", row.at("register") == "none" ? "no" : row.at("register"));
}

}  // namespace

std::string CasesPage() {
  std::string page = kHead;
  for (const CaseRow& row : gateway::CaseRows()) {
    absl::StrAppend(&page, "## ", row.at("name").substr(0, 2), ". ", row.at("title"), "\n\n", row.at("story"), "\n\n");
    absl::StrAppend(&page, "| | |\n|---|---|\n");
    absl::StrAppend(&page, "| Holder | ", row.at("holder"), "; applies at ", row.at("applicant"),
                    ", the authority is at ", row.at("authority"), ", for ", Phrase(row.at("purpose")), " |\n");
    absl::StrAppend(&page, "| Document | ", Facts(row), " |\n");
    if (!row.at("rules").empty()) absl::StrAppend(&page, "| Rules | ", RuleText(row.at("rules")), " |\n");
    int number = 0;
    for (const absl::string_view step : absl::StrSplit(row.at("steps"), ' ', absl::SkipEmpty())) {
      absl::StrAppend(&page, "| Step ", ++number, " | ", StepText(step), " |\n");
    }
    absl::StrAppend(&page, "| Path | ", absl::StrReplaceAll(row.at("path"), {{",", " "}}), " |\n");
    absl::StrAppend(&page, "| Ends | ", row.at("state"),
                    row.at("decision").empty() ? "" : absl::StrCat(", decision ", row.at("decision")), " |\n\n");
  }
  page.pop_back();
  return page;
}

}  // namespace passerelle::docs
