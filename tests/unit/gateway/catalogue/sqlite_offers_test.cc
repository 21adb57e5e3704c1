#include "gateway/catalogue/sqlite_offers.h"

#include <sqlite3.h>

#include <cstdio>
#include <string>

#include "tests/support/offer_index_contract.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::OfferIndexContract;
using ::passerelle::testing::OfferIndexFactory;

// A path at which there is nothing.
std::string FreshPath() {
  static int count = 0;
  const std::string path = absl::StrCat(::testing::TempDir(), "/sqlite_offers_", ++count, ".db");
  for (const char* suffix : {"", "-wal", "-shm"}) std::remove((path + suffix).c_str());
  return path;
}

std::unique_ptr<OfferIndex> Open(const std::string& path) {
  auto opened = SqliteOffers::Open(path);
  EXPECT_OK(opened);
  return opened.ok() ? *std::move(opened) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, OfferIndexContract,
                         ::testing::Values(OfferIndexFactory([] { return Open(FreshPath()); })));

TEST(SqliteOffersTest, WhatIsKeptIsThereAfterOpeningAgain) {
  const std::string path = FreshPath();
  catalogue::v1::Offer offer;
  offer.set_id("a");
  offer.add_titles()->set_value("Tides");
  catalogue::OfferQuery query;
  query.text = "tides";
  {
    const auto index = Open(path);
    ASSERT_OK(index->InTransaction([&] {
      return index->Write(offer, {"source", "digest", "", false, 1}, catalogue::v1::CHANGE_KIND_ADDED, "2026-01-31");
    }));
  }
  const auto index = Open(path);
  ASSERT_OK_AND_ASSIGN(const auto found, index->Search(query));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].SerializeAsString(), offer.SerializeAsString());
}

TEST(SqliteOffersTest, WhatIsNoIndexOfThisVersionIsRefused) {
  EXPECT_THAT(SqliteOffers::Open("/nowhere/at/all.db"), HasReason(Reason::kStoreUnavailable));
  const std::string path = FreshPath();
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "CREATE TABLE offer (id TEXT)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  EXPECT_THAT(SqliteOffers::Open(path), HasReasonAt(Reason::kStoreUnavailable, path));
}

}  // namespace
}  // namespace passerelle::gateway
