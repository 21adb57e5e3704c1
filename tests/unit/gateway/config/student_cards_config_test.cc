#include "gateway/config/student_cards_config.h"

#include "core/base/proto_time.h"
#include "gateway/config/yaml.h"
#include "tests/support/status_matchers.h"

namespace passerelle::gateway {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;

config::v1::StudentCards Cards(const std::string& yaml) {
  config::v1::NodeConfig config;
  EXPECT_OK(ReadYaml("student_cards: " + yaml, "node.yaml", &config)) << yaml;
  CompleteStudentCards("/etc/passerelle", config.mutable_student_cards());
  return config.student_cards();
}

TEST(StudentCardsConfigTest, TakesRoutersThatAreProvenOrOnThisMachine) {
  for (const char* good :
       {"{router: 'https://router.example.org'}", "{router: 'https://router.example.org:8443', interface: status_v2}",
        "{router: 'http://127.0.0.1:8080'}", "{router: 'http://localhost'}", "{router: 'http://[::1]:8080'}",
        "{router: 'https://router.example.org', trusted_authorities: ca.pem, time_limit: 60s}"}) {
    EXPECT_OK(CheckStudentCards(Cards(good))) << good;
  }
}

struct RefusedCards {
  const char* yaml;
  const char* place;
};

TEST(StudentCardsConfigTest, RefusesOthersByTheirKey) {
  for (const RefusedCards& row : {
           RefusedCards{"{}", "student_cards.router"},
           RefusedCards{"{router: router.example.org}", "student_cards.router"},
           RefusedCards{"{router: 'https://router.example.org/esc-rest'}", "student_cards.router"},
           RefusedCards{"{router: 'https://desk:secret@router.example.org'}", "student_cards.router"},
           RefusedCards{"{router: 'http://router.example.org'}", "student_cards.router"},
           RefusedCards{"{router: 'http://127.0.0.1.example.org'}", "student_cards.router"},
           RefusedCards{"{router: 'ftp://127.0.0.1'}", "student_cards.router"},
           RefusedCards{"{router: 'http://127.0.0.1', trusted_authorities: a}", "student_cards.trusted_authorities"},
           RefusedCards{"{router: 'https://router.example.org', time_limit: 61s}", "student_cards.time_limit"},
           RefusedCards{"{router: 'https://router.example.org', time_limit: 0s}", "student_cards.time_limit"},
       }) {
    EXPECT_THAT(CheckStudentCards(Cards(row.yaml)), HasReasonAt(Reason::kConfigInvalid, row.place)) << row.yaml;
  }
}

TEST(StudentCardsConfigTest, WhatIsLeftOutGetsItsDefault) {
  const config::v1::StudentCards cards = Cards("{router: 'https://router.example.org', trusted_authorities: ca.pem}");
  EXPECT_EQ(base::FromProto(cards.time_limit()), absl::Seconds(5));
  EXPECT_EQ(cards.trusted_authorities(), "/etc/passerelle/ca.pem");
}

}  // namespace
}  // namespace passerelle::gateway
