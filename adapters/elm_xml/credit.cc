#include "adapters/elm_xml/credit.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elm_xml {
namespace {

// The code of the credit system that the attribute names or, without one, the element; empty if it is none.
absl::string_view CreditSystemOf(const pugi::xml_node& element) {
  const std::string scheme = absl::AsciiStrToLower(base::XmlAttribute(element, "schemeID").value());
  if (scheme.empty() && absl::StrContains(base::XmlLocalName(element), "ECTS")) return elm::kCreditSystemEcts;
  const auto names = [&scheme](absl::string_view name, absl::string_view code) {
    return scheme == name || absl::EndsWith(scheme, absl::StrCat("/", code));
  };
  if (names("ecvet", elm::kCreditSystemEcvet)) return elm::kCreditSystemEcvet;
  return names("ects", elm::kCreditSystemEcts) ? elm::kCreditSystemEcts : absl::string_view();
}

}  // namespace

void FillCredit(Source* source, const pugi::xml_node& element, elm::v3::CreditPoint* credit) {
  credit->add_type("CreditPoint");
  const std::string text = base::XmlText(element);
  const std::optional<std::string> decimal = elm::PlainDecimal(text);
  if (decimal.has_value() && *decimal != text) {
    source->Note("number.comma", element, "The decimal comma became a point.");
  }
  credit->set_point(decimal.value_or(text));
  const auto system = elm::ConceptOf(elm::Vocabulary::kCreditSystem, CreditSystemOf(element));
  if (system.has_value()) *credit->mutable_framework() = *system;
}

std::optional<elm::v3::Note> CreditAsNote(Source* source, const pugi::xml_node& element) {
  const std::string text = base::XmlText(element);
  const bool number = elm::PlainDecimal(text).has_value();
  const bool zero = number && !elm::CreditPoints(text).has_value();
  if (text.empty() || zero || (number && !CreditSystemOf(element).empty())) return std::nullopt;
  source->Warn("credit.scheme", element, "Credits of no system that is known, or no number, are kept as a note.");
  const std::string scheme = base::XmlAttribute(element, "schemeID").value();
  elm::v3::Note note;
  elm::AddText("en", absl::StrCat("Credit: ", text, scheme.empty() ? "" : absl::StrCat(" (", scheme, ")")),
               note.mutable_note_literal());
  return note;
}

}  // namespace passerelle::adapters::elm_xml
