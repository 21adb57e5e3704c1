#include "gateway/documents/document_check.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "core/base/status_macros.h"
#include "core/document/score.h"
#include "core/document/translate.h"
#include "gateway/documents/seal_findings.h"

namespace passerelle::gateway {
namespace {

// Annex I as the translation accounts for it: derived and withheld elements cannot be seen in the result alone.
// `shown` has the values as they are to be shown.
document::v1::AnnexOneReport AnnexOneOf(const document::v1::TranslationReport& report,
                                        const document::v1::AnnexOneReport& shown) {
  document::v1::AnnexOneReport annex_one;
  *annex_one.mutable_elements() = report.elements();
  for (auto& element : *annex_one.mutable_elements()) {
    for (const auto& other : shown.elements()) {
      if (other.element() == element.element() && !other.value().empty()) element.set_value(other.value());
    }
  }
  annex_one.set_complete(std::all_of(report.elements().begin(), report.elements().end(), [](const auto& element) {
    return !absl::StartsWith(element.element(), "A1-M") || document::Survives(element.status());
  }));
  return annex_one;
}

absl::Status CheckTranslated(const document::Registry& registry, absl::string_view bytes, absl::string_view language,
                             CheckedDocument* checked) {
  ASSIGN_OR_RETURN(const document::Translated translated, document::Translate(registry, bytes, {}));
  ASSIGN_OR_RETURN(checked->read, elm::Read(translated.content));
  checked->result = elm::Check(checked->read, language);
  elm::SetApartWhatTheSealSets(&checked->result.conformance);
  checked->result.annex_one = AnnexOneOf(translated.report, checked->result.annex_one);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckedDocument> CheckDocument(const document::Registry& registry, absl::string_view bytes,
                                              absl::string_view language, absl::Time at, std::string* format,
                                              const elm::SkillTagger* tagger) {
  *format = document::Detect(registry, bytes).format;
  CheckedDocument checked;
  if (*format == "elm" || elm::LooksLikeCredential(bytes)) {
    // As it stands: what a translation tidies up would no longer be seen.
    ASSIGN_OR_RETURN(checked.read, elm::Read(bytes));
    checked.result = elm::Check(checked.read, language);
    if (checked.read.envelope == elm::Envelope::kSealed) AddSealFindings(bytes, at, &checked.result);
  } else {
    RETURN_IF_ERROR(CheckTranslated(registry, bytes, language, &checked));
  }
  if (tagger != nullptr) checked.result.skills = tagger->TagsOf(checked.read.credential);
  return checked;
}

}  // namespace passerelle::gateway
