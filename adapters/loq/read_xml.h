// Reading the XML binding of the profile LOQ: element by element, by the tables of names.h and of the model.
//
// Thread-safety: for one thread, as its Source.
#pragma once

#include <vector>

#include "core/document/source.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::adapters::loq {

// The nodes of the catalogue, in document order, and where each stands. What has no place is left to the account of the
// source.
elm::v3::Dataset ReadCourses(document::Source* source, std::vector<const document::SourceNode*>* places);

}  // namespace passerelle::adapters::loq
