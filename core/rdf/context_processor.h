// Context processing of JSON-LD 1.1 (API, 4.1 and 4.2).
//
// Contexts that are pinned give the same result every time, so results are kept between documents.
//
// Thread-safety: a processor belongs to one thread and one document. What is kept between documents is guarded inside.
// Ownership: the processor keeps every active context that it made for as long as it lives.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/rdf/context.h"
#include "core/rdf/context_source.h"

namespace passerelle::rdf {

struct ProcessOptions {
  bool propagate = true;            // false for type-scoped contexts
  bool override_protected = false;  // true for property-scoped contexts
};

class ContextProcessor {
 public:
  explicit ContextProcessor(ContextSource& source) : source_(source) {}

  // The context before any is processed, with the IRI of the document; empty for documents without one.
  ActiveContextPtr Initial(absl::string_view base_url);

  // The active context with the local one applied. Problems: kJsonLdInvalid with the specification's name,
  // kJsonLdContextUnknown, and kRdfTooComplex.
  absl::StatusOr<ActiveContextPtr> Process(const ActiveContextPtr& active, const LocalContext& local,
                                           ProcessOptions options);

  // Whether a context was processed that came with the document itself.
  bool used_inline_context() const { return used_inline_context_; }

 private:
  friend class TermMaker;

  // What goes on while contexts name each other.
  struct Nesting {
    std::vector<std::string> remote;  // URLs on the way
    bool validates_scoped = true;     // false: a context on the way is not processed again
  };

  struct CacheKey {
    const ActiveContext* active;
    const void* document;
    size_t index;
    bool propagate;
    bool override_protected;
    bool is_remote;

    friend bool operator==(const CacheKey& left, const CacheKey& right) {
      return left.active == right.active && left.document == right.document && left.index == right.index &&
             left.propagate == right.propagate && left.override_protected == right.override_protected &&
             left.is_remote == right.is_remote;
    }
    template <typename H>
    friend H AbslHashValue(H state, const CacheKey& key) {
      return H::combine(std::move(state), key.active, key.document, key.index, key.propagate, key.override_protected,
                        key.is_remote);
    }
  };
  struct Cached {
    ActiveContextPtr active;  // keeps the key's pointer taken
    ActiveContextPtr result;
  };
  using Cache = absl::flat_hash_map<CacheKey, Cached>;
  class SharedCache;

  absl::StatusOr<ActiveContextPtr> ProcessNested(const ActiveContextPtr& active, const LocalContext& local,
                                                 ProcessOptions options, const Nesting& nesting);
  absl::StatusOr<ActiveContextPtr> ProcessUncached(const ActiveContextPtr& active, const LocalContext& local,
                                                   ProcessOptions options, const Nesting& nesting);
  absl::StatusOr<ActiveContextPtr> ProcessEntry(const ActiveContextPtr& result, const LocalContext& entry,
                                                ProcessOptions options, const Nesting& nesting);
  absl::StatusOr<ActiveContextPtr> ProcessRemote(const ActiveContextPtr& result, const LocalContext& entry,
                                                 absl::string_view reference, const Nesting& nesting);
  ActiveContextPtr Keep(std::shared_ptr<ActiveContext> context);
  absl::Status Charge(size_t terms);

  ContextSource& source_;
  Cache cache_;
  std::vector<ActiveContextPtr> kept_;
  size_t terms_ = 0;  // defined or copied so far
  bool used_inline_context_ = false;
};

}  // namespace passerelle::rdf
