// The strict JSON reader: nothing crashes, both of its roads agree, and what is read is written the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/json.h"
#include "core/base/problem.h"

namespace base = passerelle::base;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = base::JsonDocument::Parse(bytes);
  if (!document.ok()) {
    const base::Reason reason = base::ReasonOf(document.status());
    Require(reason != base::Reason::kInternal);
    Require(reason == base::Reason::kJsonDuplicateMember || !base::CheckJsonText(bytes).ok());
    return 0;
  }
  Require(base::CheckJsonText(bytes).ok());
  const std::string text = document->Text(document->root());
  const auto again = base::JsonDocument::Parse(text);
  Require(again.ok() && again->Text(again->root()) == text);
  std::string indented;
  base::JsonWriter(indented, base::JsonWriter::Layout::kIndented).Raw(text);
  const auto laid_out = base::JsonDocument::Parse(indented);
  Require(laid_out.ok() && laid_out->Text(laid_out->root()) == text);
  return 0;
}
