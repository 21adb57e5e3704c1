// A catalogue of invented offers for benchmarks: texts of words as frequent as in real texts (Zipf's law), countries,
// levels, fields, credits and languages, and one broken offer in a hundred. The same number gives the same offers.
//
// Thread-safety: free functions.
#pragma once

#include <cstdint>
#include <string>

namespace passerelle::bench {

// Numbers that look random, and are the same in every run (SplitMix64).
class Numbers {
 public:
  explicit Numbers(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  // From 0 to `count` - 1.
  size_t Below(size_t count) { return static_cast<size_t>(Next() % count); }

 private:
  uint64_t state_;
};

// Words of the texts, the most frequent first.
inline constexpr size_t kVocabulary = 30'000;
std::string WordAt(size_t rank);
// A word as frequent as it is in the texts.
std::string FrequentWord(Numbers* numbers);

// Offers of one file.
inline constexpr size_t kOffersOfFile = 1000;
std::string OfferId(size_t number);
// The file as a catalogue of the European model (profile LOQ). Another version has one changed offer.
std::string CatalogueFile(size_t file, int version);

// What offers have.
std::string CountryAt(size_t number);
std::string FieldAt(size_t number);

}  // namespace passerelle::bench
