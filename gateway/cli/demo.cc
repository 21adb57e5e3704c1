#include "gateway/cli/demo.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "core/authenticity/verdict.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/port/random.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/elm/annex_one.h"
#include "core/recognition/policy_report.h"
#include "gateway/cli/demo_data.h"
#include "gateway/cli/document_commands.h"
#include "gateway/cli/files.h"
#include "gateway/cli/local_federation.h"
#include "gateway/cli/metrics_page.h"
#include "gateway/cli/node_client.h"
#include "gateway/cli/serve.h"
#include "gateway/cli/story.h"
#include "gateway/grpc/tls.h"
#include "gateway/system/system_random.h"
#include "gateway/telemetry/metric_names.h"

namespace passerelle::gateway {
namespace {

constexpr char kCredentialId[] = "NO-2026-000017";
constexpr char kPortal[] = "student-portal";
constexpr char kAdmissions[] = "admissions-office";
constexpr char kEvaluators[] = "evaluators";

constexpr char kSharing[] = "passerelle.sharing.v1.SharingService";
constexpr char kExchange[] = "passerelle.exchange.v1.ExchangeService";
constexpr char kAuthenticity[] = "passerelle.authenticity.v1.AuthenticityService";
constexpr char kRecognition[] = "passerelle.recognition.v1.RecognitionService";

std::vector<LocalNode> Nodes(const std::string& document) {
  LocalNode norway;
  norway.id = "NO";
  norway.competent_authority = "Norwegian register of results (demonstration)";
  norway.country = "NO";
  norway.clients = {{kPortal, {kSharing}}};
  norway.entries = {
      {kCredentialId, "holder-17", document, absl::FromCivil(absl::CivilDay(2026, 2, 12), absl::UTCTimeZone())}};
  LocalNode netherlands;
  netherlands.id = "NL";
  netherlands.competent_authority = "Dutch admissions authority (demonstration)";
  netherlands.country = "NL";
  netherlands.clients = {{kAdmissions, {kSharing, kExchange, kAuthenticity, kRecognition}}};
  LocalNode bulgaria;
  bulgaria.id = "BG";
  bulgaria.competent_authority = "Bulgarian recognition authority (demonstration)";
  bulgaria.country = "BG";
  bulgaria.clients = {{kEvaluators, {kRecognition}}};
  bulgaria.policies = {std::string(demo_data::kPolicy)};
  for (LocalNode* node : {&norway, &netherlands, &bulgaria}) node->encryption = true;
  return {norway, netherlands, bulgaria};
}

// The steps of the story, in their order. Each returns a problem only when something broke.
class Demo {
 public:
  Demo(const Console& console, bool colours, std::string document, std::string format)
      : story_(console, colours), document_(std::move(document)), format_(std::move(format)) {}

  absl::Status Run(LocalFederation& federation);

 private:
  absl::StatusOr<sharing::v1::Authorisation> Authorise(NodeClient& client, const std::string& receiver,
                                                       const std::string& credential);
  void TellNodes(const LocalFederation& federation);
  absl::Status Exchange();
  void TellAnnexOne(const document::v1::TranslationReport& report);
  void TellLosses(const document::v1::TranslationReport& report);
  absl::Status Verify();
  absl::StatusOr<authenticity::v1::AuthenticityVerdict> Ask(const std::string& content);
  absl::Status Recognise();
  void TellOutcome(const recognition::v1::RecognitionOutcome& outcome);

