// Who designed offers together with their providers (points 8(a) and 8(b) of the Recommendation). No format of
// catalogues has a place for it, so that the source of a catalogue states it in its own description.
//
// Thread-safety: const after construction. Ownership: owns what it tells.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/catalogue/v1/offer.pb.h"

namespace passerelle::catalogue {

// Organisations of one source, each with the offers that it designed. Test:
// tests/unit/core/catalogue/co_design_test.cc.
inline constexpr int kCoDesignsMax = 1000;

// What searches say for employers and workers together.
inline constexpr absl::string_view kSocialPartner = "SOCIAL_PARTNER";

// "EMPLOYERS", "WORKERS", "OTHER"; empty for a kind that is not stated.
absl::string_view CoDesignerWord(v1::CoDesignerKind kind);

// The words by which an organisation of this kind is found: its own, and kSocialPartner for employers and workers.
std::vector<absl::string_view> CoDesignerWords(v1::CoDesignerKind kind);

// kFieldInvalid at `place` for a word by which no organisation is found. An empty one asks for nothing.
absl::Status CheckCoDesignerWord(absl::string_view word, absl::string_view place);

// What a source states. kConfigInvalid with the place, such as "co_designed_by[0].organisation.id": an identifier or a
// kind that is missing, an organisation that stands twice for the same offers, more than kCoDesignsMax.
absl::Status CheckCoDesigns(const v1::Source& source);

// The co-designers of a source's offers.
class CoDesigns {
 public:
  // Takes a source that CheckCoDesigns has passed.
  explicit CoDesigns(const v1::Source& source);

  void AddTo(v1::Offer* offer) const;
  // The offers that are named, in the order of the source.
  const std::vector<std::string>& named() const { return named_; }

 private:
  std::vector<v1::CoDesigner> of_all_;
  std::vector<std::string> named_;
  absl::flat_hash_map<std::string, std::vector<v1::CoDesigner>> by_offer_;
};

}  // namespace passerelle::catalogue
