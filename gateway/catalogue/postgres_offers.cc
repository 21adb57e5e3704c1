#include "gateway/catalogue/postgres_offers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/postgres_schema_target.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using catalogue::FileCounts;
using catalogue::KeptOffer;
using catalogue::OfferQuery;
using catalogue::Tally;
using catalogue::v1::ChangeKind;
using catalogue::v1::Offer;

// What is searched and shown stands in a table of its own: an offer that only goes to another reading leaves its terms
// alone. Terms of withdrawn offers are null. Ids are compared by their bytes. Databases of before there were versions
// have these tables already.
constexpr char kPostgresSchema[] = R"(
CREATE TABLE IF NOT EXISTS source (id text PRIMARY KEY, run bigint NOT NULL);
CREATE TABLE IF NOT EXISTS reading (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, source text NOT NULL, file text NOT NULL, run bigint NOT NULL,
  digest text, taken bigint NOT NULL DEFAULT 0, refused bigint NOT NULL DEFAULT 0, broken bigint NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS reading_by_file ON reading (source, file);
CREATE TABLE IF NOT EXISTS offer (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, source text NOT NULL,
  digest text NOT NULL, stated_credits text NOT NULL, reading bigint NOT NULL, withdrawn boolean NOT NULL);
CREATE INDEX IF NOT EXISTS offer_by_reading ON offer (reading) WHERE NOT withdrawn;
CREATE TABLE IF NOT EXISTS entry (
  number bigint PRIMARY KEY, credits bigint, terms tsvector, body bytea NOT NULL);
CREATE INDEX IF NOT EXISTS entry_by_terms ON entry USING gin (terms);
CREATE TABLE IF NOT EXISTS change (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL, kind bigint NOT NULL, day text NOT NULL);
)";

// Among a million offers a word of a few hundred has to be known for a rare one, or the offers are gone through one by
// one until a page is full.
constexpr char kFinerStatistics[] = "ALTER TABLE entry ALTER COLUMN terms SET STATISTICS 1000";

constexpr absl::string_view kPlace = "catalogue";

absl::Status Broken() { return Problem(Reason::kStoreUnavailable, kPlace, "the database has something unexpected"); }

// A value in the form in which it stands in a question; no term has a quotation mark.
std::string Quoted(absl::string_view term) { return absl::StrCat("'", term, "'"); }

// The question as PostgreSQL wants it; empty where no offer can be found.
std::string TextQueryOf(const TermQuery& query) {
  std::vector<std::string> all;
  for (const std::vector<std::string>& group : query.marks.groups) {
    if (group.empty()) return "";
    all.push_back(absl::StrCat("('", absl::StrJoin(group, "' | '"), "')"));
  }
  for (const std::string& word : query.words) all.push_back(Quoted(word));
  return absl::StrCat(absl::StrJoin(all, " & "), query.beginning ? ":*" : "");
}

absl::StatusOr<std::vector<Offer>> OffersOf(const PGresult* result) {
  std::vector<Offer> offers(static_cast<size_t>(PQntuples(result)));
  for (size_t i = 0; i < offers.size(); ++i) {
    if (!offers[i].ParseFromString(PostgresBytes(result, static_cast<int>(i), 0))) return Broken();
  }
  return offers;
}

size_t CountAt(const PGresult* result, int column) { return static_cast<size_t>(PostgresInteger(result, 0, column)); }

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresOffers>> PostgresOffers::Open(const PostgresOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<OfferTerms> terms, OfferTerms::Make());
  ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection, PostgresConnection::Open(options));
  std::unique_ptr<PostgresOffers> offers(new PostgresOffers(std::move(connection), std::move(terms)));
  // Who only reads need not be allowed to make anything: of a schema that is up to date nothing is written.
  PostgresSchemaTarget target(offers->connection_.get());
  RETURN_IF_ERROR(UpgradeSchema(target, {{1, 1, kPostgresSchema}, {2, 1, kFinerStatistics}}));
  return offers;
}

absl::Status PostgresOffers::Execute(const std::string& sql) { return connection_->Execute(sql).status(); }

