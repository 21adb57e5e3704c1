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
absl::string_view CreditSystemOf(Source* source, const pugi::xml_node& element) {
  const std::string scheme = absl::AsciiStrToLower(source->ReadAttribute(element, "schemeID"));
  if (scheme.empty() && absl::StrContains(base::XmlLocalName(element), "ECTS")) return elm::kCreditSystemEcts;
  const auto names = [&scheme](absl::string_view name, absl::string_view code) {
    return scheme == name || absl::EndsWith(scheme, absl::StrCat("/", code));
  };
  if (names("ecvet", elm::kCreditSystemEcvet)) return elm::kCreditSystemEcvet;
  return names("ects", elm::kCreditSystemEcts) ? elm::kCreditSystemEcts : absl::string_view();
}

// Whether the owner has another amount of the system already.
bool HasOther(const google::protobuf::Message& owner, const elm::PropertyTable& property, absl::string_view system,
              const std::string& points) {
  if (!property.repeated) return false;
  const auto framework = elm::ConceptOf(elm::Vocabulary::kCreditSystem, system);
  const google::protobuf::Reflection& reflection = *owner.GetReflection();
  for (int i = 0; framework.has_value() && i < reflection.FieldSize(owner, property.field); ++i) {
    const auto& there =
        static_cast<const elm::v3::CreditPoint&>(reflection.GetRepeatedMessage(owner, property.field, i));
    if (there.framework().id() == framework->id()) return elm::CreditPoints(there.point()) != elm::CreditPoints(points);
  }
  return false;
}

}  // namespace

void FillCredit(Source* source, const pugi::xml_node& element, elm::v3::CreditPoint* credit) {
  credit->add_type("CreditPoint");
  const std::string text = source->ReadText(element);
  const std::optional<std::string> decimal = elm::PlainDecimal(text);
  if (decimal.has_value() && *decimal != text) {
    source->Note("number.comma", element, "The decimal comma became a point.");
  }
  credit->set_point(decimal.value_or(text));
  const auto system = elm::ConceptOf(elm::Vocabulary::kCreditSystem, CreditSystemOf(source, element));
  if (system.has_value()) *credit->mutable_framework() = *system;
}

std::optional<elm::v3::Note> CreditAsNote(Source* source, const pugi::xml_node& element,
                                          const google::protobuf::Message& owner, const elm::PropertyTable& property) {
  const std::string text = source->ReadText(element);
  const bool number = elm::PlainDecimal(text).has_value();
  const bool zero = number && !elm::CreditPoints(text).has_value();
  const absl::string_view system = CreditSystemOf(source, element);
  const bool known = number && !system.empty();
  const bool other = known && !zero && HasOther(owner, property, system, text);
  if (text.empty() || zero || (known && !other)) return std::nullopt;
  if (other) {
    source->Warn("credit.contradiction", element,
                 "The document states several amounts of credits in one system; the first counts.");
  } else {
    source->Warn("credit.scheme", element, "Credits of no system that is known, or no number, are kept as a note.");
  }
  const std::string scheme = source->ReadAttribute(element, "schemeID");
  elm::v3::Note note;
  elm::AddText("en", absl::StrCat("Credit: ", text, scheme.empty() ? "" : absl::StrCat(" (", scheme, ")")),
               note.mutable_note_literal());
  return note;
}

}  // namespace passerelle::adapters::elm_xml
