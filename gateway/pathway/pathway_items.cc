#include "gateway/pathway/pathway_items.h"

#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/pathway/credential_items.h"

namespace passerelle::gateway {

using pathway::v1::Item;

absl::Status AddItemsOf(const document::Registry& registry, absl::string_view bytes, absl::string_view place,
                        std::vector<Item>* items) {
  ASSIGN_OR_RETURN(const document::Translated translated, document::Translate(registry, bytes, {}));
  std::vector<Item> read = pathway::ItemsOfCredential(translated.credential, place);
  items->insert(items->end(), std::make_move_iterator(read.begin()), std::make_move_iterator(read.end()));
  return absl::OkStatus();
}

absl::Status AddFacts(const google::protobuf::RepeatedPtrField<Item>& facts, absl::string_view place,
                      std::vector<Item>* items) {
  absl::flat_hash_map<std::string, std::vector<size_t>> by_id;
  for (size_t i = 0; i < items->size(); ++i) by_id[(*items)[i].id()].push_back(i);
  for (int i = 0; i < facts.size(); ++i) {
    const auto found = by_id.find(facts[i].id());
    if (found == by_id.end()) {
      return base::Problem(base::Reason::kFieldInvalid, absl::StrCat(place, "[", i, "].id"),
                           "no item that is presented has this id");
    }
    for (const size_t index : found->second) (*items)[index].MergeFrom(facts[i]);
  }
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
