// Invented credentials, and three formats that can be read without any adapter of the build: "elm", which is the
// European model as it is, "note", which is the word NOTE, a blank, and a European credential, and "file", which is the
// same with the word FILE and confidential.
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/document/adapter.h"
#include "passerelle/elm/v3/elm.pb.h"

namespace passerelle::testing {

// One learning achievement of a credential. An empty value is not stated.
struct AchievementFacts {
  std::string level;                                                                // IRI of the EQF level
  std::vector<std::string> credits;                                                 // received, as written
  std::string framework = "http://data.europa.eu/snb/education-credit/6fcec5c5af";  // of the credits; ECTS
  std::string specification_credits = {};
  std::vector<AchievementFacts> parts = {};
};

struct CredentialFacts {
  std::vector<AchievementFacts> achievements = {{"http://data.europa.eu/snb/eqf/6", {"5"}}};
  std::string valid_from = "2029-06-30T10:00:00Z";
  std::string valid_until = {};
  std::string title = "Water quality in small supplies";
};

elm::v3::EuropeanDigitalCredential MakeCredential(const CredentialFacts& facts = {});

// As a document of the format "elm".
std::string EuropeanDocument(const CredentialFacts& facts = {});

// As a document of the format "note".
std::string NoteDocument(const CredentialFacts& facts = {});

// As a document of the format "file".
std::string FileDocument(const CredentialFacts& facts = {});

// The three formats.
document::Registry TestFormats();

}  // namespace passerelle::testing
