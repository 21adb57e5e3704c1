// What of an XML document stands around the element that is taken out of it, for formats that carry another.
//
// Thread-safety: free functions that write to their arguments.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "core/base/xml.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::families {

// Lists everything outside the element, from its parent out to the root and what is beside that, as dropped: elements
// for the reason that the caller knows of them, attributes and texts for `reason`. A language that is in force at the
// element goes with it (base::XmlElementAsDocument). What a list has room for is listed
// (document::Listing).
void DropAround(const base::XmlDocument& document, const pugi::xml_node& element, absl::string_view reason,
                absl::FunctionRef<absl::string_view(const pugi::xml_node&)> reason_of, document::Enclosed* enclosed);

}  // namespace passerelle::adapters::families
