#include "core/base/label_tables.h"

namespace passerelle::base {

LabelTables::LabelTables(absl::Span<const LabelFile> files) {
  for (const LabelFile& file : files) {
    languages_.push_back(file.language);
    auto& table = tables_[file.language];
    for (const Label& label : file.labels) table.emplace(label.key, label.text);
  }
}

std::optional<absl::string_view> LabelTables::Find(absl::string_view key, absl::string_view language) const {
  const auto table = tables_.find(language);
  if (table == tables_.end()) return std::nullopt;
  const auto found = table->second.find(key);
  if (found == table->second.end()) return std::nullopt;
  return found->second;
}

}  // namespace passerelle::base
