#include "core/federation/route.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/base/proto_time.h"
#include "core/base/status_macros.h"
#include "core/federation/node_map_check.h"

namespace passerelle::federation {
namespace {

using base::Problem;
using base::Reason;

constexpr uint32_t kLevelLeast = 1;
constexpr uint32_t kRoutedLevelMost = 8;

constexpr std::pair<v1::RoutePurpose, absl::string_view> kPurposes[] = {
    {v1::ROUTE_PURPOSE_RECOGNITION, "recognition"},
    {v1::ROUTE_PURPOSE_FURTHER_LEARNING, "further-learning"},
    {v1::ROUTE_PURPOSE_EMPLOYMENT, "employment"},
    {v1::ROUTE_PURPOSE_AUTHENTICITY, "authenticity"}};

// The Commission's lists use EL and UK in places; ISO 3166-1 has GR and GB.
std::string CountryOf(const std::string& country) {
  if (country == "EL") return "GR";
  if (country == "UK") return "GB";
  return country;
}

struct Candidate {
  const v1::Node* node;
  std::string authority;
  uint32_t level_min;
  uint32_t level_max;
  size_t field_digits;       // of the code that covers the question's field; 0 for all fields
  bool needs_level = false;  // whether it answers depends on what the question leaves open
  bool needs_field = false;
  std::string because = "";

  bool IsSure() const { return !needs_level && !needs_field; }
  bool IsSame(const Candidate& other) const { return node == other.node && authority == other.authority; }
  // Whether its scope lies within the other's and is not the same.
  bool IsWithin(const Candidate& other) const {
    const bool within =
        level_min >= other.level_min && level_max <= other.level_max && field_digits >= other.field_digits;
    const bool same =
        level_min == other.level_min && level_max == other.level_max && field_digits == other.field_digits;
    return within && !same;
  }
};

std::string Named(const v1::Node& node, absl::string_view authority) {
  return absl::StrCat(authority, " (node ", node.id(), ")");
}

std::string ScopeOf(const v1::Competence& competence) {
  std::string scope;
  if (competence.level_min() != 0 || competence.level_max() != 0) {
    absl::StrAppend(&scope, ", levels ", std::max(competence.level_min(), kLevelLeast), " to ",
                    competence.level_max() == 0 ? kRoutedLevelMost : competence.level_max());
  }
  if (!competence.fields().empty()) absl::StrAppend(&scope, ", fields ", absl::StrJoin(competence.fields(), " "));
  return scope.empty() ? ", every level and field" : scope;
}

class Search {
 public:
  Search(const NodeDirectory& directory, const v1::RouteQuestion& question, absl::Time now)
      : directory_(directory), question_(question), now_(now) {}

  v1::RouteAnswer Run() {
    for (const v1::Node& node : directory_.map().nodes()) {
      for (const v1::Competence& competence : node.competences()) Consider(node, competence);
    }
    LeaveWiderOnes();
    answer_.set_map_version(directory_.map().version());
    answer_.set_map_stale(directory_.AgeAt(now_) == MapAge::kStale);
    if (candidates_.empty()) {
      Unknown();
    } else if (candidates_.size() == 1 && candidates_.front().IsSure()) {
      answer_.set_outcome(v1::ROUTE_OUTCOME_FOUND);
    } else {
      Ambiguous();
    }
    for (const Candidate& candidate : candidates_) Write(candidate);
    return std::move(answer_);
  }

 private:
  void Step(absl::string_view step) { answer_.add_steps(std::string(step)); }

  void Consider(const v1::Node& node, const v1::Competence& competence) {
    const auto& purposes = competence.purposes();
    const auto& countries = competence.countries();
    const bool purpose = std::find(purposes.begin(), purposes.end(), question_.purpose()) != purposes.end();
    const bool country = countries.empty()
                             ? node.country() == question_.country()
                             : std::find(countries.begin(), countries.end(), question_.country()) != countries.end();
    if (!country) return;
    country_known_ = true;
    const std::string authority = competence.authority().empty() ? node.competent_authority() : competence.authority();
    const std::string name = Named(node, authority);
    if (!purpose) return;
    if (node.state() != v1::NODE_STATE_ACTIVE) return Step(absl::StrCat(name, " is left out: the node is not active"));
    Candidate candidate{&node, authority, std::max(competence.level_min(), kLevelLeast),
                        competence.level_max() == 0 ? kRoutedLevelMost : competence.level_max(), 0};
    const std::string why_not = Covers(competence, candidate);
    if (!why_not.empty()) return Step(absl::StrCat(name, " is left out: ", why_not));
    candidate.because =
        absl::StrCat("answers ", PurposeWord(question_.purpose()), " for ", question_.country(), ScopeOf(competence));
    Step(absl::StrCat(name, " ", candidate.IsSure() ? "answers" : "may answer", ": it ", candidate.because));
    candidates_.push_back(std::move(candidate));
  }

  // Why the competence does not cover level and field; empty when it does, or may.
  std::string Covers(const v1::Competence& competence, Candidate& candidate) const {
    const bool every_level = candidate.level_min == kLevelLeast && candidate.level_max == kRoutedLevelMost;
    if (question_.level() == 0) {
      candidate.needs_level = !every_level;
    } else if (question_.level() < candidate.level_min || question_.level() > candidate.level_max) {
      return absl::StrCat("level ", question_.level(), " is not within ", candidate.level_min, " to ",
                          candidate.level_max);
    }
    if (competence.fields().empty()) return "";
    bool partly = false;
    for (const std::string& field : competence.fields()) {
      if (!question_.field().empty() && absl::StartsWith(question_.field(), field)) {
        candidate.field_digits = std::max(candidate.field_digits, field.size());
      } else if (absl::StartsWith(field, question_.field())) {
        partly = true;
      }
    }
    if (candidate.field_digits > 0) return "";
    if (!partly)
      return absl::StrCat("field ", question_.field(), " is none of ", absl::StrJoin(competence.fields(), " "));
    candidate.needs_field = true;
    // It would be narrower than the question, whichever of its fields is meant.
    candidate.field_digits = question_.field().size() + 1;
    return "";
  }

