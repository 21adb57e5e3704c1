// A presentation with its disclosures put into their places.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/document/adapter.h"

namespace passerelle::adapters::sd_jwt_vc {

struct Presentation {
  std::string claims;  // a JSON object
  std::string type;    // "vct"
  // JSON pointers to the objects and arrays of which something was withheld.
  std::vector<std::string> withheld;
  bool draft_form = false;  // line breaks or a missing tilde were made good
};

// `lenient` makes good what drafts did otherwise. Problems: kSdJwtMalformed, kSignatureNone, kDisclosure, those of
// base::JsonDocument, kFieldMissing for a token without "vct".
absl::StatusOr<Presentation> ReadPresentation(absl::string_view bytes, bool lenient);

// What the beginning of a document says: whether it has the form at all, and the types that header and payload state.
// Total, and cheap: disclosures are not read.
struct Outline {
  bool is_sd_jwt = false;
  bool media_type_fits = false;  // "typ" is dc+sd-jwt or vc+sd-jwt
  bool has_type = false;         // "vct"
};
Outline OutlineOf(absl::string_view bytes);

}  // namespace passerelle::adapters::sd_jwt_vc
