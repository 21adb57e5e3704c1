// The fields of a message that are set, with their values, in the order of the model.
//
// Generated code lists them (proto/set_fields_generator.cc): reflection would have to ask for each of a class's fields
// in turn, of which there are up to eighty while a node has five.
//
// Thread-safety: free functions on values. Ownership: fields point into the message.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/codec_tables.h"

namespace passerelle::elm {

// One value of a field; a repeated field has several, one after the other.
struct SetField {
  int number;                                          // of the field
  int node = -1;                                       // of a node in a graph: its occurrence
  const PropertyTable* property;                       // null for what is no property, such as id and type
  absl::string_view text = "";                         // of a text
  const google::protobuf::Message* message = nullptr;  // of a node, a text in a language, or a member kept aside
  int64_t integer = 0;                                 // of a number or truth value
};

// Takes the fields of a message of one class.
class FieldList {
 public:
  FieldList(const ClassTable& table, std::vector<SetField>& fields) : table_(table), fields_(fields) {}

  void Add(int number, const std::string& text) { New(number).text = text; }
  void Add(int number, const google::protobuf::Message& message) { New(number).message = &message; }
  void Add(int number, int64_t integer) { New(number).integer = integer; }

  template <typename Values>
  void AddAll(int number, const Values& values) {
    for (const auto& value : values) Add(number, value);
  }

 private:
  SetField& New(int number);

  const ClassTable& table_;
  std::vector<SetField>& fields_;
};

// What lists the fields of a class; null for what is none.
FieldLister ListerOf(const google::protobuf::Descriptor& descriptor);

// Appends the values that a message of the class, which is no union, has.
void AppendSetFields(const google::protobuf::Message& message, const ClassTable& table, std::vector<SetField>* fields);

// The node in a union.
struct UnionMember {
  const Alternative* alternative = nullptr;  // null if none is set
  const google::protobuf::Message* message = nullptr;
};
UnionMember UnionMemberOf(const google::protobuf::Message& message, const ClassTable& table);

}  // namespace passerelle::elm