  void LeaveWiderOnes() {
    std::vector<Candidate> left;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      const Candidate& candidate = candidates_[i];
      const bool known = std::any_of(left.begin(), left.end(), [&](const Candidate& other) {
        return other.IsSame(candidate) && (other.IsSure() || !candidate.IsSure());
      });
      if (known) continue;
      const auto narrower = std::find_if(candidates_.begin(), candidates_.end(), [&](const Candidate& other) {
        return other.IsSure() && !other.IsSame(candidate) && other.IsWithin(candidate);
      });
      if (narrower != candidates_.end()) {
        Step(absl::StrCat(Named(*candidate.node, candidate.authority), " is left out: ",
                          Named(*narrower->node, narrower->authority), " answers for a narrower scope within its own"));
        continue;
      }
      // One that is sure takes the place of the same one that was not.
      left.erase(
          std::remove_if(left.begin(), left.end(), [&](const Candidate& other) { return other.IsSame(candidate); }),
          left.end());
      left.push_back(candidate);
    }
    candidates_ = std::move(left);
  }

  void Unknown() {
    answer_.set_outcome(v1::ROUTE_OUTCOME_UNKNOWN);
    const bool node_there = std::any_of(directory_.map().nodes().begin(), directory_.map().nodes().end(),
                                        [&](const v1::Node& node) { return node.country() == question_.country(); });
    if (!country_known_ && !node_there) {
      answer_.set_message(absl::StrCat("The node map has no authority for ", question_.country(), "."));
    } else {
      answer_.set_message(absl::StrCat("The node map names no authority of ", question_.country(), " that answers ",
                                       PurposeWord(question_.purpose()), " at this level and in this field."));
    }
  }

  void Ambiguous() {
    answer_.set_outcome(v1::ROUTE_OUTCOME_AMBIGUOUS);
    const auto needs = [this](bool Candidate::*what) {
      return std::any_of(candidates_.begin(), candidates_.end(), [&](const Candidate& one) { return one.*what; });
    };
    if (needs(&Candidate::needs_level)) answer_.add_missing("level");
    if (needs(&Candidate::needs_field)) answer_.add_missing("field");
    const std::string missing = absl::StrJoin(answer_.missing(), " and the ");
    answer_.set_message(missing.empty() ? "Several authorities answer this; choose one."
                                        : absl::StrCat("State the ", missing, " more exactly, or choose one."));
  }

  void Write(const Candidate& candidate) {
    v1::RouteCandidate& out = *answer_.add_candidates();
    out.set_node(candidate.node->id());
    out.set_authority(candidate.authority);
    out.set_because(candidate.because);
    for (const v1::MaintenanceWindow& window : candidate.node->maintenance()) {
      if (now_ < base::FromProto(window.begin()) || now_ >= base::FromProto(window.end())) continue;
      *out.mutable_maintenance_until() = window.end();
    }
  }

  const NodeDirectory& directory_;
  const v1::RouteQuestion& question_;
  const absl::Time now_;
  v1::RouteAnswer answer_;
  std::vector<Candidate> candidates_;
  bool country_known_ = false;
};

}  // namespace

absl::StatusOr<v1::RouteAnswer> FindAuthority(const NodeDirectory& directory, const v1::RouteQuestion& question,
                                              absl::Time now) {
  if (question.purpose() == v1::ROUTE_PURPOSE_UNSPECIFIED) return Problem(Reason::kFieldMissing, "purpose");
  if (PurposeWord(question.purpose()).empty()) {
    return Problem(Reason::kFieldInvalid, "purpose", "this version does not know it");
  }
  if (question.country().empty()) return Problem(Reason::kFieldMissing, "country");
  if (!IsCountry(question.country())) {
    return Problem(Reason::kFieldInvalid, "country", "two capital letters such as NO are expected");
  }
  if (question.level() > kRoutedLevelMost) return Problem(Reason::kFieldInvalid, "level", "levels go from 1 to 8");
  if (!question.field().empty() && !IsField(question.field())) {
    return Problem(Reason::kFieldInvalid, "field", "two to four digits of ISCED-F 2013 are expected");
  }
  if (directory.AgeAt(now) == MapAge::kOver) {
    return Problem(Reason::kNodeMapStale, "expire_time", "the map has expired");
  }
  v1::RouteQuestion asked = question;
  asked.set_country(CountryOf(question.country()));
  return Search(directory, asked, now).Run();
}

absl::string_view PurposeWord(v1::RoutePurpose purpose) {
  for (const auto& [value, word] : kPurposes) {
    if (value == purpose) return word;
  }
  return "";
}

std::optional<v1::RoutePurpose> PurposeByWord(absl::string_view word) {
  for (const auto& [value, known] : kPurposes) {
    if (known == word) return value;
  }
  return std::nullopt;
}

absl::string_view OutcomeWord(v1::RouteOutcome outcome) {
  if (outcome == v1::ROUTE_OUTCOME_FOUND) return "found";
  return outcome == v1::ROUTE_OUTCOME_AMBIGUOUS ? "ambiguous" : "unknown";
}

}  // namespace passerelle::federation
