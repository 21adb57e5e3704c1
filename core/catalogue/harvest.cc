#include "core/catalogue/harvest.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_bytes.h"
#include "core/base/status_macros.h"
#include "core/catalogue/provider_types.h"

namespace passerelle::catalogue {

using base::Problem;
using base::Reason;

namespace {

std::string PlaceIn(const SourceFile& file, absl::string_view place) { return absl::StrCat(file.name, ": ", place); }

}  // namespace

absl::Status CheckSource(const v1::Source& source) {
  if (source.id().empty()) return Problem(Reason::kConfigInvalid, "id", "it is missing");
  if (source.kind() == v1::SOURCE_KIND_UNSPECIFIED) {
    return Problem(Reason::kConfigInvalid, "kind", "it is missing: only authorities and providers publish");
  }
  if (source.kind() == v1::SOURCE_KIND_PROVIDER && source.providers().empty()) {
    return Problem(Reason::kConfigInvalid, "providers", "a source of this kind names its provider");
  }
  RETURN_IF_ERROR(CheckProviderType(source.provider_type(), "provider_type"));
  return CheckCoDesigns(source);
}

Harvest::Harvest(const v1::Source& source, const HarvestOptions& options, OfferBook* book)
    : source_(source),
      co_designs_(source),
      options_(options),
      book_(book),
      source_digest_(base::Sha256Hex(base::DeterministicBytes(source))) {}

absl::StatusOr<Harvest> Harvest::Begin(const v1::Source& source, const HarvestOptions& options, OfferBook* book) {
  RETURN_IF_ERROR(CheckSource(source));
  Harvest harvest(source, options, book);
  RETURN_IF_ERROR(book->InTransaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(harvest.run_, book->NextRun(source.id()));
    return absl::OkStatus();
  }));
  return harvest;
}

absl::Status Harvest::InRun(absl::FunctionRef<absl::Status()> work) {
  return book_->InTransaction([&]() -> absl::Status {
    // Two at once would take each other's readings for those of earlier runs.
    ASSIGN_OR_RETURN(const int64_t last, book_->LastRun(source_.id()));
    if (last != run_) {
      return Problem(Reason::kHarvestOvertaken, "catalogue");
    }
    return work();
  });
}

std::string Harvest::DigestOf(const SourceFile& file) const {
  return base::Sha256Hex(absl::StrCat(source_digest_, options_.tagger_sha256, file.digest));
}

absl::StatusOr<std::vector<size_t>> Harvest::ToRead(const std::vector<SourceFile>& files) {
  std::vector<size_t> changed;
  for (size_t next = 0; next < files.size();) {
    RETURN_IF_ERROR(InRun([&]() -> absl::Status {
      const size_t end = std::min(files.size(), next + kHarvestBatch);
      for (; next < end; ++next) {
        ASSIGN_OR_RETURN(const bool taken_over, TakeOver(files[next]));
        if (!taken_over) changed.push_back(next);
      }
      return absl::OkStatus();
    }));
  }
  return changed;
}

absl::StatusOr<bool> Harvest::TakeOver(const SourceFile& file) {
  if (options_.read_all || file.digest.empty()) return false;
  ASSIGN_OR_RETURN(const std::optional<FileCounts> counts,
                   book_->TakeOver(source_.id(), file.name, DigestOf(file), run_));
  if (!counts.has_value()) return false;
  ++done_.files_unchanged;
  done_.unchanged += counts->taken;
  done_.refused += counts->refused;
  done_.broken += counts->broken;
  return true;
}

absl::Status Harvest::Take(const SourceFile& file, const ReadOffers& read) {
  Taken taken;
  taken.file = &file;
  taken.counts.broken = read.broken_count;
  for (const BrokenOffer& broken : read.broken) Note(PlaceIn(file, broken.place), broken.why);
  do {
    RETURN_IF_ERROR(InRun([&] { return TakeBatch(read, &taken); }));
  } while (taken.next < read.offers.size());
  ++done_.files_read;
  done_.refused += taken.counts.refused;
  done_.broken += taken.counts.broken;
  return absl::OkStatus();
}

absl::Status Harvest::TakeBatch(const ReadOffers& read, Taken* taken) {
  if (taken->next == 0) {
    ASSIGN_OR_RETURN(taken->reading, book_->NewReading(source_.id(), taken->file->name, run_));
  }
  const size_t end = std::min(read.offers.size(), taken->next + kHarvestBatch);
  for (; taken->next < end; ++taken->next) RETURN_IF_ERROR(TakeOffer(read.offers[taken->next], taken));
  // A file that shares an offer with another is read every time: when the other one loses it, it stays in this one.
  if (end < read.offers.size() || taken->shared) return absl::OkStatus();
  return book_->Complete(taken->reading, DigestOf(*taken->file), taken->counts);
}

