#include "gateway/node/erased_ledger.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/erasure/erased_records.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {
namespace {

// Names that are looked at in one transaction.
constexpr int kNamesPerTransaction = 200;

}  // namespace

absl::StatusOr<std::unique_ptr<ErasedLedger>> ErasedLedger::Open(Options options) {
  std::unique_ptr<ErasedLedger> ledger(new ErasedLedger(std::move(options)));
  if (ledger->options_.path.empty()) return ledger;
  const std::string path = ledger->Path();
  std::string text;
  if (!FileFingerprint(path).empty()) {
    ASSIGN_OR_RETURN(text, ReadFile(path, kErasedLedgerBytesMax));
  }
  RETURN_IF_ERROR(InFile(path, ledger->EraseAgain(text)));
  {
    const absl::MutexLock lock(&ledger->mutex_);
    ledger->text_ = std::move(text);
  }
  RETURN_IF_ERROR(ledger->Keep());
  return ledger;
}

absl::Status ErasedLedger::EraseAgain(const std::string& names) {
  const std::vector<absl::string_view> lines = absl::StrSplit(names, '\n', absl::SkipEmpty());
  const absl::Time now = options_.clock->Now();
  for (size_t first = 0; first < lines.size(); first += kNamesPerTransaction) {
    const size_t end = std::min(lines.size(), first + kNamesPerTransaction);
    int erased = 0;
    const absl::Status written = options_.store->Write([&](base::Transaction& tx) -> absl::Status {
      erased = 0;
      for (size_t i = first; i < end; ++i) {
        const absl::StatusOr<bool> fresh = erasure::EraseAgain(lines[i], now, tx);
        if (base::ReasonOf(fresh.status()) == base::Reason::kFieldInvalid) {
          return base::Problem(base::Reason::kFieldInvalid, absl::StrCat("line ", i + 1),
                               base::DetailOf(fresh.status()));
        }
        RETURN_IF_ERROR(fresh.status());
        if (*fresh) ++erased;
      }
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(written);
    erased_again_ += erased;
  }
  return absl::OkStatus();
}

absl::Status ErasedLedger::Keep() {
  if (options_.path.empty()) return absl::OkStatus();
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string> fresh;
  std::string after = after_;
  for (size_t count = kNamesPerTransaction; count == kNamesPerTransaction;) {
    std::vector<std::string> page;
    const absl::Status read = options_.store->Read([&](base::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(page, erasure::ListErased(after, kNamesPerTransaction, tx));
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(read);
    count = page.size();
    if (count > 0) after = page.back();
    fresh.insert(fresh.end(), page.begin(), page.end());
  }
  if (fresh.empty()) return absl::OkStatus();
  // At the start the file has most of what the store notes; after it, nothing of what is new.
  std::set<absl::string_view> known;
  if (after_.empty()) {
    for (const absl::string_view line : absl::StrSplit(text_, '\n', absl::SkipEmpty())) known.insert(line);
  }
  std::string text = text_;
  for (const std::string& name : fresh) {
    if (known.count(name) == 0) absl::StrAppend(&text, name, "\n");
  }
  if (text != text_) RETURN_IF_ERROR(ReplaceFile(Path(), text));
  text_ = std::move(text);
  after_ = after;
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
