// The terms by which offers are found in any database: their words and their marks (core/catalogue/query.h).
//
// Words are split, and freed of case and accents, by the tokenizer "unicode61" of SQLite's FTS5, in whatever language
// they are; for every database, so that all find the same.
//
// Thread-safety: one object for one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/catalogue/query.h"
#include "passerelle/catalogue/v1/offer.pb.h"

struct sqlite3;

namespace passerelle::gateway {

// Words of one question. Test: tests/support/offer_index_contract.h.
inline constexpr size_t kQueryWordsMax = 16;

// Bytes of one word that are looked at; the longest word of a dictionary has less than a hundred letters.
// Test: tests/support/offer_index_contract.h.
inline constexpr size_t kWordBytesMax = 200;

// Bytes of all words of an offer; by what goes beyond, it is not found. PostgreSQL takes a megabyte.
// Test: tests/support/offer_index_contract.h.
inline constexpr size_t kWordsBytesMax = 256u << 10;

// Letters from which on a word may be the beginning of another; databases have an index of beginnings of this length.
inline constexpr size_t kBeginningLetters = 3;

// A question in terms.
struct TermQuery {
  catalogue::MarkQuery marks;
  std::vector<std::string> words;
  bool beginning = false;  // the last word is one
};

// Whether the last word may be the beginning of one. It is taken for one where no offer has it as a word: words are
// found at once, while for a beginning databases go through all that begin so.
bool MayBegin(const TermQuery& query);

class OfferTerms {
 public:
  // Problem: kStoreUnavailable, for an SQLite without FTS5.
  static absl::StatusOr<std::unique_ptr<OfferTerms>> Make();
  ~OfferTerms();
  OfferTerms(const OfferTerms&) = delete;
  OfferTerms& operator=(const OfferTerms&) = delete;

  // All terms of an offer, none twice, with blanks between.
  std::string Of(const catalogue::v1::Offer& offer) const;

  // Problems: those of catalogue::MarksOf, and kFieldInvalid for "text" with more than kQueryWordsMax words.
  absl::StatusOr<TermQuery> Of(const catalogue::OfferQuery& query) const;

 private:
  class Tokenizer;
  explicit OfferTerms(sqlite3* handle);

  sqlite3* handle_;
  std::unique_ptr<Tokenizer> tokenizer_;
};

}  // namespace passerelle::gateway
