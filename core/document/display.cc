#include "core/document/display.h"

#include <optional>

#include "core/document/blank_page.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

elm::v3::Concept LanguageConcept(const std::string& tag) {
  auto language = elm::Language(tag);
  if (!language.has_value()) language = elm::Language("und");
  return language.value_or(elm::v3::Concept());
}

}  // namespace

void AddDisplay(const elm::Texts& title, const std::vector<std::string>& languages,
                elm::v3::EuropeanDigitalCredential* credential) {
  auto* const display = credential->mutable_display_parameter();
  const std::string primary = title.empty() ? "und" : title.Get(0).language();
  *display->mutable_primary_language() = LanguageConcept(primary);
  *display->add_language() = LanguageConcept(primary);
  for (const std::string& tag : languages) {
    const elm::v3::Concept language = LanguageConcept(tag);
    bool listed = tag == "und";
    for (const auto& one : display->language()) listed = listed || one.id() == language.id();
    if (!listed) *display->add_language() = language;
  }
  *display->mutable_title() = title;
  auto* const page = display->add_individual_display();
  *page->mutable_language() = LanguageConcept(primary);
  auto* const detail = page->add_display_detail();
  detail->set_page(1);
  detail->mutable_image()->set_content(kWhitePixel);
  const auto encoding = elm::ConceptOf(elm::Vocabulary::kEncoding, elm::kEncodingBase64);
  if (encoding.has_value()) *detail->mutable_image()->mutable_content_encoding() = *encoding;
  const auto type = elm::ConceptOf(elm::Vocabulary::kFileType, elm::kFileTypePng);
  if (type.has_value()) *detail->mutable_image()->mutable_content_type() = *type;
}

}  // namespace passerelle::document
