#include "gateway/cli/evidence_commands.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/one_line.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/erasure/erase_subject.h"
#include "core/erasure/erased_records.h"
#include "core/evidence/log.h"
#include "core/exchange/exchange_records.h"
#include "core/federation/signed_node_map.h"
#include "core/proof/public_key.h"
#include "core/recognition/case_records.h"
#include "core/relay/bundle.h"
#include "core/relay/dispute.h"
#include "core/relay/erase.h"
#include "core/relay/note_keys.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/evidence_report.h"
#include "gateway/cli/files.h"
#include "gateway/config/node_config.h"
#include "gateway/evidence/evidence_folder.h"
#include "gateway/files/files.h"
#include "gateway/keys/keys.h"
#include "gateway/node/evidence.h"
#include "gateway/node/node_map_file.h"
#include "gateway/system/system_clock.h"
#include "gateway/system/system_random.h"
#include "google/protobuf/util/json_util.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;
using evidence::v1::EvidenceBundle;

// Bytes of a bundle in JSON: a message and an answer of the largest size, in base64.
constexpr size_t kBundleBytesMax = 192u << 20;
constexpr int kLeavesPerPage = 500;

// What a signed map says; its signatures are checked if there is a root.
absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> OpenMap(
    const std::string& bytes, const std::optional<federation::v1::FederationRoot>& root) {
  ASSIGN_OR_RETURN(federation::MapFile file, federation::ReadMapFile(bytes));
  if (!root) return federation::NodeDirectory::Make(std::move(file.part.map));
  ASSIGN_OR_RETURN(federation::OpenedMap opened,
                   federation::OpenNodeMap(bytes, {*root, 0, ""}, base::FromProto(file.part.map.issue_time())));
  return std::move(opened.directory);
}

// A node map for evidence. It is judged for the time at which it was issued: what it says of keys counts for what was
// signed then, also when it has long expired.
absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> NodesOf(const EvidenceKeys& keys) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(keys.node_map, federation::kNodeMapBytesMax));
  if (keys.root.empty() && !absl::StartsWith(absl::StripLeadingAsciiWhitespace(bytes), "{")) {
    return LoadNodeMap(keys.node_map, "", absl::InfinitePast());
  }
  std::optional<federation::v1::FederationRoot> root;
  if (!keys.root.empty()) {
    ASSIGN_OR_RETURN(root, LoadFederationRoot(keys.root));
  }
  auto opened = OpenMap(bytes, root);
  if (opened.ok()) return opened;
  return InFile(keys.node_map, opened.status());
}

// A message of the log: where it is, and by which side.
struct Found {
  evidence::v1::Side side = evidence::v1::SIDE_UNSPECIFIED;
  relay::MessageName name;
  std::string type;
};

// Calls `visit` with every leaf that has its place, in order, until it returns a problem.
absl::Status ForEachLeaf(base::Transaction& tx,
                         absl::FunctionRef<absl::Status(const evidence::v1::StoredLeaf&)> visit) {
  std::string after;
  for (int count = kLeavesPerPage; count == kLeavesPerPage;) {
    ASSIGN_OR_RETURN(const std::vector<evidence::v1::StoredLeaf> leaves,
                     evidence::StoredLeaves(after, kLeavesPerPage, tx));
    for (const evidence::v1::StoredLeaf& leaf : leaves) RETURN_IF_ERROR(visit(leaf));
    count = static_cast<int>(leaves.size());
    if (count > 0) after = evidence::IdOf(leaves.back());
  }
  return absl::OkStatus();
}

// Looks through the log for a message, or for what messages belong to; in the order of the log, at least one.
absl::StatusOr<std::vector<Found>> FindMessages(const std::string& id, base::Transaction& tx) {
  std::vector<Found> found;
  bool emergency = false;
  const auto look = [&](const evidence::v1::StoredLeaf& leaf) -> absl::Status {
    const evidence::v1::StoredStatement& about = leaf.statement();
    if (about.message_id() != id && leaf.resource() != id) return absl::OkStatus();
    // About the node itself, and no message.
    if (about.kind() == evidence::LeafKindName(evidence::LeafKind::kEmergency)) {
      emergency = true;
      return absl::OkStatus();
    }
    const bool received = about.kind() == evidence::LeafKindName(evidence::LeafKind::kReceived);
    const Found here = {received ? evidence::v1::SIDE_RECEIVER : evidence::v1::SIDE_SENDER,
                        {about.peer(), about.message_id(), leaf.resource()},
                        about.type()};
    const auto same = [&](const Found& other) { return other.name.id == here.name.id && other.side == here.side; };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(here);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ForEachLeaf(tx, look));
  if (found.empty()) {
    return Problem(
        Reason::kResourceNotFound, "--id",
        emergency ? "an event of emergency access, no message; ask GetEmergency" : "the log has nothing about it");
  }
  return found;
}

