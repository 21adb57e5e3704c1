#include "core/base/cbor.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace passerelle::base {
namespace {

constexpr uint64_t kFalse = 20;
constexpr uint64_t kTrue = 21;
constexpr uint64_t kNull = 22;

// The initial byte of an item and what belongs to it (RFC 8949, 3).
struct Head {
  int major;
  int info;  // the five lower bits
  uint64_t argument;
};

double HalfToDouble(uint64_t half) {
  const auto exponent = static_cast<int>((half >> 10) & 0x1f);
  const auto mantissa = static_cast<double>(half & 0x3ff);
  const double magnitude = exponent == 0    ? std::ldexp(mantissa, -24)
                           : exponent != 31 ? std::ldexp(mantissa + 1024, exponent - 25)
                           : mantissa == 0  ? std::numeric_limits<double>::infinity()
                                            : std::numeric_limits<double>::quiet_NaN();
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

template <typename Real, typename Bits>
double BitsToDouble(Bits bits) {
  Real real;
  static_assert(sizeof(real) == sizeof(bits));
  std::memcpy(&real, &bits, sizeof(real));
  return static_cast<double>(real);
}

// Two keys are the same when type and value are, however they are encoded.
using KeyIdentity = std::pair<Cbor::Type, absl::string_view>;

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : whole_(bytes), rest_(bytes) {}

  absl::StatusOr<Cbor> ReadWhole() {
    ASSIGN_OR_RETURN(Cbor item, ReadItem(0));
    if (!rest_.empty()) return Malformed("something follows the item");
    return item;
  }

 private:
  absl::Status Fault(Reason reason, absl::string_view detail) const {
    return Problem(reason, absl::StrCat("byte ", whole_.size() - rest_.size()), detail);
  }
  absl::Status Malformed(absl::string_view detail) const { return Fault(Reason::kCborMalformed, detail); }

  absl::StatusOr<Head> ReadHead() {
    if (rest_.empty()) return Malformed("it ends where an item is due");
    const auto initial = static_cast<uint8_t>(rest_.front());
    Head head = {initial >> 5, initial & 0x1f, static_cast<uint64_t>(initial & 0x1f)};
    if (head.info == 31) return Malformed("the length is indefinite");
    if (head.info > 27) return Malformed("the initial byte is reserved");
    const size_t size = head.info < 24 ? 0 : size_t{1} << (head.info - 24);
    if (rest_.size() < 1 + size) return Malformed("it ends within the head of an item");
    if (size > 0) head.argument = 0;
    for (size_t i = 1; i <= size; ++i) head.argument = (head.argument << 8) | static_cast<uint8_t>(rest_[i]);
    rest_.remove_prefix(1 + size);
    return head;
  }

  absl::StatusOr<Cbor> ReadItem(size_t depth) {
    if (depth > kNestingMax) return Fault(Reason::kInputTooDeep, "");
    if (++items_ > kCborItemsMax) return Fault(Reason::kInputTooLarge, "it has too many items");
    const absl::string_view begin = rest_;
    ASSIGN_OR_RETURN(const Head head, ReadHead());
    Cbor item;
    item.number = head.argument;
    RETURN_IF_ERROR(ReadContent(head, depth, item));
    item.encoded = begin.substr(0, begin.size() - rest_.size());
    return item;
  }

  absl::Status ReadContent(const Head& head, size_t depth, Cbor& item) {
    switch (head.major) {
      case 0:
        item.type = Cbor::Type::kUnsigned;
        return absl::OkStatus();
      case 1:
        item.type = Cbor::Type::kNegative;
        return absl::OkStatus();
      case 2:
        item.type = Cbor::Type::kBytes;
        return ReadString(item);
      case 3:
        item.type = Cbor::Type::kText;
        return ReadString(item);
      case 4:
        item.type = Cbor::Type::kArray;
        return ReadItems(head.argument, depth, item);
      case 5:
        item.type = Cbor::Type::kMap;
        return ReadMap(head.argument, depth, item);
      case 6:
        item.type = Cbor::Type::kTag;
        return ReadItems(1, depth, item);
      default:
        return TakeSimple(head, item);
    }
  }

  absl::Status ReadString(Cbor& item) {
    if (item.number > rest_.size()) return Malformed("it ends within a string");
    item.bytes = rest_.substr(0, item.number);
    if (item.type == Cbor::Type::kText && !IsUtf8(item.bytes)) return Malformed("a text is not UTF-8");
    rest_.remove_prefix(item.number);
    return absl::OkStatus();
  }

  absl::Status ReadItems(uint64_t count, size_t depth, Cbor& item) {
    // Every item takes a byte at least, so that a claimed count costs nothing.
    if (count > rest_.size()) return Malformed("it ends within an array or map");
    for (uint64_t i = 0; i < count; ++i) {
      ASSIGN_OR_RETURN(item.items.emplace_back(), ReadItem(depth + 1));
    }
    return absl::OkStatus();
  }

  absl::Status ReadMap(uint64_t count, size_t depth, Cbor& item) {
    if (count > rest_.size() / 2) return Malformed("it ends within an array or map");
    absl::flat_hash_set<std::pair<Cbor::Type, uint64_t>> numbers;
    absl::flat_hash_set<KeyIdentity> strings;
    for (uint64_t i = 0; i < count; ++i) {
      const absl::string_view begin = rest_;
      ASSIGN_OR_RETURN(Cbor key, ReadItem(depth + 1));
      const bool number = key.type == Cbor::Type::kUnsigned || key.type == Cbor::Type::kNegative;
      const bool string = key.type == Cbor::Type::kBytes || key.type == Cbor::Type::kText;
      const bool fresh = number   ? numbers.insert({key.type, key.number}).second
                         : string ? strings.insert({key.type, key.bytes}).second
                                  : false;
      if (!fresh) {
        rest_ = begin;
        return number || string ? Fault(Reason::kCborDuplicateKey, "")
                                : Malformed("the key of a map is neither a number nor a string");
      }
      item.items.push_back(std::move(key));
      ASSIGN_OR_RETURN(item.items.emplace_back(), ReadItem(depth + 1));
    }
    return absl::OkStatus();
  }

  absl::Status TakeSimple(const Head& head, Cbor& item) const {
    item.type = head.info < 25 ? Cbor::Type::kSimple : Cbor::Type::kFloat;
    if (head.info == 24 && head.argument < 32) return Malformed("a simple value is written in two bytes");
    if (head.info == 25) item.real = HalfToDouble(head.argument);
    if (head.info == 26) item.real = BitsToDouble<float>(static_cast<uint32_t>(head.argument));
    if (head.info == 27) item.real = BitsToDouble<double>(head.argument);
    return absl::OkStatus();
  }

  const absl::string_view whole_;
  absl::string_view rest_;
  size_t items_ = 0;
};

}  // namespace

