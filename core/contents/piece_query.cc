#include "core/contents/piece_query.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "core/base/digest.h"
#include "core/base/idempotency.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/contents/contents.h"
#include "core/contents/set_aside.h"
#include "passerelle/exchange/v1/exchange.pb.h"

namespace passerelle::contents {

using base::Problem;
using base::Reason;
using exchange::v1::ContentPiece;
using exchange::v1::ContentQuery;

absl::Status NotAvailable() { return Problem(Reason::kNotAvailable, ""); }

absl::Status Hidden(const absl::Status& status) {
  const Reason reason = base::ReasonOf(status);
  const bool hidden =
      reason == Reason::kAuthorisationInvalid || reason == Reason::kResourceNotFound || reason == Reason::kNotAvailable;
  return hidden ? NotAvailable() : status;
}

std::string ContentQueryHandler::Type() const { return ContentQuery::descriptor()->full_name(); }

absl::StatusOr<relay::Reply> ContentQueryHandler::Handle(const relay::Opened& message, const std::string& /*prepared*/,
                                                         base::Transaction& tx) {
  ContentQuery query;
  if (!query.ParseFromString(message.body)) return Problem(Reason::kFieldInvalid, "body", "it cannot be parsed");
  if (!base::IsUuid(query.authorisation_id())) {
    return Problem(Reason::kFieldInvalid, "authorisation_id", "it is not a UUID");
  }
  if (!base::IsUuid(query.message_id())) return Problem(Reason::kFieldInvalid, "message_id", "it is not a UUID");
  if (!base::IsSha256Hex(query.sha256())) return Problem(Reason::kFieldInvalid, "sha256", "it is not a SHA-256");
  const absl::Status stands = authorisations_->CheckStands(tx, query.authorisation_id(), message.header.sender);
  if (!stands.ok()) return Hidden(stands);
  const ContentsOf of = ContentsOffered(query.authorisation_id(), message.header.sender, query.message_id());
  absl::StatusOr<KeptPiece> kept = FindPiece(of, query.sha256(), query.piece(), tx);
  if (!kept.ok()) return Hidden(kept.status());
  const absl::Status counted = CountPieceAnswer(of, query.sha256(), query.piece(), kept->due, tx);
  if (!counted.ok()) return Hidden(counted);
  ContentPiece piece;
  piece.set_data(std::move(kept->data));
  ASSIGN_OR_RETURN(std::string resource, FindResource(of, tx));
  if (resource.empty()) resource = absl::AsciiStrToLower(query.authorisation_id());
  return relay::Reply{piece.GetTypeName(), piece.SerializeAsString(), std::move(resource)};
}

}  // namespace passerelle::contents
