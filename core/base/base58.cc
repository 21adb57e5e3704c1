#include "core/base/base58.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/base/limits.h"

namespace passerelle::base {
namespace {

constexpr absl::string_view kAlphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// number = number * factor + add, in digits of `radix`, least first.
void MultiplyAdd(std::vector<uint32_t>& number, uint32_t radix, uint32_t factor, uint32_t add) {
  uint32_t carry = add;
  for (uint32_t& digit : number) {
    carry += digit * factor;
    digit = carry % radix;
    carry /= radix;
  }
  while (carry > 0) {
    number.push_back(carry % radix);
    carry /= radix;
  }
}

}  // namespace

std::string Base58Encode(absl::string_view bytes) {
  const size_t zeros = std::min(bytes.find_first_not_of('\0'), bytes.size());
  std::vector<uint32_t> digits;
  for (const char c : bytes.substr(zeros)) MultiplyAdd(digits, 58, 256, static_cast<unsigned char>(c));
  std::string text(zeros, kAlphabet[0]);
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) text.push_back(kAlphabet[*digit]);
  return text;
}

absl::StatusOr<std::string> Base58Decode(absl::string_view text) {
  if (text.size() > kBase58TextMax) return absl::InvalidArgumentError("too long for base58");
  const size_t zeros = std::min(text.find_first_not_of(kAlphabet[0]), text.size());
  std::vector<uint32_t> digits;
  for (const char c : text.substr(zeros)) {
    const size_t value = kAlphabet.find(c);
    if (value == absl::string_view::npos) return absl::InvalidArgumentError("not base58");
    MultiplyAdd(digits, 256, 58, static_cast<uint32_t>(value));
  }
  std::string bytes(zeros, '\0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) bytes.push_back(static_cast<char>(*digit));
  return bytes;
}

}  // namespace passerelle::base
