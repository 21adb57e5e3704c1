#include "gateway/conformance/judge_status.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/status/status_list.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using proof::StatusList;
using simdjson::dom::object;

int64_t Number(const object& members, absl::string_view name, int64_t otherwise) {
  const auto member = base::Find(members, name);
  int64_t number = otherwise;
  return member && member->get(number) == simdjson::SUCCESS ? number : otherwise;
}

// "expect" says which entry must hold which value.
absl::Status Compare(const object& members, const StatusList& list) {
  const auto expect = base::Find(members, "expect");
  const auto entries = expect ? base::AsObject(*expect) : std::nullopt;
  if (!entries) return Problem(Reason::kFieldMissing, "expect");
  for (const auto& [key, value] : *entries) {
    uint64_t index = 0;
    uint64_t expected = 0;
    if (!absl::SimpleAtoi(base::View(key), &index) || value.get(expected) != simdjson::SUCCESS) {
      return Problem(Reason::kFieldInvalid, "expect");
    }
    ASSIGN_OR_RETURN(const uint64_t found, list.At(index));
    if (found != expected) return Problem(Reason::kFieldInvalid, absl::StrCat("entry ", index), "it has another value");
  }
  return absl::OkStatus();
}

absl::Status TokenStatus(const object& members) {
  ASSIGN_OR_RETURN(const StatusList list, StatusList::FromTokenList(base::FindString(members, "lst").value_or(""),
                                                                    Number(members, "bits", 0)));
  return Compare(members, list);
}

absl::Status Bitstring(const object& members) {
  const absl::string_view encoded = base::FindString(members, "encodedList").value_or("");
  ASSIGN_OR_RETURN(const StatusList list, StatusList::FromBitstring(encoded, Number(members, "statusSize", 1)));
  return Compare(members, list);
}

Judgement Judged(const ConformanceCase& row, absl::Status (*check)(const object&)) {
  const auto content = row.Content();
  if (!content.ok()) return Unjudged(content.status());
  const auto document = base::JsonDocument::Parse(*content);
  if (!document.ok()) return Unjudged(document.status());
  const auto members = base::AsObject(document->root());
  if (!members) return Unjudged(Problem(Reason::kFieldInvalid, ""));
  const absl::Status status = check(*members);
  proof::Findings findings;
  if (!status.ok()) findings.Refuse(status);
  return JudgementOf(status.ok(), findings);
}

}  // namespace

Judgement JudgeTokenStatus(const ConformanceCase& row) { return Judged(row, TokenStatus); }
Judgement JudgeBitstring(const ConformanceCase& row) { return Judged(row, Bitstring); }

}  // namespace passerelle::gateway
