#include "core/base/problem.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

TEST(ProblemTest, CarriesReasonPlaceAndDetail) {
  const absl::Status status = Problem(Reason::kJsonMalformed, "line 3, column 7", "a comma is missing");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "JSON_MALFORMED at line 3, column 7: a comma is missing");
  EXPECT_EQ(ReasonOf(status), Reason::kJsonMalformed);
  EXPECT_EQ(PlaceOf(status), "line 3, column 7");
  EXPECT_EQ(DetailOf(status), "a comma is missing");
}

TEST(ProblemTest, WithoutPlaceAndDetailTellsWhatTheCatalogueTells) {
  const absl::Status status = Problem(Reason::kInputEmpty, "");
  EXPECT_EQ(status.message(), "INPUT_EMPTY: The document has no bytes.");
  EXPECT_EQ(PlaceOf(status), "");
  EXPECT_EQ(DetailOf(status), "The document has no bytes.");
}

TEST(ProblemTest, StatusesFromElsewhereAreInternal) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("gone")), Reason::kInternal);
  EXPECT_EQ(PlaceOf(absl::NotFoundError("gone")), "");
}

TEST(ProblemTest, EveryReasonMakesAStatusThatKnowsIt) {
  for (int i = 0; i < ReasonCount(); ++i) {
    const auto reason = static_cast<Reason>(i);
    const absl::Status status = Problem(reason, "here");
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(ReasonByName(Catalogue(reason).name), reason);
  }
  EXPECT_FALSE(ReasonByName("NO_SUCH_REASON").has_value());
}

TEST(ProblemTest, TheCatalogueIsCompleteAndItsNamesAreUnique) {
  std::set<std::string> names;
  for (int i = 0; i < ReasonCount(); ++i) {
    const CatalogueEntry& entry = Catalogue(static_cast<Reason>(i));
    const std::string name(entry.name);
    EXPECT_EQ(entry.reason, static_cast<Reason>(i)) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
    for (const char c : name) {
      EXPECT_TRUE(absl::ascii_isupper(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_')
          << name;
    }
    EXPECT_FALSE(entry.meaning.empty()) << name;
    EXPECT_FALSE(entry.remedy.empty()) << name;
    EXPECT_FALSE(FixerName(entry.fixer).empty()) << name;
    // Good news is nobody's to fix and is never tried again.
    EXPECT_EQ(entry.code == absl::StatusCode::kOk, entry.fixer == Fixer::kNobody) << name;
  }
}

}  // namespace
}  // namespace passerelle::base
