#include "gateway/catalogue/offer_terms.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {

using base::Problem;
using base::Reason;

bool MayBegin(const TermQuery& query) {
  if (query.words.empty()) return false;
  const std::string& word = query.words.back();
  // Every letter has one byte that goes on from no other.
  return std::count_if(word.begin(), word.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
         }) >= static_cast<std::ptrdiff_t>(kBeginningLetters);
}

// SQLite's own, by the interface that it has for extensions (sqlite.org/fts5.html, 7).
class OfferTerms::Tokenizer {
 public:
  ~Tokenizer() {
    if (instance_ != nullptr) methods_.xDelete(instance_);
  }

  bool Make(sqlite3* handle) {
    fts5_api* api = nullptr;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(handle, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
      sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
      sqlite3_step(statement);
    }
    sqlite3_finalize(statement);
    void* context = nullptr;
    if (api == nullptr || api->xFindTokenizer(api, "unicode61", &context, &methods_) != SQLITE_OK) return false;
    const char* arguments[] = {"remove_diacritics", "2"};
    return methods_.xCreate(context, arguments, 2, &instance_) == SQLITE_OK;
  }

  // Gives each word to `take`, until it wants no more; then false.
  bool Split(absl::string_view text, absl::FunctionRef<bool(absl::string_view)> take) const {
    Taking taking = {take};
    methods_.xTokenize(instance_, &taking, FTS5_TOKENIZE_DOCUMENT, text.data(), static_cast<int>(text.size()), &Take);
    return taking.wants_more;
  }

 private:
  struct Taking {
    absl::FunctionRef<bool(absl::string_view)> take;
    bool wants_more = true;
  };

  static int Take(void* context, int /*flags*/, const char* token, int size, int /*start*/, int /*end*/) {
    absl::string_view word(token, static_cast<size_t>(size));
    if (absl::StrContains(word, catalogue::kMarkStart)) return SQLITE_OK;
    if (word.size() > kWordBytesMax) {
      size_t end = kWordBytesMax;
      while (end > 0 && (static_cast<unsigned char>(word[end]) & 0xc0) == 0x80) --end;
      word = word.substr(0, end);
    }
    auto* const taking = static_cast<Taking*>(context);
    taking->wants_more = taking->take(word);
    return taking->wants_more ? SQLITE_OK : SQLITE_DONE;  // which ends the splitting
  }

  fts5_tokenizer methods_ = {};
  Fts5Tokenizer* instance_ = nullptr;
};

OfferTerms::OfferTerms(sqlite3* handle) : handle_(handle), tokenizer_(std::make_unique<Tokenizer>()) {}

OfferTerms::~OfferTerms() {
  tokenizer_.reset();
  sqlite3_close(handle_);
}

absl::StatusOr<std::unique_ptr<OfferTerms>> OfferTerms::Make() {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<OfferTerms> terms(new OfferTerms(handle));
  if (code != SQLITE_OK || !terms->tokenizer_->Make(handle)) {
    return Problem(Reason::kStoreUnavailable, "catalogue", "SQLite has no full-text search (FTS5)");
  }
  return terms;
}

std::string OfferTerms::Of(const catalogue::v1::Offer& offer) const {
  std::set<std::string> words;
  size_t bytes = 0;
  const auto take = [&words, &bytes](absl::string_view word) {
    if (bytes + word.size() > kWordsBytesMax) return false;
    if (words.emplace(word).second) bytes += word.size();
    return true;
  };
  for (const auto* texts : {&offer.titles(), &offer.provider_names(), &offer.outcome_texts(), &offer.descriptions()}) {
    const bool all = std::all_of(texts->begin(), texts->end(), [this, &take](const catalogue::v1::Text& text) {
      return tokenizer_->Split(text.value(), take);
    });
    if (!all) break;
  }
  std::string terms = absl::StrJoin(catalogue::MarksOf(offer), " ");
  for (const std::string& word : words) absl::StrAppend(&terms, " ", word);
  return terms;
}

absl::StatusOr<TermQuery> OfferTerms::Of(const catalogue::OfferQuery& query) const {
  TermQuery asked;
  ASSIGN_OR_RETURN(asked.marks, catalogue::MarksOf(query));
  const bool all = tokenizer_->Split(query.text, [&asked](absl::string_view word) {
    if (asked.words.size() == kQueryWordsMax) return false;
    asked.words.emplace_back(word);
    return true;
  });
  if (!all) {
    return Problem(Reason::kFieldInvalid, "text", absl::StrCat("it has more than ", kQueryWordsMax, " words"));
  }
  return asked;
}

}  // namespace passerelle::gateway
