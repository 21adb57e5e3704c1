// What of a translation goes to a receiver to whom the holder discloses some elements of Annex I only.
//
// Thread-safety: a free function on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/document/translate.h"
#include "core/elm/disclosed.h"

namespace passerelle::document {

// Replaces the credential of a translation, which is no catalogue, by one with nothing but the elements
// (elm::Minimise): a new credential, `id`, from `at` on or from a later begin of the whole one, which ends when that
// ends. Neither the original nor its digest is in it, from which what is missing could be guessed and confirmed. Its
// report says "withheld" of the other elements, and nothing of what was noticed or dropped, since the rule alone can
// tell what was there. Problems: kInputTooDeep; kNothingAwarded when none of the claims is disclosed, or has a title.
absl::Status Minimise(elm::Elements elements, absl::string_view id, absl::Time at, Translated* translated);

}  // namespace passerelle::document
