#include "gateway/telemetry/log.h"

#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace passerelle::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class LogTest : public ::testing::Test {
 public:
  ~LogTest() override { std::fclose(stream_); }

  std::vector<std::string> Lines() {
    std::string text;
    std::rewind(stream_);
    for (int c = std::fgetc(stream_); c != EOF; c = std::fgetc(stream_)) text.push_back(static_cast<char>(c));
    std::vector<std::string> lines = absl::StrSplit(text, '\n');
    EXPECT_EQ(lines.back(), "") << "the last line is not ended";
    lines.pop_back();
    return lines;
  }

 protected:
  LogTest() : stream_(std::tmpfile()), log_(stream_) {}

  std::FILE* stream_;
  Log log_;
};

TEST_F(LogTest, WritesOneObjectWithTypedMembers) {
  log_.Write(LogEvent::kNodeReady, {{"node", "NO"}, {"port", 7001}, {"ratio", 0.5}, {"again", false}});
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_THAT(Lines().front(),
              HasSubstr(R"("level":"info","event":"node.ready","node":"NO","port":7001,"ratio":0.5,"again":false})"));
  EXPECT_THAT(Lines().front(), ::testing::MatchesRegex(R"re(\{"ts":"20..-..-..T..:..:..\....Z",.*)re"));
}

TEST_F(LogTest, KeepsALineOneLineWhateverAValueHolds) {
  std::string hostile = "\"}\n{\"event\":\"node.ready\"}\r\\";
  for (int byte = 0; byte < 256; ++byte) hostile.push_back(static_cast<char>(byte));
  log_.Write(LogEvent::kCallHandled, {{"caller", hostile}});
  ASSERT_EQ(Lines().size(), 1u);
  const std::string line = Lines().front();
  EXPECT_TRUE(base::JsonDocument::Parse(line).ok()) << line;
  EXPECT_THAT(line, Not(HasSubstr("\"event\":\"node.ready\"")));
}

TEST_F(LogTest, CutsLongTexts) {
  log_.Write(LogEvent::kCallHandled, {{"caller", std::string(1 << 20, 'x')}});
  EXPECT_LT(Lines().front().size(), 2000u);
}

TEST_F(LogTest, WritesNumbersThatJsonLacksAsNull) {
  log_.Write(LogEvent::kCallHandled, {{"duration_ms", std::numeric_limits<double>::quiet_NaN()}});
  EXPECT_THAT(Lines().front(), HasSubstr("\"duration_ms\":null}"));
}

TEST_F(LogTest, StatesTheReasonOfAProblem) {
  log_.WriteProblem(LogEvent::kNodeMapRefused, base::Problem(base::Reason::kConfigInvalid, "map.yaml:3", "what"));
  EXPECT_THAT(
      Lines().front(),
      HasSubstr(
          R"("level":"error","event":"node_map.refused","reason":"CONFIG_INVALID","place":"map.yaml:3","detail":"what"})"));
}

TEST_F(LogTest, NeverMixesTheLinesOfTwoThreads) {
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < 200; ++n) log_.Write(LogEvent::kCallHandled, {{"caller", std::string(500, 'x')}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::vector<std::string> lines = Lines();
  ASSERT_EQ(lines.size(), 800u);
  for (const std::string& line : lines) EXPECT_EQ(line.size(), lines.front().size());
}

}  // namespace
}  // namespace passerelle::gateway
