// A European credential while an adapter puts it together: the parts that every format needs, and what the model
// demands of them, done once.
//
//   Draft draft(&source, bytes);
//   draft.body().mutable_legal_name() …            through rules with targets(…)
//   DraftAchievement& achievement = draft.AddAchievement();
//   Apply(kAchievement, node, {&source, draft.TargetsOf(achievement)});
//   return draft.Finish(options);
//
// Finish gives ids (the same for the same bytes), turns an awarding body without name or country into an agent, moves
// an assessment without a grade into the specification, writes the presentation that the model demands, and accounts
// for the source.
//
// Thread-safety: for one thread. Ownership: borrows the Source; owns what it hands out until Finish.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/document/source.h"
#include "core/document/targets.h"

namespace passerelle::document {

// An achievement with everything that belongs to it. Fill what the source states; leave the rest.
struct DraftAchievement {
  elm::v3::LearningAchievement achievement;
  elm::v3::Qualification qualification;
  elm::v3::LearningAssessment assessment;
  elm::v3::LearningActivity activity;
  // The awarding body, when it is not that of the document (Draft::AddBody).
  elm::v3::Organisation* body = nullptr;
  // Who awarded it together with that one.
  std::vector<elm::v3::Organisation*> further_bodies;
  std::list<DraftAchievement> parts;
  const SourceNode* place = nullptr;  // for refusals
};

class Draft {
 public:
  // `bytes` are the document as received; ids come from their digest.
  Draft(Source* source, absl::string_view bytes);
  // For several documents of one file: their ids must differ.
  Draft(Source* source, absl::string_view bytes, absl::string_view suffix);

  elm::v3::EuropeanDigitalCredential& credential() { return credential_; }
  elm::v3::Person& learner() { return learner_; }
  // The awarding body of the document.
  elm::v3::Organisation& body() { return bodies_.front(); }
  // A further one.
  elm::v3::Organisation* AddBody() { return &bodies_.emplace_back(); }

  // A claim of the learner, or a part of an achievement. Scopes of the Source follow: call them in the order of the
  // document and apply rules to one before the next. Above kAchievementsMax nothing more is kept and Finish refuses.
  DraftAchievement& AddAchievement(const SourceNode* place);
  DraftAchievement& AddPart(DraftAchievement* whole, const SourceNode* place);

  // Gives an achievement the bodies that awarded another together with the first.
  void ShareBodies(const std::vector<elm::v3::Organisation*>& bodies, DraftAchievement* achievement);

  // What the anchors of rules stand for; without an achievement, those of the document alone.
  Targets DocumentTargets();
  Targets TargetsOf(DraftAchievement& achievement);

  // The credential with its account.
  // Problems: kNothingAwarded without an achievement, kTitleMissing, kInputTooLarge.
  absl::StatusOr<Imported> Finish(const ImportOptions& options);

 private:
  absl::Status FinishAchievement(DraftAchievement* draft, elm::v3::LearningAchievement* result);
  void FinishAssessment(DraftAchievement* draft);
  void FinishActivities(DraftAchievement* draft);
  elm::v3::AgentNode FinishBody(const elm::v3::Organisation& body);
  void WriteValidFrom(const ImportOptions& options);
  void WriteDisplay(const elm::Texts& title);
  std::string NextId(absl::string_view kind);

  Source* source_;
  std::string prefix_;
  elm::v3::EuropeanDigitalCredential credential_;
  elm::v3::Person learner_;
  std::list<elm::v3::Organisation> bodies_;
  std::list<DraftAchievement> achievements_;
  DraftAchievement surplus_;
  PresentEntries present_;
  size_t count_ = 0;
  int claims_ = 0;
  absl::flat_hash_map<std::string, int> counters_;
  absl::flat_hash_map<const elm::v3::Organisation*, elm::v3::AgentNode> written_bodies_;
};

}  // namespace passerelle::document
