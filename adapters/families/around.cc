#include "adapters/families/around.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/limits.h"

namespace passerelle::adapters::families {
namespace {

using pugi::xml_node;

void ListAsDropped(std::string place, absl::string_view reason, document::Enclosed* enclosed) {
  if (enclosed->dropped.size() >= base::kFindingsMax) return;
  document::v1::DroppedSource& dropped = enclosed->dropped.emplace_back();
  dropped.set_source(std::move(place));
  const bool last = enclosed->dropped.size() == base::kFindingsMax;
  dropped.set_reason(std::string(last ? "and more than are listed" : reason));
}

bool IsLanguage(const pugi::xml_attribute& attribute) { return absl::string_view(attribute.name()) == "xml:lang"; }

// `has_language` says whether a language is in force inside already; the first one on the way out goes with the
// element.
void DropAttributes(const base::XmlDocument& document, const xml_node& node, absl::string_view reason,
                    bool* has_language, document::Enclosed* enclosed) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (base::IsNamespaceDeclaration(attribute) || *attribute.value() == '\0') continue;
    if (IsLanguage(attribute) && !std::exchange(*has_language, true)) continue;
    const bool schema = absl::StartsWith(attribute.name(), "xsi:");
    ListAsDropped(absl::StrCat(document.Path(node), "/@", base::XmlLocalName(attribute)),
                  schema ? "speaks of the schema, not of the learning" : reason, enclosed);
  }
}

}  // namespace

void DropAround(const base::XmlDocument& document, const xml_node& element, absl::string_view reason,
                absl::FunctionRef<absl::string_view(const xml_node&)> reason_of, document::Enclosed* enclosed) {
  bool has_language = !element.attribute("xml:lang").empty();
  for (xml_node inner = element, around = inner.parent(); around; inner = around, around = inner.parent()) {
    if (around.type() == pugi::node_element) {
      DropAttributes(document, around, reason, &has_language, enclosed);
      if (!base::XmlText(around).empty()) {
        ListAsDropped(absl::StrCat(document.Path(around), "/text()"), reason, enclosed);
      }
    }
    for (const xml_node& child : around.children()) {
      if (child.type() == pugi::node_comment || child.type() == pugi::node_pi) {
        ListAsDropped(document.Path(child), "comments and processing instructions are not data", enclosed);
      } else if (child.type() == pugi::node_element && child != inner) {
        ListAsDropped(document.Path(child), reason_of(child), enclosed);
      }
    }
  }
}

}  // namespace passerelle::adapters::families
