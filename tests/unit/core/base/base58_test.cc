#include "core/base/base58.h"

#include "core/base/limits.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

TEST(Base58Test, IsThatOfTheDraft) {
  EXPECT_EQ(Base58Encode("Hello World!"), "2NEpo7TZRRrLZSi2U");
  EXPECT_THAT(Base58Decode("2NEpo7TZRRrLZSi2U"), testing::IsOkAndHolds("Hello World!"));
}

TEST(Base58Test, RoundTripsEveryByteAndLeadingZeros) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_THAT(Base58Decode(Base58Encode(bytes)), testing::IsOkAndHolds(bytes));
    bytes.push_back(static_cast<char>(i < 3 ? 0 : i));
  }
}

TEST(Base58Test, RefusesOtherLettersAndLongTexts) {
  for (const char* const text : {"0", "O", "I", "l", "2NEpo7 TZ", "\xc3\xa9", "+"}) {
    EXPECT_FALSE(Base58Decode(text).ok()) << text;
  }
  EXPECT_TRUE(Base58Decode(std::string(kBase58TextMax, '2')).ok());
  EXPECT_FALSE(Base58Decode(std::string(kBase58TextMax + 1, '2')).ok());
}

}  // namespace
}  // namespace passerelle::base
