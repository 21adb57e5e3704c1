#include "core/document/draft.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/date_time.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/display.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kDigestDigits = 32;

bool HasCountry(const elm::v3::Organisation& body) {
  for (const elm::v3::Location& location : body.location()) {
    for (const elm::v3::Address& address : location.address()) {
      if (address.has_country_code()) return true;
    }
  }
  return false;
}

// What an agent can hold of an organisation; web addresses become notes.
elm::v3::Agent AgentOf(const elm::v3::Organisation& body) {
  elm::v3::Agent agent;
  agent.add_type("Agent");  // stated, so that even an agent without a property is no mere reference
  *agent.mutable_pref_label() = body.legal_name();
  *agent.mutable_alt_label() = body.alt_label();
  *agent.mutable_identifier() = body.identifier();
  *agent.mutable_contact_point() = body.contact_point();
  *agent.mutable_additional_note() = body.additional_note();
  if (HasCountry(body)) *agent.mutable_location() = body.location();
  for (const elm::v3::WebResource& page : body.homepage()) {
    elm::AddNote("en", absl::StrCat("Web address: ", page.content_url()), agent.mutable_additional_note());
  }
  return agent;
}

}  // namespace

Draft::Draft(Source* source, absl::string_view bytes) : Draft(source, bytes, "") {}

Draft::Draft(Source* source, absl::string_view bytes, absl::string_view suffix)
    : source_(source), prefix_(absl::StrCat("urn:passerelle:", base::Sha256Hex(bytes).substr(0, kDigestDigits))) {
  if (!suffix.empty()) absl::StrAppend(&prefix_, ":", suffix);
  bodies_.emplace_back();
}

DraftAchievement& Draft::AddAchievement(const SourceNode* place) {
  source_->SetScope(++claims_);
  if (++count_ > base::kAchievementsMax) return surplus_ = DraftAchievement();
  DraftAchievement& achievement = achievements_.emplace_back();
  achievement.place = place;
  return achievement;
}

DraftAchievement& Draft::AddPart(DraftAchievement* whole, const SourceNode* place) {
  source_->SetScope(claims_);
  source_->Origin("A1-O04", v1::ELEMENT_STATUS_STATED, place, "");
  source_->SetScope(Source::kNoScope);
  if (++count_ > base::kAchievementsMax) return surplus_ = DraftAchievement();
  DraftAchievement& part = whole->parts.emplace_back();
  part.place = place;
  part.body = whole->body;
  ShareBodies(whole->further_bodies, &part);
  return part;
}

// Each body is named in every achievement: the allowance of the document bounds them.
void Draft::ShareBodies(const std::vector<elm::v3::Organisation*>& bodies, DraftAchievement* achievement) {
  source_->Charge(bodies.size() * base::kWrittenValueBytes);
  if (!source_->IsExhausted()) achievement->further_bodies = bodies;
}

Targets Draft::DocumentTargets() {
  Targets targets;
  targets.credential = &credential_;
  targets.subject = &learner_;
  targets.body = &body();
  targets.present = &present_;
  return targets;
}

Targets Draft::TargetsOf(DraftAchievement& achievement) {
  Targets targets = DocumentTargets();
  targets.achievement = &achievement.achievement;
  targets.qualification = &achievement.qualification;
  targets.assessment = &achievement.assessment;
  targets.activity = &achievement.activity;
  if (achievement.body != nullptr) targets.body = achievement.body;
  return targets;
}

std::string Draft::NextId(absl::string_view kind) {
  return absl::StrCat(prefix_, ":", kind, ":", ++counters_[std::string(kind)]);
}

