// Character encodings of XML documents: what a document declares, checked against its bytes.
//
// Thread-safety: free functions on values. Internal to core/base/xml.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

// "line L" or "line L, column C" (in bytes) of a position.
std::string XmlLine(absl::string_view text, size_t position);
std::string XmlLineAndColumn(absl::string_view text, size_t position);

// The document in UTF-8 without byte order mark. Problems: kXmlCharset, kXmlMalformed (NUL).
absl::StatusOr<std::string> DecodeXml(absl::string_view bytes);

}  // namespace passerelle::base
