// The codec of the European model: nothing crashes, and a credential that was read survives writing and reading.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/elm/codec.h"
#include "google/protobuf/util/message_differencer.h"

namespace elm = passerelle::elm;
namespace base = passerelle::base;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// The same for a data set.
void TryData(absl::string_view bytes) {
  const auto first = elm::ReadData(bytes);
  if (!first.ok()) return Require(base::ReasonOf(first.status()) != base::Reason::kInternal);
  const std::string written = elm::WriteData(first->dataset);
  if (written.size() > base::kDocumentBytesMax) return;
  const auto second = elm::ReadData(written);
  if (!second.ok()) return Require(base::ReasonOf(second.status()) == base::Reason::kInputTooDeep);
  Require(elm::WriteData(second->dataset) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  elm::LooksLikeCredential(bytes);
  TryData(bytes);
  auto first = elm::Read(bytes);
  if (!first.ok()) {
    Require(base::ReasonOf(first.status()) != base::Reason::kInternal);
    return 0;
  }
  Require(first->findings.size() <= base::kFindingsMax);
  const std::string written = elm::Write(first->credential);
  if (written.size() > base::kDocumentBytesMax) return 0;
  auto second = elm::Read(written);
  // A reference that was a bare text becomes an object, one level deeper than the text stood.
  if (!second.ok()) {
    Require(base::ReasonOf(second.status()) == base::Reason::kInputTooDeep);
    return 0;
  }
  first->credential->clear_context();  // the writer states its own
  second->credential->clear_context();
  Require(google::protobuf::util::MessageDifferencer::Equals(first->credential, second->credential));
  Require(elm::Write(second->credential) == written);
  return 0;
}
