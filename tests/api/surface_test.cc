// The contracts are what proto/API_SURFACE.txt says: a change is seen by whoever commits it. UPDATE_GOLDEN=1 rewrites.
#include "tests/api/surface.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/support/paths.h"

namespace passerelle::api {
namespace {

const std::string kSurfacePath = std::string(testing::kSourceDir) + "/proto/API_SURFACE.txt";

std::vector<std::string> CommittedSurface() {
  std::vector<std::string> lines;
  std::ifstream in(kSurfacePath);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(ApiSurface, IsAsCommitted) {
  const std::vector<std::string> built = Surface(DescriptorSet(std::string(testing::kBuildDir) + "/passerelle.binpb"));
  ASSERT_FALSE(built.empty());
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream out(kSurfacePath);
    for (const std::string& line : built) out << line << "\n";
  }
  const std::vector<std::string> committed = CommittedSurface();
  const std::set<std::string> now(built.begin(), built.end());
  const std::set<std::string> before(committed.begin(), committed.end());
  for (const std::string& line : before) {
    EXPECT_EQ(now.count(line), 1u) << "gone or changed, which breaks those who use it: " << line;
  }
  for (const std::string& line : now) {
    EXPECT_EQ(before.count(line), 1u) << "new; commit it with scripts/check.sh api --update: " << line;
  }
  EXPECT_EQ(built.size(), committed.size());
}

TEST(ApiSurface, ShowsMethodsFieldsAndValues) {
  const std::vector<std::string> built = Surface(DescriptorSet(std::string(testing::kBuildDir) + "/passerelle.binpb"));
  for (const char* line :
       {"method passerelle.relay.v1.RelayService.Deliver(passerelle.relay.v1.DeliverRequest) returns "
        "(passerelle.relay.v1.DeliverResponse)",
        "field passerelle.relay.v1.Envelope.body = 2: bytes"}) {
    EXPECT_EQ(std::count(built.begin(), built.end(), line), 1) << line;
  }
}

}  // namespace
}  // namespace passerelle::api
