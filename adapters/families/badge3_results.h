// Which results of a subject belong to which of its achievements, and whether they say that it was passed.
//
// Thread-safety: values of one thread. Ownership: nodes point into the Source.
#pragma once

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/document/mapping.h"

namespace passerelle::adapters::families {

// Why what was not passed is left out.
inline constexpr absl::string_view kNotPassedReason = "not passed or not finished, so no achievement";

// A result with the description that it names; null for none.
struct DescribedResult {
  const document::SourceNode* result;
  const document::SourceNode* description;
};

class SubjectResults {
 public:
  SubjectResults(const document::Source& source, const document::SourceNode* subject);

  // In the order of the document. A result whose description is that of other achievements belongs to those alone; one
  // that names no description belongs to every achievement.
  std::vector<DescribedResult> Of(const document::SourceNode* achievement) const;

 private:
  absl::flat_hash_map<const document::SourceNode*, std::vector<DescribedResult>> own_;  // by achievement
  std::vector<DescribedResult> common_;
};

// The first status, if every status that the results state says that nothing was passed: failed, withdrawn, or not
// finished. Null otherwise.
const document::SourceNode* FirstIfNonePassed(const document::Source& source,
                                              const std::vector<DescribedResult>& results);

// The first value is the grade, the others are notes.
void MapResults(const document::Context& context, const std::vector<DescribedResult>& results);

}  // namespace passerelle::adapters::families
