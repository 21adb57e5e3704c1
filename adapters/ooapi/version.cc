#include "adapters/ooapi/version.h"

#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

constexpr Spelling kMembersOf5[] = {
    {"programmeId", "programId"},
    {"programmeType", "programType"},
    {"courseOfferingId", "offeringId"},
    {"programmeOfferingId", "offeringId"},
    {"organisationId", "organizationId"},
    {"organisation", "organization"},
    {"organisationType", "organizationType"},
    {"modesOfDelivery", "modeOfDelivery"},
    {"teachingLanguages", "teachingLanguage"},
    {"startDateTime", "startDate"},
    {"endDateTime", "endDate"},
    {"enrolment", "enrollment"},
    {"childIds", "children"},
    {"programmeIds", "programs"},
    {"parentId", "parent"},
};

constexpr Spelling kWordsOf5[] = {
    {"programme", "program"},
    {"contact_time", "contacttime"},
    {"associate_degree", "associate degree"},
    {"total_costs", "total costs"},
    {"stap_eligible", "STAP eligible"},
    {"programme_code", "programCode"},
    {"component_code", "componentCode"},
    {"offering_code", "offeringCode"},
    {"organisation_id", "organizationId"},
    {"product_id", "productId"},
    {"system_id", "systemId"},
    {"schac_home", "schacHome"},
};

// What is blended has no word in version 5: its "hybrid" is teaching in a room and online at once.
constexpr ModeName kModesOf5[] = {{elm::kModeOnline, "online"}, {elm::kModePresential, "on campus"}, {"", "hybrid"}};

constexpr ModeName kModesOf6[] = {{elm::kModeOnline, "online"},
                                  {elm::kModeBlended, "blended"},
                                  {elm::kModePresential, "presential"},
                                  {elm::kModeWorkBased, "work_based"},
                                  {elm::kModeProjectBased, "project_based"},
                                  {elm::kModeResearchLab, "research_lab_based"}};

constexpr absl::string_view kNoText = R"([{"language":"und","value":""}])";
constexpr Demand kDemandsOf5[] = {
    {"name", kNoText},           {"description", kNoText},          {"abbreviation", R"("")"},
    {"shortName", R"("")"},      {"teachingLanguages", R"("und")"}, {"level", R"("undefined")"},
    {"resultExpected", "false"},
};

absl::string_view Spell(absl::Span<const Spelling> spellings, absl::string_view six) {
  for (const Spelling& spelling : spellings) {
    if (spelling.six == six) return spelling.own;
  }
  return six;
}

}  // namespace

constexpr Version kVersion5 = {
    .members = kMembersOf5,
    .words = kWordsOf5,
    .modes = kModesOf5,
    .demands = kDemandsOf5,
    .course_of_offering = "course",
    .programme_of_offering = "program",
    .owner = "organization",
    .first_start = "firstStartDate",
    .first_start_of_programme = "firstStartDate",
    .enrolment_end = "enrollEndDate",
    .eqf_prefix = "",
    .other_modes = false,
    .one_value = true,
    .three_letters = true,
    .whole_days = true,
    .plain_outcomes = true,
    .plain_countries = true,
    .owner_is_whole = true,
    .typed_offerings = true,
    .dated_offerings = true,
};

constexpr Version kVersion6 = {
    .members = {},
    .words = {},
    .modes = kModesOf6,
    .demands = {},
    .course_of_offering = "courseId",
    .programme_of_offering = "programmeId",
    .owner = "organisationId",
    .first_start = "firstStartDate",
    .first_start_of_programme = "firstStartDateTime",
    .enrolment_end = "",
    .eqf_prefix = "eqf_",
    .other_modes = true,
    .one_value = false,
    .three_letters = false,
    .whole_days = false,
    .plain_outcomes = false,
    .plain_countries = false,
    .owner_is_whole = false,
    .typed_offerings = false,
    .dated_offerings = false,
};

absl::string_view Version::Member(absl::string_view six) const { return Spell(members, six); }

absl::string_view Version::Word(absl::string_view six) const { return Spell(words, six); }

}  // namespace passerelle::adapters::ooapi