absl::Status PostgresOffers::InTransaction(absl::FunctionRef<absl::Status()> work) {
  const int64_t turn = PostgresLockOf(connection_->schema(), "catalogue", "");
  absl::Status done = Execute(absl::StrCat("BEGIN; SELECT pg_advisory_xact_lock(", turn, ")"));
  if (done.ok()) done = work();
  if (done.ok()) return Execute("COMMIT");
  // What failed is told, not whether taking it back went well: without COMMIT nothing is kept.
  const absl::Status undone = Execute("ROLLBACK");
  return undone.ok() ? done : undone;
}

absl::StatusOr<int64_t> PostgresOffers::OneNumber(const char* sql, const PostgresParameters& parameters) {
  ASSIGN_OR_RETURN(const PostgresResult result, connection_->Prepared(sql, parameters));
  if (PQntuples(result.get()) != 1) return Broken();
  return PostgresInteger(result.get(), 0, 0);
}

absl::StatusOr<int64_t> PostgresOffers::LastRun(absl::string_view source) {
  const std::string id(source);
  return OneNumber("SELECT coalesce((SELECT run FROM source WHERE id = $1), 0::bigint)", PostgresParameters().Text(id));
}

absl::StatusOr<int64_t> PostgresOffers::NextRun(absl::string_view source) {
  const std::string id(source);
  return OneNumber(
      "INSERT INTO source (id, run) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET run = source.run + 1 RETURNING run",
      PostgresParameters().Text(id));
}

absl::StatusOr<int64_t> PostgresOffers::NewReading(absl::string_view source, absl::string_view file, int64_t run) {
  const std::string id(source);
  const std::string name(file);
  return OneNumber("INSERT INTO reading (source, file, run) VALUES ($1, $2, $3) RETURNING number",
                   PostgresParameters().Text(id).Text(name).Integer(run));
}

absl::Status PostgresOffers::Complete(int64_t reading, absl::string_view digest, const FileCounts& counts) {
  const std::string text(digest);
  PostgresParameters parameters;
  parameters.Integer(reading).Text(text).Integer(static_cast<int64_t>(counts.taken));
  parameters.Integer(static_cast<int64_t>(counts.refused)).Integer(static_cast<int64_t>(counts.broken));
  return connection_
      ->Prepared("UPDATE reading SET digest = $2, taken = $3, refused = $4, broken = $5 WHERE number = $1", parameters)
      .status();
}

absl::Status PostgresOffers::Spoil(int64_t reading) {
  return connection_
      ->Prepared("UPDATE reading SET digest = NULL WHERE number = $1", PostgresParameters().Integer(reading))
      .status();
}

absl::StatusOr<std::optional<FileCounts>> PostgresOffers::TakeOver(absl::string_view source, absl::string_view file,
                                                                   absl::string_view digest, int64_t run) {
  const std::string id(source);
  const std::string name(file);
  const std::string text(digest);
  ASSIGN_OR_RETURN(const PostgresResult result,
                   connection_->Prepared("UPDATE reading SET run = $4 WHERE source = $1 AND file = $2 AND digest = $3 "
                                         "RETURNING taken, refused, broken",
                                         PostgresParameters().Text(id).Text(name).Text(text).Integer(run)));
  if (PQntuples(result.get()) == 0) return std::optional<FileCounts>();
  return std::optional<FileCounts>(
      FileCounts{CountAt(result.get(), 0), CountAt(result.get(), 1), CountAt(result.get(), 2)});
}

absl::Status PostgresOffers::Forget(absl::string_view source, int64_t run) {
  const std::string id(source);
  return connection_
      ->Prepared("DELETE FROM reading WHERE source = $1 AND run < $2", PostgresParameters().Text(id).Integer(run))
      .status();
}

