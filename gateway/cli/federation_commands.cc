#include "gateway/cli/federation_commands.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/federation/signed_node_map.h"
#include "core/proof/x509/certificate.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/federation_report.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"
#include "gateway/keys/keys.h"
#include "gateway/node/node_map_file.h"

namespace passerelle::gateway {
namespace {

namespace federation_v1 = federation::v1;

using base::Problem;
using base::Reason;

absl::StatusOr<proof::PublicKey> ReadPublicKey(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, ReadInput(path, base::kKeyBytesMax));
  absl::StatusOr<proof::PublicKey> key = proof::PublicKey::FromPem(pem);
  if (!key.ok()) return Problem(Reason::kKeyUnusable, path, base::DetailOf(key.status()));
  return key;
}

absl::StatusOr<federation_v1::NodeMap> MakeDraft(const FederationInitRequest& request) {
  federation_v1::NodeMap map;
  map.set_federation(request.name);
  federation_v1::FederationRoot& root = *map.mutable_root();
  root.set_federation(request.name);
  root.set_version(1);
  root.set_threshold(request.threshold);
  for (const std::string& authority : request.authorities) {
    const size_t equals = authority.find('=');
    federation_v1::FederationAuthority& entry = *root.add_authorities();
    entry.set_name(authority.substr(0, equals));
    ASSIGN_OR_RETURN(const proof::PublicKey key, ReadPublicKey(authority.substr(equals + 1)));
    entry.set_jwk(key.jwk());
  }
  RETURN_IF_ERROR(federation::FederationRoot::Make(root).status());
  return map;
}

// The node of a draft, made when it is not there.
absl::StatusOr<federation_v1::Node*> NodeOf(const FederationAddRequest& request, federation_v1::NodeMap& map) {
  federation_v1::Node* node = nullptr;
  for (federation_v1::Node& one : *map.mutable_nodes()) {
    if (one.id() == request.node) node = &one;
  }
  if (node == nullptr) {
    if (request.country.empty() || request.authority.empty()) {
      return Problem(Reason::kFieldMissing, absl::StrCat("nodes[", request.node, "]"),
                     "a new node needs --country and --authority");
    }
    node = map.add_nodes();
    node->set_id(request.node);
    node->set_state(federation_v1::NODE_STATE_ACTIVE);
  }
  if (!request.country.empty()) node->set_country(request.country);
  if (node->competent_authority().empty()) node->set_competent_authority(request.authority);
  if (!request.endpoint.empty()) node->set_endpoint(request.endpoint);
  return node;
}

template <typename Stated>
void SetPeriod(std::optional<absl::Time> from, std::optional<absl::Time> to, Stated* stated) {
  if (from) *stated->mutable_not_before() = base::ToProto(*from);
  if (to) *stated->mutable_not_after() = base::ToProto(*to);
}

absl::Status AddCertificates(const FederationAddRequest& request, federation_v1::Node& node) {
  for (const std::string& path : request.tls_certificates) {
    ASSIGN_OR_RETURN(const std::string pem, ReadInput(path, base::kKeyBytesMax));
    const auto certificates = proof::Certificate::FromPem(pem);
    if (!certificates.ok()) return Problem(Reason::kKeyUnusable, path, base::DetailOf(certificates.status()));
    federation_v1::TlsCertificate& entry = *node.add_tls_certificates();
    ASSIGN_OR_RETURN(*entry.mutable_sha256(), CertificateSha256(pem));
    const proof::Certificate& certificate = certificates->front();
    SetPeriod(std::max(request.from.value_or(absl::InfinitePast()), certificate.not_before()),
              std::min(request.to.value_or(absl::InfiniteFuture()), certificate.not_after()), &entry);
  }
  return absl::OkStatus();
}

absl::Status AddKeys(const FederationAddRequest& request, federation_v1::Node& node) {
  for (const std::string& path : request.message_keys) {
    ASSIGN_OR_RETURN(const proof::PublicKey key, ReadPublicKey(path));
    federation_v1::MessageKey& entry = *node.add_message_keys();
    entry.set_kid(key.thumbprint());
    entry.set_jwk(key.jwk());
    SetPeriod(request.from, request.to, &entry);
  }
  const std::pair<const std::vector<std::string>*, federation_v1::ContentKeyUse> uses[] = {
      {&request.seal_keys, federation_v1::CONTENT_KEY_USE_SEAL},
      {&request.encryption_keys, federation_v1::CONTENT_KEY_USE_ENCRYPTION}};
  for (const auto& [paths, use] : uses) {
    for (const std::string& path : *paths) {
      ASSIGN_OR_RETURN(const proof::PublicKey key, ReadPublicKey(path));
      federation_v1::ContentKey& entry = *node.add_content_keys();
      entry.set_kid(key.thumbprint());
      entry.set_jwk(key.jwk());
      entry.set_use(use);
      SetPeriod(request.from, request.to, &entry);
    }
  }
  return absl::OkStatus();
}

void AddCompetence(const FederationAddRequest& request, federation_v1::Node& node) {
  if (request.answers.empty()) return;
  federation_v1::Competence& competence = *node.add_competences();
  if (request.authority != node.competent_authority()) competence.set_authority(request.authority);
  for (const federation_v1::RoutePurpose purpose : request.answers) competence.add_purposes(purpose);
  competence.set_level_min(request.level_min);
  competence.set_level_max(request.level_max);
  for (const std::string& field : request.fields) competence.add_fields(field);
}

absl::StatusOr<federation::MapFile> ReadFileOf(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(path, federation::kNodeMapBytesMax));
  return federation::ReadMapFile(bytes);
}

