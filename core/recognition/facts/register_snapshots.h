// What snapshots of national registers say of an award: whether those who made it were officially recognised on that
// day, at which level of a national framework the qualification stood in the register, and of which kind it is.
//
// Bodies and qualifications are found by identifier alone; a name is never enough. What no row speaks of stays unknown:
// a body that is in no snapshot is not "not recognised", and no snapshot speaks of days after its end.
//
// Thread-safety: RegisterSnapshots is immutable; the holder is thread-safe. Ownership: snapshots own their rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "passerelle/recognition/v1/case_facts.pb.h"
#include "passerelle/recognition/v1/register_facts.pb.h"

namespace passerelle::recognition {

inline constexpr int kRegisterRowsMax = 200'000;    // bodies and qualifications of one snapshot, each
inline constexpr int kRegisterIdentifiersMax = 32;  // of one row

// Whether a snapshot can be used: named, dated, with entries, identifiers, countries and periods that can be, levels
// that the frameworks have, and every body once. kRegisterFactsUnusable with the field.
absl::Status CheckRegisterFacts(const v1::RegisterFacts& snapshot);

// "National register of LT, version 2026-10, of 2026-10-31".
std::string SourceText(const v1::RegisterFacts& snapshot);

class RegisterSnapshots {
 public:
  // Takes snapshots that CheckRegisterFacts has passed.
  static std::shared_ptr<const RegisterSnapshots> Make(std::vector<v1::RegisterFacts> snapshots);
  RegisterSnapshots(const RegisterSnapshots&) = delete;
  RegisterSnapshots& operator=(const RegisterSnapshots&) = delete;

  const std::vector<v1::RegisterFacts>& snapshots() const { return snapshots_; }

  // Adds to the facts of a document what the registers say of the award, with where it was read:
  //   - official recognition, for all bodies that made the award together: "no" as soon as it is so of one;
  //   - level and kind, where all rows that speak of the qualification, by these bodies and on that day, agree. A level
  //     that the document states otherwise is contradicted, and so is neither;
  //   - the country, where the document states none; where it states another one, none is known;
  //   - of those who assessed and did not award, whether a register of bodies that speaks of the day has them, and
  //   whether
  //     they were recognised.
  // Nothing is known of an award without a day. What is there already stays, but for what is contradicted.
  void AddTo(v1::CaseFacts* facts) const;

 private:
  // What the rows say of one body.
  struct Standing {
    v1::Known recognised = v1::KNOWN_UNSPECIFIED;
    std::vector<std::string> countries;
    std::vector<std::string> sources;
  };
  template <typename Row>
  struct Found {
    const v1::RegisterFacts* snapshot;
    const Row* row;
  };
  using Bodies = std::vector<std::vector<std::string>>;

  explicit RegisterSnapshots(std::vector<v1::RegisterFacts> snapshots);
  Standing StandingOf(const std::vector<std::string>& identifiers, absl::CivilDay award) const;
  void AddStanding(const Bodies& bodies, absl::CivilDay award, v1::CaseFacts* facts) const;
  void AddQualification(const Bodies& bodies, absl::CivilDay award, v1::CaseFacts* facts) const;
  void AddAssessors(absl::CivilDay award, v1::CaseFacts* facts) const;

  const std::vector<v1::RegisterFacts> snapshots_;
  absl::flat_hash_map<absl::string_view, std::vector<Found<v1::RegisteredProvider>>> providers_;
  absl::flat_hash_map<absl::string_view, std::vector<Found<v1::RegisteredQualification>>> qualifications_;
};

// The snapshots in force, which may change while a node runs.
class RegisterSnapshotsHolder {
 public:
  explicit RegisterSnapshotsHolder(std::shared_ptr<const RegisterSnapshots> snapshots)
      : snapshots_(std::move(snapshots)) {}
  std::shared_ptr<const RegisterSnapshots> Get() const;
  // Puts others in place, at once for everybody. kRegisterFactsUnusable where one is older than the present one of its
  // source.
  absl::Status Replace(std::shared_ptr<const RegisterSnapshots> snapshots);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const RegisterSnapshots> snapshots_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace passerelle::recognition
