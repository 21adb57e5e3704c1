// Harvesting: a source's catalogue against what was kept of it, so that readers get what has changed and no more.
//
// Ids stay: an offer that is gone leaves a tombstone, and one that returns is added under its id. A source speaks for
// its own offers only, and no source for those of another.
//
// Thread-safety: free functions; an OfferBook belongs to one harvest at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/catalogue/offers.h"
#include "passerelle/catalogue/v1/offer.pb.h"

namespace passerelle::catalogue {

// What is kept of an offer.
struct KeptOffer {
  std::string source;
  std::string digest;  // SHA-256 of the offer, in hexadecimal digits
  std::string credits;
  bool withdrawn = false;
};

// Port: where offers are kept. Everything between two harvests is one transaction of the implementation.
class OfferBook {
 public:
  virtual ~OfferBook() = default;

  virtual absl::StatusOr<std::optional<KeptOffer>> Find(absl::string_view id) = 0;
  // Keeps the offer and notes the change.
  virtual absl::Status Write(const v1::Offer& offer, const KeptOffer& kept, v1::ChangeKind kind,
                             absl::string_view day) = 0;
  // Offers of a source that are still offered, by id, after one; at most `limit`.
  virtual absl::StatusOr<std::vector<std::string>> Offered(absl::string_view source, absl::string_view after,
                                                           int limit) = 0;
  virtual absl::Status Withdraw(absl::string_view id, absl::string_view day) = 0;
};

// What a harvest did.
struct Harvested {
  size_t added = 0;
  size_t changed = 0;
  size_t unchanged = 0;
  size_t withdrawn = 0;
  size_t refused = 0;                 // not the source's to offer
  size_t broken = 0;                  // offers.h
  std::vector<BrokenOffer> findings;  // of the refused and broken ones, and of ids that should have changed; bounded
};

// A harvest that would withdraw more than this share of a source's offers is taken for a broken file, unless it is
// allowed. Small sources may lose all but one.
inline constexpr size_t kWithdrawnPercentMax = 50;
inline constexpr size_t kSmallSource = 10;

struct HarvestOptions {
  std::string day;  // yyyy-mm-dd
  bool allow_shrinking = false;
};

// Whether the source can be used: kConfigInvalid with the place.
absl::Status CheckSource(const v1::Source& source);

// Takes a whole catalogue of a source. An offer whose credits changed under the same id is kept and found fault with:
// it should have got a new id, since a course with other credits is another course. kCatalogueShrinks for "catalogue"
// when it would shrink too much; then nothing may be kept.
absl::StatusOr<Harvested> Harvest(const v1::Source& source, const ReadOffers& read, const HarvestOptions& options,
                                  OfferBook* book);

}  // namespace passerelle::catalogue
