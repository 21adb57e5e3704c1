// How a translated credential is shown: title and languages, and one page without a picture.
//
// Thread-safety: a free function on values.
#pragma once

#include <string>
#include <vector>

#include "core/elm/rules/text.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::document {

// Sets displayParameter, which every credential has to have. The first language of the title is the primary one.
void AddDisplay(const elm::Texts& title, const std::vector<std::string>& languages,
                elm::v3::EuropeanDigitalCredential* credential);

}  // namespace passerelle::document
