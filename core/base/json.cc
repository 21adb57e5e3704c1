#include "core/base/json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/json_scanner.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::base {
namespace {

namespace dom = simdjson::dom;

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string PlaceOfOffset(absl::string_view text, size_t offset) {
  size_t line = 1;
  size_t column = 1;
  for (size_t i = 0; i < offset && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<uint8_t>(text[i]) & 0xc0) != 0x80) {
      ++column;
    }
  }
  return absl::StrCat("line ", line, ", column ", column);
}

// Takes the byte order mark off and refuses what is no JSON at a glance.
absl::StatusOr<absl::string_view> Prepare(absl::string_view bytes) {
  if (bytes.size() > kDocumentBytesMax) {
    return Problem(Reason::kInputTooLarge, "", absl::StrCat(bytes.size(), " bytes; the limit is ", kDocumentBytesMax));
  }
  if (bytes.substr(0, kByteOrderMark.size()) == kByteOrderMark) bytes.remove_prefix(kByteOrderMark.size());
  if (absl::StripAsciiWhitespace(bytes).empty()) return Problem(Reason::kInputEmpty, "");
  const absl::string_view head = bytes.substr(0, 2);
  const bool utf16 =
      head == "\xff\xfe" || head == "\xfe\xff" || (head.size() == 2 && (head[0] == '\0') != (head[1] == '\0'));
  if (utf16) return Problem(Reason::kJsonNotUtf8, "line 1, column 1", "the bytes look like UTF-16");
  return bytes;
}

absl::Status Refusal(absl::string_view text, const JsonFault& fault) {
  return Problem(fault.reason, PlaceOfOffset(text, fault.offset), fault.detail);
}

// Refuses objects with two members of one name. Real objects are small: comparing all pairs beats hashing there.
constexpr size_t kPairwiseMembersMax = 12;

class DuplicateFinder {
 public:
  // The tokens of the second member, innermost first, end up in `tokens`.
  bool Find(dom::element element, std::vector<std::string>& tokens) {
    if (const auto object = AsObject(element)) return FindInObject(*object, tokens);
    const auto array = AsArray(element);
    if (!array.has_value()) return false;
    size_t index = 0;
    for (const dom::element entry : *array) {
      if (IsContainer(entry) && Find(entry, tokens)) {
        tokens.push_back(absl::StrCat(index));
        return true;
      }
      ++index;
    }
    return false;
  }

 private:
  static bool IsContainer(dom::element element) { return element.is_object() || element.is_array(); }

  // One of 64 bits.
  static uint64_t MarkOf(std::string_view name) {
    if (name.empty()) return 1;
    const size_t bytes = static_cast<uint8_t>(name.front()) + 7 * static_cast<uint8_t>(name.back());
    return uint64_t{1} << ((bytes + 31 * name.size()) % 64);
  }

  bool FindInObject(dom::object object, std::vector<std::string>& tokens) {
    std::array<std::string_view, kPairwiseMembersMax> few;
    std::optional<absl::flat_hash_set<std::string_view>> many;
    size_t count = 0;
    uint64_t marks = 0;  // of the names so far: a name with a new mark is a new name
    for (const dom::key_value_pair member : object) {
      const uint64_t mark = MarkOf(member.key);
      bool duplicate = false;
      if ((marks & mark) != 0) {
        const auto end = few.begin() + static_cast<std::ptrdiff_t>(std::min(count, kPairwiseMembersMax));
        duplicate = std::find(few.begin(), end, member.key) != end;
      }
      marks |= mark;
      if (count < kPairwiseMembersMax) {
        few[count] = member.key;
      } else {
        if (!many.has_value()) many.emplace();
        duplicate = duplicate || !many->insert(member.key).second;
      }
      ++count;
      if (duplicate || (IsContainer(member.value) && Find(member.value, tokens))) {
        tokens.emplace_back(member.key);
        return true;
      }
    }
    return false;
  }
};

