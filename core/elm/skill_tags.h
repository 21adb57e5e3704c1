// Tags that follow from the skills of learning outcomes: DIGITAL and GREEN (points 11(e) and 11(f) of the
// Recommendation, recital 17). Which skills have one is data: collections that somebody publishes, such as those of
// ESCO, as they were on a day. A skill that no collection has gets no tag, and is named: that is no statement about it.
//
// Thread-safety: SkillTagger is immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "passerelle/document/v1/document.pb.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::elm {

class SkillTagger {
 public:
  // kConfigInvalid with the place, such as "skills[3]": a tag that is none, a source, version or day that is missing, a
  // collection without skills and schemes, what is no address.
  static absl::Status Check(const document::v1::SkillCollection& collection);
  // Takes collections that Check has passed.
  static std::shared_ptr<const SkillTagger> Make(std::vector<document::v1::SkillCollection> collections);

  SkillTagger(const SkillTagger&) = delete;
  SkillTagger& operator=(const SkillTagger&) = delete;

  // What follows from a skill; nothing twice for one that stands in several collections of a tag.
  std::vector<document::v1::SkillTag> TagsOf(const v3::Concept& skill) const;
  // What follows from every skill of every learning outcome in a credential, each skill once. A skill without an
  // address is named by its label.
  document::v1::SkillTags TagsOf(const v3::EuropeanDigitalCredential& credential) const;

  // SHA-256 of the collections: what was tagged by others has to be tagged again.
  const std::string& sha256() const { return sha256_; }

 private:
  explicit SkillTagger(std::vector<document::v1::SkillCollection> collections);

  const std::vector<document::v1::SkillCollection> collections_;
  std::string sha256_;
  // Places of collections, by the addresses of skills and of schemes.
  absl::flat_hash_map<absl::string_view, std::vector<size_t>> by_skill_;
  absl::flat_hash_map<absl::string_view, std::vector<size_t>> by_scheme_;
};

// The tags, each once and sorted.
std::vector<std::string> DistinctTags(const document::v1::SkillTags& tags);

// "Skills: DIGITAL", with the skill and the collection behind each tag, and the skills without one; in English.
std::string SkillTagsText(const document::v1::SkillTags& tags);

}  // namespace passerelle::elm
