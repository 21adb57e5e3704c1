// JSON-LD as RDF: nothing crashes, what comes out is well-formed N-Quads, and safe mode says the same or refuses.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/rdf/json_ld.h"
#include "core/rdf/nquads.h"
#include "core/rdf/pinned_contexts.h"

namespace base = passerelle::base;
namespace rdf = passerelle::rdf;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto document = base::JsonDocument::Parse(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!document.ok()) return 0;
  rdf::JsonLdOptions options;
  options.base = "https://example.org/a/b?c";
  options.direction = rdf::RdfDirection::kI18nDatatype;
  const auto result = rdf::ToRdf(document->root(), rdf::PinnedContexts::Get(), options);
  options.safe = true;
  const auto safe = rdf::ToRdf(document->root(), rdf::PinnedContexts::Get(), options);
  if (!result.ok()) {
    Require(base::ReasonOf(result.status()) != base::Reason::kInternal && !safe.ok());
    return 0;
  }
  const std::string text = rdf::WriteNQuads(result->dataset);
  Require(rdf::ReadNQuads(text).ok());
  if (safe.ok()) Require(rdf::WriteNQuads(safe->dataset) == text);
  return 0;
}