// Version and root version follow the map in force.
absl::Status Number(const federation::MapFile* present, federation_v1::NodeMap& map) {
  map.mutable_root()->set_federation(map.federation());
  if (present == nullptr) {
    map.set_version(std::max<uint64_t>(map.version(), 1));
    return absl::OkStatus();
  }
  map.set_version(present->part.map.version() + 1);
  ASSIGN_OR_RETURN(const federation::FederationRoot before, federation::FederationRoot::Make(present->part.map.root()));
  map.mutable_root()->set_version(before.message().version());
  ASSIGN_OR_RETURN(const federation::FederationRoot after, federation::FederationRoot::Make(map.root()));
  if (after.Fingerprint() != before.Fingerprint()) map.mutable_root()->set_version(before.message().version() + 1);
  return absl::OkStatus();
}

absl::StatusOr<federation::MapFile> Propose(const FederationProposeRequest& request,
                                            std::optional<federation::MapFile>& present) {
  federation_v1::NodeMap map;
  RETURN_IF_ERROR(ReadYamlFile(request.draft, &map));
  if (!request.present.empty()) {
    ASSIGN_OR_RETURN(present, ReadFileOf(request.present));
  }
  const federation::MapFile* const before = present ? &*present : nullptr;
  RETURN_IF_ERROR(Number(before, map));
  const absl::Time now = absl::FromUnixSeconds(absl::ToUnixSeconds(request.now));
  *map.mutable_issue_time() = base::ToProto(now);
  *map.mutable_expire_time() = base::ToProto(now + absl::Hours(24 * request.life_days));
  map.mutable_grace()->set_seconds(int64_t{86'400} * request.grace_days);
  return federation::ProposeNodeMap(map, before);
}

absl::StatusOr<federation::OpenedMap> Open(const std::string& bytes, const std::string& root_file,
                                           const federation::MapFile* present, absl::Time at) {
  federation::HeldMap held;
  ASSIGN_OR_RETURN(held.root, LoadFederationRoot(root_file));
  if (present != nullptr) {
    held.version = present->part.map.version();
    held.sha256 = present->part.sha256;
    // A node follows the root of the map in force.
    const federation::HeldMap first{held.root, 0, ""};
    ASSIGN_OR_RETURN(const federation::OpenedMap before,
                     federation::OpenNodeMap(federation::WriteMapFile(*present), first,
                                             base::FromProto(present->part.map.issue_time())));
    held.root = before.root.message();
  }
  return federation::OpenNodeMap(bytes, held, at);
}

absl::StatusOr<federation::OpenedMap> Verify(const FederationVerifyRequest& request) {
  std::optional<federation::MapFile> present;
  if (!request.present.empty()) {
    ASSIGN_OR_RETURN(present, ReadFileOf(request.present));
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(request.file, federation::kNodeMapBytesMax));
  return Open(bytes, request.root, present ? &*present : nullptr, request.at);
}

absl::StatusOr<federation::OpenedMap> Publish(const FederationPublishRequest& request) {
  std::optional<federation::MapFile> present;
  struct stat info = {};
  if (stat(request.to.c_str(), &info) == 0) {
    ASSIGN_OR_RETURN(present, ReadFileOf(request.to));
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(request.file, federation::kNodeMapBytesMax));
  ASSIGN_OR_RETURN(federation::OpenedMap opened, Open(bytes, request.root, present ? &*present : nullptr, request.at));
  RETURN_IF_ERROR(WriteResult(request.to, bytes));
  return opened;
}

// A map for looking at: a signed one, whoever signed it, or a draft.
absl::StatusOr<federation_v1::NodeMap> ReadAnyMap(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(path, federation::kNodeMapBytesMax));
  if (bytes.find_first_not_of(" \t\r\n") != std::string::npos && bytes[bytes.find_first_not_of(" \t\r\n")] == '{') {
    ASSIGN_OR_RETURN(federation::MapFile file, federation::ReadMapFile(bytes));
    return std::move(file.part.map);
  }
  federation_v1::NodeMap map;
  RETURN_IF_ERROR(ReadYaml(bytes, path, &map));
  return map;
}

absl::StatusOr<federation_v1::RouteAnswer> Route(const FederationRouteRequest& request) {
  std::shared_ptr<const federation::NodeDirectory> directory;
  if (request.root.empty()) {
    ASSIGN_OR_RETURN(federation_v1::NodeMap map, ReadAnyMap(request.map));
    ASSIGN_OR_RETURN(directory, federation::NodeDirectory::Make(std::move(map)));
  } else {
    ASSIGN_OR_RETURN(directory, LoadNodeMap(request.map, request.root, request.at));
  }
  return federation::FindAuthority(*directory, request.question, request.at);
}

absl::StatusOr<federation::MapFile> Sign(const FederationSignRequest& request) {
  ASSIGN_OR_RETURN(federation::MapFile file, ReadFileOf(request.file));
  ASSIGN_OR_RETURN(const proof::SigningKey key, LoadMessageKey(request.key));
  RETURN_IF_ERROR(federation::SignMapFile(key, file));
  RETURN_IF_ERROR(WriteResult(request.out.empty() ? request.file : request.out, federation::WriteMapFile(file)));
  return file;
}

absl::StatusOr<federation::MapFile> Combine(const FederationCombineRequest& request) {
  ASSIGN_OR_RETURN(federation::MapFile file, ReadFileOf(request.files.front()));
  for (size_t i = 1; i < request.files.size(); ++i) {
    ASSIGN_OR_RETURN(const federation::MapFile other, ReadFileOf(request.files[i]));
    const absl::Status combined = federation::CombineMapFiles(other, file);
    if (!combined.ok()) return Problem(Reason::kFieldInvalid, request.files[i], base::DetailOf(combined));
  }
  RETURN_IF_ERROR(WriteResult(request.out, federation::WriteMapFile(file)));
  return file;
}

}  // namespace