// simdjson's documented tape: a word for every value, its kind in the highest byte. An element is the document and the
// index of its word; the library has no accessor for that index, and a test pins the layout.
size_t TapeIndex(dom::element element) {
  std::array<size_t, 2> words;
  static_assert(sizeof(words) == sizeof(element));
  std::memcpy(words.data(), static_cast<const void*>(&element), sizeof(element));
  return words[1];
}

constexpr std::array<bool, 256> EscapedBytes() {
  std::array<bool, 256> escaped{};
  for (size_t c = 0; c < 0x20; ++c) escaped[c] = true;
  escaped['"'] = true;
  escaped['\\'] = true;
  return escaped;
}
constexpr std::array<bool, 256> kEscaped = EscapedBytes();

// How many bytes at the start of the text need no escape. Long texts are base64 mostly, so eight bytes are looked at in
// one step: a byte below 0x20, a quote or a backslash borrows into its highest bit.
size_t PlainLength(absl::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  constexpr uint64_t kHighs = kOnes * 0x80;
  const auto has_zero = [](uint64_t word) { return (word - kOnes) & ~word & kHighs; };
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof(word));
    const uint64_t control = (word - kOnes * 0x20) & ~word & kHighs;
    if ((control | has_zero(word ^ (kOnes * '"')) | has_zero(word ^ (kOnes * '\\'))) != 0) break;
  }
  while (i < text.size() && !kEscaped[static_cast<uint8_t>(text[i])]) ++i;
  return i;
}

}  // namespace

std::optional<dom::object> AsObject(dom::element element) {
  dom::object object;
  return element.get(object) == simdjson::SUCCESS ? std::optional(object) : std::nullopt;
}

std::optional<dom::array> AsArray(dom::element element) {
  dom::array array;
  return element.get(array) == simdjson::SUCCESS ? std::optional(array) : std::nullopt;
}

std::optional<absl::string_view> AsString(dom::element element) {
  std::string_view text;
  return element.get(text) == simdjson::SUCCESS ? std::optional(View(text)) : std::nullopt;
}

std::optional<dom::element> Find(dom::object object, absl::string_view name) {
  dom::element member;
  return object.at_key(StdView(name)).get(member) == simdjson::SUCCESS ? std::optional(member) : std::nullopt;
}

std::optional<absl::string_view> FindString(dom::object object, absl::string_view name) {
  const std::optional<dom::element> member = Find(object, name);
  return member.has_value() ? AsString(*member) : std::nullopt;
}

JsonDocument::JsonDocument(std::unique_ptr<dom::parser> parser, simdjson::padded_string source, dom::element root)
    : parser_(std::move(parser)), source_(std::move(source)), root_(root) {}

absl::StatusOr<JsonDocument> JsonDocument::Parse(absl::string_view bytes, size_t nesting_max) {
  const absl::StatusOr<absl::string_view> text = Prepare(bytes);
  if (!text.ok()) return text.status();
  simdjson::padded_string source(text->data(), text->size());
  auto parser = std::make_unique<dom::parser>();
  dom::element root;
  // simdjson counts the document itself as one level.
  simdjson::error_code error = parser->allocate(source.size(), nesting_max + 1);
  if (error == simdjson::SUCCESS) error = parser->parse(source).get(root);
  if (error != simdjson::SUCCESS) {
    const std::optional<JsonFault> fault = FindJsonFault(*text);
    if (fault.has_value()) return Refusal(*text, *fault);
    if (error == simdjson::DEPTH_ERROR) {
      return Problem(Reason::kInputTooDeep, "", absl::StrCat("more than ", nesting_max, " levels"));
    }
    return Problem(Reason::kJsonMalformed, "", simdjson::error_message(error));
  }
  std::vector<std::string> tokens;
  if (DuplicateFinder().Find(root, tokens)) {
    std::string pointer;
    for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) AppendPointerToken(*token, pointer);
    return Problem(Reason::kJsonDuplicateMember, pointer);
  }
  return JsonDocument(std::move(parser), std::move(source), root);
}

