// Who assessed the learner, where that is not the body that awarded (point 5(i) of the Recommendation).
//
// Thread-safety: one object for one thread. Ownership: points to the reading and the issuer, which must outlive it.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/authenticity/issuer_identity.h"
#include "core/elm/annex_one_reading.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::authenticity {

// Assessments and assessors of one credential that are looked at; real ones have some dozens.
// Test: tests/unit/core/authenticity/assessors_test.cc.
inline constexpr int kAssessmentsMax = 1000;

// Bodies of one achievement, and identifiers of one body, that are compared; real ones have one or two.
// Test: tests/unit/core/authenticity/assessors_test.cc.
inline constexpr size_t kComparedMax = 16;

struct Assessors {
  bool stated = false;        // whether anybody but a person is said to have assessed
  std::vector<Party> others;  // none of those that awarded, each once; an empty party is not identified
};

class AssessorReader {
 public:
  AssessorReader(const elm::Reading& reading, const elm::v3::AgentNode& issuer) : reading_(reading), issuer_(issuer) {}

  // The assessors of an achievement and of the parts of its assessments. The same as who awarded is who has the same id
  // in the document or an identifier in common; where nobody is said to have awarded, the issuer did. Of persons
  // nothing is taken: that a teacher assessed says nothing about an organisation. An empty party at the end means that
  // there are more than can be looked at.
  Assessors Of(const elm::v3::LearningAchievement& achievement);

 private:
  // An agent: its id in the document, and the identifiers that mean something elsewhere.
  struct Body {
    std::string id;
    Party party;
  };
  static bool Same(const Body& one, const Body& other);
  bool IsPerson(const elm::v3::AgentNode& node) const;
  const Body& BodyOf(const elm::v3::AgentNode& node);
  std::vector<Body> AwardingOf(const elm::v3::LearningAchievement& achievement);
  bool Collect(const elm::v3::LearningAssessment& entry, const std::vector<Body>& awarding, std::vector<Body>* seen,
               Assessors* found);
  bool Add(const elm::v3::AgentNode& node, const std::vector<Body>& awarding, std::vector<Body>* seen,
           Assessors* found);

  const elm::Reading& reading_;
  const elm::v3::AgentNode& issuer_;
  int left_ = kAssessmentsMax;
  absl::flat_hash_map<const google::protobuf::Message*, Body> bodies_;  // by where they are written out
};

}  // namespace passerelle::authenticity
