#include "core/recognition/facts/provider.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/base/name_key.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/recognition/clocks.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

absl::Status InvalidProvider(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kConfigInvalid, place, detail);
}

absl::Status CheckDay(const std::string& place, const std::string& day) {
  if (day.empty() || ParseDay(day).has_value()) return absl::OkStatus();
  return InvalidProvider(place, "it is no day such as 2026-01-31");
}

}  // namespace

absl::StatusOr<Providers> Providers::Make(v1::ProviderDirectory directory) {
  Providers providers(std::move(directory));
  RETURN_IF_ERROR(providers.Index());
  return providers;
}

absl::Status Providers::Index() {
  if (directory_.providers_size() > kProvidersMax) return InvalidProvider("providers", "there are too many");
  for (int i = 0; i < directory_.providers_size(); ++i) {
    const v1::ProviderRecord& record = directory_.providers(i);
    const std::string place = absl::StrCat("providers[", i, "].");
    if (record.id().empty()) return InvalidProvider(place + "id", "it is missing");
    if (!by_id_.emplace(record.id(), &record).second) return InvalidProvider(place + "id", "it is there twice");
    RETURN_IF_ERROR(CheckDay(place + "founded", record.founded()));
    for (const std::string& identifier : record.identifiers()) by_identifier_[identifier].push_back(&record);
    for (const v1::ProviderName& name : record.names()) {
      RETURN_IF_ERROR(CheckDay(place + "names", name.from()));
      RETURN_IF_ERROR(CheckDay(place + "names", name.until()));
      std::vector<const v1::ProviderRecord*>& named = by_name_[base::NameKey(name.name())];
      if (named.empty() || named.back() != &record) named.push_back(&record);
    }
  }
  for (int i = 0; i < directory_.providers_size(); ++i) {
    for (const v1::ProviderSuccession& succession : directory_.providers(i).successions()) {
      const std::string place = absl::StrCat("providers[", i, "].successions");
      if (!by_id_.contains(succession.successor())) return InvalidProvider(place, "there is no such successor");
      if (!ParseDay(succession.day()).has_value()) return InvalidProvider(place, "it is no day such as 2026-01-31");
    }
  }
  return absl::OkStatus();
}

std::vector<FoundProvider> Providers::ByIdentifier(absl::string_view identifier) const {
  std::vector<FoundProvider> found;
  const auto entry = by_identifier_.find(identifier);
  if (entry == by_identifier_.end()) return found;
  for (const v1::ProviderRecord* record : entry->second) found.push_back({record, "identifier"});
  return found;
}

std::vector<FoundProvider> Providers::ByName(absl::string_view name, absl::CivilDay day) const {
  std::vector<FoundProvider> found;
  const std::string key = base::NameKey(name);
  const auto entry = by_name_.find(key);
  if (entry == by_name_.end()) return found;
  for (const v1::ProviderRecord* record : entry->second) {
    const auto& names = record->names();
    const bool current = std::any_of(names.begin(), names.end(), [&](const v1::ProviderName& own) {
      return base::NameKey(own.name()) == key && Within(day, own.from(), own.until());
    });
    found.push_back({record, current ? "name" : "former name"});
  }
  return found;
}

std::vector<const v1::ProviderRecord*> Providers::Line(absl::string_view id, absl::CivilDay day) const {
  std::vector<const v1::ProviderRecord*> line;
  const auto first = by_id_.find(id);
  if (first == by_id_.end()) return line;
  line.push_back(first->second);
  for (size_t i = 0; i < line.size() && line.size() < kSuccessionsMax; ++i) {
    for (const v1::ProviderSuccession& succession : line[i]->successions()) {
      const std::optional<absl::CivilDay> since = ParseDay(succession.day());
      const v1::ProviderRecord* const successor = by_id_.find(succession.successor())->second;
      const bool seen = std::find(line.begin(), line.end(), successor) != line.end();
      if (since.has_value() && *since <= day && !seen) line.push_back(successor);
    }
  }
  return line;
}

bool Providers::Same(absl::string_view one, absl::string_view other, absl::CivilDay day) const {
  const std::vector<FoundProvider> others = ByIdentifier(other);
  for (const FoundProvider& found : ByIdentifier(one)) {
    for (const FoundProvider& counterpart : others) {
      for (const v1::ProviderRecord* record : Line(found.record->id(), day)) {
        if (record == counterpart.record) return true;
      }
      for (const v1::ProviderRecord* record : Line(counterpart.record->id(), day)) {
        if (record == found.record) return true;
      }
    }
  }
  return false;
}

}  // namespace passerelle::recognition
