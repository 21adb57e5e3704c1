// Writing ELMO 1.7: a European credential as a transcript, element by element in the order of the schema, unsigned.
//
// What ELMO has no field for (learning outcomes one by one, assessment type, participation, quality assurance, entry
// requirements, supervision) becomes labelled lines of the description, for people, and elements of an extension of our
// own, for programs. Signing is the business of the national contact point, so that no old signature is ever copied.
//
// Thread-safety: free functions on values; a Writer is for one thread. Ownership: a Writer borrows its source and
// document.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/document/source.h"
#include "pugixml.hpp"

namespace passerelle::adapters::elmo {

// The European credential as a tree, and what is taken from it on the way to ELMO.
class Writer {
 public:
  explicit Writer(document::Source* source);

  document::Source& source() const { return *source_; }

  // The text of a value at a path, which counts as carried to the element; empty if there is none.
  std::string Take(const document::SourceNode* node, absl::string_view path, absl::string_view element,
                   document::LossClass loss = document::kKept);
  // The texts of a language map at a path, as (language, text).
  std::vector<std::pair<std::string, std::string>> TakeTexts(const document::SourceNode* node, absl::string_view path,
                                                             absl::string_view element,
                                                             document::LossClass loss = document::kKept);
  // The IRI of a concept, and its first label.
  std::string TakeConcept(const document::SourceNode* node, absl::string_view element,
                          document::LossClass loss = document::kKept);
  std::string LabelOf(const document::SourceNode* node) const;

  // Whether the achievement is to be written here: one that is listed in several places is written once, since its
  // credits count once. Notes where it is not.
  bool Begin(const document::SourceNode* achievement);

  // The local id of a grading scheme; a new one is remembered with its texts.
  std::string SchemeId(const std::vector<std::pair<std::string, std::string>>& texts);
  const std::vector<std::vector<std::pair<std::string, std::string>>>& schemes() const { return schemes_; }
  void ForgetSchemes() {
    schemes_.clear();
    scheme_numbers_.clear();
  }

 private:
  document::Source* source_;
  absl::flat_hash_set<const document::SourceNode*> begun_;
  std::vector<std::vector<std::pair<std::string, std::string>>> schemes_;
  absl::flat_hash_map<std::vector<std::pair<std::string, std::string>>, size_t> scheme_numbers_;  // from 1
};

// Adds an element with a text; one in a language has xml:lang, unless it is undetermined.
pugi::xml_node AddElement(pugi::xml_node parent, const char* name, absl::string_view text);
void AddTexts(pugi::xml_node parent, const char* name, const std::vector<std::pair<std::string, std::string>>& texts);

// The day of an xsd:dateTime as stated; empty if it is none.
std::string DayOf(absl::string_view date_time);

// identifier elements of a node's identifiers. Returns how many there are.
int AddIdentifiers(Writer* writer, const document::SourceNode* node, pugi::xml_node parent);

// learningOpportunitySpecification of an achievement, with its parts.
void AddSpecification(Writer* writer, const document::SourceNode* achievement, pugi::xml_node parent, size_t depth);

// The whole document.
absl::StatusOr<document::Exported> ExportElmo(const elm::v3::EuropeanDigitalCredential& credential,
                                              const document::ExportOptions& options);

}  // namespace passerelle::adapters::elmo