  Story story_;
  const std::string document_;
  const std::string format_;
  SystemRandom random_;
  std::unique_ptr<NodeClient> norway_;
  std::unique_ptr<NodeClient> netherlands_;
  std::unique_ptr<NodeClient> bulgaria_;
};

// The first digits of a digest or key id: enough for people to compare.
std::string Brief(absl::string_view id) { return absl::StrCat(id.substr(0, 16), "..."); }

absl::Status Broken(absl::string_view step, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(step, ": ", absl::string_view(status.message())));
}

void Demo::TellNodes(const LocalFederation& federation) {
  story_.Title("Passerelle: one micro-credential, three countries");
  story_.Paragraph(
      "Three countries each run a node of their own: own program, own store, own keys. They find each other in a list "
      "that all of them hold, speak over encrypted connections on which both sides show a certificate, and sign "
      "everything they say to each other. No central server takes part.");
  story_.Row({{6, "Node"}, {52, "Run by"}, {8, "Process"}, {6, "Port"}, {0, "Signs with key"}});
  for (const char* id : {"NO", "NL", "BG"}) {
    for (const LocalNode& node : Nodes("")) {
      if (node.id != id) continue;
      story_.Row({{6, node.id},
                  {52, node.competent_authority},
                  {8, absl::StrCat(federation.PidOf(id))},
                  {6, absl::StrCat(federation.PortsOf(id).peer)},
                  {0, Brief(federation.KeyIdOf(id))}});
    }
  }
}

absl::StatusOr<sharing::v1::Authorisation> Demo::Authorise(NodeClient& client, const std::string& receiver,
                                                           const std::string& credential) {
  sharing::v1::CreateAuthorisationRequest request;
  request.set_request_id(base::NewUuid(random_));
  auto* authorisation = request.mutable_authorisation();
  authorisation->set_holder_pseudonym("holder-" + base::NewUuid(random_).substr(0, 8));
  authorisation->set_receiver(receiver);
  authorisation->set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  authorisation->add_credential_ids(credential);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  authorisation->mutable_valid_from()->set_seconds(now - 1);
  authorisation->mutable_valid_until()->set_seconds(now + 3600);
  authorisation->set_uses_allowed(1);
  ASSIGN_OR_RETURN(auto response,
                   Call(*client.sharing, &sharing::v1::SharingService::Stub::CreateAuthorisation, request));
  return response.authorisation();
}

void Demo::TellAnnexOne(const document::v1::TranslationReport& report) {
  story_.Paragraph(
      "Annex I of the Council Recommendation lists what a micro-credential should state. This is how each element came "
      "out of the translation:");
  std::map<std::string, document::v1::AnnexOneElement> elements;
  for (const auto& element : report.elements()) elements[element.element()] = element;
  for (const elm::AnnexOneName& name : elm::kAnnexOne) {
    const document::v1::AnnexOneElement& element = elements[name.id];
    std::string value = Shortened(element.value(), 40);
    if (!element.rule().empty()) absl::StrAppend(&value, value.empty() ? "" : "  ", "[rule ", element.rule(), "]");
    story_.Row({{6, name.id}, {44, name.name}, {12, std::string(document::StatusWord(element.status()))}, {0, value}});
  }
  story_.Outcome(report.score() == 100, absl::StrCat("Score of the translation: ", report.score(), " of 100."));
}

void Demo::TellLosses(const document::v1::TranslationReport& report) {
  if (report.dropped().empty()) {
    story_.Paragraph("Nothing of the original was left out of the translation.");
    return;
  }
  story_.Paragraph(
      "The translation could not carry these parts. Nobody has to guess: the account travels with it, and "
      "the original is there.");
  constexpr int kShown = 8;
  for (int i = 0; i < report.dropped_size() && i < kShown; ++i) {
    story_.Item(absl::StrCat(report.dropped(i).source(), ": ", report.dropped(i).reason()));
  }
  if (report.dropped_size() > kShown) story_.Item(absl::StrCat("and ", report.dropped_size() - kShown, " more"));
}

absl::Status Demo::Exchange() {
  story_.Heading("1. The holder shares a result, the Netherlands ask for it, Norway answers");
  ASSIGN_OR_RETURN(const auto authorisation, Authorise(*norway_, "NL", kCredentialId));
  story_.Paragraph(
      absl::StrCat("The holder allows the Norwegian node to give one document to the Dutch node, once, "
                   "within the hour, for one purpose: recognition. The node keeps this authorisation as ",
                   Brief(authorisation.id()),
                   " The Dutch admissions office asks its own node to fetch "
                   "the document. What the Dutch node sends to Norway names the authorisation and the "
                   "purpose, and nothing about the person."));
  exchange::v1::CreateExchangeRequest create;
  create.set_request_id(base::NewUuid(random_));
  create.set_peer("NO");
  create.set_authorisation_id(authorisation.id());
  create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  using Stub = exchange::v1::ExchangeService::Stub;
  ASSIGN_OR_RETURN(const auto created, Call(*netherlands_->exchange, &Stub::CreateExchange, create));
  exchange::v1::WaitExchangeRequest wait;
  wait.set_id(created.exchange().id());
  wait.mutable_timeout()->set_seconds(8);
  ASSIGN_OR_RETURN(const auto waited, Call(*netherlands_->exchange, &Stub::WaitExchange, wait));
  const exchange::v1::Exchange& exchange = waited.exchange();
  if (exchange.state() != exchange::v1::EXCHANGE_STATE_DELIVERED || exchange.documents_size() != 1) {
    return absl::InternalError(absl::StrCat("the exchange ended as ",
                                            exchange::v1::ExchangeState_Name(exchange.state()), " ",
                                            exchange.problem().reason()));
  }
  const exchange::v1::DeliveredDocument& delivered = exchange.documents(0);
  story_.Paragraph(
      "The Norwegian node checks the authorisation, looks the document up in the Norwegian register, and "
      "answers with three things, signed: the original, byte for byte; a translation into the European "
      "Learning Model; and the account of what the translation lost.");
  story_.Fact("Original", absl::StrCat(delivered.document().content().size(), " bytes, format ", format_));
  story_.Fact("Fingerprint", absl::StrCat("SHA-256 ", delivered.document().sha256()));
  story_.Fact("Unchanged", delivered.document().content() == document_ ? "yes, compared byte for byte" : "NO");
  story_.Fact("Translation", absl::StrCat(delivered.translation().content().size(), " bytes, mapping ",
                                          delivered.translation().report().mapping_version()));
  story_.Gap();
  if (delivered.document().content() != document_) return absl::InternalError("the original changed on its way");
  TellAnnexOne(delivered.translation().report());
  TellLosses(delivered.translation().report());
  return absl::OkStatus();
}

absl::StatusOr<authenticity::v1::AuthenticityVerdict> Demo::Ask(const std::string& content) {
  authenticity::v1::VerifyDocumentRequest request;
  request.set_content(content);
  request.set_issuing_node("NO");
  ASSIGN_OR_RETURN(auto response, Call(*netherlands_->authenticity,
                                       &authenticity::v1::AuthenticityService::Stub::VerifyDocument, request));
  return response.verdict();
}

absl::Status Demo::Verify() {
  story_.Heading("2. The Netherlands ask Norway: did you issue this, and does it still hold?");
  story_.Paragraph(
      "The Dutch node sends the fingerprint of the document to Norway: not the document, not a name. The "
      "Norwegian register looks the fingerprint up, and the Dutch node comes to its own verdict. A check "
      "that could not be made says so; it never counts as passed, and never as failed.");
  ASSIGN_OR_RETURN(const auto genuine, Ask(document_));
  for (const auto& check : genuine.checks()) {
    story_.Row({{16, check.name()}, {9, std::string(authenticity::OutcomeWord(check.outcome()))}, {0, check.reason()}});
  }
  const bool authentic = genuine.verdict() == authenticity::v1::VERDICT_AUTHENTIC;
  story_.Outcome(authentic, absl::StrCat("Verdict: ", std::string(authenticity::VerdictWord(genuine.verdict()))));

  std::string altered = document_;
  const size_t digit = altered.find_last_of("0123456789");
  char& byte = digit == std::string::npos ? altered.back() : altered[digit];
  byte = byte == '9' ? '8' : '9';
  ASSIGN_OR_RETURN(const auto forged, Ask(altered));
  story_.Gap();
  story_.Paragraph(
      "Now one single character of the document is changed, as a forger would, and the question is asked "
      "again.");
  for (const auto& check : forged.checks()) {
    if (check.outcome() != authenticity::v1::CHECK_OUTCOME_FAIL) continue;
    story_.Row({{16, check.name()}, {9, std::string(authenticity::OutcomeWord(check.outcome()))}, {0, check.reason()}});
  }
  story_.Outcome(false, absl::StrCat("Verdict: ", std::string(authenticity::VerdictWord(forged.verdict()))));
  if (forged.verdict() == authenticity::v1::VERDICT_AUTHENTIC) return absl::InternalError("the forgery passed");
  return absl::OkStatus();
}

void Demo::TellOutcome(const recognition::v1::RecognitionOutcome& outcome) {
  for (const auto& rule : outcome.evaluation().rules()) {
    story_.Row({{24, rule.rule()},
                {9, std::string(recognition::RuleWord(rule.outcome()))},
                {0, Shortened(rule.explanation(), 90)}});
  }
  switch (outcome.state()) {
    case recognition::v1::CASE_STATE_DECIDED:
      story_.Outcome(true, "Decision: recognised for the stated purpose.");
      break;
    case recognition::v1::CASE_STATE_INCOMPLETE:
      story_.Outcome(false,
                     "No decision yet: something could not be found out. Unknown is never a ground for refusal; "
                     "the holder is told what is missing.");
      for (const std::string& missing : outcome.missing()) story_.Item(missing);
      break;
    default:
      story_.Outcome(false, "No decision by rule: an evaluator takes over and looks for recognition in another form.");
  }
  story_.Fact("Decided by", outcome.competent_authority());
  story_.Fact("Policy",
              absl::StrCat(outcome.evaluation().policy_id(), ", version ", outcome.evaluation().policy_version()));
  story_.Fact("Legal base", outcome.legal_base());
  story_.Fact("Appeal", outcome.appeal());
}

absl::Status Demo::Recognise() {
  story_.Heading("3. The holder asks Bulgaria for recognition, through the Dutch node");
  const std::string digest = base::Sha256Hex(document_);
  ASSIGN_OR_RETURN(const auto authorisation, Authorise(*netherlands_, "BG", "sha256:" + digest));
  story_.Paragraph(
      "The holder allows the Dutch node to send this one document to Bulgaria for recognition. The Dutch "
      "node opens a case and sends it. The Bulgarian node does not take anybody's word for it: it asks "
      "Norway itself whether the document is genuine, and then applies the policy of the competent "
      "authority, rule by rule.");
  recognition::v1::CreateCaseRequest create;
  create.set_request_id(base::NewUuid(random_));
  create.set_authority_node("BG");
  create.set_issuing_node("NO");
  create.set_authorisation_id(authorisation.id());
  create.set_purpose(sharing::v1::PURPOSE_RECOGNITION);
  create.set_content(document_);
  using Stub = recognition::v1::RecognitionService::Stub;
  ASSIGN_OR_RETURN(const auto created, Call(*netherlands_->recognition, &Stub::CreateCase, create));
  recognition::v1::WaitCaseRequest wait;
  wait.set_id(created.recognition_case().id());
  wait.mutable_timeout()->set_seconds(8);
  ASSIGN_OR_RETURN(const auto waited, Call(*netherlands_->recognition, &Stub::WaitCase, wait));
  const recognition::v1::RecognitionCase& held = waited.recognition_case();
  if (!held.has_outcome()) {
    return absl::InternalError(
        absl::StrCat("the case stands at ", recognition::v1::CaseState_Name(held.state()), " and has no outcome"));
  }
  recognition::v1::GetCaseRequest get;
  get.set_id(held.id());
  ASSIGN_OR_RETURN(const auto decided, Call(*bulgaria_->recognition, &Stub::GetCase, get));
  story_.Fact("Norway's answer",
              absl::StrCat("to Bulgaria: ",
                           std::string(authenticity::VerdictWord(decided.recognition_case().verdict().verdict()))));
  TellOutcome(held.outcome());
  story_.Gap();
  story_.Paragraph(absl::StrCat("The outcome travels back signed. Both nodes keep the case (", Brief(held.id()),
                                ") with every signed message of the other side: ", held.evidence_size(),
                                " at the Dutch node, ", decided.recognition_case().evidence_size(),
                                " at the Bulgarian one."));
  return absl::OkStatus();
}

absl::Status Demo::Run(LocalFederation& federation) {
  RETURN_IF_ERROR(federation.Start());
  TellNodes(federation);
  norway_ = std::make_unique<NodeClient>(federation.ClientChannel("NO", federation.ClientTls("NO", kPortal)));
  netherlands_ = std::make_unique<NodeClient>(federation.ClientChannel("NL", federation.ClientTls("NL", kAdmissions)));
  bulgaria_ = std::make_unique<NodeClient>(federation.ClientChannel("BG", federation.ClientTls("BG", kEvaluators)));
  if (const absl::Status status = Exchange(); !status.ok()) return Broken("exchange", status);
  if (const absl::Status status = Verify(); !status.ok()) return Broken("authenticity", status);
  if (const absl::Status status = Recognise(); !status.ok()) return Broken("recognition", status);
  return absl::OkStatus();
}

struct DemoDocument {
  std::string content;
  std::string format;
};

// The document of the story. What could not be translated at the end is refused before anything is started.
absl::StatusOr<DemoDocument> ReadDemoDocument(const document::Registry& registry,
                                              const std::optional<std::string>& file) {
  DemoDocument document;
  if (file) {
    ASSIGN_OR_RETURN(document.content, ReadInput(*file, base::kDocumentBytesMax));
  } else {
    document.content = std::string(demo_data::kTranscript);
  }
  ASSIGN_OR_RETURN(const document::Translated translated, document::Translate(registry, document.content, {}));
  document.format = translated.format;
  return document;
}

// What the nodes counted, from their metrics pages.
void TellCounters(Story& story, const LocalFederation& federation) {
  double taken = 0;
  double refused = 0;
  for (const char* id : {"NO", "NL", "BG"}) {
    const absl::StatusOr<std::string> page = ReadMetricsPage(federation.PortsOf(id).metrics);
    if (!page.ok()) continue;
    taken += MetricSum(*page, kMetricRelayMessages, {"direction=\"in\"", "outcome=\"accepted\""});
    refused += MetricSum(*page, kMetricPeerRefused) + MetricSum(*page, kMetricRelayMessages, {"outcome=\"refused\""});
  }
  story.Gap();
  story.Paragraph(
      absl::StrFormat("The nodes' own counters add up to %.0f signed messages taken from each other and %.0f "
                      "refused.",
                      taken, refused));
}

void TellEvidence(Story& story, const LocalFederation& federation, const std::string& keep) {
  story.Heading("What is left to look at");
  if (keep.empty()) {
    story.Paragraph(
        "The nodes have been stopped in order and their folder is gone. To look at stores, logs, keys and "
        "configurations, write: passerelle demo --keep FOLDER");
  } else {
    story.Fact("Node map", federation.folder() + "/node-map.json");
    for (const char* id : {"NO", "NL", "BG"}) {
      story.Fact(absl::StrCat("Node ", id), absl::StrCat(federation.NodeFolder(id), " (configuration, store, log)"));
    }
    story.Gap();
    story.Paragraph(
        absl::StrCat("The evidence, the signed answers of the other side, lies in each node's store. A node "
                     "runs again with: passerelle serve --config ",
                     federation.ConfigPath("NO")));
  }
  story.Paragraph(
      "Next: passerelle translate FILE, passerelle check FILE and passerelle verify FILE do the same with a "
      "document of yours; passerelle demo --file FILE takes it through the three countries.");
}

}  // namespace

