// A source document while an adapter reads it, with the account of what became of every part of it.
//
// Whatever reaches the European credential is carried (Carry) or passed over with a reason (Drop). What nobody touched
// is listed as dropped at the end (Account), so that no value of a document can get lost without a word; an adapter
// cannot forget it. What carries an element of Annex I is noted by its target, so that adapters do not keep that
// account either.
//
// Thread-safety: for one thread. Ownership: owns the tree; nodes point into it.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/document/adapter.h"
#include "core/document/allowance.h"
#include "core/document/source_tree.h"

namespace passerelle::document {

class Source {
 public:
  // `options.list_mapped` decides whether every carried value is listed, or only counted.
  Source(SourceTree tree, const ImportOptions& options)
      : tree_(std::move(tree)),
        list_mapped_(options.list_mapped),
        fates_(tree_.nodes().size()),
        allowance_(tree_.document_bytes()) {}

  const SourceTree& tree() const { return tree_; }
  const SourceNode* root() const { return tree_.root(); }
  std::vector<const SourceNode*> Find(const SourceNode* node, absl::string_view path) const {
    return tree_.Find(node, path);
  }
  const SourceNode* FindFirst(const SourceNode* node, absl::string_view path) const {
    return tree_.FindFirst(node, path);
  }
  std::string TextOf(const SourceNode* node, absl::string_view path) const { return tree_.TextOf(node, path); }

  // The value went to `target` ("Q.eqfLevel") by a rule. kDropped is for Drop. A node that was carried before, for
  // another target, is listed again and counted once. Each time is charged.
  void Carry(const SourceNode* node, absl::string_view target, LossClass loss, absl::string_view rule);
  // Nothing came from the source: a value of the format or the register was put in (kDefaulted), or one that follows
  // from others (kDerived), without a place of its own.
  void Supply(absl::string_view target, LossClass loss, absl::string_view rule);
  // The value decided how another was read, or repeats one that was carried; nothing of it is lost. Listed without a
  // target.
  void Use(const SourceNode* node);
  void UseAll(const SourceNode* node);  // the node and everything below it
  // The node and everything below it that is not carried is left out, for a reason of its own.
  void Drop(const SourceNode* node, absl::string_view reason);
  // The same for a value whose only place another has taken, with a warning (value.second): which of them holds is for
  // people to judge. A node that has a reason already keeps it.
  void DropSecond(const SourceNode* node);
  // The same as Drop for a node whose parts stay: the children of these names ("hasPart|leistung") are left for others.
  void DropButParts(const SourceNode* node, absl::string_view parts, absl::string_view reason);

  // What is said of values that nothing was made of: by default that the European model has no place for them.
  void SetNoPlace(absl::string_view reason) { no_place_ = std::string(reason); }

  void Note(absl::string_view rule, const SourceNode* node, absl::string_view message);
  void Warn(absl::string_view rule, const SourceNode* node, absl::string_view message);

  // How an element of Annex I came out, where its target does not tell: withheld, by reference, or text.
  void Origin(absl::string_view element, v1::ElementStatus status, const SourceNode* node, absl::string_view rule);

  // The element stands weaker than what was carried suggests, in the achievement at hand: as text, or by reference.
  void Demote(absl::string_view element, v1::ElementStatus status, absl::string_view rule);

  // What is carried from now on belongs to the n-th achievement. Within one, the strongest status of an element counts;
  // among several the weakest. kNoScope stops the account of elements, for parts of achievements.
  void SetScope(int scope) { scope_ = scope; }
  int scope() const { return scope_; }
  static constexpr int kNoScope = -1;

  // The language that a text is in: the tag by BCP 47, "und" with a warning if the statement names none.
  std::string Language(const SourceNode* stated);
  // The language that a text is written in: `tag`, which is remembered, or "und" with a warning at the node once the
  // document has more languages than can be kept apart.
  std::string SeeLanguage(absl::string_view tag, const SourceNode* node);
  const std::vector<std::string>& languages() const { return languages_; }

  // Bytes that are written beside the values that are carried; a document that multiplies itself is refused once they
  // exceed what its size allows.
  void Charge(size_t bytes) { allowance_.Charge(bytes); }
  bool IsExhausted() const { return allowance_.IsExhausted(); }
  // Problems: kInputTooLarge for an exhausted source, of which not everything was mapped.
  absl::Status CheckAllowance() const;

  // Writes origins, mapped, counts, diagnostics and, by one walk over the tree, everything that was not carried.
  void Close(Account* account);

 private:
  enum class Fate : uint8_t { kOpen, kCarried, kUsed, kUsedWhole };
  struct Standing {
    v1::ElementStatus status;
    std::string rule;
  };

  void Diagnose(absl::string_view rule, const SourceNode* node, absl::string_view message, v1::Severity severity);
  void AddDropped(const SourceNode* node, absl::string_view reason, Account* account);
  void ListMapped(const SourceNode* node, absl::string_view target, LossClass loss, absl::string_view rule);
  void FindTouched();
  void Walk(const SourceNode* node, absl::string_view inherited, Account* account);
  void WalkParts(const SourceNode* node, absl::string_view inherited, Account* account);
  void MergeScopes(Account* account) const;

  SourceTree tree_;
  bool list_mapped_;
  std::string no_place_ = "no place in the European model";
  std::vector<Fate> fates_;    // by SourceNode::index
  std::vector<bool> touched_;  // the same: whether anything of the node or below it was carried; for the account
  absl::flat_hash_map<const SourceNode*, std::string> reasons_;
  int scope_ = 0;
  std::map<std::pair<std::string, int>, Standing> standings_;          // by element and scope
  absl::flat_hash_map<std::string, std::vector<std::string>> places_;  // by element
  std::vector<std::string> languages_;
  std::vector<v1::MappedSource> mapped_;
  v1::LossCounts counts_;
  std::vector<v1::Diagnostic> diagnostics_;
  Listing listed_mapped_;
  Listing listed_diagnostics_;
  Listing listed_dropped_;
  size_t further_dropped_ = 0;
  Allowance allowance_;
};

}  // namespace passerelle::document
