#include "core/evidence/checkpoint.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::evidence {
namespace {

using base::Problem;
using base::Reason;

bool IsLine(absl::string_view text) { return !text.empty() && !absl::StrContains(text, "\n"); }

}  // namespace

absl::StatusOr<std::string> WriteCheckpoint(const Checkpoint& checkpoint) {
  if (!IsLine(checkpoint.origin)) return Problem(Reason::kNote, "origin", "it is not one line");
  const absl::string_view root(reinterpret_cast<const char*>(checkpoint.head.root.data()), sizeof(MerkleHash));
  std::string text = absl::StrCat(checkpoint.origin, "\n", checkpoint.head.size, "\n", base::Base64Encode(root), "\n");
  for (const std::string& extension : checkpoint.extensions) {
    if (!IsLine(extension)) return Problem(Reason::kNote, "extension", "it is not one line");
    absl::StrAppend(&text, extension, "\n");
  }
  return text;
}

absl::StatusOr<Checkpoint> ReadCheckpoint(absl::string_view text) {
  if (!absl::ConsumeSuffix(&text, "\n")) return Problem(Reason::kNote, "text", "it does not end with a line feed");
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.size() < 3 || std::find(lines.begin(), lines.end(), "") != lines.end()) {
    return Problem(Reason::kNote, "text", "it has fewer than three lines, or an empty one");
  }
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  // A size with a sign, blanks or leading zeros would be another text for the same number.
  if (!absl::SimpleAtoi(lines[1], &checkpoint.head.size) || absl::StrCat(checkpoint.head.size) != lines[1]) {
    return Problem(Reason::kNote, "size", "it is not a number");
  }
  const absl::StatusOr<std::string> root = base::Base64Decode(lines[2]);
  if (!root.ok() || base::Base64Encode(*root) != lines[2] || root->size() != sizeof(MerkleHash)) {
    return Problem(Reason::kNote, "root", "it is not a hash");
  }
  std::copy(root->begin(), root->end(), checkpoint.head.root.begin());
  if (checkpoint.head.size == 0 && checkpoint.head.root != EmptyRoot()) {
    return Problem(Reason::kNote, "root", "it is not that of an empty log");
  }
  for (size_t i = 3; i < lines.size(); ++i) checkpoint.extensions.emplace_back(lines[i]);
  return checkpoint;
}

absl::Status VerifyGrowth(const Checkpoint& older, const Checkpoint& newer, const MerkleProof& proof) {
  if (older.origin != newer.origin) return Problem(Reason::kNote, "origin", "the checkpoints are of different logs");
  if (older.head.size == 0) return absl::OkStatus();
  return VerifyConsistency(older.head, newer.head, proof);
}

}  // namespace passerelle::evidence
