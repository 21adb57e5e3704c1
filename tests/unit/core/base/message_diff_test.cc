#include "core/base/message_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "passerelle/trust/v1/accreditation.pb.h"

namespace passerelle::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using trust::v1::AccreditationData;

AccreditationData Snapshot() {
  AccreditationData data;
  data.mutable_snapshot_time()->set_seconds(1767225600);  // 2026-01-01
  for (const char* id : {"a", "b", "c"}) {
    auto* const report = data.add_reports();
    report->set_id(id);
    report->set_agency("agency");
    report->add_providers("p1");
    report->add_providers("p2");
  }
  return data;
}

std::vector<std::string> Changes(const std::function<void(AccreditationData&)>& change) {
  AccreditationData after = Snapshot();
  change(after);
  std::vector<std::string> changes;
  for (const MessageChange& one : CompareSnapshots(Snapshot(), after, {{"providers", "id"}, {"reports", "id"}})) {
    changes.push_back(absl::StrCat(ChangeWord(one.kind), " ", one.place, ": ", one.before, " -> ", one.after));
  }
  return changes;
}

TEST(CompareSnapshotsTest, EntriesAreComparedByTheirKey) {
  EXPECT_THAT(Changes([](AccreditationData&) {}), IsEmpty());
  // Another order is no change, of entries or within one.
  EXPECT_THAT(Changes([](AccreditationData& data) {
                data.mutable_reports()->SwapElements(0, 2);
                data.mutable_reports(0)->mutable_providers()->SwapElements(0, 1);
              }),
              IsEmpty());
  EXPECT_THAT(Changes([](AccreditationData& data) { data.mutable_reports(1)->set_agency("another"); }),
              ElementsAre("changed reports[b].agency: \"agency\" -> \"another\""));
  EXPECT_THAT(Changes([](AccreditationData& data) { data.mutable_reports()->DeleteSubrange(1, 1); }),
              ElementsAre("removed reports[b]: id: \"b\" providers: \"p1\" providers: \"p2\" agency: \"agency\" -> "));
  EXPECT_THAT(Changes([](AccreditationData& data) { data.add_reports()->set_id("d"); }),
              ElementsAre("added reports[d]:  -> id: \"d\""));
  EXPECT_THAT(Changes([](AccreditationData& data) { data.mutable_snapshot_time()->set_seconds(1767312000); }),
              ElementsAre("changed snapshot_time: 2026-01-01T00:00:00Z -> 2026-01-02T00:00:00Z"));
}

// Of entries that share a key, the first is compared with the first.
TEST(CompareSnapshotsTest, EntriesOfOneKeyAreComparedInTheirOrder) {
  EXPECT_THAT(Changes([](AccreditationData& data) {
                data.add_reports()->set_id("a");
                data.mutable_reports(0)->set_agency("another");
              }),
              ElementsAre("changed reports[a].agency: \"agency\" -> \"another\"", "added reports[a]:  -> id: \"a\""));
}

// 40,000 entries of which each has moved: whatever is compared with each other entry does not end in this test's time.
TEST(CompareSnapshotsTest, CostIsLinearWhateverTheOrder) {
  constexpr int kEntries = 40'000;
  AccreditationData before;
  AccreditationData after;
  for (int i = 0; i < kEntries; ++i) {
    before.add_reports()->set_id(absl::StrCat(i));
    after.add_reports()->set_id(absl::StrCat(kEntries - i));
  }
  EXPECT_EQ(CompareSnapshots(before, after, {{"reports", "id"}}).size(), 2u);
}

}  // namespace
}  // namespace passerelle::base
