#include "core/elm/skill_tags.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/proto_bytes.h"
#include "core/base/status_macros.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/rules/date.h"

namespace passerelle::elm {
namespace {

using document::v1::SkillCollection;
using document::v1::SkillTag;
using document::v1::SkillTags;

constexpr absl::string_view kSkillTags[] = {"DIGITAL", "GREEN"};

absl::Status InvalidCollection(absl::string_view place, absl::string_view detail) {
  return base::Problem(base::Reason::kConfigInvalid, place, detail);
}

absl::Status CheckAddresses(absl::string_view name, const google::protobuf::RepeatedPtrField<std::string>& addresses) {
  for (int i = 0; i < addresses.size(); ++i) {
    if (addresses[i].find(':') != std::string::npos) continue;
    return InvalidCollection(absl::StrCat(name, "[", i, "]"), "it is no address such as http://data.europa.eu/...");
  }
  return absl::OkStatus();
}

// "ESCO, digital skills, version 1.2.0, of 2026-01-31".
std::string CollectionText(const SkillCollection& collection) {
  return absl::StrCat(collection.source(), ", version ", collection.version(), ", of ", collection.as_of());
}

}  // namespace

absl::Status SkillTagger::Check(const SkillCollection& collection) {
  if (std::find(std::begin(kSkillTags), std::end(kSkillTags), collection.tag()) == std::end(kSkillTags)) {
    return InvalidCollection("tag", absl::StrCat("it is none of ", absl::StrJoin(kSkillTags, ", ")));
  }
  if (collection.source().empty()) return InvalidCollection("source", "it is missing");
  if (collection.version().empty()) return InvalidCollection("version", "it is missing");
  const std::optional<SourceDate> day = ReadDate(collection.as_of());
  if (!day.has_value() || day->day != collection.as_of()) {
    return InvalidCollection("as_of", "it is no day such as 2026-01-31");
  }
  if (collection.skills().empty() && collection.schemes().empty()) return InvalidCollection("skills", "none is named");
  RETURN_IF_ERROR(CheckAddresses("skills", collection.skills()));
  return CheckAddresses("schemes", collection.schemes());
}

std::shared_ptr<const SkillTagger> SkillTagger::Make(std::vector<SkillCollection> collections) {
  return std::shared_ptr<const SkillTagger>(new SkillTagger(std::move(collections)));
}

SkillTagger::SkillTagger(std::vector<SkillCollection> collections) : collections_(std::move(collections)) {
  std::string bytes;
  for (size_t i = 0; i < collections_.size(); ++i) {
    for (const std::string& skill : collections_[i].skills()) by_skill_[skill].push_back(i);
    for (const std::string& scheme : collections_[i].schemes()) by_scheme_[scheme].push_back(i);
    absl::StrAppend(&bytes, base::Sha256Hex(base::DeterministicBytes(collections_[i])));
  }
  sha256_ = base::Sha256Hex(bytes);
}

std::vector<SkillTag> SkillTagger::TagsOf(const v3::Concept& skill) const {
  std::vector<SkillTag> tags;
  const auto add = [&](const auto& index, const std::string& address) {
    const auto found = index.find(address);
    if (found == index.end()) return;
    for (const size_t i : found->second) {
      const SkillCollection& collection = collections_[i];
      const bool known =
          std::any_of(tags.begin(), tags.end(), [&](const SkillTag& tag) { return tag.tag() == collection.tag(); });
      if (known) continue;
      SkillTag& tag = tags.emplace_back();
      tag.set_tag(collection.tag());
      tag.set_skill(skill.id());
      tag.set_collection(CollectionText(collection));
    }
  };
  add(by_skill_, skill.id());
  for (const v3::ConceptScheme& scheme : skill.in_scheme()) add(by_scheme_, scheme.id());
  return tags;
}

SkillTags SkillTagger::TagsOf(const v3::EuropeanDigitalCredential& credential) const {
  SkillTags tags;
  const Reading reading(credential);
  absl::flat_hash_set<std::string> seen;
  const auto take = [&](const v3::Concept& entry) {
    const v3::Concept& skill = reading.Full(entry);
    const std::string name = skill.id().empty() ? reading.Label(skill) : skill.id();
    if (name.empty() || !seen.insert(name).second) return;
    std::vector<SkillTag> found = TagsOf(skill);
    if (found.empty()) tags.add_untagged_skills(name);
    for (SkillTag& tag : found) *tags.add_tags() = std::move(tag);
  };
  for (const Occurrence& occurrence : reading.graph().occurrences()) {
    const auto* outcome = google::protobuf::DynamicCastToGenerated<v3::LearningOutcome>(occurrence.message);
    if (outcome == nullptr) continue;
    for (const v3::Concept& skill : outcome->related_esco_skill()) take(skill);
    for (const v3::Concept& skill : outcome->related_skill()) take(skill);
  }
  return tags;
}

std::vector<std::string> DistinctTags(const SkillTags& tags) {
  std::set<std::string> distinct;
  for (const SkillTag& tag : tags.tags()) distinct.insert(tag.tag());
  return {distinct.begin(), distinct.end()};
}

std::string SkillTagsText(const SkillTags& tags) {
  if (tags.tags().empty() && tags.untagged_skills().empty()) return "Skills: none is stated\n";
  const std::vector<std::string> distinct = DistinctTags(tags);
  std::string text = absl::StrCat("Skills: ", distinct.empty() ? "no tag" : absl::StrJoin(distinct, ", "), "\n");
  for (const SkillTag& tag : tags.tags()) {
    absl::StrAppend(&text, "  ", tag.tag(), ": ", tag.skill(), " (", tag.collection(), ")\n");
  }
  for (const std::string& skill : tags.untagged_skills()) {
    absl::StrAppend(&text, "  no tag: ", skill, " is in no collection at hand\n");
  }
  return text;
}

}  // namespace passerelle::elm
