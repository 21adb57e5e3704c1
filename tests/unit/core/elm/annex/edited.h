// The complete credential of tests/unit/core/elm/data, and variants of it by text replacement.
//
// An edit names a text of the file and what stands there instead. Renaming a member to "publisher", which the contexts
// define and no class of the profile has, takes its value out of the model's sight; "dateCreated" does the same where
// a second is needed.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/elm/check_report.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"

namespace passerelle::elm {

struct Edit {
  std::string from;
  std::string to;
  int which = 1;  // 1 is the first occurrence; 0 all
};

inline std::string DataFile(absl::string_view name) {
  std::ifstream file(absl::StrCat(testing::kSourceDir, "/tests/unit/core/elm/data/", name), std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The text with the edits; a text that is not there fails the test.
inline std::string Edited(std::string text, const std::vector<Edit>& edits) {
  for (const Edit& edit : edits) {
    size_t at = 0;
    int count = 0;
    while ((at = text.find(edit.from, at)) != std::string::npos) {
      ++count;
      if (edit.which != 0 && count != edit.which) {
        at += edit.from.size();
        continue;
      }
      text.replace(at, edit.from.size(), edit.to);
      at += edit.to.size();
      if (edit.which != 0) break;
    }
    EXPECT_GE(count, edit.which == 0 ? 1 : edit.which) << "the file has no " << edit.from;
  }
  return text;
}

// The complete credential with the edits, read.
inline ReadCredential ReadText(const std::string& text) {
  absl::StatusOr<ReadCredential> read = Read(text);
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *std::move(read) : ReadCredential();
}
inline ReadCredential ReadEdited(const std::vector<Edit>& edits) {
  return ReadText(Edited(DataFile("complete.json"), edits));
}

// The same, judged.
inline Conformance JudgeEdited(const std::vector<Edit>& edits) { return CheckConstraints(ReadEdited(edits)); }
inline CheckResult CheckEdited(const std::vector<Edit>& edits) { return Check(ReadEdited(edits)); }

}  // namespace passerelle::elm
