// The mapping of ELMO to the European model, one function for each part of the document. Rule ids are those of
// docs/reference; every function takes what it uses from the Source, which accounts for the rest.
//
// Thread-safety: free functions; each writes to its Source and to the message given to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/elmo/source.h"
#include "adapters/elmo/text.h"

namespace passerelle::adapters::elmo {

// An issuer element: the awarding body, which is not the issuer of the European credential.
struct AwardingBody {
  elm::v3::AgentNode agent;
  std::optional<elm::v3::Concept> country;
  std::vector<elm::v3::AgentNode> beside;  // who awarded it together with the agent
};

// What all achievements of a report share.
struct ReportContext {
  std::string issue_date;  // report/issueDate as xsd:dateTime; may be empty
  xml_node issue_date_node;
  absl::flat_hash_map<std::string, xml_node> grading_schemes;  // by localId
  absl::flat_hash_map<std::string, xml_node> groups;           // by "<type id>/<group id>"
};

// learner: names, birth, identifiers, citizenship, gender, address. `country` is that of the first awarding body.
void MapLearner(Source* source, const xml_node& learner, const std::optional<elm::v3::Concept>& country,
                elm::v3::Person* person);

// issuer: M3 and M4. An organisation needs a name and a country; without them it is an agent, never a guess.
AwardingBody MapIssuer(Source* source, const xml_node& issuer);

// learningOpportunitySpecification: the achievements it stands for. Usually one; none if it was not passed or has no
// title, and then those of its parts that were passed, in its stead. `depth` is 0 at the top.
std::vector<elm::v3::LearningAchievement> MapSpecification(Source* source, const ReportContext& report,
                                                           const xml_node& specification, const AwardingBody& body,
                                                           size_t depth);

// learningOpportunityInstance/credit and engagementHours: M7.
void MapWorkload(Source* source, const xml_node& specification, const xml_node& instance, size_t depth,
                 elm::v3::LearningAchievement* achievement, elm::v3::Qualification* qualification);

// level, qualificationLevel, and the cycle in credit/level: M8.
void MapLevel(Source* source, const xml_node& specification, const xml_node& instance, size_t depth,
              elm::v3::Qualification* qualification);

// resultLabel, status, gradingScheme, distributions, and the kind of assessment: O3, M9.
void MapAssessment(Source* source, const ReportContext& report, const xml_node& instance,
                   elm::v3::LearningAchievement* achievement, elm::v3::Qualification* qualification, size_t depth);

// academicTerm and start: the learning activity.
void MapActivity(Source* source, const xml_node& instance, elm::v3::LearningAchievement* achievement);

// diplomaSupplement: sections become notes; 4.2 outcomes, 3.3 entry requirements.
void MapSupplement(Source* source, const xml_node& instance, size_t depth, elm::v3::Qualification* qualification);

// attachment: files as data URIs.
void MapAttachment(Source* source, const xml_node& attachment, elm::v3::EuropeanDigitalCredential* credential);

// Presentation that the model demands: languages, title, and one page.
void WriteDisplay(const Source& source, const Texts& title, elm::v3::EuropeanDigitalCredential* credential);

}  // namespace passerelle::adapters::elmo
