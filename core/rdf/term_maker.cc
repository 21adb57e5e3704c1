#include "core/rdf/term_maker.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/status_macros.h"
#include "core/rdf/iri.h"
#include "core/rdf/json_ld_problem.h"
#include "core/rdf/keyword.h"

namespace passerelle::rdf {
namespace {

namespace dom = simdjson::dom;

constexpr absl::string_view kInvalidTerm = "invalid term definition";
constexpr absl::string_view kInvalidIri = "invalid IRI mapping";
constexpr absl::string_view kInvalidContainer = "invalid container mapping";

// Entries that a term definition may have.
constexpr absl::string_view kTermEntries[] = {"@container", "@context", "@direction", "@id",      "@index", "@language",
                                              "@nest",      "@prefix",  "@protected", "@reverse", "@type"};

struct ContainerName {
  absl::string_view name;
  Container container;
};
constexpr ContainerName kContainers[] = {
    {"@graph", kContainerGraph},       {"@id", kContainerId},     {"@index", kContainerIndex},
    {"@language", kContainerLanguage}, {"@list", kContainerList}, {"@set", kContainerSet},
    {"@type", kContainerType},
};

std::optional<uint8_t> ContainerOf(dom::element element) {
  const std::optional<absl::string_view> text = base::AsString(element);
  for (const ContainerName& known : kContainers) {
    if (text.has_value() && *text == known.name) return known.container;
  }
  return std::nullopt;
}

// The mappings that 4.2.2, step 19 allows together.
bool IsAllowed(uint8_t containers, size_t count) {
  if (count <= 1) return true;
  if ((containers & kContainerList) != 0) return false;
  const auto rest = static_cast<uint8_t>(containers & ~kContainerSet);
  const bool single = (rest & (rest - 1)) == 0;
  if (single) return (containers & kContainerSet) != 0;
  return rest == (kContainerGraph | kContainerId) || rest == (kContainerGraph | kContainerIndex);
}

bool EndsWithDelimiter(absl::string_view iri) { return !iri.empty() && absl::StrContains(":/?#[]@", iri.back()); }

// Whether a colon stands anywhere but first or last, or a slash anywhere.
bool LooksLikeIri(absl::string_view term) {
  const size_t colon = term.find(':', 1);
  return (colon != absl::string_view::npos && colon + 1 < term.size()) || absl::StrContains(term, '/');
}

std::optional<dom::element> Get(const std::optional<dom::object>& object, absl::string_view name) {
  return object.has_value() ? base::Find(*object, name) : std::nullopt;
}

}  // namespace

absl::Status TermMaker::Define(absl::string_view term) {
  const auto [state, is_new] = defined_.try_emplace(std::string(term), false);
  if (!is_new) return state->second ? absl::OkStatus() : JsonLdProblem("cyclic IRI mapping", term);
  const auto entry = entries_.find(term);
  if (term.empty()) return JsonLdProblem(kInvalidTerm, term);
  if (IsKeyword(term) && !(term == "@type" && IsAllowedForType(entry->second.element))) {
    return JsonLdProblem("keyword redefinition", term);
  }
  if (!IsKeyword(term) && HasKeywordForm(term)) return absl::OkStatus();
  std::shared_ptr<const TermDefinition> previous;
  if (const auto found = context_.terms.find(term); found != context_.terms.end()) {
    previous = found->second;
    context_.terms.erase(found);
  }
  ASSIGN_OR_RETURN(Draft draft, StartDraft(term, entry->second));
  ASSIGN_OR_RETURN(const bool keep, FillIn(draft, entry->second));
  if (keep) RETURN_IF_ERROR(Store(std::move(draft), previous.get()));
  defined_[std::string(term)] = true;
  return absl::OkStatus();
}

// Step 4: "@type" may be said to be a set, and to be protected.
bool TermMaker::IsAllowedForType(dom::element value) {
  const auto object = base::AsObject(value);
  if (!object.has_value() || object->size() == 0) return false;
  return std::all_of(object->begin(), object->end(), [](const dom::key_value_pair& member) {
    if (member.key == "@protected") return true;
    const auto container = base::AsString(member.value);
    return member.key == "@container" && container.has_value() && *container == "@set";
  });
}

// Steps 7 to 11.
absl::StatusOr<TermMaker::Draft> TermMaker::StartDraft(absl::string_view term, const LocalContext& entry) {
  Draft draft;
  draft.term = term;
  if (const auto object = base::AsObject(entry.element)) {
    draft.value = object;
    if (const Entry id = Get(draft.value, "@id")) {
      draft.id_text = base::AsString(*id);
      draft.is_null = id->is_null();
      const bool reversed = Get(draft.value, "@reverse").has_value();
      if (!draft.id_text.has_value() && !draft.is_null && !reversed) return JsonLdProblem(kInvalidIri, term);
    }
  } else if (const auto text = base::AsString(entry.element)) {
    draft.id_text = text;
    draft.is_simple = true;
  } else if (entry.element.is_null()) {
    draft.is_null = true;
  } else {
    return JsonLdProblem(kInvalidTerm, term);
  }
  RETURN_IF_ERROR(SetProtected(draft));
  return draft;
}

absl::StatusOr<bool> TermMaker::FillIn(Draft& draft, const LocalContext& entry) {
  RETURN_IF_ERROR(SetType(draft));
  if (const Entry reverse = Get(draft.value, "@reverse")) {
    ASSIGN_OR_RETURN(const bool keep, SetReverse(draft, *reverse));
    if (!keep) return false;
    RETURN_IF_ERROR(CheckEntries(draft));
    return true;
  }
  ASSIGN_OR_RETURN(const bool keep, SetIri(draft));
  if (!keep) return false;
  RETURN_IF_ERROR(SetContainer(draft));
  RETURN_IF_ERROR(SetIndex(draft));
  RETURN_IF_ERROR(SetContext(draft, entry));
  RETURN_IF_ERROR(SetLanguageAndDirection(draft));
  RETURN_IF_ERROR(SetNest(draft));
  RETURN_IF_ERROR(SetPrefix(draft));
  RETURN_IF_ERROR(CheckEntries(draft));
  return true;
}

absl::Status TermMaker::SetProtected(Draft& draft) {
  draft.made.is_protected = protects_;
  const Entry entry = Get(draft.value, "@protected");
  if (!entry.has_value()) return absl::OkStatus();
  return entry->get(draft.made.is_protected) == simdjson::SUCCESS
             ? absl::OkStatus()
             : JsonLdProblem("invalid @protected value", draft.term);
}

// Step 12.
absl::Status TermMaker::SetType(Draft& draft) {
  const Entry entry = Get(draft.value, "@type");
  if (!entry.has_value()) return absl::OkStatus();
  constexpr absl::string_view kCode = "invalid type mapping";
  const auto text = base::AsString(*entry);
  if (!text.has_value()) return JsonLdProblem(kCode, draft.term);
  ASSIGN_OR_RETURN(const std::optional<std::string> type, Expand(*text, Relative::kVocab));
  if (!type.has_value()) return JsonLdProblem(kCode, draft.term);
  const bool allowed = *type == "@id" || *type == "@vocab" || *type == "@json" || *type == "@none" ||
                       (HasScheme(*type) && !IsBlankNodeId(*type));
  if (!allowed) return JsonLdProblem(kCode, draft.term);
  draft.made.type = type;
  return absl::OkStatus();
}

// Step 13.
absl::StatusOr<bool> TermMaker::SetReverse(Draft& draft, dom::element reverse) {
  constexpr absl::string_view kCode = "invalid reverse property";
  if (Get(draft.value, "@id").has_value() || Get(draft.value, "@nest").has_value()) {
    return JsonLdProblem(kCode, draft.term);
  }
  const auto text = base::AsString(reverse);
  if (!text.has_value()) return JsonLdProblem(kInvalidIri, draft.term);
  if (!IsKeyword(*text) && HasKeywordForm(*text)) return false;
  ASSIGN_OR_RETURN(draft.made.iri, Expand(*text, Relative::kVocab));
  if (!draft.made.iri.has_value() || !(HasScheme(*draft.made.iri) || IsBlankNodeId(*draft.made.iri))) {
    return JsonLdProblem(kInvalidIri, draft.term);
  }
  draft.made.is_reverse = true;
  const Entry container = Get(draft.value, "@container");
  if (container.has_value() && !container->is_null()) {
    const std::optional<uint8_t> mapping = ContainerOf(*container);
    if (mapping != kContainerSet && mapping != kContainerIndex) return JsonLdProblem(kCode, draft.term);
    draft.made.containers = *mapping;
  }
  return true;
}

// Steps 14 to 18.
absl::StatusOr<bool> TermMaker::SetIri(Draft& draft) {
  if (draft.is_null) return true;
  if (draft.id_text.has_value() && *draft.id_text != draft.term) return SetIriFromId(draft);
  RETURN_IF_ERROR(SetIriFromTerm(draft));
  return true;
}

absl::StatusOr<bool> TermMaker::SetIriFromId(Draft& draft) {
  const absl::string_view text = *draft.id_text;
  if (!IsKeyword(text) && HasKeywordForm(text)) return false;
  ASSIGN_OR_RETURN(draft.made.iri, Expand(text, Relative::kVocab));
  if (!draft.made.iri.has_value()) return JsonLdProblem(kInvalidIri, draft.term);
  const std::string& iri = *draft.made.iri;
  if (iri == "@context") return JsonLdProblem("invalid keyword alias", draft.term);
  if (!IsKeyword(iri) && !HasScheme(iri) && !IsBlankNodeId(iri)) return JsonLdProblem(kInvalidIri, draft.term);
  if (LooksLikeIri(draft.term)) {
    defined_[std::string(draft.term)] = true;
    ASSIGN_OR_RETURN(const std::optional<std::string> expanded, Expand(draft.term, Relative::kVocab));
    if (expanded != draft.made.iri) return JsonLdProblem(kInvalidIri, draft.term);
  } else if (draft.is_simple && !absl::StrContains(draft.term, ':')) {
    draft.made.is_prefix = EndsWithDelimiter(iri) || IsBlankNodeId(iri);
  }
  return true;
}

absl::Status TermMaker::SetIriFromTerm(Draft& draft) {
  const absl::string_view term = draft.term;
  if (const size_t colon = term.find(':', 1); colon != absl::string_view::npos) {
    const absl::string_view prefix = term.substr(0, colon);
    if (entries_.contains(prefix)) RETURN_IF_ERROR(Define(prefix));
    const TermDefinition* const known = context_.Find(prefix);
    draft.made.iri = known != nullptr && known->iri.has_value() ? absl::StrCat(*known->iri, term.substr(colon + 1))
                                                                : std::string(term);
    return absl::OkStatus();
  }
  if (absl::StrContains(term, '/')) {
    TextPool pool;
    const auto iri = ExpandIri(context_, term, Relative::kVocab, pool);
    if (!iri.has_value() || !HasScheme(*iri)) return JsonLdProblem(kInvalidIri, term);
    draft.made.iri = std::string(*iri);
    return absl::OkStatus();
  }
  if (term == "@type") {
    draft.made.iri = "@type";
  } else if (context_.vocab.has_value()) {
    draft.made.iri = absl::StrCat(*context_.vocab, term);
  } else {
    return JsonLdProblem(kInvalidIri, term);
  }
  return absl::OkStatus();
}

// Step 19.
absl::Status TermMaker::SetContainer(Draft& draft) {
  const Entry entry = Get(draft.value, "@container");
  if (!entry.has_value() || entry->is_null()) {
    return entry.has_value() ? JsonLdProblem(kInvalidContainer, draft.term) : absl::OkStatus();
  }
  size_t count = 0;
  const auto add = [&](dom::element name) {
    const std::optional<uint8_t> container = ContainerOf(name);
    if (container.has_value()) draft.made.containers |= *container;
    ++count;
    return container.has_value();
  };
  bool known = true;
  if (const auto array = base::AsArray(*entry)) {
    for (const dom::element name : *array) known = add(name) && known;
    known = known && count > 0;
  } else {
    known = add(*entry);
  }
  if (!known || !IsAllowed(draft.made.containers, count)) return JsonLdProblem(kInvalidContainer, draft.term);
  if (!draft.made.Has(kContainerType)) return absl::OkStatus();
  if (!draft.made.type.has_value()) draft.made.type = "@id";
  const bool fits = *draft.made.type == "@id" || *draft.made.type == "@vocab";
  return fits ? absl::OkStatus() : JsonLdProblem("invalid type mapping", draft.term);
}

// Step 20.
absl::Status TermMaker::SetIndex(Draft& draft) {
  const Entry entry = Get(draft.value, "@index");
  if (!entry.has_value()) return absl::OkStatus();
  const auto text = base::AsString(*entry);
  if (!draft.made.Has(kContainerIndex) || !text.has_value()) return JsonLdProblem(kInvalidTerm, draft.term);
  ASSIGN_OR_RETURN(const std::optional<std::string> iri, Expand(*text, Relative::kVocab));
  if (!iri.has_value() || !HasScheme(*iri)) return JsonLdProblem(kInvalidTerm, draft.term);
  draft.made.index = std::string(*text);
  return absl::OkStatus();
}

// Step 21; the check of the context itself waits until the definition is complete.
absl::Status TermMaker::SetContext(Draft& draft, const LocalContext& entry) {
  const Entry context = Get(draft.value, "@context");
  if (!context.has_value()) return absl::OkStatus();
  draft.made.context = LocalContext{*context, entry.base_url, entry.is_pinned};
  scoped_terms_.emplace_back(draft.term);
  return absl::OkStatus();
}

// Steps 22 and 23.
absl::Status TermMaker::SetLanguageAndDirection(Draft& draft) {
  const bool typed = Get(draft.value, "@type").has_value();
  if (const Entry entry = Get(draft.value, "@language"); entry.has_value() && !typed) {
    const auto text = base::AsString(*entry);
    if (!text.has_value() && !entry->is_null()) return JsonLdProblem("invalid language mapping", draft.term);
    draft.made.language = text.has_value() ? absl::AsciiStrToLower(*text) : "";
  }
  if (const Entry entry = Get(draft.value, "@direction"); entry.has_value() && !typed) {
    const auto text = base::AsString(*entry);
    const bool known = text.has_value() && (*text == "ltr" || *text == "rtl");
    if (!known && !entry->is_null()) return JsonLdProblem("invalid base direction", draft.term);
    draft.made.direction = known ? std::string(*text) : "";
  }
  return absl::OkStatus();
}

// Step 24.
absl::Status TermMaker::SetNest(Draft& draft) {
  const Entry entry = Get(draft.value, "@nest");
  if (!entry.has_value()) return absl::OkStatus();
  const auto text = base::AsString(*entry);
  if (!text.has_value() || (IsKeyword(*text) && *text != "@nest")) {
    return JsonLdProblem("invalid @nest value", draft.term);
  }
  draft.made.nest = std::string(*text);
  return absl::OkStatus();
}

// Step 25.
absl::Status TermMaker::SetPrefix(Draft& draft) {
  if (const Entry entry = Get(draft.value, "@prefix")) {
    if (absl::StrContains(draft.term, ':') || absl::StrContains(draft.term, '/')) {
      return JsonLdProblem(kInvalidTerm, draft.term);
    }
    if (entry->get(draft.made.is_prefix) != simdjson::SUCCESS) {
      return JsonLdProblem("invalid @prefix value", draft.term);
    }
    if (draft.made.is_prefix && draft.made.iri.has_value() && IsKeyword(*draft.made.iri)) {
      return JsonLdProblem(kInvalidTerm, draft.term);
    }
  }
  if (draft.made.is_prefix && draft.made.iri.has_value() && draft.made.iri->size() > base::kJsonLdPrefixBytesMax) {
    return base::Problem(base::Reason::kRdfTooComplex, draft.term, "the prefix is too long");
  }
  return absl::OkStatus();
}

// Step 26.
absl::Status TermMaker::CheckEntries(const Draft& draft) {
  if (!draft.value.has_value()) return absl::OkStatus();
  for (const dom::key_value_pair member : *draft.value) {
    const absl::string_view name = base::View(member.key);
    if (std::find(std::begin(kTermEntries), std::end(kTermEntries), name) == std::end(kTermEntries)) {
      return JsonLdProblem(kInvalidTerm, draft.term);
    }
  }
  return absl::OkStatus();
}

// Steps 27 and 28.
absl::Status TermMaker::Store(Draft draft, const TermDefinition* previous) {
  if (previous != nullptr && previous->is_protected && !override_protected_) {
    if (!draft.made.SameMeaning(*previous)) return JsonLdProblem("protected term redefinition", draft.term);
    draft.made = *previous;
  }
  context_.terms[std::string(draft.term)] = std::make_shared<const TermDefinition>(std::move(draft.made));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> TermMaker::Expand(absl::string_view value, Relative relative) {
  const auto needs = [this](absl::string_view term) {
    if (!entries_.contains(term)) return false;
    const auto state = defined_.find(term);
    return state == defined_.end() || !state->second;
  };
  if (!IsKeyword(value) && !HasKeywordForm(value)) {
    if (needs(value)) RETURN_IF_ERROR(Define(value));
    const TermDefinition* const term = context_.Find(value);
    const bool settled = term != nullptr && (relative == Relative::kVocab || relative == Relative::kVocabDocument ||
                                             (term->iri.has_value() && IsKeyword(*term->iri)));
    const size_t colon = value.find(':');
    if (!settled && colon != absl::string_view::npos && colon > 0) {
      const absl::string_view prefix = value.substr(0, colon);
      const bool composed = prefix != "_" && !absl::StartsWith(value.substr(colon + 1), "//");
      if (composed && needs(prefix)) RETURN_IF_ERROR(Define(prefix));
    }
  }
  TextPool pool;
  const std::optional<absl::string_view> iri = ExpandIri(context_, value, relative, pool);
  return iri.has_value() ? std::optional<std::string>(std::string(*iri)) : std::nullopt;
}

}  // namespace passerelle::rdf
