#include "gateway/conformance/suite_contexts.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/json_ld_problem.h"

namespace passerelle::gateway {

SuiteContexts::SuiteContexts(const ConformanceCase& row, absl::string_view address) : row_(row) {
  if (absl::ConsumeSuffix(&address, row.file)) prefix_ = std::string(address);
}

absl::StatusOr<const rdf::LoadedContext*> SuiteContexts::Load(absl::string_view url) {
  absl::string_view path = url;
  if (prefix_.empty() || !absl::ConsumePrefix(&path, prefix_) || absl::StrContains(path, "..")) {
    return base::Problem(base::Reason::kJsonLdContextUnknown, "@context");
  }
  const auto loaded = LoadFile(std::string(path), url);
  const bool is_missing = base::ReasonOf(loaded.status()) == base::Reason::kInputNotReadable;
  if (!loaded.ok() && is_missing) return base::Problem(base::Reason::kJsonLdContextUnknown, "@context");
  return loaded;
}

absl::StatusOr<const rdf::LoadedContext*> SuiteContexts::LoadFile(const std::string& path, absl::string_view url) {
  if (const auto known = files_.find(path); known != files_.end()) return &known->second->loaded;
  ASSIGN_OR_RETURN(const std::string text, row_.Read(path));
  ASSIGN_OR_RETURN(base::JsonDocument document, base::JsonDocument::Parse(text));
  const auto object = base::AsObject(document.root());
  const auto context = object.has_value() ? base::Find(*object, "@context") : std::nullopt;
  if (!context.has_value()) return rdf::JsonLdProblem("invalid remote context", "@context");
  auto file = std::make_unique<File>(File{std::move(document), {std::string(url), *context, false}});
  return &files_.emplace(path, std::move(file)).first->second->loaded;
}

}  // namespace passerelle::gateway
