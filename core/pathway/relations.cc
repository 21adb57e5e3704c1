#include "core/pathway/relations.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/pathway/amount.h"
#include "core/pathway/matching.h"

namespace passerelle::pathway {
namespace {

using base::Problem;
using base::Reason;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

bool HasOneInCommon(const Texts& a, const Texts& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& text) { return std::find(b.begin(), b.end(), text) != b.end(); });
}

// The scheme of an identifier, such as "schac" or "did".
absl::string_view SchemeOf(const std::string& identifier) {
  const size_t colon = identifier.find(':');
  return colon == std::string::npos ? "" : absl::string_view(identifier).substr(0, colon);
}

// One body has one identifier of a scheme; identifiers of two schemes may be of one body.
Answer SameProvider(const v1::Item& a, const v1::Item& b) {
  if (HasOneInCommon(a.providers(), b.providers())) return Answer::kYes;
  for (const std::string& first : a.providers()) {
    const bool other_of_scheme =
        std::any_of(b.providers().begin(), b.providers().end(),
                    [&first](const std::string& second) { return SchemeOf(first) == SchemeOf(second); });
    if (other_of_scheme) return Answer::kNo;
  }
  return Answer::kUnknown;
}

Answer SameVersion(const v1::Item& a, const v1::Item& b) {
  if (a.course_version() == b.course_version()) return Answer::kYes;
  return a.course_version().empty() || b.course_version().empty() ? Answer::kUnknown : Answer::kNo;
}

// Whether both look the same where nothing says of which course they are.
bool LookTheSame(const v1::Item& a, const v1::Item& b) {
  return (a.specifications().empty() || b.specifications().empty()) && !a.title().empty() && a.title() == b.title() &&
         a.award_date() == b.award_date() && SameProvider(a, b) == Answer::kYes;
}

Answer SameCourse(const v1::Item& a, const v1::Item& b) {
  if (LookTheSame(a, b)) return Answer::kUnknown;
  if (!HasOneInCommon(a.specifications(), b.specifications())) return Answer::kNo;
  return std::min(SameProvider(a, b), SameVersion(a, b));
}

using Edges = std::vector<std::vector<size_t>>;

// From every item to the presented ones that it names.
Edges EdgesOf(const std::vector<v1::Item>& items, const Texts& (v1::Item::*named)() const) {
  std::multimap<std::string, size_t> by_id;
  for (size_t i = 0; i < items.size(); ++i) by_id.emplace(items[i].id(), i);
  Edges edges(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    for (const std::string& id : (items[i].*named)()) {
      const auto [begin, end] = by_id.equal_range(id);
      for (auto found = begin; found != end; ++found) edges[i].push_back(found->second);
    }
  }
  return edges;
}

// A way from an item back to itself, as numbers of items; empty when there is none. Walks without recursion, every item
// once.
std::vector<size_t> FindCircle(const Edges& edges) {
  enum class Mark { kNew, kOpen, kDone };
  std::vector<Mark> marks(edges.size(), Mark::kNew);
  for (size_t start = 0; start < edges.size(); ++start) {
    if (marks[start] != Mark::kNew) continue;
    std::vector<std::pair<size_t, size_t>> way = {{start, 0}};  // item, and the next of its edges
    marks[start] = Mark::kOpen;
    while (!way.empty()) {
      auto& [item, edge] = way.back();
      if (edge == edges[item].size()) {
        marks[item] = Mark::kDone;
        way.pop_back();
        continue;
      }
      const size_t next = edges[item][edge++];
      if (marks[next] == Mark::kOpen) {
        std::vector<size_t> circle;
        for (const auto& step : way) circle.push_back(step.first);
        circle.erase(circle.begin(), std::find(circle.begin(), circle.end(), next));
        return circle;
      }
      if (marks[next] == Mark::kDone) continue;
      marks[next] = Mark::kOpen;
      way.emplace_back(next, 0);
    }
  }
  return {};
}

absl::Status CheckCircle(const Edges& edges, absl::string_view field) {
  const std::vector<size_t> circle = FindCircle(edges);
  if (circle.empty()) return absl::OkStatus();
  std::string way;
  for (const size_t item : circle) absl::StrAppend(&way, "items[", item, "] -> ");
  return Problem(Reason::kBundleCyclic, absl::StrCat("items[", circle.front(), "].", field),
                 absl::StrCat("it leads back to itself: ", way, "items[", circle.front(), "]"));
}

std::vector<std::vector<bool>> Closure(const Edges& edges) {
  std::vector<std::vector<bool>> reached(edges.size(), std::vector<bool>(edges.size()));
  for (size_t start = 0; start < edges.size(); ++start) {
    std::vector<size_t> open = edges[start];
    while (!open.empty()) {
      const size_t item = open.back();
      open.pop_back();
      if (reached[start][item]) continue;
      reached[start][item] = true;
      open.insert(open.end(), edges[item].begin(), edges[item].end());
    }
  }
  return reached;
}

