// Whether an award was quality-assured on the day it was made, by the reports of registers. Never by what holds today.
//
// The last day of a report counts. A report without an end ends on the sixth anniversary of its first day, which counts
// too (DEQAR: six years). Nothing found is unknown: the absence of a report is no statement about a provider.
//
// Thread-safety: AccreditationIndex is immutable. Ownership: answers point into the index.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "passerelle/trust/v1/accreditation.pb.h"

namespace passerelle::trust {

// What is asked about an award. Empty texts and absent values are unknown.
struct CoverageQuestion {
  std::vector<std::string> providers;  // identifiers of the awarding body, any of them
  absl::CivilDay award;
  std::vector<std::string> programmes;  // identifiers of the programme, course or qualification
  std::optional<int> eqf_level;
  std::string isced;  // code, or URI that ends in it
  std::string credential_type;
  std::string jurisdiction;  // country, ISO 3166-1 alpha-2
};

enum class Outcome { kCovered, kCoveredWithConditions, kNotCovered, kUnknown };

enum class Limit { kValidity, kDecision, kFlag, kProgramme, kLevel, kField, kCredentialType, kJurisdiction };
enum class LimitResult { kMet, kNotMet, kUnknown };

// "COVERED".
absl::string_view OutcomeName(Outcome outcome);

// A report that was looked at, with every limit that it has.
struct TriedReport {
  const v1::QualityReport* report;
  std::string through;  // how its provider was reached: "", or "predecessor deqar:12"
  std::vector<std::pair<Limit, LimitResult>> limits;
  Outcome outcome = Outcome::kUnknown;
};

struct Coverage {
  Outcome outcome = Outcome::kUnknown;
  bool provider_known = false;  // whether the data have a provider with any of the identifiers
  // The best report among those that decide the outcome; null when there is none.
  const v1::QualityReport* decisive = nullptr;
  // Whether an automatic rule may rely on it: covered by a report of obligatory status without a flag. A voluntary one
  // never feeds an automatic rule.
  LimitResult automatic = LimitResult::kUnknown;
  std::vector<TriedReport> tried;
  std::vector<std::string> trace;  // what was searched for, when nothing decides
};

class AccreditationIndex {
 public:
  // Checks and indexes a snapshot. Problem: kAccreditationData with the place: ids that are empty or stand twice,
  // relations to nobody, periods that end before they begin.
  static absl::StatusOr<std::shared_ptr<const AccreditationIndex>> Make(v1::AccreditationData data);

  const v1::AccreditationData& data() const { return data_; }
  // Total: any question.
  Coverage Check(const CoverageQuestion& question) const;

 private:
  struct Reached {
    const v1::AccreditedProvider* provider;
    std::string through;
  };
  explicit AccreditationIndex(v1::AccreditationData data) : data_(std::move(data)) {}
  absl::Status IndexProviders();
  absl::Status IndexReports();
  std::vector<Reached> Resolve(const CoverageQuestion& question) const;

  v1::AccreditationData data_;
  absl::flat_hash_map<std::string, std::vector<const v1::AccreditedProvider*>> by_identifier_;
  absl::flat_hash_map<std::string, const v1::AccreditedProvider*> by_id_;
  absl::flat_hash_map<std::string, std::vector<const v1::QualityReport*>> reports_;
};

}  // namespace passerelle::trust
