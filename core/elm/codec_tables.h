// The tables from which the codec works: what the options of proto/passerelle/elm/v3 say, arranged for look-up by the
// names that stand in documents. Built once, at the first use.
//
// Thread-safety: immutable after construction.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/elm/name_table.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "passerelle/elm/v3/options.pb.h"

namespace passerelle::elm {

// The contexts of model 3.2, in their order.
inline constexpr absl::string_view kContexts[] = {"https://www.w3.org/2018/credentials/v1",
                                                  "http://data.europa.eu/snb/model/context/edc-ap"};

// How the values of a property stand in a message.
enum class ValueKind { kText, kLanguageText, kInteger, kBoolean, kNode };

struct ClassTable;

struct PropertyTable {
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string name;           // as written: the term, or the property's IRI where the context has no term
  std::string pointer_token;  // the name as a step of a JSON pointer, with the slash before it
  ValueKind kind = ValueKind::kText;
  v3::Datatype datatype = v3::DATATYPE_UNSPECIFIED;
  bool repeated = false;
  bool states_datatype = false;                  // no context gives its literals their datatype, so that they state it
  const ClassTable* target = nullptr;            // of nodes
  const v3::PropertyOptions* options = nullptr;  // what the profile says about it
};

enum class MemberKind { kProperty, kId, kType, kOrder, kContext };

// What a name means as a member of a class.
struct MemberTable {
  MemberKind kind = MemberKind::kProperty;
  const PropertyTable* property = nullptr;  // of kProperty
  bool defined = true;                      // whether the context of model 3.2 defines the name
  bool model_3_3 = false;                   // whether only model 3.3 writes it so
  bool model_3_2 = false;                   // whether model 3.1 cannot write it so
};

// One member of the oneof of a union.
struct Alternative {
  const google::protobuf::FieldDescriptor* field = nullptr;
  const ClassTable* table = nullptr;
};

// Generated code that lists the set fields of a message (set_fields.h).
using FieldLister = void (*)(const google::protobuf::Message&, class FieldList&);

struct ClassTable {
  const google::protobuf::Descriptor* descriptor = nullptr;
  const google::protobuf::Reflection* reflection = nullptr;  // of its messages, which take a while to find theirs
  std::string name;
  std::vector<PropertyTable> properties;        // in the order of the model
  std::vector<const PropertyTable*> required;   // those that need a value, in the same order
  std::vector<const PropertyTable*> by_number;  // by the number of the field; null for other fields
  FieldLister lister = nullptr;                 // of a class
  NameTable<MemberTable> members;               // by every name under which they can stand
  std::vector<Alternative> alternatives;        // of a union; empty for a class
  const struct TypeTable* own_type = nullptr;   // what its name means as a type; null in a union, as these are
  const google::protobuf::FieldDescriptor* id = nullptr;
  const google::protobuf::FieldDescriptor* type = nullptr;
  const google::protobuf::FieldDescriptor* unknown_members = nullptr;
  const google::protobuf::FieldDescriptor* order = nullptr;
  const google::protobuf::FieldDescriptor* context = nullptr;  // of the credential only

  bool is_union() const { return !alternatives.empty(); }
  // Null if the class has no such member.
  const MemberTable* Find(absl::string_view member) const { return members.Find(member); }
};

// What a stated type means.
struct TypeTable {
  std::string name;                   // as model 3.2 writes it
  const ClassTable* table = nullptr;  // null for classes of which documents state only the name
  bool model_3_3 = false;
  bool model_3_2 = false;
};

// The table of a class or union of elm.proto.
const ClassTable& TableOf(const google::protobuf::Descriptor& descriptor);

// What a stated type means, by name, IRI or compact IRI; null if the model does not know it.
const TypeTable* FindType(absl::string_view stated);

// The messages of a repeated field, which holds messages of that class.
template <typename T>
std::vector<const T*> EntriesOf(const google::protobuf::Message& message,
                                const google::protobuf::FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const T*> entries;
  const int size = reflection.FieldSize(message, &field);
  entries.reserve(static_cast<size_t>(size));
  for (int i = 0; i < size; ++i) {
    entries.push_back(static_cast<const T*>(&reflection.GetRepeatedMessage(message, &field, i)));
  }
  return entries;
}

// Whether an IRI belongs to the namespaces that came with model 3.3.
bool IsModel33Iri(absl::string_view iri);

}  // namespace passerelle::elm
