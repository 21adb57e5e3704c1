#include "gateway/cli/catalogue_policy_commands.h"

#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"
#include "core/catalogue/account_register.h"
#include "gateway/cli/document_commands.h"
#include "gateway/config/yaml.h"

namespace passerelle::gateway {
namespace {

using catalogue::EligibilityAnswer;
using catalogue::PolicyAnswer;

absl::StatusOr<std::vector<PolicyAnswer>> Ask(const AcceptsRequest& request) {
  catalogue::v1::ProviderList list;
  RETURN_IF_ERROR(ReadYamlFile(request.providers, &list));
  return catalogue::WhoAccepts(list, request.question);
}

void WriteAnswer(const PolicyAnswer& answer, base::JsonWriter* json) {
  const catalogue::v1::AcceptancePolicy& policy = answer.provider.policy();
  json->BeginObject();
  json->Member("provider", answer.provider.id());
  json->Member("name", answer.provider.name());
  json->Member("country", answer.provider.country());
  json->Member("acceptance", catalogue::AcceptanceWord(answer.acceptance));
  json->Key("why");
  json->BeginArray();
  for (const std::string& why : answer.why) json->String(why);
  json->EndArray();
  if (answer.provider.has_policy()) {
    json->Key("policy");
    json->BeginObject();
    json->Member("version", policy.version());
    json->Member("link", policy.link());
    if (!policy.process().empty()) json->Member("process", policy.process());
    if (policy.answer_days() != 0) json->Member("answer_days", static_cast<int64_t>(policy.answer_days()));
    json->EndObject();
  }
  json->EndObject();
}

void PrintAnswer(const PolicyAnswer& answer, const Console& console) {
  console.out << absl::StrFormat("%-15s  %s", catalogue::AcceptanceWord(answer.acceptance), answer.provider.id());
  if (answer.provider.has_policy()) {
    console.out << "  version " << answer.provider.policy().version() << ", " << answer.provider.policy().link();
  }
  if (!answer.why.empty()) console.out << " (" << absl::StrJoin(answer.why, "; ") << ")";
  console.out << "\n";
}

absl::Status AskRegister(const EligibleRequest& request, catalogue::v1::AccountRegister* data,
                         EligibilityAnswer* answer) {
  RETURN_IF_ERROR(ReadYamlFile(request.account_register, data));
  ASSIGN_OR_RETURN(*answer, catalogue::EligibilityOf(*data, request.offer, request.day));
  return absl::OkStatus();
}

}  // namespace

int RunAccepts(const AcceptsRequest& request, const Console& console) {
  const absl::StatusOr<std::vector<PolicyAnswer>> answers = Ask(request);
  if (!answers.ok()) {
    PrintProblem(answers.status(), console);
    return kExitRefused;
  }
  if (!request.json) {
    for (const PolicyAnswer& answer : *answers) PrintAnswer(answer, console);
    return kExitDone;
  }
  std::string text;
  base::JsonWriter json(text);
  json.BeginArray();
  for (const PolicyAnswer& answer : *answers) WriteAnswer(answer, &json);
  json.EndArray();
  console.out << text << "\n";
  return kExitDone;
}

int RunEligible(const EligibleRequest& request, const Console& console) {
  catalogue::v1::AccountRegister data;
  EligibilityAnswer answer;
  const absl::Status asked = AskRegister(request, &data, &answer);
  if (!asked.ok()) {
    PrintProblem(asked, console);
    return kExitRefused;
  }
  console.out << catalogue::EligibilityWord(answer.eligibility);
  if (answer.eligibility != catalogue::Eligibility::kNotListed) {
    if (!answer.entry.valid_from().empty()) console.out << " from " << answer.entry.valid_from();
    if (!answer.entry.valid_until().empty()) console.out << " until " << answer.entry.valid_until();
    console.out << ", entry " << answer.entry.id();
  }
  console.out << ", register " << data.id() << " as of " << data.as_of() << "\n";
  return answer.eligibility == catalogue::Eligibility::kEligible ? kExitDone : kExitRefused;
}

}  // namespace passerelle::gateway
