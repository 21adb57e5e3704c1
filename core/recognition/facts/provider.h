// Who a provider is: found by any identifier, or by any name that it has or had, in any script, and followed through
// mergers to who stands in its place.
//
// Identifiers decide. A name is a hint: one that belongs to several providers finds all of them, and nobody is chosen.
//
// Thread-safety: const after construction. Ownership: answers point into the directory.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "passerelle/recognition/v1/provider.pb.h"

namespace passerelle::recognition {

inline constexpr int kProvidersMax = 100'000;  // of one directory
inline constexpr int kSuccessionsMax = 32;     // followed from one provider, so that a circle ends

struct FoundProvider {
  const v1::ProviderRecord* record;
  std::string through;  // "identifier", "name" or "former name"
};

class Providers {
 public:
  // kConfigInvalid with the place: ids that are empty or stand twice, successors that there are not, days that are
  // none.
  static absl::StatusOr<Providers> Make(v1::ProviderDirectory directory);

  // By identifier, as it stands.
  std::vector<FoundProvider> ByIdentifier(absl::string_view identifier) const;
  // By name, in any case and with any blanks. On `day`, a name that was given up before is a "former name".
  std::vector<FoundProvider> ByName(absl::string_view name, absl::CivilDay day) const;

  // Who stands in the place of a provider on a day, itself included, oldest first. A provider that was split leads to
  // all of its successors.
  std::vector<const v1::ProviderRecord*> Line(absl::string_view id, absl::CivilDay day) const;

  // Whether two identifiers mean the same provider, or one that stands in its place on that day.
  bool Same(absl::string_view one, absl::string_view other, absl::CivilDay day) const;

 private:
  explicit Providers(v1::ProviderDirectory directory) : directory_(std::move(directory)) {}
  absl::Status Index();

  v1::ProviderDirectory directory_;
  absl::flat_hash_map<std::string, const v1::ProviderRecord*> by_id_;
  absl::flat_hash_map<std::string, std::vector<const v1::ProviderRecord*>> by_identifier_;
  absl::flat_hash_map<std::string, std::vector<const v1::ProviderRecord*>> by_name_;
};

}  // namespace passerelle::recognition
