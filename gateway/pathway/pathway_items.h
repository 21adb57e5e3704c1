// Items of a pathway from documents, and what is known of them besides: for `passerelle pathway` and PathwayService.
//
// Thread-safety: free functions on values and const adapters.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/document/adapter.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "passerelle/pathway/v1/evaluation.pb.h"

namespace passerelle::gateway {

// Adds the achievements of a document of any format; their places begin with `place`. Problems: those of
// document::Translate.
absl::Status AddItemsOf(const document::Registry& registry, absl::string_view bytes, absl::string_view place,
                        std::vector<pathway::v1::Item>* items);

// Adds what is known of items to every item of the same id. kFieldInvalid at "<place>[N].id" where there is none, by
// then some facts may have been added.
absl::Status AddFacts(const google::protobuf::RepeatedPtrField<pathway::v1::Item>& facts, absl::string_view place,
                      std::vector<pathway::v1::Item>* items);

}  // namespace passerelle::gateway
