// The port to the contexts of JSON-LD documents. Contexts are never fetched while a document is judged: a source has
// them or has not.
//
// Thread-safety: as the implementation says. Ownership: the source owns its contexts; they live as long as it does.
#pragma once

#include <simdjson.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace passerelle::rdf {

struct LoadedContext {
  std::string url;
  simdjson::dom::element context;  // the value of "@context"
  // Whether it is the same at every call and lives on, so that what was made of it may be kept.
  bool is_pinned = false;
};

class ContextSource {
 public:
  virtual ~ContextSource() = default;

  // The context of an absolute URL. Problems: kJsonLdContextUnknown, and what is wrong with the document.
  virtual absl::StatusOr<const LoadedContext*> Load(absl::string_view url) = 0;
};

}  // namespace passerelle::rdf