// For every pair of items, whether something is a part of both, presented or only named.
std::vector<std::vector<bool>> CommonParts(const std::vector<v1::Item>& items,
                                           const std::vector<std::vector<bool>>& parts) {
  std::map<std::string, std::vector<size_t>> wholes;  // by id of the part
  for (size_t whole = 0; whole < items.size(); ++whole) {
    std::set<std::string> ids(items[whole].parts().begin(), items[whole].parts().end());
    for (size_t part = 0; part < items.size(); ++part) {
      if (parts[whole][part]) ids.insert(items[part].id());
    }
    for (const std::string& id : ids) wholes[id].push_back(whole);
  }
  std::vector<std::vector<bool>> common(items.size(), std::vector<bool>(items.size()));
  for (const auto& [id, having] : wholes) {
    for (const size_t a : having) {
      for (const size_t b : having) common[a][b] = true;
    }
  }
  return common;
}

// The parts directly below a whole, together, against the whole; only where all of them state credits.
bool StateMore(const std::vector<v1::Item>& items, const std::vector<size_t>& parts, size_t whole) {
  std::map<std::string, Amount> by_id;
  for (const size_t part : parts) by_id[items[part].id()] = CreditsOf(items[part]).low;
  Amount sum = 0;
  for (const auto& [id, credits] : by_id) sum += credits;
  return sum > CreditsOf(items[whole]).high;
}

}  // namespace

absl::string_view RelationWord(Relation relation) {
  switch (relation) {
    case Relation::kPresentedTwice:
      return "PRESENTED_TWICE";
    case Relation::kSameCourse:
      return "SAME_COURSE";
    case Relation::kPart:
      return "PART_OF";
    case Relation::kCommonPart:
      return "COMMON_PART";
    case Relation::kOverlap:
      return "OVERLAP";
  }
  return "";
}

absl::Status CheckRelations(const std::vector<v1::Item>& items) {
  const absl::Status parts = CheckCircle(EdgesOf(items, &v1::Item::parts), "parts");
  if (!parts.ok()) return parts;
  return CheckCircle(EdgesOf(items, &v1::Item::supersedes), "supersedes");
}

bool OverlapsTooMuch(const v1::Item& a, const v1::Item& b, const v1::OverlapRule& rule) {
  if (rule.same_provider() && !HasOneInCommon(a.providers(), b.providers())) return false;
  const std::set<std::string> first(a.outcomes().begin(), a.outcomes().end());
  const std::set<std::string> second(b.outcomes().begin(), b.outcomes().end());
  if (first.empty() || second.empty()) return false;
  const auto shared =
      std::count_if(first.begin(), first.end(), [&](const std::string& o) { return second.count(o) > 0; });
  const Amount smaller = static_cast<Amount>(std::min(first.size(), second.size()));
  const Amount fraction = ParseAmount(rule.fraction()).value_or(kOneCredit);
  return shared * kOneCredit > smaller * fraction;
}

std::string NeededOfOverlap(const v1::OverlapRule& rule) {
  return absl::StrCat("no two items", rule.same_provider() ? " of one awarding body" : "", " share more than ",
                      WriteShare(ParseAmount(rule.fraction()).value_or(kOneCredit), kOneCredit), " of their outcomes");
}

Relations::Relations(const std::vector<v1::Item>& items, const v1::Pathway& pathway)
    : pairs_(items.size(), std::vector<std::optional<Relation>>(items.size())),
      maybe_same_(items.size(), std::vector<bool>(items.size())),
      exceeded_(items.size()) {
  const Edges edges = EdgesOf(items, &v1::Item::parts);
  parts_ = Closure(edges);
  const std::vector<std::vector<bool>> common = CommonParts(items, parts_);
  const v1::OverlapRule* overlap = nullptr;
  for (const v1::Rule& rule : pathway.rules()) {
    const bool excludes = rule.has_max_overlap() && rule.max_overlap().action() == v1::OVERLAP_ACTION_EXCLUDE;
    if (excludes) overlap = &rule.max_overlap();
  }
  for (size_t a = 0; a < items.size(); ++a) {
    exceeded_[a] = StateMore(items, edges[a], a);
    for (size_t b = 0; b < items.size(); ++b) {
      if (a == b) continue;
      std::optional<Relation>& relation = pairs_[a][b];
      if (items[a].id() == items[b].id()) {
        relation = Relation::kPresentedTwice;
      } else if (parts_[a][b] || parts_[b][a]) {
        relation = Relation::kPart;
      } else if (common[a][b]) {
        relation = Relation::kCommonPart;
      } else if (SameCourse(items[a], items[b]) == Answer::kYes) {
        relation = Relation::kSameCourse;
      } else if (overlap != nullptr && OverlapsTooMuch(items[a], items[b], *overlap)) {
        relation = Relation::kOverlap;
      }
      maybe_same_[a][b] = !relation.has_value() && SameCourse(items[a], items[b]) == Answer::kUnknown;
    }
  }
}

}  // namespace passerelle::pathway
