#include "gateway/cli/pathway_command.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/pathway/evaluate.h"
#include "core/pathway/evaluation_report.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/config/yaml.h"
#include "gateway/pathway/pathway_items.h"

namespace passerelle::gateway {
namespace {

namespace pathway_v1 = pathway::v1;

absl::StatusOr<pathway_v1::Evaluation> Evaluate(const document::Registry& registry, const PathwayRequest& request) {
  pathway_v1::Pathway pathway;
  RETURN_IF_ERROR(ReadYamlFile(request.pathway, &pathway));
  pathway::Question question;
  question.day = request.day;
  question.language = request.language;
  for (const std::string& file : request.files) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadInput(file, base::kDocumentBytesMax));
    RETURN_IF_ERROR(AddItemsOf(registry, bytes, file, &question.items));
  }
  if (!request.items.empty()) {
    pathway_v1::Facts stated;
    RETURN_IF_ERROR(ReadYamlFile(request.items, &stated));
    std::copy(stated.items().begin(), stated.items().end(), std::back_inserter(question.items));
  }
  if (!request.facts.empty()) {
    pathway_v1::Facts facts;
    RETURN_IF_ERROR(ReadYamlFile(request.facts, &facts));
    RETURN_IF_ERROR(AddFacts(facts.items(), absl::StrCat(request.facts, ": items"), &question.items));
  }
  return pathway::Evaluate(pathway, question);
}

int ExitCodeOf(pathway_v1::Outcome outcome) {
  switch (outcome) {
    case pathway_v1::OUTCOME_SATISFIED:
      return kExitDone;
    case pathway_v1::OUTCOME_NOT_SATISFIED:
      return kExitRefused;
    default:
      return kExitNotEstablished;
  }
}

}  // namespace

int RunPathway(const document::Registry& registry, const PathwayRequest& request, const Console& console) {
  const absl::StatusOr<pathway_v1::Evaluation> evaluation = Evaluate(registry, request);
  if (!evaluation.ok()) {
    PrintProblem(evaluation.status(), console);
    return kExitRefused;
  }
  console.out << (request.json ? pathway::EvaluationJson(*evaluation) + "\n" : pathway::EvaluationText(*evaluation));
  return ExitCodeOf(evaluation->outcome());
}

}  // namespace passerelle::gateway
