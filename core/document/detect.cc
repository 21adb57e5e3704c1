#include "core/base/digest.h"
#include "core/base/limits.h"
#include "core/document/translate.h"

namespace passerelle::document {

Detected Detect(const Registry& registry, absl::string_view bytes) {
  if (bytes.empty() || bytes.size() > base::kDocumentBytesMax) return {"unknown", 0};
  const Adapter* best = nullptr;
  Confidence confidence = Confidence::kNone;
  for (const auto& adapter : registry.adapters()) {
    const Confidence candidate = adapter->Detect(bytes);
    if (candidate == Confidence::kNone || candidate < confidence) continue;
    // Two that are equally sure cancel each other out until a surer one comes.
    best = candidate == confidence ? nullptr : adapter.get();
    confidence = candidate;
  }
  if (best == nullptr) return {"unknown", 0};
  return {best->Info().id, static_cast<int>(confidence)};
}

v1::CredentialDocument MakeDocument(absl::string_view bytes, absl::string_view format, absl::string_view media_type) {
  v1::CredentialDocument document;
  document.set_format(std::string(format));
  document.set_media_type(std::string(media_type));
  document.set_content(std::string(bytes));
  document.set_sha256(base::Sha256Hex(bytes));
  return document;
}

}  // namespace passerelle::document
