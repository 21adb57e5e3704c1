#include "core/elm/annex_one.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/constraints_graph.h"
#include "core/elm/labels/labels.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

// Places of the elements in kAnnexOne.
enum Element { kM01, kM02, kM03, kM04, kM05, kM06, kM07, kM08, kM09, kM10, kM11, kO01, kO02, kO03, kO04, kO05 };

// Bytes of the name of a credit framework that a value shows.
constexpr size_t kFrameworkBytes = 80;

struct Framework {
  bool known;
  std::string name;
};

// The text cut to kFrameworkBytes, between two characters.
std::string Shortened(std::string text) {
  if (text.size() <= kFrameworkBytes) return text;
  size_t end = kFrameworkBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

// What was found on one element.
class Found {
 public:
  using Texts = google::protobuf::RepeatedPtrField<std::string>;  // they stay where they are

  bool stated = false;
  bool text = false;
  Texts paths;
  Texts values;
  std::string hint;  // shown where nothing states the element

  void Add(std::string path, std::string value) {
    AddOnce(std::move(path), paths, known_paths_);
    if (!value.empty()) AddOnce(std::move(value), values, known_values_);
  }

 private:
  using Known = absl::flat_hash_set<absl::string_view>;

  static void AddOnce(std::string text, Texts& texts, Known& known) {
    if (known.contains(text)) return;
    std::string* const added = texts.Add();
    *added = std::move(text);
    known.insert(*added);
  }

  Known known_paths_;
  Known known_values_;
};

class Report {
 public:
  Report(std::shared_ptr<const NodeGraph> graph, absl::string_view language)
      : reading_(std::move(graph), language), credential_(reading_.graph().credential()), visited_(reading_.graph()) {}

  document::v1::AnnexOneReport Make() {
    const std::optional<Placed<v3::Person>> learner = reading_.Subject();
    if (learner.has_value()) Learner(*learner);
    for (const Placed<v3::LearningAchievement>& claim : reading_.Achievements()) Achievement(claim);
    Issuer();
    for (const v3::Evidence& evidence : credential_.evidence()) {
      if (evidence.has_accreditation()) QualityAssurance(evidence.accreditation());
    }
    ForEach(credential_.attachment(), [this](const v3::MediaObject& attachment) {
      const Placed<v3::MediaObject> placed = reading_.Place(attachment);
      if (First(placed, kO05)) State(kO05, placed.pointer(), reading_.Text(placed.node->title()));
    });
    return Fill();
  }

 private:
  template <typename Values, typename Visit>
  static void ForEach(const Values& values, const Visit& visit) {
    for (const auto& value : values) visit(value);
  }

  // A word of ours in the language of the report.
  std::string Said(absl::string_view word) const {
    return std::string(Word(absl::StrCat("value/", word), reading_.word_language()));
  }

  std::string Shown(const Duration& duration) const {
    const absl::string_view language = reading_.word_language();
    if (language == "en" || duration.negative) return DescribeDuration(duration);
    std::vector<std::string> parts;
    if (duration.months != 0) parts.push_back(MonthsLabel(static_cast<double>(duration.months), language));
    if (duration.hours != 0 || parts.empty()) parts.push_back(HoursLabel(duration.hours, language));
    return absl::StrJoin(parts, ", ");
  }

  // Whether the node is seen for the first time for an element.
  template <typename Node>
  bool First(const Placed<Node>& placed, Element element) {
    return visited_.First(placed, element);
  }

  void State(Element element, std::string path, std::string value) {
    found_[element].stated = true;
    found_[element].Add(std::move(path), std::move(value));
  }

  void SayInText(Element element, std::string path, std::string value) {
    found_[element].text = true;
    found_[element].Add(std::move(path), std::move(value));
  }

  // A concept states the element where rules can compute with it; a private one is a text.
  void StateConcept(Element element, const v3::Concept& concept_node, std::optional<Vocabulary> vocabulary) {
    const Placed<v3::Concept> placed = reading_.Place(concept_node);
    if (!First(placed, element)) return;
    if (reading_.IsPublic(*placed.node, vocabulary)) {
      State(element, placed.pointer(), reading_.Label(*placed.node));
    } else {
      SayInText(element, placed.pointer(), reading_.Label(*placed.node));
    }
  }

  void StateTexts(Element element, const std::string& node, absl::string_view term,
                  const google::protobuf::RepeatedPtrField<v3::LanguageString>& texts) {
    if (!texts.empty()) State(element, absl::StrCat(node, "/", term), reading_.Text(texts));
  }

  // A birth date alone identifies nobody.
  void Learner(const Placed<v3::Person>& learner) {
    const v3::Person& person = *learner.node;
    const std::string at = learner.pointer();
    StateTexts(kM01, at, "fullName", person.full_name());
    std::vector<std::string> name;
    for (const auto* part : {&person.given_name(), &person.family_name()}) {
      if (!part->empty()) name.push_back(reading_.Text(*part));
    }
    if (!person.given_name().empty())
      State(kM01, at + "/givenName", person.full_name().empty() ? absl::StrJoin(name, " ") : "");
    if (!person.family_name().empty()) {
      State(kM01, at + "/familyName", person.full_name().empty() ? absl::StrJoin(name, " ") : "");
    }
    if (person.has_national_id())
      State(kM01, reading_.Place(person.national_id()).pointer(), Said("national_identifier"));
    ForEach(person.identifier(), [this](const v3::IdentifierNode& identifier) {
      State(kM01, reading_.PointerOf(identifier), Said("identifier"));
    });
    ForEach(person.contact_point(), [this](const v3::ContactPoint& contact) {
      ForEach(reading_.Place(contact).node->email_address(),
              [this](const v3::Mailbox& mailbox) { State(kM01, reading_.Place(mailbox).pointer(), Said("email")); });
    });
    if (found_[kM01].stated && !person.date_of_birth().empty()) {
      State(kM01, at + "/dateOfBirth", absl::StrCat(Said("born"), " ", person.date_of_birth().substr(0, 10)));
    }
  }

  void Achievement(const Placed<v3::LearningAchievement>& claim) {
    const v3::LearningAchievement& achievement = *claim.node;
    if (!First(claim, kM02)) return;
    StateTexts(kM02, claim.pointer(), "title", achievement.title());
    if (achievement.has_awarded_by()) Award(reading_.Place(achievement.awarded_by()));
    // The specification first: what it states weighs more than what the activities add.
    if (const auto qualification = reading_.SpecificationAs<v3::Qualification>(achievement.specified_by())) {
      Levels(*qualification);
      Specification(*qualification);
    } else if (const auto specification =
                   reading_.SpecificationAs<v3::LearningAchievementSpecification>(achievement.specified_by())) {
      Specification(*specification);
    }
    ForEach(achievement.credit_received(), [this](const v3::CreditPoint& credit) { Credit(credit); });
    ForEach(achievement.influenced_by(), [this](const v3::LearningActivity& activity) { Activity(activity); });
    ForEach(achievement.proven_by(), [this](const v3::LearningAssessment& assessment) { Assessment(assessment); });
    Parts(achievement.has_part(), "part");
    Parts(achievement.is_part_of(), "part_of");
    Parts(achievement.entitles_to(), "entitles_to");
    Further(achievement);
    if (achievement.has_learning_opportunity()) Opportunity(reading_.Place(achievement.learning_opportunity()));
  }

  void Award(const Placed<v3::AwardingProcess>& award) {
    ForEach(award.node->awarding_body(), [this](const v3::AgentNode& body) {
      const Placement place = reading_.PlaceOf(body);
      if (place.node == nullptr || !First(place, kM04)) return;
      if (const auto* organisation = place.As<v3::Organisation>()) {
        AwardingBody(*organisation, place.pointer());
      } else if (const auto* agent = place.As<v3::Agent>()) {
        NamedAgent(*agent, place.pointer(), "prefLabel", agent->pref_label());
      } else if (const auto* person = place.As<v3::Person>()) {
        StateTexts(kM04, place.pointer(), "fullName", person->full_name());
        if (person->has_location()) Country(person->location());
      }
    });
    if (!award.node->awarding_date().empty()) {
      State(kM05, award.pointer() + "/awardingDate", award.node->awarding_date());
    }
  }

  template <typename Agent>
  void NamedAgent(const Agent& agent, const std::string& at, absl::string_view term,
                  const google::protobuf::RepeatedPtrField<v3::LanguageString>& names) {
    StateTexts(kM04, at, term, names);
    if (names.empty()) StateTexts(kM04, at, "altLabel", agent.alt_label());
    ForEach(agent.identifier(),
            [this](const v3::IdentifierNode& identifier) { State(kM04, reading_.PointerOf(identifier), ""); });
    ForEach(agent.location(), [this](const v3::Location& location) { Country(location); });
  }

  void AwardingBody(const v3::Organisation& organisation, const std::string& at) {
    NamedAgent(organisation, at, "legalName", organisation.legal_name());
    if (organisation.has_registration()) State(kM04, reading_.Place(organisation.registration()).pointer(), "");
    if (organisation.has_eidas_identifier()) State(kM04, reading_.Place(organisation.eidas_identifier()).pointer(), "");
    ForEach(organisation.accreditation(), [this](const v3::Accreditation& entry) { QualityAssurance(entry); });
  }

  void Country(const v3::Location& location) {
    const Placed<v3::Location> placed = reading_.Place(location);
    if (!First(placed, kM03)) return;
    ForEach(placed.node->address(), [this](const v3::Address& address) {
      const Placed<v3::Address> at = reading_.Place(address);
      if (at.node->has_country_code()) {
        StateConcept(kM03, at.node->country_code(), std::nullopt);
      } else if (at.node->has_full_address()) {
        SayInText(kM03, at.pointer() + "/fullAddress", reading_.Text(at.node->full_address().note_literal()));
      }
    });
    ForEach(placed.node->spatial_code(), [this](const v3::Concept& code) { StateConcept(kM03, code, std::nullopt); });
    if (placed.node->address().empty() && placed.node->spatial_code().empty() &&
        !placed.node->geographic_name().empty()) {
      SayInText(kM03, placed.pointer() + "/geographicName", reading_.Text(placed.node->geographic_name()));
    }
  }

  // The issuer of the document comes after the awarding bodies: sealing adds the country of the seal's certificate
  // here.
  void Issuer() {
    if (!credential_.has_issuer()) return;
    const Placement place = reading_.PlaceOf(credential_.issuer());
    if (const auto* organisation = place.As<v3::Organisation>()) {
      ForEach(organisation->location(), [this](const v3::Location& location) { Country(location); });
    } else if (const auto* agent = place.As<v3::Agent>()) {
      ForEach(agent->location(), [this](const v3::Location& location) { Country(location); });
    }
    const std::string& issued = credential_.issued().empty() ? credential_.valid_from() : credential_.issued();
    if (!issued.empty()) {
      found_[kM05].hint = WordWith("value/issued", issued.substr(0, 10), reading_.word_language());
    }
  }

  template <typename Spec>
  void Specification(const Placed<Spec>& placed) {
    const Spec& spec = *placed.node;
    if (!First(placed, kM06)) return;
    if (!spec.title().empty()) State(kM02, placed.pointer() + "/title", reading_.Text(spec.title()));
    ForEach(spec.learning_outcome(), [this](const v3::LearningOutcome& outcome) {
      const Placed<v3::LearningOutcome> at = reading_.Place(outcome);
      if (First(at, kM06)) State(kM06, at.pointer(), reading_.Text(at.node->title()));
    });
    if (spec.has_learning_outcome_summary()) NoteText(kM06, spec.learning_outcome_summary(), false);
    ForEach(spec.credit_point(), [this](const v3::CreditPoint& credit) { Credit(credit); });
    Volume(placed.pointer() + "/volumeOfLearning", spec.volume_of_learning());
    ForEach(spec.education_level(), [this](const v3::Concept& level) {
      const Placed<v3::Concept> at = reading_.Place(level);
      if (!First(at, kM08)) return;
      SayInText(kM08, at.pointer(), reading_.Label(*at.node));
    });
    ForEach(spec.proven_by(), [this](const v3::LearningAssessmentSpecification& proof) { AssessmentKind(proof); });
    ForEach(spec.mode(), [this](const v3::Concept& mode) { StateConcept(kM10, mode, Vocabulary::kMode); });
    ForEach(spec.influenced_by(), [this](const v3::LearningActivitySpecification& kind) { ActivityKind(kind); });
    if (spec.has_entry_requirement()) NoteText(kO01, spec.entry_requirement(), true);
    ForEach(spec.target_group(), [this](const v3::Concept& group) { StateConcept(kO01, group, std::nullopt); });
    Parts(spec.has_part(), "part");
    Parts(spec.is_part_of(), "part_of");
    Parts(spec.entitles_to(), "entitles_to");
    Further(spec);
    ForEach(spec.homepage(), [this](const v3::WebResource& page) { Web(page); });
  }

  // What only a qualification can state.
  void Levels(const Placed<v3::Qualification>& placed) {
    const v3::Qualification& qualification = *placed.node;
    if (qualification.has_eqf_level()) StateConcept(kM08, qualification.eqf_level(), Vocabulary::kEqf);
    ForEach(qualification.nqf_level(), [this](const v3::Concept& level) { StateConcept(kM08, level, std::nullopt); });
    ForEach(qualification.accreditation(), [this](const v3::Accreditation& entry) { QualityAssurance(entry); });
    if (qualification.has_is_partial_qualification()) {
      State(kO04, placed.pointer() + "/isPartialQualification",
            Said(qualification.is_partial_qualification() ? "partial_qualification" : "no_partial_qualification"));
    }
  }

  // What a credit framework means, worked out once: many credits can name one that has many labels or schemes.
  const Framework& FrameworkOf(const v3::Concept& field) {
    const v3::Concept& node = reading_.Full(field);
    const auto [entry, made] = frameworks_.try_emplace(&node);
    if (made) {
      entry->second = {reading_.IsPublic(node, Vocabulary::kCreditSystem), Shortened(reading_.CreditSystem(node))};
    }
    return entry->second;
  }

  void Credit(const v3::CreditPoint& credit) {
    const Placed<v3::CreditPoint> placed = reading_.Place(credit);
    if (!First(placed, kM07)) return;
    std::string value = placed.node->point();
    bool known = false;
    if (placed.node->has_framework()) {
      const Framework& framework = FrameworkOf(placed.node->framework());
      known = framework.known;
      absl::StrAppend(&value, " ", framework.name);
    }
    if (known && ParseCredits(placed.node->point()).has_value()) {
      State(kM07, placed.pointer(), std::move(value));
    } else {
      SayInText(kM07, placed.pointer(), std::move(value));
    }
  }

  // How many hours a month of learning holds is not known, so that a duration in months is a text.
  void Volume(std::string path, const std::string& text) {
    if (text.empty()) return;
    const std::optional<Duration> duration = ParseDuration(text);
    if (!duration.has_value()) {
      SayInText(kM07, std::move(path), text);
    } else if (duration->months != 0) {
      SayInText(kM07, std::move(path), Shown(*duration));
    } else {
      State(kM07, std::move(path), Shown(*duration));
    }
  }

  void Activity(const v3::LearningActivity& activity) {
    const Placed<v3::LearningActivity> placed = reading_.Place(activity);
    if (!First(placed, kM10)) return;
    Volume(placed.pointer() + "/workload", placed.node->workload());
    if (placed.node->has_specified_by()) ActivityKind(placed.node->specified_by());
    Further(*placed.node);
  }

  void ActivityKind(const v3::LearningActivitySpecification& kind) {
    const Placed<v3::LearningActivitySpecification> placed = reading_.Place(kind);
    if (!First(placed, kM10)) return;
    Volume(placed.pointer() + "/volumeOfLearning", placed.node->volume_of_learning());
    // Hours with a teacher are a part of the workload only.
    if (!placed.node->contact_hour().empty()) {
      SayInText(kM07, placed.pointer() + "/contactHour",
                absl::StrCat(absl::StrJoin(placed.node->contact_hour(), ", "), " ", Said("contact_hours")));
    }
    ForEach(placed.node->mode(), [this](const v3::Concept& mode) { StateConcept(kM10, mode, Vocabulary::kMode); });
  }

  void Assessment(const v3::LearningAssessment& assessment) {
    const Placed<v3::LearningAssessment> placed = reading_.Place(assessment);
    if (!First(placed, kM09)) return;
    const v3::LearningAssessment& node = *placed.node;
    ForEach(node.dc_type(), [this](const v3::Concept& type) { StateConcept(kM09, type, Vocabulary::kAssessment); });
    ForEach(node.specified_by(), [this](const v3::LearningAssessmentSpecification& kind) { AssessmentKind(kind); });
    if (node.has_id_verification()) StateConcept(kO02, node.id_verification(), Vocabulary::kIdVerification);
    if (node.has_grade()) NoteText(kO03, node.grade(), true);
    if (node.has_grade_status()) StateConcept(kO03, node.grade_status(), std::nullopt);
    Further(node);
  }

  void AssessmentKind(const v3::LearningAssessmentSpecification& kind) {
    const Placed<v3::LearningAssessmentSpecification> placed = reading_.Place(kind);
    if (!First(placed, kM09)) return;
    ForEach(placed.node->dc_type(),
            [this](const v3::Concept& type) { StateConcept(kM09, type, Vocabulary::kAssessment); });
    // The mode of an assessment does not say how the learning was taken part in.
    ForEach(placed.node->mode(), [this](const v3::Concept& mode) {
      const Placed<v3::Concept> at = reading_.Place(mode);
      SayInText(kM10, at.pointer(), absl::StrCat(Said("assessment"), ": ", reading_.Label(*at.node)));
    });
  }

  void QualityAssurance(const v3::Accreditation& accreditation) {
    const Placed<v3::Accreditation> placed = reading_.Place(accreditation);
    if (!First(placed, kM11)) return;
    const v3::Accreditation& node = *placed.node;
    const std::string title = reading_.Text(node.title());
    if (node.has_dc_type() && reading_.IsPublic(node.dc_type(), Vocabulary::kAccreditationType)) {
      const std::string type = reading_.Label(reading_.Full(node.dc_type()));
      State(kM11, placed.pointer(), title.empty() || title == type ? type : absl::StrCat(type, ": ", title));
    } else {
      SayInText(kM11, placed.pointer(), title);
    }
  }

  void Opportunity(const Placed<v3::LearningOpportunity>& placed) {
    if (placed.node->has_admission_procedure()) NoteText(kO01, placed.node->admission_procedure(), true);
    ForEach(placed.node->mode(), [this](const v3::Concept& mode) { StateConcept(kM10, mode, Vocabulary::kMode); });
    ForEach(placed.node->homepage(), [this](const v3::WebResource& page) { Web(page); });
  }

  // A note in the property that Annex I asks for states the element; a note instead of it is a text.
  void NoteText(Element element, const v3::Note& note, bool states) {
    const Placed<v3::Note> placed = reading_.Place(note);
    if (placed.node->note_literal().empty() || !First(placed, element)) return;
    if (states) {
      State(element, placed.pointer(), reading_.Text(placed.node->note_literal()));
    } else {
      SayInText(element, placed.pointer(), reading_.Text(placed.node->note_literal()));
    }
  }

  template <typename Nodes>
  void Parts(const Nodes& nodes, absl::string_view relation) {
    ForEach(nodes, [this, relation](const auto& node) {
      if (!First(reading_.PlaceOf(node), kO04)) return;
      State(kO04, reading_.PointerOf(node), absl::StrCat(Said(relation), ": ", reading_.TitleOf(node)));
    });
  }

  void Web(const v3::WebResource& page) {
    const Placed<v3::WebResource> placed = reading_.Place(page);
    if (!First(placed, kO05)) return;
    State(kO05, placed.pointer(), placed.node->content_url());
  }

  template <typename Node>
  void Further(const Node& node) {
    ForEach(node.additional_note(), [this](const v3::Note& note) { NoteText(kO05, note, false); });
    ForEach(node.supplementary_document(), [this](const v3::WebResource& page) { Web(page); });
  }

  document::v1::AnnexOneReport Fill() {
    document::v1::AnnexOneReport report;
    bool complete = true;
    for (size_t i = 0; i < found_.size(); ++i) {
      Found& found = found_[i];
      document::v1::AnnexOneElement* element = report.add_elements();
      element->set_element(kAnnexOne[i].id);
      element->set_status(found.stated ? document::v1::ELEMENT_STATUS_STATED
                          : found.text ? document::v1::ELEMENT_STATUS_TEXT
                                       : document::v1::ELEMENT_STATUS_MISSING);
      element->set_value(found.stated || found.text ? absl::StrJoin(found.values, "; ") : found.hint);
      *element->mutable_paths() = std::move(found.paths);
      const bool mandatory = i <= kM11;
      complete = complete && (!mandatory || found.stated || found.text);
    }
    report.set_complete(complete);
    return report;
  }

  const Reading reading_;
  const v3::EuropeanDigitalCredential& credential_;
  std::array<Found, std::size(kAnnexOne)> found_;
  Visited visited_;
  absl::flat_hash_map<const v3::Concept*, Framework> frameworks_;
};

}  // namespace

document::v1::AnnexOneReport AnnexOne(const v3::EuropeanDigitalCredential& credential, absl::string_view language) {
  return AnnexOne(std::make_shared<const NodeGraph>(credential), language);
}

document::v1::AnnexOneReport AnnexOne(std::shared_ptr<const NodeGraph> graph, absl::string_view language) {
  return Report(std::move(graph), language).Make();
}

}  // namespace passerelle::elm
