#include "gateway/catalogue/sqlite_offers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "gateway/store/sqlite_use.h"

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

// How long one waits for another process that writes.
constexpr int kBusyTimeoutMs = 10'000;

// Terms are split already, so that the tokenizer "ascii" takes them apart at blanks alone; each stands there once, so
// that nobody asks where. Credits are kept in millionths.
constexpr char kSettings[] = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -65536;
PRAGMA wal_autocheckpoint = 8192;
)";
constexpr int64_t kOffersVersion = 2;
constexpr char kSqliteSchema[] = R"(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS source (id TEXT PRIMARY KEY, run INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reading (
  number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, file TEXT NOT NULL, run INTEGER NOT NULL, digest TEXT,
  taken INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, broken INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS reading_by_file ON reading (source, file);
CREATE TABLE IF NOT EXISTS offer (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, digest TEXT NOT NULL,
  reading INTEGER NOT NULL, withdrawn INTEGER NOT NULL, credits INTEGER, stated_credits TEXT NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS offer_by_reading ON offer (reading) WHERE withdrawn = 0;
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (terms, tokenize = "ascii", detail = none,
  columnsize = 0, prefix = "3");
CREATE TABLE IF NOT EXISTS change (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind INTEGER NOT NULL, day TEXT NOT NULL);
PRAGMA user_version = 2;
COMMIT;
)";

// sqlite3_errstr names the code alone; sqlite3_errmsg could quote values.
absl::Status Failure(int code) {
  return Problem(Reason::kStoreUnavailable, "catalogue", absl::StrCat(sqlite3_errstr(code), " (", code, ")"));
}

// The question as FTS5 wants it, each term quoted; empty where no offer can be found.
std::string MatchOf(const TermQuery& query) {
  std::vector<std::string> all;
  for (const std::vector<std::string>& group : query.marks.groups) {
    if (group.empty()) return "";
    all.push_back(absl::StrCat("(\"", absl::StrJoin(group, "\" OR \""), "\")"));
  }
  for (const std::string& word : query.words) all.push_back(absl::StrCat("\"", word, "\""));
  return absl::StrCat(absl::StrJoin(all, " AND "), query.beginning ? "*" : "");
}

}  // namespace

// A use of a statement that is prepared on its first one.
class SqliteOffers::Statement {
 public:
  Statement(SqliteOffers* offers, absl::string_view sql) : Statement(Prepared(offers, sql)) {}

  template <typename Value>
  Statement& Bind(const Value& value) {
    use_.Bind(value);
    return *this;
  }
  Statement& BindBytes(absl::string_view bytes) {
    use_.BindBytes(bytes);
    return *this;
  }

  // Whether there is another row.
  absl::StatusOr<bool> Step() {
    const int code = use_.Step();
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return Failure(code);
  }
  absl::Status Run() { return Step().status(); }
  // The number in the first column of the one row that there has to be.
  absl::StatusOr<int64_t> OneNumber() {
    ASSIGN_OR_RETURN(const bool found, Step());
    if (!found) return Failure(SQLITE_INTERNAL);
    const int64_t number = Number(0);
    RETURN_IF_ERROR(Run());
    return number;
  }

  std::string Text(int column) const { return use_.Bytes(column); }
  int64_t Number(int column) const { return use_.Number(column); }
  size_t Count(int column) const { return static_cast<size_t>(Number(column)); }

 private:
  using PreparedOrCode = std::pair<sqlite3_stmt*, int>;

  explicit Statement(const PreparedOrCode& prepared) : use_(prepared.first, prepared.second) {}

  static PreparedOrCode Prepared(SqliteOffers* offers, absl::string_view sql) {
    sqlite3_stmt*& slot = offers->prepared_[sql];
    const int code = slot != nullptr ? SQLITE_OK
                                     : sqlite3_prepare_v3(offers->handle_, sql.data(), static_cast<int>(sql.size()),
                                                          SQLITE_PREPARE_PERSISTENT, &slot, nullptr);
    return {slot, code};
  }

