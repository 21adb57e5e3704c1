// Members of the Open Education API, written from the nodes of a catalogue. They are named as in version 6 and written
// as the version at hand has them. A member without a value is left out, unless the version demands it.
//
// Source: Open Education API 5.0 and 6.0, Course, Program(me), CourseOffering, Program(me)Offering, Organi(s|z)ation.
// Thread-safety: for one thread, as its Source. Ownership: borrows the source.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "adapters/ooapi/list_member.h"
#include "adapters/ooapi/version.h"
#include "core/base/json.h"
#include "core/document/source.h"

namespace passerelle::adapters::ooapi {

// One of several references: the node that states it, and the node that it is to lead to.
struct Reference {
  const document::SourceNode* stated;
  const document::SourceNode* named;
};

class CatalogueParts {
 public:
  CatalogueParts(document::Source* source, const Version& version);

  std::string TypeOf(const document::SourceNode* node) const;
  // The node that a reference leads to; the reference itself if nothing else describes it, null for null.
  const document::SourceNode* Resolve(const document::SourceNode* reference) const;
  // The values of a member: those of an array, or the one.
  std::vector<const document::SourceNode*> ValuesOf(const document::SourceNode* node, absl::string_view name) const;
  // Whether the concept says that an opportunity is a programme.
  bool IsProgramme(const document::SourceNode* type) const;

  void WriteId(const document::SourceNode* node, absl::string_view member, base::JsonWriter* json);
  void WriteReference(const document::SourceNode* node, absl::string_view member, base::JsonWriter* json);
  // Each id once.
  void WriteReferences(const std::vector<Reference>& references, absl::string_view member, base::JsonWriter* json);
  // That nothing is known of a member, where the version demands it.
  void WriteDemanded(absl::string_view member, base::JsonWriter* json);
  // A truth value that stands in a note with that label, as reading leaves it.
  void WriteNoted(const document::SourceNode* node, absl::string_view label, absl::string_view member,
                  base::JsonWriter* json);
  // primaryCode, which the interface demands, and otherCodes.
  void WriteCodes(const document::SourceNode* node, base::JsonWriter* json);
  void WriteTexts(const document::SourceNode* node, absl::string_view path, absl::string_view member,
                  base::JsonWriter* json);
  // The texts of the first place that has any.
  void WriteTextsOfFirst(const std::vector<std::pair<const document::SourceNode*, absl::string_view>>& places,
                         absl::string_view member, base::JsonWriter* json);
  // The other name, where it is short enough.
  void WriteShort(const document::SourceNode* node, absl::string_view member, base::JsonWriter* json);
  void WriteValue(const document::SourceNode* node, absl::string_view path, absl::string_view member,
                  base::JsonWriter* json);
  // Nothing without a name of the member.
  void WriteDate(const document::SourceNode* node, absl::string_view path, absl::string_view member,
                 base::JsonWriter* json);
  void WriteStudyLoad(const document::SourceNode* course, base::JsonWriter* json);
  // Of the first node that states any.
  void WriteModes(const std::vector<const document::SourceNode*>& nodes, base::JsonWriter* json);
  void WriteLanguages(const document::SourceNode* node, absl::string_view term, base::JsonWriter* json);
  void WriteField(const document::SourceNode* course, base::JsonWriter* json);
  void WriteOutcomes(const document::SourceNode* course, base::JsonWriter* json);
  // The level of the European framework for programmes; for courses the word of the cycle, where there is one.
  void WriteLevel(const document::SourceNode* course, bool programme, base::JsonWriter* json);
  void WriteAssessment(const document::SourceNode* course, base::JsonWriter* json);
  void WriteLink(const std::vector<const document::SourceNode*>& nodes, base::JsonWriter* json);
  void WritePrices(const document::SourceNode* offering, base::JsonWriter* json);
  void WriteOrganisation(const document::SourceNode* opportunity, base::JsonWriter* json);
  // Those of the places of a node: the text of an address, which the model does not take apart, as its further details.
  void WriteAddresses(const document::SourceNode* node, absl::string_view kind, base::JsonWriter* json);

 private:
  const document::SourceNode* IdOf(const document::SourceNode* node) const;
  // Texts of language maps as entries.
  void WriteEntries(const std::vector<const document::SourceNode*>& maps, absl::string_view member,
                    base::JsonWriter* json);
  void AddEntries(const std::vector<const document::SourceNode*>& maps, absl::string_view target, ListMember* list,
                  base::JsonWriter* json);
  // The word of the interface for a mode; empty if the version has none.
  std::string ModeOf(const document::SourceNode* mode) const;
  void WriteCountry(const document::SourceNode* address, base::JsonWriter* json);

  document::Source& source_;
  const Version& version_;
  absl::flat_hash_map<std::string, const document::SourceNode*> described_;  // by id
};

}  // namespace passerelle::adapters::ooapi
