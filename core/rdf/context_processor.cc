#include "core/rdf/context_processor.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/iri.h"
#include "core/rdf/json_ld_problem.h"
#include "core/rdf/keyword.h"
#include "core/rdf/term_maker.h"

namespace passerelle::rdf {
namespace {

namespace dom = simdjson::dom;

// Active contexts kept between documents; each takes some 50 KiB. Real documents use the same few.
constexpr size_t kSharedContextsMax = 512;

bool IsHeader(Keyword keyword) {
  switch (keyword) {
    case Keyword::kBase:
    case Keyword::kDirection:
    case Keyword::kImport:
    case Keyword::kLanguage:
    case Keyword::kPropagate:
    case Keyword::kProtected:
    case Keyword::kVersion:
    case Keyword::kVocab:
      return true;
    default:
      return false;
  }
}

std::optional<dom::element> Header(const DefinitionEntries& entries, absl::string_view name) {
  const auto found = entries.find(name);
  return found == entries.end() ? std::nullopt : std::optional(found->second.element);
}

absl::Status CheckLength(const std::optional<std::string>& iri, absl::string_view place) {
  if (!iri.has_value() || iri->size() <= base::kJsonLdPrefixBytesMax) return absl::OkStatus();
  return base::Problem(base::Reason::kRdfTooComplex, place, "it is too long");
}

absl::Status SetBase(dom::element value, ActiveContext& context) {
  if (value.is_null()) {
    context.base.reset();
    return absl::OkStatus();
  }
  const auto text = base::AsString(value);
  if (!text.has_value()) return JsonLdProblem("invalid base IRI", "@base");
  if (HasScheme(*text)) {
    context.base = std::string(*text);
  } else if (context.base.has_value()) {
    context.base = ResolveIri(*context.base, *text);
  } else {
    return JsonLdProblem("invalid base IRI", "@base");
  }
  return CheckLength(context.base, "@base");
}

absl::Status SetVocab(dom::element value, TermMaker& terms, ActiveContext& context) {
  if (value.is_null()) {
    context.vocab.reset();
    return absl::OkStatus();
  }
  const auto text = base::AsString(value);
  if (!text.has_value() || (HasKeywordForm(*text) && !text->empty())) {
    return JsonLdProblem("invalid vocab mapping", "@vocab");
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> vocab, terms.Expand(*text, Relative::kVocabDocument));
  if (!vocab.has_value()) return JsonLdProblem("invalid vocab mapping", "@vocab");
  context.vocab = vocab;
  return CheckLength(context.vocab, "@vocab");
}

absl::Status SetLanguage(dom::element value, ActiveContext& context) {
  const auto text = base::AsString(value);
  if (!text.has_value() && !value.is_null()) return JsonLdProblem("invalid default language", "@language");
  context.language = text.has_value() ? absl::AsciiStrToLower(*text) : "";
  return absl::OkStatus();
}

absl::Status SetDirection(dom::element value, ActiveContext& context) {
  const auto text = base::AsString(value);
  const bool known = text.has_value() && (*text == "ltr" || *text == "rtl");
  if (!known && !value.is_null()) return JsonLdProblem("invalid base direction", "@direction");
  context.direction = known ? std::string(*text) : "";
  return absl::OkStatus();
}

// 4.1.2, steps 5.5 to 5.11, without "@import", which is in the entries already.
absl::Status SetHeaders(const DefinitionEntries& entries, bool is_remote, TermMaker& terms, ActiveContext& context) {
  if (const auto version = Header(entries, "@version")) {
    double number = 0;
    if (version->get(number) != simdjson::SUCCESS || number != 1.1) {
      return JsonLdProblem("invalid @version value", "@version");
    }
  }
  const auto base = Header(entries, "@base");
  if (base.has_value() && !is_remote) RETURN_IF_ERROR(SetBase(*base, context));
  if (const auto vocab = Header(entries, "@vocab")) RETURN_IF_ERROR(SetVocab(*vocab, terms, context));
  if (const auto language = Header(entries, "@language")) RETURN_IF_ERROR(SetLanguage(*language, context));
  if (const auto direction = Header(entries, "@direction")) RETURN_IF_ERROR(SetDirection(*direction, context));
  return absl::OkStatus();
}

// The value of a flag; nothing when it is not there.
absl::StatusOr<std::optional<bool>> Flag(dom::object object, absl::string_view name, absl::string_view code) {
  const auto entry = base::Find(object, name);
  if (!entry.has_value()) return std::optional<bool>();
  bool value = false;
  if (entry->get(value) != simdjson::SUCCESS) return JsonLdProblem(code, name);
  return std::optional<bool>(value);
}

std::vector<LocalContext> Entries(const LocalContext& local) {
  const auto array = base::AsArray(local.element);
  if (!array.has_value()) return {local};
  std::vector<LocalContext> entries;
  for (const dom::element entry : *array) entries.push_back({entry, local.base_url, local.is_pinned});
  return entries;
}

// The entries of a definition, on top of those that it imports (step 5.6).
absl::StatusOr<DefinitionEntries> EntriesOf(dom::object definition, const LocalContext& local, ContextSource& source) {
  DefinitionEntries entries;
  if (const auto import = base::Find(definition, "@import")) {
    const auto reference = base::AsString(*import);
    if (!reference.has_value()) return JsonLdProblem("invalid @import value", "@import");
    ASSIGN_OR_RETURN(const LoadedContext* const loaded, source.Load(ResolveIri(local.base_url, *reference)));
    const auto imported = base::AsObject(loaded->context);
    if (!imported.has_value()) return JsonLdProblem("invalid remote context", "@import");
    if (base::Find(*imported, "@import").has_value()) return JsonLdProblem("invalid context entry", "@import");
    for (const dom::key_value_pair member : *imported) {
      entries[base::View(member.key)] = {member.value, local.base_url, loaded->is_pinned};
    }
  }
  for (const dom::key_value_pair member : definition) {
    entries[base::View(member.key)] = {member.value, local.base_url, local.is_pinned};
  }
  return entries;
}

}  // namespace

// What is kept between documents. When it is full, it is begun anew: only documents made for it can fill it.
class ContextProcessor::SharedCache {
 public:
  static SharedCache& Get() {
    static auto& cache = *new SharedCache();
    return cache;
  }