// Numbers stand on the tape in the order of the source, so the n-th of one is the n-th of the other.
void JsonDocument::LocateNumbers() const {
  numbers_located_ = true;
  const uint64_t* const tape = parser_->doc.tape.get();
  const size_t length = static_cast<size_t>(tape[0] & ((uint64_t{1} << 56) - 1));
  const char* const begin = source_.data();
  const char* at = begin;
  const char* const end = begin + source_.size();
  for (size_t i = 1; i < length; ++i) {
    const char kind = static_cast<char>(tape[i] >> 56);
    if (kind != 'l' && kind != 'u' && kind != 'd') continue;
    while (at < end && *at != '-' && (*at < '0' || *at > '9')) {
      if (*at != '"') {
        ++at;
        continue;
      }
      for (++at; at < end && *at != '"'; ++at) {
        if (*at == '\\') ++at;
      }
      ++at;
    }
    numbers_.push_back({i, static_cast<size_t>(at - begin)});
    while (at < end &&
           (absl::ascii_isalnum(static_cast<unsigned char>(*at)) || *at == '-' || *at == '+' || *at == '.')) {
      ++at;
    }
    ++i;  // the word after it is the number's value
  }
}

absl::string_view JsonDocument::NumberText(dom::element number) const {
  if (!number.is_number()) return "";
  if (!numbers_located_) LocateNumbers();
  const auto place = std::lower_bound(numbers_.begin(), numbers_.end(), TapeIndex(number),
                                      [](const NumberPlace& entry, size_t index) { return entry.tape_index < index; });
  if (place == numbers_.end()) return "";
  const absl::string_view rest = View(std::string_view(source_)).substr(place->offset);
  size_t length = 0;
  while (length < rest.size() && (absl::ascii_isalnum(static_cast<unsigned char>(rest[length])) ||
                                  rest[length] == '-' || rest[length] == '+' || rest[length] == '.')) {
    ++length;
  }
  return rest.substr(0, length);
}

std::string JsonDocument::Text(dom::element element) const {
  std::string text;
  JsonWriter out(text);
  AppendText(element, out);
  return text;
}

void JsonDocument::AppendText(dom::element element, JsonWriter& out) const {
  if (const auto object = AsObject(element)) {
    out.BeginObject();
    for (const dom::key_value_pair member : *object) {
      out.Key(View(member.key));
      AppendText(member.value, out);
    }
    out.EndObject();
  } else if (const auto array = AsArray(element)) {
    out.BeginArray();
    for (const dom::element entry : *array) AppendText(entry, out);
    out.EndArray();
  } else if (const auto text = AsString(element)) {
    out.String(*text);
  } else if (element.is_bool()) {
    bool value = false;
    if (element.get(value) == simdjson::SUCCESS) out.Bool(value);
  } else if (element.is_null()) {
    out.Null();
  } else {
    out.Raw(NumberText(element));
  }
}

absl::Status CheckJsonText(absl::string_view bytes) {
  const absl::StatusOr<absl::string_view> text = Prepare(bytes);
  if (!text.ok()) return text.status();
  const std::optional<JsonFault> fault = FindJsonFault(*text);
  return fault.has_value() ? Refusal(*text, *fault) : absl::OkStatus();
}

void AppendPointerToken(absl::string_view token, std::string& pointer) {
  pointer.push_back('/');
  const auto is_special = [](char c) { return c == '~' || c == '/'; };
  if (std::none_of(token.begin(), token.end(), is_special)) {
    pointer.append(token.data(), token.size());
    return;
  }
  for (const char c : token) {
    if (is_special(c)) {
      pointer.append(c == '~' ? "~0" : "~1");
    } else {
      pointer.push_back(c);
    }
  }
}

