// Members of the Open Education API 6, written from the nodes of a catalogue. A member without a value is left out.
//
// Source: Open Education API 6.0, Course, Programme, CourseOffering, ProgrammeOffering, Organisation.
// Thread-safety: for one thread, as its Source. Ownership: borrows the source.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "core/document/source.h"

namespace passerelle::adapters::ooapi {

class CatalogueParts {
 public:
  explicit CatalogueParts(document::Source* source);

  std::string TypeOf(const document::SourceNode* node) const;
  // Whether the node says more than which one it is.
  bool Describes(const document::SourceNode* node) const;
  // The node that a reference leads to; the reference itself if nothing else describes it, null for null.
  const document::SourceNode* Resolve(const document::SourceNode* reference) const;
  // Whether the concept says that an opportunity is a programme.
  bool IsProgramme(const document::SourceNode* type) const;

  void WriteId(const document::SourceNode* node, absl::string_view member, base::JsonWriter* json);
  void WriteReference(const document::SourceNode* node, absl::string_view member, base::JsonWriter* json);
  void WriteReferences(const document::SourceNode* node, absl::string_view path, absl::string_view member,
                       base::JsonWriter* json);
  // primaryCode, which the interface demands, and otherCodes.
  void WriteCodes(const document::SourceNode* node, base::JsonWriter* json);
  void WriteTexts(const document::SourceNode* node, absl::string_view path, absl::string_view member,
                  base::JsonWriter* json);
  // The texts of the first place that has any.
  void WriteTextsOfFirst(const std::vector<std::pair<const document::SourceNode*, absl::string_view>>& places,
                         absl::string_view member, base::JsonWriter* json);
  void WriteAbbreviation(const document::SourceNode* course, base::JsonWriter* json);
  void WriteValue(const document::SourceNode* node, absl::string_view path, absl::string_view member,
                  base::JsonWriter* json);
  void WriteDate(const document::SourceNode* offering, absl::string_view term, absl::string_view member,
                 base::JsonWriter* json);
  void WriteStudyLoad(const document::SourceNode* course, base::JsonWriter* json);
  // Of the first node that states any.
  void WriteModes(const std::vector<const document::SourceNode*>& nodes, base::JsonWriter* json);
  void WriteLanguages(const document::SourceNode* node, absl::string_view member, base::JsonWriter* json);
  void WriteField(const document::SourceNode* course, base::JsonWriter* json);
  void WriteOutcomes(const document::SourceNode* course, base::JsonWriter* json);
  // The level of the European framework for programmes; for courses the word of the cycle, where there is one.
  void WriteLevel(const document::SourceNode* course, bool programme, base::JsonWriter* json);
  void WriteAssessment(const document::SourceNode* course, base::JsonWriter* json);
  void WriteLink(const std::vector<const document::SourceNode*>& nodes, base::JsonWriter* json);
  void WritePrices(const document::SourceNode* offering, base::JsonWriter* json);
  void WriteOrganisation(const document::SourceNode* opportunity, base::JsonWriter* json);

 private:
  // The values of a member: those of an array, or the one.
  std::vector<const document::SourceNode*> ValuesOf(const document::SourceNode* node, absl::string_view name) const;
  const document::SourceNode* IdOf(const document::SourceNode* node) const;
  // Texts of language maps as entries; whether there were any.
  void WriteEntries(const std::vector<const document::SourceNode*>& maps, absl::string_view member,
                    base::JsonWriter* json);

  document::Source& source_;
  absl::flat_hash_map<std::string, const document::SourceNode*> described_;  // by id
};

}  // namespace passerelle::adapters::ooapi
