#include "core/base/page.h"

#include <gtest/gtest.h>

#include "core/base/digest.h"
#include "core/base/limits.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using ::passerelle::testing::HasReasonAt;

TEST(PageTest, SizesAreBounded) {
  struct Row {
    int wished;
    int expected;
  };
  for (const Row& row : {Row{0, kPageSizeDefault}, Row{1, 1}, Row{kPageSizeMax, kPageSizeMax},
                         Row{kPageSizeMax + 1, kPageSizeMax}, Row{2147483647, kPageSizeMax}}) {
    SCOPED_TRACE(row.wished);
    ASSERT_OK_AND_ASSIGN(const Page page, ReadPage("exchanges/client", row.wished, ""));
    EXPECT_EQ(page.size, row.expected);
    EXPECT_EQ(page.after, "");
  }
  EXPECT_THAT(ReadPage("exchanges/client", -1, ""), HasReasonAt(Reason::kFieldInvalid, "page_size"));
}

TEST(PageTest, ATokenLeadsToTheEntryThatItWasMadeFor) {
  ASSERT_OK_AND_ASSIGN(const Page page, ReadPage("exchanges/client", 3, PageToken("exchanges/client", "key 7")));
  EXPECT_EQ(page.after, "key 7");
}

TEST(PageTest, ATokenOfAnotherListOrNoTokenIsRefused) {
  const std::string token = PageToken("exchanges/client", "key 7");
  for (const std::string& bad : {PageToken("exchanges/other", "key 7"), PageToken("exchanges/clien", "tkey 7"),
                                 std::string("*"), std::string("AAAA"), token.substr(0, token.size() - 4),
                                 token + "AAAA", Base64UrlEncode("key 7"), PageToken("exchanges/client", "")}) {
    EXPECT_THAT(ReadPage("exchanges/client", 3, bad), HasReasonAt(Reason::kFieldInvalid, "page_token")) << bad;
  }
}

}  // namespace
}  // namespace passerelle::base
