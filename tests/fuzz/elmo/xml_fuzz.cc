// Any bytes as XML: read, walked, and peeked at; and the scan must never let through what pugixml then refuses.
#include <cstdint>
#include <cstdlib>

#include "core/base/problem.h"
#include "core/base/unpack.h"
#include "core/base/xml.h"

namespace {

void Walk(const passerelle::base::XmlDocument& document, const pugi::xml_node& node) {
  document.Path(node);
  document.Namespace(node);
  passerelle::base::XmlText(node);
  for (const auto& child : node.children()) Walk(document, child);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  passerelle::base::PeekXmlRoot(bytes);
  passerelle::base::UnpackBeginning(bytes, 1000);
  const auto unpacked = passerelle::base::Unpack(bytes);
  const auto document = passerelle::base::ReadXml(unpacked.ok() ? absl::string_view(unpacked->bytes) : bytes);
  if (document.ok()) {
    Walk(*document, document->Top());
  } else if (passerelle::base::ReasonOf(document.status()) == passerelle::base::Reason::kInternal) {
    std::abort();
  }
  return 0;
}
