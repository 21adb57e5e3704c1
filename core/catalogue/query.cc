#include "core/catalogue/query.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/decimal.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/catalogue/co_design.h"

namespace passerelle::catalogue {
namespace {

using base::Problem;
using base::Reason;

constexpr uint32_t kLevelMost = 8;

// Credits from which a new mark begins; most micro-credentials have less than 15 (millionths).
constexpr int64_t kCreditSteps[] = {0,         1'000'000, 2'000'000,  3'000'000,  4'000'000,  5'000'000,  6'000'000,
                                    7'000'000, 8'000'000, 10'000'000, 15'000'000, 20'000'000, 30'000'000, 60'000'000};

// Longer values are those of no vocabulary, and have no mark.
constexpr size_t kMarkedBytesMax = 200;

// In digits and letters only, so that no database takes it apart.
std::string Mark(absl::string_view kind, absl::string_view value) {
  return absl::StrCat(kMarkStart, kind, absl::BytesToHexString(value));
}

size_t StepOf(int64_t millionths) {
  const int64_t* const above = std::upper_bound(std::begin(kCreditSteps), std::end(kCreditSteps), millionths);
  return static_cast<size_t>(above - std::begin(kCreditSteps) - 1);
}

bool IsField(absl::string_view field) {
  return field.find_first_not_of("0123456789") == absl::string_view::npos && field.size() <= 4;
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> CreditMillionths(const std::string& credits, absl::string_view place) {
  if (credits.empty()) return std::optional<int64_t>();
  const std::optional<base::Decimal> number = base::Decimal::Parse(credits);
  if (!number.has_value()) return Problem(Reason::kFieldInvalid, place, "it is no decimal number such as 7.5");
  return std::optional<int64_t>(std::llround(number->ToDouble() * 1e6));
}

std::vector<std::string> MarksOf(const v1::Offer& offer) {
  std::set<std::string> marks = {Mark("any", "")};
  const auto add = [&](absl::string_view kind, const std::string& value) {
    if (!value.empty() && value.size() <= kMarkedBytesMax) marks.insert(Mark(kind, value));
  };
  add("country", offer.country());
  add("type", offer.provider_type());
  for (const std::string& language : offer.languages()) add("language", language);
  for (const std::string& mode : offer.modes()) add("mode", mode);
  for (const std::string& field : offer.fields()) {
    if (!IsField(field)) continue;
    for (size_t digits = 1; digits <= field.size(); ++digits) add("field", field.substr(0, digits));
  }
  for (const std::string& tag : offer.tags()) add("tag", tag);
  for (const v1::CoDesigner& designer : offer.co_designed_by()) {
    for (const absl::string_view word : CoDesignerWords(designer.kind())) add("codesign", std::string(word));
    add("codesigner", designer.id());
  }
  if (offer.eqf_level() != 0) add("level", absl::StrCat(offer.eqf_level()));
  const auto credits = CreditMillionths(offer.credits(), "credits");
  if (credits.ok() && credits->has_value()) add("credits", absl::StrCat(StepOf(**credits)));
  return {marks.begin(), marks.end()};
}

absl::StatusOr<MarkQuery> MarksOf(const OfferQuery& query) {
  if (query.limit < 1 || query.limit > kOffersPageMax) {
    return Problem(Reason::kFieldInvalid, "limit", absl::StrCat("it goes from 1 to ", kOffersPageMax));
  }
  if (!IsField(query.field)) {
    return Problem(Reason::kFieldInvalid, "field", "fields of ISCED-F have up to four digits");
  }
  RETURN_IF_ERROR(CheckCoDesignerWord(query.co_designed_by, "co_designed_by"));
  MarkQuery asked;
  ASSIGN_OR_RETURN(asked.least_credits, CreditMillionths(query.least_credits, "least_credits"));
  ASSIGN_OR_RETURN(asked.most_credits, CreditMillionths(query.most_credits, "most_credits"));
  const auto add = [&](absl::string_view kind, const std::string& value) {
    if (!value.empty()) asked.groups.push_back({Mark(kind, value)});
  };
  const auto add_range = [&](absl::string_view kind, size_t least, size_t most) {
    std::vector<std::string>& group = asked.groups.emplace_back();
    for (size_t i = least; i <= most; ++i) group.push_back(Mark(kind, absl::StrCat(i)));
  };
  add("country", query.country);
  add("type", query.provider_type);
  add("language", query.language);
  add("mode", query.mode);
  add("field", query.field);
  add("codesign", query.co_designed_by);
  add("codesigner", query.co_designer);
  add("tag", query.tag);
  if (query.least_level != 0 || query.most_level != 0) {
    add_range("level", std::max(1u, query.least_level),
              query.most_level == 0 ? kLevelMost : std::min(kLevelMost, query.most_level));
  }
  if (asked.least_credits.has_value() || asked.most_credits.has_value()) {
    add_range("credits", StepOf(asked.least_credits.value_or(0)),
              asked.most_credits.has_value() ? StepOf(*asked.most_credits) : std::size(kCreditSteps) - 1);
  }
  if (asked.groups.empty()) asked.groups.push_back({Mark("any", "")});
  return asked;
}

}  // namespace passerelle::catalogue
