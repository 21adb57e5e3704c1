#include "gateway/config/sharing_config.h"

#include <gtest/gtest.h>

#include "core/base/problem.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using ::passerelle::testing::HasReasonAt;

absl::Status CheckPreviewAt(const char* address) {
  config::v1::Sharing sharing;
  sharing.set_preview(address);
  return CheckSharing(sharing);
}

TEST(SharingConfig, WantsAnAddressAtWhoseEndATokenCanStand) {
  for (const char* good : {"https://portal.example.org/preview", "https://portal.example.org:8443/?lang=nb"}) {
    EXPECT_OK(CheckPreviewAt(good)) << good;
  }
  for (const char* bad :
       {"", "http://portal.example.org/", "portal.example.org", "https://portal.example.org/#/preview"}) {
    EXPECT_THAT(CheckPreviewAt(bad), HasReasonAt(base::Reason::kConfigInvalid, "sharing.preview")) << bad;
  }
}

}  // namespace
}  // namespace passerelle::gateway
