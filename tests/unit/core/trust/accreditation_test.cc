#include "core/trust/accreditation.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/proto_time.h"
#include "core/trust/accreditation_import.h"
#include "tests/support/status_matchers.h"

namespace passerelle::trust {
namespace {

using base::Reason;
using testing::HasReason;

google::protobuf::Timestamp Day(int year, int month, int day) {
  return base::ToProto(absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone()));
}

v1::QualityReport Report(const std::string& id) {
  v1::QualityReport report;
  report.set_id(id);
  report.set_source("deqar");
  report.add_providers("uni");
  report.set_agency("agency");
  *report.mutable_valid_from() = Day(2018, 1, 1);
  report.set_decision(v1::QUALITY_DECISION_POSITIVE);
  report.set_status(v1::QUALITY_STATUS_OBLIGATORY);
  return report;
}

v1::AccreditationData Data(std::vector<v1::QualityReport> reports) {
  v1::AccreditationData data;
  v1::AccreditedProvider* provider = data.add_providers();
  provider->set_id("uni");
  provider->add_identifiers("schac:fjord.example");
  for (v1::QualityReport& report : reports) *data.add_reports() = std::move(report);
  return data;
}

CoverageQuestion Question(absl::CivilDay award) {
  CoverageQuestion question;
  question.providers = {"schac:fjord.example"};
  question.award = award;
  return question;
}

Coverage Ask(v1::AccreditationData data, const CoverageQuestion& question) {
  const auto index = AccreditationIndex::Make(std::move(data));
  EXPECT_TRUE(index.ok()) << index.status();
  if (!index.ok()) return {};
  Coverage coverage = (*index)->Check(question);
  coverage.decisive = nullptr;  // the index ends here
  for (TriedReport& tried : coverage.tried) tried.report = nullptr;
  return coverage;
}

struct Row {
  std::string name;
  absl::CivilDay award;
  std::function<void(v1::QualityReport&, CoverageQuestion&)> change;
  Outcome outcome;
  LimitResult automatic;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class OneReport : public ::testing::TestWithParam<Row> {};

TEST_P(OneReport, GivesTheOutcome) {
  const Row& row = GetParam();
  v1::QualityReport report = Report("r");
  CoverageQuestion question = Question(row.award);
  row.change(report, question);
  const Coverage coverage = Ask(Data({report}), question);
  EXPECT_EQ(OutcomeName(coverage.outcome), OutcomeName(row.outcome));
  EXPECT_EQ(coverage.automatic, row.automatic);
}

const absl::CivilDay kMay(2020, 5, 4);
const auto kMet = LimitResult::kMet;
const auto kNot = LimitResult::kNotMet;
const auto kOpen = LimitResult::kUnknown;

void ConditionsTo2019(v1::QualityReport& r, CoverageQuestion&) {
  *r.mutable_valid_from() = Day(2013, 9, 27);
  *r.mutable_valid_to() = Day(2019, 9, 30);
  r.set_decision(v1::QUALITY_DECISION_WITH_CONDITIONS);
}
void Nothing(v1::QualityReport&, CoverageQuestion&) {}

INSTANTIATE_TEST_SUITE_P(
    Vectors, OneReport,
    ::testing::Values(
        Row{"programme report with conditions", absl::CivilDay(2017, 6, 30), ConditionsTo2019, Outcome::kCoveredWithConditions, kMet},
        Row{"last day counts", absl::CivilDay(2019, 9, 30), ConditionsTo2019, Outcome::kCoveredWithConditions, kMet},
        Row{"day after", absl::CivilDay(2019, 10, 1), ConditionsTo2019, Outcome::kNotCovered, kNot},
        Row{"before", absl::CivilDay(2013, 9, 26), ConditionsTo2019, Outcome::kNotCovered, kNot},
        Row{"six years without an end", absl::CivilDay(2023, 12, 31), Nothing, Outcome::kCovered, kMet},
        Row{"sixth anniversary counts", absl::CivilDay(2024, 1, 1), Nothing, Outcome::kCovered, kMet},
        Row{"after the sixth anniversary", absl::CivilDay(2024, 1, 2), Nothing, Outcome::kNotCovered, kNot},
        Row{"voluntary", kMay, [](auto& r, auto&) { r.set_status(v1::QUALITY_STATUS_VOLUNTARY); }, Outcome::kCovered,
            kNot},
        Row{"status not stated", kMay, [](auto& r, auto&) { r.clear_status(); }, Outcome::kCovered, kOpen},
        Row{"flagged high", kMay, [](auto& r, auto&) { r.set_high_flag(true); }, Outcome::kUnknown, kOpen},
        Row{"negative", kMay, [](auto& r, auto&) { r.set_decision(v1::QUALITY_DECISION_NEGATIVE); },
            Outcome::kNotCovered, kNot},
        Row{"evaluation without decision (G7)", kMay,
            [](auto& r, auto&) { r.set_decision(v1::QUALITY_DECISION_NOT_APPLICABLE); }, Outcome::kUnknown, kOpen},
        Row{"decision not stated (G7)", kMay, [](auto& r, auto&) { r.clear_decision(); }, Outcome::kUnknown, kOpen},
        Row{"beginning not stated", kMay, [](auto& r, auto&) { r.clear_valid_from(); }, Outcome::kUnknown, kOpen},
        Row{"level fails (G1)", kMay,
            [](auto& r, auto& q) {
              r.add_eqf_levels(6);
              q.eqf_level = 5;
            },
            Outcome::kNotCovered, kNot},
        Row{"level fits", kMay,
            [](auto& r, auto& q) {
              r.add_eqf_levels(6);
              q.eqf_level = 6;
            },
            Outcome::kCovered, kMet},
        Row{"level absent (G5)", kMay, [](auto& r, auto&) { r.add_eqf_levels(6); }, Outcome::kUnknown, kOpen},
        Row{"broad field covers narrow (G6)", kMay,
            [](auto& r, auto& q) {
              r.add_isced_codes("06");
              q.isced = "http://data.europa.eu/snb/isced-f/0613";
            },
            Outcome::kCovered, kMet},
        Row{"narrow field does not cover broad (G6)", kMay,
            [](auto& r, auto& q) {
              r.add_isced_codes("http://data.europa.eu/snb/isced-f/0613");
              q.isced = "06";
            },
            Outcome::kNotCovered, kNot},
        Row{"other field", kMay,
            [](auto& r, auto& q) {
              r.add_isced_codes("07");
              q.isced = "0613";
            },
            Outcome::kNotCovered, kNot},
        Row{"field absent", kMay, [](auto& r, auto&) { r.add_isced_codes("06"); }, Outcome::kUnknown, kOpen},
        Row{"programme fits", kMay,
            [](auto& r, auto& q) {
              r.add_programmes("p1");
              q.programmes = {"p0", "p1"};
            },
            Outcome::kCovered, kMet},
        Row{"other programme", kMay,
            [](auto& r, auto& q) {
              r.add_programmes("p1");
              q.programmes = {"p2"};
            },
            Outcome::kNotCovered, kNot},
        Row{"credential type absent", kMay, [](auto& r, auto&) { r.add_credential_types("t"); }, Outcome::kUnknown,
            kOpen},
        Row{"other country", kMay,
            [](auto& r, auto& q) {
              r.add_jurisdictions("NO");
              q.jurisdiction = "DK";
            },
            Outcome::kNotCovered, kNot},
        Row{"region of unknown place", kMay,
            [](auto& r, auto& q) {
              r.add_jurisdictions("LTU_KUN");
              q.jurisdiction = "LT";
            },
            Outcome::kUnknown, kOpen},
        // The agency is not the awarding body (G2).
        Row{"asked for the agency", kMay, [](auto&, auto& q) { q.providers = {"agency"}; }, Outcome::kUnknown, kOpen}));

TEST(Coverage, TakesTheBestOfSeveralReports) {
  v1::QualityReport voluntary = Report("v");
  voluntary.set_status(v1::QUALITY_STATUS_VOLUNTARY);
  v1::QualityReport conditions = Report("c");
  conditions.set_decision(v1::QUALITY_DECISION_WITH_CONDITIONS);
  v1::QualityReport flagged = Report("f");
  flagged.set_high_flag(true);
  v1::QualityReport negative = Report("n");
  negative.set_decision(v1::QUALITY_DECISION_NEGATIVE);
  Coverage coverage = Ask(Data({voluntary, conditions, flagged, negative}), Question(kMay));
  EXPECT_EQ(coverage.outcome, Outcome::kCoveredWithConditions);
  EXPECT_EQ(coverage.automatic, kMet);
  EXPECT_EQ(coverage.tried.size(), 4u);
  // Covered by a voluntary report, while an obligatory one is flagged: open for a rule that wants obligatory ones.
  coverage = Ask(Data({voluntary, flagged}), Question(kMay));
  EXPECT_EQ(coverage.outcome, Outcome::kCovered);
  EXPECT_EQ(coverage.automatic, kOpen);
  EXPECT_EQ(Ask(Data({negative, flagged}), Question(kMay)).outcome, Outcome::kUnknown);
}

TEST(Coverage, LeavesUnknownWhatNoReportSpeaksOf) {
  // Known, without any report (G8), and not known at all.
  EXPECT_EQ(Ask(Data({}), Question(kMay)).outcome, Outcome::kUnknown);
  EXPECT_THAT(Ask(Data({}), Question(kMay)).trace, ::testing::ElementsAre("uni: 0 reports"));
  CoverageQuestion question = Question(kMay);
  question.providers = {"schac:nobody.example"};
  EXPECT_EQ(Ask(Data({Report("r")}), question).outcome, Outcome::kUnknown);
  EXPECT_THAT(Ask(Data({Report("r")}), question).trace, ::testing::SizeIs(1));
}

TEST(Coverage, FollowsRelationsThatHoldOnTheDay) {
  v1::AccreditationData data = Data({Report("r")});
  v1::AccreditedProvider* faculty = data.add_providers();
  faculty->set_id("faculty");
  faculty->add_identifiers("did:web:faculty.example");
  v1::ProviderRelation* part = faculty->add_relations();
  part->set_provider("uni");
  part->set_kind("parent");
  *part->mutable_from() = Day(2019, 1, 1);
  *part->mutable_to() = Day(2021, 12, 31);
  CoverageQuestion question = Question(kMay);
  question.providers = {"did:web:faculty.example"};
  const Coverage coverage = Ask(data, question);
  EXPECT_EQ(coverage.outcome, Outcome::kCovered);
  EXPECT_EQ(coverage.tried.front().through, "parent uni");
  for (const char* kind : {"alliance", "predecessor"}) {
    data.mutable_providers(1)->mutable_relations(0)->set_kind(kind);
    EXPECT_EQ(Ask(data, question).tried.front().through, absl::StrCat(kind, " uni"));
  }
  question.award = absl::CivilDay(2022, 1, 1);
  EXPECT_EQ(Ask(data, question).outcome, Outcome::kUnknown);
}

TEST(Coverage, EndsOnCirclesAndLongChains) {
  v1::AccreditationData data;
  for (size_t i = 0; i < 2 * base::kProviderRelationsMax; ++i) {
    v1::AccreditedProvider* provider = data.add_providers();
    provider->set_id(absl::StrCat(i));
    provider->add_relations()->set_provider(absl::StrCat((i + 1) % (2 * base::kProviderRelationsMax)));
  }
  CoverageQuestion question = Question(kMay);
  question.providers = {"0"};
  EXPECT_EQ(Ask(data, question).trace.size(), base::kProviderRelationsMax);
}

TEST(Coverage, RefusesDataThatContradictsItself) {
  v1::AccreditationData data = Data({Report("r"), Report("r")});
  EXPECT_THAT(AccreditationIndex::Make(data), HasReason(Reason::kAccreditationData));
  data = Data({Report("r")});
  *data.mutable_reports(0)->mutable_valid_to() = Day(2017, 1, 1);
  EXPECT_THAT(AccreditationIndex::Make(data), HasReason(Reason::kAccreditationData));
  data = Data({});
  data.mutable_providers(0)->add_relations()->set_provider("nobody");
  EXPECT_THAT(AccreditationIndex::Make(data), HasReason(Reason::kAccreditationData));
  data = Data({});
  *data.add_providers() = data.providers(0);
  EXPECT_THAT(AccreditationIndex::Make(data), HasReason(Reason::kAccreditationData));
}

constexpr absl::string_view kDeqar = R"({
  "institutions": {"count": 2, "results": [
    {"id": 7, "deqar_id": "DEQARINST0007", "eter_id": "NO0007", "name_primary": "University of the Fjord",
     "identifiers": [{"resource": "SCHAC", "identifier": "fjord.example"},
                     {"resource": "DID-EBSI", "identifier": "did:ebsi:zFjord"}],
     "historical_relationships": [{"institution": {"id": 8}, "valid_from": "2010-01-01", "valid_to": null}]},
    {"id": 8, "deqar_id": "DEQARINST0008", "name_primary": "College of the Fjord", "identifiers": []}]},
  "reports": [
    {"id": 1, "agency": {"id": 21}, "institutions": [{"id": 8}], "valid_from": "2018-01-01", "valid_to": null,
     "status": {"id": 1, "status": "part of obligatory EQA System"}, "decision": "2 - positive with conditions",
     "flag": "none", "programmes": []},
    {"id": 2, "agency_id": 22, "institutions": [7], "valid_from": "2018-01-01", "valid_to": "2022-12-31",
     "status": 2, "decision": 1, "flag": {"id": "high level"},
     "programmes": [{"id": 5, "assessment_certification": {"id": 1}, "workload_ects": 3}]}]})";

