// What every Store must do, by the contract of core/base/port/store.h. An implementation runs it by
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory([] { return ...; })));
//
// with a factory that makes an empty store.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/port/store.h"
#include "core/base/status_macros.h"
#include "tests/support/status_matchers.h"

namespace passerelle::testing {

using StoreFactory = std::function<std::unique_ptr<base::Store>()>;

class StoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  StoreContract() : store_(GetParam()()) {}

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

}  // namespace passerelle::testing
