#include "gateway/documents/skill_collections.h"

#include <utility>

#include "core/base/status_macros.h"
#include "gateway/config/yaml.h"
#include "gateway/files/files.h"

namespace passerelle::gateway {

absl::StatusOr<std::shared_ptr<const elm::SkillTagger>> LoadSkillCollections(const std::vector<std::string>& paths) {
  if (paths.empty()) return nullptr;
  std::vector<document::v1::SkillCollection> collections;
  for (const std::string& path : paths) {
    document::v1::SkillCollection& collection = collections.emplace_back();
    RETURN_IF_ERROR(ReadYamlFile(path, &collection));
    RETURN_IF_ERROR(InFile(path, elm::SkillTagger::Check(collection)));
  }
  return elm::SkillTagger::Make(std::move(collections));
}

}  // namespace passerelle::gateway