int RunFederationInit(const FederationInitRequest& request, const Console& console) {
  const auto map = MakeDraft(request);
  const absl::Status status = map.ok() ? WriteResult(request.out, WriteYaml(*map)) : map.status();
  return ReportDraft(status, map.ok() ? *map : federation_v1::NodeMap(), {request.out, request.json}, console);
}

int RunFederationAdd(const FederationAddRequest& request, const Console& console) {
  federation_v1::NodeMap map;
  const auto add = [&]() -> absl::Status {
    RETURN_IF_ERROR(ReadYamlFile(request.draft, &map));
    ASSIGN_OR_RETURN(federation_v1::Node* const node, NodeOf(request, map));
    RETURN_IF_ERROR(AddCertificates(request, *node));
    RETURN_IF_ERROR(AddKeys(request, *node));
    AddCompetence(request, *node);
    RETURN_IF_ERROR(federation::NodeDirectory::Make(map).status());
    return WriteResult(request.draft, WriteYaml(map));
  };
  const absl::Status status = add();
  return ReportDraft(status, map, {request.draft, request.json}, console);
}

int RunFederationPropose(const FederationProposeRequest& request, const Console& console) {
  std::optional<federation::MapFile> present;
  absl::StatusOr<federation::MapFile> file = Propose(request, present);
  if (file.ok()) {
    const absl::Status written = WriteResult(request.out, federation::WriteMapFile(*file));
    if (!written.ok()) file = written;
  }
  return ReportProposal(file, present ? &present->part.map : nullptr, {request.out, request.json}, console);
}

int RunFederationSign(const FederationSignRequest& request, const Console& console) {
  return ReportFile(Sign(request), {request.out.empty() ? request.file : request.out, request.json}, console);
}

int RunFederationCombine(const FederationCombineRequest& request, const Console& console) {
  return ReportFile(Combine(request), {request.out, request.json}, console);
}

int RunFederationVerify(const FederationVerifyRequest& request, const Console& console) {
  return ReportOpened(Verify(request), request.at, {"", request.json}, console);
}

int RunFederationPublish(const FederationPublishRequest& request, const Console& console) {
  return ReportOpened(Publish(request), request.at, {request.to, request.json}, console);
}

int RunFederationShow(const FederationShowRequest& request, const Console& console) {
  const auto file = ReadFileOf(request.file);
  if (!file.ok()) return ReportProblem(file.status(), request.form == FederationShowRequest::Form::kJson, console);
  if (request.form == FederationShowRequest::Form::kYaml) {
    console.out << WriteYaml(file->part.map);
  } else if (request.form == FederationShowRequest::Form::kRoot) {
    console.out << WriteYaml(file->part.map.root());
  } else {
    ShowMap(*file, request.form == FederationShowRequest::Form::kJson, console);
  }
  return kExitDone;
}

int RunFederationDiff(const std::string& before, const std::string& after, bool json, const Console& console) {
  const auto first = ReadAnyMap(before);
  if (!first.ok()) return ReportProblem(first.status(), json, console);
  const auto second = ReadAnyMap(after);
  if (!second.ok()) return ReportProblem(second.status(), json, console);
  return ReportChanges(*first, *second, json, console);
}

int RunFederationRoute(const FederationRouteRequest& request, const Console& console) {
  return ReportRoute(Route(request), request.json, console);
}

}  // namespace passerelle::gateway
