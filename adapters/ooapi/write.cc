#include "adapters/ooapi/write.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "adapters/families/names.h"
#include "adapters/ooapi/write_parts.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"
#include "core/elm/codec.h"

namespace passerelle::adapters::ooapi {
namespace {

using base::JsonWriter;

class Writer {
 public:
  explicit Writer(Source* source) : source_(*source), parts_(source) {
    for (const SourceNode& node : source_.tree().nodes()) {
      if (node.name == "@context" || node.name == "@type" || node.name == "type") source_.UseAll(&node);
      if (node.kind != SourceNode::Kind::kObject) continue;
      const std::string type = parts_.TypeOf(&node);
      const bool described = parts_.Describes(&node);
      if (type == "LearningOpportunity" && described) opportunities_.push_back(&node);
      if ((type == "Qualification" || type == "LearningAchievementSpecification") && described)
        courses_.push_back(&node);
    }
    for (const SourceNode* opportunity : opportunities_) {
      if (IsOffering(opportunity)) continue;
      const SourceNode* const course = parts_.Resolve(CourseOf(opportunity));
      if (course != nullptr) offers_.try_emplace(course, opportunity);
    }
  }

  std::string Write() {
    std::string text;
    JsonWriter json(text, JsonWriter::Layout::kIndented);
    std::vector<const SourceNode*> offerings;
    for (const SourceNode* opportunity : opportunities_) {
      if (IsOffering(opportunity) || !IsWrittenWithCourse(opportunity)) offerings.push_back(opportunity);
    }
    const auto items = static_cast<int64_t>(courses_.size() + offerings.size());
    json.BeginObject();
    json.Member("pageSize", items);
    json.Member("pageNumber", 1);
    json.Member("hasPreviousPage", false);
    json.Member("hasNextPage", false);
    json.Key("items");
    json.BeginArray();
    for (const SourceNode* course : courses_) WriteCourse(course, &json);
    for (const SourceNode* offering : offerings) WriteOffering(offering, &json);
    json.EndArray();
    json.EndObject();
    return text;
  }

 private:
  const SourceNode* CourseOf(const SourceNode* opportunity) const {
    return source_.FindFirst(opportunity, "learningAchievementSpecification");
  }

  bool IsOffering(const SourceNode* opportunity) const {
    return source_.FindFirst(opportunity, "temporal/endDate") != nullptr ||
           source_.FindFirst(opportunity, "priceDetail|applicationDeadline") != nullptr;
  }

  bool IsWrittenWithCourse(const SourceNode* opportunity) const {
    const auto offer = offers_.find(parts_.Resolve(CourseOf(opportunity)));
    return offer != offers_.end() && offer->second == opportunity;
  }

  bool IsProgramme(const SourceNode* opportunity) const {
    for (const SourceNode* type : source_.Find(opportunity, "dcType")) {
      if (parts_.IsProgramme(type)) return true;
    }
    return false;
  }

  void WriteCourse(const SourceNode* course, JsonWriter* json) {
    const auto found = offers_.find(course);
    const SourceNode* const offer = found == offers_.end() ? nullptr : found->second;
    const bool programme = IsProgramme(offer);
    json->BeginObject();
    parts_.WriteId(course, programme ? "programmeId" : "courseId", json);
    parts_.WriteCodes(course, json);
    if (programme) json->Member("programmeType", "programme");
    if (offer != nullptr) TakeOffer(offer);
    parts_.WriteTexts(course, "title", "name", json);
    parts_.WriteAbbreviation(course, json);
    parts_.WriteTextsOfFirst({{course, "description"}, {offer, "description"}}, "description", json);
    parts_.WriteStudyLoad(course, json);
    parts_.WriteModes({offer, course}, json);
    parts_.WriteValue(offer, "duration", "duration", json);
    parts_.WriteLanguages(course, "language", json);
    parts_.WriteField(course, json);
    parts_.WriteOutcomes(course, json);
    parts_.WriteTexts(course, "entryRequirement/noteLiteral", "admissionRequirements", json);
    parts_.WriteTexts(offer, "admissionProcedure/noteLiteral", "enrolment", json);
    parts_.WriteLevel(course, programme, json);
    parts_.WriteAssessment(course, json);
    parts_.WriteLink({offer, course}, json);
    parts_.WriteReferences(course, "hasPart", "childIds", json);
    if (offer != nullptr) parts_.WriteOrganisation(offer, json);
    json->EndObject();
  }

  // What an offer that is no offering repeats of its course, or has no place for.
  void TakeOffer(const SourceNode* offer) {
    source_.UseAll(source_.FindFirst(offer, "learningAchievementSpecification"));
    source_.UseAll(source_.FindFirst(offer, "title"));
    source_.UseAll(source_.FindFirst(offer, "defaultLanguage"));
    source_.UseAll(source_.FindFirst(offer, "dcType"));
    source_.Use(source_.FindFirst(offer, "@id"));
    source_.Use(source_.FindFirst(offer, "id"));
  }

  void WriteOffering(const SourceNode* offering, JsonWriter* json) {
    const SourceNode* const reference = CourseOf(offering);
    const SourceNode* const course = parts_.Resolve(reference);
    const auto offer = offers_.find(course);
    const bool programme = IsProgramme(offering) || (offer != offers_.end() && IsProgramme(offer->second));
    json->BeginObject();
    parts_.WriteId(offering, programme ? "programmeOfferingId" : "courseOfferingId", json);
    parts_.WriteCodes(offering, json);
    parts_.WriteTexts(offering, "title", "name", json);
    parts_.WriteTexts(offering, "description", "description", json);
    parts_.WriteModes({offering}, json);
    parts_.WriteLanguages(offering, "http://data.europa.eu/snb/model/elm/defaultLanguage", json);
    parts_.WriteDate(offering, "startDate", "startDateTime", json);
    parts_.WriteDate(offering, "endDate", "endDateTime", json);
    parts_.WritePrices(offering, json);
    parts_.WriteLink({offering}, json);
    if (reference != nullptr) parts_.WriteReference(reference, programme ? "programmeId" : "courseId", json);
    parts_.WriteOrganisation(offering, json);
    json->EndObject();
  }

  Source& source_;
  CatalogueParts parts_;
  std::vector<const SourceNode*> opportunities_;
  std::vector<const SourceNode*> courses_;
  absl::flat_hash_map<const SourceNode*, const SourceNode*> offers_;  // by course: what says that it is offered
};

}  // namespace

absl::StatusOr<document::Exported> WriteCatalogue(const elm::v3::Dataset& catalogue,
                                                  const document::ExportOptions& options) {
  ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(elm::WriteData(catalogue)));
  document::ImportOptions reading;
  reading.list_mapped = options.list_mapped;
  Source source(std::move(tree), reading);
  document::Exported exported;
  exported.content = Writer(&source).Write();
  source.Close(&exported);
  return exported;
}

}  // namespace passerelle::adapters::ooapi
