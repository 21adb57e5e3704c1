#include "gateway/catalogue/open_offers.h"

#include "absl/strings/match.h"
#include "gateway/catalogue/postgres_offers.h"
#include "gateway/catalogue/sqlite_offers.h"

namespace passerelle::gateway {

bool IsOfferFile(const std::string& name) {
  return !absl::StartsWith(name, "postgresql://") && !absl::StartsWith(name, "postgres://");
}

absl::StatusOr<std::unique_ptr<OfferIndex>> OpenOffers(const std::string& name) {
  if (IsOfferFile(name)) return SqliteOffers::Open(name);
  PostgresOptions options;
  options.connection = name;
  options.schema = kPostgresOffersSchema;
  options.time_limit = kPostgresOffersTimeLimit;
  return PostgresOffers::Open(options);
}

}  // namespace passerelle::gateway
