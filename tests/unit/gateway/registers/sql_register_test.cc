// The register in a database: the same questions to SQLite and to PostgreSQL, whose views have the same rows.
#include "gateway/registers/sql_register.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "gateway/registers/postgresql_view.h"
#include "gateway/registers/sqlite_view.h"
#include "tests/support/fake_clock.h"
#include "tests/support/postgresql_server.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::passerelle::testing::PostgresqlServer;

constexpr absl::Duration kSqlLimit = absl::Seconds(5);

struct Row {
  const char* id;
  const char* holder;
  const char* issued;  // SQL literals
  const char* revoked;
  const char* document;
  const char* sha256 = nullptr;  // of the document if null
};
constexpr Row kRows[] = {
    {"c1", "h1", "'2026-01-10T00:00:00Z'", "NULL", "<a/>"},
    {"c2", "h2", "'2026-01-11T00:00:00+02:00'", "'2026-03-01T00:00:00Z'", "{}"},
    {"c3", "h1", "'2027-01-01T00:00:00Z'", "NULL", "later"},
    {"changed", "h3", "'2026-01-01T00:00:00Z'", "NULL", "changed", "00000000"},
    {"twice", "h4", "'2026-01-01T00:00:00Z'", "NULL", "one"},
    {"twice", "h4", "'2026-01-01T00:00:00Z'", "NULL", "two"},
    {"undated", "h5", "NULL", "NULL", "undated"},
};

// What the administrators of the national system do. `bytes` writes a document, `time` a time.
std::string Script(absl::string_view types, absl::string_view bytes_before, absl::string_view bytes_after) {
  std::string sql = absl::StrCat("CREATE TABLE credentials (", types, ");");
  for (const Row& row : kRows) {
    const std::string sha256 = row.sha256 == nullptr ? base::Sha256Hex(row.document) : row.sha256;
    absl::StrAppend(&sql, "INSERT INTO credentials VALUES ('", row.id, "', '", row.holder, "', ", row.issued, ", ",
                    row.revoked, ", 'text/plain', '", sha256, "', ", bytes_before, row.document, bytes_after, ");");
  }
  return absl::StrCat(sql, "CREATE VIEW passerelle_register AS SELECT * FROM credentials;");
}

void AskEverything(SqlRegister& reg) {
  ASSERT_OK_AND_ASSIGN(const registers::v1::RegisterEntry entry, reg.LookUpCredential("c1"));
  EXPECT_EQ(entry.holder_reference(), "h1");
  EXPECT_EQ(entry.document().content(), "<a/>");
  EXPECT_EQ(entry.document().media_type(), "text/plain");
  EXPECT_EQ(entry.document().sha256(), base::Sha256Hex("<a/>"));
  EXPECT_EQ(entry.issue_time().seconds(),
            absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2026, 1, 10), absl::UTCTimeZone())));
  EXPECT_FALSE(entry.has_revoke_time());
  EXPECT_THAT(reg.LookUpCredential("nobody's").status(), HasReasonAt(Reason::kResourceNotFound, "credential_id"));
  EXPECT_THAT(reg.LookUpCredential("' OR '1'='1").status(), HasReasonAt(Reason::kResourceNotFound, "credential_id"));
  EXPECT_THAT(reg.LookUpCredential("changed").status(), HasReasonAt(Reason::kRegisterUnavailable, "sha256"));
  EXPECT_THAT(reg.LookUpCredential("twice").status(), HasReasonAt(Reason::kRegisterUnavailable, "credential_id"));
  EXPECT_THAT(reg.LookUpCredential("undated").status(), HasReasonAt(Reason::kRegisterUnavailable, "issue_time"));

  const std::pair<const char*, authenticity::v1::RegisterFinding> findings[] = {
      {"<a/>", authenticity::v1::REGISTER_FINDING_IN_FORCE},
      {"{}", authenticity::v1::REGISTER_FINDING_REVOKED},
      {"later", authenticity::v1::REGISTER_FINDING_NOT_ISSUED},
      {"forged", authenticity::v1::REGISTER_FINDING_NOT_ISSUED}};
  for (const auto& [document, finding] : findings) {
    ASSERT_OK_AND_ASSIGN(const authenticity::v1::AuthenticityAnswer answer,
                         reg.ConfirmDigest(base::Sha256Hex(document)));
    EXPECT_EQ(answer.finding(), finding) << document;
  }

  ASSERT_OK_AND_ASSIGN(const auto entries, reg.ListHolderCredentials("h1", "", 10));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].credential_id(), "c1");
  EXPECT_FALSE(entries[0].has_document());
  ASSERT_OK_AND_ASSIGN(const auto rest, reg.ListHolderCredentials("h1", "c1", 10));
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].credential_id(), "c3");
  ASSERT_OK_AND_ASSIGN(const auto first, reg.ListHolderCredentials("h1", "", 1));
  EXPECT_EQ(first.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const auto none, reg.ListHolderCredentials("nobody", "", 10));
  EXPECT_TRUE(none.empty());
}

class SqlRegisterTest : public ::testing::Test {
 protected:
  SqlRegisterTest()
      : clock_(absl::FromCivil(absl::CivilDay(2026, 6, 1), absl::UTCTimeZone())),
        path_(absl::StrCat(::testing::TempDir(), "/sql_register_", getpid(), ".db")) {}
  ~SqlRegisterTest() override { std::filesystem::remove(path_); }

