#include "core/rdf/context.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/rdf/iri.h"
#include "core/rdf/keyword.h"

namespace passerelle::rdf {
namespace {

namespace dom = simdjson::dom;

bool SameJson(dom::element left, dom::element right);

bool SameObject(dom::object left, dom::object right) {
  if (left.size() != right.size()) return false;
  for (const dom::key_value_pair member : left) {
    const auto other = base::Find(right, base::View(member.key));
    if (!other.has_value() || !SameJson(member.value, *other)) return false;
  }
  return true;
}

bool SameArray(dom::array left, dom::array right) {
  auto at = left.begin();
  auto other = right.begin();
  for (; at != left.end() && other != right.end(); ++at, ++other) {
    if (!SameJson(*at, *other)) return false;
  }
  return !(at != left.end()) && !(other != right.end());
}

// Numbers have no meaning in a context except in "@version", which has one value only.
bool SameJson(dom::element left, dom::element right) {
  if (left.type() != right.type()) return false;
  if (const auto object = base::AsObject(left)) return SameObject(*object, *base::AsObject(right));
  if (const auto array = base::AsArray(left)) return SameArray(*array, *base::AsArray(right));
  if (const auto text = base::AsString(left)) return *text == *base::AsString(right);
  bool left_bool = false;
  bool right_bool = false;
  if (left.get(left_bool) != simdjson::SUCCESS || right.get(right_bool) != simdjson::SUCCESS) return true;
  return left_bool == right_bool;
}

bool TakesVocab(Relative relative) { return relative == Relative::kVocab || relative == Relative::kVocabDocument; }

bool TakesBase(Relative relative) { return relative == Relative::kDocument || relative == Relative::kVocabDocument; }

}  // namespace

bool TermDefinition::SameMeaning(const TermDefinition& other) const {
  if (context.has_value() != other.context.has_value()) return false;
  if (context.has_value() && !SameJson(context->element, other.context->element)) return false;
  return iri == other.iri && is_prefix == other.is_prefix && is_reverse == other.is_reverse && type == other.type &&
         language == other.language && direction == other.direction && containers == other.containers &&
         index == other.index && nest == other.nest;
}

bool ActiveContext::HasProtectedTerms() const {
  return std::any_of(terms.begin(), terms.end(), [](const auto& term) { return term.second->is_protected; });
}

std::optional<absl::string_view> ExpandIri(const ActiveContext& context, absl::string_view value, Relative relative,
                                           TextPool& pool) {
  if (IsKeyword(value)) return value;
  if (HasKeywordForm(value)) return std::nullopt;
  if (const TermDefinition* const term = context.Find(value)) {
    if (term->iri.has_value() && IsKeyword(*term->iri)) return *term->iri;
    if (TakesVocab(relative)) {
      return term->iri.has_value() ? std::optional<absl::string_view>(*term->iri) : std::nullopt;
    }
  }
  if (const size_t colon = value.find(':'); colon != absl::string_view::npos && colon > 0) {
    const absl::string_view prefix = value.substr(0, colon);
    const absl::string_view suffix = value.substr(colon + 1);
    if (prefix == "_" || absl::StartsWith(suffix, "//")) return value;
    const TermDefinition* const term = context.Find(prefix);
    if (term != nullptr && term->is_prefix && term->iri.has_value()) {
      return pool.Keep(absl::StrCat(*term->iri, suffix));
    }
    if (HasScheme(value)) return value;
  }
  if (TakesVocab(relative) && context.vocab.has_value()) return pool.Keep(absl::StrCat(*context.vocab, value));
  if (TakesBase(relative) && context.base.has_value()) return pool.Keep(ResolveIri(*context.base, value));
  return value;
}

}  // namespace passerelle::rdf
