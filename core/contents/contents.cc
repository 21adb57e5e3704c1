#include "core/contents/contents.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::contents {
namespace {

using base::Problem;
using base::Reason;
using base::Record;
using base::Table;

// Records that are read at a time when many are deleted: a piece has a mebibyte.
constexpr int kDeletedAtATime = 8;

std::string OfferedOwner(absl::string_view authorisation_id) {
  return absl::StrCat("offered/", absl::AsciiStrToLower(authorisation_id));
}

// Neither ids of exchanges, cases and authorisations nor those of nodes and messages have a slash.
std::string ContentKey(const ContentsOf& of, absl::string_view what) {
  return absl::StrCat(of.owner, "/", of.delivery, "/", what);
}

std::string PieceKey(const ContentsOf& of, absl::string_view sha256, uint32_t piece) {
  return ContentKey(of, absl::StrCat(sha256, "/", piece));
}

// Written before every other record of the delivery.
std::string MarkKey(const ContentsOf& of) { return ContentKey(of, "!"); }

std::string OfferKey(const ContentsOf& of) { return ContentKey(of, "delivery"); }

}  // namespace

ContentsOf ContentsOfExchange(absl::string_view exchange_id) { return {std::string(exchange_id)}; }

ContentsOf ContentsOfCase(absl::string_view case_id) { return {absl::StrCat("case/", case_id)}; }

ContentsOf ContentsOffered(absl::string_view authorisation_id, absl::string_view receiver,
                           absl::string_view goes_with) {
  return {OfferedOwner(authorisation_id), absl::StrCat(receiver, "/", goes_with)};
}

uint32_t Content::pieces() const {
  return piece_bytes == 0 ? 0 : static_cast<uint32_t>((bytes + piece_bytes - 1) / piece_bytes);
}

uint32_t Content::BytesOf(uint32_t piece) const {
  const uint64_t begin = uint64_t{piece} * piece_bytes;
  return begin >= bytes ? 0 : static_cast<uint32_t>(std::min<uint64_t>(piece_bytes, bytes - begin));
}

bool Content::IsBounded() const {
  return base::IsSha256Hex(sha256) && bytes > 0 && bytes <= base::kContentBytesMax && piece_bytes != 0 &&
         piece_bytes <= base::kPieceBytes && pieces() <= base::kPiecesMax;
}

absl::Status PutPiece(const ContentsOf& of, absl::string_view sha256, uint32_t piece, std::string data, absl::Time due,
                      base::Transaction& tx) {
  const Record record = {.key = PieceKey(of, sha256, piece), .value = std::move(data), .group = of.owner, .due = due};
  const absl::Status inserted = tx.Insert(Table::kContent, record);
  return absl::IsAlreadyExists(inserted) ? tx.Update(Table::kContent, record) : inserted;
}

absl::StatusOr<KeptPiece> FindPiece(const ContentsOf& of, absl::string_view sha256, uint32_t piece,
                                    base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kContent, PieceKey(of, sha256, piece)));
  if (!record.has_value()) return Problem(Reason::kResourceNotFound, "piece");
  return KeptPiece{std::move(record->value), record->due};
}

absl::StatusOr<std::string> GetPiece(const ContentsOf& of, absl::string_view sha256, uint32_t piece,
                                     base::Transaction& tx) {
  ASSIGN_OR_RETURN(KeptPiece kept, FindPiece(of, sha256, piece, tx));
  return std::move(kept.data);
}

absl::StatusOr<std::string> ReadBytes(const ContentsOf& of, const Content& content, uint64_t offset, uint64_t limit,
                                      base::Transaction& tx) {
  std::string bytes;
  if (content.piece_bytes == 0) return bytes;
  limit = std::min<uint64_t>(limit, content.piece_bytes);
  while (offset < content.bytes && bytes.size() < limit) {
    const uint64_t begin = offset % content.piece_bytes;
    ASSIGN_OR_RETURN(const std::string piece,
                     GetPiece(of, content.sha256, static_cast<uint32_t>(offset / content.piece_bytes), tx));
    if (begin >= piece.size()) return Problem(Reason::kStoreUnavailable, "content", "a piece is too short");
    const size_t before = bytes.size();
    bytes.append(piece, begin, limit - before);
    offset += bytes.size() - before;
  }
  return bytes;
}

absl::StatusOr<std::string> ReadWhole(const ContentsOf& of, const Content& content, base::Transaction& tx) {
  std::string whole;
  whole.reserve(content.bytes);
  for (uint32_t piece = 0; piece < content.pieces(); ++piece) {
    ASSIGN_OR_RETURN(const std::string data, GetPiece(of, content.sha256, piece, tx));
    whole.append(data);
  }
  return whole;
}

