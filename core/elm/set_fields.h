// The fields of a message that are set, with their values, in the order of the model.
//
// They are read off the wire form, which generated code writes in one pass: reflection would have to ask for each of a
// class's fields in turn, of which there are up to eighty while a node has five.
//
// Thread-safety: free functions on values. Ownership: fields point into the wire form.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/codec_tables.h"

namespace passerelle::elm {

// One value of a field; a repeated field has several, one after the other.
struct SetField {
  int number;                     // of the field
  const PropertyTable* property;  // null for what is no property: id, type, order, context, members kept aside
  absl::string_view bytes;        // of a text or message
  uint64_t integer;               // of a number or truth value
  int node = -1;                  // of a node in a graph: its occurrence
};

// Appends the values that the wire form of a message of the class has.
void AppendSetFields(absl::string_view wire, const ClassTable& table, std::vector<SetField>* fields);

// The node in the wire form of a union.
struct UnionMember {
  const Alternative* alternative = nullptr;  // null if none is set
  absl::string_view wire;
};
UnionMember UnionMemberOf(absl::string_view wire, const ClassTable& table);

// The two texts of a LanguageString (language, value) or of an UnknownMember (name, json).
struct TextPair {
  absl::string_view first;
  absl::string_view second;
};
TextPair TextPairOf(absl::string_view wire);

}  // namespace passerelle::elm
