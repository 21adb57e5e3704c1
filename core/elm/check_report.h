// What `passerelle check` says of a credential: as JSON for scripts, as a table for people.
//
//   {"format", "language", "european_model": {"conforms", "profile", "findings": [{"pointer", "rule", "message"}],
//                   "set_by_seal": [{"pointer", "rule", "message"}]},
//    "annex_one": {"complete", "elements": {"A1-M01": {"name", "status", "status_label", "paths": [],
//                   "value"}, …}},
//    "definition": {"learning-outcomes": {"name", "outcome", "outcome_label", "explanation", "paths": []}, …},
//    "plausibility": [{"pointer", "rule", "message"}],
//    "skills": {"tags": [], "because": [{"tag", "skill", "collection"}], "untagged": []}}
//
// Values come from the document and may be personal: the report goes to who sent the document, and to no log.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/codec.h"
#include "core/elm/constraints.h"
#include "passerelle/document/v1/document.pb.h"

namespace passerelle::elm {

// Everything that is checked of one credential.
struct CheckResult {
  Conformance conformance;
  document::v1::AnnexOneReport annex_one;
  std::vector<DefinitionLimb> definition;
  std::vector<Finding> plausibility;
  std::optional<document::v1::SkillTags> skills;  // where there are collections to look them up in (skill_tags.h)
};

// Makes all checks of a document that was read. Values of Annex I are shown in `language` as AnnexOne does.
CheckResult Check(const ReadCredential& read, absl::string_view language = "");

// Whether there is nothing to report: it conforms, is complete, and is plausible. The definition does not count, since
// its limbs can be unknown for good.
bool IsClean(const CheckResult& result);

// "stated", "text", "derived", "withheld", "by_reference", "missing".
absl::string_view StatusWord(document::v1::ElementStatus status);

// The report as JSON, indented. `read` tells the envelope and the version of the model; `format` is the format id that
// the document was received in, when it was translated before. Names of elements and words for people ("name",
// "status_label", "outcome_label") are in `language`; ids, status words and messages are the same in every language.
std::string CheckJson(const ReadCredential& read, const CheckResult& result, absl::string_view format = "elm",
                      absl::string_view language = "en");

// The report as a table of 100 columns, with the findings below it, in one of LabelLanguages(). Findings and
// explanations are in English.
std::string CheckText(const ReadCredential& read, const CheckResult& result, absl::string_view language = "en");

}  // namespace passerelle::elm
