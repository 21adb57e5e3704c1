#include "core/recognition/facts/register_snapshots.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/national_level.h"
#include "core/elm/vocabulary.h"
#include "core/recognition/clocks.h"
#include "core/recognition/routes.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;
using Identifiers = google::protobuf::RepeatedPtrField<std::string>;

absl::Status InvalidSnapshot(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kRegisterFactsUnusable, place, detail);
}

absl::Status CheckPeriod(absl::string_view place, const v1::RegisteredPeriod& period) {
  const std::optional<absl::CivilDay> from = ParseDay(period.from());
  const std::optional<absl::CivilDay> until = ParseDay(period.until());
  if (!period.from().empty() && !from.has_value()) {
    return InvalidSnapshot(absl::StrCat(place, ".from"), "it is no day such as 2026-01-31");
  }
  if (!period.until().empty() && !until.has_value()) {
    return InvalidSnapshot(absl::StrCat(place, ".until"), "it is no day such as 2026-01-31");
  }
  if (from.has_value() && until.has_value() && *until < *from)
    return InvalidSnapshot(place, "it ends before it begins");
  return absl::OkStatus();
}

// What both kinds of row have.
template <typename Row>
absl::Status CheckRow(const std::string& place, const Row& row) {
  if (row.entry().empty()) return InvalidSnapshot(place + ".entry", "it is missing");
  if (row.identifiers().empty()) return InvalidSnapshot(place + ".identifiers", "none is given");
  if (row.identifiers_size() > kRegisterIdentifiersMax)
    return InvalidSnapshot(place + ".identifiers", "there are too many");
  for (const std::string& identifier : row.identifiers()) {
    if (identifier.find(':') == std::string::npos) {
      return InvalidSnapshot(place + ".identifiers", "an identifier is written scheme:value");
    }
  }
  if (row.country().size() != 2 || !elm::Country(row.country()).has_value()) {
    return InvalidSnapshot(place + ".country", "it is no country by ISO 3166-1 alpha-2");
  }
  return absl::OkStatus();
}

