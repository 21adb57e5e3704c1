#include "core/federation/node_map_check.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/proof/encryption_key.h"
#include "core/proof/key.h"
#include "core/proof/public_key.h"

namespace passerelle::federation {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;
using google::protobuf::Duration;
using google::protobuf::Timestamp;

constexpr size_t kNodeIdBytesMax = 64;
constexpr uint32_t kLevelMost = 8;

absl::Status Unusable(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kNodeMapUnusable, place, detail);
}

// Node ids stand in URIs, keys of the store and file names.
bool IsNodeId(absl::string_view id) {
  if (id.empty() || id.size() > kNodeIdBytesMax) return false;
  return std::all_of(id.begin(), id.end(), [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; });
}

absl::Status CheckTime(bool stated, const Timestamp& time, absl::string_view place) {
  return !stated || base::IsValid(time) ? absl::OkStatus() : Unusable(place, "it is not a valid time");
}

absl::Status CheckDuration(const Duration& duration, absl::string_view place) {
  const bool valid = duration.seconds() >= 0 && duration.seconds() <= kStatedSecondsMax && duration.nanos() >= 0 &&
                     duration.nanos() <= 999'999'999;
  return valid ? absl::OkStatus() : Unusable(place, "it is not a time between nothing and a year");
}

// Of whatever has not_before and not_after.
template <typename Stated>
absl::Status CheckPeriod(const Stated& stated, absl::string_view place) {
  RETURN_IF_ERROR(CheckTime(stated.has_not_before(), stated.not_before(), absl::StrCat(place, ".not_before")));
  RETURN_IF_ERROR(CheckTime(stated.has_not_after(), stated.not_after(), absl::StrCat(place, ".not_after")));
  if (stated.has_not_before() && stated.has_not_after() &&
      FromProto(stated.not_after()) < FromProto(stated.not_before())) {
    return Unusable(absl::StrCat(place, ".not_after"), "it is before not_before");
  }
  return absl::OkStatus();
}

absl::Status CheckCount(int count, int most, absl::string_view place) {
  return count <= most ? absl::OkStatus() : Unusable(place, absl::StrCat("more than ", most, " entries"));
}

// What no two nodes may share.
struct Names {
  absl::flat_hash_set<std::string> nodes;
  absl::flat_hash_set<std::string> certificates;
  absl::flat_hash_set<std::string> keys;
};

absl::Status CheckCertificate(const std::string& sha256, absl::string_view place, Names& names) {
  if (!base::IsSha256Hex(sha256)) return Unusable(place, "it is not 64 lower-case hexadecimal digits");
  if (!names.certificates.insert(sha256).second) return Unusable(place, "the map names this certificate already");
  return absl::OkStatus();
}

absl::Status CheckMessageKey(const v1::MessageKey& key, absl::string_view place, Names& names) {
  const absl::StatusOr<proof::VerificationKey> parsed = proof::VerificationKey::FromJwk(key.jwk());
  if (!parsed.ok()) return Unusable(absl::StrCat(place, ".jwk"), base::DetailOf(parsed.status()));
  if (key.kid() != parsed->thumbprint()) {
    return Unusable(absl::StrCat(place, ".kid"), "it is not the key's thumbprint");
  }
  // One key under two nodes would let each deny what it signed.
  if (!names.keys.insert(key.kid()).second) return Unusable(place, "the map names this key already");
  return CheckPeriod(key, place);
}

absl::Status CheckContentKey(const v1::ContentKey& key, absl::string_view place, Names& names) {
  const absl::StatusOr<proof::PublicKey> parsed = proof::PublicKey::FromJwk(key.jwk());
  if (!parsed.ok()) return Unusable(absl::StrCat(place, ".jwk"), base::DetailOf(parsed.status()));
  if (key.kid() != parsed->thumbprint()) {
    return Unusable(absl::StrCat(place, ".kid"), "it is not the key's thumbprint");
  }
  if (!names.keys.insert(key.kid()).second) return Unusable(place, "the map names this key already");
  if (key.use() == v1::CONTENT_KEY_USE_UNSPECIFIED) return Unusable(absl::StrCat(place, ".use"), "it is missing");
  if (key.use() == v1::CONTENT_KEY_USE_ENCRYPTION) {
    const absl::Status usable = proof::EncryptionKey::FromJwk(key.jwk()).status();
    if (!usable.ok()) return Unusable(absl::StrCat(place, ".jwk"), base::DetailOf(usable));
  }
  return CheckPeriod(key, place);
}

