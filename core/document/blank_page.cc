#include "core/document/blank_page.h"

#include "core/elm/vocabulary.h"

namespace passerelle::document {

elm::v3::IndividualDisplay BlankPage(const elm::v3::Concept& language) {
  elm::v3::IndividualDisplay page;
  *page.mutable_language() = language;
  auto* const detail = page.add_display_detail();
  detail->set_page(1);
  detail->mutable_image()->set_content(kWhitePixel);
  const auto encoding = elm::ConceptOf(elm::Vocabulary::kEncoding, elm::kEncodingBase64);
  if (encoding.has_value()) *detail->mutable_image()->mutable_content_encoding() = *encoding;
  const auto type = elm::ConceptOf(elm::Vocabulary::kFileType, elm::kFileTypePng);
  if (type.has_value()) *detail->mutable_image()->mutable_content_type() = *type;
  return page;
}

}  // namespace passerelle::document
