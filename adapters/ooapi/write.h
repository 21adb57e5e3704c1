// Writing catalogues as the Open Education API: a page of courses, programmes and their offerings.
//
// A specification is a course, or a programme where its opportunity is one; a learning opportunity at a time or for a
// price is an offering, another one is part of its course. The interface identifies by UUID: an id that has one at its
// end keeps it, others get one from their digest. What the version at hand has no place for is listed as lost; what it
// demands and nobody states is written as not known.
//
// Thread-safety: free function on values.
#pragma once

#include "absl/status/statusor.h"
#include "adapters/ooapi/version.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::ooapi {

// Problems: those of SourceTree::OfJson.
absl::StatusOr<document::Exported> WriteCatalogue(const elm::v3::Dataset& catalogue,
                                                  const document::ExportOptions& options, const Version& version);

}  // namespace passerelle::adapters::ooapi
