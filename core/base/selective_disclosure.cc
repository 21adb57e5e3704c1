#include "core/base/selective_disclosure.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::base {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kDigests = "_sd";
constexpr absl::string_view kAlgorithm = "_sd_alg";
constexpr absl::string_view kElement = "...";

struct Disclosure {
  size_t number;
  JsonDocument document;
  std::optional<std::string> name;  // none for an element of an array
  element value;
  bool used = false;
};

absl::Status Refuse(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kDisclosure, place, detail);
}

absl::StatusOr<HashAlgorithm> HashOf(object payload) {
  const std::optional<element> name = Find(payload, kAlgorithm);
  if (!name) return HashAlgorithm::kSha256;
  const std::optional<absl::string_view> text = AsString(*name);
  if (text == "sha-256") return HashAlgorithm::kSha256;
  if (text == "sha-384") return HashAlgorithm::kSha384;
  if (text == "sha-512") return HashAlgorithm::kSha512;
  return Refuse("/_sd_alg", "it is none of sha-256, sha-384 and sha-512");
}

// RFC 9901, 4.2: [salt, name, value], or [salt, value] for an element of an array.
absl::StatusOr<Disclosure> ReadDisclosure(absl::string_view text, size_t number) {
  const std::string place = absl::StrCat("disclosure ", number);
  const absl::StatusOr<std::string> bytes = Base64UrlDecode(text);
  if (!bytes.ok()) return Refuse(place, "it is not base64url");
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(*bytes);
  if (!document.ok()) return Refuse(place, DetailOf(document.status()));
  const std::optional<array> parts = AsArray(document->root());
  if (!parts || (parts->size() != 2 && parts->size() != 3)) return Refuse(place, "it is no array of two or three");
  if (!AsString(parts->at(0).value_unsafe())) return Refuse(place, "its salt is no text");
  std::optional<std::string> name;
  if (parts->size() == 3) {
    const std::optional<absl::string_view> given = AsString(parts->at(1).value_unsafe());
    if (!given || *given == kDigests || *given == kElement)
      return Refuse(place, "it has no name that a claim may have");
    name = std::string(*given);
  }
  const element value = parts->at(parts->size() - 1).value_unsafe();
  return Disclosure{number, *std::move(document), std::move(name), value};
}

class Resolver {
 public:
  explicit Resolver(HashAlgorithm hash) : json_(claims_.json) { claims_.hash = hash; }

