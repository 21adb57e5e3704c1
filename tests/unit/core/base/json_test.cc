#include "core/base/json.h"

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using ::passerelle::testing::HasReasonAt;

std::string Nested(size_t depth, const std::string& open, const std::string& close) {
  std::string text;
  for (size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (size_t i = 0; i < depth; ++i) text += close;
  return text;
}

struct Refused {
  const char* name;
  std::string text;
  Reason reason;
  const char* place;
};

std::vector<Refused> RefusedTexts() {
  using std::string_literals::operator""s;
  const Reason malformed = Reason::kJsonMalformed;
  return {
      {"nothing", "", Reason::kInputEmpty, ""},
      {"blanks", " \r\n\t", Reason::kInputEmpty, ""},
      {"byte order mark alone", "\xef\xbb\xbf", Reason::kInputEmpty, ""},
      {"two byte order marks", "\xef\xbb\xbf\xef\xbb\xbf{}", malformed, "line 1, column 1"},
      {"UTF-16, big-endian with mark", "\xfe\xff\0{\0}"s, Reason::kJsonNotUtf8, "line 1, column 1"},
      {"UTF-16, little-endian without mark", "{\0}\0"s, Reason::kJsonNotUtf8, "line 1, column 1"},
      {"Latin-1", "{\"a\":\n\"caf\xe9\"}", Reason::kJsonNotUtf8, "line 2, column 5"},
      {"overlong form", "[\"\xc0\xaf\"]", Reason::kJsonNotUtf8, "line 1, column 3"},
      {"surrogate in UTF-8", "[\"\xed\xa0\x80\"]", Reason::kJsonNotUtf8, "line 1, column 3"},
      {"beyond Unicode", "[\"\xf4\x90\x80\x80\"]", Reason::kJsonNotUtf8, "line 1, column 3"},
      {"sequence cut at the end", "[\"\xe2\x82", Reason::kJsonNotUtf8, "line 1, column 3"},
      {"columns count characters", "[\"\xe2\x82\xac\" x]", malformed, "line 1, column 6"},
      {"object not closed", "{\"a\":1", malformed, "line 1, column 7"},
      {"string not closed", "{\"a\":\"b", malformed, "line 1, column 8"},
      {"nothing after a colon", "{\"a\":}", malformed, "line 1, column 6"},
      {"no comma", "{\"a\":1\n \"b\":2}", malformed, "line 2, column 2"},
      {"comma before the end", "[1,]", malformed, "line 1, column 4"},
      {"name without quotes", "{a:1}", malformed, "line 1, column 2"},
      {"single quotes", "['a']", malformed, "line 1, column 2"},
      {"comment", "{} // done", malformed, "line 1, column 4"},
      {"second value", "{}{}", malformed, "line 1, column 3"},
      {"NUL after the end", "{}\0"s, malformed, "line 1, column 3"},
      {"NUL in a string", "[\"a\0b\"]"s, malformed, "line 1, column 4"},
      {"line feed in a string", "[\"a\nb\"]", malformed, "line 1, column 4"},
      {"unknown escape", "[\"\\x\"]", malformed, "line 1, column 4"},
      {"short escape", "[\"\\u12\"]", malformed, "line 1, column 7"},
      {"high surrogate alone", "[\"\\ud800\"]", malformed, "line 1, column 9"},
      {"low surrogate alone", "[\"\\udc00\"]", malformed, "line 1, column 9"},
      {"high surrogates in a row", "[\"\\ud800\\ud800\"]", malformed, "line 1, column 15"},
      {"word in capitals", "True", malformed, "line 1, column 1"},
      {"cut word", "tru", malformed, "line 1, column 4"},
      {"long word", "truex", malformed, "line 1, column 5"},
      {"not a number", "[NaN]", malformed, "line 1, column 2"},
      {"leading zero", "[01]", malformed, "line 1, column 3"},
      {"plus", "[+1]", malformed, "line 1, column 2"},
      {"bare point", "[1.]", malformed, "line 1, column 4"},
      {"point first", "[.5]", malformed, "line 1, column 2"},
      {"bare exponent", "[1e]", malformed, "line 1, column 4"},
      {"minus alone", "[-]", malformed, "line 1, column 3"},
      {"integer beyond 64 bits", "[1, 18446744073709551616]", malformed, "line 1, column 5"},
      {"number beyond a double", "[1e999]", malformed, "line 1, column 2"},
      {"129 levels of arrays", Nested(129, "[", "]"), Reason::kInputTooDeep, "line 1, column 129"},
      {"129 levels of objects", Nested(129, "{\"a\":", "}"), Reason::kInputTooDeep, "line 1, column 641"},
      {"ten thousand deep", Nested(10'000, "[", "]"), Reason::kInputTooDeep, "line 1, column 129"},
      {"ten thousand deep and cut", std::string(10'000, '['), Reason::kInputTooDeep, "line 1, column 129"},
      {"20 MB", std::string(20'000'000, ' '), Reason::kInputTooLarge, ""},
      {"duplicate member", "{\"a\":1,\"a\":1}", Reason::kJsonDuplicateMember, "/a"},
      {"duplicate by escapes", "{\"a\":1,\"\\u0061\":2}", Reason::kJsonDuplicateMember, "/a"},
      {"duplicate within", "{\"b\":[0,{\"x/y~\":{\"\":1,\"\":2}}]}", Reason::kJsonDuplicateMember, "/b/1/x~1y~0/"},
  };
}

TEST(JsonDocumentTest, RefusesWhatIsNotStrictJsonAndNamesThePlace) {
  for (const Refused& refused : RefusedTexts()) {
    SCOPED_TRACE(refused.name);
    EXPECT_THAT(JsonDocument::Parse(refused.text), HasReasonAt(refused.reason, refused.place));
    if (refused.reason != Reason::kJsonDuplicateMember) {
      EXPECT_THAT(CheckJsonText(refused.text), HasReasonAt(refused.reason, refused.place));
    }
  }
}

TEST(JsonDocumentTest, RefusesDuplicatesAmongManyMembersToo) {
  std::string text = "{";
  for (int i = 0; i < 5000; ++i) text += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_OK(JsonDocument::Parse(text + "\"n\":0}"));
  EXPECT_THAT(JsonDocument::Parse(text + "\"m4999\":0}"), HasReasonAt(Reason::kJsonDuplicateMember, "/m4999"));
  EXPECT_THAT(JsonDocument::Parse(text + "\"m0\":0}"), HasReasonAt(Reason::kJsonDuplicateMember, "/m0"));
}

TEST(JsonDocumentTest, TakesEveryFormOfJson) {
  const std::string at_the_limit = Nested(kNestingMax, "[", "]");
  const std::vector<std::string> texts = {"{}",
                                          "[]",
                                          " [ ] ",
                                          "null",
                                          "true",
                                          "\"\"",
                                          "0",
                                          "-0",
                                          "[1e-999]",
                                          "[9223372036854775807]",
                                          "[18446744073709551615]",
                                          "[1.5E+3]",
                                          "\"\\u0000\\ud83d\\ude00\\/\"",
                                          "{\"\":{\"\":[]}}",
                                          at_the_limit,
                                          "\xef\xbb\xbf{\"a\":1}"};
  for (const std::string& text : texts) {
    EXPECT_OK(JsonDocument::Parse(text)) << text;
    EXPECT_OK(CheckJsonText(text)) << text;
  }
}

// What the fast road takes, the slow road takes, and the other way round.
TEST(JsonDocumentTest, AgreesWithTheScannerOnEveryChangeOfAText) {
  const std::string text = R"({"a":[1,-2.5e+3,true,null,"x\n\u00e9\ud83d\ude00"],"b":{"c":false,"d":"é"}})";
  for (size_t i = 0; i <= text.size(); ++i) {
    std::vector<std::string> changes = {text.substr(0, i)};
    for (const char c : std::string("\"\\{}[],:0-.eu \x01\x80\xff\0", 18)) {
      changes.push_back(text);
      if (i < text.size()) changes.back()[i] = c;
    }
    for (const std::string& change : changes) {
      const auto parsed = JsonDocument::Parse(change);
      if (!parsed.ok() && ReasonOf(parsed.status()) == Reason::kJsonDuplicateMember) continue;
      EXPECT_EQ(parsed.ok(), CheckJsonText(change).ok()) << change;
      if (!parsed.ok()) {
        EXPECT_NE(ReasonOf(parsed.status()), Reason::kInternal) << change;
      }
    }
  }
}

TEST(JsonDocumentTest, KeepsNumbersAsTheyAreWritten) {
  const std::string text =
      R"( { "1.0" : "2.0", "a" : [ 7.50 , -0, 1E2, 18446744073709551615, "\"3\\", {"b":-1.0e-05} ] , "c":100000000000000000000.0} )";
  ASSERT_OK_AND_ASSIGN(const JsonDocument document, JsonDocument::Parse(text));
  EXPECT_EQ(
      document.Text(document.root()),
      R"({"1.0":"2.0","a":[7.50,-0,1E2,18446744073709551615,"\"3\\",{"b":-1.0e-05}],"c":100000000000000000000.0})");
  simdjson::dom::element number;
  ASSERT_EQ(document.root().at_pointer("/a/0").get(number), simdjson::SUCCESS);
  EXPECT_EQ(document.NumberText(number), "7.50");
  ASSERT_EQ(document.root().at_pointer("/a/5/b").get(number), simdjson::SUCCESS);
  EXPECT_EQ(document.NumberText(number), "-1.0e-05");
  EXPECT_EQ(document.NumberText(document.root()), "");
}

TEST(JsonDocumentTest, MayBeMovedWhileElementsPointToIt) {
  ASSERT_OK_AND_ASSIGN(JsonDocument first, JsonDocument::Parse(R"({"a":[0,7.50],"b":"text"})"));
  const auto root = AsObject(first.root());
  ASSERT_TRUE(root.has_value());
  const auto array = Find(*root, "a");
  ASSERT_TRUE(array.has_value());
  const JsonDocument second = std::move(first);
  EXPECT_EQ(second.Text(*array), "[0,7.50]");
  EXPECT_EQ(FindString(*root, "b"), "text");
  EXPECT_FALSE(FindString(*root, "a").has_value());
  EXPECT_FALSE(Find(*root, "c").has_value());
}

TEST(JsonWriterTest, WritesEveryKindOfValue) {
  std::string out;
  JsonWriter json(out);
  json.BeginObject();
  json.Member("text", "a\"b\\c\b\f\n\r\t\x01\x1f\x7f/é");
  json.Member("integer", int64_t{-9223372036854775807 - 1});
  json.Member("truth", true);
  json.Key("list");
  json.BeginArray();
  for (const double number : {0.1, 7.5, 1e300, 1.0 / 3, -2.0}) json.Double(number);
  json.Double(1e300 * 1e300);
  json.Null();
  json.Raw(R"({"raw":[1.50]})");
  json.EndArray();
  json.Key("empty");
  json.BeginObject();
  json.EndObject();
  json.EndObject();
  EXPECT_EQ(
      out,
      "{\"text\":\"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001\\u001f\x7f/é\",\"integer\":-9223372036854775808,\"truth\":true,"
      "\"list\":[0.1,7.5,1e+300,0.3333333333333333,-2,null,null,{\"raw\":[1.50]}],\"empty\":{}}");
  EXPECT_OK(JsonDocument::Parse(out));
}

TEST(JsonWriterTest, EscapesEveryByteAtEveryPlaceAsReadingUndoesIt) {
  for (int c = 0; c < 0x80; ++c) {
    for (size_t at = 0; at < 20; ++at) {
      std::string text = "\x7f\x7f\x20\x21\x23\x5b\x5d\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80zzzz";
      text.insert(at < 8 ? at : 16 + at % 4, 2, static_cast<char>(c));
      std::string out;
      AppendJsonString(text, out);
      ASSERT_OK_AND_ASSIGN(const JsonDocument document, JsonDocument::Parse(out));
      EXPECT_EQ(AsString(document.root()), text);
    }
  }
}

TEST(JsonWriterTest, IndentsByTwoBlanksRawValuesIncluded) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("a", 1);
  json.Key("b");
  json.BeginArray();
  json.Raw(R"({"c" : ["x,:\"]}", 1.50, {}, []],"d":null})");
  json.Bool(false);
  json.EndArray();
  json.Key("e");
  json.BeginArray();
  json.EndArray();
  json.EndObject();
  EXPECT_EQ(out, R"({
  "a": 1,
  "b": [
    {
      "c": [
        "x,:\"]}",
        1.50,
        {},
        []
      ],
      "d": null
    },
    false
  ],
  "e": []
})");
}

TEST(JsonPointerTest, EscapesTildeAndSlash) {
  std::string pointer;
  AppendPointerToken("a/b~c", pointer);
  AppendPointerToken("", pointer);
  EXPECT_EQ(pointer, "/a~1b~0c/");
}

}  // namespace
}  // namespace passerelle::base