int RunDemo(const document::Registry& registry, const DemoRequest& request, const Console& console) {
  const absl::Time start = absl::Now();
  RequireTls13();
  absl::StatusOr<DemoDocument> document = ReadDemoDocument(registry, request.file);
  if (!document.ok()) {
    PrintProblem(document.status(), console);
    return kExitRefused;
  }
  LocalFederation::Options options;
  options.folder = request.keep;
  options.keep = !request.keep.empty();
  options.nodes = Nodes(document->content);
  absl::StatusOr<std::unique_ptr<LocalFederation>> made = LocalFederation::Make(std::move(options));
  if (!made.ok()) {
    PrintProblem(made.status(), console);
    return kExitRefused;
  }
  const std::shared_ptr<LocalFederation> federation = *std::move(made);
  OnStopSignal([federation] { federation->End(); });
  Demo demo(console, request.colours, std::move(document->content), document->format);
  const absl::Status status = demo.Run(*federation);
  Story story(console, request.colours);
  if (status.ok()) TellCounters(story, *federation);
  federation->End();
  if (!status.ok()) {
    console.err << "passerelle demo: " << status.message() << "\n";
    return kExitRefused;
  }
  TellEvidence(story, *federation, request.keep);
  story.Fact("Time", absl::StrFormat("%.1f seconds in all", absl::ToDoubleSeconds(absl::Now() - start)));
  return kExitDone;
}

}  // namespace passerelle::gateway