bool Harvest::MayOffer(const v1::Offer& offer) const {
  return source_.kind() == v1::SOURCE_KIND_AUTHORITY ||
         std::find(source_.providers().begin(), source_.providers().end(), offer.provider()) !=
             source_.providers().end();
}

absl::Status Harvest::TakeOffer(v1::Offer offer, Taken* taken) {
  if (offer.provider_type().empty()) offer.set_provider_type(source_.provider_type());
  co_designs_.AddTo(&offer);
  ASSIGN_OR_RETURN(const std::optional<KeptOffer> known, book_->Find(offer.id()));
  const bool offered = known.has_value() && !known->withdrawn;
  // What another source has withdrawn is free again.
  const bool of_another = offered && known->source != source_.id();
  if (!MayOffer(offer) || of_another) {
    ++taken->counts.refused;
    Note(PlaceIn(*taken->file, offer.id()),
         of_another ? "another source offers it" : "the source may not offer for this provider");
    return absl::OkStatus();
  }
  if (offered && known->run == run_) {
    ++taken->counts.broken;
    taken->shared = true;
    Note(PlaceIn(*taken->file, offer.id()), "an offer of another file has its id");
    return absl::OkStatus();
  }
  ++taken->counts.taken;
  if (offered) RETURN_IF_ERROR(Spoil(known->reading));
  const std::string digest = base::Sha256Hex(base::DeterministicBytes(offer));
  if (offered && known->digest == digest) {
    ++done_.unchanged;
    return book_->Move(offer.id(), taken->reading);
  }
  ++(offered ? done_.changed : done_.added);
  if (known.has_value() && known->credits != offer.credits()) {
    Note(PlaceIn(*taken->file, offer.id()), "its credits changed under the same id; it should have got a new one");
  }
  const KeptOffer kept = {source_.id(), digest, offer.credits(), false, taken->reading, run_};
  return book_->Write(offer, kept, offered ? v1::CHANGE_KIND_CHANGED : v1::CHANGE_KIND_ADDED, options_.day);
}

absl::Status Harvest::Spoil(int64_t reading) {
  if (reading == spoilt_) return absl::OkStatus();
  spoilt_ = reading;
  return book_->Spoil(reading);
}

void Harvest::Note(std::string place, const std::string& why) {
  if (done_.findings.size() >= kBrokenListed) return;
  done_.findings.push_back({std::move(place), why});
}

absl::Status Harvest::Finish() {
  RETURN_IF_ERROR(InRun([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Tally tally, book_->Count(source_.id(), run_));
    if (!options_.allow_shrinking && tally.offered > kSmallSource &&
        tally.missing * 100 > tally.offered * kWithdrawnPercentMax) {
      return Problem(
          Reason::kCatalogueShrinks, "catalogue",
          absl::StrCat("it lacks ", tally.missing, " of ", tally.offered, " offers; allow it where that is meant"));
    }
    return absl::OkStatus();
  }));
  bool more = true;
  while (more) RETURN_IF_ERROR(InRun([&] { return WithdrawBatch(&more); }));
  return LookForNamed();
}

absl::Status Harvest::LookForNamed() {
  const std::vector<std::string>& named = co_designs_.named();
  for (size_t next = 0; next < named.size();) {
    RETURN_IF_ERROR(InRun([&]() -> absl::Status {
      const size_t end = std::min(named.size(), next + kHarvestBatch);
      for (; next < end; ++next) {
        ASSIGN_OR_RETURN(const std::optional<KeptOffer> known, book_->Find(named[next]));
        if (known.has_value() && !known->withdrawn && known->source == source_.id()) continue;
        Note(absl::StrCat("co_designed_by: ", named[next]), "the source has no such offer");
      }
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

absl::Status Harvest::WithdrawBatch(bool* more) {
  ASSIGN_OR_RETURN(const std::vector<std::string> missing,
                   book_->Missing(source_.id(), run_, static_cast<int>(kHarvestBatch)));
  for (const std::string& id : missing) RETURN_IF_ERROR(book_->Withdraw(id, options_.day));
  done_.withdrawn += missing.size();
  *more = !missing.empty();
  return *more ? absl::OkStatus() : book_->Forget(source_.id(), run_);
}

}  // namespace passerelle::catalogue
