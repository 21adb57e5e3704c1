#include "core/elm/set_fields.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace passerelle::elm {
namespace {

using google::protobuf::internal::WireFormatLite;

// Takes one field after the other off a wire form that a message wrote.
class WireReader {
 public:
  explicit WireReader(absl::string_view wire)
      : input_(reinterpret_cast<const uint8_t*>(wire.data()), static_cast<int>(wire.size())) {}

  // Moves to the next field; false at the end.
  bool Next() {
    const uint32_t tag = input_.ReadTag();
    number = WireFormatLite::GetTagFieldNumber(tag);
    bytes = "";
    integer = 0;
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        return tag != 0 && input_.ReadVarint64(&integer);
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED:
        return TakeBytes();
      default:  // no message of the model has fields of other kinds
        return tag != 0 && WireFormatLite::SkipField(&input_, tag);
    }
  }

  int number = 0;
  absl::string_view bytes;
  uint64_t integer = 0;

 private:
  // Without a copy.
  bool TakeBytes() {
    uint32_t length = 0;
    if (!input_.ReadVarint32(&length)) return false;
    const void* data = nullptr;
    int left = 0;
    input_.GetDirectBufferPointerInline(&data, &left);
    if (length > static_cast<uint32_t>(left)) return false;
    bytes = absl::string_view(static_cast<const char*>(data), length);
    return input_.Skip(static_cast<int>(length));
  }

  google::protobuf::io::CodedInputStream input_;
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
