// Any bytes as one format: a translation that the codec reads back, or a catalogued reason.
#include <cstdint>
#include <cstdlib>

#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& registry = *new passerelle::document::Registry(passerelle::adapters::MakeRegistry());
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  passerelle::document::Detect(registry, bytes);
  passerelle::document::TranslateOptions options;
  options.from = PASSERELLE_FUZZ_FORMAT;
  const auto translated = passerelle::document::Translate(registry, bytes, options);
  if (translated.ok()) {
    if (!passerelle::elm::Read(translated->content).ok()) std::abort();
  } else if (passerelle::base::ReasonOf(translated.status()) == passerelle::base::Reason::kInternal) {
    std::abort();
  }
  return 0;
}
