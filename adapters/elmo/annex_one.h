// What ELMO has no field for: an extension of our own, written and read. Each entry also stands as a line of the
// description, for people; reading takes those lines out again.
//
//   <extension><p:annexOne xmlns:p="urn:passerelle:elmo-extension:1">
//     <p:participation uri="http://data.europa.eu/snb/learning-assessment/920fbb3cbe"
//     xml:lang="en">Online</p:participation>
//   </p:annexOne></extension>
//
// Thread-safety: free functions; those that take a Source write to it.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {

inline constexpr char kAnnexOneNamespace[] = "urn:passerelle:elmo-extension:1";

// Names of the entries.
inline constexpr absl::string_view kOutcomeEntry = "learningOutcome";
inline constexpr absl::string_view kAssessmentEntry = "assessmentType";
inline constexpr absl::string_view kParticipationEntry = "participation";
inline constexpr absl::string_view kQualityEntry = "qualityAssurance";
inline constexpr absl::string_view kRequirementEntry = "entryRequirement";
inline constexpr absl::string_view kSupervisionEntry = "supervision";
inline constexpr absl::string_view kDescriptionEntry = "description";
inline constexpr absl::string_view kAchievementDescriptionEntry = "achievementDescription";
inline constexpr absl::string_view kNoteEntry = "note";
inline constexpr absl::string_view kAchievementNoteEntry = "achievementNote";
inline constexpr absl::string_view kAlternativeTitleEntry = "alternativeTitle";
inline constexpr absl::string_view kEntitlementEntry = "entitlement";

// Says that nothing states the date of the award: the schema demands one of the report, which would be taken for it.
inline constexpr absl::string_view kUndatedEntry = "undated";

// The line for people: "Form of participation: Online".
std::string AnnexOneLine(absl::string_view entry, absl::string_view text);

// Takes the lines of the extension out of descriptions, which have become `texts`.
void RemoveAnnexOneLines(const Source& source, const xml_node& specification, Texts* texts);

// Whether the extension has kUndatedEntry.
bool IsUndated(const Source& source, const xml_node& specification);

// The entries of the extension, in their own fields of the European model. Called once the rest of the item is there.
void MapAnnexOne(Source* source, const xml_node& specification, size_t depth, elm::v3::LearningAchievement* achievement,
                 elm::v3::Qualification* qualification);

}  // namespace passerelle::adapters::elmo