  std::optional<Cached> Find(const CacheKey& key) {
    const absl::MutexLock lock(&mutex_);
    const auto found = cache_.find(key);
    return found == cache_.end() ? std::nullopt : std::optional(found->second);
  }

  void Store(const CacheKey& key, const Cached& cached) {
    const absl::MutexLock lock(&mutex_);
    if (cache_.size() >= kSharedContextsMax) cache_.clear();
    cache_[key] = cached;
  }

 private:
  absl::Mutex mutex_;
  Cache cache_;
};

ActiveContextPtr ContextProcessor::Initial(absl::string_view base_url) {
  if (base_url.empty()) {
    static const auto& empty = *new ActiveContextPtr([] {
      auto context = std::make_shared<ActiveContext>();
      context->is_pinned = true;
      return context;
    }());
    return empty;
  }
  auto context = std::make_shared<ActiveContext>();
  context->base = std::string(base_url);
  context->original_base = std::string(base_url);
  return Keep(std::move(context));
}

absl::StatusOr<ActiveContextPtr> ContextProcessor::Process(const ActiveContextPtr& active, const LocalContext& local,
                                                           ProcessOptions options) {
  return ProcessNested(active, local, options, {});
}

absl::StatusOr<ActiveContextPtr> ContextProcessor::ProcessNested(const ActiveContextPtr& active,
                                                                 const LocalContext& local, ProcessOptions options,
                                                                 const Nesting& nesting) {
  if (!nesting.validates_scoped) return ProcessUncached(active, local, options, nesting);
  // simdjson's element is the document and an index; core/base/json.cc pins that layout.
  std::array<size_t, 2> words{};
  static_assert(sizeof(words) == sizeof(local.element));
  std::memcpy(words.data(), static_cast<const void*>(&local.element), sizeof(words));
  const CacheKey key{active.get(),
                     reinterpret_cast<const void*>(words[0]),  // NOLINT(performance-no-int-to-ptr): compared only
                     words[1],
                     options.propagate,
                     options.override_protected,
                     !nesting.remote.empty()};
  const bool is_shared = active->is_pinned && local.is_pinned;
  if (is_shared) {
    if (const std::optional<Cached> known = SharedCache::Get().Find(key)) {
      kept_.push_back(known->result);
      return known->result;
    }
  } else if (const auto known = cache_.find(key); known != cache_.end()) {
    return known->second.result;
  }
  ASSIGN_OR_RETURN(ActiveContextPtr result, ProcessUncached(active, local, options, nesting));
  if (is_shared) {
    SharedCache::Get().Store(key, {active, result});
  } else {
    cache_[key] = {active, result};
  }
  return result;
}

absl::StatusOr<ActiveContextPtr> ContextProcessor::ProcessUncached(const ActiveContextPtr& active,
                                                                   const LocalContext& local, ProcessOptions options,
                                                                   const Nesting& nesting) {
  if (const auto object = base::AsObject(local.element)) {
    ASSIGN_OR_RETURN(const auto propagate, Flag(*object, "@propagate", "invalid @propagate value"));
    options.propagate = propagate.value_or(options.propagate);
  }
  ActiveContextPtr result = active;
  for (const LocalContext& entry : Entries(local)) {
    if (entry.element.is_null()) {
      if (!options.override_protected && result->HasProtectedTerms()) {
        return JsonLdProblem("invalid context nullification", "@context");
      }
      auto fresh = std::make_shared<ActiveContext>();
      fresh->original_base = active->original_base;
      if (!active->original_base.empty()) fresh->base = active->original_base;
      if (!options.propagate) fresh->previous = result;
      fresh->is_pinned = active->is_pinned && entry.is_pinned;
      result = Keep(std::move(fresh));
    } else {
      ASSIGN_OR_RETURN(result, ProcessEntry(result, entry, options, nesting));
    }
  }
  if (options.propagate || result->previous != nullptr) return result;
  RETURN_IF_ERROR(Charge(result->terms.size()));
  auto scoped = std::make_shared<ActiveContext>(*result);
  scoped->previous = active;
  return Keep(std::move(scoped));
}

absl::StatusOr<ActiveContextPtr> ContextProcessor::ProcessEntry(const ActiveContextPtr& result,
                                                                const LocalContext& entry, ProcessOptions options,
                                                                const Nesting& nesting) {
  if (const auto reference = base::AsString(entry.element)) return ProcessRemote(result, entry, *reference, nesting);
  const auto definition = base::AsObject(entry.element);
  if (!definition.has_value()) return JsonLdProblem("invalid local context", "@context");
  used_inline_context_ = used_inline_context_ || !entry.is_pinned;
  ASSIGN_OR_RETURN(const DefinitionEntries entries, EntriesOf(*definition, entry, source_));
  RETURN_IF_ERROR(Charge(result->terms.size() + entries.size()));
  bool protects = false;
  if (const auto flag = Header(entries, "@protected"); flag.has_value() && flag->get(protects) != simdjson::SUCCESS) {
    return JsonLdProblem("invalid @protected value", "@protected");
  }
  auto made = std::make_shared<ActiveContext>(*result);
  TermMaker terms(entries, protects, options.override_protected, *made);
  RETURN_IF_ERROR(SetHeaders(entries, !nesting.remote.empty(), terms, *made));
  for (const auto& [term, value] : entries) {
    made->is_pinned = made->is_pinned && value.is_pinned;
    if (!IsHeader(KeywordOf(term))) RETURN_IF_ERROR(terms.Define(term));
  }
  made->is_pinned = made->is_pinned && entry.is_pinned;
  const ActiveContextPtr complete = Keep(std::move(made));
  for (const std::string& term : terms.scoped_terms()) {
    const TermDefinition* const definition_of_term = complete->Find(term);
    if (definition_of_term == nullptr || !definition_of_term->context.has_value()) continue;
    Nesting inner = nesting;
    inner.validates_scoped = false;
    const auto checked = ProcessNested(complete, *definition_of_term->context, {true, true}, inner);
    if (checked.ok()) continue;
    const base::Reason reason = base::ReasonOf(checked.status());
    return reason == base::Reason::kJsonLdInvalid ? JsonLdProblem("invalid scoped context", term) : checked.status();
  }
  return complete;
}

// 4.1.2, step 5.2.
absl::StatusOr<ActiveContextPtr> ContextProcessor::ProcessRemote(const ActiveContextPtr& result,
                                                                 const LocalContext& entry, absl::string_view reference,
                                                                 const Nesting& nesting) {
  const std::string url = ResolveIri(entry.base_url, reference);
  const bool is_on_the_way = std::find(nesting.remote.begin(), nesting.remote.end(), url) != nesting.remote.end();
  if (!nesting.validates_scoped && is_on_the_way) return result;
  if (nesting.remote.size() >= base::kJsonLdRemoteContextsMax) return JsonLdProblem("context overflow", "@context");
  ASSIGN_OR_RETURN(const LoadedContext* const loaded, source_.Load(url));
  Nesting inner = nesting;
  inner.remote.push_back(url);
  return ProcessNested(result, {loaded->context, loaded->url, loaded->is_pinned}, {}, inner);
}

ActiveContextPtr ContextProcessor::Keep(std::shared_ptr<ActiveContext> context) {
  kept_.push_back(std::move(context));
  return kept_.back();
}

absl::Status ContextProcessor::Charge(size_t terms) {
  terms_ += terms;
  if (terms_ <= base::kJsonLdContextTermsMax) return absl::OkStatus();
  return base::Problem(base::Reason::kRdfTooComplex, "@context", "too many terms");
}

}  // namespace passerelle::rdf
