// Credentials of the European Learning Model that were read, by themselves or out of a token.
//
// Thread-safety: free functions on values.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/elm/codec.h"

namespace passerelle::adapters::families {

// What was awarded to several people must never meet in one translation, and a second subject could not be written.
// `place` is that of the credential in the document. Problem: kSeveralSubjects with the place of the second.
absl::Status CheckOneSubject(const ::passerelle::elm::ReadCredential& read, absl::string_view place);

}  // namespace passerelle::adapters::families
