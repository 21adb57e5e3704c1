// Any bytes as the format PASSERELLE_FUZZ_FORMAT: a translation that the codec reads back and that can be written again
// where the format can be written, or a catalogued reason.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"
#include "core/elm/codec.h"

namespace {

void AbortIfInternal(const absl::Status& status) {
  if (passerelle::base::ReasonOf(status) == passerelle::base::Reason::kInternal) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& registry = *new passerelle::document::Registry(passerelle::adapters::MakeRegistry());
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  passerelle::document::Detect(registry, bytes);
  passerelle::document::TranslateOptions options;
  options.from = PASSERELLE_FUZZ_FORMAT;
  options.import.list_mapped = true;
  options.catalogues = true;
  const auto translated = passerelle::document::Translate(registry, bytes, options);
  if (!translated.ok()) {
    AbortIfInternal(translated.status());
    return 0;
  }
  const bool catalogue = translated->catalogue.has_value();
  const bool readable =
      catalogue ? passerelle::elm::ReadData(translated->content).ok() : passerelle::elm::Read(translated->content).ok();
  if (!readable) std::abort();
  const auto& directions = registry.Find(options.from)->Info().directions;
  if (std::find(directions.begin(), directions.end(), "write") == directions.end()) return 0;
  options.to = options.from;
  const auto written = passerelle::document::Translate(registry, bytes, options);
  if (!written.ok()) AbortIfInternal(written.status());
  return 0;
}
