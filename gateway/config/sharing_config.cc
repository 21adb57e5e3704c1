#include "gateway/config/sharing_config.h"

#include "absl/strings/match.h"
#include "core/base/problem.h"
#include "core/sharing/browser_address.h"

namespace passerelle::gateway {

absl::Status CheckSharing(const config::v1::Sharing& sharing) {
  // The token goes at its end, and a server does not see what stands after "#".
  if (sharing::IsBrowserAddress(sharing.preview()) && !absl::StrContains(sharing.preview(), '#')) {
    return absl::OkStatus();
  }
  return base::Problem(base::Reason::kConfigInvalid, "sharing.preview",
                       "an address such as https://portal.example.org/preview is expected");
}

}  // namespace passerelle::gateway
