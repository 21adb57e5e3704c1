#include "core/proof/jwk.h"

#include <optional>
#include <string_view>
#include <utility>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::object;

constexpr size_t kCoordinateBytes = 32;

absl::Status Unusable(absl::string_view member, absl::string_view detail) {
  return Problem(Reason::kKeyUnusable, member, detail);
}

// A member's text; nothing if there is no such member.
absl::StatusOr<std::optional<std::string_view>> Text(const object& jwk, std::string_view member) {
  simdjson::dom::element value;
  if (jwk.at_key(member).get(value) != simdjson::SUCCESS) return std::nullopt;
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return Unusable(base::View(member), "it is not a string");
  return std::optional<std::string_view>(text);
}

absl::StatusOr<std::string> Coordinate(const object& jwk, std::string_view member) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> text, Text(jwk, member));
  if (!text) return Unusable(base::View(member), "it is missing");
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(base::View(*text));
  if (!bytes.ok()) return Unusable(base::View(member), "it is not base64url");
  if (bytes->size() != kCoordinateBytes) return Unusable(base::View(member), "it is not 32 bytes long");
  return bytes;
}

absl::StatusOr<KeyAlgorithm> Algorithm(const object& jwk) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> kty, Text(jwk, "kty"));
  ASSIGN_OR_RETURN(const std::optional<std::string_view> crv, Text(jwk, "crv"));
  if (kty == "EC" && crv == "P-256") return KeyAlgorithm::kEs256;
  if (kty == "OKP" && crv == "Ed25519") return KeyAlgorithm::kEdDsa;
  return Unusable("kty", "it is neither EC with P-256 nor OKP with Ed25519");
}

bool Allows(const simdjson::dom::element& operations, std::string_view wanted) {
  simdjson::dom::array names;
  if (operations.get(names) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element name : names) {
    std::string_view text;
    if (name.get(text) == simdjson::SUCCESS && text == wanted) return true;
  }
  return false;
}

// A key that states its use may not be put to another one.
absl::Status CheckStatedUse(const object& jwk, KeyAlgorithm algorithm) {
  ASSIGN_OR_RETURN(const std::optional<std::string_view> use, Text(jwk, "use"));
  if (use && use != "sig") return Unusable("use", "the key is not for signatures");
  simdjson::dom::element operations;
  if (jwk.at_key("key_ops").get(operations) == simdjson::SUCCESS && !Allows(operations, "verify")) {
    return Unusable("key_ops", "the key is not for verifying");
  }
  ASSIGN_OR_RETURN(const std::optional<std::string_view> alg, Text(jwk, "alg"));
  // RFC 9864 gives EdDSA with this curve a name of its own.
  const bool fits =
      !alg || base::View(*alg) == AlgorithmName(algorithm) || (algorithm == KeyAlgorithm::kEdDsa && alg == "Ed25519");
  return fits ? absl::OkStatus() : Unusable("alg", "it does not belong to the curve");
}

}  // namespace

absl::StatusOr<PublicPoint> ReadPublicJwk(absl::string_view jwk) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(jwk);
  if (!document.ok()) return Unusable(base::PlaceOf(document.status()), base::DetailOf(document.status()));
  object members;
  if (document->root().get(members) != simdjson::SUCCESS) return Unusable("", "it is not a JSON object");
  simdjson::dom::element secret;
  if (members.at_key("d").get(secret) == simdjson::SUCCESS) return Unusable("d", "it is a private key");
  PublicPoint point;
  ASSIGN_OR_RETURN(point.algorithm, Algorithm(members));
  RETURN_IF_ERROR(CheckStatedUse(members, point.algorithm));
  ASSIGN_OR_RETURN(point.x, Coordinate(members, "x"));
  if (point.algorithm == KeyAlgorithm::kEs256) {
    ASSIGN_OR_RETURN(point.y, Coordinate(members, "y"));
  }
  return point;
}

}  // namespace passerelle::proof
