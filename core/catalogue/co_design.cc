#include "core/catalogue/co_design.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"

namespace passerelle::catalogue {

using base::Problem;
using base::Reason;

absl::string_view CoDesignerWord(v1::CoDesignerKind kind) {
  switch (kind) {
    case v1::CO_DESIGNER_KIND_EMPLOYERS:
      return "EMPLOYERS";
    case v1::CO_DESIGNER_KIND_WORKERS:
      return "WORKERS";
    case v1::CO_DESIGNER_KIND_OTHER:
      return "OTHER";
    default:
      return "";
  }
}

std::vector<absl::string_view> CoDesignerWords(v1::CoDesignerKind kind) {
  if (CoDesignerWord(kind).empty()) return {};
  if (kind == v1::CO_DESIGNER_KIND_OTHER) return {CoDesignerWord(kind)};
  return {CoDesignerWord(kind), kSocialPartner};
}

absl::Status CheckCoDesignerWord(absl::string_view word, absl::string_view place) {
  constexpr absl::string_view kWords[] = {"", kSocialPartner, "EMPLOYERS", "WORKERS", "OTHER"};
  if (std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords)) return absl::OkStatus();
  return Problem(Reason::kFieldInvalid, place, "it is one of SOCIAL_PARTNER, EMPLOYERS, WORKERS and OTHER");
}

absl::Status CheckCoDesigns(const v1::Source& source) {
  if (source.co_designed_by_size() > kCoDesignsMax) {
    return Problem(Reason::kConfigInvalid, "co_designed_by", "there are too many");
  }
  std::set<std::pair<std::string, std::string>> seen;  // organisation and offer; an empty one stands for all
  for (int i = 0; i < source.co_designed_by_size(); ++i) {
    const v1::CoDesign& design = source.co_designed_by(i);
    const std::string place = absl::StrCat("co_designed_by[", i, "].");
    const std::string& id = design.organisation().id();
    if (id.empty()) return Problem(Reason::kConfigInvalid, place + "organisation.id", "it is missing");
    if (CoDesignerWord(design.organisation().kind()).empty()) {
      return Problem(Reason::kConfigInvalid, place + "organisation.kind",
                     "it is missing: one of employers, workers and other");
    }
    if (design.offers().empty()) {
      const auto known = seen.lower_bound({id, ""});
      if (known != seen.end() && known->first == id) {
        return Problem(Reason::kConfigInvalid, place + "organisation.id", "it stands for offers already");
      }
      seen.emplace(id, "");
    }
    for (int j = 0; j < design.offers_size(); ++j) {
      if (!design.offers(j).empty() && !seen.contains({id, ""}) && seen.emplace(id, design.offers(j)).second) continue;
      return Problem(Reason::kConfigInvalid, absl::StrCat(place, "offers[", j, "]"),
                     "it is empty, or stands for the organisation already");
    }
  }
  return absl::OkStatus();
}

CoDesigns::CoDesigns(const v1::Source& source) {
  for (const v1::CoDesign& design : source.co_designed_by()) {
    if (design.offers().empty()) of_all_.push_back(design.organisation());
    for (const std::string& offer : design.offers()) {
      std::vector<v1::CoDesigner>& designers = by_offer_[offer];
      if (designers.empty()) named_.push_back(offer);
      designers.push_back(design.organisation());
    }
  }
}

void CoDesigns::AddTo(v1::Offer* offer) const {
  for (const v1::CoDesigner& designer : of_all_) *offer->add_co_designed_by() = designer;
  const auto found = by_offer_.find(offer->id());
  if (found == by_offer_.end()) return;
  for (const v1::CoDesigner& designer : found->second) *offer->add_co_designed_by() = designer;
}

}  // namespace passerelle::catalogue
