#include "core/statistics/facts.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "core/base/decimal.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace passerelle::statistics {
namespace {

using base::Problem;
using base::Reason;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kCodeBytesMax = 64;
constexpr uint32_t kLevelMax = 8;  // of the European Qualifications Framework

// Keys join states and count distinct things; they are never published and may have any form.
bool IsKey(const FieldDescriptor& field) {
  return field.name() == "key" || field.name() == "provider" || field.name() == "holder";
}

bool IsCode(absl::string_view text) {
  if (text.size() > kCodeBytesMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("._:/+-").find(c) != absl::string_view::npos;
  });
}

bool IsCountry(absl::string_view text) {
  return text.size() == 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// What the contract lists (event.proto); other codes are free. By the end of the full name of the field.
struct CodeList {
  absl::string_view field;
  absl::string_view codes;
};
constexpr CodeList kCodeLists[] = {
    {".Learning.setting", "FORMAL,NON_FORMAL,INFORMAL"},
    {".Learning.level_basis", "NQF_INCLUDED,PROVIDER_CLAIM,MAPPED"},
    {".Learning.tags", "DIGITAL,GREEN"},
    {".ProviderState.status", "OBLIGATORY,VOLUNTARY,NONE"},
    {".CaseState.state", "OPEN,CLOSED,WITHDRAWN,LAPSED"},
    {".CaseState.outcome", "FULL,PARTIAL,CONDITIONAL,ALTERNATIVE,REFUSED,STATEMENT,AUTO,ROUTED"},
    {".CaseState.appeal", "NONE,FILED,CHANGED"},
    {".StackEvaluated.outcome", "SATISFIED,NOT_SATISFIED,UNKNOWN"},
    {".Verified.result", "AUTHENTIC,NOT_AUTHENTIC,CANNOT_BE_ESTABLISHED"},
    {".Shared.result", "APPROVED,REFUSED,WITHDRAWN"},
};

absl::Status CheckListed(const FieldDescriptor& field, absl::string_view text, const std::string& place) {
  for (const CodeList& list : kCodeLists) {
    if (!absl::EndsWith(field.full_name(), list.field)) continue;
    const std::vector<absl::string_view> codes = absl::StrSplit(list.codes, ',');
    if (std::find(codes.begin(), codes.end(), text) != codes.end()) continue;
    return Problem(Reason::kEventInvalid, place, absl::StrCat("it is none of ", absl::StrJoin(codes, ", ")));
  }
  return absl::OkStatus();
}

// Codes that cubes use themselves: an event's would be counted together with what they stand for.
bool IsReserved(const FieldDescriptor& field, absl::string_view text) {
  const bool none_is_counted = field.name() == "tags" || field.name() == "gap";
  return text[0] == '_' || (none_is_counted && text == kNone);
}

absl::Status CheckText(const FieldDescriptor& field, const std::string& text, const std::string& place) {
  if (text.empty() || IsKey(field)) return absl::OkStatus();
  const bool country = field.name() == "country" || field.name() == "from_country" || field.name() == "to_country";
  if (country && !IsCountry(text)) return Problem(Reason::kEventInvalid, place, "it is no country code such as BG");
  if (field.name() == "credits" && !base::Decimal::Parse(text).has_value()) {
    return Problem(Reason::kEventInvalid, place, "it is no decimal number such as 7.5");
  }
  if (!IsCode(text)) return Problem(Reason::kEventInvalid, place, "it is no code: a name or a text is not published");
  if (IsReserved(field, text)) {
    return Problem(Reason::kEventInvalid, place, "cubes use this code themselves; leave out what is not stated");
  }
  return CheckListed(field, text, place);
}

absl::Status CheckMessage(const Message& message, const std::string& place) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string at = absl::StrCat(place, ".", field->name());
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      RETURN_IF_ERROR(CheckMessage(reflection.GetMessage(message, field), at));
    } else if (field->name() == "eqf_level" && reflection.GetUInt32(message, field) > kLevelMax) {
      return Problem(Reason::kEventInvalid, at, "levels go from 1 to 8");
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        RETURN_IF_ERROR(
            CheckText(*field, reflection.GetRepeatedString(message, field, i), absl::StrCat(at, "[", i, "]")));
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      RETURN_IF_ERROR(CheckText(*field, reflection.GetString(message, field), at));
    }
  }
  return absl::OkStatus();
}

std::string Code(absl::string_view text) { return std::string(text.empty() ? kUnknown : text); }
std::string YesNo(bool stated, bool value) { return std::string(stated ? (value ? "Y" : "N") : kUnknown); }
std::string Level(uint32_t level) { return level == 0 ? std::string(kUnknown) : std::to_string(level); }

// A thing with several codes of a kind counts once.
std::string OneOf(const google::protobuf::RepeatedPtrField<std::string>& codes) {
  const std::set<std::string> different(codes.begin(), codes.end());
  if (different.empty()) return std::string(kNone);
  return different.size() == 1 ? Code(*different.begin()) : std::string(kSeveral);
}

