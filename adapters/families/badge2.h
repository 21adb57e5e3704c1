// Open Badges 2.0: assertions, badge classes and issuers, for plain badges and for those of edubadges, which extend
// them.
//
// Thread-safety: free functions on values.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/document/draft.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::families {

// Which badge of version 2 the bytes are, by a look: none, a plain one, or one of edubadges. `certain` by its context.
struct Badge2Look {
  bool is_badge = false;
  bool is_certain = false;
  bool is_edubadge = false;
};
Badge2Look LookForBadge2(absl::string_view bytes);

// What a format adds to the rows of the core, for each part of the document.
struct Badge2Extension {
  document::Rules assertion;
  document::Rules badge;
  document::Rules issuer;
  // The institution behind an issuer that is a part of it; rows for the issuer's node that go before the core's.
  document::Rules issuer_first;
  // Path from the badge to the language of its texts.
  absl::string_view language;
  // Country of the register, for a format that one country uses; empty for none. Rule country.register.
  absl::string_view country;
};

// A name of an issuer: the institution behind it awards, if it was named before; without one, the issuer.
document::LossClass IssuerName(const document::Step& step);
// One beside that of the awarding body: the same one, or a note.
document::LossClass IssuedBy(const document::Step& step);

// As of Unbake.
std::optional<std::string> UnbakeBadge2(absl::string_view bytes);

// Problems: those of the carrier; kNotACredential for other classes of the model, kRevoked for what an issuer left of a
// revoked assertion, kSeveralSubjects for recipients of several names, kReferenceNotEmbedded for a badge class that is
// only named.
absl::StatusOr<document::Imported> ImportBadge2(absl::string_view bytes, const document::ImportOptions& options,
                                                const Badge2Extension& extension);

}  // namespace passerelle::adapters::families
