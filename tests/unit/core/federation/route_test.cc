#include "core/federation/route.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/federation/federation_fixture.h"

namespace passerelle::federation {
namespace {

using base::Reason;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::HasReasonAt;
using ::testing::HasSubstr;

void AddCompetence(v1::Node& node, const std::string& authority, v1::RoutePurpose purpose, uint32_t level_min = 0,
                   uint32_t level_max = 0, const std::vector<std::string>& fields = {}) {
  v1::Competence& competence = *node.add_competences();
  competence.set_authority(authority);
  competence.add_purposes(purpose);
  competence.set_level_min(level_min);
  competence.set_level_max(level_max);
  for (const std::string& field : fields) competence.add_fields(field);
}

// NO: one centre for everything, a chamber for health, and two bodies of which each answers some levels of employment.
// NL: two bodies that answer the same. GR: revoked. BG is not in the map.
v1::NodeMap Map() {
  v1::NodeMap map = SmallMap(7);
  v1::Node& norway = *map.mutable_nodes(0);
  AddCompetence(norway, "Centre", v1::ROUTE_PURPOSE_RECOGNITION);
  AddCompetence(norway, "Chamber", v1::ROUTE_PURPOSE_RECOGNITION, 0, 0, {"091"});
  AddCompetence(norway, "Lower", v1::ROUTE_PURPOSE_EMPLOYMENT, 1, 5);
  AddCompetence(norway, "Higher", v1::ROUTE_PURPOSE_EMPLOYMENT, 5, 8);
  AddCompetence(norway, "", v1::ROUTE_PURPOSE_AUTHENTICITY);
  v1::Node& netherlands = *map.mutable_nodes(1);
  AddCompetence(netherlands, "East", v1::ROUTE_PURPOSE_RECOGNITION);
  AddCompetence(netherlands, "West", v1::ROUTE_PURPOSE_RECOGNITION);
  AddCompetence(netherlands, "North", v1::ROUTE_PURPOSE_FURTHER_LEARNING);
  netherlands.mutable_competences(2)->add_countries("NL");
  netherlands.mutable_competences(2)->add_countries("GB");
  v1::MaintenanceWindow& window = *netherlands.add_maintenance();
  *window.mutable_begin() = base::ToProto(kNow - absl::Hours(1));
  *window.mutable_end() = base::ToProto(kNow + absl::Hours(1));
  v1::Node& greece = AddNode(map, "GR", 9);
  greece.set_state(v1::NODE_STATE_REVOKED);
  AddCompetence(greece, "Agora", v1::ROUTE_PURPOSE_RECOGNITION);
  return map;
}

v1::RouteQuestion Question(const std::string& purpose, const std::string& country, uint32_t level,
                           const std::string& field) {
  v1::RouteQuestion question;
  question.set_purpose(PurposeByWord(purpose).value());
  question.set_country(country);
  question.set_level(level);
  question.set_field(field);
  return question;
}

struct RouteCase {
  const char* name;
  const char* purpose;
  const char* country;
  uint32_t level;
  const char* field;
  const char* outcome;
  std::vector<std::string> authorities;
  std::vector<std::string> missing;
};

class RouteTest : public ::testing::TestWithParam<RouteCase> {};

TEST_P(RouteTest, IsAnsweredWithItsReasons) {
  const auto directory = NodeDirectory::Make(Map()).value();
  const RouteCase& wanted = GetParam();
  ASSERT_OK_AND_ASSIGN(
      const v1::RouteAnswer answer,
      FindAuthority(*directory, Question(wanted.purpose, wanted.country, wanted.level, wanted.field), kNow));
  EXPECT_EQ(OutcomeWord(answer.outcome()), wanted.outcome) << answer.DebugString();
  std::vector<std::string> authorities;
  for (const v1::RouteCandidate& candidate : answer.candidates()) {
    authorities.push_back(candidate.authority());
    EXPECT_FALSE(candidate.node().empty());
    EXPECT_FALSE(candidate.because().empty());
  }
  EXPECT_THAT(authorities, ElementsAreArray(wanted.authorities)) << answer.DebugString();
  EXPECT_THAT(std::vector<std::string>(answer.missing().begin(), answer.missing().end()),
              ElementsAreArray(wanted.missing));
  EXPECT_EQ(answer.message().empty(), answer.outcome() == v1::ROUTE_OUTCOME_FOUND);
  EXPECT_EQ(answer.map_version(), 7u);
  EXPECT_FALSE(answer.map_stale());
}

INSTANTIATE_TEST_SUITE_P(
    All, RouteTest,
    ::testing::Values(
        RouteCase{"TheOnlyOne", "authenticity", "NO", 0, "", "found", {"Authority of NO"}, {}},
        RouteCase{"TheNarrowerField", "recognition", "NO", 6, "0912", "found", {"Chamber"}, {}},
        RouteCase{"TheFieldItself", "recognition", "NO", 6, "091", "found", {"Chamber"}, {}},
        RouteCase{"OutsideTheNarrowerField", "recognition", "NO", 6, "0613", "found", {"Centre"}, {}},
        RouteCase{"FieldNotStated", "recognition", "NO", 6, "", "ambiguous", {"Centre", "Chamber"}, {"field"}},
        RouteCase{"FieldTooBroad", "recognition", "NO", 6, "09", "ambiguous", {"Centre", "Chamber"}, {"field"}},
        RouteCase{"OfTwoByLevel", "employment", "NO", 7, "", "found", {"Higher"}, {}},
        RouteCase{"LevelNotStated", "employment", "NO", 0, "", "ambiguous", {"Lower", "Higher"}, {"level"}},
        RouteCase{"LevelOfBoth", "employment", "NO", 5, "", "ambiguous", {"Lower", "Higher"}, {}},
        RouteCase{"TwoThatAnswerTheSame", "recognition", "NL", 6, "0613", "ambiguous", {"East", "West"}, {}},
        RouteCase{"ForAnotherCountry", "further-learning", "GB", 0, "", "found", {"North"}, {}},
        RouteCase{"ByTheNameUk", "further-learning", "UK", 0, "", "found", {"North"}, {}},
        RouteCase{"NobodyForThePurpose", "employment", "NL", 6, "", "unknown", {}, {}},
        RouteCase{"RevokedByTheNameEl", "recognition", "EL", 6, "", "unknown", {}, {}},
        RouteCase{"CountryNotInTheMap", "recognition", "BG", 6, "", "unknown", {}, {}}),
    [](const auto& c) { return c.param.name; });

TEST(Route, TellsTheStepsAndMaintenance) {
  const auto directory = NodeDirectory::Make(Map()).value();
  ASSERT_OK_AND_ASSIGN(const v1::RouteAnswer narrower,
                       FindAuthority(*directory, Question("recognition", "NO", 6, "0912"), kNow));
  EXPECT_THAT(
      narrower.steps(),
      ElementsAre("Centre (node NO) answers: it answers recognition for NO, every level and field",
                  "Chamber (node NO) answers: it answers recognition for NO, fields 091",
                  "Centre (node NO) is left out: Chamber (node NO) answers for a narrower scope within its own"));
  ASSERT_OK_AND_ASSIGN(const v1::RouteAnswer revoked,
                       FindAuthority(*directory, Question("recognition", "GR", 6, ""), kNow));
  EXPECT_THAT(revoked.steps(), ElementsAre("Agora (node GR) is left out: the node is not active"));
  ASSERT_OK_AND_ASSIGN(const v1::RouteAnswer resting,
                       FindAuthority(*directory, Question("further-learning", "NL", 0, ""), kNow));
  EXPECT_EQ(base::FromProto(resting.candidates(0).maintenance_until()),
            base::FromProto(base::ToProto(kNow + absl::Hours(1))));
  ASSERT_OK_AND_ASSIGN(const v1::RouteAnswer later,
                       FindAuthority(*directory, Question("further-learning", "NL", 0, ""), kNow + absl::Hours(2)));
  EXPECT_FALSE(later.candidates(0).has_maintenance_until());
  ASSERT_OK_AND_ASSIGN(const v1::RouteAnswer stale, FindAuthority(*directory, Question("authenticity", "NO", 0, ""),
                                                                  kIssued + absl::Hours(24 * 31)));
  EXPECT_TRUE(stale.map_stale());
}

struct BadQuestion {
  const char* name;
  std::function<void(v1::RouteQuestion&)> spoil;
  Reason reason;
  const char* place;
};

class BadQuestionTest : public ::testing::TestWithParam<BadQuestion> {};

TEST_P(BadQuestionTest, IsRefusedWithItsPlace) {
  const auto directory = NodeDirectory::Make(Map()).value();
  v1::RouteQuestion question = Question("recognition", "NO", 6, "0912");
  GetParam().spoil(question);
  EXPECT_THAT(FindAuthority(*directory, question, kNow), HasReasonAt(GetParam().reason, GetParam().place));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadQuestionTest,
    ::testing::Values(
        BadQuestion{"NoPurpose", [](auto& q) { q.clear_purpose(); }, Reason::kFieldMissing, "purpose"},
        BadQuestion{"PurposeOfAnotherVersion", [](auto& q) { q.set_purpose(static_cast<v1::RoutePurpose>(99)); },
                    Reason::kFieldInvalid, "purpose"},
        BadQuestion{"NoCountry", [](auto& q) { q.clear_country(); }, Reason::kFieldMissing, "country"},
        BadQuestion{"CountryInWords", [](auto& q) { q.set_country("Norway"); }, Reason::kFieldInvalid, "country"},
        BadQuestion{"LevelNine", [](auto& q) { q.set_level(9); }, Reason::kFieldInvalid, "level"},
        BadQuestion{"FieldInWords", [](auto& q) { q.set_field("health"); }, Reason::kFieldInvalid, "field"}),
    [](const auto& c) { return c.param.name; });

TEST(Route, IsNotAnsweredFromAMapThatIsOver) {
  const auto directory = NodeDirectory::Make(Map()).value();
  EXPECT_THAT(FindAuthority(*directory, Question("recognition", "NO", 6, ""), kIssued + absl::Hours(24 * 40)),
              HasReasonAt(Reason::kNodeMapStale, "expire_time"));
}

}  // namespace
}  // namespace passerelle::federation
