#include "core/proof/jose/concat_kdf.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"

namespace passerelle::proof {
namespace {

// Big-endian.
std::string Word(uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

std::string WithLength(absl::string_view bytes) {
  return absl::StrCat(Word(static_cast<uint32_t>(bytes.size())), bytes);
}

}  // namespace

std::string ConcatKdf(absl::string_view shared_secret, absl::string_view algorithm, absl::string_view party_u,
                      absl::string_view party_v, size_t key_bytes) {
  const std::string input = absl::StrCat(Word(1), shared_secret, WithLength(algorithm), WithLength(party_u),
                                         WithLength(party_v), Word(static_cast<uint32_t>(key_bytes) * 8));
  return base::Digest(base::HashAlgorithm::kSha256, input).substr(0, key_bytes);
}

}  // namespace passerelle::proof
