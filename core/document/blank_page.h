// The page that a translation shows: none.
//
// Thread-safety: a free function on values.
#pragma once

#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::document {

// A display of one page in a language, blank. The model demands a picture of every page, but a translation is data:
// nobody laid out a page.
elm::v3::IndividualDisplay BlankPage(const elm::v3::Concept& language);

}  // namespace passerelle::document
