// What `passerelle check` says of a credential: as JSON for scripts, as a table for people.
//
//   {"format", "european_model": {"conforms", "profile", "findings": [{"pointer", "rule", "message"}]},
//    "annex_one": {"complete", "elements": {"A1-M01": {"status", "paths": [], "value"}, …}},
//    "definition": {"learning-outcomes": {"outcome", "explanation"}, …},
//    "plausibility": [{"pointer", "rule", "message"}]}
//
// Values come from the document and may be personal: the report goes to who sent the document, and to no log.
//
// Thread-safety: free functions on values.
#pragma once

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
};

// Makes all checks.
CheckResult Check(const ReadCredential& read);

// Whether there is nothing to report: it conforms, is complete, and is plausible. The definition does not count, since
// its limbs can be unknown for good.
bool IsClean(const CheckResult& result);

// "stated", "text", "derived", "withheld", "by_reference", "missing".
absl::string_view StatusWord(document::v1::ElementStatus status);

// The report as JSON, indented. `read` tells the envelope and the version of the model; `format` is the format id that
// the document was received in, when it was translated before.
std::string CheckJson(const ReadCredential& read, const Conformance& conformance,
                      const document::v1::AnnexOneReport& annex_one, const std::vector<DefinitionLimb>& definition,
                      const std::vector<Finding>& plausibility, absl::string_view format = "elm");

// The report as a table of 100 columns, with the findings below it.
std::string CheckText(const ReadCredential& read, const Conformance& conformance,
                      const document::v1::AnnexOneReport& annex_one, const std::vector<DefinitionLimb>& definition,
                      const std::vector<Finding>& plausibility);

}  // namespace passerelle::elm
