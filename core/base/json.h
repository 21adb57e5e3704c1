// JSON: a strict reader on simdjson, and a small writer. Everything in Passerelle that reads or writes JSON does it
// here.
//
// Reading is strict: UTF-8, well-formed by RFC 8259, one value and nothing after it, no object with two members of the
// same name, nesting up to kNestingMax, size up to kDocumentBytesMax, numbers within 64 bits or the range of a double.
// A UTF-8 byte order mark is skipped, as RFC 8259 allows: exports of office programs begin with one.
//
// Problems: kInputEmpty, kInputTooLarge, kInputTooDeep, kJsonNotUtf8, kJsonMalformed, kJsonDuplicateMember. The place
// is "line L, column C" (counted from 1; columns are characters), for duplicates the JSON pointer of the second member.
//
// Thread-safety: a JsonDocument or JsonWriter belongs to one thread; free functions are safe.
// Ownership: a JsonDocument owns what its elements and views point to, and may be moved without them moving.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"

namespace passerelle::base {

// Debian's Abseil has a string_view of its own; these convert, without a copy.
inline absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view StdView(absl::string_view text) { return {text.data(), text.size()}; }

// The element as one kind of value, if it is of that kind.
std::optional<simdjson::dom::object> AsObject(simdjson::dom::element element);
std::optional<simdjson::dom::array> AsArray(simdjson::dom::element element);
std::optional<absl::string_view> AsString(simdjson::dom::element element);

// The member of an object, or the text of it, if there is one.
std::optional<simdjson::dom::element> Find(simdjson::dom::object object, absl::string_view name);
std::optional<absl::string_view> FindString(simdjson::dom::object object, absl::string_view name);

// A parsed document.
//
//   ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(bytes));
//   const std::optional<simdjson::dom::object> root = AsObject(document.root());
//   if (!root.has_value()) ...
class JsonDocument {
 public:
  // `nesting_max` may be less than kNestingMax.
  static absl::StatusOr<JsonDocument> Parse(absl::string_view bytes, size_t nesting_max = kNestingMax);

  simdjson::dom::element root() const { return root_; }

  // The digits of a number as the source writes them ("7.50" stays "7.50"); empty for what is no number.
  absl::string_view NumberText(simdjson::dom::element number) const;

  // The element as compact JSON. Numbers stay as written, strings are escaped as little as JSON allows.
  std::string Text(simdjson::dom::element element) const;

 private:
  struct NumberPlace {
    size_t tape_index;
    size_t offset;
  };

  JsonDocument(std::unique_ptr<simdjson::dom::parser> parser, simdjson::padded_string source,
               simdjson::dom::element root);
  void LocateNumbers() const;
  void AppendText(simdjson::dom::element element, class JsonWriter& out) const;

  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::padded_string source_;
  simdjson::dom::element root_;
  // Where each number of the tape stands in the source; made at the first question.
  mutable std::vector<NumberPlace> numbers_;
  mutable bool numbers_located_ = false;
};

// The problem of a text by JsonDocument's rules, except duplicate members, without building anything. Slower than
// Parse, and knows the place.
absl::Status CheckJsonText(absl::string_view bytes);

// Appends "/" and the token, escaped by RFC 6901, to a JSON pointer.
void AppendPointerToken(absl::string_view token, std::string& pointer);

// Appends the text as a JSON string, quotes included.
void AppendJsonString(absl::string_view text, std::string& out);

// Writes JSON to the end of a string. Commas, colons and indentation come by themselves; that Begin and End match, and
// that a Key stands before every value of an object, is up to the caller. Texts are taken to be UTF-8.
//
//   JsonWriter json(out, JsonWriter::Layout::kIndented);
//   json.BeginObject();
//   json.Key("id");
//   json.String(id);
//   json.EndObject();
class JsonWriter {
 public:
  enum class Layout { kCompact, kIndented };

  explicit JsonWriter(std::string& out, Layout layout = Layout::kCompact) : out_(out), layout_(layout) {}

  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }
  void Key(absl::string_view name);
  void String(absl::string_view text);
  void Int(int64_t number);
  void Double(double number);  // shortest text that reads back the same; null for what JSON has no number for
  void Bool(bool value);
  void Null();
  // A value that is JSON already; indented layout lays it out anew.
  void Raw(absl::string_view json);

  // A whole member.
  void Member(absl::string_view name, absl::string_view text);
  void Member(absl::string_view name, const char* text) { Member(name, absl::string_view(text)); }
  void Member(absl::string_view name, int64_t number);
  void Member(absl::string_view name, int number) { Member(name, static_cast<int64_t>(number)); }
  void Member(absl::string_view name, bool value);

 private:
  void Begin(char bracket);
  void End(char bracket);
  void BeforeValue();
  void NewLine();
  void RawIndented(absl::string_view json);

  std::string& out_;
  const Layout layout_;
  std::vector<bool> filled_;  // for every open object or array, whether it has an entry
  bool after_key_ = false;
};

}  // namespace passerelle::base
