// N-Quads and their canonical form: what is written reads back the same, and canonical form is canonical.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/rdf/canonical.h"
#include "core/rdf/nquads.h"

namespace rdf = passerelle::rdf;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto dataset = rdf::ReadNQuads(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!dataset.ok()) return 0;
  const std::string text = rdf::WriteNQuads(*dataset);
  const auto again = rdf::ReadNQuads(text);
  Require(again.ok() && rdf::WriteNQuads(*again) == text);
  const auto canonical = rdf::Canonicalize(*dataset);
  if (!canonical.ok()) return 0;
  const auto canonical_again = rdf::ReadNQuads(canonical->Text());
  Require(canonical_again.ok());
  const auto twice = rdf::Canonicalize(*canonical_again);
  Require(twice.ok() && twice->Text() == canonical->Text());
  return 0;
}