absl::StatusOr<std::optional<KeptOffer>> PostgresOffers::Find(absl::string_view id) {
  const std::string text(id);
  ASSIGN_OR_RETURN(
      const PostgresResult result,
      connection_->Prepared("SELECT offer.source, offer.digest, stated_credits, withdrawn::int::bigint, reading, "
                            "coalesce(run, 0::bigint) FROM offer LEFT JOIN reading ON reading.number = reading "
                            "WHERE id = $1",
                            PostgresParameters().Text(text)));
  const PGresult* const row = result.get();
  if (PQntuples(row) == 0) return std::optional<KeptOffer>();
  return std::optional<KeptOffer>(KeptOffer{PostgresBytes(row, 0, 0), PostgresBytes(row, 0, 1),
                                            PostgresBytes(row, 0, 2), PostgresInteger(row, 0, 3) != 0,
                                            PostgresInteger(row, 0, 4), PostgresInteger(row, 0, 5)});
}

absl::Status PostgresOffers::Write(const Offer& offer, const KeptOffer& kept, ChangeKind kind, absl::string_view day) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> credits, catalogue::CreditMillionths(offer.credits(), "credits"));
  const std::string terms = terms_->Of(offer);
  const std::string body = offer.SerializeAsString();
  const std::string date(day);
  PostgresParameters parameters;
  parameters.Text(offer.id()).Text(kept.source).Text(kept.digest).Text(kept.credits).Integer(kept.reading);
  if (credits.has_value()) {
    parameters.Integer(*credits);
  } else {
    parameters.NullInteger();
  }
  parameters.Text(terms).Bytes(body).Integer(static_cast<int64_t>(kind)).Text(date);
  return connection_
      ->Prepared(
          "WITH kept AS (INSERT INTO offer (id, source, digest, stated_credits, reading, withdrawn) "
          "VALUES ($1, $2, $3, $4, $5, false) ON CONFLICT (id) DO UPDATE SET source = excluded.source, "
          "digest = excluded.digest, stated_credits = excluded.stated_credits, reading = excluded.reading, "
          "withdrawn = false RETURNING number), "
          "shown AS (INSERT INTO entry (number, credits, terms, body) "
          "SELECT number, $6, array_to_tsvector(string_to_array($7, ' ')), $8 FROM kept ON CONFLICT (number) DO UPDATE "
          "SET credits = excluded.credits, terms = excluded.terms, body = excluded.body) "
          "INSERT INTO change (id, kind, day) VALUES ($1, $9, $10)",
          parameters)
      .status();
}

absl::Status PostgresOffers::Move(absl::string_view id, int64_t reading) {
  const std::string text(id);
  return connection_
      ->Prepared("UPDATE offer SET reading = $2 WHERE id = $1", PostgresParameters().Text(text).Integer(reading))
      .status();
}

absl::StatusOr<Tally> PostgresOffers::Count(absl::string_view source, int64_t run) {
  const std::string id(source);
  ASSIGN_OR_RETURN(
      const PostgresResult result,
      connection_->Prepared("SELECT count(*), count(*) FILTER (WHERE run < $2) FROM reading JOIN offer "
                            "ON offer.reading = reading.number AND NOT withdrawn WHERE reading.source = $1",
                            PostgresParameters().Text(id).Integer(run)));
  return Tally{CountAt(result.get(), 0), CountAt(result.get(), 1)};
}

absl::StatusOr<std::vector<std::string>> PostgresOffers::Missing(absl::string_view source, int64_t run, int limit) {
  const std::string id(source);
  ASSIGN_OR_RETURN(const PostgresResult result,
                   connection_->Prepared("SELECT offer.id FROM reading JOIN offer ON offer.reading = reading.number "
                                         "AND NOT withdrawn WHERE reading.source = $1 AND run < $2 LIMIT $3",
                                         PostgresParameters().Text(id).Integer(run).Integer(limit)));
  std::vector<std::string> ids;
  for (int i = 0; i < PQntuples(result.get()); ++i) ids.push_back(PostgresBytes(result.get(), i, 0));
  return ids;
}

absl::Status PostgresOffers::Withdraw(absl::string_view id, absl::string_view day) {
  const std::string text(id);
  const std::string date(day);
  ASSIGN_OR_RETURN(
      const PostgresResult result,
      connection_->Prepared("WITH gone AS (UPDATE offer SET withdrawn = true WHERE id = $1 RETURNING number), "
                            "hidden AS (UPDATE entry SET terms = NULL WHERE number IN (SELECT number FROM gone)) "
                            "INSERT INTO change (id, kind, day) SELECT $1, $2, $3 FROM gone RETURNING sequence",
                            PostgresParameters().Text(text).Integer(catalogue::v1::CHANGE_KIND_WITHDRAWN).Text(date)));
  return PQntuples(result.get()) == 1 ? absl::OkStatus() : Problem(Reason::kResourceNotFound, "id");
}

