#include "core/evidence/leaf.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/evidence/keyed_digest.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

constexpr absl::string_view kForm = "passerelle-leaf/1";
constexpr LeafKind kKinds[] = {LeafKind::kSent, LeafKind::kReceived, LeafKind::kAnswered, LeafKind::kEmergency};
constexpr absl::string_view kTimeForm = "%Y-%m-%dT%H:%M:%E6SZ";

absl::string_view View(const MerkleHash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

}  // namespace

absl::string_view LeafKindName(LeafKind kind) {
  switch (kind) {
    case LeafKind::kSent:
      return "sent";
    case LeafKind::kReceived:
      return "received";
    case LeafKind::kAnswered:
      return "answered";
    case LeafKind::kEmergency:
      return "emergency";
  }
  return "sent";
}

std::string WriteLeaf(const Leaf& leaf) {
  return absl::StrCat(kForm, "\n", LeafKindName(leaf.kind), "\n",
                      absl::FormatTime(kTimeForm, leaf.time, absl::UTCTimeZone()), "\n",
                      base::Base64Encode(View(leaf.digest)), "\n");
}

absl::StatusOr<Leaf> ReadLeaf(absl::string_view bytes) {
  const std::vector<absl::string_view> lines = absl::StrSplit(bytes, '\n');
  if (lines.size() != 5 || lines[0] != kForm) return Problem(Reason::kLogFile, "leaf", "it is of another form");
  Leaf leaf;
  const auto* const kind = std::find_if(std::begin(kKinds), std::end(kKinds),
                                        [&](LeafKind known) { return LeafKindName(known) == lines[1]; });
  if (kind == std::end(kKinds)) return Problem(Reason::kLogFile, "leaf/kind", "it is not known");
  leaf.kind = *kind;
  if (!absl::ParseTime(kTimeForm, lines[2], &leaf.time, nullptr)) {
    return Problem(Reason::kLogFile, "leaf/time", "it is no time");
  }
  const absl::StatusOr<std::string> digest = base::Base64Decode(lines[3]);
  if (!digest.ok() || digest->size() != leaf.digest.size()) {
    return Problem(Reason::kLogFile, "leaf/digest", "it is no digest");
  }
  std::copy(digest->begin(), digest->end(), leaf.digest.begin());
  // One text for one leaf.
  if (WriteLeaf(leaf) != bytes) return Problem(Reason::kLogFile, "leaf", "it is not written as leaves are");
  return leaf;
}

std::string LeafId(LeafKind kind, absl::string_view peer, absl::string_view message_id) {
  return absl::StrCat(LeafKindName(kind), "/", peer, "/", message_id);
}

std::string LeafKey(absl::string_view secret, absl::string_view leaf_id) {
  return std::string(View(KeyedDigest(secret, absl::StrCat("passerelle-leaf-key/1\n", leaf_id))));
}

// None of the parts can hold a line feed: they are ids of nodes and messages, names of types, and digests.
MerkleHash StatementDigest(absl::string_view leaf_key, const Statement& statement) {
  return KeyedDigest(leaf_key,
                     absl::StrCat("passerelle-statement/1\n", LeafKindName(statement.kind), "\n", statement.peer, "\n",
                                  statement.message_id, "\n", statement.type, "\n", statement.body_sha256, "\n",
                                  statement.request_sha256, "\n", statement.answer_sha256, "\n"));
}

}  // namespace passerelle::evidence
