// Results and their descriptions: O3, and the scheme of the grade.
#include <string>

#include "absl/strings/str_cat.h"
#include "adapters/families/badge3_parts.h"
#include "adapters/families/names.h"
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

}  // namespace

void MapResults(const Context& context, const SourceNode* subject, const SourceNode* achievement) {
  document::Source& source = *context.source;
  for (const SourceNode* result : source.Find(subject, "result")) {
    for (const SourceNode* type : source.Find(result, "type")) source.Use(type);
    const SourceNode* const reference = source.FindFirst(result, "resultDescription");
    const SourceNode* const description =
        DescriptionOf(context, achievement, source.TextOf(result, "resultDescription"));
    source.Use(reference);
    for (const SourceNode* value : source.Find(result, "value|achievedLevel|status")) {
      if (value->text.empty()) continue;
      const std::string text =
          value->name == "achievedLevel" ? LevelNamed(context, description, value->text) : value->text;
      if (!context.targets.assessment->has_grade() && value->name != "status") {
        elm::AddText(context.language, text, context.targets.assessment->mutable_grade()->mutable_note_literal());
        source.Carry(value, "T.grade", kKept, "");
        WriteScheme(context, description);
        continue;
      }
      const std::string name = source.TextOf(description, "name");
      elm::AddNote(context.language, absl::StrCat(name.empty() ? "Result" : name, ": ", text),
                   context.targets.achievement->mutable_additional_note());
      source.Carry(value, "A.additionalNote", kWidened, "grade.further");
    }
  }
}

}  // namespace passerelle::adapters::families
