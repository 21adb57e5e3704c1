// What bytes are that no adapter recognises: what evaluators are sent by mistake, such as a print of a document or the
// archive around it. For the words of a refusal; nothing is decided by it.
//
// Thread-safety: free functions on values. Cost: a look at the beginning; a PDF is searched, and text that is nothing
// else is checked, once.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace passerelle::document {

// What it looks like and what to send instead, in words for people; empty if it looks like nothing that is known here.
// Names the root of an XML document, if that can be printed, and nothing else of what the bytes say. UTF-8 on one line.
std::string DescribeForeign(absl::string_view bytes);

}  // namespace passerelle::document
