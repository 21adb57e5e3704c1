#include "gateway/grpc/document_service.h"

#include <string>
#include <utility>
#include <vector>

#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/translate.h"
#include "core/elm/labels/labels.h"
#include "gateway/documents/document_check.h"

namespace passerelle::gateway {
namespace {

namespace document_v1 = document::v1;

constexpr char kPlaceOfContent[] = "content";

// An empty document is a field that was forgotten.
absl::Status CheckContent(const std::string& content) {
  return content.empty() ? base::Problem(base::Reason::kFieldMissing, kPlaceOfContent) : absl::OkStatus();
}

void SetFindings(const std::vector<elm::Finding>& findings,
                 google::protobuf::RepeatedPtrField<document_v1::Finding>* target) {
  for (const elm::Finding& finding : findings) {
    document_v1::Finding* const told = target->Add();
    told->set_pointer(finding.pointer);
    told->set_rule(finding.rule);
    told->set_message(finding.message);
  }
}

document_v1::LimbOutcome LimbOutcomeOf(absl::string_view word) {
  if (word == "met") return document_v1::LIMB_OUTCOME_MET;
  return word == "not_met" ? document_v1::LIMB_OUTCOME_NOT_MET : document_v1::LIMB_OUTCOME_UNKNOWN;
}

void SetResult(elm::CheckResult result, document_v1::CheckDocumentResponse* response) {
  document_v1::Conformance* const conformance = response->mutable_european_model();
  conformance->set_conforms(result.conformance.conforms);
  conformance->set_profile(result.conformance.profile);
  SetFindings(result.conformance.findings, conformance->mutable_findings());
  *response->mutable_annex_one() = std::move(result.annex_one);
  for (const elm::DefinitionLimb& limb : result.definition) {
    document_v1::DefinitionLimb* const told = response->add_definition();
    told->set_limb(limb.limb);
    told->set_outcome(LimbOutcomeOf(limb.outcome));
    told->set_explanation(limb.explanation);
    for (const std::string& path : limb.paths) told->add_paths(path);
  }
  SetFindings(result.plausibility, response->mutable_plausibility());
  if (result.skills.has_value()) *response->mutable_skill_tags() = *std::move(result.skills);
}

}  // namespace

DocumentService::DocumentService(CallRunner* runner, const document::Registry* adapters, const base::Clock* clock,
                                 std::shared_ptr<const elm::SkillTagger> tagger)
    : RawService(runner), adapters_(adapters), clock_(clock), tagger_(std::move(tagger)) {
  const char* const service = document_v1::DocumentService::service_full_name();
  runner->AddUnary<document_v1::ListFormatsRequest, document_v1::ListFormatsResponse>(
      service, "ListFormats",
      [this](const CallInfo&, const document_v1::ListFormatsRequest&,
             document_v1::ListFormatsResponse* out) -> CallOutcome {
        List(out);
        return absl::OkStatus();
      });
  runner->AddUnary<document_v1::DetectDocumentRequest, document_v1::DetectDocumentResponse>(
      service, "DetectDocument",
      [this](const CallInfo&, const document_v1::DetectDocumentRequest& in,
             document_v1::DetectDocumentResponse* out) -> CallOutcome {
        RETURN_IF_ERROR(CheckContent(in.content()));
        const document::Detected detected = document::Detect(*adapters_, in.content());
        out->set_format(detected.format);
        out->set_confidence(static_cast<uint32_t>(detected.confidence));
        return absl::OkStatus();
      });
  runner->AddUnary<document_v1::TranslateDocumentRequest, document_v1::TranslateDocumentResponse>(
      service, "TranslateDocument",
      [this](const CallInfo&, const document_v1::TranslateDocumentRequest& in,
             document_v1::TranslateDocumentResponse* out) -> CallOutcome { return Translate(in, out); });
  runner->AddUnary<document_v1::CheckDocumentRequest, document_v1::CheckDocumentResponse>(
      service, "CheckDocument",
      [this](const CallInfo&, const document_v1::CheckDocumentRequest& in,
             document_v1::CheckDocumentResponse* out) -> CallOutcome { return Check(in, out); });
}

void DocumentService::List(document_v1::ListFormatsResponse* response) const {
  for (const auto& adapter : adapters_->adapters()) {
    const document::FormatInfo& info = adapter->Info();
    document_v1::Format* const format = response->add_formats();
    format->set_id(info.id);
    format->set_name(info.name);
    format->mutable_versions()->Assign(info.versions.begin(), info.versions.end());
    format->mutable_directions()->Assign(info.directions.begin(), info.directions.end());
    format->set_maturity(info.maturity);
    format->set_media_type(info.media_type);
    format->set_mapping_version(info.mapping_version);
  }
}

absl::Status DocumentService::Translate(const document_v1::TranslateDocumentRequest& request,
                                        document_v1::TranslateDocumentResponse* response) const {
  RETURN_IF_ERROR(CheckContent(request.content()));
  document::TranslateOptions options;
  options.from = request.format();
  options.to = request.target_format();
  options.import.format_named = !request.format().empty();
  if (request.has_report_index()) options.import.report_index = request.report_index();
  options.import.list_mapped = request.list_mapped();
  options.import.translation_time = clock_->Now();
  options.catalogues = request.catalogues();
  options.refuse_loss = {request.refuse_loss().begin(), request.refuse_loss().end()};
  ASSIGN_OR_RETURN(document::Translated translated, document::Translate(*adapters_, request.content(), options));
  document_v1::Translation* const translation = response->mutable_translation();
  translation->set_sha256(base::Sha256Hex(translated.content));
  translation->set_content(std::move(translated.content));
  *translation->mutable_report() = std::move(translated.report);
  return absl::OkStatus();
}

absl::Status DocumentService::Check(const document_v1::CheckDocumentRequest& request,
                                    document_v1::CheckDocumentResponse* response) const {
  RETURN_IF_ERROR(CheckContent(request.content()));
  if (!request.language().empty() && !elm::IsLabelLanguage(request.language())) {
    return base::Problem(base::Reason::kFieldInvalid, "language", "one of the 24 official languages is expected");
  }
  ASSIGN_OR_RETURN(CheckedDocument checked,
                   gateway::CheckDocument(*adapters_, request.content(), request.language(), clock_->Now(),
                                          response->mutable_format(), tagger_.get()));
  SetResult(std::move(checked.result), response);
  return absl::OkStatus();
}

}  // namespace passerelle::gateway
