// Collections of skills as files (core/elm/skill_tags.h).
//
// Thread-safety: a free function.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/elm/skill_tags.h"

namespace passerelle::gateway {

// Reads collections (YAML of passerelle.document.v1.SkillCollection). Null when no path is given. Problems:
// kConfigInvalid with file and field, kInputNotReadable.
absl::StatusOr<std::shared_ptr<const elm::SkillTagger>> LoadSkillCollections(const std::vector<std::string>& paths);

}  // namespace passerelle::gateway
