// Results and their descriptions: O3, and the scheme of the grade.
#include "adapters/families/badge3_results.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/badge3.h"
#include "adapters/families/failing_words.h"
#include "adapters/families/names.h"
#include "adapters/families/status_word.h"
#include "core/base/decimal.h"
#include "core/document/national.h"
#include "core/elm/rules/germany.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"

namespace passerelle::adapters::families {
namespace {

// What one step over a result stands for, where the same results are gone through for every achievement: the budget of
// the document bounds the steps.
constexpr size_t kResultBytes = 64;

// A level of a rubric that a result names by its id.
std::string LevelNamed(const Context& context, const SourceNode* description, const std::string& id) {
  for (const SourceNode* level : context.source->Find(description, "rubricCriterionLevel")) {
    context.source->Charge(kResultBytes);
    if (context.source->TextOf(level, "id") != id) continue;
    const SourceNode* part = context.source->FindFirst(level, "name");
    if (part == nullptr) part = context.source->FindFirst(level, "level");
    if (part == nullptr) break;
    context.source->Carry(part, "T.grade", kKept, "grade.rubric");
    return part->text;
  }
  return id;
}

// The scheme as people read it: its name, least, greatest and required value.
void WriteScheme(const Context& context, const SourceNode* description) {
  if (description == nullptr) return;
  auto* const specification = context.targets.assessment->specified_by_size() > 0
                                  ? context.targets.assessment->mutable_specified_by(0)
                                  : context.targets.assessment->add_specified_by();
  auto* const scheme = specification->mutable_grading_scheme();
  const SourceNode* const name = context.source->FindFirst(description, "name");
  if (name != nullptr && !name->text.empty()) {
    elm::AddText(context.language, name->text, scheme->mutable_title());
    context.source->Carry(name, "T.specifiedBy[0].gradingScheme", kKept, "grade.scheme");
  } else {
    elm::AddText("und", "grade", scheme->mutable_title());
  }
  std::string text;
  for (const SourceNode* part :
       context.source->Find(description, "resultType|valueMin|valueMax|requiredValue|requiredLevel|allowedValue")) {
    if (part->text.empty()) continue;
    const std::string& label = part->name.empty() ? part->parent->name : part->name;
    const bool is_level = part->name == "requiredLevel";
    absl::StrAppend(&text, text.empty() ? "" : "; ", label, ": ",
                    is_level ? LevelNamed(context, description, part->text) : part->text);
    context.source->Carry(part, "T.specifiedBy[0].gradingScheme", kWidened, "grade.scheme");
  }
  if (!text.empty()) elm::AddText("en", text, scheme->mutable_description());
  context.source->UseAll(context.source->FindFirst(description, "type"));
  context.source->UseAll(context.source->FindFirst(description, "id"));
}

struct Status {
  const SourceNode* node;
  const SourceNode* description;  // of its result
};

std::vector<Status> StatusesOf(const document::Source& source, const std::vector<DescribedResult>& results) {
  std::vector<Status> statuses;
  for (const DescribedResult& described : results) {
    for (const SourceNode* status : source.Find(described.result, "status")) {
      if (!status->text.empty()) statuses.push_back({status, described.description});
    }
  }
  return statuses;
}

bool IsCompleted(const Status& status) { return StatusWordOf(status.node->text) == StatusWord::kPassed; }

// A result that was suspended is not finished.
bool IsUnfinished(StatusWord word) { return word == StatusWord::kUnfinished || word == StatusWord::kSuspended; }

bool IsNoAward(const Status& status) {
  const StatusWord word = StatusWordOf(status.node->text);
  return word != StatusWord::kOther && word != StatusWord::kPassed;
}

// Marks of Germany and of Switzerland have the same numbers, and the best is 1 in one country and 6 in the other.
bool IsReadBothWays(const elm::MarkScheme& scheme) {
  const auto is = [](absl::string_view text, absl::string_view number) {
    const auto decimal = elm::PlainDecimal(text);
    const auto value = decimal.has_value() ? base::Decimal::Parse(*decimal) : std::nullopt;
    return value.has_value() && value == base::Decimal::Parse(number);
  };
  return is(scheme.worst, "1") && is(scheme.pass, "4") && (is(scheme.best, "5") || is(scheme.best, "6"));
}

// Words from the least to the best. Lists have both directions; the end at which a failure stands tells which it is.
void RankWords(const document::Source& source, const SourceNode* description, Requirement* requirement) {
  std::vector<const SourceNode*> words = source.Find(description, "allowedValue");
  if (words.size() < 2) return;
  const bool falls = ReadsAsFailing(words.back()->text);
  if (falls == ReadsAsFailing(words.front()->text)) return;
  if (falls) std::reverse(words.begin(), words.end());
  for (size_t i = 0; i < words.size(); ++i) {
    if (const auto rank = base::Decimal::Parse(absl::StrCat(i))) requirement->ranks.try_emplace(words[i]->text, *rank);
  }
}

Requirement RequirementOf(const document::Source& source, const SourceNode* description) {
  Requirement requirement;
  requirement.scheme = {source.TextOf(description, "valueMax"), source.TextOf(description, "requiredValue"),
                        source.TextOf(description, "valueMin")};
  RankWords(source, description, &requirement);
  for (const SourceNode* level : source.Find(description, "rubricCriterionLevel")) {
    const auto points = elm::PlainDecimal(source.TextOf(level, "points"));
    const auto rank = points.has_value() ? base::Decimal::Parse(*points) : std::nullopt;
    if (rank.has_value()) requirement.ranks.try_emplace(source.TextOf(level, "id"), *rank);
  }
  for (const SourceNode* required : source.Find(description, "requiredLevel|requiredValue")) {
    const auto rank = requirement.ranks.find(required->text);
    if (rank != requirement.ranks.end()) requirement.least_rank = rank->second;
  }
  return requirement;
}

// Whether a value reaches the one that its description requires; nullopt where it requires none, or cannot be compared.
std::optional<bool> ReachesRequired(const Requirement& requirement, const SourceNode* value) {
  const auto rank = requirement.ranks.find(value->text);
  if (requirement.least_rank.has_value() && rank != requirement.ranks.end()) {
    return !(rank->second < *requirement.least_rank);
  }
  if (value->name != "value" || IsReadBothWays(requirement.scheme)) return std::nullopt;
  return elm::PassedByScheme(value->text, requirement.scheme);
}

void NoteResult(const Context& context, const SourceNode* description, const SourceNode* value,
                absl::string_view text) {
  const std::string name = context.source->TextOf(description, "name");
  context.source->Charge(name.size() + text.size());
  elm::AddNote(context.language, absl::StrCat(name.empty() ? "Result" : name, ": ", text),
               context.targets.achievement->mutable_additional_note());
  context.source->Carry(value, "A.additionalNote", kWidened, "grade.further");
}

// Of what stays an achievement.
void WarnOfFailure(document::Source* source, const Requirement& requirement, const SourceNode* value) {
  WarnOfFailingWord(source, value);
  if (ReachesRequired(requirement, value) != false) return;
  source->Warn("grade.below-required", value, "One value is below what is required; another result says otherwise.");
}

// Where every status says that it was completed, the grade was passed. Any other stays text.
void MapStatuses(const Context& context, const std::vector<DescribedResult>& results) {
  document::Source& source = *context.source;
  const std::vector<Status> statuses = StatusesOf(source, results);
  const bool passed = std::all_of(statuses.begin(), statuses.end(), IsCompleted);
  if (passed && !statuses.empty() && context.targets.assessment->has_grade()) {
    document::MarkPassed(context.targets);
    for (const Status& status : statuses) source.Carry(status.node, "T.gradeStatus", kKept, "");
    return;
  }
  for (const Status& status : statuses) {
    if (IsNoAward(status)) {
      source.Warn("status.not-passed", status.node,
                  "One result was not passed or is not finished; another says otherwise.");
    } else if (!IsCompleted(status)) {
      source.Warn("status.unknown", status.node, "The status says neither passed nor failed; it is kept as text.");
    }
    NoteResult(context, status.description, status.node, status.node->text);
  }
}

}  // namespace

SubjectResults::SubjectResults(const document::Source& source, const SourceNode* subject) : source_(source) {
  for (const SourceNode* description : source.Find(subject, "achievement/resultDescription")) {
    const std::string id = source.TextOf(description, "id");
    if (id.empty()) continue;
    named_[id].requirement = RequirementOf(source, description);
  }
  for (const SourceNode* result : source.Find(subject, "result")) {
    const auto named = named_.find(source.TextOf(result, "resultDescription"));
    Group& group = named == named_.end() ? common_ : named->second;
    group.results.push_back(result);
    for (const Status& status : StatusesOf(source, {{result, nullptr, nullptr}})) {
      if (group.status == nullptr) group.status = status.node;
      group.none_passed = group.none_passed && IsNoAward(status);
    }
    for (const SourceNode* value : source.Find(result, "value|achievedLevel")) {
      const std::optional<bool> reaches = ReachesRequired(group.requirement, value);
      if (reaches == false && group.below == nullptr) group.below = value;
      group.reached = group.reached || reaches == true;
    }
  }
}

std::vector<std::pair<const SourceNode*, const SubjectResults::Group*>> SubjectResults::GroupsOf(
    const SourceNode* achievement) const {
  std::vector<std::pair<const SourceNode*, const Group*>> groups;
  absl::flat_hash_set<const Group*> seen;
  for (const SourceNode* description : source_.Find(achievement, "resultDescription")) {
    const auto named = named_.find(source_.TextOf(description, "id"));
    if (named != named_.end() && seen.insert(&named->second).second) groups.emplace_back(description, &named->second);
  }
  groups.emplace_back(nullptr, &common_);
  return groups;
}

std::vector<DescribedResult> SubjectResults::Of(const SourceNode* achievement) const {
  std::vector<DescribedResult> results;
  for (const auto& [description, group] : GroupsOf(achievement)) {
    for (const SourceNode* result : group->results) results.push_back({result, description, &group->requirement});
  }
  std::sort(results.begin(), results.end(), [](const DescribedResult& one, const DescribedResult& other) {
    return one.result->index < other.result->index;
  });
  return results;
}

const SourceNode* SubjectResults::FirstIfNonePassed(const SourceNode* achievement) const {
  const SourceNode* first = nullptr;
  for (const auto& [description, group] : GroupsOf(achievement)) {
    if (!group->none_passed) return nullptr;
    const SourceNode* const failing = group->status != nullptr || group->reached ? group->status : group->below;
    if (failing == nullptr) continue;
    if (first == nullptr || failing->index < first->index) first = failing;
  }
  return first;
}

void SubjectResults::DropNamed(const SourceNode* achievement, document::Source* source) const {
  for (const auto& [description, group] : GroupsOf(achievement)) {
    if (description == nullptr || source->IsExhausted()) continue;
    for (const SourceNode* result : group->results) {
      source->Charge(kResultBytes);
      source->Drop(result, kNotPassedReason);
    }
  }
}

const SourceNode* NotPassed(const document::Source& source, const SourceNode* credential) {
  const SourceNode* first = nullptr;
  for (const SourceNode* subject : source.Find(credential, "credentialSubject")) {
    const SubjectResults results(source, subject);
    for (const SourceNode* achievement : source.Find(subject, "achievement")) {
      const SourceNode* const status = results.FirstIfNonePassed(achievement);
      if (status == nullptr) return nullptr;
      if (first == nullptr) first = status;
    }
  }
  return first;
}

absl::Status CheckPassed(const document::Source& source, const SourceNode* credential) {
  const SourceNode* const status = NotPassed(source, credential);
  if (status == nullptr) return absl::OkStatus();
  const bool unfinished = IsUnfinished(StatusWordOf(status->text));
  return Problem(unfinished ? Reason::kResultNotFinal : Reason::kNothingAwarded, source.tree().Path(status));
}

void DropNotPassed(document::Source* source, const SourceNode* status, const SourceNode* node) {
  source->Warn("status.not-passed", status, "What was not passed, or is not finished, is no achievement.");
  source->Drop(node, kNotPassedReason);
}

void MapResults(const Context& context, const std::vector<DescribedResult>& results) {
  document::Source& source = *context.source;
  for (const auto& [result, description, requirement] : results) {
    source.Charge(kResultBytes);
    if (source.IsExhausted()) return;  // the draft is refused when it is finished
    for (const SourceNode* type : source.Find(result, "type")) source.Use(type);
    source.Use(source.FindFirst(result, "resultDescription"));
    for (const SourceNode* value : source.Find(result, "value|achievedLevel")) {
      if (value->text.empty()) continue;
      WarnOfFailure(&source, *requirement, value);
      const std::string text =
          value->name == "achievedLevel" ? LevelNamed(context, description, value->text) : value->text;
      if (!context.targets.assessment->has_grade()) {
        elm::AddText(context.language, text, context.targets.assessment->mutable_grade()->mutable_note_literal());
        source.Carry(value, "T.grade", kKept, "");
        WriteScheme(context, description);
        continue;
      }
      NoteResult(context, description, value, text);
    }
  }
  MapStatuses(context, results);
}

}  // namespace passerelle::adapters::families
