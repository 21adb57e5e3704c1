#include "core/proof/jwk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {
namespace {

using base::Problem;
using base::Reason;
using simdjson::dom::element;
using simdjson::dom::object;

absl::Status UnusableJwk(absl::string_view member, absl::string_view detail) {
  return Problem(Reason::kKeyUnusable, member, detail);
}

// A member's text; nothing if there is no such member.
absl::StatusOr<std::optional<absl::string_view>> Text(object jwk, absl::string_view member) {
  const std::optional<element> value = base::Find(jwk, member);
  if (!value.has_value()) return std::nullopt;
  std::optional<absl::string_view> text = base::AsString(*value);
  if (!text.has_value()) return UnusableJwk(member, "it is not a string");
  return text;
}

absl::StatusOr<std::string> Number(object jwk, absl::string_view member) {
  ASSIGN_OR_RETURN(const std::optional<absl::string_view> text, Text(jwk, member));
  if (!text.has_value()) return UnusableJwk(member, "it is missing");
  absl::StatusOr<std::string> bytes = base::Base64UrlDecode(*text);
  if (!bytes.ok()) return UnusableJwk(member, "it is not base64url");
  return bytes;
}

absl::StatusOr<std::string> Coordinate(object jwk, absl::string_view member, size_t bytes) {
  ASSIGN_OR_RETURN(std::string number, Number(jwk, member));
  if (number.size() != bytes) return UnusableJwk(member, absl::StrCat("it is not ", bytes, " bytes long"));
  return number;
}

bool Allows(element operations, absl::string_view wanted) {
  const std::optional<simdjson::dom::array> names = base::AsArray(operations);
  if (!names.has_value()) return false;
  for (const element name : *names) {
    if (base::AsString(name) == wanted) return true;
  }
  return false;
}

// A key that states its use may not be put to another one.
absl::Status ReadStatedUse(object jwk, PublicNumbers& numbers) {
  ASSIGN_OR_RETURN(const std::optional<absl::string_view> use, Text(jwk, "use"));
  if (use.has_value() && use != "sig") return UnusableJwk("use", "the key is not for signatures");
  const std::optional<element> operations = base::Find(jwk, "key_ops");
  if (operations.has_value() && !Allows(*operations, "verify")) {
    return UnusableJwk("key_ops", "the key is not for verifying");
  }
  ASSIGN_OR_RETURN(const std::optional<absl::string_view> alg, Text(jwk, "alg"));
  if (!alg.has_value()) return absl::OkStatus();
  numbers.algorithm = FindAlgorithm(*alg);
  // RFC 8037 names Ed448 with EdDSA as well.
  if (numbers.curve == Curve::kEd448 && alg == "EdDSA") numbers.algorithm = KeyAlgorithm::kEd448;
  const bool fits = numbers.algorithm.has_value() && TraitsOf(*numbers.algorithm).curve == numbers.curve;
  return fits ? absl::OkStatus() : UnusableJwk("alg", "it does not belong to the kind of key");
}

}  // namespace

absl::StatusOr<PublicNumbers> ReadPublicJwk(object jwk) {
  if (base::Find(jwk, "d").has_value()) return UnusableJwk("d", "it is a private key");
  ASSIGN_OR_RETURN(const std::optional<absl::string_view> type, Text(jwk, "kty"));
  ASSIGN_OR_RETURN(const std::optional<absl::string_view> name, Text(jwk, "crv"));
  PublicNumbers numbers;
  const CurveTraits* const curve = FindCurve(type.value_or(""), name.value_or(""));
  if (curve != nullptr) {
    numbers.curve = curve->curve;
  } else if (type != "RSA") {
    return UnusableJwk("kty", "it is no RSA key, and none of a curve that is known");
  }
  RETURN_IF_ERROR(ReadStatedUse(jwk, numbers));
  if (curve == nullptr) {
    ASSIGN_OR_RETURN(numbers.n, Number(jwk, "n"));
    ASSIGN_OR_RETURN(numbers.e, Number(jwk, "e"));
    return numbers;
  }
  ASSIGN_OR_RETURN(numbers.x, Coordinate(jwk, "x", curve->coordinate_bytes));
  if (curve->jwk_type == "EC") {
    ASSIGN_OR_RETURN(numbers.y, Coordinate(jwk, "y", curve->coordinate_bytes));
  }
  return numbers;
}

}  // namespace passerelle::proof