absl::Status CheckKeys(const v1::Node& node, const std::string& place, Names& names) {
  RETURN_IF_ERROR(CheckCount(node.tls_certificate_sha256_size(), kNodeListMax, place + ".tls_certificate_sha256"));
  RETURN_IF_ERROR(CheckCount(node.tls_certificates_size(), kNodeListMax, place + ".tls_certificates"));
  RETURN_IF_ERROR(CheckCount(node.message_keys_size(), kNodeListMax, place + ".message_keys"));
  RETURN_IF_ERROR(CheckCount(node.content_keys_size(), kNodeListMax, place + ".content_keys"));
  for (int i = 0; i < node.tls_certificate_sha256_size(); ++i) {
    RETURN_IF_ERROR(CheckCertificate(node.tls_certificate_sha256(i),
                                     absl::StrCat(place, ".tls_certificate_sha256[", i, "]"), names));
  }
  for (int i = 0; i < node.tls_certificates_size(); ++i) {
    const std::string at = absl::StrCat(place, ".tls_certificates[", i, "]");
    RETURN_IF_ERROR(CheckCertificate(node.tls_certificates(i).sha256(), at + ".sha256", names));
    RETURN_IF_ERROR(CheckPeriod(node.tls_certificates(i), at));
  }
  for (int i = 0; i < node.message_keys_size(); ++i) {
    RETURN_IF_ERROR(CheckMessageKey(node.message_keys(i), absl::StrCat(place, ".message_keys[", i, "]"), names));
  }
  for (int i = 0; i < node.content_keys_size(); ++i) {
    RETURN_IF_ERROR(CheckContentKey(node.content_keys(i), absl::StrCat(place, ".content_keys[", i, "]"), names));
  }
  return absl::OkStatus();
}

absl::Status CheckCompetence(const v1::Competence& competence, const std::string& place) {
  if (competence.purposes().empty()) return Unusable(place + ".purposes", "it is missing");
  for (const int purpose : competence.purposes()) {
    if (purpose == v1::ROUTE_PURPOSE_UNSPECIFIED || !v1::RoutePurpose_IsValid(purpose)) {
      return Unusable(place + ".purposes", "it is no purpose that this version knows");
    }
  }
  for (const std::string& country : competence.countries()) {
    if (!IsCountry(country)) return Unusable(place + ".countries", "it is not two capital letters");
  }
  if (competence.level_min() > kLevelMost || competence.level_max() > kLevelMost) {
    return Unusable(place + ".level_max", "levels go from 1 to 8");
  }
  if (competence.level_max() != 0 && competence.level_max() < competence.level_min()) {
    return Unusable(place + ".level_max", "it is lower than level_min");
  }
  for (const std::string& field : competence.fields()) {
    if (!IsField(field)) return Unusable(place + ".fields", "it is not two to four digits");
  }
  return absl::OkStatus();
}

absl::Status CheckTerms(const v1::Node& node, const std::string& place) {
  const std::pair<const Duration*, absl::string_view> durations[] = {{&node.duplicate_memory(), ".duplicate_memory"},
                                                                     {&node.sending_horizon(), ".sending_horizon"},
                                                                     {&node.clock_bound(), ".clock_bound"}};
  for (const auto& [duration, name] : durations) {
    RETURN_IF_ERROR(CheckDuration(*duration, absl::StrCat(place, name)));
  }
  RETURN_IF_ERROR(CheckCount(node.maintenance_size(), kNodeListMax, place + ".maintenance"));
  for (int i = 0; i < node.maintenance_size(); ++i) {
    const v1::MaintenanceWindow& window = node.maintenance(i);
    const std::string at = absl::StrCat(place, ".maintenance[", i, "]");
    if (!window.has_begin() || !window.has_end()) return Unusable(at, "begin or end is missing");
    RETURN_IF_ERROR(CheckTime(true, window.begin(), at + ".begin"));
    RETURN_IF_ERROR(CheckTime(true, window.end(), at + ".end"));
    if (FromProto(window.end()) < FromProto(window.begin())) return Unusable(at + ".end", "it is before begin");
  }
  RETURN_IF_ERROR(CheckCount(node.competences_size(), kCompetencesMax, place + ".competences"));
  for (int i = 0; i < node.competences_size(); ++i) {
    RETURN_IF_ERROR(CheckCompetence(node.competences(i), absl::StrCat(place, ".competences[", i, "]")));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsCountry(absl::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(text[0]) && absl::ascii_isupper(text[1]);
}

bool IsField(absl::string_view text) {
  return text.size() >= 2 && text.size() <= 4 && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

absl::Status CheckNodeMap(const v1::NodeMap& map) {
  RETURN_IF_ERROR(CheckTime(map.has_expire_time(), map.expire_time(), "expire_time"));
  RETURN_IF_ERROR(CheckTime(map.has_issue_time(), map.issue_time(), "issue_time"));
  RETURN_IF_ERROR(CheckDuration(map.grace(), "grace"));
  RETURN_IF_ERROR(CheckCount(map.nodes_size(), kNodesMax, "nodes"));
  Names names;
  for (int n = 0; n < map.nodes_size(); ++n) {
    const v1::Node& node = map.nodes(n);
    const std::string place = absl::StrCat("nodes[", n, "]");
    if (!IsNodeId(node.id())) return Unusable(place + ".id", "it is not 1 to 64 letters, digits, '-' or '_'");
    if (!names.nodes.insert(node.id()).second) return Unusable(place + ".id", "another node has it already");
    if (!node.country().empty() && !IsCountry(node.country())) {
      return Unusable(place + ".country", "it is not two capital letters");
    }
    RETURN_IF_ERROR(CheckKeys(node, place, names));
    RETURN_IF_ERROR(CheckTerms(node, place));
  }
  return absl::OkStatus();
}

}  // namespace passerelle::federation
