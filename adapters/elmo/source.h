// The ELMO document while it is read: the tree, what has been taken from it, and what was found on the way.
//
// Every text and attribute that reaches the credential is taken through a Source. What nobody took is listed as dropped
// at the end (Account), so that no part of a document can get lost without a word.
//
// Thread-safety: for one thread. Ownership: owns the document; nodes point into it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "core/base/limits.h"
#include "core/base/xml.h"
#include "core/document/adapter.h"
#include "core/document/allowance.h"

namespace passerelle::adapters::elmo {

using document::v1::ElementStatus;
using pugi::xml_node;

class Source {
 public:
  // `document_bytes` are those of the XML, on which it depends how much may be written of it.
  Source(base::XmlDocument document, size_t document_bytes, std::string id_prefix)
      : document_(std::move(document)), id_prefix_(std::move(id_prefix)), allowance_(document_bytes) {}

  const base::XmlDocument& document() const { return document_; }
  xml_node Child(const xml_node& parent, absl::string_view local) const { return document_.Child(parent, local); }
  std::vector<xml_node> Children(const xml_node& parent, absl::string_view local) const {
    return document_.Children(parent, local);
  }

  // The text of an element with white space collapsed, or as it stands; it counts as taken. Empty for a null node.
  std::string Take(const xml_node& node);
  std::string TakeRaw(const xml_node& node);
  // The same of an attribute.
  std::string TakeAttribute(const xml_node& node, absl::string_view local);
  // The language in force at an element as a BCP 47 tag, "und" if unknown; its xml:lang counts as taken.
  std::string TakeLanguage(const xml_node& node);

  // Lists the element and all below it as dropped, with a reason of its own.
  void Drop(const xml_node& node, absl::string_view reason);
  // The same of one attribute.
  void DropAttribute(const xml_node& node, absl::string_view local, absl::string_view reason);

  void Note(absl::string_view rule, const xml_node& node, absl::string_view message);
  void Warn(absl::string_view rule, const xml_node& node, absl::string_view message);

  // How an Annex I element came out. Several origins of one element are merged: the weakest status counts.
  void Origin(absl::string_view element, ElementStatus status, const xml_node& node, absl::string_view rule);

  // A node id, the same for the same document: "urn:passerelle:<digest>:<kind>:<n>".
  std::string NextId(absl::string_view kind);

  // The same, one for each key.
  std::string IdFor(absl::string_view kind, const std::string& key);

  // Whether this is the first time that the id is asked for. What is shared is written in full once and referred to by
  // its id afterwards, so that a document cannot multiply itself.
  bool IsFirstUse(const std::string& id) { return used_ids_.insert(id).second; }

  // Counts bytes that are written beside the values that are taken. Once all of them exceed what the size of the
  // document allows, the source is exhausted: nothing more is mapped, and the document is refused.
  void Charge(size_t bytes) { allowance_.Charge(bytes); }
  bool IsExhausted() const { return allowance_.IsExhausted() || achievements_ > base::kAchievementsMax; }
  void CountAchievement() { ++achievements_; }

  // Attachments stand in several places, and belong to the credential once what they stand in is mapped.
  void KeepAttachments(const xml_node& parent);
  const std::vector<xml_node>& attachments() const { return attachments_; }

  // Languages of the texts that were taken, in the order of their first appearance.
  const std::vector<std::string>& languages() const { return languages_; }

  // Writes origins, diagnostics and, by one walk over the document, everything that was not taken.
  void Account(document::Imported* imported);

 private:
  void Diagnose(absl::string_view rule, const xml_node& node, absl::string_view message,
                document::v1::Severity severity);
  // `attribute`: local name of one of the node, or empty for the node itself.
  void AddDropped(const xml_node& node, absl::string_view attribute, absl::string_view reason,
                  document::Imported* imported);
  // `is_second`: an element of the same name before it was taken, and was therefore the one that counted.
  void Walk(const xml_node& node, bool is_second, document::Imported* imported);
  void WalkAttributes(const xml_node& node, document::Imported* imported);

  base::XmlDocument document_;
  std::string id_prefix_;
  absl::flat_hash_set<const void*> taken_;
  absl::flat_hash_map<const void*, std::string> reasons_;
  absl::flat_hash_map<std::string, int> counters_;
  absl::flat_hash_map<std::string, std::string> ids_by_key_;
  absl::flat_hash_set<std::string> used_ids_;
  size_t further_dropped_ = 0;
  document::Allowance allowance_;
  document::Listing listed_diagnostics_;
  document::Listing listed_dropped_;
  size_t achievements_ = 0;
  std::vector<xml_node> attachments_;
  std::vector<std::string> languages_;
  std::vector<document::v1::Diagnostic> diagnostics_;
  std::vector<document::ElementOrigin> origins_;
};

}  // namespace passerelle::adapters::elmo
