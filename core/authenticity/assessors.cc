#include "core/authenticity/assessors.h"

#include <algorithm>
#include <utility>

namespace passerelle::authenticity {
namespace {

namespace model = elm::v3;

}  // namespace

Assessors AssessorReader::Of(const model::LearningAchievement& achievement) {
  Assessors found;
  if (achievement.proven_by().empty()) return found;
  const std::vector<Body> awarding = AwardingOf(achievement);
  std::vector<Body> seen;
  const bool whole = std::all_of(
      achievement.proven_by().begin(), achievement.proven_by().end(),
      [&](const model::LearningAssessment& assessment) { return Collect(assessment, awarding, &seen, &found); });
  if (!whole) found.others.emplace_back();
  return found;
}

bool AssessorReader::Same(const Body& one, const Body& other) {
  if (!one.id.empty() && one.id == other.id) return true;
  return std::any_of(one.party.begin(), one.party.end(), [&other](const Identifier& identifier) {
    return std::any_of(other.party.begin(), other.party.end(), [&identifier](const Identifier& counterpart) {
      return counterpart.scheme == identifier.scheme && counterpart.value == identifier.value;
    });
  });
}

bool AssessorReader::IsPerson(const model::AgentNode& node) const {
  return node.has_person() || reading_.PlaceOf(node).As<model::Person>() != nullptr;
}

// Read once for each body, however often the document refers to it.
const AssessorReader::Body& AssessorReader::BodyOf(const model::AgentNode& node) {
  const elm::Placement place = reading_.PlaceOf(node);
  const auto [entry, is_new] = bodies_.try_emplace(place.node == nullptr ? &node : place.node);
  Body& body = entry->second;
  if (!is_new) return body;
  if (const auto* organisation = place.As<model::Organisation>()) {
    body = {organisation->id(), PartyOf(*organisation)};
  } else if (const auto* agent = place.As<model::Agent>()) {
    body = {agent->id(), PartyOf(*agent)};
  }
  if (body.party.size() > kComparedMax) body.party.resize(kComparedMax);
  return body;
}

std::vector<AssessorReader::Body> AssessorReader::AwardingOf(const model::LearningAchievement& achievement) {
  std::vector<Body> awarding;
  if (achievement.has_awarded_by()) {
    for (const model::AgentNode& node : reading_.Full(achievement.awarded_by()).awarding_body()) {
      if (awarding.size() == kComparedMax) break;
      if (!IsPerson(node)) awarding.push_back(BodyOf(node));
    }
  }
  if (awarding.empty() && !IsPerson(issuer_)) awarding.push_back(BodyOf(issuer_));
  return awarding;
}

// False when there is more than can be looked at. Parts that refer to each other in a circle end there too.
bool AssessorReader::Collect(const model::LearningAssessment& entry, const std::vector<Body>& awarding,
                             std::vector<Body>* seen, Assessors* found) {
  if (left_ == 0) return false;
  --left_;
  const model::LearningAssessment& assessment = reading_.Full(entry);
  for (const model::AgentNode& node : assessment.assessed_by()) {
    if (!Add(node, awarding, seen, found)) return false;
  }
  return std::all_of(assessment.has_part().begin(), assessment.has_part().end(),
                     [&](const model::LearningAssessment& part) { return Collect(part, awarding, seen, found); });
}

bool AssessorReader::Add(const model::AgentNode& node, const std::vector<Body>& awarding, std::vector<Body>* seen,
                         Assessors* found) {
  if (left_ == 0 || seen->size() == kComparedMax) return false;
  --left_;
  if (IsPerson(node)) return true;
  found->stated = true;
  const Body& body = BodyOf(node);
  const auto is_same = [&body](const Body& other) { return Same(body, other); };
  if (std::any_of(awarding.begin(), awarding.end(), is_same)) return true;
  if (std::any_of(seen->begin(), seen->end(), is_same)) return true;
  found->others.push_back(body.party);
  seen->push_back(body);
  return true;
}

}  // namespace passerelle::authenticity