absl::StatusOr<bool> IsWhole(const ContentsOf& of, const Content& content, base::Transaction& tx) {
  base::Sha256Stream digest;
  for (uint32_t piece = 0; piece < content.pieces(); ++piece) {
    ASSIGN_OR_RETURN(const std::string data, GetPiece(of, content.sha256, piece, tx));
    digest.Add(data);
  }
  return digest.EndHex() == content.sha256;
}

absl::StatusOr<std::optional<std::string>> FindOffer(const ContentsOf& of, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> record, tx.Get(Table::kContent, OfferKey(of)));
  if (!record.has_value()) return std::nullopt;
  return std::move(record->value);
}

absl::Status PutOffer(const ContentsOf& of, std::string delivery, absl::Time due, base::Transaction& tx) {
  return tx.Insert(Table::kContent, {.key = OfferKey(of), .value = std::move(delivery), .group = of.owner, .due = due});
}

std::string PieceAnswersKey(const ContentsOf& of, absl::string_view sha256, uint32_t piece) {
  return absl::StrCat(PieceKey(of, sha256, piece), "/answers");
}

absl::Status EraseContent(const ContentsOf& of, const Content& content, base::Transaction& tx) {
  for (uint32_t piece = 0; piece < content.pieces(); ++piece) {
    RETURN_IF_ERROR(tx.Delete(Table::kContent, PieceKey(of, content.sha256, piece)));
    RETURN_IF_ERROR(tx.Delete(Table::kContent, PieceAnswersKey(of, content.sha256, piece)));
  }
  return absl::OkStatus();
}

absl::Status EraseMarkAndOffer(const ContentsOf& of, base::Transaction& tx) {
  RETURN_IF_ERROR(tx.Delete(Table::kContent, MarkKey(of)));
  return tx.Delete(Table::kContent, OfferKey(of));
}

absl::Status MarkDelivery(const ContentsOf& of, absl::Time due, base::Transaction& tx, absl::string_view resource) {
  const absl::Status inserted =
      tx.Insert(Table::kContent, {.key = MarkKey(of), .value = std::string(resource), .group = of.owner, .due = due});
  return absl::IsAlreadyExists(inserted) ? absl::OkStatus() : inserted;
}

absl::StatusOr<std::string> FindResource(const ContentsOf& of, base::Transaction& tx) {
  ASSIGN_OR_RETURN(std::optional<Record> mark, tx.Get(Table::kContent, MarkKey(of)));
  return mark.has_value() ? std::move(mark->value) : std::string();
}

absl::Status EraseDeliveryOf(const ContentsOf& of, base::Store& store) {
  const std::string prefix = ContentKey(of, "");
  // What belongs to other deliveries of the owner can stand between, in the order in which it was written.
  std::string passed = MarkKey(of);
  std::string last;
  for (bool more = true; more; passed = last) {
    const absl::Status status = store.Write([&](base::Transaction& tx) -> absl::Status {
      more = false;
      const auto records = tx.List(Table::kContent, of.owner, passed, kDeletedAtATime);
      if (absl::IsNotFound(records.status())) return absl::OkStatus();  // nothing was marked
      RETURN_IF_ERROR(records.status());
      last = passed;
      for (const Record& record : *records) {
        if (absl::StartsWith(record.key, prefix)) {
          RETURN_IF_ERROR(tx.Delete(Table::kContent, record.key));
        } else {
          last = record.key;
        }
      }
      more = records->size() == kDeletedAtATime;
      return more ? absl::OkStatus() : tx.Delete(Table::kContent, MarkKey(of));
    });
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::Status EraseContents(absl::string_view owner, base::Transaction& tx) {
  for (size_t count = kDeletedAtATime; count == kDeletedAtATime;) {
    ASSIGN_OR_RETURN(const std::vector<Record> records, tx.List(Table::kContent, owner, "", kDeletedAtATime));
    for (const Record& record : records) RETURN_IF_ERROR(tx.Delete(Table::kContent, record.key));
    count = records.size();
  }
  return absl::OkStatus();
}

absl::Status EraseOffered(absl::string_view authorisation_id, base::Transaction& tx) {
  return EraseContents(OfferedOwner(authorisation_id), tx);
}

absl::StatusOr<int> ForgetContents(absl::Time now, base::Store& store) {
  int forgotten = 0;
  for (size_t count = kDeletedAtATime; count == kDeletedAtATime;) {
    const absl::Status status = store.Write([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const std::vector<Record> due, tx.Due(Table::kContent, now, kDeletedAtATime));
      for (const Record& record : due) RETURN_IF_ERROR(tx.Delete(Table::kContent, record.key));
      count = due.size();
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(status);
    forgotten += static_cast<int>(count);
  }
  return forgotten;
}

}  // namespace passerelle::contents
