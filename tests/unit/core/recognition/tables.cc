#include "tests/unit/core/recognition/tables.h"

#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/paths.h"

namespace passerelle::recognition {

std::string DataPath(absl::string_view name) {
  return absl::StrCat(passerelle::testing::kSourceDir, "/tests/unit/core/recognition/", name);
}

std::vector<Row> Rows(absl::string_view name) {
  std::ifstream file(DataPath(absl::StrCat("data/", name)));
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);
  const size_t columns = Row(absl::StrSplit(line, '\t')).size();
  while (std::getline(file, line)) {
    rows.push_back(absl::StrSplit(line, '\t'));
    EXPECT_EQ(rows.back().size(), columns) << name << ": " << line;
    rows.back().resize(columns);
  }
  EXPECT_GT(rows.size(), 3u) << name;
  return rows;
}

}  // namespace passerelle::recognition
