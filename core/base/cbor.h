// CBOR (RFC 8949): a strict reader that keeps the bytes of every item, and a writer of the preferred form. Everything
// in Passerelle that reads or writes CBOR does it here.
//
// Reading is strict: one item and nothing after it, definite lengths only, text in UTF-8, keys of maps that are numbers
// or strings, no key twice (also not in two encodings), nesting up to kNestingMax, kCborBytesMax bytes and
// kCborItemsMax items. Numbers need not be in their shortest form: what was signed was not always written by the book,
// and the bytes are kept.
//
// Problems: kInputEmpty, kInputTooLarge, kInputTooDeep, kCborMalformed, kCborDuplicateKey. The place is "byte N",
// counted from 0.
//
// Thread-safety: free functions on values. Ownership: items view the bytes they were read from, which must outlive
// them.
//
//   ASSIGN_OR_RETURN(const Cbor item, ReadCbor(bytes));
//   const Cbor* const algorithm = item.Find(1);
//   if (algorithm == nullptr || !algorithm->Int().has_value()) ...
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::base {

struct Cbor {
  enum class Type : uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple, kFloat };

  Type type = Type::kSimple;
  // kUnsigned: the number; kNegative: it stands for -1 - number; kTag and kSimple: the number of the tag or value.
  uint64_t number = 0;
  double real = 0;          // kFloat
  absl::string_view bytes;  // the content of kBytes and kText
  // kArray: its items; kMap: key, value, key, value ...; kTag: the one item that is tagged.
  std::vector<Cbor> items;
  absl::string_view encoded;  // the whole item as it was read

  // The number of kUnsigned or kNegative when 64 bits with a sign hold it.
  std::optional<int64_t> Int() const;
  std::optional<absl::string_view> Text() const;
  std::optional<absl::string_view> Bytes() const;
  std::optional<bool> Bool() const;
  bool IsNull() const;
  // The tagged item of this tag; null for anything else.
  const Cbor* Tagged(uint64_t tag) const;
  // The value of a key of a map; null when there is none, or this is no map.
  const Cbor* Find(int64_t key) const;
  const Cbor* Find(absl::string_view key) const;
};

absl::StatusOr<Cbor> ReadCbor(absl::string_view bytes);

// Appends CBOR in its preferred form to a string. That as many items follow as an Array or Map says is up to the
// caller, and so is the order of a map's keys.
class CborWriter {
 public:
  explicit CborWriter(std::string& out) : out_(out) {}

  void Int(int64_t number);
  void Unsigned(uint64_t number) { Head(0, number); }
  void Bytes(absl::string_view bytes);
  void Text(absl::string_view text);
  void Array(uint64_t count) { Head(4, count); }
  void Map(uint64_t count) { Head(5, count); }
  void Tag(uint64_t tag) { Head(6, tag); }
  void Bool(bool value) { Head(7, value ? 21 : 20); }
  void Null() { Head(7, 22); }
  // An item that is CBOR already.
  void Raw(absl::string_view item);

 private:
  void Head(int major, uint64_t argument);

  std::string& out_;
};

}  // namespace passerelle::base
