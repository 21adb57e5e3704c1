// Port: where a harvest keeps offers, and what it knows of the files they came from.
//
// A run is one harvest of a source. A reading is what a run found in one file; an offer belongs to the reading that had
// it last. A run takes over the readings of files that have not changed and makes new ones for those that have. What
// then belongs to a reading of an earlier run is in no file of the source any more.
//
// Thread-safety: one object for one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/catalogue/v1/offer.pb.h"

namespace passerelle::catalogue {

// What is kept of an offer.
struct KeptOffer {
  std::string source;
  std::string digest;  // SHA-256 of the offer, in hexadecimal digits
  std::string credits;
  bool withdrawn = false;
  int64_t reading = 0;
  int64_t run = 0;  // of the reading; read only
};

// How many offers of a file were taken, and how many not.
struct FileCounts {
  size_t taken = 0;
  size_t refused = 0;
  size_t broken = 0;
};

// Offers of a source that are still offered, and those of them that its files lack.
struct Tally {
  size_t offered = 0;
  size_t missing = 0;
};

class OfferBook {
 public:
  virtual ~OfferBook() = default;

  // All of the work is kept, or nothing when it fails. What follows is called within.
  virtual absl::Status InTransaction(absl::FunctionRef<absl::Status()> work) = 0;

  // The number of the source's last run, 0 before the first; and of the next one, which becomes the last.
  virtual absl::StatusOr<int64_t> LastRun(absl::string_view source) = 0;
  virtual absl::StatusOr<int64_t> NextRun(absl::string_view source) = 0;

  // A reading without offers and without digest.
  virtual absl::StatusOr<int64_t> NewReading(absl::string_view source, absl::string_view file, int64_t run) = 0;
  // The reading has all of its file.
  virtual absl::Status Complete(int64_t reading, absl::string_view digest, const FileCounts& counts) = 0;
  // The reading has lost an offer to another file: it is no longer complete.
  virtual absl::Status Spoil(int64_t reading) = 0;
  // Makes a complete reading of the file with this digest one of the run. nullopt where there is none.
  virtual absl::StatusOr<std::optional<FileCounts>> TakeOver(absl::string_view source, absl::string_view file,
                                                             absl::string_view digest, int64_t run) = 0;
  // Forgets readings of earlier runs.
  virtual absl::Status Forget(absl::string_view source, int64_t run) = 0;

  virtual absl::StatusOr<std::optional<KeptOffer>> Find(absl::string_view id) = 0;
  // Keeps the offer and notes the change.
  virtual absl::Status Write(const v1::Offer& offer, const KeptOffer& kept, v1::ChangeKind kind,
                             absl::string_view day) = 0;
  // An offer that has not changed goes to another reading.
  virtual absl::Status Move(absl::string_view id, int64_t reading) = 0;
  virtual absl::StatusOr<Tally> Count(absl::string_view source, int64_t run) = 0;
  // Ids of offers that are offered and belong to readings of earlier runs; at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> Missing(absl::string_view source, int64_t run, int limit) = 0;
  virtual absl::Status Withdraw(absl::string_view id, absl::string_view day) = 0;
};

}  // namespace passerelle::catalogue
