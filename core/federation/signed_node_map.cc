#include "core/federation/signed_node_map.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/federation/node_map_check.h"
#include "core/proof/jose/header.h"

namespace passerelle::federation {
namespace {

using base::FromProto;
using base::Problem;
using base::Reason;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kType = "passerelle-node-map+jws";

absl::Status UnusableSignature(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kNodeMapUnusable, place, detail);
}

absl::Status OtherRoot(absl::string_view place, absl::string_view detail) {
  return Problem(Reason::kNodeMapRoot, place, detail);
}

absl::StatusOr<proof::ArchiveSignature> ReadSignature(element entry, const std::string& place) {
  const std::optional<object> members = base::AsObject(entry);
  if (!members) return UnusableSignature(place, "it is not an object");
  proof::ArchiveSignature signature;
  for (const auto& [name, target] :
       {std::pair{"protected", &signature.protected_text}, std::pair{"signature", &signature.signature_text}}) {
    const std::optional<absl::string_view> text = base::FindString(*members, name);
    if (!text) return UnusableSignature(absl::StrCat(place, ".", name), "it is missing or no text");
    *target = std::string(*text);
  }
  const auto header = proof::JoseHeader::Parse(signature.protected_text, std::nullopt);
  if (!header.ok()) return UnusableSignature(place + ".protected", "it is no protected header");
  signature.signer = std::string(header->ProtectedText("kid").value_or(""));
  return signature;
}

absl::StatusOr<MapPart> ReadPart(object members, const std::string& place) {
  MapPart part;
  const std::optional<absl::string_view> text = base::FindString(members, "payload");
  if (!text) return UnusableSignature(place + "payload", "it is missing or no text");
  part.payload_text = std::string(*text);
  const auto payload = base::Base64UrlDecode(part.payload_text);
  if (!payload.ok() || !part.map.ParseFromString(*payload))
    return UnusableSignature(place + "payload", "it is no node map");
  part.sha256 = base::Sha256Hex(*payload);
  const std::optional<element> entries = base::Find(members, "signatures");
  const std::optional<array> signatures = entries ? base::AsArray(*entries) : std::nullopt;
  if (!signatures) return UnusableSignature(place + "signatures", "it is missing or no list");
  if (signatures->size() > base::kJwsSignaturesMax)
    return UnusableSignature(place + "signatures", "there are too many");
  for (const element entry : *signatures) {
    ASSIGN_OR_RETURN(proof::ArchiveSignature signature,
                     ReadSignature(entry, absl::StrCat(place, "signatures[", part.signatures.size(), "]")));
    part.signatures.push_back(std::move(signature));
  }
  return part;
}

void WritePart(const MapPart& part, base::JsonWriter& json) {
  proof::WriteArchive(part.payload_text, part.signatures, json);
}

// Thumbprints of the keys that signed a part, each once. None for a proposal.
absl::StatusOr<std::vector<std::string>> Count(const MapPart& part, const FederationRoot& root) {
  if (part.signatures.empty()) return std::vector<std::string>();
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  WritePart(part, json);
  json.EndObject();
  ASSIGN_OR_RETURN(const proof::Jws jws, proof::Jws::ParseJson(text));
  return proof::CountSigners(jws, kType, root.keys());
}

absl::Status CheckThreshold(const MapPart& part, const FederationRoot& root, absl::string_view place,
                            absl::string_view which, std::vector<std::string>* signers = nullptr) {
  ASSIGN_OR_RETURN(std::vector<std::string> counted, Count(part, root));
  if (counted.size() < root.message().threshold()) {
    return Problem(
        Reason::kNodeMapSignatures, place,
        absl::StrCat(counted.size(), " of the ", root.message().threshold(), " signatures that are needed of the ",
                     which, " verify", counted.empty() ? "; the map is of another federation, or the root is" : ""));
  }
  if (signers != nullptr) *signers = std::move(counted);
  return absl::OkStatus();
}

// The root of a part that changes it: one version more, signed by k of the one before and by k of its own.
absl::StatusOr<FederationRoot> Follow(const MapPart& part, const FederationRoot& before, absl::string_view place,
                                      std::vector<std::string>* signers = nullptr) {
  ASSIGN_OR_RETURN(FederationRoot root, FederationRoot::Make(part.map.root()));
  if (root.message().federation() != before.message().federation()) {
    return OtherRoot("federation", "it is another federation than that of the root");
  }
  if (root.message().version() != before.message().version() + 1) {
    return OtherRoot("root.version", absl::StrCat("version ", root.message().version(), " does not follow version ",
                                                  before.message().version()));
  }
  RETURN_IF_ERROR(CheckThreshold(part, before, place, "root before"));
  RETURN_IF_ERROR(CheckThreshold(part, root, place, "new root", signers));
  return root;
}

absl::Status CheckRoot(const FederationRoot& root, const FederationRoot& trusted) {
  if (root.message().federation() != trusted.message().federation()) {
    return OtherRoot("federation", "it is another federation than that of the root");
  }
  if (root.message().version() < trusted.message().version()) {
    return OtherRoot("root.version", absl::StrCat("version ", root.message().version(), " is older than version ",
                                                  trusted.message().version(), ", which is trusted"));
  }
  if (root.Fingerprint() != trusted.Fingerprint()) {
    return OtherRoot("root", absl::StrCat("it is another root of version ", trusted.message().version(),
                                          " than the one that is trusted"));
  }
  return absl::OkStatus();
}

// A change of the root is signed by authorities of the root before as well. That root is in the history, but for the
// first one, which only those know who hold it.
bool MayBeOfRootBefore(absl::string_view thumbprint, const FederationRoot& root, const MapFile& file) {
  const uint64_t version = root.message().version();
  if (file.history.empty()) return version == 2;
  const v1::FederationRoot& last = file.history.back().map.root();
  if (last.version() + 1 != version) return false;
  const absl::StatusOr<FederationRoot> before = FederationRoot::Make(last);
  return before.ok() && before->keys().Find(thumbprint) != nullptr;
}

absl::Status CheckVersion(const MapPart& part, const HeldMap& held) {
  const uint64_t version = part.map.version();
  if (version < held.version) {
    return Problem(
        Reason::kNodeMapRollback, "version",
        absl::StrCat("version ", version, " is older than version ", held.version, ", which was used before"));
  }
  if (version == held.version && !held.sha256.empty() && part.sha256 != held.sha256) {
    return Problem(Reason::kNodeMapFork, "version",
                   absl::StrCat("version ", version, " was used before with other content: a fork"));
  }
  return absl::OkStatus();
}

// What a signed map has to say of itself, whatever the time is.
absl::Status CheckStatements(const v1::NodeMap& map) {
  if (map.federation() != map.root().federation()) return UnusableSignature("federation", "it is not that of the root");
  if (map.version() == 0) return UnusableSignature("version", "it is missing");
  if (!map.has_issue_time()) return UnusableSignature("issue_time", "it is missing");
  if (!map.has_expire_time()) return UnusableSignature("expire_time", "it is missing");
  RETURN_IF_ERROR(CheckNodeMap(map));
  const absl::Duration life = FromProto(map.expire_time()) - FromProto(map.issue_time());
  if (life <= absl::ZeroDuration()) return UnusableSignature("expire_time", "it is not after issue_time");
  if (life > kNodeMapLifeMax) {
    return UnusableSignature("expire_time",
                             absl::StrCat("it lives longer than ", absl::FormatDuration(kNodeMapLifeMax)));
  }
  if (FromProto(map.grace()) > kNodeMapGraceMax) {
    return UnusableSignature("grace", absl::StrCat("it is longer than ", absl::FormatDuration(kNodeMapGraceMax)));
  }
  return absl::OkStatus();
}

absl::Status CheckTime(const NodeDirectory& directory, absl::Time now) {
  if (FromProto(directory.map().issue_time()) > now + kIssueTimeAheadMax) {
    return UnusableSignature("issue_time", "it is in the future");
  }
  if (directory.AgeAt(now) == MapAge::kOver) {
    return Problem(Reason::kNodeMapStale, "expire_time", "the map has expired, its grace included");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MapFile> ReadMapFile(absl::string_view bytes) {
  if (bytes.size() > kNodeMapBytesMax) {
    return Problem(Reason::kInputTooLarge, "node map", absl::StrCat("more than ", kNodeMapBytesMax, " bytes"));
  }
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(bytes));
  const std::optional<object> root = base::AsObject(document.root());
  if (!root) return UnusableSignature("", "it is not an object");
  MapFile file;
  ASSIGN_OR_RETURN(file.part, ReadPart(*root, ""));
  const std::optional<element> entries = base::Find(*root, "history");
  if (!entries) return file;
  const std::optional<array> history = base::AsArray(*entries);
  if (!history) return UnusableSignature("history", "it is no list");
  if (history->size() > kRootChangesMax) return UnusableSignature("history", "there are too many entries");
  for (const element entry : *history) {
    const std::string place = absl::StrCat("history[", file.history.size(), "].");
    const std::optional<object> members = base::AsObject(entry);
    if (!members) return UnusableSignature(place, "it is not an object");
    ASSIGN_OR_RETURN(MapPart part, ReadPart(*members, place));
    file.history.push_back(std::move(part));
  }
  return file;
}

std::string WriteMapFile(const MapFile& file) {
  std::string out;
  base::JsonWriter json(out, base::JsonWriter::Layout::kIndented);
  json.BeginObject();
  WritePart(file.part, json);
  if (!file.history.empty()) {
    json.Key("history");
    json.BeginArray();
    for (const MapPart& part : file.history) {
      json.BeginObject();
      WritePart(part, json);
      json.EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  out += '\n';
  return out;
}

absl::StatusOr<MapFile> ProposeNodeMap(const v1::NodeMap& map, const MapFile* present) {
  ASSIGN_OR_RETURN(const FederationRoot root, FederationRoot::Make(map.root()));
  RETURN_IF_ERROR(CheckStatements(map));
  MapFile file;
  if (present != nullptr) {
    ASSIGN_OR_RETURN(const FederationRoot before, FederationRoot::Make(present->part.map.root()));
    if (map.version() <= present->part.map.version()) {
      return UnusableSignature("version", absl::StrCat("it has to be higher than ", present->part.map.version()));
    }
    const uint64_t version = before.message().version();
    if (root.message().version() != version + 1) RETURN_IF_ERROR(CheckRoot(root, before));
    if (root.message().version() > version + 1) return OtherRoot("root.version", "it has to follow the one in force");
    file.history = present->history;
    const uint64_t last = file.history.empty() ? 1 : file.history.back().map.root().version();
    if (version > last) file.history.push_back(present->part);
    if (file.history.size() > kRootChangesMax)
      return UnusableSignature("history", "there are too many changes of the root");
  }
  const std::string payload = map.SerializeAsString();
  file.part.payload_text = base::Base64UrlEncode(payload);
  file.part.map = map;
  file.part.sha256 = base::Sha256Hex(payload);
  return file;
}

absl::Status SignMapFile(const proof::SigningKey& key, MapFile& file) {
  const std::string& thumbprint = key.verification_key().thumbprint();
  if (proof::HasSigned(file.part.signatures, thumbprint)) {
    return Problem(Reason::kFieldInvalid, "key", "it has signed already");
  }
  ASSIGN_OR_RETURN(const FederationRoot root, FederationRoot::Make(file.part.map.root()));
  if (root.keys().Find(thumbprint) == nullptr && !MayBeOfRootBefore(thumbprint, root, file)) {
    return Problem(Reason::kFieldInvalid, "key", "it is the key of no authority of the root");
  }
  ASSIGN_OR_RETURN(proof::ArchiveSignature signature, proof::SignArchive(file.part.payload_text, kType, key));
  file.part.signatures.push_back(std::move(signature));
  return absl::OkStatus();
}

absl::Status CombineMapFiles(const MapFile& other, MapFile& file) {
  if (other.part.payload_text != file.part.payload_text) {
    return Problem(Reason::kFieldInvalid, "payload", "the files are of different maps");
  }
  for (const proof::ArchiveSignature& signature : other.part.signatures) {
    // Two of one signer stay: one of them may be wrong, and both together count once.
    const bool known = std::any_of(file.part.signatures.begin(), file.part.signatures.end(), [&](const auto& one) {
      return one.protected_text == signature.protected_text && one.signature_text == signature.signature_text;
    });
    if (!known) file.part.signatures.push_back(signature);
  }
  if (file.part.signatures.size() > base::kJwsSignaturesMax) {
    return Problem(Reason::kFieldInvalid, "signatures", absl::StrCat("more than ", base::kJwsSignaturesMax));
  }
  return absl::OkStatus();
}

absl::StatusOr<OpenedMap> OpenNodeMap(absl::string_view bytes, const HeldMap& held, absl::Time now) {
  ASSIGN_OR_RETURN(const MapFile file, ReadMapFile(bytes));
  ASSIGN_OR_RETURN(FederationRoot trusted, FederationRoot::Make(held.root));
  std::vector<uint64_t> changes;
  for (size_t i = 0; i < file.history.size(); ++i) {
    const MapPart& part = file.history[i];
    if (part.map.root().version() <= trusted.message().version()) continue;
    ASSIGN_OR_RETURN(trusted, Follow(part, trusted, absl::StrCat("history[", i, "]")));
    changes.push_back(trusted.message().version());
  }
  std::vector<std::string> signers;
  if (file.part.map.root().version() > trusted.message().version()) {
    ASSIGN_OR_RETURN(trusted, Follow(file.part, trusted, "signatures", &signers));
    changes.push_back(trusted.message().version());
  } else {
    RETURN_IF_ERROR(CheckThreshold(file.part, trusted, "signatures", "root", &signers));
    ASSIGN_OR_RETURN(const FederationRoot root, FederationRoot::Make(file.part.map.root()));
    RETURN_IF_ERROR(CheckRoot(root, trusted));
  }
  RETURN_IF_ERROR(CheckVersion(file.part, held));
  RETURN_IF_ERROR(CheckStatements(file.part.map));
  ASSIGN_OR_RETURN(std::shared_ptr<const NodeDirectory> directory, NodeDirectory::Make(file.part.map));
  RETURN_IF_ERROR(CheckTime(*directory, now));
  return OpenedMap{std::move(directory), std::move(trusted), std::move(signers), std::move(changes), file.part.sha256};
}

}  // namespace passerelle::federation
