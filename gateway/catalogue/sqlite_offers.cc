#include "gateway/catalogue/sqlite_offers.h"

#include <sqlite3.h>

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/base/decimal.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using catalogue::KeptOffer;
using catalogue::OfferQuery;
using catalogue::v1::ChangeKind;
using catalogue::v1::Offer;

// Offers keep a number of their own, so that the tables of words and codes are small. Credits are kept in millionths.
constexpr char kSchema[] = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS offer (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL, digest TEXT NOT NULL,
  stated_credits TEXT NOT NULL, body BLOB NOT NULL, withdrawn INTEGER NOT NULL, country TEXT NOT NULL,
  provider_type TEXT NOT NULL, level INTEGER NOT NULL, credits INTEGER);
CREATE INDEX IF NOT EXISTS offer_by_source ON offer (source, withdrawn, id);
CREATE TABLE IF NOT EXISTS code (
  kind TEXT NOT NULL, value TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, value, number)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS code_by_offer ON code (number);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE IF NOT EXISTS change (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, kind INTEGER NOT NULL, day TEXT NOT NULL);
)";

// sqlite3_errstr names the code alone; sqlite3_errmsg could quote values.
absl::Status Failure(int code) {
  return Problem(Reason::kStoreUnavailable, "catalogue", absl::StrCat(sqlite3_errstr(code), " (", code, ")"));
}

absl::StatusOr<std::optional<int64_t>> Millionths(const std::string& credits, absl::string_view place) {
  if (credits.empty()) return std::optional<int64_t>();
  const std::optional<base::Decimal> number = base::Decimal::Parse(credits);
  if (!number.has_value()) return Problem(Reason::kFieldInvalid, place, "it is no decimal number such as 7.5");
  return std::optional<int64_t>(static_cast<int64_t>(number->ToDouble() * 1e6 + 0.5));
}

// The words as FTS5 wants them: each quoted, so that none is taken for an operator, the last one as a beginning.
absl::StatusOr<std::string> MatchOf(absl::string_view text) {
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" \t\n\""), absl::SkipWhitespace())) {
    words.push_back(absl::StrCat("\"", word, "\""));
  }
  if (words.size() > kQueryWordsMax) {
    return Problem(Reason::kFieldInvalid, "text", absl::StrCat("it has more than ", kQueryWordsMax, " words"));
  }
  return words.empty() ? "" : absl::StrCat(absl::StrJoin(words, " AND "), "*");
}

std::string WordsOf(const Offer& offer) {
  std::string words;
  for (const auto* texts : {&offer.titles(), &offer.descriptions(), &offer.outcome_texts(), &offer.provider_names()}) {
    for (const auto& text : *texts) absl::StrAppend(&words, text.value(), "\n");
  }
  return words;
}

}  // namespace

