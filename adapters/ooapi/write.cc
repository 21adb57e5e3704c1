#include "adapters/ooapi/write.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "adapters/families/names.h"
#include "adapters/ooapi/write_parts.h"
#include "core/base/json.h"
#include "core/base/status_macros.h"
#include "core/elm/codec.h"
#include "core/elm/rules/date.h"

namespace passerelle::adapters::ooapi {
namespace {

using base::JsonWriter;

class Writer {
 public:
  Writer(Source* source, const Version& version) : source_(*source), version_(version), parts_(source, version) {
    for (const SourceNode& node : source_.tree().nodes()) {
      if (node.name == "@context" || node.name == "@type" || node.name == "type") source_.UseAll(&node);
      if (node.kind != SourceNode::Kind::kObject) continue;
      const std::string type = parts_.TypeOf(&node);
      const bool described = !node.IsReference();
      if (type == "LearningOpportunity" && described) opportunities_.push_back(&node);
      if ((type == "Qualification" || type == "LearningAchievementSpecification") && described)
        courses_.push_back(&node);
    }
    // An offering without the days that the version demands stands in for its course where no other offer does.
    for (const bool offering : {false, true}) {
      for (const SourceNode* opportunity : opportunities_) {
        if (IsOffering(opportunity) != offering || (offering && HasDays(opportunity))) continue;
        const SourceNode* const course = parts_.Resolve(CourseOf(opportunity));
        if (course != nullptr) offers_.try_emplace(course, opportunity);
      }
    }
    for (const SourceNode* opportunity : opportunities_) {
      const SourceNode* const course = parts_.Resolve(CourseOf(opportunity));
      if (course != nullptr) first_offered_.try_emplace(course, opportunity);
    }
    FindProgrammes();
  }