absl::Status CheckProviders(const v1::RegisterFacts& snapshot) {
  if (snapshot.providers_size() > kRegisterRowsMax) return InvalidSnapshot("providers", "there are too many");
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < snapshot.providers_size(); ++i) {
    const v1::RegisteredProvider& row = snapshot.providers(i);
    const std::string place = absl::StrCat("providers[", i, "]");
    RETURN_IF_ERROR(CheckRow(place, row));
    for (const std::string& identifier : row.identifiers()) {
      if (!seen.insert(identifier).second) return InvalidSnapshot(place + ".identifiers", "one is there twice");
    }
    // A body of which the register does not say when it was recognised would read as one that never was.
    if (row.recognised().empty()) return InvalidSnapshot(place + ".recognised", "it is missing");
    for (int j = 0; j < row.recognised_size(); ++j) {
      RETURN_IF_ERROR(CheckPeriod(absl::StrCat(place, ".recognised[", j, "]"), row.recognised(j)));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckQualifications(const v1::RegisterFacts& snapshot) {
  if (snapshot.qualifications_size() > kRegisterRowsMax) return InvalidSnapshot("qualifications", "there are too many");
  for (int i = 0; i < snapshot.qualifications_size(); ++i) {
    const v1::RegisteredQualification& row = snapshot.qualifications(i);
    const std::string place = absl::StrCat("qualifications[", i, "]");
    RETURN_IF_ERROR(CheckRow(place, row));
    RETURN_IF_ERROR(CheckPeriod(place + ".period", row.period()));
    const std::optional<elm::NationalLevel> level = elm::NationalLevelOf(row.framework(), row.level());
    if (!level.has_value()) return InvalidSnapshot(place + ".level", "the framework has no such level");
    if (CountryCode(level->country) != CountryCode(row.country())) {
      return InvalidSnapshot(place + ".framework", "it is the framework of another country");
    }
  }
  return absl::OkStatus();
}

std::optional<absl::CivilDay> EndOf(const v1::RegisterFacts& snapshot) {
  return ParseDay(snapshot.good_until().empty() ? snapshot.snapshot_date() : snapshot.good_until());
}

bool SpeaksOf(absl::CivilDay day, const v1::RegisterFacts& snapshot) { return day <= EndOf(snapshot); }

template <typename Row>
std::string RowText(const v1::RegisterFacts& snapshot, const Row& row) {
  return absl::StrCat(SourceText(snapshot), ", entry ", row.entry());
}

void AddOnce(const std::string& text, std::vector<std::string>* texts) {
  if (std::find(texts->begin(), texts->end(), text) == texts->end()) texts->push_back(text);
}

// The country of the award, by the register: fills in what the document leaves open, and takes back what it states
// otherwise.
void AddCountry(const std::string& country, const std::string& source, v1::CaseFacts* facts) {
  v1::CredentialFacts& credential = *facts->mutable_credential();
  if (credential.award_country().empty()) {
    // An earlier contradiction stands.
    if (!credential.award_country_source().empty()) return;
    credential.set_award_country(country);
    credential.set_award_country_source(source);
    return;
  }
  if (CountryCode(credential.award_country()) == country) return;
  credential.clear_award_country();
  credential.set_award_country_source(absl::StrCat("contradicted by ", source));
}

// Whether the level that the document states is another one than that of the register.
bool Contradicts(const v1::LevelFacts& stated, const v1::RegisteredQualification& row, std::optional<int> eqf) {
  if (!stated.framework().empty()) return stated.framework() != row.framework() || stated.level() != row.level();
  return stated.eqf_level() != 0 && eqf.has_value() && static_cast<int>(stated.eqf_level()) != *eqf;
}

void AddLevel(const v1::RegisteredQualification& row, const std::string& source, v1::LevelFacts* level) {
  const std::optional<elm::NationalLevel> national = elm::NationalLevelOf(row.framework(), row.level());
  if (!national.has_value()) return;
  level->set_register_entry(row.entry());
  level->set_source(source);
  if (Contradicts(*level, row, national->eqf)) {
    level->set_basis(v1::LEVEL_BASIS_CONTRADICTED);
    return;
  }
  level->set_framework(row.framework());
  level->set_level(row.level());
  level->set_basis(v1::LEVEL_BASIS_NQF_INCLUDED);
  if (national->eqf.has_value()) level->set_eqf_level(static_cast<uint32_t>(*national->eqf));
}

bool Awards(const v1::RegisteredQualification& row, const std::vector<std::vector<std::string>>& bodies) {
  const Identifiers& named = row.awarding_bodies();
  return std::all_of(bodies.begin(), bodies.end(), [&](const std::vector<std::string>& body) {
    return std::any_of(body.begin(), body.end(), [&](const std::string& identifier) {
      return std::find(named.begin(), named.end(), identifier) != named.end();
    });
  });
}

std::vector<std::vector<std::string>> BodiesOf(const v1::ProviderFacts& provider) {
  std::vector<std::vector<std::string>> bodies;
  for (const v1::AwardingBodyFacts& body : provider.bodies()) {
    bodies.emplace_back(body.identifiers().begin(), body.identifiers().end());
  }
  if (bodies.empty()) bodies.emplace_back(provider.identifiers().begin(), provider.identifiers().end());
  return bodies;
}

}  // namespace

absl::Status CheckRegisterFacts(const v1::RegisterFacts& snapshot) {
  if (snapshot.source().empty()) return InvalidSnapshot("source", "it is missing");
  if (snapshot.version().empty()) return InvalidSnapshot("version", "it is missing");
  const std::optional<absl::CivilDay> taken = ParseDay(snapshot.snapshot_date());
  if (!taken.has_value()) return InvalidSnapshot("snapshot_date", "it is no day such as 2026-01-31");
  if (!EndOf(snapshot).has_value()) return InvalidSnapshot("good_until", "it is no day such as 2026-01-31");
  if (EndOf(snapshot) < taken)
    return InvalidSnapshot("good_until", "it is before the day on which the snapshot was taken");
  RETURN_IF_ERROR(CheckProviders(snapshot));
  return CheckQualifications(snapshot);
}

std::string SourceText(const v1::RegisterFacts& snapshot) {
  return absl::StrCat(snapshot.source(), ", version ", snapshot.version(), ", of ", snapshot.snapshot_date());
}

std::shared_ptr<const RegisterSnapshots> RegisterSnapshots::Make(std::vector<v1::RegisterFacts> snapshots) {
  return std::shared_ptr<const RegisterSnapshots>(new RegisterSnapshots(std::move(snapshots)));
}

RegisterSnapshots::RegisterSnapshots(std::vector<v1::RegisterFacts> snapshots) : snapshots_(std::move(snapshots)) {
  for (const v1::RegisterFacts& snapshot : snapshots_) {
    for (const v1::RegisteredProvider& row : snapshot.providers()) {
      for (const std::string& identifier : row.identifiers()) providers_[identifier].push_back({&snapshot, &row});
    }
    for (const v1::RegisteredQualification& row : snapshot.qualifications()) {
      for (const std::string& identifier : row.identifiers()) qualifications_[identifier].push_back({&snapshot, &row});
    }
  }
}

void RegisterSnapshots::AddTo(v1::CaseFacts* facts) const {
  const std::optional<absl::CivilDay> award = ParseDay(facts->credential().award_date());
  if (!award.has_value()) return;
  const Bodies bodies = BodiesOf(facts->provider());
  AddStanding(bodies, *award, facts);
  AddQualification(bodies, *award, facts);
  AddAssessors(*award, facts);
}

RegisterSnapshots::Standing RegisterSnapshots::StandingOf(const std::vector<std::string>& identifiers,
                                                          absl::CivilDay award) const {
  Standing standing;
  bool seen_yes = false;
  bool seen_no = false;
  for (const std::string& identifier : identifiers) {
    const auto found = providers_.find(identifier);
    if (found == providers_.end()) continue;
    for (const Found<v1::RegisteredProvider>& entry : found->second) {
      if (!SpeaksOf(award, *entry.snapshot)) continue;
      const auto& periods = entry.row->recognised();
      const bool then = std::any_of(periods.begin(), periods.end(), [&](const v1::RegisteredPeriod& period) {
        return Within(award, period.from(), period.until());
      });
      (then ? seen_yes : seen_no) = true;
      AddOnce(CountryCode(entry.row->country()), &standing.countries);
      AddOnce(RowText(*entry.snapshot, *entry.row), &standing.sources);
    }
  }
  // Rows of one body that do not agree say nothing.
  if (seen_yes != seen_no) standing.recognised = seen_yes ? v1::KNOWN_YES : v1::KNOWN_NO;
  return standing;
}

void RegisterSnapshots::AddStanding(const Bodies& bodies, absl::CivilDay award, v1::CaseFacts* facts) const {
  bool all = true;
  bool any_not = false;
  std::vector<std::string> countries;
  std::vector<std::string> sources;
  for (const std::vector<std::string>& body : bodies) {
    const Standing standing = StandingOf(body, award);
    all = all && standing.recognised == v1::KNOWN_YES;
    any_not = any_not || standing.recognised == v1::KNOWN_NO;
    for (const std::string& country : standing.countries) AddOnce(country, &countries);
    for (const std::string& source : standing.sources) AddOnce(source, &sources);
  }
  if (sources.empty()) return;
  const std::string source = absl::StrJoin(sources, "; ");
  if (facts->provider().officially_recognised() == v1::KNOWN_UNSPECIFIED) {
    facts->mutable_provider()->set_officially_recognised(any_not ? v1::KNOWN_NO
                                                         : all   ? v1::KNOWN_YES
                                                                 : v1::KNOWN_UNSPECIFIED);
    facts->mutable_provider()->set_source(source);
  }
  // Bodies of several countries have no country in common, whatever the document states; each contradicts the others.
  for (const std::string& country : countries) {
    if (countries.size() == 1 || !facts->credential().award_country().empty()) AddCountry(country, source, facts);
  }
}

void RegisterSnapshots::AddQualification(const Bodies& bodies, absl::CivilDay award, v1::CaseFacts* facts) const {
  std::vector<Found<v1::RegisteredQualification>> rows;
  for (const std::string& identifier : facts->credential().identifiers()) {
    const auto found = qualifications_.find(identifier);
    if (found == qualifications_.end()) continue;
    for (const Found<v1::RegisteredQualification>& entry : found->second) {
      const v1::RegisteredPeriod& period = entry.row->period();
      if (!SpeaksOf(award, *entry.snapshot) || !Within(award, period.from(), period.until())) continue;
      if (Awards(*entry.row, bodies)) rows.push_back(entry);
    }
  }
  if (rows.empty()) return;
  const v1::RegisteredQualification& first = *rows.front().row;
  std::vector<std::string> sources;
  for (const Found<v1::RegisteredQualification>& entry : rows) {
    const v1::RegisteredQualification& row = *entry.row;
    if (row.framework() != first.framework() || row.level() != first.level() || row.kind() != first.kind()) return;
    AddOnce(RowText(*entry.snapshot, row), &sources);
  }
  const std::string source = absl::StrJoin(sources, "; ");
  v1::CredentialFacts& credential = *facts->mutable_credential();
  AddLevel(first, source, credential.mutable_level());
  if (credential.kind() == v1::CREDENTIAL_KIND_UNSPECIFIED && first.kind() != v1::CREDENTIAL_KIND_UNSPECIFIED) {
    credential.set_kind(first.kind());
    credential.set_kind_source(source);
  }
  AddCountry(CountryCode(first.country()), source, facts);
}

void RegisterSnapshots::AddAssessors(absl::CivilDay award, v1::CaseFacts* facts) const {
  if (facts->credential().assessment().assessors().empty()) return;
  const bool asked = std::any_of(snapshots_.begin(), snapshots_.end(), [&](const v1::RegisterFacts& snapshot) {
    return !snapshot.providers().empty() && SpeaksOf(award, snapshot);
  });
  for (v1::AssessorFacts& assessor : *facts->mutable_credential()->mutable_assessment()->mutable_assessors()) {
    const Standing standing = StandingOf({assessor.identifiers().begin(), assessor.identifiers().end()}, award);
    if (!standing.sources.empty()) {
      assessor.set_found(v1::KNOWN_YES);
      if (assessor.recognised() != v1::KNOWN_UNSPECIFIED) continue;
      assessor.set_recognised(standing.recognised);
      assessor.set_source(absl::StrJoin(standing.sources, "; "));
    } else if (asked && assessor.found() == v1::KNOWN_UNSPECIFIED) {
      assessor.set_found(v1::KNOWN_NO);
    }
  }
}

std::shared_ptr<const RegisterSnapshots> RegisterSnapshotsHolder::Get() const {
  const absl::MutexLock lock(&mutex_);
  return snapshots_;
}

absl::Status RegisterSnapshotsHolder::Replace(std::shared_ptr<const RegisterSnapshots> snapshots) {
  const absl::MutexLock lock(&mutex_);
  for (const v1::RegisterFacts& present : snapshots_->snapshots()) {
    for (const v1::RegisterFacts& wished : snapshots->snapshots()) {
      if (wished.source() == present.source() && wished.snapshot_date() < present.snapshot_date()) {
        return InvalidSnapshot("snapshot_date", "it is older than the one in use");
      }
    }
  }
  snapshots_ = std::move(snapshots);
  return absl::OkStatus();
}

}  // namespace passerelle::recognition
