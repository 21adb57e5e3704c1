#include "core/wallet/nonces.h"

#include <cstdint>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/keyed_digest.h"
#include "core/wallet/offer_records.h"

namespace passerelle::wallet {
namespace {

using base::Problem;
using base::Reason;
using base::Record;

constexpr absl::string_view kKeyName = "offer/nonce-key";
constexpr size_t kKeyBytes = 32;
constexpr size_t kSaltBytes = 16;

// "<seconds since 1970>.<salt>.<digest of both>": the salt makes two of the same second differ.
std::string WithDigest(absl::string_view content, absl::string_view key) {
  const base::Sha256Digest digest = evidence::KeyedDigest(key, content);
  return absl::StrCat(content, ".",
                      base::Base64UrlEncode({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

absl::Status Refuse(absl::string_view detail) { return Problem(Reason::kWalletProof, "nonce", detail); }

}  // namespace

absl::StatusOr<std::string> NonceKey(base::Random& random, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(kOfferTable, kKeyName));
  if (known.has_value()) return known->value;
  std::string key = random.Bytes(kKeyBytes);
  RETURN_IF_ERROR(tx.Insert(kOfferTable, {.key = std::string(kKeyName), .value = key, .group = std::string(kKeyName)}));
  return key;
}

std::string MakeNonce(absl::string_view key, absl::Time now, base::Random& random) {
  return WithDigest(absl::StrCat(absl::ToUnixSeconds(now), ".", base::Base64UrlEncode(random.Bytes(kSaltBytes))), key);
}

absl::Status CheckNonce(absl::string_view nonce, absl::string_view key, absl::Time now) {
  const size_t last = nonce.rfind('.');
  if (last == absl::string_view::npos || WithDigest(nonce.substr(0, last), key) != nonce) {
    return Refuse("it is none of this node's");
  }
  int64_t seconds = 0;
  if (!absl::SimpleAtoi(nonce.substr(0, nonce.find('.')), &seconds)) return Refuse("it has no time");
  if (now - absl::FromUnixSeconds(seconds) > kNonceLife) return Refuse("its time is over");
  return absl::OkStatus();
}

absl::Status UseNonce(absl::string_view nonce, absl::Time now, base::Transaction& tx) {
  const Record used = {.key = absl::StrCat(kUsedNoncePrefix, base::Sha256Hex(nonce)),
                       .value = "",
                       .group = std::string(kUsedNoncePrefix),
                       .due = now + kNonceLife};
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(kOfferTable, used.key));
  return known.has_value() ? Refuse("it was used before") : tx.Insert(kOfferTable, used);
}

}  // namespace passerelle::wallet
