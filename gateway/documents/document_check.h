// The check of a document, whatever format it is in: what `passerelle check` prints and DocumentService answers.
//
// Thread-safety: a free function on values and const adapters.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/document/adapter.h"
#include "core/elm/check_report.h"
#include "core/elm/codec.h"
#include "core/elm/skill_tags.h"

namespace passerelle::gateway {

// A document as the checks want it: as a European credential.
struct CheckedDocument {
  elm::ReadCredential read;
  elm::CheckResult result;
};

// Checks a European credential as it stands, with its seal where it has one, and another document as translated,
// without what the seal over the translation will state. `language` is one of elm::LabelLanguages(); empty for English
// words and the document's own texts. `format` tells which format it was as soon as that is known, also when the
// document is refused. Problems: those of document::Translate and elm::Read. `tagger` looks up the skills; null where
// there are no collections.
absl::StatusOr<CheckedDocument> CheckDocument(const document::Registry& registry, absl::string_view bytes,
                                              absl::string_view language, absl::Time at, std::string* format,
                                              const elm::SkillTagger* tagger = nullptr);

}  // namespace passerelle::gateway
