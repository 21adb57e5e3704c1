#include "core/wallet/dcql.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "google/protobuf/text_format.h"
#include "tests/support/status_matchers.h"

namespace passerelle::wallet {
namespace {

using base::Reason;

// A request with one query, in the text form of messages.
v1::Presentation Asking(const std::string& query) {
  v1::Presentation presentation;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(query, &presentation)) << query;
  return presentation;
}

constexpr char kGood[] =
    R"(queries {id: "diploma" format: CREDENTIAL_FORMAT_SD_JWT_VC vct_values: "urn:x:1"
        claims {path {member: "holder"} path {member: "name"}} claims {path {member: "units"} path {all_elements: true}}})";

TEST(DcqlTest, IsWrittenAsTheStandardHasIt) {
  const v1::Presentation good = Asking(kGood);
  EXPECT_OK(CheckQueries(good.queries()));
  EXPECT_EQ(DcqlJson(good.queries()),
            R"({"credentials":[{"id":"diploma","format":"dc+sd-jwt","meta":{"vct_values":["urn:x:1"]},)"
            R"("claims":[{"path":["holder","name"]},{"path":["units",null]}]}]})");
  const v1::Presentation token = Asking(
      R"(queries {id: "a" format: CREDENTIAL_FORMAT_JWT_VC_JSON type_values {types: "A" types: "B"} type_values {types: "C"}})");
  EXPECT_OK(CheckQueries(token.queries()));
  EXPECT_EQ(DcqlJson(token.queries()),
            R"({"credentials":[{"id":"a","format":"jwt_vc_json","meta":{"type_values":[["A","B"],["C"]]}}]})");
}

TEST(DcqlTest, WhatCannotBeAskedIsRefusedWithItsPlace) {
  const auto sd_jwt = [](const std::string& rest) {
    return absl::StrCat("queries {id: \"a\" format: CREDENTIAL_FORMAT_SD_JWT_VC ", rest, "}");
  };
  std::string many_claims = "vct_values: \"x\"";
  for (int i = 0; i <= kClaimsMax; ++i) absl::StrAppend(&many_claims, "claims {path {member: \"c", i, "\"}}");
  std::string long_path = "vct_values: \"x\" claims {";
  for (int i = 0; i <= kPathStepsMax; ++i) absl::StrAppend(&long_path, "path {element: 1}");
  std::string many_queries;
  for (int i = 0; i <= kQueriesMax; ++i) absl::StrAppend(&many_queries, "queries {id: \"q", i, "\"}");
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"", "FIELD_MISSING at queries"},
      {many_queries, "INPUT_TOO_LARGE at queries"},
      {"queries {}", "FIELD_MISSING at queries[0].id"},
      {"queries {id: \"a b\"}", "FIELD_INVALID at queries[0].id"},
      {"queries {id: \"a\"}", "FIELD_MISSING at queries[0].format"},
      {"queries {id: \"a\" format: 99}", "FIELD_INVALID at queries[0].format"},
      {sd_jwt(""), "FIELD_MISSING at queries[0].vct_values"},
      {sd_jwt("vct_values: \"\""), "FIELD_MISSING at queries[0].vct_values[0]"},
      {sd_jwt("vct_values: \"x\" type_values {types: \"A\"}"), "FIELD_INVALID at queries[0].type_values"},
      {"queries {id: \"a\" format: CREDENTIAL_FORMAT_JWT_VC_JSON}", "FIELD_MISSING at queries[0].type_values"},
      {"queries {id: \"a\" format: CREDENTIAL_FORMAT_JWT_VC_JSON type_values {}}",
       "FIELD_MISSING at queries[0].type_values[0].types"},
      {"queries {id: \"a\" format: CREDENTIAL_FORMAT_JWT_VC_JSON vct_values: \"x\"}",
       "FIELD_INVALID at queries[0].vct_values"},
      {sd_jwt("vct_values: \"x\" claims {}"), "FIELD_MISSING at queries[0].claims[0].path"},
      {sd_jwt("vct_values: \"x\" claims {path {}}"), "FIELD_MISSING at queries[0].claims[0].path[0]"},
      {sd_jwt("vct_values: \"x\" claims {path {all_elements: false}}"),
       "FIELD_INVALID at queries[0].claims[0].path[0].all_elements"},
      {sd_jwt("vct_values: \"x\" claims {path {member: \"\"}}"),
       "FIELD_MISSING at queries[0].claims[0].path[0].member"},
      {sd_jwt("vct_values: \"x\" claims {path {member: \"m\"}} claims {path {member: \"m\"}}"),
       "FIELD_INVALID at queries[0].claims[1].path"},
      {sd_jwt(many_claims), "INPUT_TOO_LARGE at queries[0].claims"},
      {sd_jwt(long_path + "}"), "INPUT_TOO_LARGE at queries[0].claims[0].path"},
      {absl::StrCat(sd_jwt("vct_values: \"x\""), sd_jwt("vct_values: \"x\"")), "FIELD_INVALID at queries[1].id"},
  };
  for (const auto& [text, problem] : rows) {
    const absl::Status status = CheckQueries(Asking(text).queries());
    EXPECT_EQ(absl::StrCat(base::Catalogue(base::ReasonOf(status)).name, " at ", base::PlaceOf(status)), problem)
        << text;
  }
}

