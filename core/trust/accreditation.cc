#include "core/trust/accreditation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"

namespace passerelle::trust {
namespace {

constexpr int kYearsWithoutEnd = 6;

absl::Status Bad(absl::string_view place, absl::string_view detail) {
  return base::Problem(base::Reason::kAccreditationData, place, detail);
}

absl::CivilDay DayOf(const google::protobuf::Timestamp& time) {
  return absl::ToCivilDay(base::FromProto(time), absl::UTCTimeZone());
}

absl::CivilDay LastDay(const v1::QualityReport& report) {
  if (report.has_valid_to()) return DayOf(report.valid_to());
  const absl::CivilDay first = DayOf(report.valid_from());
  return absl::CivilDay(first.year() + kYearsWithoutEnd, first.month(), first.day());
}

bool HoldsOn(const v1::ProviderRelation& relation, absl::CivilDay day) {
  return (!relation.has_from() || DayOf(relation.from()) <= day) && (!relation.has_to() || day <= DayOf(relation.to()));
}

// The code at the end of a URI of ISCED-F, or the code itself.
absl::string_view IscedCode(absl::string_view text) {
  const size_t end = text.find_last_of("/#");
  return end == absl::string_view::npos ? text : text.substr(end + 1);
}

LimitResult CheckValidity(const v1::QualityReport& report, absl::CivilDay day) {
  if (!report.has_valid_from()) return LimitResult::kUnknown;
  const bool within = DayOf(report.valid_from()) <= day && day <= LastDay(report);
  return within ? LimitResult::kMet : LimitResult::kNotMet;
}

LimitResult CheckDecision(v1::QualityDecision decision) {
  switch (decision) {
    case v1::QUALITY_DECISION_POSITIVE:
    case v1::QUALITY_DECISION_WITH_CONDITIONS:
      return LimitResult::kMet;
    case v1::QUALITY_DECISION_NEGATIVE:
      return LimitResult::kNotMet;
    // An evaluation that ends without a decision is evidence for a person, and no coverage.
    default:
      return LimitResult::kUnknown;
  }
}

// A limit that the report does not have is met, whatever is asked; one that it has cannot be checked without a value.
template <typename Limits, typename Covers>
LimitResult CheckLimit(const Limits& limits, bool known, Covers covers) {
  if (limits.empty()) return LimitResult::kMet;
  if (!known) return LimitResult::kUnknown;
  return std::any_of(limits.begin(), limits.end(), covers) ? LimitResult::kMet : LimitResult::kNotMet;
}

// Some registers name regions or other codes, of which it is not known what they lie in.
LimitResult CheckJurisdiction(const v1::QualityReport& report, const std::string& country) {
  const LimitResult result =
      CheckLimit(report.jurisdictions(), !country.empty(), [&](const std::string& limit) { return limit == country; });
  const bool foreign = std::any_of(report.jurisdictions().begin(), report.jurisdictions().end(),
                                   [](const std::string& limit) { return limit.size() != 2; });
  return result == LimitResult::kNotMet && foreign ? LimitResult::kUnknown : result;
}

TriedReport Try(const v1::QualityReport& report, const CoverageQuestion& question, std::string through) {
  TriedReport tried = {&report, std::move(through), {}, Outcome::kUnknown};
  const auto add = [&tried](Limit limit, LimitResult result) { tried.limits.emplace_back(limit, result); };
  add(Limit::kValidity, CheckValidity(report, question.award));
  add(Limit::kDecision, CheckDecision(report.decision()));
  // What the register holds to be seriously flawed is for a person to weigh.
  add(Limit::kFlag, report.high_flag() ? LimitResult::kUnknown : LimitResult::kMet);
  add(Limit::kProgramme, CheckLimit(report.programmes(), !question.programmes.empty(), [&](const std::string& id) {
        return std::find(question.programmes.begin(), question.programmes.end(), id) != question.programmes.end();
      }));
  add(Limit::kLevel, CheckLimit(report.eqf_levels(), question.eqf_level.has_value(),
                                [&](int level) { return level == *question.eqf_level; }));
  const absl::string_view isced = IscedCode(question.isced);
  add(Limit::kField, CheckLimit(report.isced_codes(), !isced.empty(), [&](const std::string& code) {
        return !IscedCode(code).empty() && absl::StartsWith(isced, IscedCode(code));
      }));
  add(Limit::kCredentialType, CheckLimit(report.credential_types(), !question.credential_type.empty(),
                                         [&](const std::string& type) { return type == question.credential_type; }));
  add(Limit::kJurisdiction, CheckJurisdiction(report, question.jurisdiction));
  const auto has = [&tried](LimitResult result) {
    return std::any_of(tried.limits.begin(), tried.limits.end(),
                       [result](const auto& limit) { return limit.second == result; });
  };
  if (has(LimitResult::kNotMet)) {
    tried.outcome = Outcome::kNotCovered;
  } else if (!has(LimitResult::kUnknown)) {
    tried.outcome =
        report.decision() == v1::QUALITY_DECISION_WITH_CONDITIONS ? Outcome::kCoveredWithConditions : Outcome::kCovered;
  }
  return tried;
}

bool Covers(Outcome outcome) { return outcome == Outcome::kCovered || outcome == Outcome::kCoveredWithConditions; }

// The lower, the better a report serves: obligatory before voluntary, without conditions before with; then what might
// still cover, then what does not.
int Rank(const TriedReport& tried) {
  if (Covers(tried.outcome)) {
    const int status = tried.report->status() == v1::QUALITY_STATUS_OBLIGATORY ? 0 : 2;
    return status + (tried.outcome == Outcome::kCovered ? 0 : 1);
  }
  return tried.outcome == Outcome::kUnknown ? 4 : 5;
}

void Decide(Coverage& coverage) {
  const auto best = std::min_element(coverage.tried.begin(), coverage.tried.end(),
                                     [](const auto& a, const auto& b) { return Rank(a) < Rank(b); });
  if (best == coverage.tried.end()) return;
  coverage.outcome = best->outcome;
  coverage.decisive = best->report;
  if (best->outcome == Outcome::kNotCovered) {
    coverage.automatic = LimitResult::kNotMet;
  } else if (Covers(best->outcome) && best->report->status() != v1::QUALITY_STATUS_UNSPECIFIED) {
    // A report of which it is open whether it covers could still be obligatory.
    const bool open = std::any_of(coverage.tried.begin(), coverage.tried.end(), [](const TriedReport& tried) {
      return tried.outcome == Outcome::kUnknown && tried.report->status() != v1::QUALITY_STATUS_VOLUNTARY;
    });
    const bool obligatory = best->report->status() == v1::QUALITY_STATUS_OBLIGATORY;
    coverage.automatic = obligatory ? LimitResult::kMet : open ? LimitResult::kUnknown : LimitResult::kNotMet;
  }
}

}  // namespace

absl::string_view OutcomeName(Outcome outcome) {
  static constexpr absl::string_view kNames[] = {"COVERED", "COVERED_WITH_CONDITIONS", "NOT_COVERED", "UNKNOWN"};
  return kNames[static_cast<size_t>(outcome)];
}

absl::StatusOr<std::shared_ptr<const AccreditationIndex>> AccreditationIndex::Make(v1::AccreditationData data) {
  std::shared_ptr<AccreditationIndex> index(new AccreditationIndex(std::move(data)));
  RETURN_IF_ERROR(index->IndexProviders());
  RETURN_IF_ERROR(index->IndexReports());
  return std::shared_ptr<const AccreditationIndex>(std::move(index));
}

absl::Status AccreditationIndex::IndexProviders() {
  for (const v1::AccreditedProvider& provider : data_.providers()) {
    if (provider.id().empty()) return Bad("providers", "a provider has no id");
    if (!by_id_.emplace(provider.id(), &provider).second) return Bad(provider.id(), "a provider stands twice");
    std::set<std::string> names(provider.identifiers().begin(), provider.identifiers().end());
    names.insert(provider.id());
    for (const std::string& name : names) by_identifier_[name].push_back(&provider);
  }
  for (const v1::AccreditedProvider& provider : data_.providers()) {
    for (const v1::ProviderRelation& relation : provider.relations()) {
      if (!by_id_.contains(relation.provider())) return Bad(provider.id(), "a relation leads to nobody");
      if (relation.has_from() && relation.has_to() && DayOf(relation.to()) < DayOf(relation.from())) {
        return Bad(provider.id(), "a relation ends before it begins");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status AccreditationIndex::IndexReports() {
  std::set<absl::string_view> ids;
  for (const v1::QualityReport& report : data_.reports()) {
    if (report.id().empty()) return Bad("reports", "a report has no id");
    if (!ids.insert(report.id()).second) return Bad(report.id(), "a report stands twice");
    if (report.has_valid_to() && report.has_valid_from() && DayOf(report.valid_to()) < DayOf(report.valid_from())) {
      return Bad(report.id(), "it ends before it begins");
    }
    const std::set<absl::string_view> about(report.providers().begin(), report.providers().end());
    for (const absl::string_view provider : about) reports_[provider].push_back(&report);
  }
  return absl::OkStatus();
}

// The providers that the question names, and those whose reports count for them on that day.
std::vector<AccreditationIndex::Reached> AccreditationIndex::Resolve(const CoverageQuestion& question) const {
  std::vector<Reached> reached;
  std::set<const v1::AccreditedProvider*> seen;
  const auto add = [&](const v1::AccreditedProvider* provider, std::string through) {
    if (reached.size() < base::kProviderRelationsMax && seen.insert(provider).second) {
      reached.push_back({provider, std::move(through)});
    }
  };
  for (const std::string& identifier : question.providers) {
    const auto known = by_identifier_.find(identifier);
    if (known == by_identifier_.end()) continue;
    for (const v1::AccreditedProvider* provider : known->second) add(provider, "");
  }
  for (size_t i = 0; i < reached.size(); ++i) {
    for (const v1::ProviderRelation& relation : reached[i].provider->relations()) {
      if (!HoldsOn(relation, question.award)) continue;
      add(by_id_.at(relation.provider()), absl::StrCat(relation.kind(), " ", relation.provider()));
    }
  }
  return reached;
}

Coverage AccreditationIndex::Check(const CoverageQuestion& question) const {
  Coverage coverage;
  const std::vector<Reached> reached = Resolve(question);
  coverage.provider_known = !reached.empty();
  std::set<const v1::QualityReport*> seen;
  for (const Reached& provider : reached) {
    std::set<std::string> names(provider.provider->identifiers().begin(), provider.provider->identifiers().end());
    names.insert(provider.provider->id());
    size_t found = 0;
    for (const std::string& name : names) {
      const auto reports = reports_.find(name);
      if (reports == reports_.end()) continue;
      for (const v1::QualityReport* report : reports->second) {
        if (seen.insert(report).second) coverage.tried.push_back(Try(*report, question, provider.through));
        ++found;
      }
    }
    coverage.trace.push_back(absl::StrCat(provider.provider->id(), provider.through.empty() ? "" : " as ",
                                          provider.through, ": ", found, " reports"));
  }
  if (reached.empty()) coverage.trace.emplace_back("no provider has any of the identifiers");
  Decide(coverage);
  return coverage;
}

}  // namespace passerelle::trust