void AppendJsonString(absl::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  while (true) {
    const size_t plain = PlainLength(text);
    out.append(text.data(), plain);
    if (plain == text.size()) break;
    const auto c = static_cast<uint8_t>(text[plain]);
    text.remove_prefix(plain + 1);
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out.push_back(static_cast<char>(c));
        break;
      case '\b':
        out.push_back('b');
        break;
      case '\f':
        out.push_back('f');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      case '\t':
        out.push_back('t');
        break;
      default:
        absl::StrAppend(&out, "u00", absl::string_view(&kHex[c >> 4], 1), absl::string_view(&kHex[c & 15], 1));
    }
  }
  out.push_back('"');
}

void JsonWriter::NewLine() {
  if (layout_ == Layout::kCompact) return;
  out_.push_back('\n');
  out_.append(2 * filled_.size(), ' ');
}

void JsonWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (filled_.empty()) return;
  if (filled_.back()) out_.push_back(',');
  filled_.back() = true;
  NewLine();
}

void JsonWriter::Begin(char bracket) {
  BeforeValue();
  out_.push_back(bracket);
  filled_.push_back(false);
}

void JsonWriter::End(char bracket) {
  const bool filled = filled_.back();
  filled_.pop_back();
  if (filled) NewLine();
  out_.push_back(bracket);
}

void JsonWriter::Key(absl::string_view name) {
  BeforeValue();
  AppendJsonString(name, out_);
  out_.append(layout_ == Layout::kCompact ? ":" : ": ");
  after_key_ = true;
}

void JsonWriter::String(absl::string_view text) {
  BeforeValue();
  AppendJsonString(text, out_);
}

void JsonWriter::Int(int64_t number) {
  BeforeValue();
  absl::StrAppend(&out_, number);
}

void JsonWriter::Double(double number) {
  if (!std::isfinite(number)) return Null();
  BeforeValue();
  // 17 digits always read back the same; fewer often do and are what was meant.
  for (const int digits : {6, 15, 16, 17}) {
    std::array<char, 32> text;
    std::snprintf(text.data(), text.size(), "%.*g", digits, number);
    if (digits == 17 || std::strtod(text.data(), nullptr) == number) {
      out_.append(text.data());
      return;
    }
  }
}

void JsonWriter::Bool(bool value) {
  BeforeValue();
  out_.append(value ? "true" : "false");
}

void JsonWriter::Null() {
  BeforeValue();
  out_.append("null");
}

void JsonWriter::Raw(absl::string_view json) {
  if (layout_ == Layout::kIndented) return RawIndented(json);
  BeforeValue();
  out_.append(json.data(), json.size());
}

void JsonWriter::RawIndented(absl::string_view json) {
  for (size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c == '{' || c == '[') {
      Begin(c);
      ++i;
    } else if ((c == '}' || c == ']') && !filled_.empty()) {
      End(c);
      ++i;
    } else if (c == ',' || absl::ascii_isspace(static_cast<unsigned char>(c))) {
      ++i;
    } else if (c == ':') {
      out_.append(": ");
      after_key_ = true;
      ++i;
    } else {
      BeforeValue();
      const size_t start = i;
      if (c == '"') {
        for (++i; i < json.size() && json[i] != '"'; ++i) {
          if (json[i] == '\\') ++i;
        }
        ++i;
      } else {
        while (i < json.size() && !absl::StrContains(",:]} \t\r\n", json[i])) ++i;
        if (i == start) ++i;
      }
      absl::string_view token = json.substr(start, i - start);
      out_.append(token.data(), token.size());
    }
  }
}

void JsonWriter::Member(absl::string_view name, absl::string_view text) {
  Key(name);
  String(text);
}

void JsonWriter::Member(absl::string_view name, int64_t number) {
  Key(name);
  Int(number);
}

void JsonWriter::Member(absl::string_view name, bool value) {
  Key(name);
  Bool(value);
}

}  // namespace passerelle::base
