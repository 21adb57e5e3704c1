#include "core/rdf/pinned_contexts.h"

#include <map>
#include <utility>

#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/rdf/context_tables.h"

namespace passerelle::rdf {

struct PinnedContexts::Content {
  struct Entry {
    base::JsonDocument document;
    LoadedContext loaded;
  };
  std::map<std::string, Entry, std::less<>> entries;
};

// A test reads every table, so that one which cannot be read is not missed silently.
PinnedContexts::PinnedContexts()
    : content_(*[] {
        auto* const content = new Content();
        for (const absl::string_view text : context_tables::kTables) {
          absl::StatusOr<ContextTable> table = ReadContextTable(text);
          if (!table.ok()) continue;
          absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(table->json);
          if (!document.ok()) continue;
          const auto root = base::AsObject(document->root());
          const auto context = root.has_value() ? base::Find(*root, "@context") : std::nullopt;
          if (!context.has_value()) continue;
          content->entries.emplace(table->url,
                                   Content::Entry{*std::move(document), LoadedContext{table->url, *context, true}});
        }
        return content;
      }()) {}

PinnedContexts& PinnedContexts::Get() {
  static auto& contexts = *new PinnedContexts();
  return contexts;
}

absl::StatusOr<const LoadedContext*> PinnedContexts::Load(absl::string_view url) {
  const auto found = content_.entries.find(base::StdView(url));
  if (found == content_.entries.end()) return base::Problem(base::Reason::kJsonLdContextUnknown, "@context");
  return &found->second.loaded;
}

std::vector<std::string> PinnedContexts::Urls() const {
  std::vector<std::string> urls;
  for (const auto& [url, entry] : content_.entries) urls.push_back(url);
  return urls;
}

}  // namespace passerelle::rdf
