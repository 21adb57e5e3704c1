#include "core/elm/codec_compare.h"

#include <optional>

namespace passerelle::elm {
namespace {

using base::AsArray;
using base::AsObject;
using base::AsString;
using base::View;
namespace dom = simdjson::dom;

// Members up to which objects are compared: a look-up walks through the object. No class of the model has as many.
constexpr size_t kComparedMembersMax = 64;

std::optional<absl::string_view> IdOf(dom::object object) {
  const auto id = base::FindString(object, "id");
  return id.has_value() ? id : base::FindString(object, "@id");
}

bool Agree(dom::element first, dom::element second);

// Numbers and truth values by their kind and value.
bool SameScalar(dom::element first, dom::element second) {
  if (first.type() != second.type()) return false;
  switch (first.type()) {
    case dom::element_type::INT64:
      return first.get_int64().value_unsafe() == second.get_int64().value_unsafe();
    case dom::element_type::UINT64:
      return first.get_uint64().value_unsafe() == second.get_uint64().value_unsafe();
    case dom::element_type::DOUBLE:
      return first.get_double().value_unsafe() == second.get_double().value_unsafe();
    case dom::element_type::BOOL:
      return first.get_bool().value_unsafe() == second.get_bool().value_unsafe();
    default:
      return true;  // null
  }
}

// A text against an object: the id of the node.
bool IsIdOf(absl::string_view text, dom::element value) {
  const auto object = AsObject(value);
  return object.has_value() && IdOf(*object) == text;
}

bool AgreeObjects(dom::object first, dom::object second) {
  const auto first_id = IdOf(first);
  const auto second_id = IdOf(second);
  if (first_id.has_value() && second_id.has_value()) return *first_id == *second_id;
  return ContradictingMember(first, second).empty();
}

// An array of one says the same as its entry.
dom::element Single(dom::element value) {
  if (!value.is_array()) return value;
  const auto array = AsArray(value);
  return array.has_value() && array->size() == 1 ? array->at(0).value_unsafe() : value;
}

bool AgreeArrays(dom::array first, dom::array second) {
  if (first.size() != second.size()) return false;
  auto next = first.begin();
  for (const dom::element entry : second) {
    if (!Agree(*next, entry)) return false;
    ++next;
  }
  return true;
}

bool Agree(dom::element first, dom::element second) {
  using Kind = dom::element_type;
  first = Single(first);
  second = Single(second);
  const Kind kind = first.type();
  const Kind other = second.type();
  if (kind == Kind::STRING && other == Kind::STRING) return *AsString(first) == *AsString(second);
  if (kind == Kind::OBJECT && other == Kind::OBJECT) return AgreeObjects(*AsObject(first), *AsObject(second));
  if (kind == Kind::ARRAY && other == Kind::ARRAY) return AgreeArrays(*AsArray(first), *AsArray(second));
  if (kind == Kind::ARRAY || other == Kind::ARRAY) return false;
  if (kind == Kind::STRING) return IsIdOf(*AsString(first), second);
  if (other == Kind::STRING) return IsIdOf(*AsString(second), first);
  return kind != Kind::OBJECT && other != Kind::OBJECT && SameScalar(first, second);
}

// What a node is called twice may be of several classes; contexts and keywords are no statements about it.
bool IsStatement(absl::string_view name) {
  return name != "type" && name != "id" && !(name.size() > 1 && name[0] == '@');
}

}  // namespace

std::string ContradictingMember(dom::object first, dom::object second) {
  if (first.size() > kComparedMembersMax) return "";
  // Where both are written in the same order, each member is the next one.
  auto next = first.begin();
  for (const dom::key_value_pair member : second) {
    if (!IsStatement(View(member.key))) continue;
    while (next != first.end() && !IsStatement(View((*next).key))) ++next;
    std::optional<dom::element> other;
    if (next != first.end() && (*next).key == member.key) {
      other = (*next).value;
      ++next;
    } else {
      other = base::Find(first, View(member.key));
    }
    if (other.has_value() && !Agree(*other, member.value)) return std::string(member.key);
  }
  return "";
}

}  // namespace passerelle::elm
