#include "gateway/node/erased_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/erasure/erased_records.h"
#include "core/recognition/case_records.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::FakeClock;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::MemoryStore;

constexpr char kCase[] = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
constexpr char kOther[] = "6f9619ff-8b86-4011-b42d-00c04fc96400";

class ErasedLedgerTest : public ::testing::Test {
 protected:
  ErasedLedgerTest() { std::remove(File().c_str()); }

  std::string Path() const { return absl::StrCat(::testing::TempDir(), "/erased_ledger"); }
  std::string File() const { return Path() + ".erased"; }
  std::string Text() const {
    std::ostringstream text;
    text << std::ifstream(File()).rdbuf();
    return text.str();
  }
  void InsertCase(MemoryStore& store, const std::string& id) {
    recognition::v1::RecognitionCase content;
    content.set_id(id);
    content.mutable_document()->set_content("Solveig");
    ASSERT_OK(store.Write(
        [&](base::Transaction& tx) { return recognition::InsertCase(content, absl::InfiniteFuture(), tx); }));
  }
  void Erase(MemoryStore& store, const std::string& id) {
    ASSERT_OK(store.Write([&](base::Transaction& tx) {
      return erasure::EraseAgain(erasure::NameOfCase(id), clock_.Now(), tx).status();
    }));
  }
  absl::StatusOr<std::unique_ptr<ErasedLedger>> Open(MemoryStore& store) {
    return ErasedLedger::Open({.path = Path(), .store = &store, .clock = &clock_});
  }

  FakeClock clock_;
};

TEST_F(ErasedLedgerTest, WhatWasErasedStaysErasedInAStoreThatWasPutBack) {
  MemoryStore store;
  MemoryStore backup;
  InsertCase(store, kCase);
  InsertCase(store, kOther);
  backup.PutBack(store);
  {
    ASSERT_OK_AND_ASSIGN(const auto ledger, Open(store));
    EXPECT_EQ(ledger->erased_again(), 0);
    EXPECT_EQ(Text(), "");
    Erase(store, kCase);
    ASSERT_OK(ledger->Keep());
    EXPECT_EQ(Text(), absl::StrCat("case/", kCase, "\n"));
    ASSERT_OK(ledger->Keep());
    EXPECT_EQ(Text(), absl::StrCat("case/", kCase, "\n")) << "each name once";
    Erase(store, kOther);  // and the node ends before it is kept
  }
  {
    ASSERT_OK_AND_ASSIGN(const auto ledger, Open(store));
    EXPECT_EQ(ledger->erased_again(), 0);
    EXPECT_EQ(Text(), absl::StrCat("case/", kCase, "\ncase/", kOther, "\n"));
  }
  EXPECT_TRUE(backup.Holds("Solveig"));
  ASSERT_OK_AND_ASSIGN(const auto ledger, Open(backup));
  EXPECT_EQ(ledger->erased_again(), 2);
  EXPECT_FALSE(backup.Holds("Solveig"));
  EXPECT_EQ(Text(), absl::StrCat("case/", kCase, "\ncase/", kOther, "\n"));
}

TEST_F(ErasedLedgerTest, AFileThatIsNoListOfNamesStopsTheStart) {
  MemoryStore store;
  std::ofstream(File()) << "case/" << kCase << "\nSolveig\n";
  const absl::Status refused = Open(store).status();
  EXPECT_THAT(refused, HasReason(Reason::kFieldInvalid));
  EXPECT_THAT(base::PlaceOf(refused), ::testing::HasSubstr(".erased: line 2"));
}

TEST_F(ErasedLedgerTest, WithoutAPathThereIsNoFile) {
  MemoryStore store;
  InsertCase(store, kCase);
  ASSERT_OK_AND_ASSIGN(const auto ledger, ErasedLedger::Open({.path = "", .store = &store, .clock = &clock_}));
  Erase(store, kCase);
  EXPECT_OK(ledger->Keep());
  EXPECT_EQ(Text(), "");
}

}  // namespace
}  // namespace passerelle::gateway
