#include "adapters/elmo/export.h"

#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/codec.h"
#include "core/elm/rules/date.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::elmo {
namespace {

using base::Problem;
using base::Reason;
using document::Exported;
using document::SourceNode;
using document::SourceTree;
using TextList = std::vector<std::pair<std::string, std::string>>;

constexpr char kElmoNamespace[] = "https://github.com/emrex-eu/elmo-schemas/tree/v1";

// Members of the model that tell how it is built, not what was learned.
constexpr absl::string_view kStructure[] = {"id", "type", "@context", "inScheme", "credentialSchema"};

void AddLearner(Writer* writer, const SourceNode* person, pugi::xml_node elmo) {
  pugi::xml_node learner = elmo.append_child("learner");
  const document::Source& source = writer->source();
  for (const SourceNode* country : source.Find(person, "citizenshipCountry")) {
    if (learner.child("citizenship")) break;
    const auto code = elm::CountryCodeOf(writer->TakeConcept(country, "learner/citizenship"));
    if (code.has_value()) AddElement(learner, "citizenship", *code);
  }
  const SourceNode* const legal = source.FindFirst(person, "nationalID");
  if (legal != nullptr) {
    const std::string number = writer->Take(legal, "notation", "learner/identifier");
    AddElement(learner, "identifier", number).append_attribute("type") = "nationalIdentifier";
  }
  AddIdentifiers(writer, person, learner);
  const TextList given = writer->TakeTexts(person, "givenName", "learner/givenNames");
  TextList family = writer->TakeTexts(person, "familyName", "learner/familyName");
  if (family.empty()) family = writer->TakeTexts(person, "fullName", "learner/familyName", document::kWidened);
  AddElement(learner, "givenNames", given.empty() ? "" : given[0].second);
  AddElement(learner, "familyName", family.empty() ? "" : family[0].second);
  const std::string born = DayOf(writer->Take(person, "dateOfBirth", "learner/bday"));
  if (!born.empty()) AddElement(learner, "bday", born);
  const TextList birth_name = writer->TakeTexts(person, "birthName", "learner/birthName");
  if (!birth_name.empty()) AddElement(learner, "birthName", birth_name[0].second);
  const SourceNode* const gender = source.FindFirst(person, "gender");
  if (gender == nullptr) return;
  const std::string sex = writer->TakeConcept(gender, "learner/gender");
  if (absl::EndsWith(sex, "/MALE")) AddElement(learner, "gender", "1");
  if (absl::EndsWith(sex, "/FEMALE")) AddElement(learner, "gender", "2");
}

// The schema demands an identifier, a title and an address on the web; what the credential lacks of them stays empty,
// or is the node's own id.
void AddIssuer(Writer* writer, const SourceNode* body, pugi::xml_node report) {
  pugi::xml_node issuer = report.append_child("issuer");
  const document::Source& source = writer->source();
  for (const SourceNode* country : source.Find(body, "location/address/countryCode")) {
    if (issuer.child("country")) break;
    const auto code = elm::CountryCodeOf(writer->TakeConcept(country, "issuer/country"));
    if (code.has_value()) AddElement(issuer, "country", *code);
  }
  const int identifiers = AddIdentifiers(writer, body, issuer);
  if (identifiers == 0) {
    AddElement(issuer, "identifier", source.TextOf(body, "id")).append_attribute("type") = "local";
  }
  TextList names = writer->TakeTexts(body, "legalName", "issuer/title");
  if (names.empty()) names = writer->TakeTexts(body, "prefLabel", "issuer/title");
  if (names.empty()) names.emplace_back("und", "");
  AddTexts(issuer, "title", names);
  AddElement(issuer, "url", writer->Take(body, "homepage/contentURL", "issuer/url"));
}

std::string MediaTypeOf(absl::string_view iri) {
  for (const char* media : {"application/pdf", "application/xml", "application/json", "image/png", "image/jpeg",
                            "text/plain", "text/html"}) {
    const auto type = elm::FileTypeOfMedia(media);
    if (type.has_value() && type->id() == iri) return media;
  }
  return "application/octet-stream";
}

void AddAttachments(Writer* writer, const SourceNode* credential, pugi::xml_node report) {
  for (const SourceNode* media : writer->source().Find(credential, "attachment")) {
    pugi::xml_node attachment = report.append_child("attachment");
    AddTexts(attachment, "title", writer->TakeTexts(media, "title", "attachment/title"));
    AddElement(attachment, "type", "Other");
    AddTexts(attachment, "description", writer->TakeTexts(media, "description", "attachment/description"));
    const SourceNode* const type = writer->source().FindFirst(media, "contentType");
    const std::string iri = type == nullptr ? "" : writer->TakeConcept(type, "attachment/content");
    const std::string content = writer->Take(media, "content", "attachment/content");
    writer->source().UseAll(writer->source().FindFirst(media, "contentEncoding"));
    writer->source().Use(writer->source().FindFirst(media, "contentSize"));
    AddElement(attachment, "content", absl::StrCat("data:", MediaTypeOf(iri), ";base64,", content));
  }
}

// Achievements of one awarding body make one report.
struct Group {
  const SourceNode* body;
  std::vector<const SourceNode*> achievements;
};

std::vector<Group> GroupsOf(Writer* writer, const SourceNode* subject) {
  std::vector<Group> groups;
  for (const SourceNode* claim : writer->source().Find(subject, "hasClaim")) {
    if (writer->source().TextOf(claim, "type") != "LearningAchievement") {
      writer->source().Drop(claim, "ELMO has achievements only");
      continue;
    }
    if (!writer->Begin(claim)) continue;
    const std::vector<const SourceNode*> bodies = writer->source().Find(claim, "awardedBy/awardingBody");
    const SourceNode* const body = bodies.empty() ? nullptr : bodies.front();
    for (size_t i = 1; i < bodies.size(); ++i) {
      writer->source().Warn("issuer.several", bodies[i], "A report has one issuer; the first awarding body is it.");
      writer->source().Drop(bodies[i], "a report has one issuer");
    }
    if (groups.empty() || groups.back().body != body) groups.push_back({body, {}});
    groups.back().achievements.push_back(claim);
  }
  return groups;
}

std::string DateTimeOr(const std::string& date, const std::string& other) { return date.empty() ? other : date; }

void AddReport(Writer* writer, const Group& group, const std::string& issued, pugi::xml_node elmo) {
  if (writer->source().IsExhausted()) return;  // the document is refused when it is finished
  pugi::xml_node report = elmo.append_child("report");
  AddIssuer(writer, group.body, report);
  writer->ForgetSchemes();
  for (const SourceNode* claim : group.achievements) AddSpecification(writer, claim, report, 0);
  AddElement(report, "issueDate", issued);
  int number = 0;
  for (const TextList& texts : writer->schemes()) {
    pugi::xml_node scheme = report.append_child("gradingScheme");
    scheme.append_attribute("localId") = absl::StrCat("scheme-", ++number).c_str();
    AddTexts(scheme, "description", texts);
  }
}

}  // namespace

