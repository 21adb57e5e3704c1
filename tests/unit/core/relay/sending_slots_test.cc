#include "core/relay/sending_slots.h"

#include <vector>

#include "gtest/gtest.h"

namespace passerelle::relay {
namespace {

TEST(SendingSlotsTest, ANodeThatAnswersSlowlyHasOneUntilItIsQuickAgain) {
  SendingSlots slots;
  std::vector<std::shared_ptr<SendingSlots::Slot>> running;
  for (int i = 0; i < kDeliveriesAtOnce; ++i) running.push_back(slots.Take("NO"));
  EXPECT_EQ(slots.Take("NO"), nullptr);
  EXPECT_NE(slots.Take("BG"), nullptr);
  EXPECT_FALSE(slots.IsSlow("NO"));

  running.back()->Took(kSlowDelivery + absl::Milliseconds(1));
  EXPECT_TRUE(slots.IsSlow("NO"));
  running.clear();
  running.push_back(slots.Take("NO"));
  EXPECT_NE(running.back(), nullptr);
  EXPECT_EQ(slots.Take("NO"), nullptr);
  EXPECT_NE(slots.Take("BG"), nullptr);

  running.back()->Took(kSlowDelivery);
  EXPECT_FALSE(slots.IsSlow("NO"));
  EXPECT_NE(slots.Take("NO"), nullptr);
}

}  // namespace
}  // namespace passerelle::relay