  SqliteUse use_;
};

absl::StatusOr<std::unique_ptr<SqliteOffers>> SqliteOffers::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteOffers> offers(new SqliteOffers(handle));
  if (code != SQLITE_OK) return Problem(Reason::kStoreUnavailable, path, sqlite3_errstr(code));
  const absl::Status made = offers->Prepare();
  if (!made.ok()) return Problem(Reason::kStoreUnavailable, path, base::DetailOf(made));
  return offers;
}

SqliteOffers::~SqliteOffers() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

absl::Status SqliteOffers::Prepare() {
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  ASSIGN_OR_RETURN(terms_, OfferTerms::Make());
  RETURN_IF_ERROR(Execute(kSettings));
  ASSIGN_OR_RETURN(const int64_t version, Statement(this, "PRAGMA user_version").OneNumber());
  ASSIGN_OR_RETURN(const int64_t tables, Statement(this, "SELECT count(*) FROM sqlite_schema").OneNumber());
  if (version == kOffersVersion) return absl::OkStatus();
  if (version != 0 || tables != 0) {
    return Problem(Reason::kStoreUnavailable, "catalogue", "another version of the program made it; harvest anew");
  }
  return Execute(kSqliteSchema);
}

absl::Status SqliteOffers::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code);
}

absl::Status SqliteOffers::InTransaction(absl::FunctionRef<absl::Status()> work) {
  RETURN_IF_ERROR(Execute("BEGIN IMMEDIATE"));
  const absl::Status done = work();
  if (done.ok()) return Execute("COMMIT");
  // What failed is told, not whether taking it back went well: without COMMIT nothing is kept.
  const absl::Status undone = Execute("ROLLBACK");
  return undone.ok() ? done : undone;
}

absl::StatusOr<int64_t> SqliteOffers::LastRun(absl::string_view source) {
  Statement statement(this, "SELECT coalesce((SELECT run FROM source WHERE id = ?), 0)");
  return statement.Bind(source).OneNumber();
}

absl::StatusOr<int64_t> SqliteOffers::NextRun(absl::string_view source) {
  Statement statement(this,
                      "INSERT INTO source (id, run) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET run = run + 1 "
                      "RETURNING run");
  return statement.Bind(source).OneNumber();
}

absl::StatusOr<int64_t> SqliteOffers::NewReading(absl::string_view source, absl::string_view file, int64_t run) {
  Statement statement(this, "INSERT INTO reading (source, file, run) VALUES (?, ?, ?) RETURNING number");
  return statement.Bind(source).Bind(file).Bind(run).OneNumber();
}

absl::Status SqliteOffers::Complete(int64_t reading, absl::string_view digest, const FileCounts& counts) {
  Statement statement(this, "UPDATE reading SET digest = ?, taken = ?, refused = ?, broken = ? WHERE number = ?");
  statement.Bind(digest).Bind(static_cast<int64_t>(counts.taken)).Bind(static_cast<int64_t>(counts.refused));
  return statement.Bind(static_cast<int64_t>(counts.broken)).Bind(reading).Run();
}

absl::Status SqliteOffers::Spoil(int64_t reading) {
  return Statement(this, "UPDATE reading SET digest = NULL WHERE number = ?").Bind(reading).Run();
}

absl::StatusOr<std::optional<FileCounts>> SqliteOffers::TakeOver(absl::string_view source, absl::string_view file,
                                                                 absl::string_view digest, int64_t run) {
  Statement statement(this,
                      "UPDATE reading SET run = ?4 WHERE source = ?1 AND file = ?2 AND digest = ?3 "
                      "RETURNING taken, refused, broken");
  ASSIGN_OR_RETURN(const bool found, statement.Bind(source).Bind(file).Bind(digest).Bind(run).Step());
  if (!found) return std::optional<FileCounts>();
  const FileCounts counts = {statement.Count(0), statement.Count(1), statement.Count(2)};
  RETURN_IF_ERROR(statement.Run());
  return std::optional<FileCounts>(counts);
}

