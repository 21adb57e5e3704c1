#include "core/rdf/canonical.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::rdf {
namespace {

std::string HexHash(HashFunction function, absl::string_view text) {
  return function == HashFunction::kSha256 ? base::Sha256Hex(text)
                                           : absl::BytesToHexString(base::Digest(base::HashAlgorithm::kSha384, text));
}

// Identifiers in the order in which they were given out (4.5).
class IdentifierIssuer {
 public:
  explicit IdentifierIssuer(absl::string_view prefix) : prefix_(prefix) {}

  bool Has(TermId node) const { return numbers_.contains(node); }
  // The identifier of the node, made when it has none.
  std::string Issue(TermId node) {
    const auto [entry, is_new] = numbers_.try_emplace(node, order_.size());
    if (is_new) order_.push_back(node);
    return absl::StrCat(prefix_, entry->second);
  }
  const std::vector<TermId>& order() const { return order_; }

 private:
  absl::string_view prefix_;
  absl::flat_hash_map<TermId, size_t> numbers_;
  std::vector<TermId> order_;
};

// What HashNDegreeQuads makes: a hash, and the identifiers given out on the way.
struct NDegreeResult {
  std::string hash;
  IdentifierIssuer issuer;
};

// A path through related nodes that is the least so far (4.8.3, step 5).
struct ChosenPath {
  std::string path;
  std::optional<IdentifierIssuer> issuer;

  // Whether a path that begins so cannot become the least.
  bool Excludes(absl::string_view begun) const {
    return !path.empty() && begun.size() >= path.size() && begun > absl::string_view(path);
  }
};

// The algorithm of 4.4.3 with its state.
class Canonicalizer {
 public:
  Canonicalizer(const Dataset& dataset, HashFunction function)
      : dataset_(dataset), function_(function), canonical_("c14n") {}

  absl::StatusOr<CanonicalDataset> Run() {
    for (const Quad& quad : dataset_.quads()) {
      Mention(quad.subject, quad);
      if (quad.object != quad.subject) Mention(quad.object, quad);
      if (quad.graph != quad.subject && quad.graph != quad.object) Mention(quad.graph, quad);
    }
    if (mentions_.size() > base::kRdfBlankNodesMax) return TooComplex("too many blank nodes");
    std::map<std::string, std::vector<TermId>> by_hash;
    for (const TermId node : nodes_) {
      std::string hash = HashFirstDegree(node);
      by_hash[hash].push_back(node);
      first_degree_[node] = std::move(hash);
    }
    for (const auto& [hash, nodes] : by_hash) {
      if (nodes.size() == 1) canonical_.Issue(nodes[0]);
    }
    for (const auto& [hash, nodes] : by_hash) {
      if (nodes.size() > 1) RETURN_IF_ERROR(Distinguish(nodes));
    }
    return Result();
  }

 private:
  void Mention(TermId node, const Quad& quad) {
    if (!dataset_.IsBlankNode(node)) return;
    std::vector<const Quad*>& quads = mentions_[node];
    if (quads.empty()) nodes_.push_back(node);
    quads.push_back(&quad);
  }