// A statement with its values; one for one use.
class SqliteOffers::Statement {
 public:
  Statement(sqlite3* handle, const std::string& sql) {
    code_ = sqlite3_prepare_v2(handle, sql.c_str(), static_cast<int>(sql.size()), &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(absl::string_view text) {
    if (code_ == SQLITE_OK) {
      code_ = sqlite3_bind_text64(statement_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    return *this;
  }
  Statement& Bind(int64_t number) {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, ++bound_, number);
    return *this;
  }
  Statement& BindBytes(const std::string& bytes) {
    if (code_ == SQLITE_OK) {
      code_ = sqlite3_bind_blob64(statement_, ++bound_, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
    }
    return *this;
  }
  Statement& Bind(std::optional<int64_t> number) {
    if (number.has_value()) return Bind(*number);
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(statement_, ++bound_);
    return *this;
  }

  // Whether there is another row.
  absl::StatusOr<bool> Step() {
    if (code_ == SQLITE_OK) code_ = sqlite3_step(statement_);
    const int code = std::exchange(code_, SQLITE_OK);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return Failure(code);
  }
  absl::Status Run() { return Step().status(); }

  std::string Text(int column) const {
    const void* const data = sqlite3_column_blob(statement_, column);
    return data == nullptr ? "" : std::string(static_cast<const char*>(data), Size(column));
  }
  int64_t Number(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  size_t Size(int column) const { return static_cast<size_t>(sqlite3_column_bytes(statement_, column)); }

  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
  int bound_ = 0;
};

absl::StatusOr<std::unique_ptr<SqliteOffers>> SqliteOffers::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteOffers> offers(new SqliteOffers(handle));
  if (code != SQLITE_OK) return Problem(Reason::kStoreUnavailable, path, sqlite3_errstr(code));
  const absl::Status made = offers->Execute(kSchema);
  if (!made.ok()) return Problem(Reason::kStoreUnavailable, path, base::DetailOf(made));
  return offers;
}

SqliteOffers::~SqliteOffers() { sqlite3_close(handle_); }

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

absl::StatusOr<std::optional<KeptOffer>> SqliteOffers::Find(absl::string_view id) {
  Statement statement(handle_, "SELECT source, digest, stated_credits, withdrawn FROM offer WHERE id = ?");
  statement.Bind(id);
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return std::optional<KeptOffer>();
  return std::optional<KeptOffer>(
      KeptOffer{statement.Text(0), statement.Text(1), statement.Text(2), statement.Number(3) != 0});
}

absl::StatusOr<int64_t> SqliteOffers::NumberOf(const Offer& offer, const KeptOffer& kept) {
  ASSIGN_OR_RETURN(const std::optional<int64_t> credits, Millionths(offer.credits(), "credits"));
  Statement statement(handle_,
                      "INSERT INTO offer (id, source, digest, stated_credits, body, withdrawn, country, provider_type, "
                      "level, credits) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET "
                      "source = ?2, digest = ?3, stated_credits = ?4, body = ?5, withdrawn = 0, country = ?6, "
                      "provider_type = ?7, level = ?8, credits = ?9 RETURNING number");
  statement.Bind(offer.id()).Bind(kept.source).Bind(kept.digest).Bind(kept.credits);
  statement.BindBytes(offer.SerializeAsString()).Bind(offer.country()).Bind(offer.provider_type());
  statement.Bind(static_cast<int64_t>(offer.eqf_level())).Bind(credits);
  ASSIGN_OR_RETURN(const bool written, statement.Step());
  if (!written) return Failure(SQLITE_INTERNAL);
  const int64_t number = statement.Number(0);
  RETURN_IF_ERROR(statement.Run());
  return number;
}

absl::Status SqliteOffers::Unindex(int64_t number) {
  RETURN_IF_ERROR(Statement(handle_, "DELETE FROM words WHERE rowid = ?").Bind(number).Run());
  return Statement(handle_, "DELETE FROM code WHERE number = ?").Bind(number).Run();
}

absl::Status SqliteOffers::Index(int64_t number, const Offer& offer) {
  RETURN_IF_ERROR(Unindex(number));
  RETURN_IF_ERROR(
      Statement(handle_, "INSERT INTO words (rowid, text) VALUES (?, ?)").Bind(number).Bind(WordsOf(offer)).Run());
  const std::pair<absl::string_view, const google::protobuf::RepeatedPtrField<std::string>*> codes[] = {
      {"field", &offer.fields()}, {"mode", &offer.modes()}, {"language", &offer.languages()}};
  for (const auto& [kind, values] : codes) {
    for (const std::string& value : *values) {
      RETURN_IF_ERROR(Statement(handle_, "INSERT OR IGNORE INTO code (kind, value, number) VALUES (?, ?, ?)")
                          .Bind(kind)
                          .Bind(value)
                          .Bind(number)
                          .Run());
    }
  }
  return absl::OkStatus();
}

absl::Status SqliteOffers::NoteChange(absl::string_view id, ChangeKind kind, absl::string_view day) {
  return Statement(handle_, "INSERT INTO change (id, kind, day) VALUES (?, ?, ?)")
      .Bind(id)
      .Bind(static_cast<int64_t>(kind))
      .Bind(day)
      .Run();
}

absl::Status SqliteOffers::Write(const Offer& offer, const KeptOffer& kept, ChangeKind kind, absl::string_view day) {
  ASSIGN_OR_RETURN(const int64_t number, NumberOf(offer, kept));
  RETURN_IF_ERROR(Index(number, offer));
  return NoteChange(offer.id(), kind, day);
}

absl::StatusOr<std::vector<std::string>> SqliteOffers::Offered(absl::string_view source, absl::string_view after,
                                                               int limit) {
  Statement statement(handle_,
                      "SELECT id FROM offer WHERE source = ? AND withdrawn = 0 AND id > ? ORDER BY id LIMIT ?");
  statement.Bind(source).Bind(after).Bind(static_cast<int64_t>(limit));
  std::vector<std::string> ids;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return ids;
    ids.push_back(statement.Text(0));
  }
}

absl::Status SqliteOffers::Withdraw(absl::string_view id, absl::string_view day) {
  Statement statement(handle_, "UPDATE offer SET withdrawn = 1 WHERE id = ? RETURNING number");
  statement.Bind(id);
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return Problem(Reason::kResourceNotFound, "id");
  const int64_t number = statement.Number(0);
  RETURN_IF_ERROR(statement.Run());
  RETURN_IF_ERROR(Unindex(number));
  return NoteChange(id, catalogue::v1::CHANGE_KIND_WITHDRAWN, day);
}

absl::StatusOr<std::vector<Offer>> SqliteOffers::Search(const OfferQuery& query) {
  if (query.limit < 1 || query.limit > catalogue::kOffersPageMax) {
    return Problem(Reason::kFieldInvalid, "limit", absl::StrCat("it goes from 1 to ", catalogue::kOffersPageMax));
  }
  if (query.field.find_first_not_of("0123456789") != std::string::npos) {
    return Problem(Reason::kFieldInvalid, "field", "fields of ISCED-F have digits only");
  }
  ASSIGN_OR_RETURN(const std::string match, MatchOf(query.text));
  ASSIGN_OR_RETURN(const std::optional<int64_t> least, Millionths(query.least_credits, "least_credits"));
  ASSIGN_OR_RETURN(const std::optional<int64_t> most, Millionths(query.most_credits, "most_credits"));
  std::string sql = "SELECT body FROM offer WHERE withdrawn = 0 AND id > ?";
  std::vector<std::function<void(Statement&)>> values = {[&](Statement& s) { s.Bind(query.after); }};
  const auto add = [&](const char* condition, const std::string& value) {
    if (value.empty()) return;
    absl::StrAppend(&sql, " AND ", condition);
    values.push_back([value](Statement& s) { s.Bind(value); });
  };
  const auto add_number = [&](const char* condition, std::optional<int64_t> value) {
    if (!value.has_value()) return;
    absl::StrAppend(&sql, " AND ", condition);
    values.push_back([value](Statement& s) { s.Bind(*value); });
  };
  const auto level = [](uint32_t l) { return l == 0 ? std::nullopt : std::optional<int64_t>(l); };
  add("number IN (SELECT rowid FROM words WHERE words MATCH ?)", match);
  add("country = ?", query.country);
  add("provider_type = ?", query.provider_type);
  add("number IN (SELECT number FROM code WHERE kind = 'language' AND value = ?)", query.language);
  add("number IN (SELECT number FROM code WHERE kind = 'mode' AND value = ?)", query.mode);
  // All that begin with the digits: they are less than the digits with a colon, which comes after "9".
  add("number IN (SELECT number FROM code WHERE kind = 'field' AND value >= ?", query.field);
  add("value < ?)", query.field.empty() ? "" : query.field + ":");
  add_number("level >= ?", level(query.least_level));
  // A level that is not stated is none.
  add_number("level BETWEEN 1 AND ?", level(query.most_level));
  add_number("credits >= ?", least);
  add_number("credits <= ?", most);
  absl::StrAppend(&sql, " ORDER BY id LIMIT ?");
  Statement statement(handle_, sql);
  for (const auto& bind : values) bind(statement);
  statement.Bind(static_cast<int64_t>(query.limit));
  std::vector<Offer> offers;
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, statement.Step());
    if (!more) return offers;
    if (!offers.emplace_back().ParseFromString(statement.Text(0))) return Failure(SQLITE_CORRUPT);
  }
}

absl::StatusOr<Offer> SqliteOffers::Get(absl::string_view id) {
  Statement statement(handle_, "SELECT body FROM offer WHERE id = ?");
  statement.Bind(id);
  ASSIGN_OR_RETURN(const bool found, statement.Step());
  if (!found) return Problem(Reason::kResourceNotFound, "id");
  Offer offer;
  if (!offer.ParseFromString(statement.Text(0))) return Failure(SQLITE_CORRUPT);
  return offer;
}

absl::StatusOr<std::vector<catalogue::v1::Change>> SqliteOffers::Changes(uint64_t after, int limit) {
  Statement statement(handle_,
                      "SELECT sequence, id, kind, day FROM change WHERE sequence > ? ORDER BY sequence LIMIT ?");
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

}  // namespace passerelle::gateway
