// Open Badges 3.0: what a badge credential says, for every format that is one or holds one (Open Badges 3.0 itself, the
// comprehensive learner record, the Dutch profile inside an SD-JWT).
//
// Core: 1EdTech Open Badges 3.0. Profile: educredentials, which adds what Annex I asks for (ECTS, SBU, level,
// assessment, participation, supervision, quality assurance).
//
// Thread-safety: free functions; each writes to its Source and Draft.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/document/draft.h"

namespace passerelle::adapters::families {

// Whether the JSON of a member "type" names a badge credential.
bool NamesBadge3(absl::string_view type_json);

// The credential itself: validity, identifiers, what belongs to its seal.
void MapBadge3Envelope(document::Source* source, document::Draft* draft, const document::SourceNode* credential);

// Who awards. One issuer is what the model of verifiable credentials has; a document that names several is warned of.
struct Badge3Bodies {
  elm::v3::Organisation* first;
  std::vector<elm::v3::Organisation*> further;
};

// Its issuer, as the awarding body: into `first`, and those beside it into bodies of the draft.
Badge3Bodies MapBadge3Issuer(document::Source* source, const document::SourceNode* credential, document::Draft* draft,
                             elm::v3::Organisation* first);

// The learner, as far as a badge names one: an identifier, or a hash that can be compared and not reversed.
void MapBadge3Learner(document::Source* source, const document::SourceNode* subject, document::Draft* draft);

// What was awarded to several people must never meet in one translation: subjects of a credential have one id. Problem:
// kSeveralSubjects with the place of the first other one.
absl::Status CheckOneSubject(const document::Source& source, const document::SourceNode* credential);

// A badge holds what was achieved. Problem: kReferenceNotEmbedded with the place of an address in its stead.
absl::Status CheckEmbedded(const document::Source& source, const document::SourceNode* credential);

// The learner of a record, as its credentials name one: all by the same id and by the same name; those without an id by
// the same e-mail address and the same identifiers of a type, too.
class OneLearner {
 public:
  // Problem: kSeveralSubjects with the place of a subject that is somebody else.
  absl::Status Meet(const document::Source& source, const document::SourceNode* subject);

 private:
  using Identifiers = std::map<std::string, std::set<std::string>>;  // by type; hashes cannot be compared

  static Identifiers IdentifiersOf(const document::Source& source, const document::SourceNode* subject);

  std::string id_;
  std::string name_;
  Identifiers identifiers_;
};

// The first status of a result, if of no achievement of the credential anything was passed: failed, withdrawn, or not
// finished; where none is stated, the first value below what is required. Null otherwise.
const document::SourceNode* NotPassed(const document::Source& source, const document::SourceNode* credential);

// The same as a refusal. Problems: kNothingAwarded, and kResultNotFinal for what is not finished.
absl::Status CheckPassed(const document::Source& source, const document::SourceNode* credential);

// Leaves out what was not passed, with a warning at the status.
void DropNotPassed(document::Source* source, const document::SourceNode* status, const document::SourceNode* node);

// What was achieved: one claim for each achievement of the credential's subject that was not failed. The last of them,
// null for none.
document::DraftAchievement* MapBadge3Claims(document::Source* source, const document::SourceNode* credential,
                                            document::Draft* draft, const Badge3Bodies& bodies);

}  // namespace passerelle::adapters::families
