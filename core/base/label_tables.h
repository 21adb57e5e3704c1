// Texts by language and key, from files of LABEL(key, text) lines, one a language.
//
// Thread-safety: immutable after making. Ownership: refers to the texts, which are literals.
//
//   #define LABEL(key, text) {key, text},
//   constexpr base::Label kBg[] = {
//   #include "labels/bg.def"
//   };
//   #undef LABEL
//   constexpr base::LabelFile kFiles[] = {{"bg", kBg}};
//   static const auto& tables = *new base::LabelTables(kFiles);
#pragma once

#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace passerelle::base {

struct Label {
  absl::string_view key;
  absl::string_view text;
};

struct LabelFile {
  absl::string_view language;
  absl::Span<const Label> labels;
};

class LabelTables {
 public:
  explicit LabelTables(absl::Span<const LabelFile> files);

  // In the order of the files.
  const std::vector<absl::string_view>& languages() const { return languages_; }
  bool Has(absl::string_view language) const { return tables_.contains(language); }
  // Nothing for a key, or a language, that there is not.
  std::optional<absl::string_view> Find(absl::string_view key, absl::string_view language) const;

 private:
  std::vector<absl::string_view> languages_;
  absl::flat_hash_map<absl::string_view, absl::flat_hash_map<absl::string_view, absl::string_view>> tables_;
};

}  // namespace passerelle::base
