// The contracts against those of every release in proto/released, and the comparison itself against breaks that are
// planted.
#include "tests/api/compatibility.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/api/surface.h"
#include "tests/support/paths.h"

namespace passerelle::api {
namespace {

std::vector<std::string> LinesOf(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The records of the releases, by version.
std::map<std::string, std::vector<std::string>> Released() {
  std::map<std::string, std::vector<std::string>> released;
  for (const auto& file : std::filesystem::directory_iterator(std::string(testing::kSourceDir) + "/proto/released")) {
    if (file.path().extension() == ".txt") released[file.path().stem().string()] = LinesOf(file.path());
  }
  return released;
}

Contracts ContractsOf(const std::vector<std::string>& lines) {
  const absl::StatusOr<Contracts> contracts = ReadContracts(lines);
  EXPECT_TRUE(contracts.ok()) << contracts.status();
  return contracts.ok() ? *contracts : Contracts();
}

TEST(Compatibility, TheContractsFitThoseOfEveryRelease) {
  const Contracts now = ContractsOf(Surface(DescriptorSet(std::string(testing::kBuildDir) + "/passerelle.binpb")));
  const auto released = Released();
  ASSERT_FALSE(released.empty());
  for (const auto& [version, lines] : released) {
    ASSERT_GT(lines.size(), 1000u) << version;
    for (const std::string& what : Breaks(ContractsOf(lines), now)) {
      ADD_FAILURE() << "programs of version " << version << " would not understand it: " << what;
    }
  }
}

// Whatever is taken away from a real release is found.
TEST(Compatibility, EveryLineOfAReleaseCounts) {
  const std::vector<std::string> lines = Released().begin()->second;
  const Contracts released = ContractsOf(lines);
  // Each comparison reads everything; a prime, so that every kind of line is met.
  constexpr size_t kStep = 17;
  for (size_t i = 0; i < lines.size(); i += kStep) {
    std::vector<std::string> others = lines;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_EQ(Breaks(released, ContractsOf(others)).size(), 1u) << lines[i];
  }
}

struct Change {
  const char* released;  // lines
  const char* now;
  const char* breaks;  // sentences, one a line
};

constexpr Change kChanges[] = {
    {"field p.M.f = 7: string", "field p.M.f = 7: string", ""},
    {"field p.M.f = 7: string", "field p.M.f = 7: bytes", "field 7 of p.M was string and is now bytes"},
    {"field p.M.f = 7: int32", "field p.M.f = 7: int64", "field 7 of p.M was int32 and is now int64"},
    {"field p.M.f = 7: p.A", "field p.M.f = 7: p.B", "field 7 of p.M was p.A and is now p.B"},
    {"field p.M.f = 7: map<string, p.A>", "field p.M.f = 7: map<string, p.B>",
     "field 7 of p.M was map<string, p.A> and is now map<string, p.B>"},
    {"field p.M.f = 7: string", "field p.M.g = 7: string", "field 7 of p.M was named f and is now named g"},
    {"field p.M.f = 7: string", "field p.M.f = 8: string", "field f of p.M was 7 and is now 8"},
    {"field p.M.f = 7: string", "field p.M.g = 8: string", "field 7 of p.M, f, is gone"},
    {"field p.M.f = 7: string", "message p.M without fields", "field 7 of p.M, f, is gone"},
    {"field p.M.f = 7: string", "field p.N.f = 7: string", "message p.M is gone"},
    {"field p.M.f = 7: string", "field p.M.f = 7: repeated string", "field 7 of p.M was singular and is now repeated"},
    {"field p.M.f = 7: repeated string", "field p.M.f = 7: string", "field 7 of p.M was repeated and is now singular"},
    {"field p.M.f = 7: optional bool", "field p.M.f = 7: bool", "field 7 of p.M was optional and is now singular"},
    {"field p.M.f = 7: bool", "field p.M.f = 7: optional bool", ""},
    {"field p.M.f = 7: bool", "field p.M.f = 7: bool in oneof o",
     "field 7 of p.M was in no oneof and is now in oneof o"},
    {"field p.M.f = 7: bool in oneof o", "field p.M.f = 7: bool",
     "field 7 of p.M was in oneof o and is now in no oneof"},
    {"field p.M.f = 7: bool", "field p.M.f = 7: bool deprecated", ""},
    {"field p.M.f = 7: bool", "field p.M.f = 7: bool\nfield p.M.g = 8: string\nmessage p.N without fields", ""},
    {"message p.M without fields", "field p.M.f = 1: bool", ""},
    {"message p.M without fields", "", "message p.M is gone"},
    {"field p.M.a = 1: string\nfield p.M.b = 2: string", "field p.M.b = 1: string\nfield p.M.a = 2: string",
     "field 1 of p.M was named a and is now named b\nfield 2 of p.M was named b and is now named a"},
    {"field p.x = 50000: string of google.protobuf.FieldOptions",
     "field p.x = 50000: int32 of google.protobuf.FieldOptions",
     "field 50000 of extensions of google.protobuf.FieldOptions was string and is now int32"},
    {"value p.E.A = 2", "value p.E.A = 2\nvalue p.E.B = 3", ""},
    {"value p.E.A = 2", "value p.E.A = 3", "value A of p.E was 2 and is now 3"},
    {"value p.E.A = 2", "value p.E.B = 2", "value 2 of p.E was A and is now B"},
    {"value p.E.A = 2\nvalue p.E.B = 3", "value p.E.B = 3", "value 2 of p.E, A, is gone"},
    {"value p.E.A = 2", "value p.F.A = 2", "enum p.E is gone"},
    {"method p.S.Do(p.A) returns (p.B)", "method p.S.Do(p.A) returns (p.B)\nmethod p.S.More(p.A) returns (p.B)", ""},
    {"method p.S.Do(p.A) returns (p.B)", "method p.S.Done(p.A) returns (p.B)", "method p.S.Do is gone"},
    {"method p.S.Do(p.A) returns (p.B)", "method p.S.Do(p.A) returns (p.C)",
     "method p.S.Do was (p.A) returns (p.B) and is now (p.A) returns (p.C)"},
    {"method p.S.Do(p.A) returns (p.B)", "method p.S.Do(stream p.A) returns (p.B)",
     "method p.S.Do was (p.A) returns (p.B) and is now (stream p.A) returns (p.B)"},
};

TEST(Compatibility, NamesWhatBreaksAndNothingElse) {
  const auto read = [](const char* text) { return ContractsOf(absl::StrSplit(text, '\n', absl::SkipEmpty())); };
  for (const Change& change : kChanges) {
    EXPECT_EQ(absl::StrJoin(Breaks(read(change.released), read(change.now)), "\n"), change.breaks)
        << change.released << "\n-> " << change.now;
  }
}

// A record that cannot be read compares nothing.
TEST(Compatibility, RefusesLinesThatAreNoneOfASurface) {
  for (const char* line : {"", "field p.M.f: string", "field p.M.f = x: string", "field f = 1: string",
                           "field p.M.f = 1: ", "value p.E.A", "method p.S.Do", "message p.M", "comment"}) {
    EXPECT_FALSE(ReadContracts({line}).ok()) << line;
  }
  EXPECT_FALSE(ReadContracts({"field p.M.a = 1: string", "field p.M.b = 1: string"}).ok());
}

}  // namespace
}  // namespace passerelle::api
