// Any bytes as a signed XML document: never accepted with a key that did not sign them, and content only when accepted.
#include <cstdint>
#include <cstdlib>

#include "core/base/xml.h"
#include "core/proof/xml/trusted_xades.h"
#include "core/proof/xml/xades.h"
#include "core/proof/xml/xml_signature.h"

namespace {

// A key whose private half nobody has kept.
constexpr char kKey[] =
    R"({"crv":"P-256","kty":"EC","x":"Z7f2siH2NSGQHt0JoJhYXkq84-Opo_0dfZnFwJhwP7Y","y":"7fSRYFLDKfo-xZU2WsreuAP2IcGDq9_AhxGtndumNdw"})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto& key = *new passerelle::proof::PublicKey(*passerelle::proof::PublicKey::FromJwk(kKey));
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto plain = passerelle::proof::VerifyXmlSignature(bytes, key);
  if (plain.verified || !plain.content.empty()) std::abort();
  // The certificate comes from the document, so that a seed may be accepted; then its content has to be readable.
  const auto seal = passerelle::proof::VerifyXades(bytes);
  if (seal.signature.content.empty() == seal.signature.accepted()) std::abort();
  if (seal.signature.accepted() && !passerelle::base::ReadXml(seal.signature.content).ok()) std::abort();
  const auto known = passerelle::proof::VerifyXades(bytes, passerelle::proof::SealTrust(), absl::UnixEpoch());
  if (known.trusted || known.seal.signature.content != seal.signature.content) std::abort();
  return 0;
}
