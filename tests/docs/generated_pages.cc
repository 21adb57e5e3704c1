#include "tests/docs/generated_pages.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/problem.h"
#include "tests/docs/adapters_page.h"
#include "tests/docs/cases_page.h"
#include "tests/docs/openapi_page.h"
#include "tests/docs/procedure_page.h"
#include "tests/docs/recommendation_page.h"

namespace passerelle::docs {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr char kNodeConfig[] = "passerelle.config.v1.NodeConfig";

// HTTP status of a canonical code, as the Connect protocol maps them.
int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

// Text for the cell of a table.
std::string Cell(absl::string_view text) { return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}}); }

// What a value of the field looks like in YAML.
std::string YamlType(const FieldDescriptor& field) {
  std::string type;
  switch (field.type()) {
    case FieldDescriptor::TYPE_MESSAGE:
      type = field.message_type()->full_name() == "google.protobuf.Duration"    ? "duration"
             : field.message_type()->full_name() == "google.protobuf.Timestamp" ? "time"
                                                                                : "group";
      break;
    case FieldDescriptor::TYPE_ENUM:
      type = "word";
      break;
    case FieldDescriptor::TYPE_STRING:
      type = "text";
      break;
    case FieldDescriptor::TYPE_BOOL:
      type = "true or false";
      break;
    default:
      type = "number";
  }
  return field.is_repeated() ? absl::StrCat("list of ", type) : type;
}

// Splits "Meaning. Default 30s." into meaning and default.
void SplitDefault(std::string* meaning, std::string* fallback) {
  const size_t at = meaning->find(" Default ");
  if (at == std::string::npos || !absl::EndsWith(*meaning, ".")) return;
  const size_t value = at + sizeof(" Default ") - 1;
  *fallback = meaning->substr(value, meaning->size() - value - 1);
  meaning->resize(at);
}

void AddKeys(const Descriptor& message, const std::string& prefix, std::string* page) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const std::string key = absl::StrCat(prefix, field.name());
    const std::string type = YamlType(field);
    std::string meaning = api::CommentOf(field);
    std::string fallback = field.type() == FieldDescriptor::TYPE_BOOL ? "false" : "";
    SplitDefault(&meaning, &fallback);
    absl::StrAppend(page, "| `", key, "` | ", type, " | ", fallback, " | ", Cell(meaning), " |\n");
    if (absl::EndsWith(type, "group")) {
      AddKeys(*field.message_type(), absl::StrCat(key, field.is_repeated() ? "[]." : "."), page);
    }
  }
}

}  // namespace

std::string ErrorsPage() {
  std::string page =
      "<!-- Generated from core/base/problems.def; scripts/check.sh docs --update writes it. -->\n"
      "# Errors\n\n"
      "Whatever Passerelle refuses, cannot do, or cannot answer has one of these reasons. A reason is a contract: it "
      "is\n"
      "never renamed and never gets another meaning. Messages read `REASON at place: detail`; places are paths and\n"
      "line numbers, and no message holds personal data.\n\n"
      "The same reason stands in a `google.rpc.ErrorInfo` of a gRPC status, in a signed `Refusal` between nodes, in "
      "the\n"
      "checks of a verdict, and on the command line. *Retry* says whether the same request can succeed later. The "
      "HTTP\n"
      "status is the one that the Connect protocol gives the gRPC code. Reasons with the code `OK` are no errors: "
      "they\n"
      "say why a check of a verdict passed.\n\n"
      "| Reason | gRPC code | HTTP | Retry | Who fixes it | What it means | What to do |\n"
      "|---|---|---|---|---|---|---|\n";
  for (int i = 0; i < base::ReasonCount(); ++i) {
    const base::CatalogueEntry& entry = base::Catalogue(static_cast<base::Reason>(i));
    absl::StrAppend(&page, "| `", entry.name, "` | `", absl::StatusCodeToString(entry.code), "` | ",
                    HttpStatus(entry.code), " | ", entry.retryable ? "yes" : "no", " | ", base::FixerName(entry.fixer),
                    " | ", Cell(entry.meaning), " | ", Cell(entry.remedy), " |\n");
  }
  return page;
}

std::string ConfigurationPage(const api::DescriptorSet& descriptors) {
  std::string page =
      "<!-- Generated from proto/passerelle/config/v1; scripts/check.sh docs --update writes it. -->\n"
      "# Configuration\n\n"
      "A node reads one YAML file: `passerelle serve --config node.yaml`. `--check-config` reads it, says what is "
      "wrong\n"
      "with it, and ends. A key that is not in this table is refused, with the nearest one that is.\n\n"
      "A variable of the environment counts more than the file, and a flag more than both: `client_port.listen` is\n"
      "`PASSERELLE_CONFIG_CLIENT_PORT__LISTEN=0.0.0.0:7001` or `--set client_port.listen=0.0.0.0:7001`, with two\n"
      "underscores for a dot. A list or a group is written in YAML, `--set 'refuse_loss=[level]'`. `--print-config` "
      "prints\n"
      "what counts in the end, with every password replaced by `(redacted)`.\n\n"
      "A running node takes over, without a restart: `client_port.clients`, and the content of the node map, the "
      "trust\n"
      "bundle, the register of files, the keys of issuers of tokens, and the certificates and keys of both ports. "
      "What\n"
      "else changes in the file counts from the next start; the log says so (`config.needs_restart`), and says what "
      "is\n"
      "wrong with a file that it cannot use (`config.refused`) while the one before stays in use.\n\n"
      "Durations are written as `10s`, `1.5s` or `24h`. Texts are taken as they are written, so that the node id `NO`\n"
      "stays `NO`.\n\n"
      "| Key | Value | Default | Meaning |\n"
      "|---|---|---|---|\n";
  AddKeys(*descriptors.pool().FindMessageTypeByName(kNodeConfig), "", &page);
  return page;
}

std::vector<Page> GeneratedPages(const api::DescriptorSet& descriptors) {
  return {{"errors.md", ErrorsPage()},
          {"configuration.md", ConfigurationPage(descriptors)},
          {"reference/adapters.md", AdaptersPage()},
          {"reference/procedure.md", ProcedurePage()},
          {"concepts/recognition-cases.md", CasesPage()},
          {"reference/recommendation.md", RecommendationPage()},
          {"reference/openapi.json", OpenApiPage(descriptors)}};
}

}  // namespace passerelle::docs
