#include "gateway/catalogue/postgres_offers.h"

#include <cstdio>
#include <string>

#include "gateway/catalogue/open_offers.h"
#include "tests/support/offer_index_contract.h"
#include "tests/support/postgresql_server.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::OfferIndexContract;
using ::passerelle::testing::OfferIndexFactory;
using ::passerelle::testing::PostgresqlServer;

PostgresqlServer* SharedServer() {
  // Destroyed at exit, since its processes would go on.
  static const absl::StatusOr<std::unique_ptr<PostgresqlServer>> server = PostgresqlServer::Start();
  if (!server.ok()) std::fprintf(stderr, "SKIPPED: %s\n", std::string(server.status().message()).c_str());
  return server.ok() ? server->get() : nullptr;
}

PostgresOptions FreshOptions() {
  static int count = 0;
  PostgresOptions options;
  options.connection = SharedServer()->ConnectionString();
  options.schema = absl::StrCat("catalogue_", ++count);
  return options;
}

std::unique_ptr<OfferIndex> Open(const PostgresOptions& options) {
  auto opened = PostgresOffers::Open(options);
  EXPECT_OK(opened);
  return opened.ok() ? *std::move(opened) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Postgres, OfferIndexContract, ::testing::Values(OfferIndexFactory([] {
                           return SharedServer() == nullptr ? nullptr : Open(FreshOptions());
                         })));

class PostgresOffersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (SharedServer() == nullptr) GTEST_SKIP() << "SKIPPED: there is no PostgreSQL here";
  }
};

// Without turns, a reader of the change feed could pass a change that is written but not there yet.
TEST_F(PostgresOffersTest, HarvestsWriteOneAfterAnother) {
  PostgresOptions options = FreshOptions();
  const auto first = Open(options);
  options.time_limit = absl::Milliseconds(300);
  const auto second = Open(options);
  ASSERT_OK(first->InTransaction([&]() -> absl::Status {
    EXPECT_THAT(second->InTransaction([] { return absl::OkStatus(); }),
                HasReasonAt(Reason::kStoreUnavailable, "postgresql"));
    EXPECT_OK(second->Changes(0, 1));  // reading goes on
    return absl::OkStatus();
  }));
  EXPECT_OK(second->InTransaction([] { return absl::OkStatus(); }));
}

// As the neighbours do it: what another version of the program made is neither changed nor misread.
TEST_F(PostgresOffersTest, TablesOfANewerProgramAreRefused) {
  const PostgresOptions options = FreshOptions();
  ASSERT_NE(Open(options), nullptr);
  ASSERT_NE(Open(options), nullptr);  // made once
  ASSERT_OK_AND_ASSIGN(const auto connection, PostgresConnection::Open(options));
  ASSERT_OK(connection->Execute("INSERT INTO schema_change (version, oldest_program, sha256) VALUES (1000, 1000, '')"));
  EXPECT_THAT(PostgresOffers::Open(options), HasReasonAt(Reason::kStoreNewer, "schema version"));
  ASSERT_OK(connection->Execute("DELETE FROM schema_change WHERE version = 1000"));
  ASSERT_OK(connection->Execute("UPDATE schema_change SET sha256 = 'of other tables'"));
  EXPECT_THAT(PostgresOffers::Open(options), HasReasonAt(Reason::kStoreUnavailable, "schema version"));
}

// Those of before there were versions are those of the first.
TEST_F(PostgresOffersTest, TablesWithoutAVersionAreTaken) {
  const PostgresOptions options = FreshOptions();
  catalogue::v1::Offer offer;
  offer.set_id("a");
  ASSERT_OK(
      Open(options)->Write(offer, {"source", "digest", "", false, 1}, catalogue::v1::CHANGE_KIND_ADDED, "2026-01-31"));
  ASSERT_OK_AND_ASSIGN(const auto connection, PostgresConnection::Open(options));
  ASSERT_OK(connection->Execute("DROP TABLE schema_change"));
  const auto index = Open(options);
  ASSERT_NE(index, nullptr);
  EXPECT_OK(index->Get("a"));
}

TEST_F(PostgresOffersTest, ANameChoosesTheDatabase) {
  EXPECT_TRUE(IsOfferFile("offers.db"));
  EXPECT_FALSE(IsOfferFile("postgresql://db.example/offers"));
  EXPECT_THAT(OpenOffers("postgresql:///offers?host=/nowhere"), HasReasonAt(Reason::kStoreUnavailable, "postgresql"));
}

}  // namespace
}  // namespace passerelle::gateway