absl::Status Export(const EvidenceExportRequest& request, const StoreTools& stores, const Console& console) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(request.config));
  ASSIGN_OR_RETURN(const std::unique_ptr<base::Store> store, stores.open(config));
  if (!request.folder.empty()) return ExportLog(*store, request.folder);
  SystemRandom random;
  const SystemClock clock;
  ASSIGN_OR_RETURN(const std::string secret, EvidenceSecret(config.evidence(), *store, nullptr));
  ASSIGN_OR_RETURN(const auto nodes, NodesOf({config.node_map(), config.federation().root()}));
  const auto log = evidence::Log::ForReading({config.node(), store.get(), &clock, nullptr, LeafSecret(secret)});
  const relay::MessageLog messages({log.get(), PayloadKey(secret), &random});
  EvidenceBundle bundle;
  const absl::Status read = store->Read([&](base::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<Found> found, FindMessages(request.id, tx));
    if (found.size() > 1) {
      return Problem(Reason::kFieldInvalid, "--id",
                     absl::StrCat("several messages belong to it: ", found[0].name.id, ", ", found[1].name.id));
    }
    ASSIGN_OR_RETURN(bundle, relay::MakeBundle(found[0].side, found[0].name, messages, *nodes, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(bundle, &json, options).ok()) {
    return Problem(Reason::kInternal, "bundle", "it cannot be written");
  }
  if (!request.out.empty()) return WriteResult(request.out, json);
  console.out << json;
  return absl::OkStatus();
}

// Whether a message is part of the file of a case: by its type, or as a piece of its document.
absl::StatusOr<bool> IsOfCase(const Found& found, base::Transaction& tx) {
  if (absl::StartsWith(found.type, "passerelle.recognition.")) return true;
  const absl::Status loaded = recognition::LoadAnyCase(found.name.resource, tx).status();
  if (base::ReasonOf(loaded) == Reason::kResourceNotFound) return false;
  RETURN_IF_ERROR(loaded);
  return true;
}

absl::Status EraseFound(const Found& found, absl::Time now, base::Transaction& tx) {
  ASSIGN_OR_RETURN(const bool of_case, IsOfCase(found, tx));
  if (of_case) {
    return Problem(Reason::kRetained, "--id", "it belongs to a recognition case, and is erased with it");
  }
  const std::string& resource = found.name.resource;
  if (found.side == evidence::v1::SIDE_SENDER) RETURN_IF_ERROR(relay::EraseContent(found.side, found.name, tx));
  if (found.side == evidence::v1::SIDE_RECEIVER) {
    RETURN_IF_ERROR(erasure::EraseReceived(found.name, tx));
    RETURN_IF_ERROR(erasure::NoteErased(erasure::NameOfMessage(found.name), now, tx));
  } else if (!resource.empty()) {
    RETURN_IF_ERROR(erasure::NoteErased(erasure::NameOfExchange(resource), now, tx));
  }
  const absl::Status erased = exchange::EraseDelivery(found.name.resource, now, tx);
  // Not every message belongs to an exchange.
  return base::ReasonOf(erased) == Reason::kResourceNotFound ? absl::OkStatus() : erased;
}

// Erases a case with all that belongs to it, unless it has to be kept. Whether there is one.
absl::StatusOr<bool> EraseIfCase(const std::string& id, const config::v1::NodeConfig& config, absl::Time now,
                                 base::Transaction& tx) {
  const absl::StatusOr<recognition::v1::RecognitionCase> content = recognition::LoadAnyCase(id, tx);
  if (base::ReasonOf(content.status()) == Reason::kResourceNotFound) return false;
  RETURN_IF_ERROR(content.status());
  const erasure::Rules rules = {config.retention_rules().begin(), config.retention_rules().end()};
  ASSIGN_OR_RETURN(const erasure::v1::NodeErasure erased,
                   erasure::EraseCase({config.node(), &rules, now}, *content, tx));
  if (erased.outcome() == erasure::v1::ERASURE_OUTCOME_ERASED) return true;
  return Problem(Reason::kRetained, "--id", erasure::WhyKept(erased));
}

absl::Status Erase(const EvidenceEraseRequest& request, const StoreTools& stores, const Console& console) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(request.config));
  ASSIGN_OR_RETURN(const std::unique_ptr<base::Store> store, stores.open(config));
  const absl::Time now = SystemClock().Now();
  std::vector<Found> erased;
  bool is_case = false;
  const absl::Status written = store->Write([&](base::Transaction& tx) -> absl::Status {
    erased.clear();
    ASSIGN_OR_RETURN(is_case, EraseIfCase(request.id, config, now, tx));
    if (is_case) return absl::OkStatus();
    ASSIGN_OR_RETURN(erased, FindMessages(request.id, tx));
    for (const Found& found : erased) RETURN_IF_ERROR(EraseFound(found, now, tx));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(written);
  if (is_case) console.out << "erased: case " << request.id << "\n";
  for (const Found& found : erased) {
    console.out << "erased: message " << found.name.id << (found.side == evidence::v1::SIDE_SENDER ? " to " : " from ")
                << found.name.peer << "\n";
  }
  return absl::OkStatus();
}

absl::Status List(const std::string& path, const StoreTools& stores, const Console& console) {
  ASSIGN_OR_RETURN(const config::v1::NodeConfig config, LoadNodeConfig(path));
  ASSIGN_OR_RETURN(const std::unique_ptr<base::Store> store, stores.open(config));
  return store->Read([&](base::Transaction& tx) {
    return ForEachLeaf(tx, [&](const evidence::v1::StoredLeaf& stored) -> absl::Status {
      ASSIGN_OR_RETURN(const evidence::Leaf leaf, evidence::ReadLeaf(stored.leaf()));
      const evidence::v1::StoredStatement& about = stored.statement();
      const std::string line =
          absl::StrCat(EvidenceDate(leaf.time), " ", about.kind(), " ", about.peer(), " ", about.message_id(), " ",
                       about.type(), " ", stored.resource().empty() ? "-" : stored.resource());
      console.out << base::OneLine(line) << "\n";
      return absl::OkStatus();
    });
  });
}

absl::StatusOr<EvidenceBundle> ReadBundle(const std::string& file) {
  ASSIGN_OR_RETURN(const std::string text, ReadInput(file, kBundleBytesMax));
  EvidenceBundle bundle;
  const auto parsed = google::protobuf::util::JsonStringToMessage(text, &bundle);
  // The parser's own message could quote what the bundle says of a person.
  if (!parsed.ok()) return Problem(Reason::kBundleInvalid, file, "it is no evidence bundle in JSON");
  return bundle;
}

// Verifies a bundle with the keys of a node map, or with its own.
absl::StatusOr<relay::BundleFacts> ReadFacts(const std::string& file, const EvidenceKeys& keys) {
  ASSIGN_OR_RETURN(const EvidenceBundle bundle, ReadBundle(file));
  std::shared_ptr<const federation::NodeDirectory> nodes;
  if (keys.node_map.empty()) {
    ASSIGN_OR_RETURN(nodes, relay::KeysIn(bundle));
  } else {
    ASSIGN_OR_RETURN(nodes, NodesOf(keys));
  }
  absl::StatusOr<relay::BundleFacts> facts = relay::VerifyBundle(bundle, *nodes);
  if (facts.ok()) return facts;
  return Problem(base::ReasonOf(facts.status()), absl::StrCat(file, ": ", base::PlaceOf(facts.status())),
                 base::DetailOf(facts.status()));
}

void WarnAboutMap(const EvidenceKeys& keys, const Console& console) {
  if (!keys.node_map.empty() && !keys.MapChecked()) {
    console.err << "node map: nobody's signature on the map was checked; name a --root\n";
  }
}

void WarnAboutKeys(const EvidenceKeys& keys, const Console& console) {
  if (keys.node_map.empty()) {
    console.err << "keys: those that the bundle names itself, so it is not shown whose they are; name a --node-map\n";
  } else {
    WarnAboutMap(keys, console);
  }
}

absl::Status VerifyOne(const EvidenceVerifyRequest& request, const Console& console) {
  ASSIGN_OR_RETURN(const relay::BundleFacts facts, ReadFacts(request.bundle, request.keys));
  WarnAboutKeys(request.keys, console);
  if (request.json) {
    console.out << FactsJson(facts, request.keys.MapChecked()) << "\n";
  } else {
    ShowFacts(facts, console);
  }
  return absl::OkStatus();
}

// A key in PEM has no name: it counts under the one that the log gives itself.
absl::StatusOr<evidence::NoteKey> KeyInPem(const std::string& text, const EvidenceVerifyRequest& request) {
  ASSIGN_OR_RETURN(const proof::PublicKey pem, proof::PublicKey::FromPem(text));
  ASSIGN_OR_RETURN(const proof::VerificationKey key, proof::VerificationKey::FromJwk(pem.jwk()));
  ASSIGN_OR_RETURN(const std::string bytes, ReadInput(request.folder + "/checkpoint", base::kNoteBytesMax));
  const auto note = evidence::ReadNote(bytes);
  if (!note.ok()) return InFile("checkpoint", note.status());
  const auto checkpoint = evidence::ReadCheckpoint(note->text);
  if (!checkpoint.ok()) return InFile("checkpoint", checkpoint.status());
  return evidence::NoteKey::Make(checkpoint->origin, evidence::NoteKey::Kind::kLog, key);
}

// The keys under which the checkpoint of a log may be signed.
absl::StatusOr<std::vector<evidence::NoteKey>> KeysOfLog(const EvidenceVerifyRequest& request) {
  if (!request.keys.node_map.empty()) {
    ASSIGN_OR_RETURN(const auto nodes, NodesOf(request.keys));
    return relay::NoteKeys(*nodes);
  }
  ASSIGN_OR_RETURN(const std::string text, ReadInput(request.key, base::kKeyBytesMax));
  const bool pem = absl::StrContains(text, "-----BEGIN");
  absl::StatusOr<evidence::NoteKey> key =
      pem ? KeyInPem(text, request) : evidence::NoteKey::FromText(absl::StripAsciiWhitespace(text));
  if (!key.ok() && base::ReasonOf(key.status()) == Reason::kKeyUnusable) return InFile(request.key, key.status());
  RETURN_IF_ERROR(key.status());
  return std::vector<evidence::NoteKey>{*std::move(key)};
}

absl::Status VerifyLog(const EvidenceVerifyRequest& request, const Console& console) {
  ASSIGN_OR_RETURN(const std::vector<evidence::NoteKey> keys, KeysOfLog(request));
  ASSIGN_OR_RETURN(const AuditedLog audited, AuditFolder(request.folder, keys));
  LogFacts facts = {audited, !request.seen.empty(), !request.time_stamps.empty(), {}};
  if (facts.continues_seen) {
    ASSIGN_OR_RETURN(const std::string seen, ReadInput(request.seen, base::kNoteBytesMax));
    const std::string name = absl::StrCat("seen: ", request.seen);
    RETURN_IF_ERROR(CheckContinues(request.folder, audited, keys, seen, name).status());
  }
  if (facts.time_stamps_checked) {
    ASSIGN_OR_RETURN(const proof::TrustAnchors anchors, LoadAnchors(request.time_stamps));
    ASSIGN_OR_RETURN(facts.time_stamps, AuditTimeStamps(request.folder, audited, keys, anchors));
  }
  WarnAboutMap(request.keys, console);
  if (request.json) {
    console.out << LogJson(facts, request.keys.MapChecked()) << "\n";
  } else {
    ShowLog(facts, console);
  }
  return absl::OkStatus();
}

}  // namespace

