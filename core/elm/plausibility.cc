#include <google/protobuf/reflection.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/elm/annex_one_reading.h"
#include "core/elm/constraints.h"
#include "core/elm/constraints_lexical.h"
#include "core/elm/national_level.h"
#include "core/elm/region.h"
#include "core/elm/rules/student_identifier.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::elm {
namespace {

// Hours of learning in one ECTS credit: 25 to 30 by the users' guide, 20 to 35 with the practice seen in the member
// states at either end.
constexpr double kHoursPerCreditMin = 20;
constexpr double kHoursPerCreditMax = 35;

// The instant of an xsd:dateTime; without a zone it is taken for UTC.
std::optional<absl::Time> InstantOf(const std::string& text) {
  absl::Time time;
  std::string error;
  if (!IsDateTime(text)) return std::nullopt;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  if (absl::ParseTime(absl::RFC3339_full, text + "Z", &time, &error)) return time;
  return std::nullopt;
}

class Plausibility {
 public:
  explicit Plausibility(std::shared_ptr<const NodeGraph> graph)
      : reading_(std::move(graph)), credential_(reading_.graph().credential()) {}

  std::vector<Finding> Run() {
    const NodeGraph& graph = reading_.graph();
    for (size_t i = 0; i < graph.occurrences().size(); ++i) Node(static_cast<int>(i));
    Workloads();
    Dates();
    return std::move(findings_);
  }

 private:
  void Report(std::string pointer, absl::string_view rule, std::string message) {
    if (findings_.size() < base::kFindingsMax) {
      findings_.push_back({std::move(pointer), std::string(rule), std::move(message)});
    }
  }

  void Node(int occurrence) {
    const NodeGraph& graph = reading_.graph();
    // What is written out several times under one id is judged once.
    if (graph.NodeOfOccurrence(occurrence).fullest != occurrence) return SameId(occurrence);
    const google::protobuf::Message& message = *graph.occurrences()[occurrence].message;
    Durations(message, occurrence);
    Languages(message, occurrence);
    Addresses(message, occurrence);
    if (const auto* concept_node = google::protobuf::DynamicCastToGenerated<v3::Concept>(&message)) {
      Concept(*concept_node, occurrence);
    } else if (const auto* person = google::protobuf::DynamicCastToGenerated<v3::Person>(&message)) {
      Birth(*person, occurrence);
    } else if (const auto* credit = google::protobuf::DynamicCastToGenerated<v3::CreditPoint>(&message)) {
      Credit(*credit, occurrence);
    } else if (const auto* identifier = google::protobuf::DynamicCastToGenerated<v3::Identifier>(&message)) {
      StudentIdentifier(*identifier, occurrence);
    }
  }

  void Durations(const google::protobuf::Message& message, int occurrence) {
    for (const PropertyTable& property : reading_.graph().occurrences()[occurrence].table->properties) {
      if (property.datatype != v3::DATATYPE_DURATION) continue;
      // How long a course may take is well said in months; how much work it is, is not.
      if (property.name == "maximumDuration" || property.name == "duration") continue;
      const std::string text = message.GetReflection()->GetString(message, property.field);
      const std::optional<Duration> duration = ParseDuration(text);
      if (!duration.has_value()) continue;
      const std::string pointer = absl::StrCat(reading_.graph().PointerOf(occurrence), "/", property.name);
      if (duration->months != 0) {
        Report(pointer, "plausible.duration-months",
               absl::StrCat("a workload of ", DescribeDuration(*duration),
                            "; in xsd:duration, minutes and hours stand behind a T"));
      } else if (duration->negative || duration->hours == 0) {
        Report(pointer, "plausible.duration-empty", "a workload of no time at all");
      }
    }
  }

  // xsd:anyURI takes any text.
  void Addresses(const google::protobuf::Message& message, int occurrence) {
    for (const PropertyTable& property : reading_.graph().occurrences()[occurrence].table->properties) {
      if (property.datatype != v3::DATATYPE_ANY_URI || property.repeated) continue;
      const std::string text = message.GetReflection()->GetString(message, property.field);
      if (text.find_first_of(" <>\"\n\r\t") == std::string::npos) continue;
      Report(absl::StrCat(reading_.graph().PointerOf(occurrence), "/", property.name), "plausible.address",
             "an address with a blank, a quote or an angle bracket, which leads nowhere as it stands");
    }
  }

