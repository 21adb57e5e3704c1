#include "core/catalogue/harvest.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_bytes.h"
#include "core/base/status_macros.h"
#include "core/catalogue/provider_types.h"

namespace passerelle::catalogue {
namespace {

using base::Problem;
using base::Reason;

// Ids that are looked through at a time.
constexpr int kPage = 1000;

class Harvester {
 public:
  Harvester(const v1::Source& source, const HarvestOptions& options, OfferBook* book)
      : source_(source), options_(options), book_(book) {}

  absl::StatusOr<Harvested> Run(const ReadOffers& read) {
    result_.broken = read.broken_count;
    result_.findings = read.broken;
    for (const v1::Offer& offer : read.offers) RETURN_IF_ERROR(Take(offer));
    RETURN_IF_ERROR(WithdrawMissing());
    return std::move(result_);
  }

 private:
  void Find(const std::string& place, const std::string& why) {
    if (result_.findings.size() < kBrokenListed) result_.findings.push_back({place, why});
  }

  bool MayOffer(const v1::Offer& offer) const {
    return source_.kind() == v1::SOURCE_KIND_AUTHORITY ||
           std::find(source_.providers().begin(), source_.providers().end(), offer.provider()) !=
               source_.providers().end();
  }

  absl::Status Take(v1::Offer offer) {
    if (offer.provider_type().empty()) offer.set_provider_type(source_.provider_type());
    ASSIGN_OR_RETURN(const std::optional<KeptOffer> known, book_->Find(offer.id()));
    if (!MayOffer(offer) || (known.has_value() && known->source != source_.id())) {
      ++result_.refused;
      Find(offer.id(), known.has_value() ? "another source offers it" : "the source may not offer for this provider");
      return absl::OkStatus();
    }
    seen_.insert(offer.id());
    const KeptOffer kept = {source_.id(), base::Sha256Hex(base::DeterministicBytes(offer)), offer.credits(), false};
    if (known.has_value() && !known->withdrawn && known->digest == kept.digest) {
      ++result_.unchanged;
      return absl::OkStatus();
    }
    const bool fresh = !known.has_value() || known->withdrawn;
    ++(fresh ? result_.added : result_.changed);
    if (known.has_value() && known->credits != kept.credits) {
      Find(offer.id(), "its credits changed under the same id; it should have got a new one");
    }
    return book_->Write(offer, kept, fresh ? v1::CHANGE_KIND_ADDED : v1::CHANGE_KIND_CHANGED, options_.day);
  }

  absl::Status WithdrawMissing() {
    std::vector<std::string> missing;
    size_t offered = 0;
    for (std::string after;;) {
      ASSIGN_OR_RETURN(const std::vector<std::string> ids, book_->Offered(source_.id(), after, kPage));
      if (ids.empty()) break;
      offered += ids.size();
      for (const std::string& id : ids) {
        if (!seen_.contains(id)) missing.push_back(id);
      }
      after = ids.back();
    }
    if (!options_.allow_shrinking && offered > kSmallSource && missing.size() * 100 > offered * kWithdrawnPercentMax) {
      return Problem(
          Reason::kCatalogueShrinks, "catalogue",
          absl::StrCat("it lacks ", missing.size(), " of ", offered, " offers; allow it where that is meant"));
    }
    for (const std::string& id : missing) RETURN_IF_ERROR(book_->Withdraw(id, options_.day));
    result_.withdrawn = missing.size();
    return absl::OkStatus();
  }

  const v1::Source& source_;
  const HarvestOptions& options_;
  OfferBook* const book_;
  Harvested result_;
  absl::flat_hash_set<std::string> seen_;
};

}  // namespace

absl::Status CheckSource(const v1::Source& source) {
  if (source.id().empty()) return Problem(Reason::kConfigInvalid, "id", "it is missing");
  if (source.kind() == v1::SOURCE_KIND_UNSPECIFIED) {
    return Problem(Reason::kConfigInvalid, "kind", "it is missing: only authorities and providers publish");
  }
  if (source.kind() == v1::SOURCE_KIND_PROVIDER && source.providers().empty()) {
    return Problem(Reason::kConfigInvalid, "providers", "a source of this kind names its provider");
  }
  return CheckProviderType(source.provider_type(), "provider_type");
}

absl::StatusOr<Harvested> Harvest(const v1::Source& source, const ReadOffers& read, const HarvestOptions& options,
                                  OfferBook* book) {
  RETURN_IF_ERROR(CheckSource(source));
  return Harvester(source, options, book).Run(read);
}

}  // namespace passerelle::catalogue