int RunEvidenceExport(const EvidenceExportRequest& request, const StoreTools& stores, const Console& console) {
  return Finish(Export(request, stores, console), console);
}

int RunEvidenceErase(const EvidenceEraseRequest& request, const StoreTools& stores, const Console& console) {
  return Finish(Erase(request, stores, console), console);
}

int RunEvidenceList(const std::string& config, const StoreTools& stores, const Console& console) {
  return Finish(List(config, stores, console), console);
}

int RunEvidenceVerify(const EvidenceVerifyRequest& request, const Console& console) {
  return Finish(request.folder.empty() ? VerifyOne(request, console) : VerifyLog(request, console), console);
}

int RunEvidenceDispute(const EvidenceDisputeRequest& request, const Console& console) {
  const auto one = ReadFacts(request.one, request.keys);
  if (!one.ok()) return Finish(one.status(), console);
  const auto other = ReadFacts(request.other, request.keys);
  if (!other.ok()) return Finish(other.status(), console);
  const auto dispute = relay::CompareBundles(*one, *other);
  if (!dispute.ok()) return Finish(dispute.status(), console);
  WarnAboutKeys(request.keys, console);
  if (request.json) {
    console.out << DisputeJson(*dispute, request.keys.MapChecked()) << "\n";
  } else {
    ShowDispute(*dispute, console);
  }
  return dispute->Settled() ? kExitDone : kExitRefused;
}

}  // namespace passerelle::gateway
