#include "core/document/minimise.h"

#include <string>
#include <utility>

#include "core/base/date_time.h"
#include "core/base/status_macros.h"
#include "core/document/display.h"
#include "core/document/profile.h"
#include "core/document/score.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec.h"
#include "core/elm/constraints_profile.h"
#include "core/elm/minimise.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

// Of an element that is there: how the whole translation came by it.
void TakeOrigin(const v1::AnnexOneElement& whole, v1::AnnexOneElement* element) {
  if (!Survives(element->status()) || !Survives(whole.status())) return;
  element->set_status(whole.status());
  element->set_rule(whole.rule());
}

v1::TranslationReport ReportOf(const v1::TranslationReport& whole, elm::Elements elements,
                               const elm::v3::EuropeanDigitalCredential& credential) {
  v1::TranslationReport report;
  report.set_from(whole.from());
  report.set_to(whole.to());
  report.set_mapping_version(whole.mapping_version());
  *report.mutable_elements() = std::move(*elm::AnnexOne(credential).mutable_elements());
  for (int i = 0; i < report.elements_size(); ++i) {
    v1::AnnexOneElement* const element = report.mutable_elements(i);
    if ((elements & (elm::Elements{1} << i)) == 0) {
      element->clear_value();
      element->set_status(v1::ELEMENT_STATUS_WITHHELD);
      element->set_rule("holder.not-disclosed");
    } else if (i < whole.elements_size()) {
      TakeOrigin(whole.elements(i), element);
    }
  }
  for (const v1::Diagnostic& diagnostic : whole.diagnostics()) {
    v1::Diagnostic* const told = report.add_diagnostics();
    told->set_rule(diagnostic.rule());
    told->set_severity(diagnostic.severity());
  }
  report.set_score(Score(report));
  return report;
}

elm::Texts TitleOf(const elm::v3::EuropeanDigitalCredential& credential) {
  for (const elm::v3::ClaimNode& claim : credential.credential_subject().person().has_claim()) {
    if (claim.has_learning_achievement()) return claim.learning_achievement().title();
  }
  return {};
}

}  // namespace

absl::Status Minimise(elm::Elements elements, absl::string_view id, absl::Time at, Translated* translated) {
  ASSIGN_OR_RETURN(elm::v3::EuropeanDigitalCredential credential, elm::Minimise(*translated->credential, elements, id));
  const std::string date = base::WriteDateTime(at);
  credential.set_issued(date);
  credential.set_issuance_date(date);
  credential.set_valid_from(date);
  std::string stated;
  const bool controlled = elm::ProfileOf(*translated->credential, stated).checks_schemes;
  ClaimProfile(controlled ? "edc-generic-full" : "edc-generic-no-cv", elm::kCredentialTypeGeneric, &credential);
  AddDisplay(TitleOf(credential), {}, &credential);
  translated->report = ReportOf(translated->report, elements, credential);
  translated->content = elm::Write(credential);
  *translated->credential = std::move(credential);
  return absl::OkStatus();
}

}  // namespace passerelle::document
