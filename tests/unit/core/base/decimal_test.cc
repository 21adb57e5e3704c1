#include "core/base/decimal.h"

#include <gtest/gtest.h>

#include <string>

namespace passerelle::base {
namespace {

TEST(DecimalTest, ReadsAndWritesExactly) {
  struct Row {
    const char* text;
    const char* written;
  };
  for (const Row& row : {Row{"0", "0"}, Row{"5", "5"}, Row{"7.50", "7.5"}, Row{"007", "7"}, Row{"0.000001", "0.000001"},
                         Row{"999999.999999", "999999.999999"}, Row{"10.05", "10.05"}}) {
    ASSERT_TRUE(Decimal::Parse(row.text).has_value()) << row.text;
    EXPECT_EQ(Decimal::Parse(row.text)->ToString(), row.written);
  }
}

TEST(DecimalTest, RefusesWhatIsNoPlainDecimal) {
  for (const char* text : {"", ".", "5.", ".5", "-1", "+1", "1e3", " 1", "1 ", "7,5", "1.2.3", "1234567", "0.1234567",
                           "0x10", "NaN", "\xd9\xa3"}) {
    EXPECT_FALSE(Decimal::Parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Decimal::Parse(absl::string_view("1\0", 2)).has_value());
}

TEST(DecimalTest, AddsWithoutTheErrorsOfBinaryFloats) {
  Decimal sum;
  for (int i = 0; i < 10; ++i) sum = *sum.Plus(*Decimal::Parse("0.1"));
  EXPECT_EQ(sum, *Decimal::Parse("1"));
  EXPECT_FALSE(sum < *Decimal::Parse("1"));
  EXPECT_TRUE(*Decimal::Parse("4.999999") < *Decimal::Parse("5"));
}

TEST(DecimalTest, SumsThatCannotBeCountedAreNone) {
  std::optional<Decimal> sum = Decimal::Parse("999999");
  int doublings = 0;
  for (; sum.has_value() && doublings < 100; ++doublings) sum = sum->Plus(*sum);
  EXPECT_FALSE(sum.has_value());
  EXPECT_LT(doublings, 30);
}

}  // namespace
}  // namespace passerelle::base
