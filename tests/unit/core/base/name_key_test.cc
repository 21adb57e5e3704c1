#include "core/base/name_key.h"

#include <gtest/gtest.h>

#include <vector>

namespace passerelle::base {
namespace {

TEST(NameKey, SpellingsOfANameAreOneAndNamesStayApart) {
  struct Row {
    const char* one;
    const char* other;
    bool same;
  };
  const std::vector<Row> rows = {
      {"Åse", "ÅSE", true},
      {"Åse", "A\u030Ase", true},  // a letter and its mark
      {"Ｆjord", "fjord", true},   // of full width
      {"ΣΟΦΟΣ", "σοφος", true},    // another small letter at the end
      {" Anne  Marie ", "anne marie", true},
      {"Straße", "STRASSE", true},
      {"Anne-Marie", "Anne Marie", false},
      {"Åse", "Ase", false},
      {"Анна", "Anna", false},
      {"\u200B ", "", true},
  };
  for (const Row& row : rows) EXPECT_EQ(NameKey(row.one) == NameKey(row.other), row.same) << row.one << row.other;
}

}  // namespace
}  // namespace passerelle::base
