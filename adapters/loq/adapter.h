// Catalogues of learning opportunities and qualifications: the profile LOQ of the European Learning Model, as JSON-LD
// and in its XML binding (root Courses). Both are read. The European model itself is JSON-LD, so that what this adapter
// writes is the XML binding, in which national catalogues are published.
//
// Source: European Learning Model 3.2, LOQ shapes; the binding's schema loq.xsd, version 3.1.0.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::loq {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::loq