// An organisation needs a name and a country; without them it is an agent, never a guess. Written in full once.
elm::v3::AgentNode Draft::FinishBody(const elm::v3::Organisation& body) {
  elm::v3::AgentNode& written = written_bodies_[&body];
  if (written.node_case() != elm::v3::AgentNode::NODE_NOT_SET) {
    elm::v3::AgentNode reference;
    if (written.has_organisation()) {
      reference.mutable_organisation()->set_id(written.organisation().id());
    } else {
      reference.mutable_agent()->set_id(written.agent().id());
    }
    return reference;
  }
  const std::string id = NextId("awarding-body");
  if (!body.legal_name().empty() && HasCountry(body)) {
    *written.mutable_organisation() = body;
    written.mutable_organisation()->set_id(id);
  } else {
    *written.mutable_agent() = AgentOf(body);
    written.mutable_agent()->set_id(id);
  }
  if (body.legal_name().empty()) {
    source_->Warn("issuer.by-reference", source_->root(),
                  "The awarding body has no name; its identifiers, if any, lead to it.");
    constexpr char kRule[] = "issuer.by-reference";
    const v1::ElementStatus status =
        body.identifier().empty() ? v1::ELEMENT_STATUS_MISSING : v1::ELEMENT_STATUS_BY_REFERENCE;
    source_->Origin("A1-M04", status, nullptr, kRule);
    source_->Demote("A1-M04", status, kRule);
  }
  return written;
}

// The model demands a grade of an assessment: without one, only its specification is left, and a check of identity has
// no field.
void Draft::FinishAssessment(DraftAchievement* draft) {
  elm::v3::LearningAssessment& assessment = draft->assessment;
  const elm::Texts& title = draft->achievement.title();
  // An assessment takes one specification; the others stand at the qualification, which takes many.
  while (assessment.specified_by_size() > 1 && assessment.has_grade()) {
    auto& other = *assessment.mutable_specified_by(assessment.specified_by_size() - 1);
    if (other.title().empty()) *other.mutable_title() = title;
    *draft->qualification.add_proven_by() = std::move(other);
    assessment.mutable_specified_by()->RemoveLast();
  }
  for (auto& specification : *assessment.mutable_specified_by()) {
    if (specification.title().empty()) *specification.mutable_title() = title;
    const bool unnamed = specification.has_grading_scheme() && specification.grading_scheme().title().empty();
    if (unnamed) *specification.mutable_grading_scheme()->mutable_title() = specification.title();
  }
  if (assessment.has_grade()) {
    assessment.set_id(NextId("assessment"));
    if (assessment.title().empty()) *assessment.mutable_title() = title;
    assessment.mutable_awarded_by()->set_id(draft->achievement.awarded_by().id());
    *draft->achievement.add_proven_by() = std::move(assessment);
    return;
  }
  for (auto& specification : *assessment.mutable_specified_by()) {
    *draft->qualification.add_proven_by() = std::move(specification);
  }
  if (assessment.has_id_verification()) {
    source_->Note("supervision.no-grade", draft->place,
                  "The model holds supervision only beside a grade; it is kept as a note.");
    source_->Demote("A1-O02", v1::ELEMENT_STATUS_TEXT, "supervision.no-grade");
    const auto& labels = assessment.id_verification().pref_label();
    elm::AddNote("en", absl::StrCat("Supervision: ", labels.empty() ? "" : labels.Get(0).value()),
                 draft->qualification.mutable_additional_note());
  }
  for (const auto& note : assessment.additional_note()) *draft->qualification.add_additional_note() = note;
}

// The activity of the draft, and those that the adapter put into the achievement itself.
void Draft::FinishActivities(DraftAchievement* draft) {
  elm::v3::LearningAchievement& achievement = draft->achievement;
  if (draft->activity.ByteSizeLong() > 0) *achievement.add_influenced_by() = std::move(draft->activity);
  for (elm::v3::LearningActivity& activity : *achievement.mutable_influenced_by()) {
    activity.set_id(NextId("activity"));
    if (activity.title().empty()) *activity.mutable_title() = achievement.title();
    if (activity.has_specified_by() && activity.specified_by().title().empty()) {
      *activity.mutable_specified_by()->mutable_title() = activity.title();
    }
    activity.mutable_awarded_by()->set_id(achievement.awarded_by().id());
  }
}

