#include "core/base/jcs.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/base/json.h"
#include "core/base/problem.h"

namespace passerelle::base {
namespace {

std::string Canonical(absl::string_view json) {
  const auto document = JsonDocument::Parse(json);
  if (!document.ok()) return document.status().ToString();
  const auto text = CanonicalJson(document->root());
  return text.ok() ? *text : std::string(Catalogue(ReasonOf(text.status())).name) + " " + PlaceOf(text.status());
}

TEST(JcsTest, WritesOneTextForAllSpellings) {
  const struct {
    absl::string_view json;
    absl::string_view canonical;
  } kCases[] = {
      {" { \"b\" : 1 , \"a\" : [ true , null , { } ] } ", R"({"a":[true,null,{}],"b":1})"},
      {R"({"a":"\u0041\u00e9\u20ac\/\u0001\n\""})", "{\"a\":\"A\xc3\xa9\xe2\x82\xac/\\u0001\\n\\\"\"}"},
      // By UTF-16 code units U+1D11E (D834 DD1E) comes before U+FB33.
      {"{\"\xef\xac\xb3\":1,\"\xf0\x9d\x84\x9e\":2,\"\xc3\xb6\":3}",
       "{\"\xc3\xb6\":3,\"\xf0\x9d\x84\x9e\":2,\"\xef\xac\xb3\":1}"},
      {"[1.0,-0.0,0,1e2,1E-7,0.000001,1.2345678901234568e20,1e21,4.50]",
       "[1,0,0,100,1e-7,0.000001,123456789012345680000,1e+21,4.5]"},
      {"[9007199254740992,-9007199254740992,18446744073709549568]",
       "[9007199254740992,-9007199254740992,18446744073709550000]"},
      {"\"text\"", "\"text\""},
  };
  for (const auto& row : kCases) EXPECT_EQ(Canonical(row.json), row.canonical);
}

// A double would hold another number, so two documents that differ would have one signature.
TEST(JcsTest, RefusesWholeNumbersThatADoubleCannotHold) {
  EXPECT_EQ(Canonical(R"({"a":[0,{"b/c":9007199254740993}]})"), "JSON_NUMBER_INEXACT /a/1/b~1c");
  EXPECT_EQ(Canonical("[-9007199254740993]"), "JSON_NUMBER_INEXACT /0");
}

TEST(JcsTest, WritesNumbersAsEcmaScript) {
  EXPECT_EQ(EcmaScriptNumber(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(EcmaScriptNumber(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(EcmaScriptNumber(-1.5e-10), "-1.5e-10");
  EXPECT_EQ(EcmaScriptNumber(1e20), "100000000000000000000");
  EXPECT_EQ(EcmaScriptNumber(0.1), "0.1");
}

}  // namespace
}  // namespace passerelle::base
