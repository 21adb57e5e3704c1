// Offers in PostgreSQL, in full text by tsvector and GIN.
//
// Harvests write one after another, so that readers of the change feed pass no change that is not there yet.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/catalogue/offer_index.h"
#include "gateway/catalogue/offer_terms.h"
#include "gateway/store/postgres_connection.h"

namespace passerelle::gateway {

// The schema of the database, and the longest time of one statement: counting a million offers takes seconds.
inline constexpr char kPostgresOffersSchema[] = "passerelle_catalogue";
inline constexpr absl::Duration kPostgresOffersTimeLimit = absl::Minutes(1);

class PostgresOffers : public OfferIndex {
 public:
  // Makes the tables where there are none. Problems: kStoreUnavailable; kStoreNewer for tables of a newer program.
  static absl::StatusOr<std::unique_ptr<PostgresOffers>> Open(const PostgresOptions& options);

  absl::Status InTransaction(absl::FunctionRef<absl::Status()> work) override;
  absl::StatusOr<int64_t> LastRun(absl::string_view source) override;
  absl::StatusOr<int64_t> NextRun(absl::string_view source) override;
  absl::StatusOr<int64_t> NewReading(absl::string_view source, absl::string_view file, int64_t run) override;
  absl::Status Complete(int64_t reading, absl::string_view digest, const catalogue::FileCounts& counts) override;
  absl::Status Spoil(int64_t reading) override;
  absl::StatusOr<std::optional<catalogue::FileCounts>> TakeOver(absl::string_view source, absl::string_view file,
                                                                absl::string_view digest, int64_t run) override;
  absl::Status Forget(absl::string_view source, int64_t run) override;
  absl::StatusOr<std::optional<catalogue::KeptOffer>> Find(absl::string_view id) override;
  absl::Status Write(const catalogue::v1::Offer& offer, const catalogue::KeptOffer& kept,
                     catalogue::v1::ChangeKind kind, absl::string_view day) override;
  absl::Status Move(absl::string_view id, int64_t reading) override;
  absl::StatusOr<catalogue::Tally> Count(absl::string_view source, int64_t run) override;
  absl::StatusOr<std::vector<std::string>> Missing(absl::string_view source, int64_t run, int limit) override;
  absl::Status Withdraw(absl::string_view id, absl::string_view day) override;

  absl::StatusOr<std::vector<catalogue::v1::Offer>> Search(const catalogue::OfferQuery& query) override;
  absl::StatusOr<catalogue::v1::Offer> Get(absl::string_view id) override;
  absl::StatusOr<std::vector<catalogue::v1::Change>> Changes(uint64_t after, int limit) override;
  absl::Status Settle() override;

 private:
  PostgresOffers(std::unique_ptr<PostgresConnection> connection, std::unique_ptr<OfferTerms> terms)
      : connection_(std::move(connection)), terms_(std::move(terms)) {}
  absl::Status Execute(const std::string& sql);
  absl::StatusOr<int64_t> OneNumber(const char* sql, const PostgresParameters& parameters);

  std::unique_ptr<PostgresConnection> connection_;
  std::unique_ptr<OfferTerms> terms_;
};

}  // namespace passerelle::gateway
