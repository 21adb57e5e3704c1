// Any text as the list of every scheme, and any JSON as a reference and its list: an outcome, and nothing good out of
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/proof/status/status_check.h"
#include "core/proof/status/status_list.h"

namespace base = passerelle::base;
namespace proof = passerelle::proof;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Look(const absl::StatusOr<proof::StatusList>& list) {
  if (!list.ok()) {
    Require(base::ReasonOf(list.status()) == base::Reason::kStatusList);
    return;
  }
  Require(list->size() <= base::kStatusListBytesMax * 8);
  Require(!list->At(list->size()).ok());
  if (list->size() > 0) Require(list->At(list->size() - 1).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  for (const int bits : {1, 2, 4, 8}) Look(proof::StatusList::FromTokenList(text, bits));
  for (const int bits : {1, 3, 32}) Look(proof::StatusList::FromBitstring(text, bits));
  Look(proof::StatusList::FromOlderBitstring(text));
  const auto document = base::JsonDocument::Parse(text);
  const auto members = document.ok() ? base::AsObject(document->root()) : std::nullopt;
  if (!members) return 0;
  const auto references = proof::ReadStatusReferences(*members);
  if (!references.ok()) return 0;
  for (const proof::StatusReference& reference : references->known) {
    const absl::Time now = absl::FromUnixSeconds(1'900'000'000);
    proof::CheckStatus(reference, {reference.list, *members, "https://school.example", now}, now);
  }
  return 0;
}
