// The letter of a decision or statement: HTML in one or two languages, one after the other, each whole. It is made of
// the decision alone: labels and the meaning of reason codes are in the reader's language; what officials wrote stands
// in their own, marked with its language. It can be read by a screen reader, and made into a tagged PDF.
//
// The letter explains; what counts is the sealed credential, whose digest and place of verification it names.
//
// Thread-safety: a free function on values. The same input gives the same bytes.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "passerelle/recognition/v1/recognition.pb.h"

namespace passerelle::recognition {

struct LetterWish {
  std::string holder_name;             // as the document names the holder
  std::string authority_language;      // in which officials and the policy write, such as "bg"
  std::vector<std::string> languages;  // of LetterLanguages(): the authority's, and the applicant's choice
  std::string credential_sha256;       // of the sealed credential, as a file
  std::string verify_at;               // https address at which it can be verified
};

// Problems: kFieldInvalid for languages that are none, are too many or stand twice, for a digest or an address that is
// none; those of CheckIssuable.
absl::StatusOr<std::string> LetterHtml(const v1::RecognitionCase& content, const LetterWish& wish);

}  // namespace passerelle::recognition
