#include "core/base/name_key.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "absl/strings/ascii.h"

namespace passerelle::base {

std::string NameKey(absl::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* const folding = icu::Normalizer2::getNFKCCasefoldInstance(error);
  if (U_FAILURE(error)) return std::string(name);
  const icu::UnicodeString text =
      icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int32_t>(name.size())));
  std::string folded;
  folding->normalize(text, error).toUTF8String(folded);
  absl::RemoveExtraAsciiWhitespace(&folded);
  return U_FAILURE(error) ? std::string(name) : folded;
}

}  // namespace passerelle::base
