#include "core/exchange/offers.h"

#include <algorithm>
#include <optional>
#include <string>

#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::exchange {
namespace {

using contents::Content;

void AddContent(absl::string_view sha256, uint64_t bytes, uint32_t piece_bytes, std::vector<Content>* contents) {
  if (bytes == 0) return;
  const bool known =
      std::any_of(contents->begin(), contents->end(), [&](const Content& content) { return content.sha256 == sha256; });
  if (!known) contents->push_back({std::string(sha256), bytes, piece_bytes});
}

}  // namespace

std::vector<Content> LargeContents(const google::protobuf::RepeatedPtrField<v1::DeliveredDocument>& documents) {
  std::vector<Content> contents;
  for (const v1::DeliveredDocument& document : documents) {
    AddContent(document.document().sha256(), document.original_bytes(), document.piece_bytes(), &contents);
    AddContent(document.translation().sha256(), document.translation_bytes(), document.piece_bytes(), &contents);
  }
  return contents;
}

absl::Status EraseOffer(const contents::ContentsOf& of, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<std::string> offer, contents::FindOffer(of, tx));
  if (!offer.has_value()) return absl::OkStatus();
  v1::CredentialDelivery delivery;
  if (!delivery.ParseFromString(*offer)) {
    return base::Problem(base::Reason::kStoreUnavailable, "content", "an offer cannot be read");
  }
  for (const Content& content : LargeContents(delivery.documents())) {
    RETURN_IF_ERROR(contents::EraseContent(of, content, tx));
  }
  return contents::EraseMarkAndOffer(of, tx);
}

}  // namespace passerelle::exchange
