// What a verifier found besides whether a signature verifies. Integrity and policy are separate answers: a signature
// may verify, and the document may be refused all the same.
//
// Thread-safety: values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/problem.h"

namespace passerelle::proof {

enum class Weight {
  kNote,     // worth telling; changes nothing
  kLegacy,   // accepted only under a named exception for the peer
  kRefusal,  // the profile refuses the document
};

struct Finding {
  base::Reason reason;
  std::string place;   // the header, claim or member
  std::string detail;  // for people; empty when the reason says all
  Weight weight = Weight::kRefusal;
};

class Findings {
 public:
  void Refuse(base::Reason reason, absl::string_view place, absl::string_view detail = "") {
    Add(reason, place, detail, Weight::kRefusal);
  }
  // The reason, place and detail of a problem.
  void Refuse(const absl::Status& problem) {
    Refuse(base::ReasonOf(problem), base::PlaceOf(problem), base::DetailOf(problem));
  }
  void Note(base::Reason reason, absl::string_view place, absl::string_view detail = "") {
    Add(reason, place, detail, Weight::kNote);
  }
  void Legacy(base::Reason reason, absl::string_view place, absl::string_view detail = "") {
    Add(reason, place, detail, Weight::kLegacy);
  }
  void Append(const Findings& other) { list_.insert(list_.end(), other.list_.begin(), other.list_.end()); }

  const std::vector<Finding>& list() const { return list_; }
  bool refused() const { return Has(Weight::kRefusal); }
  bool legacy() const { return Has(Weight::kLegacy); }

 private:
  void Add(base::Reason reason, absl::string_view place, absl::string_view detail, Weight weight) {
    list_.push_back({reason, std::string(place), std::string(detail), weight});
  }
  bool Has(Weight weight) const {
    for (const Finding& finding : list_) {
      if (finding.weight == weight) return true;
    }
    return false;
  }

  std::vector<Finding> list_;
};

}  // namespace passerelle::proof