TEST(Import, ReadsDeqar) {
  ASSERT_OK_AND_ASSIGN(const v1::AccreditationData data, ReadDeqar(kDeqar));
  EXPECT_EQ(data.providers_size(), 2);
  EXPECT_EQ(data.reports(1).decision(), v1::QUALITY_DECISION_POSITIVE);
  EXPECT_EQ(data.reports(1).status(), v1::QUALITY_STATUS_VOLUNTARY);
  EXPECT_TRUE(data.reports(1).high_flag());
  EXPECT_FALSE(data.reports(0).has_valid_to());
  CoverageQuestion question = Question(kMay);
  for (const char* id : {"schac:fjord.example", "deqar:DEQARINST0007", "did:ebsi:zFjord", "eter:NO0007"}) {
    question.providers = {id};
    EXPECT_EQ(Ask(data, question).outcome, Outcome::kCoveredWithConditions) << id;
  }
}

TEST(Import, RefusesWhatIsNoDeqar) {
  EXPECT_THAT(ReadDeqar("[]"), HasReason(Reason::kAccreditationData));
  EXPECT_THAT(ReadDeqar("{}"), HasReason(Reason::kAccreditationData));
  EXPECT_THAT(ReadDeqar(R"({"reports": [{"valid_from": "2018-01-01"}]})"), HasReason(Reason::kAccreditationData));
  EXPECT_THAT(ReadDeqar(R"({"reports": [{"id": 1, "valid_from": "soon"}]})"), HasReason(Reason::kAccreditationData));
  EXPECT_THAT(ReadDeqar("{"), HasReason(Reason::kJsonMalformed));
}

