#include "core/document/mapping.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace passerelle::document {
namespace {

// A row without a value that could be carried: an empty text, null, an empty object.
bool IsEmpty(const SourceNode& node) {
  return !node.IsBranch() && node.text.find_first_not_of(" \t\r\n") == std::string::npos;
}

bool SaysNothing(absl::string_view name) {
  return name.empty() || name == "value" || name == "notation" || name == "point";
}

}  // namespace

std::string Step::Value() const {
  // A branch of JSON has no text; an XML element with text may have attributes.
  return std::string(absl::StripAsciiWhitespace(node->text));
}

std::string Step::Language() const {
  for (const SourceNode* at = node; at != nullptr; at = at->parent) {
    for (const SourceNode* child = at->first_child; child != nullptr; child = child->next_sibling) {
      if (child->kind != SourceNode::Kind::kAttribute) break;
      if (child->name == "@lang") return source().Language(child);
    }
  }
  return context.language;
}

std::string Step::Label() const {
  absl::string_view name = node->name;
  // An entry of a list has no name, and the value of an object none that says anything.
  for (const SourceNode* at = node; SaysNothing(name) && at != nullptr; at = at->parent) {
    if (!at->name.empty()) name = at->name;
  }
  const size_t colon = name.rfind(':');
  if (colon != absl::string_view::npos) name.remove_prefix(colon + 1);
  absl::ConsumePrefix(&name, "@");
  std::string label;
  for (size_t i = 0; i < name.size(); ++i) {
    const bool begins = i > 0 && absl::ascii_isupper(name[i]) && absl::ascii_islower(name[i - 1]);
    if (begins || name[i] == '_') label.push_back(' ');
    if (name[i] != '_') label.push_back(begins ? absl::ascii_tolower(name[i]) : name[i]);
  }
  if (!label.empty()) label[0] = absl::ascii_toupper(label[0]);
  return label;
}

void Apply(Rules rules, const SourceNode* node, const Context& context) {
  for (const Rule& rule : rules) {
    for (const SourceNode* found : context.source->Find(node, rule.source)) {
      if (context.source->IsExhausted()) return;
      if (IsEmpty(*found)) continue;
      const bool parts_only = found->IsBranch() && found->text.find_first_not_of(" \t\r\n") == std::string::npos;
      if (parts_only && !rule.takes_parts && rule.convert != DropIt && rule.convert != UseIt) continue;
      const LossClass loss = rule.convert({context, rule, found});
      if (loss == v1::LOSS_CLASS_UNSPECIFIED) continue;  // accounted for by the conversion itself
      if (loss == kDropped) {
        context.source->DropSecond(found);
      } else {
        context.source->Carry(found, rule.target, loss, rule.rule);
      }
    }
  }
}

}  // namespace passerelle::document