Row LearningRow(const v1::Learning& learning, const std::string& provider) {
  Row row;
  row.contributor = provider;
  row.codes = {
      {"country", Code(learning.country())},
      {"provider_type", Code(learning.provider_type())},
      {"setting", Code(learning.setting())},
      {"level", Level(learning.eqf_level())},
      {"basis", Code(learning.level_basis())},
      {"field", Code(learning.field().substr(0, 2))},
      {"credits", CreditsBand(learning.credits())},
      {"mode", Code(learning.mode())},
      {"language", Code(learning.language())},
      {"assessment_type", Code(learning.assessment_type())},
      {"quality_assurance", Code(learning.quality_assurance())},
      {"stackable", YesNo(learning.has_stackable(), learning.stackable())},
      {"nqf", YesNo(learning.has_nqf_included(), learning.nqf_included())},
      {"tag", OneOf(learning.tags())},
      {"workload", learning.has_workload_estimated() && learning.workload_estimated() ? "ESTIMATED" : "STATED"}};
  return row;
}

Row With(Row row, const std::string& dimension, const std::string& code) {
  row.codes[dimension] = code;
  return row;
}

// Each of several codes once.
void AddEach(const Row& row, const std::string& dimension, const google::protobuf::RepeatedPtrField<std::string>& codes,
             std::vector<Row>* rows) {
  const std::set<std::string> different(codes.begin(), codes.end());
  for (const std::string& code : different) rows->push_back(With(row, dimension, Code(code)));
}

void AddOffer(const v1::OfferState& offer, Rows* rows) {
  if (offer.withdrawn()) return;
  Row row = LearningRow(offer.learning(), offer.provider());
  row.codes["complete"] = YesNo(true, offer.missing_elements().empty());
  row.codes["account"] = YesNo(offer.has_account_eligible(), offer.account_eligible());
  row.codes["stale"] = YesNo(offer.has_stale(), offer.stale());
  AddEach(row, "element", offer.missing_elements(), &(*rows)[Population::kOfferElements]);
  AddEach(row, "skill", offer.learning().skill_groups(), &(*rows)[Population::kOfferSkills]);
  (*rows)[Population::kOffers].push_back(std::move(row));
}

void AddProvider(const v1::ProviderState& provider, Rows* rows) {
  if (provider.withdrawn()) return;
  Row row;
  row.contributor = provider.key();
  row.codes = {{"country", Code(provider.country())},
               {"provider_type", Code(provider.type())},
               {"status", Code(provider.status())},
               {"external_qa", YesNo(provider.has_external_quality_assurance(), provider.external_quality_assurance())},
               {"deqar", YesNo(provider.has_in_deqar(), provider.in_deqar())},
               {"recognition_policy", YesNo(provider.has_recognition_policy(), provider.recognition_policy())},
               {"resolved", YesNo(provider.has_resolved(), provider.resolved())}};
  (*rows)[Population::kProviders].push_back(std::move(row));
}

void AddCase(const v1::CaseState& state, Rows* rows) {
  Row row;
  row.contributor = state.provider();
  row.codes = {
      {"from", Code(state.from_country())},
      {"to", Code(state.to_country())},
      {"purpose", Code(state.purpose())},
      {"provider_type", Code(state.provider_type())},
      {"route", Code(state.route())},
      {"authority", Code(state.authority())},
      {"state", Code(state.state())},
      {"outcome", Code(state.outcome())},
      {"days", state.has_days_to_decision() ? DaysBand(state.days_to_decision()) : std::string(kUnknown)},
      {"days_incomplete", state.has_days_incomplete() ? DaysBand(state.days_incomplete()) : std::string(kUnknown)},
      {"over_limit", YesNo(state.has_over_limit(), state.over_limit())},
      {"appeal", Code(state.appeal())}};
  AddEach(row, "reason", state.reasons(), &(*rows)[Population::kReasons]);
  AddEach(row, "rule", state.failed_rules(), &(*rows)[Population::kFailedRules]);
  (*rows)[Population::kCases].push_back(std::move(row));
}

// What happened, as a row; nothing for states.
void AddHappening(const v1::Event& event, Rows* rows) {
  Row row;
  switch (event.kind_case()) {
    case v1::Event::kAward:
      row = LearningRow(event.award().learning(), event.award().provider());
      row.holder = event.award().holder();
      AddEach(row, "skill", event.award().learning().skill_groups(), &(*rows)[Population::kAwardSkills]);
      return (*rows)[Population::kAwards].push_back(std::move(row));
    case v1::Event::kStack:
      row.codes = {{"pathway_owner", Code(event.stack().pathway_owner())},
                   {"level", Level(event.stack().eqf_level())},
                   {"outcome", Code(event.stack().outcome())},
                   {"gap", event.stack().gap().empty() ? std::string(kNone) : event.stack().gap()}};
      return (*rows)[Population::kStacks].push_back(std::move(row));
    case v1::Event::kVerification:
      row.codes = {{"from", Code(event.verification().from_country())},
                   {"to", Code(event.verification().to_country())},
                   {"result", Code(event.verification().result())},
                   {"format", Code(event.verification().format())}};
      return (*rows)[Population::kVerifications].push_back(std::move(row));
    case v1::Event::kSharing:
      row.codes = {{"purpose", Code(event.sharing().purpose())}, {"result", Code(event.sharing().result())}};
      return (*rows)[Population::kSharing].push_back(std::move(row));
    default:
      return;
  }
}

