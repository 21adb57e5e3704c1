// XHochschule 0.7 to 1.2: documents of German universities in XML: transcript of records, degree certificate (with the
// diploma supplement in it, if any) and diploma supplement.
//
// The namespace carries the version, and elements moved between namespaces from one to the next, so that they are read
// by local name; a version that is not listed here is read with a warning. What is not passed is no achievement;
// enrolment and exmatriculation certificates are no achievements at all and are refused.
//
// Thread-safety: adapters are const. Ownership: the caller owns what MakeAdapter returns.
#pragma once

#include <memory>

#include "core/document/adapter.h"

namespace passerelle::adapters::xhochschule {

std::unique_ptr<const document::Adapter> MakeAdapter();

}  // namespace passerelle::adapters::xhochschule