absl::StatusOr<std::vector<Offer>> PostgresOffers::Search(const OfferQuery& query) {
  ASSIGN_OR_RETURN(TermQuery asked, terms_->Of(query));
  int64_t after = 0;
  if (!query.after.empty()) {
    ASSIGN_OR_RETURN(const PostgresResult result, connection_->Prepared("SELECT number FROM offer WHERE id = $1",
                                                                        PostgresParameters().Text(query.after)));
    if (PQntuples(result.get()) == 0) return Problem(Reason::kFieldInvalid, "after", "there is no such offer");
    after = PostgresInteger(result.get(), 0, 0);
  }
  // Planned anew each time: which way is short depends on how frequent the words are.
  if (MayBegin(asked)) {
    const std::string word = Quoted(asked.words.back());
    ASSIGN_OR_RETURN(const PostgresResult result,
                     connection_->Ask("SELECT number FROM entry WHERE terms @@ $1::tsquery LIMIT 1",
                                      PostgresParameters().Text(word)));
    asked.beginning = PQntuples(result.get()) == 0;
  }
  const std::string match = TextQueryOf(asked);
  if (match.empty()) return std::vector<Offer>();
  PostgresParameters parameters;
  std::string sql = "SELECT body FROM entry WHERE terms @@ $1::tsquery AND number > $2";
  parameters.Text(match).Integer(after);
  const catalogue::MarkQuery& marks = asked.marks;
  if (marks.least_credits.has_value()) absl::StrAppend(&sql, " AND credits >= ", *marks.least_credits);
  if (marks.most_credits.has_value()) absl::StrAppend(&sql, " AND credits <= ", *marks.most_credits);
  absl::StrAppend(&sql, " ORDER BY number LIMIT ", query.limit);
  ASSIGN_OR_RETURN(const PostgresResult result, connection_->Ask(sql, parameters));
  return OffersOf(result.get());
}

absl::StatusOr<Offer> PostgresOffers::Get(absl::string_view id) {
  const std::string text(id);
  ASSIGN_OR_RETURN(const PostgresResult result,
                   connection_->Prepared("SELECT body FROM offer JOIN entry USING (number) WHERE id = $1",
                                         PostgresParameters().Text(text)));
  ASSIGN_OR_RETURN(std::vector<Offer> offers, OffersOf(result.get()));
  if (offers.empty()) return Problem(Reason::kResourceNotFound, "id");
  return std::move(offers[0]);
}

absl::StatusOr<std::vector<catalogue::v1::Change>> PostgresOffers::Changes(uint64_t after, int limit) {
  ASSIGN_OR_RETURN(
      const PostgresResult result,
      connection_->Prepared("SELECT sequence, id, kind, day FROM change WHERE sequence > $1 ORDER BY sequence LIMIT $2",
                            PostgresParameters().Integer(static_cast<int64_t>(after)).Integer(limit)));
  std::vector<catalogue::v1::Change> changes(static_cast<size_t>(PQntuples(result.get())));
  for (size_t i = 0; i < changes.size(); ++i) {
    const int row = static_cast<int>(i);
    changes[i].set_sequence(static_cast<uint64_t>(PostgresInteger(result.get(), row, 0)));
    changes[i].set_offer_id(PostgresBytes(result.get(), row, 1));
    changes[i].set_kind(static_cast<ChangeKind>(PostgresInteger(result.get(), row, 2)));
    changes[i].set_date(PostgresBytes(result.get(), row, 3));
  }
  return changes;
}

absl::Status PostgresOffers::Settle() {
  // New terms wait in a list that every search would walk, and plans are made by statistics.
  return Execute("SELECT gin_clean_pending_list('entry_by_terms'::regclass); ANALYZE entry");
}

}  // namespace passerelle::gateway
