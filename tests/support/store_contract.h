// What every Store must do, by the contract of core/base/port/store.h. An implementation runs it by
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory([] { return ...; })));
//
// with a factory that makes an empty store, or null where there can be none; the tests are skipped then, and say so.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/base/port/store.h"
#include "core/base/status_macros.h"
#include "tests/support/status_matchers.h"

namespace passerelle::testing {

using StoreFactory = std::function<std::unique_ptr<base::Store>()>;

class StoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  StoreContract() : store_(GetParam()()) {}
  void SetUp() override {
    if (store_ == nullptr) GTEST_SKIP() << "SKIPPED: there is no store of this kind here";
  }

  absl::Status Insert(const base::Record& record, base::Table table = base::Table::kExchange) {
    return store_->Write([&](base::Transaction& tx) { return tx.Insert(table, record); });
  }
  absl::Status Update(const base::Record& record, base::Table table = base::Table::kExchange) {
    return store_->Write([&](base::Transaction& tx) { return tx.Update(table, record); });
  }
  absl::Status Delete(const std::string& key, base::Table table = base::Table::kExchange) {
    return store_->Write([&](base::Transaction& tx) { return tx.Delete(table, key); });
  }
  absl::StatusOr<std::optional<base::Record>> Get(const std::string& key, base::Table table = base::Table::kExchange) {
    std::optional<base::Record> record;
    RETURN_IF_ERROR(store_->Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(record, tx.Get(table, key));
      return absl::OkStatus();
    }));
    return record;
  }
  // Keys only, which is what order is about.
  absl::StatusOr<std::vector<std::string>> List(const std::string& group, const std::string& after, int limit) {
    return Keys([&](base::Transaction& tx) { return tx.List(base::Table::kExchange, group, after, limit); });
  }
  absl::StatusOr<std::vector<std::string>> Due(absl::Time now, int limit) {
    return Keys([&](base::Transaction& tx) { return tx.Due(base::Table::kExchange, now, limit); });
  }

  std::unique_ptr<base::Store> store_;

 private:
  absl::StatusOr<std::vector<std::string>> Keys(
      const std::function<absl::StatusOr<std::vector<base::Record>>(base::Transaction&)>& ask) {
    std::vector<std::string> keys;
    RETURN_IF_ERROR(store_->Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<base::Record> records, ask(tx));
      keys.clear();
      for (const base::Record& record : records) keys.push_back(record.key);
      return absl::OkStatus();
    }));
    return keys;
  }
};

inline const absl::Time kContractTime = absl::FromUnixMillis(1893553445250);

TEST_P(StoreContract, ReturnsWhatWasInserted) {
  const std::string bytes("\0\xff binary '\"\n", 13);
  ASSERT_OK(Insert({.key = "k", .value = bytes, .group = "g", .due = kContractTime}));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("k"));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->key, "k");
  EXPECT_EQ(record->value, bytes);
  EXPECT_EQ(record->group, "g");
  EXPECT_EQ(record->due, kContractTime);
}

TEST_P(StoreContract, KeepsNeverApartFromEveryTime) {
  ASSERT_OK(Insert({.key = "never", .value = ""}));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("never"));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->value, "");
  EXPECT_EQ(record->group, "");
  EXPECT_EQ(record->due, absl::InfiniteFuture());
  EXPECT_THAT(Due(absl::InfiniteFuture(), 10), IsOkAndHolds(::testing::IsEmpty()));
}

TEST_P(StoreContract, HasNothingUnderAnotherKeyOrInAnotherTable) {
  ASSERT_OK(Insert({.key = "k", .value = "v"}));
  EXPECT_THAT(Get("K"), IsOkAndHolds(::testing::Eq(std::nullopt)));
  EXPECT_THAT(Get("k", base::Table::kCase), IsOkAndHolds(::testing::Eq(std::nullopt)));
  EXPECT_OK(Insert({.key = "k", .value = "other"}, base::Table::kCase));
}

