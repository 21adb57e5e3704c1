#include "core/proof/jose/key_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::proof {

using base::Problem;
using base::Reason;
using simdjson::dom::element;

absl::StatusOr<KeySet> KeySet::Of(element json) {
  const std::optional<simdjson::dom::object> object = base::AsObject(json);
  if (!object.has_value()) return Problem(Reason::kKeyUnusable, "", "it is not a JSON object");
  KeySet set;
  const auto add = [&](element entry) {
    const std::optional<simdjson::dom::object> jwk = base::AsObject(entry);
    if (!jwk.has_value()) {
      set.entries_.push_back({std::nullopt, Problem(Reason::kKeyUnusable, "", "it is not a JSON object")});
      return;
    }
    std::optional<std::string> key_id;
    const std::optional<element> kid = base::Find(*jwk, "kid");
    if (kid.has_value()) key_id = std::string(base::AsString(*kid).value_or(""));
    set.entries_.push_back({std::move(key_id), PublicKey::FromJwk(*jwk)});
  };
  const std::optional<element> keys = base::Find(*object, "keys");
  if (!keys.has_value()) {
    add(json);
    return set;
  }
  const auto list = base::AsArray(*keys);
  if (!list.has_value()) return Problem(Reason::kKeyUnusable, "keys", "it is not a list");
  if (list->size() > base::kKeySetKeysMax) {
    return Problem(Reason::kInputTooLarge, "keys", absl::StrCat("the limit is ", base::kKeySetKeysMax));
  }
  for (const element entry : *list) add(entry);
  return set;
}

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view json) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(json);
  if (!document.ok()) {
    return Problem(Reason::kKeyUnusable, base::PlaceOf(document.status()), base::DetailOf(document.status()));
  }
  return Of(document->root());
}

void KeySet::Add(PublicKey key, std::optional<std::string> key_id) {
  entries_.push_back({std::move(key_id), std::move(key)});
}

absl::StatusOr<PublicKey> KeySet::FindFitting(KeyAlgorithm algorithm) const {
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (!entry.key.ok() || !entry.key->Accepts(algorithm)) continue;
    if (found != nullptr) return Problem(Reason::kKeyNotFound, "kid", "several keys could be meant");
    found = &entry;
  }
  if (found == nullptr) return Problem(Reason::kKeyNotFound, "kid", "no key is for the algorithm");
  return found->key;
}

absl::StatusOr<PublicKey> KeySet::Find(std::optional<absl::string_view> key_id, KeyAlgorithm algorithm) const {
  const bool nameless =
      std::none_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.key_id.has_value(); });
  if (nameless && entries_.size() > 1) return FindFitting(algorithm);
  if (entries_.size() == 1 && (nameless || !key_id.has_value())) return entries_[0].key;
  if (!key_id.has_value()) return Problem(Reason::kKeyNotFound, "kid", "it is missing, and there are several keys");
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (!entry.key_id.has_value() || *entry.key_id != *key_id) continue;
    if (found != nullptr) return Problem(Reason::kKeyNotFound, "kid", "several keys have this id");
    found = &entry;
  }
  if (found == nullptr) return Problem(Reason::kKeyNotFound, "kid");
  return found->key;
}

}  // namespace passerelle::proof
