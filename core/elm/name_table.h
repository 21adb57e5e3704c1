// Look-up by names that are known beforehand, such as the members and types of the model. They are told apart by their
// length and their ends, which takes less than a hash that has to withstand names that others choose.
//
// Thread-safety: immutable after it was filled. Ownership: of names and values; a value may move until it was filled.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace passerelle::elm {

template <typename Value>
class NameTable {
 public:
  // The value of a name, made where there is none.
  Value& operator[](absl::string_view name) {
    if (Value* const known = const_cast<Value*>(Find(name))) return *known;
    entries_.push_back({std::string(name), Ends(name), Value()});
    Index();
    return entries_.back().value;
  }

  // Leaves a name that has a value as it is.
  void Add(absl::string_view name, Value value) {
    if (Find(name) == nullptr) (*this)[name] = std::move(value);
  }

  // Null where there is none.
  const Value* Find(absl::string_view name) const {
    if (places_.empty()) return nullptr;
    const Ends ends(name);
    for (size_t at = ends.Hash();; ++at) {
      const size_t place = places_[at & (places_.size() - 1)];
      if (place == 0) return nullptr;
      const Entry& entry = entries_[place - 1];
      if (entry.ends == ends && (ends.IsWhole() || entry.name == name)) return &entry.value;
    }
  }

 private:
  static constexpr size_t kPlacesOfEntry = 4;  // at least, so that few names meet

  // The length of a name and up to eight bytes of either end.
  struct Ends {
    explicit Ends(absl::string_view name) : size(name.size()) {
      if (size >= 8) {
        std::memcpy(&first, name.data(), 8);
        std::memcpy(&last, name.data() + size - 8, 8);
      } else if (size >= 4) {
        std::memcpy(&first, name.data(), 4);
        std::memcpy(&last, name.data() + size - 4, 4);
      } else if (size > 0) {
        first = static_cast<uint8_t>(name.front());
        last = static_cast<uint8_t>(name.back());
      }
    }

    bool operator==(const Ends&) const = default;
    // Whether they are all of the name.
    bool IsWhole() const { return size <= 2 || (size >= 4 && size <= 16); }
    size_t Hash() const {
      const uint64_t mixed = (first * 0x9E3779B97F4A7C15 + last + size) * 0xD6E8FEB86659FD93;
      return static_cast<size_t>(mixed >> 32);
    }

    size_t size;
    uint64_t first = 0;
    uint64_t last = 0;
  };

  struct Entry {
    std::string name;
    Ends ends;
    Value value;
  };

  // Finds a place for the last entry, and for all where there is too little room.
  void Index() {
    size_t from = entries_.size() - 1;
    if (places_.size() < kPlacesOfEntry * entries_.size()) {
      places_.assign(std::bit_ceil(2 * kPlacesOfEntry * entries_.size()), 0);
      from = 0;
    }
    for (; from < entries_.size(); ++from) {
      size_t at = entries_[from].ends.Hash();
      while (places_[at & (places_.size() - 1)] != 0) ++at;
      places_[at & (places_.size() - 1)] = static_cast<uint32_t>(from + 1);
    }
  }

  std::vector<Entry> entries_;
  std::vector<uint32_t> places_;  // by hash: one more than the entry's position, 0 where there is none
};

}  // namespace passerelle::elm