TEST_P(StoreContract, InsertRefusesATakenKeyAndLeavesTheRecord) {
  ASSERT_OK(Insert({.key = "k", .value = "first"}));
  EXPECT_EQ(Insert({.key = "k", .value = "second"}).code(), absl::StatusCode::kAlreadyExists);
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("k"));
  EXPECT_EQ(record->value, "first");
}

TEST_P(StoreContract, UpdateReplacesEverythingButTheKey) {
  ASSERT_OK(Insert({.key = "k", .value = "v", .group = "g", .due = kContractTime}));
  ASSERT_OK(Update({.key = "k", .value = "w", .group = "h"}));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("k"));
  EXPECT_EQ(record->value, "w");
  EXPECT_EQ(record->group, "h");
  EXPECT_EQ(record->due, absl::InfiniteFuture());
  EXPECT_THAT(List("g", "", 10), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(List("h", "", 10), IsOkAndHolds(::testing::ElementsAre("k")));
}

TEST_P(StoreContract, UpdateNeedsTheRecord) {
  EXPECT_EQ(Update({.key = "k", .value = "v"}).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(Get("k"), IsOkAndHolds(::testing::Eq(std::nullopt)));
}

TEST_P(StoreContract, DeleteRemovesAndForgivesAMissingKey) {
  ASSERT_OK(Insert({.key = "k", .value = "v", .due = kContractTime}));
  EXPECT_OK(Delete("k"));
  EXPECT_OK(Delete("k"));
  EXPECT_THAT(Get("k"), IsOkAndHolds(::testing::Eq(std::nullopt)));
  EXPECT_THAT(List("", "", 10), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(Due(kContractTime, 10), IsOkAndHolds(::testing::IsEmpty()));
}

TEST_P(StoreContract, ListsAGroupInTheOrderOfInsertion) {
  for (const char* key : {"c", "a", "d", "b"}) ASSERT_OK(Insert({.key = key, .value = "", .group = "g"}));
  ASSERT_OK(Insert({.key = "x", .value = "", .group = "h"}));
  ASSERT_OK(Update({.key = "c", .value = "changed", .group = "g"}));
  EXPECT_THAT(List("g", "", 10), IsOkAndHolds(::testing::ElementsAre("c", "a", "d", "b")));
  EXPECT_THAT(List("g", "", 2), IsOkAndHolds(::testing::ElementsAre("c", "a")));
  EXPECT_THAT(List("g", "a", 2), IsOkAndHolds(::testing::ElementsAre("d", "b")));
  EXPECT_THAT(List("g", "b", 2), IsOkAndHolds(::testing::IsEmpty()));
  EXPECT_THAT(List("G", "", 2), IsOkAndHolds(::testing::IsEmpty()));
}

TEST_P(StoreContract, ListRefusesToGoOnAfterWhatIsNotInTheGroup) {
  ASSERT_OK(Insert({.key = "a", .value = "", .group = "g"}));
  EXPECT_EQ(List("g", "nothing", 10).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(List("h", "a", 10).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(StoreContract, GivesWhatIsDueEarliestFirst) {
  ASSERT_OK(Insert({.key = "late", .value = "", .due = kContractTime + absl::Milliseconds(2)}));
  ASSERT_OK(Insert({.key = "never", .value = ""}));
  ASSERT_OK(Insert({.key = "early", .value = "", .group = "g", .due = kContractTime - absl::Hours(1)}));
  ASSERT_OK(Insert({.key = "now", .value = "", .due = kContractTime}));
  EXPECT_THAT(Due(kContractTime, 10), IsOkAndHolds(::testing::ElementsAre("early", "now")));
  EXPECT_THAT(Due(kContractTime - absl::Milliseconds(1), 10), IsOkAndHolds(::testing::ElementsAre("early")));
  EXPECT_THAT(Due(kContractTime + absl::Milliseconds(2), 10),
              IsOkAndHolds(::testing::ElementsAre("early", "now", "late")));
  EXPECT_THAT(Due(kContractTime, 1), IsOkAndHolds(::testing::ElementsAre("early")));
  ASSERT_OK(Update({.key = "early", .value = "", .due = kContractTime + absl::Seconds(1)}));
  EXPECT_THAT(Due(kContractTime, 10), IsOkAndHolds(::testing::ElementsAre("now")));
}

TEST_P(StoreContract, SeesItsOwnWrites) {
  EXPECT_OK(store_->Write([](base::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(base::Table::kExchange, {.key = "k", .value = "v", .group = "g"}));
    ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(base::Table::kExchange, "k"));
    ASSIGN_OR_RETURN(const std::vector<base::Record> records, tx.List(base::Table::kExchange, "g", "", 10));
    return record && records.size() == 1 ? absl::OkStatus() : absl::InternalError("its own record is not there");
  }));
}

TEST_P(StoreContract, RollsEverythingBackAndReturnsTheStatus) {
  ASSERT_OK(Insert({.key = "changed", .value = "before", .group = "g", .due = kContractTime}));
  ASSERT_OK(Insert({.key = "deleted", .value = "before", .group = "g"}));
  const absl::Status status = store_->Write([](base::Transaction& tx) -> absl::Status {
    RETURN_IF_ERROR(tx.Insert(base::Table::kExchange, {.key = "new", .value = "v", .group = "g"}));
    RETURN_IF_ERROR(tx.Insert(base::Table::kOutbox, {.key = "new", .value = "v"}));
    RETURN_IF_ERROR(tx.Update(base::Table::kExchange, {.key = "changed", .value = "after"}));
    RETURN_IF_ERROR(tx.Update(base::Table::kExchange, {.key = "changed", .value = "again"}));
    RETURN_IF_ERROR(tx.Delete(base::Table::kExchange, "deleted"));
    return base::Problem(base::Reason::kNotAvailable, "here");
  });
  EXPECT_THAT(status, HasReasonAt(base::Reason::kNotAvailable, "here"));
  EXPECT_THAT(List("g", "", 10), IsOkAndHolds(::testing::ElementsAre("changed", "deleted")));
  EXPECT_THAT(Due(kContractTime, 10), IsOkAndHolds(::testing::ElementsAre("changed")));
  EXPECT_THAT(Get("new", base::Table::kOutbox), IsOkAndHolds(::testing::Eq(std::nullopt)));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("changed"));
  EXPECT_EQ(record->value, "before");
}

TEST_P(StoreContract, GoesOnAfterARefusedInsert) {
  ASSERT_OK(Insert({.key = "k", .value = "v"}));
  EXPECT_OK(store_->Write([](base::Transaction& tx) -> absl::Status {
    if (tx.Insert(base::Table::kExchange, {.key = "k", .value = "w"}).ok()) return absl::InternalError("was taken");
    return tx.Insert(base::Table::kExchange, {.key = "l", .value = "w"});
  }));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("l"));
  EXPECT_TRUE(record.has_value());
}

TEST_P(StoreContract, ReadCannotWrite) {
  ASSERT_OK(Insert({.key = "k", .value = "v"}));
  std::vector<absl::Status> statuses;
  EXPECT_OK(store_->Read([&](base::Transaction& tx) {
    statuses = {tx.Insert(base::Table::kExchange, {.key = "new", .value = "v"}),
                tx.Update(base::Table::kExchange, {.key = "k", .value = "w"}), tx.Delete(base::Table::kExchange, "k")};
    return absl::OkStatus();
  }));
  EXPECT_THAT(statuses, ::testing::Each(::testing::Not(IsOk())));
  EXPECT_THAT(Get("new"), IsOkAndHolds(::testing::Eq(std::nullopt)));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("k"));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->value, "v");
}

