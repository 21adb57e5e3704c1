#include "core/relay/bundle.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/evidence/log.h"
#include "core/relay/note_keys.h"

namespace passerelle::relay {
namespace {

using base::Problem;
using base::Reason;
using evidence::LeafKind;
using evidence::v1::EvidenceBundle;
using evidence::v1::Side;

constexpr uint32_t kBundleVersion = 1;
constexpr size_t kLeafKeyBytes = 32;
constexpr int kProofHashesMax = 64;  // a tree is never higher

std::vector<LeafKind> KindsOf(Side side) {
  if (side == evidence::v1::SIDE_SENDER) return {LeafKind::kSent, LeafKind::kAnswered};
  return {LeafKind::kReceived};
}

absl::Status Within(absl::string_view place, const absl::Status& status) {
  const std::string inner = base::PlaceOf(status);
  return Problem(base::ReasonOf(status), inner.empty() ? std::string(place) : absl::StrCat(place, "/", inner),
                 base::DetailOf(status));
}

absl::Status CheckForm(const EvidenceBundle& bundle) {
  if (bundle.version() != kBundleVersion)
    return Problem(Reason::kBundleInvalid, "version", "this version is not known");
  if (bundle.side() != evidence::v1::SIDE_SENDER && bundle.side() != evidence::v1::SIDE_RECEIVER) {
    return Problem(Reason::kBundleInvalid, "side", "it is neither the sender nor the receiver");
  }
  if (bundle.node().empty()) return Problem(Reason::kBundleInvalid, "node");
  if (bundle.peer().empty() || bundle.peer() == bundle.node()) return Problem(Reason::kBundleInvalid, "peer");
  if (bundle.message_id().empty()) return Problem(Reason::kBundleInvalid, "message_id");
  if (bundle.has_answer() && !bundle.has_request()) return Problem(Reason::kBundleInvalid, "request");
  return absl::OkStatus();
}

MessageFacts FactsOf(const Opened& opened) {
  MessageFacts facts = {opened.header.sender, opened.header.type,           opened.header.issued_at,
                        opened.sha256,        base::Sha256Hex(opened.body), ""};
  v1::Refusal refusal;
  if (opened.header.type == refusal.GetTypeName() && refusal.ParseFromString(opened.body))
    facts.refusal = refusal.reason();
  return facts;
}

// Both envelopes, each signed by whom it must be; the header of the request is then in `header`.
absl::Status CheckEnvelopes(const EvidenceBundle& bundle, const federation::NodeDirectory& nodes, Header& header,
                            BundleFacts& facts) {
  if (!bundle.has_request()) return absl::OkStatus();
  const bool from_sender = bundle.side() == evidence::v1::SIDE_SENDER;
  const std::string& sender = from_sender ? bundle.node() : bundle.peer();
  const std::string& receiver = from_sender ? bundle.peer() : bundle.node();
  const auto request = Open(bundle.request(), nodes, {.audience = receiver, .sender = sender, .now = {}, .kept = true});
  if (!request.ok()) return Within("request", request.status());
  if (request->header.id != bundle.message_id()) {
    return Problem(Reason::kBundleInvalid, "message_id", "the request is another message");
  }
  header = request->header;
  facts.request = FactsOf(*request);
  if (!bundle.has_answer()) return absl::OkStatus();
  const auto answer =
      Open(bundle.answer(), nodes,
           {.audience = sender, .sender = receiver, .now = {}, .requests = {request->sha256}, .kept = true});
  if (!answer.ok()) return Within("answer", answer.status());
  facts.answer = FactsOf(*answer);
  return absl::OkStatus();
}

absl::StatusOr<evidence::MerkleProof> ProofOf(const evidence::v1::LoggedLeaf& leaf) {
  if (leaf.proof_size() > kProofHashesMax) return Problem(Reason::kLogProof, "proof", "it is too long");
  evidence::MerkleProof proof;
  for (const std::string& hash : leaf.proof()) {
    if (hash.size() != sizeof(evidence::MerkleHash))
      return Problem(Reason::kLogProof, "proof", "a hash has not 32 bytes");
    std::copy(hash.begin(), hash.end(), proof.emplace_back().begin());
  }
  return proof;
}

absl::StatusOr<LeafFacts> CheckLeaf(const EvidenceBundle& bundle, const evidence::v1::LoggedLeaf& logged,
                                    const Header& header, const evidence::TreeHead& head) {
  ASSIGN_OR_RETURN(const evidence::Leaf leaf, evidence::ReadLeaf(logged.leaf()));
  ASSIGN_OR_RETURN(const evidence::MerkleProof proof, ProofOf(logged));
  RETURN_IF_ERROR(evidence::VerifyInclusion(evidence::LeafHash(logged.leaf()), logged.index(), proof, head));
  LeafFacts facts = {leaf.kind, leaf.time, logged.index(), bundle.has_request(), leaf.digest, logged.key()};
  if (!bundle.has_request()) return facts;
  if (logged.key().size() != kLeafKeyBytes) return Problem(Reason::kBundleInvalid, "key", "it has not 32 bytes");
  const evidence::Statement statement =
      StatementOf(leaf.kind, bundle.peer(), header, bundle.request(), bundle.has_answer() ? &bundle.answer() : nullptr);
  if (evidence::StatementDigest(logged.key(), statement) != leaf.digest) {
    return Problem(Reason::kLogProof, "leaf", "it is about another message or answer");
  }
  return facts;
}

// Every leaf, one of each kind that this side must have.
absl::Status CheckLeaves(const EvidenceBundle& bundle, const Header& header, BundleFacts& facts) {
  const std::vector<LeafKind> kinds = KindsOf(bundle.side());
  for (int i = 0; i < bundle.leaves_size(); ++i) {
    const std::string place = absl::StrCat("leaves/", i);
    if (static_cast<size_t>(i) == kinds.size()) return Problem(Reason::kBundleInvalid, place, "there are too many");
    const auto leaf = CheckLeaf(bundle, bundle.leaves(i), header, facts.head);
    if (!leaf.ok()) return Within(place, leaf.status());
    const bool suits = std::find(kinds.begin(), kinds.end(), leaf->kind) != kinds.end();
    if (!suits || facts.Find(leaf->kind) != nullptr) {
      return Problem(Reason::kBundleInvalid, place, "this side has no leaf of this kind, or has it already");
    }
    facts.leaves.push_back(*leaf);
  }
  if (facts.leaves.empty()) return Problem(Reason::kBundleInvalid, "leaves");
  if (bundle.has_answer() && facts.Find(kinds.back()) == nullptr) {
    return Problem(Reason::kBundleInvalid, "leaves", "the log has nothing about the answer");
  }
  return absl::OkStatus();
}

}  // namespace

const LeafFacts* BundleFacts::Find(LeafKind kind) const {
  const auto found =
      std::find_if(leaves.begin(), leaves.end(), [kind](const LeafFacts& leaf) { return leaf.kind == kind; });
  return found == leaves.end() ? nullptr : &*found;
}

absl::StatusOr<EvidenceBundle> MakeBundle(Side side, const MessageName& message, const MessageLog& log,
                                          const federation::NodeDirectory& nodes, base::Transaction& tx) {
  EvidenceBundle bundle;
  bundle.set_version(kBundleVersion);
  bundle.set_side(side);
  bundle.set_node(log.log().options().node);
  bundle.set_peer(message.peer);
  bundle.set_message_id(message.id);
  for (const LeafKind kind : KindsOf(side)) {
    ASSIGN_OR_RETURN(std::optional<evidence::v1::LoggedLeaf> leaf,
                     log.log().Find(evidence::LeafId(kind, message.peer, message.id), tx));
    if (leaf) *bundle.add_leaves() = *std::move(leaf);
  }
  if (bundle.leaves().empty()) return Problem(Reason::kResourceNotFound, "message", "the log has nothing about it");
  absl::StatusOr<std::optional<v1::KeptMessage>> kept = log.Read(side, message, tx);
  // What was erased leaves its leaves.
  if (!kept.ok() && base::ReasonOf(kept.status()) != Reason::kEvidenceErased) return kept.status();
  if (kept.ok() && kept->has_value()) {
    *bundle.mutable_request() = std::move(*(*kept)->mutable_request());
    *bundle.mutable_answer() = std::move(*(*kept)->mutable_answer());
  }
  ASSIGN_OR_RETURN(*bundle.mutable_checkpoint(), evidence::StoredCheckpoint(tx));
  for (const federation::v1::Node& node : nodes.map().nodes()) {
    federation::v1::Node& keys = *bundle.add_keys();
    keys.set_id(node.id());
    keys.set_competent_authority(node.competent_authority());
    keys.set_state(node.state());
    *keys.mutable_message_keys() = node.message_keys();
  }
  return bundle;
}

absl::StatusOr<std::shared_ptr<const federation::NodeDirectory>> KeysIn(const EvidenceBundle& bundle) {
  federation::v1::NodeMap map;
  map.set_version(1);
  *map.mutable_nodes() = bundle.keys();
  return federation::NodeDirectory::Make(std::move(map));
}

absl::StatusOr<BundleFacts> VerifyBundle(const EvidenceBundle& bundle, const federation::NodeDirectory& nodes) {
  RETURN_IF_ERROR(CheckForm(bundle));
  BundleFacts facts;
  facts.side = bundle.side();
  facts.node = bundle.node();
  facts.peer = bundle.peer();
  facts.message_id = bundle.message_id();
  const auto opened = evidence::OpenCheckpoint(bundle.checkpoint(), NoteKeysFor(nodes, bundle.checkpoint()));
  if (!opened.ok()) return Within("checkpoint", opened.status());
  const std::string name = evidence::LogName(bundle.node());
  if (opened->checkpoint.origin != name) return Problem(Reason::kNote, "checkpoint/origin", "it is another node's log");
  facts.head = opened->checkpoint.head;
  for (const evidence::VerifiedSignature& by : opened->signatures) {
    // A log that witnesses itself proves nothing.
    if (by.kind == evidence::NoteKey::Kind::kWitness && by.name != name)
      facts.witnesses.push_back({by.name, by.seen_at});
  }
  Header header;
  RETURN_IF_ERROR(CheckEnvelopes(bundle, nodes, header, facts));
  RETURN_IF_ERROR(CheckLeaves(bundle, header, facts));
  return facts;
}

}  // namespace passerelle::relay
