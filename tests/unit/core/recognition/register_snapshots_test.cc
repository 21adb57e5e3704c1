// What registers say of an award: every vector is a row of data/registers.tsv, over the snapshots beside it.
#include "core/recognition/facts/register_snapshots.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/recognition/facts/level.h"
#include "gateway/config/yaml.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/tables.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

v1::RegisterFacts Snapshot(absl::string_view name) {
  v1::RegisterFacts snapshot;
  EXPECT_OK(gateway::ReadYamlFile(DataPath(absl::StrCat("data/", name)), &snapshot));
  EXPECT_OK(CheckRegisterFacts(snapshot));
  return snapshot;
}

std::shared_ptr<const RegisterSnapshots> Snapshots() {
  return RegisterSnapshots::Make({Snapshot("register-lt.yaml"), Snapshot("register-el.yaml")});
}

// "6" is a level of the European framework, "LT-LTQF 6" a national one.
void SetLevel(const std::string& text, v1::LevelFacts* level) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  level->set_basis(v1::LEVEL_BASIS_PROVIDER_CLAIM);
  uint32_t eqf = 0;
  if (words.size() == 1) {
    ASSERT_TRUE(absl::SimpleAtoi(text, &eqf)) << text;
    level->set_eqf_level(eqf);
    return;
  }
  level->set_framework(words[0]);
  level->set_level(words[1]);
}

v1::CaseFacts FactsOf(const Row& row) {
  v1::CaseFacts facts;
  const std::vector<std::string> bodies = absl::StrSplit(row[0], '|');
  for (const std::string& body : bodies) {
    v1::AwardingBodyFacts* const one = bodies.size() > 1 ? facts.mutable_provider()->add_bodies() : nullptr;
    for (const std::string& identifier : std::vector<std::string>(absl::StrSplit(body, ' '))) {
      if (identifier == "-") continue;
      facts.mutable_provider()->add_identifiers(identifier);
      if (one != nullptr) one->add_identifiers(identifier);
    }
  }
  v1::CredentialFacts& credential = *facts.mutable_credential();
  if (row[1] != "-") credential.add_identifiers(row[1]);
  credential.set_award_date(OrEmpty(row[2]));
  if (row[3] != "-") SetLevel(row[3], credential.mutable_level());
  credential.set_award_country(OrEmpty(row[4]));
  return facts;
}

template <typename Enum>
std::string WordOf(absl::string_view prefix, const std::string& name, Enum value) {
  return value == 0 ? "-" : absl::AsciiStrToLower(name.substr(prefix.size()));
}

std::string LevelOf(const v1::LevelFacts& level) {
  if (!level.framework().empty()) return absl::StrCat(level.framework(), " ", level.level());
  return level.eqf_level() == 0 ? "-" : absl::StrCat(level.eqf_level());
}

TEST(RegisterSnapshots, SayWhatTheirRowsSayAndNothingElse) {
  const auto snapshots = Snapshots();
  for (const Row& row : Rows("registers.tsv")) {
    v1::CaseFacts facts = FactsOf(row);
    snapshots->AddTo(&facts);
    const v1::CredentialFacts& credential = facts.credential();
    const v1::Known recognised = facts.provider().officially_recognised();
    EXPECT_EQ(WordOf("KNOWN_", v1::Known_Name(recognised), recognised), row[5]) << row[10];
    EXPECT_EQ(LevelOf(credential.level()), row[6]) << row[10];
    const v1::LevelBasis basis = credential.level().basis();
    EXPECT_EQ(WordOf("LEVEL_BASIS_", v1::LevelBasis_Name(basis), basis), row[7]) << row[10];
    EXPECT_EQ(WordOf("CREDENTIAL_KIND_", v1::CredentialKind_Name(credential.kind()), credential.kind()), row[8])
        << row[10];
    EXPECT_EQ(credential.award_country().empty() ? "-" : credential.award_country(), row[9]) << row[10];
    // Whatever is known now and was not before names the register, its version and its day.
    if (recognised != v1::KNOWN_UNSPECIFIED) {
      EXPECT_TRUE(absl::StrContains(facts.provider().source(), ", version ")) << row[10];
    }
    if (credential.kind() != v1::CREDENTIAL_KIND_UNSPECIFIED) {
      EXPECT_EQ(credential.kind_source(), "Register of LT, version 7, of 2026-01-31, entry lt/q/1") << row[10];
    }
    EXPECT_EQ(credential.level().source().empty(), row[7] == "-" || row[7] == "provider_claim") << row[10];
  }
}

TEST(RegisterSnapshots, AContradictedLevelIsNoLevel) {
  v1::LevelFacts level;
  SetLevel("LT-LTQF 5", &level);
  level.set_basis(v1::LEVEL_BASIS_CONTRADICTED);
  level.set_register_entry("lt/q/1");
  const LevelFinding finding = FindLevel(level, absl::CivilDay(2024, 6, 28));
  EXPECT_EQ(finding.standing, LevelStanding::kUnknown);
  EXPECT_FALSE(finding.eqf.has_value());
}

TEST(RegisterSnapshots, WhatIsGivenStays) {
  v1::CaseFacts facts;
  facts.mutable_credential()->set_award_date("2024-06-28");
  facts.mutable_credential()->set_kind(v1::CREDENTIAL_KIND_MICRO_CREDENTIAL);
  facts.mutable_credential()->add_identifiers("lt:Q1");
  facts.mutable_provider()->add_identifiers("deqar:LT1");
  facts.mutable_provider()->set_officially_recognised(v1::KNOWN_NO);
  facts.mutable_provider()->set_source("a letter");
  Snapshots()->AddTo(&facts);
  EXPECT_EQ(facts.credential().kind(), v1::CREDENTIAL_KIND_MICRO_CREDENTIAL);
  EXPECT_EQ(facts.provider().officially_recognised(), v1::KNOWN_NO);
  EXPECT_EQ(facts.provider().source(), "a letter");
}

TEST(RegisterSnapshots, ABadOneIsRefusedAtThePlace) {
  std::ifstream file(DataPath("data/register-lt.yaml"));
  const std::string good((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  for (const Row& row : Rows("bad-registers.tsv")) {
    const size_t at = good.find(row[0]);
    ASSERT_NE(at, std::string::npos) << row[0];
    std::string bad = good;
    bad.replace(at, row[0].size(), row[1]);
    v1::RegisterFacts snapshot;
    ASSERT_OK(gateway::ReadYaml(bad, "bad", &snapshot));
    EXPECT_THAT(CheckRegisterFacts(snapshot), HasReasonAt(Reason::kRegisterFactsUnusable, row[2])) << row[3];
  }
}

TEST(RegisterSnapshots, AnOlderOneDoesNotComeBack) {
  RegisterSnapshotsHolder holder(Snapshots());
  v1::RegisterFacts older = Snapshot("register-lt.yaml");
  older.set_snapshot_date("2026-01-30");
  EXPECT_THAT(holder.Replace(RegisterSnapshots::Make({older})),
              HasReasonAt(Reason::kRegisterFactsUnusable, "snapshot_date"));
  EXPECT_EQ(holder.Get()->snapshots().size(), 2u);
  v1::RegisterFacts newer = Snapshot("register-lt.yaml");
  newer.set_snapshot_date("2026-02-28");
  EXPECT_OK(holder.Replace(RegisterSnapshots::Make({newer})));
  EXPECT_EQ(holder.Get()->snapshots().size(), 1u);
}

}  // namespace
}  // namespace passerelle::recognition