TEST_P(StoreContract, LosesNoUpdateOfSeveralThreads) {
  constexpr size_t kThreads = 4;
  constexpr size_t kRounds = 25;
  ASSERT_OK(Insert({.key = "count", .value = ""}));
  std::vector<absl::Status> statuses(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, &status = statuses[t]] {
      for (size_t round = 0; round < kRounds && status.ok(); ++round) {
        status = store_->Write([](base::Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(base::Table::kExchange, "count"));
          return tx.Update(base::Table::kExchange, {.key = "count", .value = absl::StrCat(record->value, "x")});
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(statuses, ::testing::Each(IsOk()));
  ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record, Get("count"));
  EXPECT_EQ(record->value, std::string(kThreads * kRounds, 'x'));
}

// Two callers that both find nothing under a key and then write it: one comes after the other and sees its record.
TEST_P(StoreContract, LetsTwoWhoFindNothingWriteOneAfterTheOther) {
  constexpr size_t kThreads = 4;
  constexpr int kRounds = 10;
  std::vector<absl::Status> statuses(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, &status = statuses[t]] {
      for (int round = 0; round < kRounds && status.ok(); ++round) {
        status = store_->Write([key = absl::StrCat("k", round)](base::Transaction& tx) -> absl::Status {
          ASSIGN_OR_RETURN(const std::optional<base::Record> record, tx.Get(base::Table::kRequest, key));
          if (!record) return tx.Insert(base::Table::kRequest, {.key = key, .value = "x"});
          return tx.Update(base::Table::kRequest, {.key = key, .value = absl::StrCat(record->value, "x")});
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(statuses, ::testing::Each(IsOk()));
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_OK_AND_ASSIGN(const std::optional<base::Record> record,
                         Get(absl::StrCat("k", round), base::Table::kRequest));
    ASSERT_TRUE(record.has_value());
    EXPECT_EQ(record->value, std::string(kThreads, 'x'));
  }
}

// A list that is paged through while others insert misses nothing and shows nothing twice.
TEST_P(StoreContract, PagesThroughAGroupThatGrows) {
  constexpr int kWriters = 3;
  constexpr int kEach = 30;
  std::vector<absl::Status> statuses(kWriters);
  std::vector<std::thread> threads;
  threads.reserve(kWriters);
  for (int t = 0; t < kWriters; ++t) {
    threads.emplace_back([this, t, &status = statuses[t]] {
      for (int i = 0; i < kEach && status.ok(); ++i) {
        status = Insert({.key = absl::StrCat(t, "-", i), .value = "", .group = "g"});
      }
    });
  }
  std::vector<std::string> seen;
  std::string after;
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (seen.size() < kWriters * kEach && absl::Now() < end) {
    const auto page = List("g", after, 7);
    ASSERT_TRUE(page.ok()) << page.status();
    seen.insert(seen.end(), page->begin(), page->end());
    if (!page->empty()) after = page->back();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(statuses, ::testing::Each(IsOk()));
  EXPECT_EQ(seen.size(), static_cast<size_t>(kWriters * kEach));
  EXPECT_THAT(List("g", "", kWriters * kEach), IsOkAndHolds(::testing::ElementsAreArray(seen)));
}

// Claims: whoever finds a record due and moves it on has it alone.
TEST_P(StoreContract, GivesWhatIsDueToOneOfSeveralClaimants) {
  constexpr int kRecords = 40;
  constexpr size_t kThreads = 4;
  for (int i = 0; i < kRecords; ++i) {
    ASSERT_OK(Insert({.key = absl::StrCat("k", i), .value = "", .due = kContractTime}, base::Table::kOutbox));
  }
  std::vector<std::vector<std::string>> claimed(kThreads);
  std::vector<absl::Status> statuses(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, &keys = claimed[t], &status = statuses[t]] {
      for (bool more = true; more && status.ok();) {
        std::string key;
        status = store_->Write([&key](base::Transaction& tx) -> absl::Status {
          key.clear();
          ASSIGN_OR_RETURN(std::vector<base::Record> due, tx.Due(base::Table::kOutbox, kContractTime, 1));
          if (due.empty()) return absl::OkStatus();
          key = due[0].key;
          due[0].due = kContractTime + absl::Minutes(1);
          return tx.Update(base::Table::kOutbox, due[0]);
        });
        if (status.ok() && !key.empty()) keys.push_back(key);
        more = !key.empty();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(statuses, ::testing::Each(IsOk()));
  std::vector<std::string> all;
  for (const std::vector<std::string>& keys : claimed) all.insert(all.end(), keys.begin(), keys.end());
  EXPECT_EQ(all.size(), static_cast<size_t>(kRecords));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
}

}  // namespace passerelle::testing
