#include "core/authenticity/seal.h"

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/cbor.h"
#include "core/base/json.h"
#include "core/base/jws_payload.h"
#include "core/base/xml.h"

namespace passerelle::authenticity {
namespace {

constexpr absl::string_view kXmlSignature = "http://www.w3.org/2000/09/xmldsig#";
Sealing FindXmlSeal(absl::string_view bytes) {
  const absl::StatusOr<base::XmlDocument> document = base::ReadXml(bytes);
  if (!document.ok()) return Sealing::kCannotTell;
  // In document order, without recursion.
  const pugi::xml_node root = document->Root();
  pugi::xml_node node = root;
  while (node) {
    if (node.type() == pugi::node_element && base::XmlLocalName(node) == "Signature" &&
        document->Namespace(node) == kXmlSignature) {
      return Sealing::kXmlSignature;
    }
    pugi::xml_node next = node.first_child();
    while (!next && node != root) {
      next = node.next_sibling();
      if (!next) node = node.parent();
    }
    if (!next) break;
    node = next;
  }
  return Sealing::kNotSealed;
}

Sealing FindJsonSeal(absl::string_view bytes) {
  const absl::StatusOr<base::JsonDocument> document = base::JsonDocument::Parse(bytes);
  if (!document.ok()) return Sealing::kCannotTell;
  const std::optional<simdjson::dom::object> root = base::AsObject(document->root());
  if (!root.has_value()) return Sealing::kNotSealed;
  const bool signature = base::Find(*root, "payload").has_value() &&
                         (base::Find(*root, "signatures").has_value() || base::Find(*root, "signature").has_value());
  if (signature) return Sealing::kJsonWebSignature;
  if (base::Find(*root, "proof").has_value()) return Sealing::kDataIntegrity;
  const std::optional<simdjson::dom::element> inner = base::Find(*root, "credential");
  const std::optional<simdjson::dom::object> credential = inner ? base::AsObject(*inner) : std::nullopt;
  const bool enclosed = credential.has_value() && base::Find(*credential, "proof").has_value();
  return enclosed ? Sealing::kDataIntegrity : Sealing::kNotSealed;
}

// A response of a device, one of its documents, or what the issuer signed of it (8.3.2.1.2.2).
bool IsMobileDocument(absl::string_view bytes) {
  const absl::StatusOr<base::Cbor> item = base::ReadCbor(bytes);
  if (!item.ok()) return false;
  return item->Find("documents") != nullptr || item->Find("issuerSigned") != nullptr ||
         item->Find("issuerAuth") != nullptr;
}

}  // namespace

Sealing FindSeal(absl::string_view text) {
  if (base::PeekXmlRoot(text).has_value()) return FindXmlSeal(text);
  absl::string_view begin = absl::StartsWith(text, "\xEF\xBB\xBF") ? text.substr(3) : text;
  begin = absl::StripLeadingAsciiWhitespace(begin);
  if (absl::StartsWith(begin, "{") || absl::StartsWith(begin, "[")) return FindJsonSeal(text);
  if (IsMobileDocument(text)) return Sealing::kMobileDocument;
  begin = absl::StripTrailingAsciiWhitespace(begin);
  const size_t tilde = begin.find('~');
  if (!base::IsCompactJws(begin.substr(0, tilde))) return Sealing::kCannotTell;
  return tilde == absl::string_view::npos ? Sealing::kToken : Sealing::kSelectiveToken;
}

}  // namespace passerelle::authenticity