absl::Status SqliteOffers::Forget(absl::string_view source, int64_t run) {
  return Statement(this, "DELETE FROM reading WHERE source = ? AND run < ?").Bind(source).Bind(run).Run();
}

absl::StatusOr<std::optional<KeptOffer>> SqliteOffers::Find(absl::string_view id) {
  Statement statement(this,
                      "SELECT offer.source, offer.digest, stated_credits, withdrawn, reading, coalesce(run, 0) "
                      "FROM offer LEFT JOIN reading ON reading.number = reading WHERE id = ?");
  ASSIGN_OR_RETURN(const bool found, statement.Bind(id).Step());
  if (!found) return std::optional<KeptOffer>();
  return std::optional<KeptOffer>(KeptOffer{statement.Text(0), statement.Text(1), statement.Text(2),
                                            statement.Number(3) != 0, statement.Number(4), statement.Number(5)});
}

absl::StatusOr<int64_t> SqliteOffers::NumberOf(const Offer& offer, const KeptOffer& kept) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> credits, catalogue::CreditMillionths(offer.credits(), "credits"));
  Statement statement(this,
                      "INSERT INTO offer (id, source, digest, reading, withdrawn, credits, stated_credits, body) "
                      "VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET source = ?2, digest = ?3, "
                      "reading = ?4, withdrawn = 0, credits = ?5, stated_credits = ?6, body = ?7 RETURNING number");
  statement.Bind(offer.id()).Bind(kept.source).Bind(kept.digest).Bind(kept.reading).Bind(credits).Bind(kept.credits);
  return statement.BindBytes(offer.SerializeAsString()).OneNumber();
}

absl::Status SqliteOffers::NoteChange(absl::string_view id, ChangeKind kind, absl::string_view day) {
  Statement statement(this, "INSERT INTO change (id, kind, day) VALUES (?, ?, ?)");
  return statement.Bind(id).Bind(static_cast<int64_t>(kind)).Bind(day).Run();
}

absl::Status SqliteOffers::Write(const Offer& offer, const KeptOffer& kept, ChangeKind kind, absl::string_view day) {
  ASSIGN_OR_RETURN(const int64_t number, NumberOf(offer, kept));
  Statement words(this, "INSERT OR REPLACE INTO words (rowid, terms) VALUES (?, ?)");
  RETURN_IF_ERROR(words.Bind(number).Bind(terms_->Of(offer)).Run());
  return NoteChange(offer.id(), kind, day);
}

absl::Status SqliteOffers::Move(absl::string_view id, int64_t reading) {
  return Statement(this, "UPDATE offer SET reading = ? WHERE id = ?").Bind(reading).Bind(id).Run();
}

absl::StatusOr<Tally> SqliteOffers::Count(absl::string_view source, int64_t run) {
  // CROSS JOIN keeps the order: readings are few, and each has its offers in an index.
  Statement statement(this,
                      "SELECT count(*), coalesce(sum(run < ?), 0) FROM reading CROSS JOIN offer "
                      "ON offer.reading = reading.number AND withdrawn = 0 WHERE reading.source = ?");
  ASSIGN_OR_RETURN(const bool found, statement.Bind(run).Bind(source).Step());
  return found ? Tally{statement.Count(0), statement.Count(1)} : Tally{};
}

absl::StatusOr<std::vector<std::string>> SqliteOffers::Missing(absl::string_view source, int64_t run, int limit) {
  Statement statement(this,
                      "SELECT offer.id FROM reading CROSS JOIN offer ON offer.reading = reading.number "
                      "AND withdrawn = 0 WHERE reading.source = ? AND run < ? LIMIT ?");
  statement.Bind(source).Bind(run).Bind(static_cast<int64_t>(limit));
  std::vector<std::string> ids;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return ids;
    ids.push_back(statement.Text(0));
  }
}

