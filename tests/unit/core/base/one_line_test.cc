#include "core/base/one_line.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/utf8.h"

namespace passerelle::base {
namespace {

struct Row {
  std::string text;
  std::string line;
};

TEST(OneLineTest, NothingMovesTheTerminalOrForgesALine) {
  const Row rows[] = {
      {"", ""},
      {"Torbjørn, Żółć 证书 😀", "Torbjørn, Żółć 证书 😀"},
      {"a\nelmo  b", R"(a\x0aelmo  b)"},
      {"\x1B[31mred\x7F", R"(\x1b[31mred\x7f)"},
      {std::string("a\0b", 3), R"(a\x00b)"},
      {"\xC2\x9B[2J", R"(\x9b[2J)"},
      {"a\u202Ecod.exe\u2066", R"(a\u202ecod.exe\u2066)"},
      {"\u200Ea\u200F\u061Cb", R"(\u200ea\u200f\u061cb)"},
      {"one\u2028two\u2029", R"(one\u2028two\u2029)"},
      {"dipl\xF4me", R"(dipl\xf4me)"},
      {"cut \xF0\x9F\x98", R"(cut \xf0\x9f\x98)"},
  };
  for (const Row& row : rows) EXPECT_EQ(OneLine(row.text), row.line);
}

TEST(ToUtf8Test, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(ToUtf8("diplôme\n"), "diplôme\n");
  EXPECT_EQ(ToUtf8("dipl\xF4me"), "dipl\uFFFDme");
}

}  // namespace
}  // namespace passerelle::base
