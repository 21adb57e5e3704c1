// Any bytes as CBOR: nothing crashes, and the kept bytes of every item read back as the same item.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/base/cbor.h"
#include "core/base/problem.h"

namespace base = passerelle::base;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Walk(const base::Cbor& item) {
  Require(!item.encoded.empty());
  for (const base::Cbor& part : item.items) {
    Require(part.encoded.data() > item.encoded.data());
    Require(part.encoded.data() + part.encoded.size() <= item.encoded.data() + item.encoded.size());
    Walk(part);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto item = base::ReadCbor(bytes);
  if (!item.ok()) {
    Require(base::ReasonOf(item.status()) != base::Reason::kInternal);
    return 0;
  }
  Require(item->encoded == bytes);
  Walk(*item);
  if (!item->items.empty()) Require(base::ReadCbor(item->items.back().encoded).ok());
  return 0;
}
