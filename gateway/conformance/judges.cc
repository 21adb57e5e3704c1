#include "gateway/conformance/judges.h"

#include "gateway/conformance/judge_merkle.h"

namespace passerelle::gateway {
namespace {

struct KindOfCase {
  absl::string_view kind;
  Judge judge;
};

// One line per kind. The functions stand in judge_<family>.h beside this file.
constexpr KindOfCase kKinds[] = {
    {"merkle-consistency", JudgeMerkleConsistency},
    {"merkle-inclusion", JudgeMerkleInclusion},
    {"none", nullptr},
};

}  // namespace

Judge FindJudge(absl::string_view kind) {
  for (const KindOfCase& known : kKinds) {
    if (known.kind == kind) return known.judge;
  }
  return nullptr;
}

}  // namespace passerelle::gateway
