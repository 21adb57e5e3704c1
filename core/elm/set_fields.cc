#include "core/elm/set_fields.h"

namespace passerelle::elm {

SetField& FieldList::New(int number) {
  return fields_.emplace_back(SetField{number, -1, table_.by_number[static_cast<size_t>(number)]});
}

void AppendSetFields(const google::protobuf::Message& message, const ClassTable& table, std::vector<SetField>* fields) {
  FieldList list(table, *fields);
  table.lister(message, list);
}

UnionMember UnionMemberOf(const google::protobuf::Message& message, const ClassTable& table) {
  const auto* const set = table.reflection->GetOneofFieldDescriptor(message, table.descriptor->oneof_decl(0));
  for (const Alternative& alternative : table.alternatives) {
    if (alternative.field == set) return {&alternative, &table.reflection->GetMessage(message, set)};
  }
  return {};
}

}  // namespace passerelle::elm
