// What a document may make of itself: bounds that follow from its size, so that none in which one part stands in many
// others, or in which one name is in many places, fills the memory of whoever translates it.
//
// Thread-safety: values of one thread.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/base/limits.h"

namespace passerelle::document {

// Bytes that are written of a document's values. Every value has its share, and one that is written again has it again.
class Allowance {
 public:
  explicit Allowance(size_t document_bytes)
      : allowed_(std::clamp(document_bytes * base::kWrittenTimesMax, base::kWrittenBytesMin, base::kWrittenBytesMax)) {}

  void Charge(size_t bytes) { charged_ += bytes; }
  // Nothing more is mapped then, and the document is refused.
  bool IsExhausted() const { return charged_ > allowed_; }

 private:
  size_t allowed_;
  size_t charged_ = 0;
};

// One list of a report: at most kFindingsMax entries, and kListedBytesMax of what is in them. It ends with the first
// one for which there is no room.
class Listing {
 public:
  // Whether an entry is listed, whose bytes are asked for as long as there is room.
  template <typename Bytes>
  bool Takes(const Bytes& bytes) {
    if (has_ended_) return false;
    bytes_ += bytes();
    has_ended_ = ++entries_ > base::kFindingsMax || bytes_ > base::kListedBytesMax;
    return !has_ended_;
  }

 private:
  size_t entries_ = 0;
  size_t bytes_ = 0;
  bool has_ended_ = false;
};

}  // namespace passerelle::document
