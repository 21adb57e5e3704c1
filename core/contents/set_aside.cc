#include "core/contents/set_aside.h"

#include <optional>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::contents {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

// Its value is the delivery that is set aside and not answered with.
std::string PlaceKey(const ContentsOf& of) { return absl::StrCat(of.owner, "/unanswered"); }

absl::Status Busy() {
  return Problem(Reason::kOverloaded, "", "another delivery under the authorisation is being made");
}

}  // namespace

absl::Status BeginSetAside(const ContentsOf& of, absl::Time now, base::Store& store) {
  std::string abandoned;
  const Record place = {
      .key = PlaceKey(of), .value = of.delivery, .group = of.owner, .due = now + base::kDuplicateMemory};
  const absl::Status taken_place = store.Write([&](base::Transaction& tx) -> absl::Status {
    abandoned.clear();
    ASSIGN_OR_RETURN(const std::optional<Record> taken, tx.Get(Table::kContent, place.key));
    if (taken.has_value() && taken->value == of.delivery) return absl::OkStatus();
    RETURN_IF_ERROR(MarkDelivery(of, place.due, tx));
    if (!taken.has_value()) return tx.Insert(Table::kContent, place);
    if (taken->due > place.due - kSetAsideLife) return Busy();
    abandoned = taken->value;
    return tx.Update(Table::kContent, place);
  });
  RETURN_IF_ERROR(taken_place);
  return abandoned.empty() ? absl::OkStatus() : EraseDeliveryOf({of.owner, abandoned}, store);
}

absl::Status EndSetAside(const ContentsOf& of, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const std::optional<std::string> offer, FindOffer(of, tx));
  ASSIGN_OR_RETURN(const std::optional<Record> place, tx.Get(Table::kContent, PlaceKey(of)));
  if (!offer.has_value() || !place.has_value() || place->value != of.delivery) return Busy();
  return tx.Delete(Table::kContent, place->key);
}

absl::Status DropSetAside(const ContentsOf& of, base::Store& store) {
  bool ours = false;
  RETURN_IF_ERROR(store.Write([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<Record> place, tx.Get(Table::kContent, PlaceKey(of)));
    ours = place.has_value() && place->value == of.delivery;
    return ours ? tx.Delete(Table::kContent, place->key) : absl::OkStatus();
  }));
  return ours ? EraseDeliveryOf(of, store) : absl::OkStatus();
}

absl::Status CountPieceAnswer(const ContentsOf& of, absl::string_view sha256, uint32_t piece, absl::Time due,
                              base::Transaction& tx) {
  Record count = {.key = PieceAnswersKey(of, sha256, piece), .value = "1", .group = of.owner, .due = due};
  ASSIGN_OR_RETURN(const std::optional<Record> known, tx.Get(Table::kContent, count.key));
  if (!known.has_value()) return tx.Insert(Table::kContent, count);
  int answers = 0;
  if (!absl::SimpleAtoi(known->value, &answers)) {
    return Problem(Reason::kStoreUnavailable, "content", "a count cannot be read");
  }
  if (answers >= kPieceAnswersMax) return Problem(Reason::kResourceNotFound, "piece");
  count.value = absl::StrCat(answers + 1);
  return tx.Update(Table::kContent, count);
}

}  // namespace passerelle::contents
