#include "core/document/minimise.h"

#include <optional>
#include <string>
#include <utility>

#include "core/base/date_time.h"
#include "core/base/problem.h"
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

// How the whole translation came by an element that may be there. What it says in notes goes with all of the others
// only, and not as an element, and what it shows in pictures never; neither must be taken for what the document does
// not state.
void TakeOrigin(const v1::AnnexOneElement& whole, v1::AnnexOneElement* element) {
  if (whole.status() == v1::ELEMENT_STATUS_MISSING || whole.status() == v1::ELEMENT_STATUS_UNSPECIFIED) return;
  if (Survives(whole.status()) && !Survives(element->status())) {
    element->set_status(v1::ELEMENT_STATUS_WITHHELD);
    element->set_rule("holder.not-carried");
    return;
  }
  element->set_status(whole.status());
  element->set_rule(whole.rule());
}

// What is not stated is not replaced by a hint: the day of this translation is none of the award's.
void ClearHint(v1::AnnexOneElement* element) {
  if (!Survives(element->status())) element->clear_value();
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
    ClearHint(element);
  }
  report.set_score(Score(report));
  return report;
}

// The original's status is not carried, since its place in a list tells which document it was.
void TellOfStatus(const elm::v3::EuropeanDigitalCredential& whole, v1::TranslationReport* report) {
  if (whole.credential_status().empty()) return;
  v1::Diagnostic* const diagnostic = report->add_diagnostics();
  diagnostic->set_rule("status.not-carried");
  diagnostic->set_message("The original names a list of what is revoked, which was not asked; the register was.");
  diagnostic->set_severity(v1::SEVERITY_WARNING);
}

// From now on, or from a later day on which the whole begins.
std::string BeginOf(const elm::v3::EuropeanDigitalCredential& whole, absl::Time at) {
  const std::optional<absl::Time> begin = base::ParseDateTime(whole.valid_from());
  return begin.has_value() && *begin > at ? whole.valid_from() : base::WriteDateTime(at);
}

// The title of the first thing that is disclosed; empty where nothing is.
elm::Texts TitleOf(const elm::v3::EuropeanDigitalCredential& credential) {
  for (const elm::v3::ClaimNode& claim : credential.credential_subject().person().has_claim()) {
    if (!claim.learning_achievement().title().empty()) return claim.learning_achievement().title();
    if (!claim.learning_activity().title().empty()) return claim.learning_activity().title();
    if (!claim.learning_assessment().title().empty()) return claim.learning_assessment().title();
    if (!claim.learning_entitlement().title().empty()) return claim.learning_entitlement().title();
  }
  return {};
}

}  // namespace

absl::Status Minimise(elm::Elements elements, absl::string_view id, absl::Time at, Translated* translated) {
  ASSIGN_OR_RETURN(elm::v3::EuropeanDigitalCredential credential, elm::Minimise(*translated->credential, elements, id));
  const std::string date = base::WriteDateTime(at);
  credential.set_issued(date);
  credential.set_issuance_date(date);
  credential.set_valid_from(BeginOf(*translated->credential, at));
  std::string stated;
  const bool controlled = elm::ProfileOf(*translated->credential, stated).checks_schemes;
  ClaimProfile(controlled ? "edc-generic-full" : "edc-generic-no-cv", elm::kCredentialTypeGeneric, &credential);
  const elm::Texts title = TitleOf(credential);
  if (title.empty()) return base::Problem(base::Reason::kNothingAwarded, "", "nothing of it is disclosed");
  AddDisplay(title, {}, &credential);
  v1::TranslationReport report = ReportOf(translated->report, elements, credential);
  TellOfStatus(*translated->credential, &report);
  translated->report = std::move(report);
  translated->content = elm::Write(credential);
  *translated->credential = std::move(credential);
  return absl::OkStatus();
}

}  // namespace passerelle::document
