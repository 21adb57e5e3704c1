// The page that a translation shows: none.
//
// Thread-safety: a free function on values.
#pragma once

#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::document {

// A PNG of one white pixel, in base64.
inline constexpr char kWhitePixel[] =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mP4DwABAQEAHLCMmQAAAABJRU5ErkJggg==";

// A display of one page in a language, blank. The model demands a picture of every page, but a translation is data:
// nobody laid out a page.
elm::v3::IndividualDisplay BlankPage(const elm::v3::Concept& language);

}  // namespace passerelle::document
