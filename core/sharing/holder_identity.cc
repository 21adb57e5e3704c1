#include "core/sharing/holder_identity.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/limits.h"
#include "core/base/name_key.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::sharing {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kDayForm = "yyyy-mm-dd";

absl::Status CheckIdentityText(const std::string& place, absl::string_view text) {
  // Of a text of what nobody sees nothing is left to compare.
  if (base::NameKey(text).empty()) return Problem(Reason::kFieldMissing, place);
  if (text.size() > base::kIdBytesMax) return Problem(Reason::kFieldInvalid, place, "it is too long");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckIdentity(absl::string_view place, const v1::HolderIdentity& identity) {
  RETURN_IF_ERROR(CheckIdentityText(absl::StrCat(place, ".family_name"), identity.family_name()));
  RETURN_IF_ERROR(CheckIdentityText(absl::StrCat(place, ".given_name"), identity.given_name()));
  const std::string birth = absl::StrCat(place, ".date_of_birth");
  if (identity.date_of_birth().empty()) return Problem(Reason::kFieldMissing, birth);
  if (identity.date_of_birth().size() != kDayForm.size() || !base::ParseDateTime(identity.date_of_birth())) {
    return Problem(Reason::kFieldInvalid, birth, "it is no day such as 2026-01-31");
  }
  const std::string identifiers = absl::StrCat(place, ".identifiers");
  if (identity.identifiers_size() > kHolderIdentifiersMax) {
    return Problem(Reason::kFieldInvalid, identifiers, absl::StrCat("there are more than ", kHolderIdentifiersMax));
  }
  absl::flat_hash_set<std::string> schemes;
  for (int i = 0; i < identity.identifiers_size(); ++i) {
    const v1::HolderIdentifier& identifier = identity.identifiers(i);
    const std::string here = absl::StrCat(identifiers, "[", i, "].");
    RETURN_IF_ERROR(CheckIdentityText(here + "scheme", identifier.scheme()));
    RETURN_IF_ERROR(CheckIdentityText(here + "value", identifier.value()));
    if (!schemes.insert(base::NameKey(identifier.scheme())).second) {
      return Problem(Reason::kFieldInvalid, here + "scheme", "it is named twice");
    }
  }
  return absl::OkStatus();
}

bool IsSamePerson(const v1::HolderIdentity& one, const v1::HolderIdentity& other) {
  if (base::NameKey(one.family_name()) != base::NameKey(other.family_name())) return false;
  if (base::NameKey(one.given_name()) != base::NameKey(other.given_name())) return false;
  if (one.date_of_birth() != other.date_of_birth()) return false;
  absl::flat_hash_map<std::string, absl::string_view> values;
  for (const v1::HolderIdentifier& identifier : one.identifiers()) {
    values[base::NameKey(identifier.scheme())] = identifier.value();
  }
  for (const v1::HolderIdentifier& identifier : other.identifiers()) {
    const auto known = values.find(base::NameKey(identifier.scheme()));
    if (known != values.end() && known->second != identifier.value()) return false;
  }
  return true;
}

}  // namespace passerelle::sharing
