// Writing the XML binding of the profile LOQ: lists of nodes in the order of the schema. Nodes that the binding has in
// a list of their own stand there once, and elsewhere by reference; one without an id gets one.
//
// Thread-safety: free function on values.
#pragma once

#include "absl/status/statusor.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::loq {

// Problems: those of SourceTree::OfJson.
absl::StatusOr<document::Exported> WriteCourses(const elm::v3::Dataset& catalogue,
                                                const document::ExportOptions& options);

}  // namespace passerelle::adapters::loq
