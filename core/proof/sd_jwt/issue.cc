#include "core/proof/sd_jwt/issue.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/selective_disclosure.h"
#include "core/base/status_macros.h"
#include "core/proof/jose/sign.h"

namespace passerelle::proof {
namespace {

using base::JsonWriter;
using base::Problem;
using base::Reason;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr size_t kSaltBytes = 16;
constexpr absl::string_view kOpen[] = {"/iss", "/nbf", "/exp", "/cnf", "/vct", "/vct#integrity", "/status"};

class Issuer {
 public:
  Issuer(const base::JsonDocument& document, const std::set<std::string>& withholdable, base::Random& random)
      : document_(document), withholdable_(withholdable), random_(random) {}

  // The payload that is signed.
  absl::StatusOr<std::string> Payload() {
    ASSIGN_OR_RETURN(std::string payload, Value(document_.root(), ""));
    if (used_ != withholdable_.size()) return Problem(Reason::kFieldInvalid, "withholdable", "one leads nowhere");
    return payload;
  }
  const std::vector<std::string>& disclosures() const { return disclosures_; }

 private:
  absl::StatusOr<std::string> Value(element value, const std::string& pointer) {
    if (const std::optional<object> members = base::AsObject(value)) return Object(*members, pointer);
    if (const std::optional<array> list = base::AsArray(value)) return Array(*list, pointer);
    return document_.Text(value);
  }

  absl::StatusOr<std::string> Object(object members, const std::string& pointer) {
    std::string out;
    JsonWriter json(out);
    json.BeginObject();
    std::vector<std::string> digests;
    for (const auto& [key, value] : members) {
      const absl::string_view name = base::View(key);
      if (name == "_sd" || name == "..." || name == "_sd_alg") return Problem(Reason::kFieldInvalid, pointer, name);
      std::string place = pointer;
      base::AppendPointerToken(name, place);
      ASSIGN_OR_RETURN(const std::string text, Value(value, place));
      if (withholdable_.count(place) == 0) {
        json.Key(name);
        json.Raw(text);
      } else {
        digests.push_back(Disclose(name, text));
      }
    }
    if (!digests.empty()) {
      std::sort(digests.begin(), digests.end());
      json.Key("_sd");
      json.BeginArray();
      for (const std::string& digest : digests) json.String(digest);
      json.EndArray();
    }
    if (pointer.empty()) json.Member("_sd_alg", "sha-256");
    json.EndObject();
    return out;
  }

  absl::StatusOr<std::string> Array(array list, const std::string& pointer) {
    std::string out;
    JsonWriter json(out);
    json.BeginArray();
    size_t index = 0;
    for (const element value : list) {
      const std::string place = absl::StrCat(pointer, "/", index++);
      ASSIGN_OR_RETURN(const std::string text, Value(value, place));
      if (withholdable_.count(place) == 0) {
        json.Raw(text);
      } else {
        json.BeginObject();
        json.Member("...", Disclose(std::nullopt, text));
        json.EndObject();
      }
    }
    json.EndArray();
    return out;
  }

  // Keeps the disclosure; its digest.
  std::string Disclose(std::optional<absl::string_view> name, absl::string_view value) {
    std::string out;
    JsonWriter json(out);
    json.BeginArray();
    json.String(base::Base64UrlEncode(random_.Bytes(kSaltBytes)));
    if (name) json.String(*name);
    json.Raw(value);
    json.EndArray();
    ++used_;
    disclosures_.push_back(base::Base64UrlEncode(out));
    return base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, disclosures_.back()));
  }

  const base::JsonDocument& document_;
  const std::set<std::string>& withholdable_;
  base::Random& random_;
  std::vector<std::string> disclosures_;
  size_t used_ = 0;
};

}  // namespace

absl::StatusOr<std::string> IssueSdJwt(const SdJwtContent& content, const SigningKey& key, base::Random& random) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(content.claims));
  if (!base::AsObject(document.root())) return Problem(Reason::kFieldInvalid, "claims", "they are no object");
  for (const absl::string_view pointer : kOpen) {
    if (content.withholdable.count(std::string(pointer)) > 0) return Problem(Reason::kClaimDisclosed, pointer);
  }
  Issuer issuer(document, content.withholdable, random);
  ASSIGN_OR_RETURN(const std::string payload, issuer.Payload());
  ASSIGN_OR_RETURN(std::string out, SignToken("dc+sd-jwt", content.key_id, payload, key));
  out += '~';
  for (const std::string& disclosure : issuer.disclosures()) absl::StrAppend(&out, disclosure, "~");
  return out;
}

absl::StatusOr<std::string> PresentSdJwt(absl::string_view sd_jwt, const std::vector<size_t>& disclosures) {
  ASSIGN_OR_RETURN(const base::SdJwtParts parts, base::SplitSdJwt(sd_jwt));
  std::string out = absl::StrCat(parts.token, "~");
  for (const size_t number : disclosures) {
    if (number >= parts.disclosures.size()) return Problem(Reason::kFieldInvalid, "disclosures", "beyond the last");
    absl::StrAppend(&out, parts.disclosures[number], "~");
  }
  return out;
}

absl::StatusOr<std::string> BindSdJwt(absl::string_view presentation, const SigningKey& holder_key,
                                      absl::string_view audience, absl::string_view nonce, absl::Time at) {
  ASSIGN_OR_RETURN(const base::SdJwtParts parts, base::SplitSdJwt(presentation));
  if (!parts.key_binding.empty()) return Problem(Reason::kSdJwtMalformed, "key binding", "there is one already");
  std::string payload;
  JsonWriter json(payload);
  json.BeginObject();
  json.Member("iat", absl::ToUnixSeconds(at));
  json.Member("aud", audience);
  json.Member("nonce", nonce);
  json.Member("sd_hash", base::Base64UrlEncode(base::Digest(base::HashAlgorithm::kSha256, parts.bound)));
  json.EndObject();
  ASSIGN_OR_RETURN(const std::string binding, SignToken("kb+jwt", "", payload, holder_key));
  return absl::StrCat(parts.bound, binding);
}

}  // namespace passerelle::proof
