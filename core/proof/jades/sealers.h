// The seals of a node over time: while one takes over from another, both are installed, and each seals in its turn.
// What the former one sealed stays valid by its own certificate.
//
// Thread-safety: const after filling; can then be shared. Ownership: values.
#pragma once

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/proof/jades/sealer.h"

namespace passerelle::proof {

class Sealers {
 public:
  // `from` is when it takes over; a certificate that is not valid yet takes over later.
  void Add(Sealer sealer, absl::Time from) { turns_.push_back({from, std::move(sealer)}); }

  bool empty() const { return turns_.empty(); }

  // The one that took over last, of those whose certificate is valid. It belongs to this object. Problem:
  // kCertificateExpired when there is none.
  absl::StatusOr<const Sealer*> At(absl::Time time) const;

 private:
  struct Turn {
    absl::Time from;
    Sealer sealer;
  };
  std::vector<Turn> turns_;
};

}  // namespace passerelle::proof
