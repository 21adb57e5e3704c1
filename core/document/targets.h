// Where values go: paths of the European model as mapping rules write them, and what they mean.
//
// A path begins with an anchor, as docs/adding-an-adapter.md has them: C the credential, S its subject, A an
// achievement, Q the qualification that specifies it, T the assessment that proves it, V the activity that led to it,
// B the awarding body, and of catalogues O a learning opportunity. Terms of the model follow: "Q.creditPoint",
// "A.awardedBy.awardingDate". Where a term on the way may have several values, a new one is begun;
// "T.specifiedBy[0].dcType" takes the first instead. "#A1-M11" at the end names the element of Annex I that a note
// speaks of.
//
// Thread-safety: free functions on values; a Targets belongs to one thread. Ownership: Targets points, owns nothing.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/elm/rules/text.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::document {

// Which messages stand in repeated fields already, by their digests: each entry is read once, however many follow it.
// An entry that is changed where it stands may be written a second time; one that is not there is never taken for
// present.
//
// Thread-safety: for one thread. Belongs to the owner of the messages, and must not outlive them.
class PresentEntries {
 public:
  // Whether an entry of the message's repeated field equals the value.
  bool Has(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
           const google::protobuf::Message& value);
  // Whether a specification of the assessment is of the kind, which is the id of a concept.
  bool HasKind(const elm::v3::LearningAssessment& assessment, const std::string& id);

 private:
  struct List {
    int size = 0;     // entries that were read
    size_t last = 0;  // the digest of the last of them
    absl::flat_hash_map<size_t, int> places;
  };
  struct Kinds {
    int size = 0;  // specifications that were read
    absl::flat_hash_map<std::string, int> places;
  };
  absl::flat_hash_map<std::pair<const void*, const void*>, List> lists_;  // by message and field
  absl::flat_hash_map<const void*, Kinds> kinds_;                         // by assessment
};

// What the anchors stand for. Null for what a table does not use.
struct Targets {
  elm::v3::EuropeanDigitalCredential* credential = nullptr;
  elm::v3::Person* subject = nullptr;
  elm::v3::LearningAchievement* achievement = nullptr;
  elm::v3::Qualification* qualification = nullptr;
  elm::v3::LearningAssessment* assessment = nullptr;
  elm::v3::LearningActivity* activity = nullptr;
  elm::v3::Organisation* body = nullptr;
  elm::v3::LearningOpportunity* opportunity = nullptr;
  // Without it, PutMessage compares with every entry of a repeated field.
  PresentEntries* present = nullptr;
};

// Puts a text where the path leads: into a field of texts, a note, a web resource's address, or a plain string. kKept
// if it stands there; kWidened if there was one in the same language already and it became a note beside it; kDropped
// if the field holds one value and has it, or the path leads nowhere.
v1::LossClass PutText(const Targets& targets, absl::string_view path, absl::string_view language,
                      absl::string_view value);

// Puts a concept. kDropped if the field holds one and has another.
v1::LossClass PutConcept(const Targets& targets, absl::string_view path, const elm::v3::Concept& value);

// A kind of assessment, at the first specification of T; a further one at another, since the profile of credentials
// allows a specification one kind. kKept for one that is there already.
inline constexpr absl::string_view kAssessmentKind = "T.specifiedBy[0].dcType";
v1::LossClass PutAssessmentKind(const Targets& targets, const elm::v3::Concept& kind);

// Puts a message that the path's field holds, such as a CreditPoint or a Note; one that stands there already stays one.
// kDropped as above.
v1::LossClass PutMessage(const Targets& targets, absl::string_view path, const google::protobuf::Message& value);

// Whether the repeated field of a message, by its name, has an entry like the value.
bool IsListed(const Targets& targets, const google::protobuf::Message& message, const std::string& field,
              const google::protobuf::Message& value);

// Whether the path leads to a field of the model at all.
bool IsTarget(absl::string_view path);

// The element of Annex I that a value at the path states; empty for none.
absl::string_view ElementOfTarget(absl::string_view path);

// Whether the path holds prose only, so that the element is stated as text whatever stands there.
bool IsProse(absl::string_view path);

}  // namespace passerelle::document