  // 4.6.
  std::string HashFirstDegree(TermId node) const {
    std::vector<std::string> lines;
    const auto name = [&](TermId term) {
      return !dataset_.IsBlankNode(term) ? dataset_.Text(term) : absl::string_view(term == node ? "_:a" : "_:z");
    };
    for (const Quad* const quad : mentions_.at(node)) {
      lines.push_back(absl::StrCat(name(quad->subject), " ", name(quad->predicate), " ", name(quad->object), " "));
      if (quad->graph != kDefaultGraph) absl::StrAppend(&lines.back(), name(quad->graph), " ");
      lines.back() += ".\n";
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line;
    return HexHash(function_, text);
  }

  // Gives identifiers to nodes whose first degree hashes are equal (4.4.3, step 5).
  absl::Status Distinguish(const std::vector<TermId>& nodes) {
    std::vector<NDegreeResult> results;
    for (const TermId node : nodes) {
      if (canonical_.Has(node)) continue;
      IdentifierIssuer issuer("b");
      issuer.Issue(node);
      ASSIGN_OR_RETURN(NDegreeResult result, HashNDegree(node, std::move(issuer), 0));
      results.push_back(std::move(result));
    }
    std::stable_sort(results.begin(), results.end(),
                     [](const NDegreeResult& left, const NDegreeResult& right) { return left.hash < right.hash; });
    for (const NDegreeResult& result : results) {
      for (const TermId node : result.issuer.order()) canonical_.Issue(node);
    }
    return absl::OkStatus();
  }

  // 4.7.
  std::string HashRelated(TermId related, const Quad& quad, IdentifierIssuer& issuer, char position) {
    std::string input(1, position);
    if (position != 'g') absl::StrAppend(&input, dataset_.Text(quad.predicate));
    if (canonical_.Has(related)) {
      absl::StrAppend(&input, "_:", canonical_.Issue(related));
    } else if (issuer.Has(related)) {
      absl::StrAppend(&input, "_:", issuer.Issue(related));
    } else {
      input += first_degree_.at(related);
    }
    return HexHash(function_, input);
  }

  // 4.8.
  absl::StatusOr<NDegreeResult> HashNDegree(TermId node, IdentifierIssuer issuer, size_t depth) {
    if (depth > base::kRdfCanonicalDepthMax) return TooComplex("blank nodes in a row that look alike");
    std::map<std::string, std::vector<TermId>> by_hash;
    for (const Quad* const quad : mentions_.at(node)) {
      const std::pair<TermId, char> places[] = {{quad->subject, 's'}, {quad->object, 'o'}, {quad->graph, 'g'}};
      for (const auto& [term, position] : places) {
        if (term == node || !dataset_.IsBlankNode(term)) continue;
        RETURN_IF_ERROR(Charge(1));
        by_hash[HashRelated(term, *quad, issuer, position)].push_back(term);
      }
    }
    std::string data;
    for (auto& [hash, related] : by_hash) {
      ASSIGN_OR_RETURN(ChosenPath chosen, ShortestPath(related, issuer, depth));
      absl::StrAppend(&data, hash, chosen.path);
      issuer = *std::move(chosen.issuer);
    }
    return NDegreeResult{HexHash(function_, data), std::move(issuer)};
  }

  // The least path over all orders of the nodes (4.8.3, step 5.4).
  absl::StatusOr<ChosenPath> ShortestPath(std::vector<TermId>& related, const IdentifierIssuer& issuer, size_t depth) {
    ChosenPath chosen;
    std::sort(related.begin(), related.end());
    do {
      RETURN_IF_ERROR(Charge(related.size() + issuer.order().size()));
      IdentifierIssuer trial = issuer;
      ASSIGN_OR_RETURN(const std::optional<std::string> path, Walk(related, chosen, trial, depth));
      if (path.has_value() && (chosen.path.empty() || *path < chosen.path)) {
        chosen.path = *path;
        chosen.issuer = std::move(trial);
      }
    } while (std::next_permutation(related.begin(), related.end()));
    return chosen;
  }

  // The path of one order of nodes; nothing when it is seen not to be the least.
  absl::StatusOr<std::optional<std::string>> Walk(const std::vector<TermId>& order, const ChosenPath& chosen,
                                                  IdentifierIssuer& trial, size_t depth) {
    std::string path;
    std::vector<TermId> to_visit;
    for (const TermId node : order) {
      if (canonical_.Has(node)) {
        absl::StrAppend(&path, "_:", canonical_.Issue(node));
      } else {
        if (!trial.Has(node)) to_visit.push_back(node);
        absl::StrAppend(&path, "_:", trial.Issue(node));
      }
      if (chosen.Excludes(path)) return std::optional<std::string>();
    }
    for (const TermId node : to_visit) {
      ASSIGN_OR_RETURN(NDegreeResult result, HashNDegree(node, trial, depth + 1));
      absl::StrAppend(&path, "_:", trial.Issue(node), "<", result.hash, ">");
      trial = std::move(result.issuer);
      if (chosen.Excludes(path)) return std::optional<std::string>();
    }
    return std::optional<std::string>(std::move(path));
  }

  CanonicalDataset Result() {
    CanonicalDataset result;
    result.labels.resize(dataset_.term_count());
    for (const TermId node : nodes_) result.labels[node] = canonical_.Issue(node);
    result.lines.reserve(dataset_.quads().size());
    for (const Quad& quad : dataset_.quads()) result.lines.push_back(LabelledLine(dataset_, quad, result.labels));
    std::sort(result.lines.begin(), result.lines.end());
    return result;
  }

  absl::Status Charge(size_t steps) {
    steps_ += steps;
    return steps_ <= base::kRdfCanonicalStepsMax ? absl::OkStatus()
                                                 : TooComplex("the blank nodes cannot be told apart with bounded work");
  }

  static absl::Status TooComplex(absl::string_view detail) {
    return base::Problem(base::Reason::kRdfTooComplex, "", detail);
  }

  const Dataset& dataset_;
  const HashFunction function_;
  IdentifierIssuer canonical_;
  std::vector<TermId> nodes_;  // blank nodes in the order of their first mention
  absl::flat_hash_map<TermId, std::vector<const Quad*>> mentions_;
  absl::flat_hash_map<TermId, std::string> first_degree_;
  size_t steps_ = 0;
};

}  // namespace

std::string CanonicalDataset::Text() const {
  size_t size = 0;
  for (const std::string& line : lines) size += line.size();
  std::string text;
  text.reserve(size);
  for (const std::string& line : lines) text += line;
  return text;
}

std::string LabelledLine(const Dataset& dataset, const Quad& quad, const std::vector<std::string>& labels) {
  std::string line;
  const auto append = [&](TermId term) {
    if (dataset.IsBlankNode(term)) {
      absl::StrAppend(&line, "_:", labels[term], " ");
    } else {
      absl::StrAppend(&line, dataset.Text(term), " ");
    }
  };
  append(quad.subject);
  append(quad.predicate);
  append(quad.object);
  if (quad.graph != kDefaultGraph) append(quad.graph);
  line += ".\n";
  return line;
}

absl::StatusOr<CanonicalDataset> Canonicalize(const Dataset& dataset, HashFunction hash) {
  return Canonicalizer(dataset, hash).Run();
}

}  // namespace passerelle::rdf
