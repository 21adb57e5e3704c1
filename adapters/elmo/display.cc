#include "adapters/elmo/mapping.h"
#include "core/document/blank_page.h"

namespace passerelle::adapters::elmo {
namespace {

elm::v3::Concept LanguageConcept(const std::string& tag) {
  auto language = elm::Language(tag);
  if (!language.has_value()) language = elm::Language("und");
  return language.value_or(elm::v3::Concept());
}

}  // namespace

void WriteDisplay(const Source& source, const Texts& title, elm::v3::EuropeanDigitalCredential* credential) {
  auto* display = credential->mutable_display_parameter();
  const std::string primary = title.empty() ? "und" : title.Get(0).language();
  *display->mutable_primary_language() = LanguageConcept(primary);
  *display->add_language() = LanguageConcept(primary);
  for (const std::string& tag : source.languages()) {
    const elm::v3::Concept language = LanguageConcept(tag);
    bool listed = tag == "und";
    for (const auto& one : display->language()) listed = listed || one.id() == language.id();
    if (!listed) *display->add_language() = language;
  }
  *display->mutable_title() = title;
  *display->add_individual_display() = document::BlankPage(LanguageConcept(primary));
}

}  // namespace passerelle::adapters::elmo
