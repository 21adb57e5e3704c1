#include "core/elm/set_fields.h"

#include "google/protobuf/wire_format_lite.h"

namespace passerelle::elm {
namespace {

using google::protobuf::internal::WireFormatLite;

// Takes one field after the other off a wire form that a message wrote.
class WireReader {
 public:
  explicit WireReader(absl::string_view wire) : wire_(wire) {}

  // Moves to the next field; false at the end.
  bool Next() {
    if (wire_.empty()) return false;
    const auto tag = static_cast<uint32_t>(TakeVarint());
    number = WireFormatLite::GetTagFieldNumber(tag);
    bytes = "";
    integer = 0;
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        integer = TakeVarint();
        return true;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
        bytes = TakeBytes(TakeVarint());
        return true;
      case WireFormatLite::WIRETYPE_FIXED64:
        TakeBytes(sizeof(uint64_t));
        return true;
      case WireFormatLite::WIRETYPE_FIXED32:
        TakeBytes(sizeof(uint32_t));
        return true;
      default:  // groups are not written
        wire_ = "";
        return false;
    }
  }

  int number = 0;
  absl::string_view bytes;
  uint64_t integer = 0;

 private:
  uint64_t TakeVarint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && !wire_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(wire_.front());
      wire_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  absl::string_view TakeBytes(uint64_t length) {
    const absl::string_view taken = wire_.substr(0, length);
    wire_.remove_prefix(taken.size());
    return taken;
  }

  absl::string_view wire_;
};

}  // namespace

void AppendSetFields(absl::string_view wire, const ClassTable& table, std::vector<SetField>* fields) {
  WireReader reader(wire);
  while (reader.Next()) {
    const auto number = static_cast<size_t>(reader.number);
    // Fields that a later version of the messages may have.
    if (number >= table.by_number.size() || table.by_number[number].field == nullptr) continue;
    fields->push_back({reader.number, table.by_number[number].property, reader.bytes, reader.integer});
  }
}

UnionMember UnionMemberOf(absl::string_view wire, const ClassTable& table) {
  UnionMember member;
  WireReader reader(wire);
  while (reader.Next()) {
    for (const Alternative& alternative : table.alternatives) {
      if (alternative.field->number() == reader.number) member = {&alternative, reader.bytes};
    }
  }
  return member;
}

TextPair TextPairOf(absl::string_view wire) {
  TextPair pair;
  WireReader reader(wire);
  while (reader.Next()) {
    if (reader.number == 1) pair.first = reader.bytes;
    if (reader.number == 2) pair.second = reader.bytes;
  }
  return pair;
}

}  // namespace passerelle::elm
