#include "core/base/date_time.h"

#include <gtest/gtest.h>

namespace passerelle::base {
namespace {

TEST(DateTimeTest, ReadsDatesAndTimesOfRfc3339) {
  const absl::Time noon = absl::FromUnixSeconds(1717243200);
  EXPECT_EQ(ParseDateTime("2024-06-01T12:00:00Z"), noon);
  EXPECT_EQ(ParseDateTime("2024-06-01t12:00:00z"), noon);
  EXPECT_EQ(ParseDateTime("2024-06-01T14:00:00+02:00"), noon);
  EXPECT_EQ(ParseDateTime("2024-06-01T12:00:00.250Z"), noon + absl::Milliseconds(250));
  EXPECT_EQ(ParseDateTime("2024-06-01"), noon - absl::Hours(12));
}

TEST(DateTimeTest, ReadsNothingElse) {
  for (const char* const text :
       {"", "2024", "2024-6-1", "2024-06-01T12:00:00", "2024-06-01 12:00:00Z", " 2024-06-01", "2024-06-01 ",
        "2024-13-01", "2024-02-30", "2024-06-01T25:00:00Z", "2024-06-01T12:00:00.Z", "2024-06-01T12:00:00+2:00",
        "infinite-future", "+2024-06-01", "2024-06-01T12:00:00.1234567890Z"}) {
    EXPECT_EQ(ParseDateTime(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace passerelle::base
