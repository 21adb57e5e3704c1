// Credentials as texts, for the tests of the codec.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/elm/codec.h"

namespace passerelle::elm {

inline constexpr absl::string_view kHead =
    R"({"@context":["https://www.w3.org/2018/credentials/v1","http://data.europa.eu/snb/model/context/edc-ap"],)"
    R"("type":["VerifiableCredential","EuropeanDigitalCredential"])";

// A credential with the members.
inline std::string Credential(absl::string_view members) {
  return absl::StrCat(kHead, members.empty() ? "" : ",", members, "}");
}

// "rule pointer" of every finding.
inline std::vector<std::string> RulesOf(const ReadCredential& read) {
  std::vector<std::string> rules;
  for (const Finding& finding : read.findings) rules.push_back(absl::StrCat(finding.rule, " ", finding.pointer));
  return rules;
}

// A protected header as it stands in a seal.
inline std::string Header(absl::string_view json) { return base::Base64UrlEncode(json); }

// The text as JSON.
inline std::string Quoted(absl::string_view text) {
  std::string quoted;
  base::AppendJsonString(text, quoted);
  return quoted;
}

}  // namespace passerelle::elm
