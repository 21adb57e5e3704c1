// What results and catalogues of the Open Education API share: what a course says of what is learned, and
// organisations.
//
// Thread-safety: free functions; what they write to is for one thread.
#pragma once

#include "adapters/families/names.h"

namespace passerelle::adapters::ooapi {

// The members that hold a course, programme or component, its id, and the id of an offering of it.
inline constexpr absl::string_view kCourses = "course|program|programme|component|learningComponent|testComponent";
inline constexpr absl::string_view kCourseIds =
    "courseId|programId|programmeId|componentId|learningComponentId|testComponentId";
inline constexpr absl::string_view kOfferingIds =
    "offeringId|courseOfferingId|programOfferingId|programmeOfferingId|learningComponentOfferingId|"
    "testComponentOfferingId|componentOfferingId";

// What an IRI cannot hold is escaped.
std::string Escaped(absl::string_view text);
// An IRI of our own for an id of the interface, which is unique in it only.
std::string IriOf(absl::string_view kind, absl::string_view id);

// A text {"language": …, "value": …}, at its value. Texts are HTML as often as not; they are written as plain text.
LossClass LocalText(const Step& step);
// A code {"codeType": …, "code": …}, at its code.
LossClass Code(const Step& step);
// An id of the interface, named after its member.
LossClass Id(const Step& step);
// An id where another answer has the whole object: a value, not a branch. Version 6 has a member of its own for it.
LossClass IdOnly(const Step& step);

// The value of {"studyLoadUnit": …, "value": …}: rules credit.ects, workload.hours and workload.contact.
LossClass StudyLoad(const Step& step);

// {"street": …, "city": …, "countryCode": …}: a place with the address as a text; a note where it has no country, which
// the model demands.
LossClass Address(const Step& step);

// Of a course, programme or component, into Q, T and V.
void MapSpecification(Source* source, const SourceNode* course, const Context& context);
// Of an organisation, into B.
void MapOrganization(const SourceNode* organization, const Context& context);

}  // namespace passerelle::adapters::ooapi