  // A node that is written out again with other texts or numbers: RDF merges the two without a word. Labels of concepts
  // may stand in other languages each time; the shapes look at those in the same one.
  void SameId(int occurrence) {
    const NodeGraph& graph = reading_.graph();
    const Occurrence& here = graph.occurrences()[occurrence];
    const google::protobuf::Message& full = *graph.occurrences()[graph.NodeOfOccurrence(occurrence).fullest].message;
    const google::protobuf::Reflection* reflection = here.message->GetReflection();
    for (const PropertyTable& property : here.table->properties) {
      if (property.kind == ValueKind::kNode || property.kind == ValueKind::kLanguageText) continue;
      const bool repeated = property.field->is_repeated();
      const auto says = [&](const google::protobuf::Message& message) {
        return repeated ? reflection->FieldSize(message, property.field) > 0
                        : reflection->HasField(message, property.field);
      };
      if (!says(*here.message) || !says(full)) continue;
      if (LiteralsOf(*here.message, property) == LiteralsOf(full, property)) continue;
      Report(absl::StrCat(graph.PointerOf(occurrence), "/", property.name), "plausible.same-id",
             "one value for one id is expected; the node is written out again with another one");
    }
  }

  static std::set<std::string> LiteralsOf(const google::protobuf::Message& message, const PropertyTable& property) {
    const google::protobuf::Reflection* reflection = message.GetReflection();
    std::set<std::string> values;
    if (property.kind == ValueKind::kInteger) {
      values.insert(absl::StrCat(reflection->GetInt64(message, property.field)));
    } else if (property.kind == ValueKind::kBoolean) {
      values.insert(reflection->GetBool(message, property.field) ? "true" : "false");
    } else if (property.field->is_repeated()) {
      const auto texts = reflection->GetRepeatedFieldRef<std::string>(message, property.field);
      values.insert(texts.begin(), texts.end());
    } else {
      values.insert(reflection->GetString(message, property.field));
    }
    return values;
  }

  // Texts whose language is not said, or said in a way that not every reader takes.
  void Languages(const google::protobuf::Message& message, int occurrence) {
    const google::protobuf::Reflection* reflection = message.GetReflection();
    for (const PropertyTable& property : reading_.graph().occurrences()[occurrence].table->properties) {
      if (property.kind != ValueKind::kLanguageText) continue;
      for (const v3::LanguageString& text :
           reflection->GetRepeatedFieldRef<v3::LanguageString>(message, property.field)) {
        const absl::string_view tag = text.language();
        std::string finding;
        if (tag == "und") {
          finding = "a language is expected; \"und\" says that it is not known";
        } else if (!Language(tag.substr(0, tag.find('-'))).has_value()) {
          finding = "the tag of a language is expected; there is one that names none";
        } else if (tag.find('-') != absl::string_view::npos) {
          finding = "the tag goes beyond the language; readers that follow the EU's JSON Schema take two letters only";
        }
        if (finding.empty()) continue;
        std::string pointer = absl::StrCat(reading_.graph().PointerOf(occurrence), "/", property.name);
        base::AppendPointerToken(tag, pointer);
        Report(std::move(pointer), "plausible.language", std::move(finding));
      }
    }
  }

  void Birth(const v3::Person& person, int occurrence) {
    const std::optional<absl::Time> birth = InstantOf(person.date_of_birth());
    if (!birth.has_value()) return;
    const std::string pointer = reading_.graph().PointerOf(occurrence) + "/dateOfBirth";
    const absl::CivilSecond civil = absl::ToCivilSecond(*birth, absl::UTCTimeZone());
    if (civil != absl::CivilSecond(absl::CivilDay(civil))) {
      Report(pointer, "plausible.birth-time",
             "not midnight in UTC: a local midnight was converted, so that the day may be off by one");
    }
    const std::optional<absl::Time> issued = InstantOf(credential_.issued());
    if (issued.has_value() && *birth > *issued) {
      Report(pointer, "plausible.birth-after-issue", "the learner is born after the credential was issued");
    }
  }