Writer::Writer(document::Source* source) : source_(source) {
  for (const SourceNode& node : source->tree().nodes()) {
    for (const absl::string_view name : kStructure) {
      if (node.name == name) source->UseAll(&node);
    }
  }
}

bool Writer::Begin(const SourceNode* achievement) {
  if (begun_.insert(achievement).second) return true;
  source_->Note("part.once", achievement, "The achievement is listed in several places; it is written once.");
  return false;
}

std::string Writer::Take(const SourceNode* node, absl::string_view path, absl::string_view element,
                         document::LossClass loss) {
  const SourceNode* const found = source_->FindFirst(node, path);
  if (found == nullptr || found->text.empty()) return "";
  source_->Carry(found, element, loss, "");
  return found->text;
}

TextList Writer::TakeTexts(const SourceNode* node, absl::string_view path, absl::string_view element,
                           document::LossClass loss) {
  TextList texts;
  for (const SourceNode* map : source_->Find(node, path)) {
    for (const SourceNode* text = map->first_child; text != nullptr; text = text->next_sibling) {
      if (!text->IsValue() || text->text.empty()) continue;
      source_->Carry(text, element, loss, "");
      texts.emplace_back(text->name, text->text);
    }
  }
  return texts;
}

std::string Writer::TakeConcept(const SourceNode* node, absl::string_view element, document::LossClass loss) {
  source_->UseAll(node);
  source_->Carry(source_->FindFirst(node, "id"), element, loss, "");
  return source_->TextOf(node, "id");
}