// Recursive; adapters bound the depth of parts to kPartsDepthMax.
absl::Status Draft::FinishAchievement(DraftAchievement* draft, elm::v3::LearningAchievement* result) {
  elm::v3::LearningAchievement& achievement = draft->achievement;
  if (achievement.title().empty()) *achievement.mutable_title() = draft->qualification.title();
  if (achievement.title().empty()) return Problem(Reason::kTitleMissing, source_->tree().Path(draft->place));
  achievement.set_id(NextId("achievement"));
  auto* const process = achievement.mutable_awarded_by();
  process->set_id(NextId("awarding"));
  *process->add_awarding_body() = FinishBody(draft->body == nullptr ? body() : *draft->body);
  for (const elm::v3::Organisation* further : draft->further_bodies) {
    *process->add_awarding_body() = FinishBody(*further);
  }
  for (auto& entitlement : *achievement.mutable_entitles_to()) {
    entitlement.mutable_awarded_by()->set_id(process->id());
  }
  FinishActivities(draft);
  FinishAssessment(draft);
  draft->qualification.set_id(NextId("qualification"));
  if (draft->qualification.title().empty()) *draft->qualification.mutable_title() = achievement.title();
  *achievement.mutable_specified_by()->mutable_qualification() = std::move(draft->qualification);
  for (DraftAchievement& part : draft->parts) {
    RETURN_IF_ERROR(FinishAchievement(&part, achievement.add_has_part()));
  }
  *result = std::move(achievement);
  return absl::OkStatus();
}

// The date from which the credential holds: what the source says, the first award, and the translation's as the last.
void Draft::WriteValidFrom(const ImportOptions& options) {
  if (!credential_.valid_from().empty()) return;
  for (const DraftAchievement& draft : achievements_) {
    if (draft.achievement.awarded_by().awarding_date().empty()) continue;
    credential_.set_valid_from(draft.achievement.awarded_by().awarding_date());
    source_->Supply("C.validFrom", kDerived, "date.valid-from-award");
    return;
  }
  source_->Warn("date.translation", source_->root(),
                "The document has no date; the credential holds from its translation.");
  source_->Supply("C.validFrom", kDefaulted, "date.translation");
  credential_.set_valid_from(base::WriteDateTime(options.translation_time));
}

void Draft::WriteDisplay(const elm::Texts& title) { AddDisplay(title, source_->languages(), &credential_); }

absl::StatusOr<Imported> Draft::Finish(const ImportOptions& options) {
  if (achievements_.empty()) return Problem(Reason::kNothingAwarded, source_->tree().Path(source_->root()));
  if (count_ > base::kAchievementsMax) {
    return Problem(Reason::kInputTooLarge, source_->tree().Path(source_->root()),
                   absl::StrCat("more than ", base::kAchievementsMax, " achievements"));
  }
  RETURN_IF_ERROR(source_->CheckAllowance());
  credential_.set_id(absl::StrCat(prefix_, ":credential"));
  credential_.clear_type();
  credential_.add_type("VerifiableCredential");
  credential_.add_type("EuropeanDigitalCredential");
  WriteValidFrom(options);
  learner_.set_id(absl::StrCat(prefix_, ":learner"));
  auto* const person = credential_.mutable_credential_subject()->mutable_person();
  *person = std::move(learner_);
  int scope = 0;
  for (DraftAchievement& draft : achievements_) {
    source_->SetScope(++scope);
    RETURN_IF_ERROR(FinishAchievement(&draft, person->add_has_claim()->mutable_learning_achievement()));
  }
  WriteDisplay(person->has_claim(0).learning_achievement().title());
  Imported imported;
  imported.credential = std::move(credential_);
  source_->Close(&imported);
  return imported;
}

}  // namespace passerelle::document
