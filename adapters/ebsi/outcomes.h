// What the dialects of EBSI say of outcomes, entitlements and accreditations: objects that some write as texts.
//
// Thread-safety: free functions; each writes to the Source and the targets of its step.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::ebsi {

// The first text at the path that is not empty; empty without any.
std::string FirstText(const document::Source& source, const document::SourceNode* node, absl::string_view path);

// learningOutcome of every spelling: name or title, description or definition, skills by address.
document::LossClass Outcome(const document::Step& step);

// {title, id}, as one note that says what it is.
document::LossClass EntitledTo(const document::Step& step);
document::LossClass AccreditedBy(const document::Step& step);

}  // namespace passerelle::adapters::ebsi
