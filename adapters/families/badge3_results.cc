// Results and their descriptions: O3, and the scheme of the grade.
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/badge3.h"
#include "adapters/families/badge3_parts.h"
#include "adapters/families/names.h"
#include "core/document/national.h"
#include "core/elm/rules/text.h"

namespace passerelle::adapters::families {
namespace {

const SourceNode* DescriptionOf(const Context& context, const SourceNode* achievement, const std::string& id) {
  if (id.empty()) return nullptr;
  for (const SourceNode* description : context.source->Find(achievement, "resultDescription")) {
    if (context.source->TextOf(description, "id") == id) return description;
  }
  return nullptr;
}

// A level of a rubric that a result names by its id.
std::string LevelNamed(const Context& context, const SourceNode* description, const std::string& id) {
  for (const SourceNode* level : context.source->Find(description, "rubricCriterionLevel")) {
    if (context.source->TextOf(level, "id") != id) continue;
    for (const SourceNode* part : context.source->Find(level, "name|level")) {
      context.source->Carry(part, "T.grade", kKept, "grade.rubric");
      return part->text;
    }
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
    absl::StrAppend(&text, text.empty() ? "" : "; ", label, ": ", part->text);
    context.source->Carry(part, "T.specifiedBy[0].gradingScheme", kWidened, "grade.scheme");
  }
  if (!text.empty()) elm::AddText("en", text, scheme->mutable_description());
  context.source->UseAll(context.source->FindFirst(description, "type"));
  context.source->UseAll(context.source->FindFirst(description, "id"));
}

// ResultStatusType of Open Badges 3.0, but for "Completed". A status of its own making says neither.
constexpr absl::string_view kNotPassed[] = {"Failed", "Withdrew"};
constexpr absl::string_view kUnfinished[] = {"Enrolled", "InProgress", "OnHold", "Provisional"};

template <size_t count>
bool IsOneOf(absl::string_view word, const absl::string_view (&words)[count]) {
  return std::any_of(std::begin(words), std::end(words),
                     [word](absl::string_view entry) { return absl::EqualsIgnoreCase(entry, word); });
}

std::vector<const SourceNode*> StatusesOf(const document::Source& source, const SourceNode* node,
                                          absl::string_view path) {
  std::vector<const SourceNode*> statuses = source.Find(node, path);
  statuses.erase(
      std::remove_if(statuses.begin(), statuses.end(), [](const SourceNode* status) { return status->text.empty(); }),
      statuses.end());
  return statuses;
}

// The result that a status stands in, itself or in an array.
const SourceNode* ResultOf(const SourceNode* status) {
  return status->name.empty() ? status->parent->parent : status->parent;
}

bool IsCompleted(const SourceNode* status) { return absl::EqualsIgnoreCase(status->text, "Completed"); }

bool IsNoAward(const SourceNode* status) {
  return IsOneOf(status->text, kNotPassed) || IsOneOf(status->text, kUnfinished);
}

void NoteResult(const Context& context, const SourceNode* description, const SourceNode* value,
                absl::string_view text) {
  const std::string name = context.source->TextOf(description, "name");
  elm::AddNote(context.language, absl::StrCat(name.empty() ? "Result" : name, ": ", text),
               context.targets.achievement->mutable_additional_note());
  context.source->Carry(value, "A.additionalNote", kWidened, "grade.further");
}

// Where every status says that it was completed, the grade was passed. Any other stays text.
void MapStatuses(const Context& context, const SourceNode* subject, const SourceNode* achievement) {
  document::Source& source = *context.source;
  const std::vector<const SourceNode*> statuses = StatusesOf(source, subject, "result/status");
  const bool passed = std::all_of(statuses.begin(), statuses.end(), IsCompleted);
  if (passed && !statuses.empty() && context.targets.assessment->has_grade()) {
    document::MarkPassed(context.targets);
    for (const SourceNode* status : statuses) source.Carry(status, "T.gradeStatus", kKept, "");
    return;
  }
  for (const SourceNode* status : statuses) {
    if (IsNoAward(status)) {
      source.Warn("status.not-passed", status, "One result was not passed or is not finished; another says otherwise.");
    }
    const SourceNode* const description =
        DescriptionOf(context, achievement, source.TextOf(ResultOf(status), "resultDescription"));
    NoteResult(context, description, status, status->text);
  }
}

}  // namespace

const SourceNode* NotPassed(const document::Source& source, const SourceNode* credential) {
  const std::vector<const SourceNode*> statuses = StatusesOf(source, credential, "credentialSubject/result/status");
  const bool none = std::all_of(statuses.begin(), statuses.end(), IsNoAward);
  return none && !statuses.empty() ? statuses.front() : nullptr;
}

absl::Status CheckPassed(const document::Source& source, const SourceNode* credential) {
  const SourceNode* const status = NotPassed(source, credential);
  if (status == nullptr) return absl::OkStatus();
  const bool unfinished = IsOneOf(status->text, kUnfinished);
  return Problem(unfinished ? Reason::kResultNotFinal : Reason::kNothingAwarded, source.tree().Path(status));
}

void MapResults(const Context& context, const SourceNode* subject, const SourceNode* achievement) {
  document::Source& source = *context.source;
  for (const SourceNode* result : source.Find(subject, "result")) {
    for (const SourceNode* type : source.Find(result, "type")) source.Use(type);
    const SourceNode* const reference = source.FindFirst(result, "resultDescription");
    const SourceNode* const description =
        DescriptionOf(context, achievement, source.TextOf(result, "resultDescription"));
    source.Use(reference);
    for (const SourceNode* value : source.Find(result, "value|achievedLevel")) {
      if (value->text.empty()) continue;
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
  MapStatuses(context, subject, achievement);
}

}  // namespace passerelle::adapters::families
