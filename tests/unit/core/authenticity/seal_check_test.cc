#include "core/authenticity/seal_check.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/date_time.h"
#include "core/proof/jades/sealer.h"
#include "gtest/gtest.h"
#include "tests/support/paths.h"
#include "tests/support/test_authority.h"

namespace passerelle::authenticity {
namespace {

absl::Time Day(absl::string_view text) { return base::ParseDateTime(text).value(); }

std::string ToldCheck(const v1::Check& check) {
  return absl::StrCat(v1::CheckOutcome_Name(check.outcome()), " ", check.reason());
}

std::string SealCheckOf(absl::string_view content) {
  return ToldCheck(CheckSeal(content, {nullptr, Day("2025-06-02"), {}}).check);
}

constexpr char kIntact[] = "CHECK_OUTCOME_PASS SEAL_INTACT";
constexpr char kBroken[] = "CHECK_OUTCOME_FAIL SIGNATURE_INVALID";

TEST(SealCheckTest, ASealHoldsUntilTheContentChanges) {
  const testing::TestIdentity root(proof::KeyAlgorithm::kRs256, testing::AuthorityWish("Root"));
  const testing::TestIdentity seal(proof::KeyAlgorithm::kEs256, testing::SealWish(), root);
  const auto sealer = proof::Sealer::Make(seal.KeyPem(), seal.CertificatePem());
  ASSERT_TRUE(sealer.ok()) << sealer.status();
  const auto sealed = sealer->Seal(R"({"title": "Beekeeping", "credits": 3})", Day("2025-06-01"));
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  EXPECT_EQ(SealCheckOf(*sealed), kIntact);
  EXPECT_EQ(SealCheckOf(absl::StrReplaceAll(*sealed, {{"Beekeeping", "Bookkeeping"}})), kBroken);
}

TEST(SealCheckTest, WhatCannotBeSaidStaysOpen) {
  EXPECT_EQ(SealCheckOf(R"({"title": "Beekeeping"})"), "CHECK_OUTCOME_UNKNOWN NOT_STATED");
  EXPECT_EQ(SealCheckOf("scrawl"), "CHECK_OUTCOME_UNKNOWN FORMAT_UNKNOWN");
  EXPECT_EQ(SealCheckOf("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"), "CHECK_OUTCOME_UNKNOWN KEY_NOT_FOUND");
  // alg: none. No key is missing.
  EXPECT_EQ(SealCheckOf("eyJhbGciOiJub25lIn0.e30."), "CHECK_OUTCOME_UNKNOWN SIGNATURE_NONE");
  EXPECT_EQ(SealCheckOf("eyJhbGciOiJub25lIn0.e30.~"), "CHECK_OUTCOME_UNKNOWN SIGNATURE_NONE");
  EXPECT_TRUE(absl::StartsWith(SealCheckOf(R"({"payload": "{}", "signatures": []})"), "CHECK_OUTCOME_UNKNOWN"));
  EXPECT_TRUE(absl::StartsWith(SealCheckOf(R"({"proof": {"type": "Unheard"}})"), "CHECK_OUTCOME_UNKNOWN"));
}

// Seals of the European Digital Credentials as they are in the field, and the same with one letter changed.
TEST(SealCheckTest, SealsOfTheEuropeanUnion) {
  const std::string folder = absl::StrCat(testing::kSourceDir, "/../shared/corpus/trust/edc-seals/");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: there is no ../shared/corpus/trust/edc-seals";
  for (const char* name : {"credential-signed.jsonld", "json_sealed_advanced.json", "json_sealed_test_output.json"}) {
    SCOPED_TRACE(name);
    const auto read = [](const std::string& path) {
      std::ifstream file(path, std::ios::binary);
      std::stringstream text;
      text << file.rdbuf();
      return text.str();
    };
    EXPECT_EQ(SealCheckOf(read(folder + name)), kIntact);
    EXPECT_EQ(SealCheckOf(read(absl::StrCat(folder, "mut-payload.", name))), kBroken);
  }
}

}  // namespace
}  // namespace passerelle::authenticity
