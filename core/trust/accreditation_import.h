// Registers of quality assurance as accreditation data: the JSON of DEQAR's interfaces, and accreditations of the
// European Learning Model as XML (AMS).
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "passerelle/trust/v1/accreditation.pb.h"

namespace passerelle::trust {

// Reads {"institutions": [...], "reports": [...]}, each list as DEQAR's Web API and Connect API return it, page after
// page, or one page of either with its "results". Codes may be numbers, objects with an "id", or texts that begin with
// the number. What a report says about assessment and workload is not taken over: quality assurance says nothing about
// what a learner did. Problems: those of base::JsonDocument, and kAccreditationData with the JSON pointer.
absl::StatusOr<v1::AccreditationData> ReadDeqar(absl::string_view json);

// Reads <Accreditations> of the application profile AMS. The accredited body is the "organisation", never the
// "accreditingAgent", which is the agency; "reviewDate" is no end. Status is not stated in AMS. Problems: those of
// base::ReadXml, and kAccreditationData with the path.
absl::StatusOr<v1::AccreditationData> ReadElmAccreditations(absl::string_view xml);

}  // namespace passerelle::trust
