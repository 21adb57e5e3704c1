#include "gateway/conformance/judge_wycheproof.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/jws.h"
#include "core/proof/public_key.h"
#include "gateway/conformance/case_parameters.h"

namespace passerelle::gateway {
namespace {

using proof::Family;
using proof::KeyAlgorithm;
using proof::PublicKey;
using simdjson::dom::element;
using simdjson::dom::object;

std::string Text(object members, absl::string_view name) {
  return std::string(base::FindString(members, name).value_or(""));
}

int64_t Number(object members, absl::string_view name) {
  const std::optional<element> member = base::Find(members, name);
  int64_t number = -1;
  return member.has_value() && member->get(number) == simdjson::SUCCESS ? number : -1;
}

// The algorithm with which a group of tests is to be verified by its key.
std::optional<KeyAlgorithm> AlgorithmOf(object group, const PublicKey& key) {
  const std::string type = Text(group, "type");
  const std::string hash = absl::StrReplaceAll(Text(group, "sha"), {{"SHA-", ""}});
  std::string name;
  if (absl::StartsWith(type, "Rsassa")) {
    name = absl::StrCat(absl::StartsWith(type, "RsassaPss") ? "PS" : "RS", hash);
    const bool standard_salt = Number(group, "sLen") * 8 == std::atoi(hash.c_str());
    const bool same_hash = Text(group, "mgfSha") == Text(group, "sha");
    if (absl::StartsWith(type, "RsassaPss") && (!standard_salt || !same_hash)) return std::nullopt;
    return proof::FindAlgorithm(name);
  }
  for (const KeyAlgorithm algorithm :
       {KeyAlgorithm::kEs256, KeyAlgorithm::kEs384, KeyAlgorithm::kEs512, KeyAlgorithm::kEs256k, KeyAlgorithm::kEsb256,
        KeyAlgorithm::kEdDsa, KeyAlgorithm::kEd448}) {
    const bool of_hash = hash.empty() || absl::StrContains(proof::AlgorithmName(algorithm), hash);
    if (key.Accepts(algorithm) && of_hash) return algorithm;
  }
  return std::nullopt;
}

class WycheproofFile {
 public:
  explicit WycheproofFile(const ConformanceCase& row) : row_(row) {
    // "1 (HS256 token, key alg HS256); 347 (…)".
    for (const absl::string_view word : absl::StrSplit(row.evidence, absl::ByAnyChar(" :;"))) {
      int64_t number = 0;
      if (absl::SimpleAtoi(word, &number)) refused_on_purpose_.insert(number);
    }
  }

  absl::StatusOr<Judgement> Judge() {
    ASSIGN_OR_RETURN(const std::string content, row_.Content());
    ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(content));
    document_ = &document;
    const auto root = base::AsObject(document.root());
    const auto groups = root.has_value() ? base::Find(*root, "testGroups") : std::nullopt;
    const auto list = groups.has_value() ? base::AsArray(*groups) : std::nullopt;
    if (!list.has_value()) return base::Problem(base::Reason::kFieldMissing, "testGroups");
    for (const element entry : *list) {
      const std::optional<object> group = base::AsObject(entry);
      if (group.has_value()) JudgeGroup(*group);
    }
    if (judged_ == 0) return base::Problem(base::Reason::kFieldMissing, "tests");
    if (differing_.empty()) return Judgement{"per-test", "per-test", absl::StrCat(judged_, " tests")};
    return Judgement{"differs", "differs", absl::StrCat("tests ", absl::StrJoin(differing_, ", "))};
  }

 private:
  void JudgeGroup(object group) {
    const bool tokens = Text(group, "type") == "JsonWebSignature";
    const absl::StatusOr<PublicKey> key = PublicKey::FromPem(Text(group, "publicKeyPem"));
    const std::optional<element> tests = base::Find(group, "tests");
    const auto list = tests.has_value() ? base::AsArray(*tests) : std::nullopt;
    if (!list.has_value()) return;
    for (const element entry : *list) {
      const std::optional<object> test = base::AsObject(entry);
      if (!test.has_value()) continue;
      const int64_t number = Number(*test, "tcId");
      const std::string result = Text(*test, "result");
      ++judged_;
      if (result == "acceptable") continue;
      const bool wanted = result == "valid" && refused_on_purpose_.count(number) == 0;
      const bool verified = tokens ? VerifyToken(group, *test) : key.ok() && VerifyRaw(group, *key, *test);
      if (verified != wanted) differing_.push_back(number);
    }
  }

  bool VerifyToken(object group, object test) const {
    std::optional<element> jwk = base::Find(group, "public");
    if (!jwk.has_value()) jwk = base::Find(group, "private");
    if (!jwk.has_value()) return false;
    const absl::StatusOr<proof::KeySet> keys = proof::KeySet::Parse(PublicHalf(*document_, *jwk));
    const std::string token = Text(test, "jws");
    const absl::StatusOr<proof::Jws> jws = proof::Jws::ParseCompact(token);
    return keys.ok() && jws.ok() && jws->Verify(*keys, proof::JwsProfile()).Accepted();
  }

  static bool VerifyRaw(object group, const PublicKey& key, object test) {
    const std::optional<KeyAlgorithm> algorithm = AlgorithmOf(group, key);
    if (!algorithm.has_value()) return false;
    const std::string message = absl::HexStringToBytes(Text(test, "msg"));
    const std::string signature = absl::HexStringToBytes(Text(test, "sig"));
    const bool der = Text(group, "type") == "EcdsaVerify";
    return der ? key.VerifyDer(*algorithm, message, signature) : key.Verify(*algorithm, message, signature);
  }

  const ConformanceCase& row_;
  const base::JsonDocument* document_ = nullptr;
  std::set<int64_t> refused_on_purpose_;
  std::vector<int64_t> differing_;
  int judged_ = 0;
};

}  // namespace

Judgement JudgeWycheproof(const ConformanceCase& row) {
  const absl::StatusOr<Judgement> judgement = WycheproofFile(row).Judge();
  return judgement.ok() ? *judgement : Unjudged(judgement.status());
}

}  // namespace passerelle::gateway