  void Credit(const v3::CreditPoint& credit, int occurrence) {
    const std::optional<double> points = ParseCredits(credit.point());
    const std::string pointer = reading_.graph().PointerOf(occurrence) + "/point";
    if (!points.has_value()) {
      if (!credit.point().empty()) Report(pointer, "plausible.credit-number", "credit points that are no number");
    } else if (*points <= 0) {
      Report(pointer, "plausible.credit-none", "credit points of nought or less");
    }
  }

  // What calls itself a European Student Identifier, or begins as one, and is none. The value is personal and not
  // repeated.
  void StudentIdentifier(const v3::Identifier& identifier, int occurrence) {
    const bool claimed = identifier.scheme_name() == kStudentIdentifierScheme;
    if (!claimed && !ClaimsStudentIdentifier(identifier.notation())) return;
    if (IsStudentIdentifier(identifier.notation())) return;
    Report(reading_.graph().PointerOf(occurrence) + "/notation", "plausible.student-identifier",
           "a European Student Identifier names a country or a domain and a code behind its beginning; this does not");
  }

  void Concept(const v3::Concept& node, int occurrence) {
    const std::string pointer = reading_.graph().PointerOf(occurrence);
    const std::string& iri = node.id();
    // A second scheme that the concept does not belong to is of no weight beside its own.
    const bool inside = std::any_of(
        node.in_scheme().begin(), node.in_scheme().end(),
        [&iri](const v3::ConceptScheme& scheme) { return MembershipOf(iri, scheme.id()) == Membership::kMember; });
    bool outside = false;
    for (const v3::ConceptScheme& scheme : node.in_scheme()) {
      if (inside || MembershipOf(iri, scheme.id()) != Membership::kNotMember) continue;
      outside = true;
      const bool level = scheme.id() == SchemeOf(Vocabulary::kEqf);
      Report(pointer, level ? "plausible.eqf-level" : "plausible.scheme-member",
             level ? "no level of the EQF, which has 1 to 8"
                   : absl::StrCat("the concept claims a scheme that it is no member of: ", scheme.id()));
    }
    // An IRI under the base of the countries that claims no scheme and is no country.
    if (node.in_scheme().empty() && absl::StartsWith(iri, absl::StrCat(kCountryScheme, "/")) &&
        MembershipOf(iri, kCountryScheme) == Membership::kNotMember) {
      outside = true;
      Report(pointer, "plausible.scheme-member", absl::StrCat("no country of ", kCountryScheme));
    }
    if (outside) return;
    Label(node, pointer);
    const Occurrence& at = reading_.graph().occurrences()[occurrence];
    if (!inside && at.via != nullptr && IsCoded(at) && !reading_.IsPublic(node, std::nullopt)) {
      Report(pointer, "plausible.private-concept",
             "a concept of a public vocabulary is expected; there is a private one, with which no rule can compute");
    }
  }

  // The properties of Annex I for which a public vocabulary exists.
  static bool IsCoded(const Occurrence& at) {
    static constexpr absl::string_view kCoded[] = {"mode",     "framework", "idVerification", "learningSetting",
                                                   "eqfLevel", "nqfLevel",  "countryCode"};
    if (at.via->name == "dcType") {
      return at.via->field->containing_type() == v3::LearningAssessmentSpecification::descriptor();
    }
    return std::find(std::begin(kCoded), std::end(kCoded), at.via->name) != std::end(kCoded);
  }

  // A label that names another concept of the same vocabulary, or that shares no word with the published one.
  void Label(const v3::Concept& node, const std::string& pointer) {
    const std::optional<std::string> published = LabelOf(node.id());
    if (!published.has_value()) return;
    for (const v3::LanguageString& label : node.pref_label()) {
      if (!absl::StartsWithIgnoreCase(label.language(), "en") || label.value().empty()) continue;
      if (absl::EqualsIgnoreCase(label.value(), *published)) continue;
      const std::optional<std::string> other = OtherNamed(node.id(), label.value());
      if (other.has_value()) {
        Report(pointer, "plausible.label", absl::StrCat("the label is that of another concept, <", *other, ">"));
      } else if (IsBoundedList(node.id()) && !Related(label.value(), *published)) {
        Report(pointer, "plausible.label", absl::StrCat("the published label is \"", *published, "\""));
      }
    }
  }

