#include "core/proof/jades/sealers.h"

#include "core/base/problem.h"

namespace passerelle::proof {

absl::StatusOr<const Sealer*> Sealers::At(absl::Time time) const {
  const Turn* last = nullptr;
  for (const Turn& turn : turns_) {
    if (turn.from > time || !turn.sealer.CanSealAt(time)) continue;
    if (last == nullptr || turn.from > last->from) last = &turn;
  }
  if (last == nullptr) {
    return base::Problem(base::Reason::kCertificateExpired, "seals", "no seal has its turn at this time");
  }
  return &last->sealer;
}

}  // namespace passerelle::proof
