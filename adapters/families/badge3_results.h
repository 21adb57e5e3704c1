// Which results of a subject belong to which of its achievements, and whether they say that it was passed.
//
// Thread-safety: values of one thread. Ownership: nodes point into the Source.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/base/decimal.h"
#include "core/document/mapping.h"
#include "core/elm/rules/germany.h"

namespace passerelle::adapters::families {

// Why what was not passed is left out.
inline constexpr absl::string_view kNotPassedReason = "not passed or not finished, so no achievement";

// What a description requires of a result: a number, or a level or word of an order that the description states.
struct Requirement {
  elm::MarkScheme scheme;
  absl::flat_hash_map<std::string, base::Decimal> ranks;  // by the id of a level, or the word
  std::optional<base::Decimal> least_rank;
};

// A result with the description that it names; null for none.
struct DescribedResult {
  const document::SourceNode* result;
  const document::SourceNode* description;
  const Requirement* requirement;
};

// Borrows the source. Linear in the document to build; the order of many achievements does not multiply it.
class SubjectResults {
 public:
  SubjectResults(const document::Source& source, const document::SourceNode* subject);

  // In the order of the document. A result whose description is that of other achievements belongs to those alone; one
  // that names no description belongs to every achievement.
  std::vector<DescribedResult> Of(const document::SourceNode* achievement) const;

  // The first status of an achievement, if every status that its results state says that nothing was passed: failed,
  // withdrawn, or not finished. Where there is none, the first value below what its description requires. Null
  // otherwise.
  const document::SourceNode* FirstIfNonePassed(const document::SourceNode* achievement) const;

  // Leaves out the results that name a description of the achievement.
  void DropNamed(const document::SourceNode* achievement, document::Source* source) const;

 private:
  struct Group {  // results that name one description
    std::vector<const document::SourceNode*> results;
    Requirement requirement;                       // of the last description with the id
    const document::SourceNode* status = nullptr;  // the first
    bool none_passed = true;                       // no status says otherwise
    const document::SourceNode* below = nullptr;   // the first value below what is required
    bool reached = false;                          // a value is not below it
  };
  // Each description of the achievement that is named, once, with its results.
  std::vector<std::pair<const document::SourceNode*, const Group*>> GroupsOf(
      const document::SourceNode* achievement) const;

  const document::Source& source_;
  absl::flat_hash_map<std::string, Group> named_;  // by the id of the description
  Group common_;
};

// The first value is the grade, the others are notes.
void MapResults(const document::Context& context, const std::vector<DescribedResult>& results);

}  // namespace passerelle::adapters::families
