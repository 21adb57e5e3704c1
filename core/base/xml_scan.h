// Well-formedness of XML before it is parsed: one linear pass, no tree, bounded.
//
// Thread-safety: free functions on values. Internal to core/base/xml.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

// Checks that UTF-8 text is well-formed XML 1.0 with namespaces, without a document type declaration, and within
// kNestingMax and kXmlNodesMax. Problems: kXmlMalformed, kXmlDoctype, kInputTooDeep, kInputTooLarge.
absl::Status ScanXml(absl::string_view text);

}  // namespace passerelle::base
