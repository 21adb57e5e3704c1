#include "core/wallet/form.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace passerelle::wallet {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;

std::string Shown(absl::string_view body) {
  const auto form = ReadForm(body);
  if (!form.ok()) return std::string(base::Catalogue(base::ReasonOf(form.status())).name);
  std::string out;
  for (const auto& [name, value] : *form) absl::StrAppend(&out, "[", name, "=", value, "]");
  return out;
}

TEST(FormTest, IsReadStrictly) {
  const std::vector<std::pair<const char*, const char*>> rows = {
      {"", ""},
      {"a=1", "[a=1]"},
      {"b=2&a=1", "[a=1][b=2]"},
      {"a=x+y%20z%2B", "[a=x y z+]"},
      {"a=%c3%A9", "[a=\xc3\xa9]"},
      {"a", "[a=]"},
      {"a=", "[a=]"},
      {"a=1=2", "[a=1=2]"},
      {"&&a=1&", "[a=1]"},
      {"a=1&a=2", "FIELD_INVALID"},
      {"a=1&%61=1", "FIELD_INVALID"},
      {"a=%", "FIELD_INVALID"},
      {"a=%2", "FIELD_INVALID"},
      {"a=%zz", "FIELD_INVALID"},
      {"%=1", "FIELD_INVALID"},
  };
  for (const auto& [body, shown] : rows) EXPECT_EQ(Shown(body), shown) << body;
}

TEST(FormTest, HasALimit) {
  std::string body;
  for (size_t i = 0; i < kFormParametersMax; ++i) absl::StrAppend(&body, i == 0 ? "" : "&", "p", i, "=1");
  EXPECT_OK(ReadForm(body));
  EXPECT_THAT(ReadForm(body + "&q=1"), HasReason(Reason::kInputTooLarge));
}

TEST(FormTest, EscapedTextsAreReadBack) {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  ASSERT_OK_AND_ASSIGN(const auto form, ReadForm(absl::StrCat("a=", EscapeForQuery(all))));
  EXPECT_EQ(ValueOf(form, "a"), all);
  EXPECT_EQ(ValueOf(form, "b"), "");
  EXPECT_EQ(EscapeForQuery("https://a.example/b?c=d"), "https%3A%2F%2Fa.example%2Fb%3Fc%3Dd");
}

}  // namespace
}  // namespace passerelle::wallet
