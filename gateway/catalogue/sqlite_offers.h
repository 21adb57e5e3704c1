// Offers in a SQLite file: what is kept between harvests, the change feed, and the search, in full text by FTS5.
//
// Words are found with or without their accents, in whatever language of the offer they stand. The order of results is
// that of the ids, so that pages stay whole while the catalogue grows.
//
// Thread-safety: one object for one thread at a time. Ownership: closes the file when destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/catalogue/harvest.h"
#include "core/catalogue/query.h"

struct sqlite3;
struct sqlite3_stmt;

namespace passerelle::gateway {

class SqliteOffers : public catalogue::OfferBook {
 public:
  // Opens the file, and makes it where there is none. Problem: kStoreUnavailable with the path.
  static absl::StatusOr<std::unique_ptr<SqliteOffers>> Open(const std::string& path);
  ~SqliteOffers() override;
  SqliteOffers(const SqliteOffers&) = delete;
  SqliteOffers& operator=(const SqliteOffers&) = delete;

  // Runs a harvest in one transaction: all of it is kept, or nothing when it fails.
  absl::Status InTransaction(absl::FunctionRef<absl::Status()> work);

  absl::StatusOr<std::optional<catalogue::KeptOffer>> Find(absl::string_view id) override;
  absl::Status Write(const catalogue::v1::Offer& offer, const catalogue::KeptOffer& kept,
                     catalogue::v1::ChangeKind kind, absl::string_view day) override;
  absl::StatusOr<std::vector<std::string>> Offered(absl::string_view source, absl::string_view after,
                                                   int limit) override;
  absl::Status Withdraw(absl::string_view id, absl::string_view day) override;

  // Offers that are still offered. kFieldInvalid for "limit", "field", "least_credits", "most_credits" and "text" (more
  // than kQueryWordsMax words).
  absl::StatusOr<std::vector<catalogue::v1::Offer>> Search(const catalogue::OfferQuery& query);

  // The offer, withdrawn ones included: old ids stay resolvable. kResourceNotFound.
  absl::StatusOr<catalogue::v1::Offer> Get(absl::string_view id);

  // Changes after a number, oldest first; at most `limit`.
  absl::StatusOr<std::vector<catalogue::v1::Change>> Changes(uint64_t after, int limit);

 private:
  class Statement;
  explicit SqliteOffers(sqlite3* handle) : handle_(handle) {}
  absl::Status Execute(const char* sql);
  absl::StatusOr<int64_t> NumberOf(const catalogue::v1::Offer& offer, const catalogue::KeptOffer& kept);
  absl::Status Index(int64_t number, const catalogue::v1::Offer& offer);
  absl::Status Unindex(int64_t number);
  absl::Status NoteChange(absl::string_view id, catalogue::v1::ChangeKind kind, absl::string_view day);

  sqlite3* handle_;
};

// Words of one question. Test: tests/unit/gateway/catalogue/sqlite_offers_test.cc.
inline constexpr size_t kQueryWordsMax = 16;

}  // namespace passerelle::gateway
