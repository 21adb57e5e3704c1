// Harvesting: a source's catalogue against what was kept of it, so that readers get what has changed and no more.
//
// Ids stay: an offer that is gone leaves a tombstone, and one that returns is added under its id. A source speaks for
// its own offers only, and no source for those of another.
//
// A source may have any number of files. They are taken one at a time, in transactions of kHarvestBatch offers, so that
// memory is that of one file. A harvest that was cut short is gone on with by another one: files that were taken whole
// are not read again.
//
//   ASSIGN_OR_RETURN(Harvest harvest, Harvest::Begin(source, options, book));
//   ASSIGN_OR_RETURN(const std::vector<size_t> changed, harvest.ToRead(files));
//   for (const size_t i : changed) RETURN_IF_ERROR(harvest.Take(files[i], offers of the file));
//   RETURN_IF_ERROR(harvest.Finish());
//
// Thread-safety: one object for one thread. Ownership: the book must outlive the harvest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/catalogue/co_design.h"
#include "core/catalogue/offer_book.h"
#include "core/catalogue/offers.h"
#include "passerelle/catalogue/v1/offer.pb.h"

namespace passerelle::catalogue {

// What a harvest did. Offers of files that were not read again count as well.
struct Harvested {
  size_t added = 0;
  size_t changed = 0;
  size_t unchanged = 0;
  size_t withdrawn = 0;
  size_t refused = 0;  // not the source's to offer
  size_t broken = 0;   // offers.h, and those with the id of an offer of another file
  size_t files_read = 0;
  size_t files_unchanged = 0;
  std::vector<BrokenOffer> findings;  // of files that were read: refused and broken offers, and ids that should have
                                      // changed; at most kBrokenListed
};

// A harvest that would withdraw more than this share of a source's offers is taken for a broken source, unless it is
// allowed. Small sources may lose all but one.
inline constexpr size_t kWithdrawnPercentMax = 50;
inline constexpr size_t kSmallSource = 10;

// Offers, or files, of one transaction: small enough that others get their turn within a second.
inline constexpr size_t kHarvestBatch = 1000;

struct HarvestOptions {
  std::string day;  // yyyy-mm-dd
  bool allow_shrinking = false;
  bool read_all = false;           // files that have not changed too
  std::string tagger_sha256 = {};  // of the collections of skills; with others every file is read again
};

// A file of a source, by the name that it keeps from harvest to harvest.
struct SourceFile {
  std::string name;
  std::string digest;  // SHA-256 of its bytes, in hexadecimal digits; empty for one that has to be read in any case
};

// Whether the source can be used: kConfigInvalid with the place.
absl::Status CheckSource(const v1::Source& source);

class Harvest {
 public:
  // Problems of all: those of CheckSource and of the book, and kHarvestOvertaken for "catalogue" when another harvest
  // of the source has begun meanwhile, which then is the one that counts.
  static absl::StatusOr<Harvest> Begin(const v1::Source& source, const HarvestOptions& options, OfferBook* book);

  // Which of the files have to be read; offers of the others stay as they are. Asked once, with all files of the
  // source.
  absl::StatusOr<std::vector<size_t>> ToRead(const std::vector<SourceFile>& files);

  // Takes the offers of a file. An offer whose credits changed under the same id is kept and found fault with: it
  // should have got a new id, since a course with other credits is another course.
  absl::Status Take(const SourceFile& file, const ReadOffers& read);

  // Withdraws what no file has, and finds fault with offers that the source names and does not have. For when all files
  // have been taken. kCatalogueShrinks for "catalogue" when too much would be withdrawn; then nothing is.
  absl::Status Finish();

  const Harvested& done() const { return done_; }

 private:
  // A file that is being taken.
  struct Taken {
    const SourceFile* file = nullptr;
    int64_t reading = 0;
    size_t next = 0;  // of its offers
    FileCounts counts;
    bool shared = false;  // it has an offer that stands in another file too
  };

  Harvest(const v1::Source& source, const HarvestOptions& options, OfferBook* book);
  // A transaction of the source's last run.
  absl::Status InRun(absl::FunctionRef<absl::Status()> work);
  // The file's digest together with what the source and the collections of skills state, which changes its offers as
  // well.
  std::string DigestOf(const SourceFile& file) const;
  absl::StatusOr<bool> TakeOver(const SourceFile& file);
  bool MayOffer(const v1::Offer& offer) const;
  absl::Status TakeBatch(const ReadOffers& read, Taken* taken);
  absl::Status TakeOffer(v1::Offer offer, Taken* taken);
  absl::Status Spoil(int64_t reading);
  absl::Status WithdrawBatch(bool* more);
  absl::Status LookForNamed();
  void Note(std::string place, const std::string& why);

  v1::Source source_;
  CoDesigns co_designs_;
  HarvestOptions options_;
  OfferBook* book_;
  std::string source_digest_;
  int64_t run_ = 0;
  int64_t spoilt_ = 0;  // the last reading that was
  Harvested done_;
};

}  // namespace passerelle::catalogue