  static std::optional<std::string> OtherNamed(const std::string& iri, absl::string_view label) {
    std::optional<v3::Concept> other;
    if (absl::StartsWith(iri, kCountryScheme)) {
      other = CountryNamed(label);
    } else if (absl::StartsWith(iri, kLanguageScheme)) {
      other = LanguageNamed(label);
    } else if (const std::optional<Vocabulary> vocabulary = VocabularyOf(iri)) {
      other = ConceptByLabel(*vocabulary, label);
    }
    if (!other.has_value() || other->id() == iri) return std::nullopt;
    return other->id();
  }

  // Lists whose labels did not change between the editions seen; countries and languages have more than one name.
  static bool IsBoundedList(absl::string_view iri) {
    const std::optional<Vocabulary> vocabulary = VocabularyOf(iri);
    return vocabulary.has_value() && IsComplete(*vocabulary);
  }

  // Whether two labels share a word, or one is the initials of the other.
  static bool Related(absl::string_view label, absl::string_view published) {
    const auto words = [](absl::string_view text) {
      std::set<std::string> made;
      for (absl::string_view word : absl::StrSplit(text, absl::ByAnyChar(" -/,()"), absl::SkipEmpty())) {
        made.insert(absl::AsciiStrToLower(word));
      }
      return made;
    };
    const auto initials = [](absl::string_view text) {
      std::string made;
      for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
        made += absl::ascii_tolower(static_cast<unsigned char>(word.front()));
      }
      return made;
    };
    std::set<std::string> shared;
    const std::set<std::string> a = words(label);
    const std::set<std::string> b = words(published);
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(shared, shared.end()));
    for (absl::string_view filler : {"and", "of", "for", "the", "system", "credit", "learning"}) {
      if (shared.size() > 1) break;
      shared.erase(std::string(filler));
    }
    return !shared.empty() || absl::EqualsIgnoreCase(initials(published), label) ||
           absl::EqualsIgnoreCase(initials(label), published);
  }

  // Hours against credits, where one specification states both.
  void Workloads() {
    Visited visited(reading_.graph());
    for (const Placed<v3::LearningAchievement>& claim : reading_.Achievements()) {
      if (const auto spec = reading_.SpecificationAs<v3::Qualification>(claim.node->specified_by())) {
        if (!visited.First(*spec)) continue;
        HoursPerCredit(*spec);
        Levels(*spec, CountriesOf(*claim.node));
      } else if (const auto plain =
                     reading_.SpecificationAs<v3::LearningAchievementSpecification>(claim.node->specified_by())) {
        if (visited.First(*plain)) HoursPerCredit(*plain);
      }
    }
  }

  // The countries of the bodies that award an achievement, alpha-2.
  std::set<std::string> CountriesOf(const v3::LearningAchievement& achievement) const {
    std::set<std::string> countries;
    const auto add = [&countries](const std::string& iri) {
      if (const std::optional<std::string> code = CountryCodeOf(iri)) countries.insert(*code);
    };
    const v3::AwardingProcess& award = *reading_.Place(achievement.awarded_by()).node;
    for (const v3::AgentNode& body : award.awarding_body()) {
      const auto* organisation = reading_.PlaceOf(body).As<v3::Organisation>();
      if (organisation == nullptr) continue;
      for (const v3::Location& entry : organisation->location()) {
        const v3::Location& location = *reading_.Place(entry).node;
        for (const v3::Address& address : location.address()) add(reading_.Place(address).node->country_code().id());
        for (const v3::Concept& unit : location.spatial_code()) {
          if (const auto country = CountryOfRegion(unit.id())) add(country->id());
        }
      }
    }
    return countries;
  }

  // A national level against the European one beside it, and against the country of who awards.
  void Levels(const Placed<v3::Qualification>& spec, const std::set<std::string>& countries) {
    const v3::Concept& european = *reading_.Place(spec.node->eqf_level()).node;
    const std::optional<std::string> eqf = CodeOf(Vocabulary::kEqf, european.id());
    for (const v3::Concept& entry : spec.node->nqf_level()) {
      const Placed<v3::Concept> placed = reading_.Place(entry);
      const std::optional<NationalLevel> level = NationalLevelByIri(placed.node->id());
      if (!level.has_value()) continue;
      const std::string named = absl::StrCat(level->framework_name, ", level ", level->level);
      if (eqf.has_value() && level->eqf.has_value() && *eqf != absl::StrCat(*level->eqf)) {
        Report(spec.pointer() + "/eqfLevel", "plausible.level-referencing",
               absl::StrCat(named, ", is referenced to EQF level ", *level->eqf, "; EQF level ", *eqf, " is stated"));
      } else if (eqf.has_value() && level->basis == ReferencingBasis::kNotReferenced) {
        Report(spec.pointer() + "/eqfLevel", "plausible.level-referencing",
               absl::StrCat(named, ", is not referenced to the EQF; EQF level ", *eqf, " is stated"));
      }
      if (!countries.empty() && countries.count(std::string(level->country)) == 0) {
        Report(placed.pointer(), "plausible.level-country",
               absl::StrCat("a framework of the awarding body's country is expected; there is the ",
                            level->framework_name));
      }
    }
  }

  template <typename Spec>
  void HoursPerCredit(const Placed<Spec>& spec) {
    const std::optional<Duration> duration = ParseDuration(spec.node->volume_of_learning());
    if (!duration.has_value() || duration->months != 0 || duration->hours <= 0 || duration->negative) return;
    for (const v3::CreditPoint& entry : spec.node->credit_point()) {
      const v3::CreditPoint& credit = *reading_.Place(entry).node;
      const std::optional<double> points = ParseCredits(credit.point());
      if (!points.has_value() || *points <= 0) continue;
      if (CodeOf(Vocabulary::kCreditSystem, credit.framework().id()) != kCreditSystemEcts) continue;
      const double ratio = duration->hours / *points;
      if (ratio >= kHoursPerCreditMin && ratio <= kHoursPerCreditMax) continue;
      Report(spec.pointer() + "/volumeOfLearning", "plausible.hours-per-credit",
             absl::StrCat(DescribeNumber(ratio), " hours for one ECTS credit; 25 to 30 are usual"));
    }
  }

  void Dates() {
    const std::optional<absl::Time> issued = InstantOf(credential_.issued());
    const NodeGraph& graph = reading_.graph();
    for (size_t i = 0; i < graph.occurrences().size(); ++i) {
      const int at = static_cast<int>(i);
      if (graph.NodeOfOccurrence(at).fullest != at) continue;
      const auto* award = google::protobuf::DynamicCastToGenerated<v3::AwardingProcess>(graph.occurrences()[i].message);
      const std::optional<absl::Time> awarded = award == nullptr ? std::nullopt : InstantOf(award->awarding_date());
      if (awarded.has_value() && issued.has_value() && *awarded > *issued) {
        Report(graph.PointerOf(at) + "/awardingDate", "plausible.award-after-issue",
               "awarded after the credential was issued");
      }
    }
    const std::optional<absl::Time> from = InstantOf(credential_.valid_from());
    const std::optional<absl::Time> until = InstantOf(credential_.valid_until());
    if (from.has_value() && until.has_value() && *until < *from) {
      Report("/validUntil", "plausible.validity", "the credential ends before it begins");
    }
  }

  const Reading reading_;
  const v3::EuropeanDigitalCredential& credential_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> CheckPlausibility(const v3::EuropeanDigitalCredential& credential) {
  return CheckPlausibility(std::make_shared<const NodeGraph>(credential));
}

std::vector<Finding> CheckPlausibility(std::shared_ptr<const NodeGraph> graph) {
  return Plausibility(std::move(graph)).Run();
}

}  // namespace passerelle::elm
