#include "core/authenticity/signed_badge.h"

#include <algorithm>

#include "core/base/json.h"
#include "core/proof/credential_times.h"

namespace passerelle::authenticity {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kBadgeContexts[] = {"https://w3id.org/openbadges/v2", "http://w3id.org/openbadges/v2"};

// Whether a member is one of the texts, or a list with one of them.
bool HasText(object members, absl::string_view name, absl::Span<const absl::string_view> texts) {
  const std::optional<element> member = base::Find(members, name);
  if (!member) return false;
  const auto is_one = [texts](element value) {
    const std::optional<absl::string_view> text = base::AsString(value);
    return text && std::find(texts.begin(), texts.end(), *text) != texts.end();
  };
  const std::optional<simdjson::dom::array> list = base::AsArray(*member);
  return list ? std::any_of(list->begin(), list->end(), is_one) : is_one(*member);
}

std::optional<object> FindObject(object members, absl::string_view name) {
  const std::optional<element> member = base::Find(members, name);
  return member ? base::AsObject(*member) : std::nullopt;
}

absl::string_view TextOf(std::optional<object> members, absl::string_view name) {
  return members ? base::FindString(*members, name).value_or("") : "";
}

}  // namespace

std::optional<SignedBadge> ReadSignedBadge(object claims) {
  constexpr absl::string_view kAssertion[] = {"Assertion"};
  if (!HasText(claims, "@context", kBadgeContexts) || !HasText(claims, "type", kAssertion)) return std::nullopt;
  SignedBadge badge;
  badge.id = TextOf(claims, "id");
  badge.key_id = TextOf(FindObject(claims, "verification"), "creator");
  badge.issued = TextOf(claims, "issuedOn");
  badge.expires = TextOf(claims, "expires");
  const std::optional<object> badge_class = FindObject(claims, "badge");
  if (!badge_class) return badge;
  badge.issuer = proof::IdOf(base::Find(*badge_class, "issuer"));
  badge.revocation_list = TextOf(FindObject(*badge_class, "issuer"), "revocationList");
  return badge;
}

}  // namespace passerelle::authenticity
