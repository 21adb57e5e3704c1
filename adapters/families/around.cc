#include "adapters/families/around.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/document/allowance.h"

namespace passerelle::adapters::families {
namespace {

using pugi::xml_node;

bool IsLanguage(const pugi::xml_attribute& attribute) { return absl::string_view(attribute.name()) == "xml:lang"; }

// The list of what is around; bounded, and the last entry says so.
class Around {
 public:
  Around(const base::XmlDocument& document, document::Enclosed* enclosed)
      : document_(document), dropped_(enclosed->dropped) {}

  // `part`: what follows the path of the node, as "/@name" and "/text()" do.
  void List(const xml_node& node, absl::string_view part, absl::string_view reason) {
    if (is_full_) return;
    is_full_ = !listed_.Takes([&] { return base::XmlDocument::PathBytes(node) + part.size() + reason.size(); });
    document::v1::DroppedSource& dropped = dropped_.emplace_back();
    const xml_node place = is_full_ ? document_.Root() : node;
    dropped.set_source(absl::StrCat(document_.Path(place), is_full_ ? "" : part));
    dropped.set_reason(std::string(is_full_ ? "and more than are listed" : reason));
  }

  // `has_language` says whether a language is in force inside already; the first one on the way out goes with the
  // element.
  void ListAttributes(const xml_node& node, absl::string_view reason, bool* has_language) {
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      if (base::IsNamespaceDeclaration(attribute) || *attribute.value() == '\0') continue;
      if (IsLanguage(attribute) && !std::exchange(*has_language, true)) continue;
      const bool schema = absl::StartsWith(attribute.name(), "xsi:");
      List(node, absl::StrCat("/@", base::XmlLocalName(attribute)),
           schema ? "speaks of the schema, not of the learning" : reason);
    }
  }

 private:
  const base::XmlDocument& document_;
  std::vector<document::v1::DroppedSource>& dropped_;
  document::Listing listed_;
  bool is_full_ = false;
};

}  // namespace

void DropAround(const base::XmlDocument& document, const xml_node& element, absl::string_view reason,
                absl::FunctionRef<absl::string_view(const xml_node&)> reason_of, document::Enclosed* enclosed) {
  Around list(document, enclosed);
  bool has_language = !element.attribute("xml:lang").empty();
  for (xml_node inner = element, around = inner.parent(); around; inner = around, around = inner.parent()) {
    if (around.type() == pugi::node_element) {
      list.ListAttributes(around, reason, &has_language);
      if (!base::XmlText(around).empty()) list.List(around, "/text()", reason);
    }
    for (const xml_node& child : around.children()) {
      if (child.type() == pugi::node_comment || child.type() == pugi::node_pi) {
        list.List(child, "", "comments and processing instructions are not data");
      } else if (child.type() == pugi::node_element && child != inner) {
        list.List(child, "", reason_of(child));
      }
    }
  }
}

}  // namespace passerelle::adapters::families