constexpr absl::string_view kAms = R"(<Accreditations xmlns="http://data.europa.eu/snb/model/ap/ams-constraints/"
    xmlns:skos="http://www.w3.org/2004/02/skos/core#">
  <accreditationReferences><accreditation id="https://register.example/a/1">
    <decision uri="https://register.example/d/1"><skos:prefLabel language="en">Positive</skos:prefLabel></decision>
    <organisation idref="https://register.example/o/1"/>
    <limitField uri="http://data.europa.eu/snb/isced-f/07"/>
    <limitEQFLevel uri="http://data.europa.eu/snb/eqf/6"/>
    <accreditingAgent idref="https://register.example/o/2"/>
    <issued>2018-01-01T00:00:00Z</issued>
    <reviewDate>2019-01-01T00:00:00</reviewDate>
  </accreditation></accreditationReferences>
  <agentReferences>
    <organisation id="https://register.example/o/1"><identifier><skos:notation>fjord.example</skos:notation>
      </identifier></organisation>
    <organisation id="https://register.example/o/2"/>
  </agentReferences></Accreditations>)";

TEST(Import, ReadsAccreditationsOfTheEuropeanModel) {
  ASSERT_OK_AND_ASSIGN(const v1::AccreditationData data, ReadElmAccreditations(kAms));
  CoverageQuestion question = Question(absl::CivilDay(2023, 5, 4));
  question.eqf_level = 6;
  question.isced = "0713";
  question.providers = {"fjord.example"};
  // The review date is no end (G4); the accredited body is the organisation (G2).
  EXPECT_EQ(Ask(data, question).outcome, Outcome::kCovered);
  EXPECT_EQ(Ask(data, question).automatic, kOpen);
  question.providers = {"https://register.example/o/2"};
  EXPECT_EQ(Ask(data, question).outcome, Outcome::kUnknown);
  EXPECT_THAT(ReadElmAccreditations("<a/>"), HasReason(Reason::kAccreditationData));
  EXPECT_THAT(ReadElmAccreditations("<a>"), HasReason(Reason::kXmlMalformed));
}

}  // namespace
}  // namespace passerelle::trust