  absl::Status Take(const std::vector<absl::string_view>& disclosures) {
    for (size_t i = 0; i < disclosures.size(); ++i) {
      ASSIGN_OR_RETURN(Disclosure disclosure, ReadDisclosure(disclosures[i], i));
      const std::string digest = Base64UrlEncode(Digest(claims_.hash, disclosures[i]));
      if (!disclosures_.emplace(digest, std::move(disclosure)).second) {
        return Refuse(absl::StrCat("disclosure ", i), "it was sent twice");
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<DisclosedClaims> Resolve(const JsonDocument& payload) {
    RETURN_IF_ERROR(Value(payload, payload.root(), 0));
    for (const auto& [digest, disclosure] : disclosures_) {
      if (!disclosure.used) {
        return Refuse(absl::StrCat("disclosure ", disclosure.number), "the issuer signed no place for it");
      }
    }
    return std::move(claims_);
  }

 private:
  // Where the walk is, and back again at the end of a step.
  class Step {
   public:
    Step(std::string& path, absl::string_view token) : path_(path), size_(path.size()) {
      AppendPointerToken(token, path_);
    }
    ~Step() { path_.resize(size_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    std::string& path_;
    const size_t size_;
  };

  absl::Status Value(const JsonDocument& document, element value, size_t depth) {
    if (depth > kNestingMax) return Problem(Reason::kInputTooDeep, path_);
    if (const std::optional<object> members = AsObject(value)) return Object(document, *members, depth);
    if (const std::optional<array> list = AsArray(value)) return Array(document, *list, depth);
    json_.Raw(document.Text(value));
    return absl::OkStatus();
  }

  absl::Status Object(const JsonDocument& document, object members, size_t depth) {
    absl::flat_hash_set<std::string> names;
    json_.BeginObject();
    for (const auto& [key, value] : members) {
      const absl::string_view name = View(key);
      if (name == kElement) return Refuse(path_, "\"...\" stands outside of an array");
      if (name == kAlgorithm && depth > 0) return Refuse(path_, "\"_sd_alg\" stands within a claim");
      if (name == kDigests || name == kAlgorithm) continue;
      names.emplace(name);
      const Step step(path_, name);
      json_.Key(name);
      RETURN_IF_ERROR(Value(document, value, depth + 1));
    }
    if (const std::optional<element> digests = Find(members, kDigests)) {
      RETURN_IF_ERROR(Disclosed(*digests, depth, names));
    }
    json_.EndObject();
    return absl::OkStatus();
  }

  // The members of an object of which it has the digests.
  absl::Status Disclosed(element digests, size_t depth, absl::flat_hash_set<std::string>& names) {
    const std::optional<array> list = AsArray(digests);
    if (!list) return Refuse(path_, "\"_sd\" is no array");
    bool withheld = false;
    for (const element digest : *list) {
      ASSIGN_OR_RETURN(Disclosure* const disclosure, Claim(digest));
      withheld |= disclosure == nullptr;
      if (disclosure == nullptr) continue;
      if (!disclosure->name) return Refuse(path_, "the disclosure is one for an array");
      const std::string& name = *disclosure->name;
      const bool reserved = name == kAlgorithm && depth == 0;
      if (reserved || !names.insert(name).second) return Refuse(path_, "a disclosed claim is there already");
      const Step step(path_, name);
      RETURN_IF_ERROR(Remember(&claims_.disclosed));
      json_.Key(name);
      RETURN_IF_ERROR(Value(disclosure->document, disclosure->value, depth + 1));
    }
    return withheld ? Remember(&claims_.withheld) : absl::OkStatus();
  }

  absl::Status Array(const JsonDocument& document, array list, size_t depth) {
    json_.BeginArray();
    size_t index = 0;
    bool withheld = false;
    for (const element value : list) {
      const std::optional<object> members = AsObject(value);
      const std::optional<element> digest = members ? Find(*members, kElement) : std::nullopt;
      const Step step(path_, absl::StrCat(index));
      if (!digest) {
        ++index;
        RETURN_IF_ERROR(Value(document, value, depth + 1));
        continue;
      }
      if (members->size() != 1) return Refuse(path_, "\"...\" does not stand alone");
      ASSIGN_OR_RETURN(Disclosure* const disclosure, Claim(*digest));
      withheld |= disclosure == nullptr;
      if (disclosure == nullptr) continue;
      if (disclosure->name) return Refuse(path_, "the disclosure is one for an object");
      ++index;
      RETURN_IF_ERROR(Remember(&claims_.disclosed));
      RETURN_IF_ERROR(Value(disclosure->document, disclosure->value, depth + 1));
    }
    json_.EndArray();
    return withheld ? Remember(&claims_.withheld) : absl::OkStatus();
  }

  // The pointer of many a place can begin with one long name.
  absl::Status Remember(std::vector<std::string>* places) {
    remembered_bytes_ += path_.size();
    if (remembered_bytes_ > kTokenBytesMax) return Refuse("", "the places of its disclosures are too long");
    places->push_back(path_);
    return absl::OkStatus();
  }

  // The disclosure of a digest; null when it was withheld or is a decoy. No digest may stand twice (RFC 9901, 7.1, 4).
  absl::StatusOr<Disclosure*> Claim(element digest) {
    const std::optional<absl::string_view> text = AsString(digest);
    if (!text) return Refuse(path_, "a digest is no text");
    if (!seen_.emplace(*text).second) return Refuse(path_, "a digest stands twice");
    const auto found = disclosures_.find(*text);
    if (found == disclosures_.end()) return nullptr;
    found->second.used = true;
    return &found->second;
  }

  DisclosedClaims claims_;
  JsonWriter json_;
  absl::flat_hash_map<std::string, Disclosure> disclosures_;  // by digest
  absl::flat_hash_set<std::string> seen_;
  std::string path_;
  size_t remembered_bytes_ = 0;  // of places
};

bool IsTokenCharacter(char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.'; }

absl::Status Malformed(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kSdJwtMalformed, place, detail);
}

}  // namespace

absl::StatusOr<SdJwtParts> SplitSdJwt(absl::string_view text) {
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c == '~' || IsTokenCharacter(c); })) {
    return Malformed("", "it has a character that no part may have");
  }
  const size_t last = text.rfind('~');
  if (last == absl::string_view::npos) return Malformed("", "it has no tilde");
  SdJwtParts parts;
  parts.bound = text.substr(0, last + 1);
  parts.key_binding = text.substr(last + 1);
  if (!parts.key_binding.empty() && std::count(parts.key_binding.begin(), parts.key_binding.end(), '.') != 2) {
    return Malformed("key binding", "it is no token");
  }
  const absl::string_view body = text.substr(0, last);
  if (static_cast<size_t>(std::count(body.begin(), body.end(), '~')) > kDisclosuresMax) {
    return Malformed("disclosures", "there are too many");
  }
  bool first = true;
  for (const absl::string_view part : absl::StrSplit(body, '~')) {
    if (part.empty()) return Malformed(first ? "token" : "disclosures", "it is empty");
    if (first) {
      parts.token = part;
    } else if (absl::StrContains(part, ".")) {
      return Malformed("disclosures", "one has a dot");
    } else {
      parts.disclosures.push_back(part);
    }
    first = false;
  }
  return parts;
}

absl::StatusOr<DisclosedClaims> ResolveDisclosures(const JsonDocument& payload,
                                                   const std::vector<absl::string_view>& disclosures) {
  const std::optional<object> members = AsObject(payload.root());
  if (!members) return Refuse("", "the payload is no object");
  ASSIGN_OR_RETURN(const HashAlgorithm hash, HashOf(*members));
  Resolver resolver(hash);
  RETURN_IF_ERROR(resolver.Take(disclosures));
  return resolver.Resolve(payload);
}

}  // namespace passerelle::base
