#include "core/base/json_peek.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace passerelle::base {
namespace {

TEST(JsonPeekTest, SeesTheTopMembersOfWholeAndBrokenTexts) {
  const auto peek = JsonPeek::Of("\xef\xbb\xbf { \"a\" : {\"b\": \"}\\\"\"}, \"c\":[1,2] , \"d\": \"x");
  ASSERT_TRUE(peek.has_value());
  EXPECT_EQ(peek->Value("a"), "{\"b\": \"}\\\"\"}");
  EXPECT_EQ(peek->Value("c"), "[1,2] ");
  EXPECT_EQ(peek->Value("d"), "\"x");
  EXPECT_FALSE(peek->Has("b"));
  EXPECT_TRUE(JsonPeek::Of("[{\"a\":1},{\"b\":2}]")->Has("a"));
}

TEST(JsonPeekTest, OtherTextsAreNoObject) {
  for (const char* text : {"", "[", "<a/>", "1", "\"a\"", "[[{\"a\":1}]]"}) {
    EXPECT_FALSE(JsonPeek::Of(text).has_value()) << text;
  }
  EXPECT_TRUE(JsonPeek::Of("{").has_value());
}

TEST(JsonPeekTest, LooksAtSoManyMembersOnly) {
  std::string text = "{";
  for (size_t i = 0; i <= kPeekMembersMax; ++i) absl::StrAppend(&text, "\"m", i, "\":1,");
  const auto peek = JsonPeek::Of(text);
  ASSERT_TRUE(peek.has_value());
  EXPECT_EQ(peek->members().size(), kPeekMembersMax);
}

}  // namespace
}  // namespace passerelle::base
