// Offers in a SQLite file, in full text by FTS5.
//
// Ownership: closes the file when destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/catalogue/offer_index.h"
#include "gateway/catalogue/offer_terms.h"

struct sqlite3;
struct sqlite3_stmt;

namespace passerelle::gateway {

class SqliteOffers : public OfferIndex {
 public:
  // Opens the file, and makes it where there is none. Problem: kStoreUnavailable with the path.
  static absl::StatusOr<std::unique_ptr<SqliteOffers>> Open(const std::string& path);
  ~SqliteOffers() override;
  SqliteOffers(const SqliteOffers&) = delete;
  SqliteOffers& operator=(const SqliteOffers&) = delete;

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
  class Statement;
  explicit SqliteOffers(sqlite3* handle) : handle_(handle) {}
  absl::Status Prepare();
  absl::Status Execute(const char* sql);
  absl::StatusOr<int64_t> NumberOf(const catalogue::v1::Offer& offer, const catalogue::KeptOffer& kept);
  absl::Status NoteChange(absl::string_view id, catalogue::v1::ChangeKind kind, absl::string_view day);

  sqlite3* handle_;
  std::unique_ptr<OfferTerms> terms_;
  absl::flat_hash_map<absl::string_view, sqlite3_stmt*> prepared_;  // by their text, which is a literal
};

}  // namespace passerelle::gateway