  std::string Write() {
    std::string text;
    JsonWriter json(text, JsonWriter::Layout::kIndented);
    std::vector<const SourceNode*> offerings;
    for (const SourceNode* opportunity : opportunities_) {
      if (IsWrittenWithCourse(opportunity)) continue;
      if (HasDays(opportunity)) {
        offerings.push_back(opportunity);
      } else {
        source_.Drop(opportunity, "offerings have a first and a last day in this version");
      }
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

  // Those that the version demands of an offering.
  bool HasDays(const SourceNode* opportunity) const {
    if (!version_.dated_offerings) return true;
    return elm::ReadDate(source_.TextOf(opportunity, "temporal/startDate")).has_value() &&
           elm::ReadDate(source_.TextOf(opportunity, "temporal/endDate")).has_value();
  }

  bool IsWrittenWithCourse(const SourceNode* opportunity) const {
    const auto offer = offers_.find(parts_.Resolve(CourseOf(opportunity)));
    return offer != offers_.end() && offer->second == opportunity;
  }

  const SourceNode* OfferOf(const SourceNode* course) const {
    const auto found = offers_.find(course);
    return found == offers_.end() ? nullptr : found->second;
  }

  // What tells of the course: the offer that stands for it, or else the first of all.
  const SourceNode* DetailsOf(const SourceNode* course) const {
    if (const SourceNode* const offer = OfferOf(course)) return offer;
    const auto found = first_offered_.find(course);
    return found == first_offered_.end() ? nullptr : found->second;
  }

  bool IsProgramme(const SourceNode* opportunity) const {
    for (const SourceNode* type : source_.Find(opportunity, "dcType")) {
      if (parts_.IsProgramme(type)) return true;
    }
    return false;
  }

  void WriteCourse(const SourceNode* course, JsonWriter* json) {
    if (source_.IsExhausted()) return;  // the catalogue is refused when it is written
    const SourceNode* const offer = OfferOf(course);
    const SourceNode* const details = DetailsOf(course);
    const bool programme = IsProgramme(details);
    json->BeginObject();
    parts_.WriteId(course, programme ? "programmeId" : "courseId", json);
    parts_.WriteCodes(course, json);
    if (programme) json->Member(version_.Member("programmeType"), version_.Word("programme"));
    if (offer != nullptr) TakeOffer(offer);
    parts_.WriteTexts(course, "title", "name", json);
    parts_.WriteShort(course, "abbreviation", json);
    parts_.WriteTextsOfFirst({{course, "description"}, {offer, "description"}}, "description", json);
    parts_.WriteStudyLoad(course, json);
    parts_.WriteModes({offer, course}, json);
    parts_.WriteValue(details, "duration", "duration", json);
    parts_.WriteDate(offer, "temporal/startDate", programme ? version_.first_start_of_programme : version_.first_start,
                     json);
    parts_.WriteLanguages(course, "language", json);
    parts_.WriteField(course, json);
    parts_.WriteOutcomes(course, json);
    parts_.WriteTexts(course, "entryRequirement/noteLiteral", "admissionRequirements", json);
    parts_.WriteTexts(details, "admissionProcedure/noteLiteral", "enrolment", json);
    parts_.WriteLevel(course, programme, json);
    parts_.WriteAssessment(course, json);
    parts_.WriteLink({offer, course}, json);
    WriteRelations(course, programme, json);
    if (offer != nullptr) parts_.WriteAddresses(offer, "teaching", json);
    if (offer != nullptr) parts_.WriteOrganisation(offer, json);
    json->EndObject();
  }

  // Whether the reference leads to what is written as a course here.
  bool IsCourse(const SourceNode* reference) const {
    const SourceNode* const node = parts_.Resolve(reference);
    return !node->IsReference() && !IsProgramme(DetailsOf(node));
  }

  // The programmes of each course, by what they say of their parts.
  void FindProgrammes() {
    for (const SourceNode* programme : courses_) {
      if (!IsProgramme(DetailsOf(programme))) continue;
      for (const SourceNode* part : parts_.ValuesOf(programme, "hasPart")) {
        if (IsCourse(part)) programmes_[parts_.Resolve(part)].push_back({part, programme});
      }
    }
  }

  std::vector<Reference> ReferencesOf(const SourceNode* course, absl::string_view term) const {
    std::vector<Reference> references;
    for (const SourceNode* node : parts_.ValuesOf(course, term)) references.push_back({node, node});
    return references;
  }

  // Parts and wholes. Programmes have programmes as children; it is the courses that name their programmes.
  void WriteRelations(const SourceNode* course, bool programme, JsonWriter* json) {
    std::vector<Reference> parts = ReferencesOf(course, "hasPart");
    std::vector<Reference> wholes = ReferencesOf(course, "isPartOf");
    const auto is_course = [this](const Reference& reference) { return IsCourse(reference.named); };
    std::erase_if(wholes, is_course);
    if (!programme) {
      const std::vector<Reference>& stated_by_programmes = programmes_[course];
      wholes.insert(wholes.end(), stated_by_programmes.begin(), stated_by_programmes.end());
      return parts_.WriteReferences(wholes, "programmeIds", json);
    }
    if (!wholes.empty()) parts_.WriteReference(wholes.front().named, "parentId", json);
    std::erase_if(parts, is_course);
    parts_.WriteReferences(parts, "childIds", json);
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
    if (source_.IsExhausted()) return;
    const SourceNode* const reference = CourseOf(offering);
    const SourceNode* const course = parts_.Resolve(reference);
    const bool programme = IsProgramme(offering) || IsProgramme(DetailsOf(course));
    json->BeginObject();
    parts_.WriteId(offering, programme ? "programmeOfferingId" : "courseOfferingId", json);
    parts_.WriteCodes(offering, json);
    source_.UseAll(source_.FindFirst(offering, "dcType"));
    if (version_.typed_offerings) json->Member("offeringType", version_.Word(programme ? "programme" : "course"));
    parts_.WriteTexts(offering, "title", "name", json);
    parts_.WriteTexts(offering, "description", "description", json);
    parts_.WriteModes({offering}, json);
    parts_.WriteLanguages(offering, "http://data.europa.eu/snb/model/elm/defaultLanguage", json);
    parts_.WriteDate(offering, "temporal/startDate", "startDateTime", json);
    parts_.WriteDate(offering, "temporal/endDate", "endDateTime", json);
    parts_.WriteDate(offering, "applicationDeadline", version_.enrolment_end, json);
    parts_.WriteNoted(offering, "Result expected: ", "resultExpected", json);
    parts_.WritePrices(offering, json);
    parts_.WriteAddresses(offering, "teaching", json);
    parts_.WriteLink({offering}, json);
    const absl::string_view offered = programme ? version_.programme_of_offering : version_.course_of_offering;
    if (reference != nullptr) parts_.WriteReference(reference, offered, json);
    parts_.WriteOrganisation(offering, json);
    json->EndObject();
  }

  Source& source_;
  const Version& version_;
  CatalogueParts parts_;
  std::vector<const SourceNode*> opportunities_;
  std::vector<const SourceNode*> courses_;
  absl::flat_hash_map<const SourceNode*, const SourceNode*> offers_;         // by course: what says that it is offered
  absl::flat_hash_map<const SourceNode*, const SourceNode*> first_offered_;  // by course
  absl::flat_hash_map<const SourceNode*, std::vector<Reference>> programmes_;  // by course
};

}  // namespace

absl::StatusOr<document::Exported> WriteCatalogue(const elm::v3::Dataset& catalogue,
                                                  const document::ExportOptions& options, const Version& version) {
  ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(elm::WriteData(catalogue)));
  document::ImportOptions reading;
  reading.list_mapped = options.list_mapped;
  Source source(std::move(tree), reading);
  source.SetNoPlace("no place in the interface");
  document::Exported exported;
  exported.content = Writer(&source, version).Write();
  RETURN_IF_ERROR(source.CheckAllowance());
  source.Close(&exported);
  return exported;
}

}  // namespace passerelle::adapters::ooapi
