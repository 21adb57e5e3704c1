#include "adapters/ooapi/catalogue.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "adapters/ooapi/parts.h"
#include "core/base/status_macros.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::ooapi {
namespace {

constexpr absl::string_view kOrganizations = "organization|organisation";

// ISO 4217, as the authority table of the Union has them.
bool IsCurrencyCode(absl::string_view text) {
  constexpr size_t kLetters = 3;
  return text.size() == kLetters && std::all_of(text.begin(), text.end(), absl::ascii_isalpha);
}

// An amount of money with its currency: a price of the offering. What is no number, or a currency without a code, is a
// note, so that no number of it is guessed.
LossClass Price(const Step& step) {
  const SourceNode* const currency = step.source().FindFirst(step.node->parent, "currency");
  const SourceNode* const kind = step.source().FindFirst(step.node->parent, "costType");
  const bool has_currency = currency != nullptr && !currency->text.empty();
  const auto amount = elm::PlainDecimal(step.Value());
  if (!amount.has_value() || (has_currency && !IsCurrencyCode(currency->text))) {
    const std::string label = kind == nullptr ? "Price" : absl::StrCat("Price (", kind->text, ")");
    if (kind != nullptr) step.source().Carry(kind, "O.additionalNote", kWidened, "price.text");
    if (currency != nullptr) step.source().Carry(currency, "O.additionalNote", kWidened, "price.text");
    return NoteOf(step, "O.additionalNote", label,
                  has_currency ? absl::StrCat(step.Value(), " ", currency->text) : std::string(step.Value()));
  }
  elm::v3::PriceDetail price;
  price.mutable_amount()->set_rdf_value(*amount);
  if (has_currency) {
    constexpr char kCurrencies[] = "http://publications.europa.eu/resource/authority/currency";
    const std::string code = absl::AsciiStrToUpper(currency->text);
    *price.mutable_amount()->mutable_unit() =
        elm::MakeConcept(absl::StrCat(kCurrencies, "/", code), kCurrencies, code, "en");
    step.source().Carry(currency, step.rule.target, kKept, "");
  }
  if (kind != nullptr) {
    elm::AddText("en", kind->text, price.mutable_pref_label());
    step.source().Carry(kind, step.rule.target, kWidened, "");
  }
  *step.context.targets.opportunity->add_price_detail() = std::move(price);
  return step.rule.loss;
}

// What a course says of its being offered.
constexpr Rule kOfCourse[] = {
    {"name/value", "Q.title", LocalText, kKept, ""},
    {"name/value", "O.title", LocalText, kKept, ""},
    {"modeOfDelivery|modesOfDelivery", "O.mode", document::ModeWord, kKept, "mode.word"},
    {"duration", "O.duration", document::IsoDuration, kKept, ""},
    {"teachingLanguage|teachingLanguages", "O.defaultLanguage", document::LanguageCode, kKept, "language.code"},
    {"link", "O.homepage", document::WebAddress, kKept, "address.web"},
    {"enrollment|enrolment/value", "O.admissionProcedure", LocalText, kKept, "markup.plain"},
    {"resources", "O.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"modeOfStudy", "O.additionalNote", document::LabelledNote, kWidened, "note.labelled"},
    {"firstStartDate|firstStartDateTime", "O.temporal.startDate", document::DateTime, kKept, "date.calendar"},
    {"addresses", "O.location", Address, kKept, "", true},
    {"coordinators|instructors", "names of people who are no part of a catalogue", document::DropIt, kDropped, ""},
};

constexpr Rule kOfOffering[] = {
    {"name/value", "O.title", LocalText, kKept, ""},
    {"description/value", "O.description", LocalText, kKept, "markup.plain"},
    {"primaryCode/code", "O.identifier", Code, kKept, ""},
    {"otherCodes/code", "O.identifier", Code, kKept, ""},
    {"modeOfDelivery|modesOfDelivery", "O.mode", document::ModeWord, kKept, "mode.word"},
    {"teachingLanguage|teachingLanguages", "O.defaultLanguage", document::LanguageCode, kKept, "language.code"},
    {"link", "O.homepage", document::WebAddress, kKept, "address.web"},
    {"startDate|startDateTime", "O.temporal.startDate", document::DateTime, kKept, "date.calendar"},
    {"endDate|endDateTime", "O.temporal.endDate", document::DateTime, kKept, "date.calendar"},
    {"enrollEndDate", "O.applicationDeadline", document::DateTime, kKept, "date.calendar"},
    {"enrolmentPeriods/endDateTime", "O.applicationDeadline", document::DateTime, kKept, "date.calendar"},
    {"priceInformation/amount", "O.priceDetail", Price, kKept, ""},
    {"resultValueType|resultExpected|formalDocument", "O.additionalNote", document::LabelledNote, kWidened,
     "note.labelled"},
    {"addresses", "O.location", Address, kKept, "", true},
    {"consumers|consumer", "belongs to its consumer", document::DropIt, kDropped, ""},
};

class Reader {
 public:
  explicit Reader(Source* source) : source_(*source) {}

  void Add(const SourceNode* entry) {
    if (source_.FindFirst(entry, kOfferingIds) != nullptr) return AddOffering(entry);
    if (source_.FindFirst(entry, kCourseIds) != nullptr) AddCourse(entry);
  }

  elm::v3::Dataset Take() { return std::move(dataset_); }

 private:
  // The IRI of an entry by its id, which counts as carried.
  std::string TakeIri(const SourceNode* entry, absl::string_view ids, absl::string_view kind) {
    const SourceNode* const id = source_.FindFirst(entry, ids);
    if (id == nullptr || id->text.empty()) return "";
    source_.Carry(id, "@id", kKept, "");
    return IriOf(kind, id->text);
  }

  void AddCourse(const SourceNode* course) {
    const std::string iri = TakeIri(course, kCourseIds, "course");
    if (iri.empty() || !made_.insert(iri).second) return;
    elm::v3::LearningOpportunity opportunity;
    elm::v3::Qualification qualification;
    elm::v3::LearningAssessment assessment;
    elm::v3::LearningActivity activity;
    document::PresentEntries present;
    Context context{&source_, {}, "und"};
    context.targets.present = &present;
    context.targets.opportunity = &opportunity;
    context.targets.qualification = &qualification;
    context.targets.assessment = &assessment;
    context.targets.activity = &activity;
    MapSpecification(&source_, course, context);
    Apply(kOfCourse, course, context);
    for (auto& asked : *assessment.mutable_specified_by()) *qualification.add_proven_by() = std::move(asked);
    if (activity.has_specified_by()) *qualification.add_influenced_by() = std::move(*activity.mutable_specified_by());
    TitleParts(&qualification);
    qualification.set_id(iri);
    opportunity.set_id(absl::StrCat(iri, ":offer"));
    opportunity.mutable_learning_achievement_specification()->mutable_qualification()->set_id(iri);
    AddKind(course, &opportunity);
    AddRelations(course, &qualification);
    AddProvider(course, &opportunity);
    *dataset_.add_node()->mutable_learning_opportunity() = std::move(opportunity);
    *dataset_.add_node()->mutable_qualification() = std::move(qualification);
  }

  // Titles that the profile demands a second time.
  static void TitleParts(elm::v3::Qualification* qualification) {
    for (auto& asked : *qualification->mutable_proven_by()) {
      if (asked.title().empty()) *asked.mutable_title() = qualification->title();
    }
    for (auto& activity : *qualification->mutable_influenced_by()) {
      if (activity.title().empty()) *activity.mutable_title() = qualification->title();
    }
  }

  void AddOffering(const SourceNode* offering) {
    const std::string iri = TakeIri(offering, kOfferingIds, "offering");
    if (iri.empty() || !made_.insert(iri).second) return;
    elm::v3::LearningOpportunity opportunity;
    document::PresentEntries present;
    Context context{&source_, {}, "und"};
    context.targets.present = &present;
    context.targets.opportunity = &opportunity;
    Apply(kOfOffering, offering, context);
    opportunity.set_id(iri);
    const std::string course = Refer(source_.FindFirst(offering, kCourses));
    const std::string named = course.empty() ? TakeIri(offering, kCourseIds, "course") : course;
    if (!named.empty())
      opportunity.mutable_learning_achievement_specification()->mutable_qualification()->set_id(named);
    AddProvider(offering, &opportunity);
    *dataset_.add_node()->mutable_learning_opportunity() = std::move(opportunity);
  }

  // The IRI of a course that is named by its id, or stands there whole.
  std::string Refer(const SourceNode* course) {
    if (course == nullptr) return "";
    if (course->IsBranch()) {
      AddCourse(course);
      return TakeIri(course, kCourseIds, "course");
    }
    if (course->text.empty()) return "";
    source_.Carry(course, "Q.id", kKept, "");
    return IriOf("course", course->text);
  }

  void AddKind(const SourceNode* course, elm::v3::LearningOpportunity* opportunity) {
    const SourceNode* const type = source_.FindFirst(course, "programType|programmeType");
    const bool programme = source_.FindFirst(course, "programId|programmeId") != nullptr;
    const auto kind =
        elm::ConceptOf(elm::Vocabulary::kOpportunityType,
                       programme ? elm::kOpportunityTypeEducationalProgramme : elm::kOpportunityTypeCourse);
    if (!kind.has_value()) return;
    *opportunity->add_dc_type() = *kind;
    source_.Supply("O.dcType", kDefaulted, "opportunity.kind");
    source_.Use(type);
  }

  // Parts and wholes, by reference; those that stand there whole are entries of their own.
  void AddRelations(const SourceNode* course, elm::v3::Qualification* qualification) {
    for (const SourceNode* part : source_.Find(course, "children|childIds|courses|courseIds|components|componentIds")) {
      const std::string iri = Refer(part);
      if (!iri.empty()) qualification->add_has_part()->set_id(iri);
    }
    for (const SourceNode* whole : source_.Find(course, "parent|parentId|programs|programmes|programmeIds")) {
      const std::string iri = Refer(whole);
      if (!iri.empty()) qualification->add_is_part_of()->set_id(iri);
    }
  }

  void AddProvider(const SourceNode* owner, elm::v3::LearningOpportunity* opportunity) {
    const SourceNode* const organization = source_.FindFirst(owner, kOrganizations);
    const bool whole = organization != nullptr && organization->IsBranch();
    const std::string iri =
        TakeIri(whole ? organization : owner,
                whole ? "organizationId|organisationId" : "organization|organisation|organisationId", "organisation");
    if (iri.empty()) return;
    opportunity->add_provided_by()->set_id(iri);
    if (!whole || !made_.insert(iri).second) return source_.UseAll(whole ? organization : nullptr);
    elm::v3::Organisation body;
    document::PresentEntries present;
    Context context{&source_, {}, "und"};
    context.targets.present = &present;
    context.targets.body = &body;
    MapOrganization(organization, context);
    body.set_id(iri);
    *dataset_.add_node()->mutable_organisation() = std::move(body);
  }

  Source& source_;
  elm::v3::Dataset dataset_;
  absl::flat_hash_set<std::string> made_;  // IRIs of the nodes
};

}  // namespace

std::vector<const SourceNode*> EntriesOf(const Source& source) {
  const std::vector<const SourceNode*> items = source.Find(source.root(), "items");
  return items.empty() ? source.Find(source.root(), "") : items;
}

bool IsCatalogueEntry(const Source& source, const SourceNode* entry) {
  return source.FindFirst(entry, kOfferingIds) != nullptr || source.FindFirst(entry, kCourseIds) != nullptr;
}

absl::StatusOr<elm::v3::Dataset> ReadCatalogue(Source* source) {
  Reader reader(source);
  for (const SourceNode* entry : EntriesOf(*source)) reader.Add(entry);
  RETURN_IF_ERROR(source->CheckAllowance());
  for (const SourceNode* page :
       source->Find(source->root(), "pageSize|pageNumber|hasPreviousPage|hasNextPage|totalPages")) {
    source->Use(page);
  }
  return reader.Take();
}

}  // namespace passerelle::adapters::ooapi
