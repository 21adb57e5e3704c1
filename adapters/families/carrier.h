// What badges and verifiable credentials come in: JSON as it is, a JSON Web Signature around it, or a picture that it
// was baked into (PNG iTXt chunk, SVG element). The signature is not judged here; checks are made on the original.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::adapters::families {

// Where a family of badges bakes its documents. Some bakers use the mark of the other version, which is looked for
// where there is none of the own; what is baked tells which version it is.
struct BakingMarks {
  absl::string_view png_keyword;  // of the iTXt chunk; empty for families that do not bake
  absl::string_view svg_element;  // local name
};
inline constexpr BakingMarks kNeverBaked = {"", ""};
inline constexpr BakingMarks kBadge2Marks = {"openbadges", "assertion"};
inline constexpr BakingMarks kBadge3Marks = {"openbadgecredential", "credential"};

struct Carried {
  std::string json;
  bool is_signed = false;  // it came in a JSON Web Signature
  bool is_baked = false;   // it came in a picture
};

// Values of several credentials must never meet in one translation: an array holds one document. Problem:
// kSeveralReports with the place of the second.
absl::Status CheckOneDocument(absl::string_view json);

// Problem: kSignatureNone for a token whose header says that nobody signed it.
absl::Status CheckSigned(absl::string_view token);

// The document as it was before it was baked, its signature included; nothing where the bytes are no picture, or a
// damaged one.
std::optional<std::string> Unbake(absl::string_view bytes, const BakingMarks& marks);

// What stands in a data: address (RFC 2397) behind its comma, as it is written; nothing for any other address.
std::optional<absl::string_view> ContentOfDataAddress(absl::string_view address);

// Whether a picture has a mark of the family, whatever stands there and however damaged it is.
bool IsMarked(absl::string_view bytes, const BakingMarks& marks);

// The JSON document. Problems: kInputEmpty; kPictureBroken for a damaged picture or one that carries nothing;
// kReferenceNotEmbedded for one that carries an address; kSeveralReports for one that carries two documents;
// kSealMalformed, and kSignatureNone for a signature whose header says that there is none.
absl::StatusOr<Carried> OpenCarrier(absl::string_view bytes, const BakingMarks& marks);

// The JSON for format detection, empty if there is none: the bytes themselves where they are no carrier, broken or not,
// or a view into `buffer`.
absl::string_view PeekCarrier(absl::string_view bytes, const BakingMarks& marks, std::string* buffer);

}  // namespace passerelle::adapters::families