absl::Status SqliteOffers::Withdraw(absl::string_view id, absl::string_view day) {
  Statement statement(this, "UPDATE offer SET withdrawn = 1 WHERE id = ? RETURNING number");
  ASSIGN_OR_RETURN(const bool found, statement.Bind(id).Step());
  if (!found) return Problem(Reason::kResourceNotFound, "id");
  const int64_t number = statement.Number(0);
  RETURN_IF_ERROR(statement.Run());
  RETURN_IF_ERROR(Statement(this, "DELETE FROM words WHERE rowid = ?").Bind(number).Run());
  return NoteChange(id, catalogue::v1::CHANGE_KIND_WITHDRAWN, day);
}

absl::StatusOr<std::vector<Offer>> SqliteOffers::Search(const OfferQuery& query) {
  ASSIGN_OR_RETURN(TermQuery asked, terms_->Of(query));
  int64_t after = 0;
  if (!query.after.empty()) {
    Statement statement(this, "SELECT number FROM offer WHERE id = ?");
    ASSIGN_OR_RETURN(const bool found, statement.Bind(query.after).Step());
    if (!found) return Problem(Reason::kFieldInvalid, "after", "there is no such offer");
    after = statement.Number(0);
  }
  if (MayBegin(asked)) {
    Statement statement(this, "SELECT 1 FROM words WHERE words MATCH ? LIMIT 1");
    ASSIGN_OR_RETURN(const bool found, statement.Bind(absl::StrCat("\"", asked.words.back(), "\"")).Step());
    asked.beginning = !found;
  }
  std::vector<Offer> offers;
  const std::string match = MatchOf(asked);
  if (match.empty()) return offers;
  Statement statement(this,
                      "SELECT body FROM words JOIN offer ON number = words.rowid WHERE words MATCH ?1 "
                      "AND words.rowid > ?2 AND (?3 IS NULL OR credits >= ?3) AND (?4 IS NULL OR credits <= ?4) "
                      "ORDER BY words.rowid LIMIT ?5");
  statement.Bind(match).Bind(after).Bind(asked.marks.least_credits).Bind(asked.marks.most_credits);
  statement.Bind(static_cast<int64_t>(query.limit));
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return offers;
    if (!offers.emplace_back().ParseFromString(statement.Text(0))) return Failure(SQLITE_CORRUPT);
  }
}

absl::StatusOr<Offer> SqliteOffers::Get(absl::string_view id) {
  Statement statement(this, "SELECT body FROM offer WHERE id = ?");
  ASSIGN_OR_RETURN(const bool found, statement.Bind(id).Step());
  if (!found) return Problem(Reason::kResourceNotFound, "id");
  Offer offer;
  if (!offer.ParseFromString(statement.Text(0))) return Failure(SQLITE_CORRUPT);
  return offer;
}

absl::StatusOr<std::vector<catalogue::v1::Change>> SqliteOffers::Changes(uint64_t after, int limit) {
  Statement statement(this, "SELECT sequence, id, kind, day FROM change WHERE sequence > ? ORDER BY sequence LIMIT ?");
  statement.Bind(static_cast<int64_t>(after)).Bind(static_cast<int64_t>(limit));
  std::vector<catalogue::v1::Change> changes;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return changes;
    catalogue::v1::Change& change = changes.emplace_back();
    change.set_sequence(static_cast<uint64_t>(statement.Number(0)));
    change.set_offer_id(statement.Text(1));
    change.set_kind(static_cast<ChangeKind>(statement.Number(2)));
    change.set_date(statement.Text(3));
  }
}

absl::Status SqliteOffers::Settle() { return absl::OkStatus(); }

}  // namespace passerelle::gateway