  void MakeSqlite(const std::string& script) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, script.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
    sqlite3_close(handle);
  }

  testing::FakeClock clock_;
  const std::string path_;
};

TEST_F(SqlRegisterTest, SqliteAnswersEveryQuestion) {
  MakeSqlite(Script("credential_id, holder_reference, issue_time, revoke_time, media_type, sha256, document", "CAST('",
                    "' AS BLOB)"));
  SqlRegister reg(std::make_unique<SqliteView>(path_, "passerelle_register", kSqlLimit), &clock_);
  AskEverything(reg);
}

TEST_F(SqlRegisterTest, ADatabaseThatIsAwayIsNeverANo) {
  SqlRegister reg(std::make_unique<SqliteView>(path_, "passerelle_register", kSqlLimit), &clock_);
  EXPECT_THAT(reg.LookUpCredential("c1").status(), HasReasonAt(Reason::kRegisterUnavailable, "sqlite"));
  EXPECT_THAT(reg.ConfirmDigest(base::Sha256Hex("<a/>")).status(), HasReasonAt(Reason::kRegisterUnavailable, "sqlite"));
  EXPECT_FALSE(std::filesystem::exists(path_)) << "reading made the file";
  MakeSqlite(Script("credential_id, holder_reference, issue_time, revoke_time, media_type, sha256, document", "CAST('",
                    "' AS BLOB)"));
  EXPECT_OK(reg.LookUpCredential("c1").status());
}

TEST_F(SqlRegisterTest, AStatementThatTakesTooLongIsGivenUp) {
  MakeSqlite(
      "CREATE VIEW passerelle_register AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
      "SELECT x AS credential_id, '' AS holder_reference, '' AS issue_time, '' AS revoke_time, '' AS media_type, "
      "CAST(x AS TEXT) AS sha256, '' AS document FROM n;");
  SqlRegister reg(std::make_unique<SqliteView>(path_, "passerelle_register", absl::Milliseconds(50)), &clock_);
  const absl::Time begin = absl::Now();
  EXPECT_THAT(reg.ConfirmDigest(base::Sha256Hex("x")).status(), HasReasonAt(Reason::kRegisterUnavailable, "sqlite"));
  EXPECT_LT(absl::Now() - begin, kSqlLimit);
}

TEST_F(SqlRegisterTest, PostgresqlAnswersEveryQuestion) {
  const auto server = PostgresqlServer::Start();
  if (!server.ok()) GTEST_SKIP() << "SKIPPED: " << server.status().message();
  (*server)->Execute(
      Script("credential_id text, holder_reference text, issue_time timestamptz, revoke_time timestamptz, media_type "
             "text, sha256 text, document bytea",
             "convert_to('", "', 'UTF8')"));
  SqlRegister reg(std::make_unique<PostgresqlView>((*server)->ConnectionString(), "passerelle_register", kSqlLimit),
                  &clock_);
  AskEverything(reg);

  // The session cannot write, whatever the view does, and ends what takes too long.
  (*server)->Execute(
      "CREATE SEQUENCE counter; CREATE VIEW writes AS SELECT nextval('counter')::text AS credential_id, '' AS "
      "holder_reference, now() AS issue_time, now() AS revoke_time, '' AS media_type, '' AS sha256, ''::bytea AS "
      "document;"
      "CREATE VIEW slow AS SELECT pg_sleep(60)::text AS credential_id, '' AS holder_reference, now() AS issue_time, "
      "now() "
      "AS revoke_time, '' AS media_type, '' AS sha256, ''::bytea AS document;");
  SqlRegister writes(std::make_unique<PostgresqlView>((*server)->ConnectionString(), "writes", kSqlLimit), &clock_);
  const absl::Status refused = writes.LookUpCredential("1").status();
  EXPECT_THAT(refused, HasReasonAt(Reason::kRegisterUnavailable, "postgresql"));
  EXPECT_TRUE(absl::StrContains(base::DetailOf(refused), "25006")) << refused;
  SqlRegister slow(std::make_unique<PostgresqlView>((*server)->ConnectionString(), "slow", absl::Milliseconds(200)),
                   &clock_);
  const absl::Time begin = absl::Now();
  EXPECT_THAT(slow.LookUpCredential("1").status(), HasReasonAt(Reason::kRegisterUnavailable, "postgresql"));
  EXPECT_LT(absl::Now() - begin, kSqlLimit);

  // A server that was stopped is asked again once it is there.
  (*server)->Stop();
  EXPECT_THAT(reg.LookUpCredential("c1").status(), HasReasonAt(Reason::kRegisterUnavailable, "postgresql"));
  ASSERT_OK((*server)->Restart());
  EXPECT_OK(reg.LookUpCredential("c1").status());
}

TEST(SqlRegisterNameTest, AViewIsANameAndNothingElse) {
  for (const char* good : {"passerelle_register", "studies.credentials", "_v2"}) EXPECT_OK(CheckViewName(good));
  for (const char* bad : {"", "a b", "a;b", "a.b.c", "1a", "\"a\"", "a--", ".a", "a.", "caf\xc3\xa9"}) {
    EXPECT_THAT(CheckViewName(bad), HasReasonAt(Reason::kConfigInvalid, "sql_register.view")) << bad;
  }
}

}  // namespace
}  // namespace passerelle::gateway
