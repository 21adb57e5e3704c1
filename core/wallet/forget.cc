#include "core/wallet/forget.h"

#include <vector>

#include "core/base/status_macros.h"
#include "core/wallet/offer_records.h"
#include "core/wallet/presentation_records.h"

namespace passerelle::wallet {

absl::StatusOr<int> ForgetDue(absl::Time now, int at_once, base::Store& store) {
  int all = 0;
  for (bool more = true; more;) {
    int done = 0;
    const absl::Status status = store.Write([&](base::Transaction& tx) -> absl::Status {
      done = 0;
      ASSIGN_OR_RETURN(const std::vector<base::Record> due, tx.Due(kOfferTable, now, at_once));
      for (const base::Record& record : due) {
        ASSIGN_OR_RETURN(bool forgotten, ForgetPresentation(record, now, tx));
        if (!forgotten) {
          ASSIGN_OR_RETURN(forgotten, ForgetOffer(record, now, tx));
        }
        if (forgotten) ++done;
      }
      more = done > 0 && due.size() == static_cast<size_t>(at_once);
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(status);
    all += done;
  }
  return all;
}

}  // namespace passerelle::wallet