std::string Writer::LabelOf(const SourceNode* node) const {
  const SourceNode* const labels = source_->FindFirst(node, "prefLabel");
  const bool labelled = labels != nullptr && labels->first_child != nullptr;
  return labelled ? labels->first_child->text : source_->TextOf(node, "id");
}

std::string Writer::SchemeId(const TextList& texts) {
  const auto [number, is_new] = scheme_numbers_.try_emplace(texts, schemes_.size() + 1);
  if (is_new) schemes_.push_back(texts);
  return absl::StrCat("scheme-", number->second);
}

pugi::xml_node AddElement(pugi::xml_node parent, const char* name, absl::string_view text) {
  pugi::xml_node element = parent.append_child(name);
  element.text().set(std::string(text).c_str());
  return element;
}

void AddTexts(pugi::xml_node parent, const char* name, const TextList& texts) {
  for (const auto& [language, text] : texts) {
    pugi::xml_node element = AddElement(parent, name, text);
    if (language != "und") element.append_attribute("xml:lang") = language.c_str();
  }
}

std::string DayOf(absl::string_view date_time) { return elm::StatedDay(date_time).value_or(""); }

int AddIdentifiers(Writer* writer, const SourceNode* node, pugi::xml_node parent) {
  int count = 0;
  for (const SourceNode* identifier : writer->source().Find(node, "identifier")) {
    const std::string value = writer->Take(identifier, "notation", "identifier");
    std::string type = writer->Take(identifier, "schemeName", "identifier/@type");
    if (value.empty()) continue;
    if (type == "European Student Identifier") type = "esi";
    AddElement(parent, "identifier", value).append_attribute("type") = type.empty() ? "local" : type.c_str();
    ++count;
  }
  return count;
}

absl::StatusOr<Exported> ExportElmo(const elm::v3::EuropeanDigitalCredential& credential,
                                    const document::ExportOptions& options) {
  const std::string json = elm::Write(credential);
  SourceTree::Options linked;
  linked.follow_references = true;
  ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfJson(json, linked));
  document::ImportOptions reading;
  reading.list_mapped = options.list_mapped;
  document::Source source(std::move(tree), reading);
  source.SetNoPlace("no place in ELMO");
  Writer writer(&source);
  const SourceNode* const root = source.root();
  const SourceNode* const subject = source.FindFirst(root, "credentialSubject");
  if (subject == nullptr) return Problem(Reason::kLearnerMissing, "/credentialSubject");
  const std::vector<Group> groups = GroupsOf(&writer, subject);
  if (groups.empty()) return Problem(Reason::kNothingAwarded, "/credentialSubject/hasClaim");

  pugi::xml_document document;
  pugi::xml_node elmo = document.append_child("elmo");
  elmo.append_attribute("xmlns") = kElmoNamespace;
  const std::string valid_from = writer.Take(root, "validFrom", "report/issueDate");
  const std::string issued = writer.Take(root, "issued", "generatedDate");
  AddElement(elmo, "generatedDate", DateTimeOr(issued, valid_from));
  AddLearner(&writer, subject, elmo);
  for (const Group& group : groups) AddReport(&writer, group, DateTimeOr(valid_from, issued), elmo);
  AddAttachments(&writer, root, elmo.last_child());
  RETURN_IF_ERROR(source.CheckAllowance());
  source.Drop(source.FindFirst(root, "displayParameter"), "is presentation");
  source.Drop(source.FindFirst(root, "evidence"), "stays with the European credential");
  source.Drop(source.FindFirst(root, "proof"), "a seal cannot be translated");
  source.Drop(source.FindFirst(root, "credentialProfiles"), "tells the kind of European credential");

  std::ostringstream text;
  document.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
  Exported exported;
  exported.content = text.str();
  source.Close(&exported);
  return exported;
}

}  // namespace passerelle::adapters::elmo