std::optional<int64_t> Cbor::Int() const {
  if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  if (type == Type::kUnsigned) return static_cast<int64_t>(number);
  if (type == Type::kNegative) return -1 - static_cast<int64_t>(number);
  return std::nullopt;
}

std::optional<absl::string_view> Cbor::Text() const {
  return type == Type::kText ? std::optional<absl::string_view>(bytes) : std::nullopt;
}

std::optional<absl::string_view> Cbor::Bytes() const {
  return type == Type::kBytes ? std::optional<absl::string_view>(bytes) : std::nullopt;
}

std::optional<bool> Cbor::Bool() const {
  if (type != Type::kSimple || (number != kFalse && number != kTrue)) return std::nullopt;
  return number == kTrue;
}

bool Cbor::IsNull() const { return type == Type::kSimple && number == kNull; }

const Cbor* Cbor::Tagged(uint64_t tag) const { return type == Type::kTag && number == tag ? &items.front() : nullptr; }

const Cbor* Cbor::Find(int64_t key) const {
  if (type != Type::kMap) return nullptr;
  for (size_t i = 0; i < items.size(); i += 2) {
    if (items[i].Int() == key) return &items[i + 1];
  }
  return nullptr;
}

const Cbor* Cbor::Find(absl::string_view key) const {
  if (type != Type::kMap) return nullptr;
  for (size_t i = 0; i < items.size(); i += 2) {
    if (items[i].Text() == key) return &items[i + 1];
  }
  return nullptr;
}

absl::StatusOr<Cbor> ReadCbor(absl::string_view bytes) {
  if (bytes.empty()) return Problem(Reason::kInputEmpty, "byte 0");
  if (bytes.size() > kCborBytesMax) return Problem(Reason::kInputTooLarge, "byte 0");
  return Reader(bytes).ReadWhole();
}

void CborWriter::Int(int64_t number) {
  if (number >= 0) {
    Head(0, static_cast<uint64_t>(number));
  } else {
    Head(1, static_cast<uint64_t>(-(number + 1)));
  }
}

void CborWriter::Bytes(absl::string_view bytes) {
  Head(2, bytes.size());
  Raw(bytes);
}

void CborWriter::Text(absl::string_view text) {
  Head(3, text.size());
  Raw(text);
}

void CborWriter::Raw(absl::string_view item) { out_.append(item.data(), item.size()); }

void CborWriter::Head(int major, uint64_t argument) {
  const int size = argument < 24 ? 0 : argument <= 0xff ? 1 : argument <= 0xffff ? 2 : argument <= 0xffffffff ? 4 : 8;
  const int info = size == 0 ? static_cast<int>(argument) : size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27;
  out_.push_back(static_cast<char>((major << 5) | info));
  for (int i = size; i > 0; --i) out_.push_back(static_cast<char>((argument >> (8 * (i - 1))) & 0xff));
}

}  // namespace passerelle::base