// A holder counts once: with the code that all awards of the holder share, and kSeveral where they do not.
void AddHolders(const std::vector<v1::Event>& events, const Period& period, Rows* rows) {
  std::map<std::string, Row> holders;
  for (const v1::Event& event : events) {
    if (!event.has_award() || event.award().holder().empty() || event.date().substr(0, 4) != period.year) continue;
    Row row = LearningRow(event.award().learning(), event.award().provider());
    const auto [entry, is_new] = holders.try_emplace(event.award().holder(), row);
    if (is_new) continue;
    Row& known = entry->second;
    for (auto& [dimension, code] : known.codes) {
      if (row.codes[dimension] != code) code = std::string(kSeveral);
    }
    // A holder of several providers is nobody's alone.
    if (known.contributor != row.contributor) known.contributor.clear();
  }
  for (auto& [key, row] : holders) (*rows)[Population::kHolders].push_back(std::move(row));
}

// The latest state of every thing by a day: by date, and of one date the one that stands later.
template <typename State>
class Latest {
 public:
  void Take(const std::string& date, const State& state) {
    auto& known = states_[state.key()];
    if (known.second == nullptr || known.first <= date) known = {date, &state};
  }
  const std::map<std::string, std::pair<std::string, const State*>>& states() const { return states_; }

 private:
  std::map<std::string, std::pair<std::string, const State*>> states_;
};

}  // namespace

absl::StatusOr<Period> MakePeriod(absl::string_view year) {
  int number = 0;
  if (year.size() != 4 || !absl::SimpleAtoi(year, &number) || number < 2000 || number > 2999) {
    return Problem(Reason::kFieldInvalid, "period", "it is no year such as 2026");
  }
  return Period{std::string(year), absl::StrCat(year, "-12-31")};
}

absl::Status CheckEvent(const v1::Event& event, absl::string_view place) {
  absl::CivilDay day;
  if (event.date().size() != 10 || !absl::ParseCivilTime(event.date(), &day)) {
    return Problem(Reason::kEventInvalid, absl::StrCat(place, ".date"), "it is no day such as 2026-01-31");
  }
  if (event.kind_case() == v1::Event::KIND_NOT_SET) {
    return Problem(Reason::kEventInvalid, absl::StrCat(place, ".kind"), "the event says nothing of what happened");
  }
  const bool keyless = (event.has_offer() && event.offer().key().empty()) ||
                       (event.has_provider() && event.provider().key().empty()) ||
                       (event.has_recognition_case() && event.recognition_case().key().empty());
  if (keyless) return Problem(Reason::kEventInvalid, absl::StrCat(place, ".key"), "a state needs the key of its thing");
  return CheckMessage(event, std::string(place));
}

Rows RowsOf(const std::vector<v1::Event>& events, const Period& period) {
  Rows rows;
  Latest<v1::OfferState> offers;
  Latest<v1::ProviderState> providers;
  Latest<v1::CaseState> cases;
  for (const v1::Event& event : events) {
    if (event.date() > period.reference_day) continue;
    if (event.has_offer()) offers.Take(event.date(), event.offer());
    if (event.has_provider()) providers.Take(event.date(), event.provider());
    // A case belongs to the period in which it last changed.
    if (event.has_recognition_case()) cases.Take(event.date(), event.recognition_case());
    if (event.date().substr(0, 4) == period.year) AddHappening(event, &rows);
  }
  for (const auto& [key, state] : offers.states()) AddOffer(*state.second, &rows);
  for (const auto& [key, state] : providers.states()) AddProvider(*state.second, &rows);
  for (const auto& [key, state] : cases.states()) {
    if (state.first.substr(0, 4) == period.year) AddCase(*state.second, &rows);
  }
  AddHolders(events, period, &rows);
  return rows;
}

std::string CreditsBand(absl::string_view credits) {
  const std::optional<base::Decimal> number = base::Decimal::Parse(credits);
  if (!number.has_value()) return std::string(kUnknown);
  // The bands of whole credits: what lies between two of them belongs to the lower one.
  const double value = number->ToDouble();
  return value < 1    ? "<1"
         : value < 5  ? "1-4"
         : value < 10 ? "5-9"
         : value < 30 ? "10-29"
         : value < 60 ? "30-59"
                      : "60+";
}

std::string DaysBand(uint32_t days) {
  return days <= 30 ? "0-30" : days <= 60 ? "31-60" : days <= 90 ? "61-90" : days <= 120 ? "91-120" : "121+";
}

}  // namespace passerelle::statistics
