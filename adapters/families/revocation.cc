#include "adapters/families/revocation.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "adapters/families/names.h"
#include "adapters/families/status_word.h"

namespace passerelle::adapters::families {
namespace {

// Words that deny; any other affirms, since nobody dates or explains what did not happen.
constexpr absl::string_view kDenials[] = {"", "false", "0", "no", "null"};

bool Affirms(absl::string_view stated) {
  const absl::string_view word = absl::StripAsciiWhitespace(stated);
  return std::none_of(std::begin(kDenials), std::end(kDenials),
                      [word](absl::string_view denial) { return absl::EqualsIgnoreCase(word, denial); });
}

}  // namespace

absl::Status CheckNotRevoked(const document::Source& source, const SourceNode* credential) {
  for (const SourceNode* stated : source.Find(credential, "revoked|revocationReason")) {
    if (Affirms(stated->text)) return Problem(Reason::kRevoked, source.tree().Path(stated));
  }
  // A status that is an object is asked about elsewhere.
  for (const SourceNode* stated : source.Find(credential, kAwardStatus)) {
    const StatusWord word = StatusWordOf(stated->text);
    if (word == StatusWord::kSuspended) return Problem(Reason::kSuspended, source.tree().Path(stated));
    if (word == StatusWord::kRevoked || word == StatusWord::kWithdrawn) {
      return Problem(Reason::kRevoked, source.tree().Path(stated));
    }
  }
  return absl::OkStatus();
}

}  // namespace passerelle::adapters::families