// The example of OpenID4VP 1.0, 7.3, in our words.
constexpr char kCredential[] = R"({
  "name": "Kari Example",
  "address": {"town": "Neris", "codes": [["a"], [], ["b", "c"]]},
  "degrees": [{"type": "Bachelor", "level": 6}, {"type": "Master"}],
  "nationalities": ["NO", "LT"],
  "a/b": {"~": 1}
})";

TEST(DcqlTest, PathsLeadToClaims) {
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument document, base::JsonDocument::Parse(kCredential));
  const std::vector<std::pair<std::string, std::string>> rows = {
      {R"(path {member: "name"})", "/name"},
      {R"(path {member: "address"})", "/address"},
      {R"(path {member: "address"} path {member: "town"})", "/address/town"},
      {R"(path {member: "degrees"} path {all_elements: true} path {member: "type"})",
       "/degrees/0/type /degrees/1/type"},
      {R"(path {member: "degrees"} path {all_elements: true} path {member: "level"})", "/degrees/0/level"},
      {R"(path {member: "nationalities"} path {element: 1})", "/nationalities/1"},
      {R"(path {member: "address"} path {member: "codes"} path {all_elements: true} path {element: 1})",
       "/address/codes/2/1"},
      {R"(path {member: "a/b"} path {member: "~"})", "/a~1b/~0"},
      {R"(path {member: "nationalities"} path {element: 2})", "PRESENTATION_INCOMPLETE"},
      {R"(path {member: "nobody"})", "PRESENTATION_INCOMPLETE"},
      {R"(path {member: "name"} path {member: "x"})", "PRESENTATION_INCOMPLETE"},
      {R"(path {member: "address"} path {all_elements: true})", "PRESENTATION_INCOMPLETE"},
      {R"(path {element: 0})", "PRESENTATION_INCOMPLETE"},
  };
  for (const auto& [text, expected] : rows) {
    v1::ClaimQuery claim;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &claim)) << text;
    const auto selected = Select(claim.path(), document.root());
    const std::string shown = selected.ok() ? absl::StrJoin(*selected, " ")
                                            : std::string(base::Catalogue(base::ReasonOf(selected.status())).name);
    EXPECT_EQ(shown, expected) << text;
  }
}

TEST(DcqlTest, APathLeadsToSoManyElements) {
  std::string json = "[0";
  for (size_t i = 0; i < kSelectedMax; ++i) json += ",0";
  ASSERT_OK_AND_ASSIGN(const base::JsonDocument document, base::JsonDocument::Parse(json + "]"));
  v1::ClaimQuery claim;
  claim.add_path()->set_all_elements(true);
  EXPECT_THAT(Select(claim.path(), document.root()), ::passerelle::testing::HasReason(Reason::kInputTooLarge));
}

}  // namespace
}  // namespace passerelle::wallet
