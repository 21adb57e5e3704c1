#include "core/base/selective_disclosure.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using ::testing::ElementsAre;
using testing::HasReason;
using testing::HasReasonAt;
using ::testing::IsEmpty;

// Resolves a payload in which "<N>" stands for the digest of the disclosure N.
absl::StatusOr<DisclosedClaims> Resolve(std::string payload, const std::vector<std::string>& disclosures,
                                        HashAlgorithm hash = HashAlgorithm::kSha256) {
  std::vector<std::string> texts;
  for (const std::string& disclosure : disclosures) {
    std::string filled = disclosure;
    for (size_t i = 0; i < texts.size(); ++i) {
      filled = absl::StrReplaceAll(filled, {{absl::StrCat("<", i, ">"), Base64UrlEncode(Digest(hash, texts[i]))}});
    }
    texts.push_back(Base64UrlEncode(filled));
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    payload = absl::StrReplaceAll(payload, {{absl::StrCat("<", i, ">"), Base64UrlEncode(Digest(hash, texts[i]))}});
  }
  ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse(payload));
  return ResolveDisclosures(document, {texts.begin(), texts.end()});
}

TEST(SelectiveDisclosureTest, ClaimsComeTogether) {
  ASSERT_OK_AND_ASSIGN(const DisclosedClaims claims,
                       Resolve(R"({"_sd_alg":"sha-256","_sd":["<0>","<1>","decoy"],"open":{"_sd":["<2>"],"x":1.50},)"
                               R"("list":["a",{"...":"<3>"},{"...":"withheld"},{"...":"<4>"},["b",{"...":"<5>"}]]})",
                               {R"(["s","name","Ada"])", R"(["s","none",null])", R"(["s","inner",{"y":[]}])",
                                R"(["s",7.0])", R"(["s", {"z" : true} ])", R"(["s","c"])"}));
  EXPECT_EQ(claims.json,
            R"({"open":{"x":1.50,"inner":{"y":[]}},"list":["a",7.0,{"z":true},["b","c"]],"name":"Ada","none":null})");
  EXPECT_THAT(claims.disclosed, ElementsAre("/open/inner", "/list/1", "/list/2", "/list/3/1", "/name", "/none"));
  EXPECT_THAT(claims.withheld, ElementsAre("/list", ""));
}

TEST(SelectiveDisclosureTest, ADisclosureMayHoldDigestsItself) {
  ASSERT_OK_AND_ASSIGN(
      const DisclosedClaims claims,
      Resolve(R"({"_sd":["<2>"]})", {R"(["s","street","Long Lane"])", R"(["s","town"])",
                                     R"(["s","address",{"_sd":["<0>","gone"],"l":[{"...":"<1>"}]}])"}));
  EXPECT_EQ(claims.json, R"({"address":{"l":["town"],"street":"Long Lane"}})");
  EXPECT_THAT(claims.disclosed, ElementsAre("/address", "/address/l/0", "/address/street"));
  EXPECT_THAT(claims.withheld, ElementsAre("/address"));
}

TEST(SelectiveDisclosureTest, EveryHashOfTheStandard) {
  for (const auto& [name, hash] : {std::pair("sha-256", HashAlgorithm::kSha256),
                                   {"sha-384", HashAlgorithm::kSha384},
                                   {"sha-512", HashAlgorithm::kSha512}}) {
    ASSERT_OK_AND_ASSIGN(
        const DisclosedClaims claims,
        Resolve(absl::StrCat(R"({"_sd_alg":")", name, R"(","_sd":["<0>"]})"), {R"(["s","a",1])"}, hash));
    EXPECT_EQ(claims.json, R"({"a":1})");
    EXPECT_EQ(claims.hash, hash);
    EXPECT_THAT(claims.withheld, IsEmpty());
  }
}

struct RefusedDisclosure {
  const char* name;
  const char* payload;
  std::vector<std::string> disclosures;
  const char* place;
};

