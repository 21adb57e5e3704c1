// Contents of documents that are too large for one record and one message: they lie in the store in pieces, at the node
// that hands them on until the other has had the time to ask, at the other as long as its exchange or case.
//
// Thread-safety: free functions; the transaction gives the isolation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/port/store.h"

namespace passerelle::contents {

// What contents belong to: they are erased by owner.
struct ContentsOf {
  std::string owner;
  std::string delivery = "";  // of several deliveries of one owner
};

// At the node that asks for them: of an exchange, or of a case that was submitted to it.
ContentsOf ContentsOfExchange(absl::string_view exchange_id);
ContentsOf ContentsOfCase(absl::string_view case_id);
// At the node that hands them on to `receiver`: by what they go with there, the message that asked for them, or the
// case.
ContentsOf ContentsOffered(absl::string_view authorisation_id, absl::string_view receiver, absl::string_view goes_with);

// One content: its digest, its size and how it is cut.
struct Content {
  std::string sha256;
  uint64_t bytes = 0;
  uint32_t piece_bytes = 0;

  uint32_t pieces() const;
  // Bytes of one piece. 0 for one that it does not have.
  uint32_t BytesOf(uint32_t piece) const;
  // Whether it could come in pieces at all: digest, size and pieces are within the bounds of base/limits.h.
  bool IsBounded() const;
};

// Writes a piece, over the same one if it is there. It is forgotten when it is due.
absl::Status PutPiece(const ContentsOf& of, absl::string_view sha256, uint32_t piece, std::string data, absl::Time due,
                      base::Transaction& tx);

// A piece, and when it is forgotten. kResourceNotFound at "piece".
struct KeptPiece {
  std::string data;
  absl::Time due;
};
absl::StatusOr<KeptPiece> FindPiece(const ContentsOf& of, absl::string_view sha256, uint32_t piece,
                                    base::Transaction& tx);
// The piece alone.
absl::StatusOr<std::string> GetPiece(const ContentsOf& of, absl::string_view sha256, uint32_t piece,
                                     base::Transaction& tx);

// At most `limit` bytes from `offset` on, and at most to the end of the piece after the one where they begin; empty at
// the end. kResourceNotFound at "piece".
absl::StatusOr<std::string> ReadBytes(const ContentsOf& of, const Content& content, uint64_t offset, uint64_t limit,
                                      base::Transaction& tx);

// All of it, in memory. kResourceNotFound at "piece".
absl::StatusOr<std::string> ReadWhole(const ContentsOf& of, const Content& content, base::Transaction& tx);

// Whether the pieces together are what the digest says. Cost: reads all of them, one at a time. kResourceNotFound at
// "piece".
absl::StatusOr<bool> IsWhole(const ContentsOf& of, const Content& content, base::Transaction& tx);

// What the asked node answered, without the contents that it has set aside: nothing, or the bytes of the answer.
absl::StatusOr<std::optional<std::string>> FindOffer(const ContentsOf& of, base::Transaction& tx);
// AlreadyExists when there is one.
absl::Status PutOffer(const ContentsOf& of, std::string delivery, absl::Time due, base::Transaction& tx);

// Where it is counted how often a piece was handed out.
std::string PieceAnswersKey(const ContentsOf& of, absl::string_view sha256, uint32_t piece);

// Deletes a content of a delivery, and what was counted of its pieces.
absl::Status EraseContent(const ContentsOf& of, const Content& content, base::Transaction& tx);
// Deletes the mark and the offer of a delivery, whose contents are deleted.
absl::Status EraseMarkAndOffer(const ContentsOf& of, base::Transaction& tx);

// Marks where the records of a delivery begin, before its first piece, so that they can be found without an offer.
// `resource` is what messages with its pieces belong to at this node; empty for the authorisation.
absl::Status MarkDelivery(const ContentsOf& of, absl::Time due, base::Transaction& tx, absl::string_view resource = "");
// That resource; empty for the authorisation.
absl::StatusOr<std::string> FindResource(const ContentsOf& of, base::Transaction& tx);
// Deletes everything of a delivery that was marked, whether or not it is offered: a few records at a time, each in a
// transaction of its own, since it reads what it deletes.
absl::Status EraseDeliveryOf(const ContentsOf& of, base::Store& store);

// Deletes everything of an owner. Cost: its pieces, a few at a time.
absl::Status EraseContents(absl::string_view owner, base::Transaction& tx);
// What was offered under an authorisation.
absl::Status EraseOffered(absl::string_view authorisation_id, base::Transaction& tx);

// Deletes what is due, a few at a time, each in a transaction of its own. Returns how many records.
absl::StatusOr<int> ForgetContents(absl::Time now, base::Store& store);

}  // namespace passerelle::contents