TEST(SelectiveDisclosureTest, WhatCouldBeReadInTwoWaysIsRefused) {
  const RefusedDisclosure cases[] = {
      {"nowhere", R"({"_sd":[]})", {R"(["s","a",1])"}, "disclosure 0"},
      {"twice", R"({"_sd":["<0>"]})", {R"(["s","a",1])", R"(["s","a",1])"}, "disclosure 1"},
      {"digest twice", R"({"_sd":["x","x"]})", {}, ""},
      {"digest twice in two places", R"({"_sd":["<0>"],"b":{"_sd":["<0>"]}})", {R"(["s","a",1])"}, ""},
      {"claim there already", R"({"a":0,"_sd":["<0>"]})", {R"(["s","a",1])"}, ""},
      {"claim there already, below", R"({"b":{"a":0,"_sd":["<0>"]}})", {R"(["s","a",1])"}, "/b"},
      {"two disclose one claim", R"({"_sd":["<0>","<1>"]})", {R"(["s","a",1])", R"(["t","a",1])"}, ""},
      {"element as member", R"({"_sd":["<0>"]})", {R"(["s",1])"}, ""},
      {"member as element", R"({"l":[{"...":"<0>"}]})", {R"(["s","a",1])"}, "/l/0"},
      {"dots not alone", R"({"l":[{"...":"<0>","b":1}]})", {R"(["s",1])"}, "/l/0"},
      {"dots in an object", R"({"b":{"...":"<0>"}})", {R"(["s",1])"}, "/b"},
      {"dots at the top", R"({"...":"<0>"})", {R"(["s",1])"}, ""},
      {"dots in a disclosure", R"({"_sd":["<0>"]})", {R"(["s","a",{"...":"x"}])"}, "/a"},
      {"digest no text", R"({"_sd":[1]})", {}, ""},
      {"element digest no text", R"({"l":[{"...":1}]})", {}, "/l/0"},
      {"_sd no array", R"({"_sd":"x"})", {}, ""},
      {"_sd_alg below", R"({"b":{"_sd_alg":"sha-256"}})", {}, "/b"},
      {"_sd_alg disclosed", R"({"_sd":["<0>"]})", {R"(["s","_sd_alg","sha-256"])"}, ""},
      {"_sd_alg unknown", R"({"_sd_alg":"md5"})", {}, "/_sd_alg"},
      {"_sd_alg in capitals", R"({"_sd_alg":"SHA-256"})", {}, "/_sd_alg"},
      {"_sd_alg no text", R"({"_sd_alg":null})", {}, "/_sd_alg"},
      {"name _sd", R"({"_sd":["<0>"]})", {R"(["s","_sd",["x"]])"}, "disclosure 0"},
      {"name dots", R"({"_sd":["<0>"]})", {R"(["s","...","x"])"}, "disclosure 0"},
      {"name no text", R"({"_sd":["<0>"]})", {R"(["s",1,"x"])"}, "disclosure 0"},
      {"salt no text", R"({"_sd":["<0>"]})", {R"([1,"a","x"])"}, "disclosure 0"},
      {"too long", R"({"_sd":["<0>"]})", {R"(["s","a","x",1])"}, "disclosure 0"},
      {"too short", R"({"l":[{"...":"<0>"}]})", {R"(["s"])"}, "disclosure 0"},
      {"object", R"({"_sd":["<0>"]})", {R"({"a":1})"}, "disclosure 0"},
      {"no JSON", R"({"_sd":["<0>"]})", {R"(["s","a",1)"}, "disclosure 0"},
      {"member twice in a disclosure", R"({"_sd":["<0>"]})", {R"(["s","a",{"b":1,"b":2}])"}, "disclosure 0"},
      {"payload no object", R"([])", {}, ""},
  };
  for (const RefusedDisclosure& one : cases) {
    EXPECT_THAT(Resolve(one.payload, one.disclosures), HasReasonAt(Reason::kDisclosure, one.place)) << one.name;
  }
  ASSERT_OK_AND_ASSIGN(const JsonDocument document, JsonDocument::Parse("{}"));
  EXPECT_THAT(ResolveDisclosures(document, {"a+b="}), HasReasonAt(Reason::kDisclosure, "disclosure 0"));
}

TEST(SelectiveDisclosureTest, DisclosuresThatNestWithoutEndAreBounded) {
  std::vector<std::string> chain = {R"(["s","a",1])"};
  for (size_t i = 0; i < 2 * kNestingMax; ++i) chain.push_back(absl::StrCat(R"(["s","a",{"_sd":["<)", i, R"(>"]}])"));
  EXPECT_THAT(Resolve(absl::StrCat(R"({"_sd":["<)", chain.size() - 1, R"(>"]})"), chain),
              HasReason(Reason::kInputTooDeep));
}

TEST(SdJwtPartsTest, AreToldApart) {
  ASSERT_OK_AND_ASSIGN(const SdJwtParts plain, SplitSdJwt("a.b.c~d1~d2~"));
  EXPECT_EQ(plain.token, "a.b.c");
  EXPECT_THAT(plain.disclosures, ElementsAre("d1", "d2"));
  EXPECT_EQ(plain.key_binding, "");
  ASSERT_OK_AND_ASSIGN(const SdJwtParts bound, SplitSdJwt("a.b.c~d1~k.e.y"));
  EXPECT_EQ(bound.key_binding, "k.e.y");
  EXPECT_EQ(bound.bound, "a.b.c~d1~");
  ASSERT_OK_AND_ASSIGN(const SdJwtParts none, SplitSdJwt("a.b.c~"));
  EXPECT_THAT(none.disclosures, IsEmpty());
}

TEST(SdJwtPartsTest, OtherFormsAreRefused) {
  for (const char* const text : {"", "a.b.c", "~", "~~", "~d~", "a.b.c~~", "a.b.c~d1~~d2~", "a.b.c~d1", "a.b.c~k.b",
                                 "a.b.c~d.1~", " a.b.c~", "a.b.c~\n", "a.b.c~d=~", "a.b.c~d1~k.e.y.z"}) {
    EXPECT_THAT(SplitSdJwt(text), HasReason(Reason::kSdJwtMalformed)) << text;
  }
  std::string many = "a.b.c~";
  for (size_t i = 0; i < kDisclosuresMax; ++i) many += "d~";
  EXPECT_OK(SplitSdJwt(many));
  EXPECT_THAT(SplitSdJwt(absl::StrCat(many, "d~")), HasReasonAt(Reason::kSdJwtMalformed, "disclosures"));
}

}  // namespace
}  // namespace passerelle::base
