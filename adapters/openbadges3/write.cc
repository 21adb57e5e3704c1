#include "adapters/openbadges3/write.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/openbadges3/write_forms.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/source.h"
#include "core/elm/codec.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::openbadges3 {
namespace {

using base::Problem;
using base::Reason;
using document::kDefaulted;
using document::kKept;
using document::kWidened;
using document::LossClass;
using document::SourceNode;
using elm::Vocabulary;

constexpr absl::string_view kSchema =
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";
constexpr absl::string_view kContexts[] = {
    "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://raw.githubusercontent.com/educredentials/obv3-examples/refs/heads/main/contexts/educredential.json"};

class Writer {
 public:
  Writer(document::Source* source, const SourceNode* claim) : source_(*source), claim_(claim) {
    const SourceNode* const title = source_.FindFirst(claim_, "title");
    for (const SourceNode* text = title->first_child; text != nullptr; text = text->next_sibling) {
      if (language_.empty() || text->name == "en") language_ = text->name;
    }
  }

  std::string Write() {
    base::JsonWriter json(text_, base::JsonWriter::Layout::kIndented);
    json.BeginObject();
    json.Key("@context");
    json.BeginArray();
    for (const absl::string_view context : kContexts) json.String(context);
    json.EndArray();
    id_ = TakeAddress(root(), "identifier");
    json.Member("id", id_);
    WriteTypes({"VerifiableCredential", "OpenBadgeCredential"}, &json);
    WriteText(claim_, "title", "name", &json, kKept);
    WriteIssuer(&json);
    WriteDate(root(), "validFrom", "validFrom", &json);
    WriteDate(root(), "validUntil", "validUntil", &json);
    WriteDate(claim_, "awardedBy/awardingDate", "awardedDate", &json);
    json.Key("credentialSubject");
    json.BeginObject();
    WriteLearner(&json);
    WriteTypes({"AchievementSubject"}, &json);
    json.Key("achievement");
    WriteAchievement(&json);
    WriteResult(&json);
    WriteNarrative(&json);
    json.EndObject();
    json.Key("credentialSchema");
    json.BeginArray();
    json.BeginObject();
    json.Member("id", kSchema);
    json.Member("type", "1EdTechJsonSchemaValidator2019");
    json.EndObject();
    json.EndArray();
    json.EndObject();
    return std::move(text_);
  }

 private:
  const SourceNode* root() const { return source_.root(); }

  static void WriteTypes(std::vector<absl::string_view> types, base::JsonWriter* json) {
    json->Key("type");
    json->BeginArray();
    for (const absl::string_view type : types) json->String(type);
    json->EndArray();
  }

  // The text of a language map in the language of the badge, or in the first there is.
  const SourceNode* TextAt(const SourceNode* node, absl::string_view path) const {
    const SourceNode* first = nullptr;
    for (const SourceNode* map : source_.Find(node, path)) {
      const std::vector<const SourceNode*> same = source_.Find(map, language_);
      if (!same.empty()) return same.front();
      if (first == nullptr) first = source_.FindFirst(map, "*");
    }
    return first;
  }

  std::string TakeText(const SourceNode* node, absl::string_view path, absl::string_view target, LossClass loss) {
    const SourceNode* const text = TextAt(node, path);
    if (text == nullptr) return "";
    source_.Carry(text, target, loss, "");
    return text->text;
  }

  void WriteText(const SourceNode* node, absl::string_view path, absl::string_view member, base::JsonWriter* json,
                 LossClass loss) {
    const std::string text = TakeText(node, path, member, loss);
    if (!text.empty()) json->Member(member, text);
  }

  void WriteValue(const SourceNode* node, absl::string_view path, absl::string_view member, base::JsonWriter* json) {
    const SourceNode* const value = source_.FindFirst(node, path);
    if (value == nullptr || value->text.empty()) return;
    json->Member(member, value->text);
    source_.Carry(value, member, kKept, "");
  }

  void WriteDate(const SourceNode* node, absl::string_view path, absl::string_view member, base::JsonWriter* json) {
    const SourceNode* const value = source_.FindFirst(node, path);
    const std::string date = value == nullptr ? "" : DateTimeOf(value->text);
    if (date.empty()) return;
    json->Member(member, date);
    source_.Carry(value, member, kKept, "date.calendar");
  }

  // A concept with a word of the profile; a private one gives its label.
  void WriteWord(const SourceNode* concept_node, absl::string_view member, Vocabulary vocabulary,
                 absl::Span<const Word> words, base::JsonWriter* json) {
    if (concept_node == nullptr) return;
    const SourceNode* const id = source_.FindFirst(concept_node, "id");
    const auto code = elm::CodeOf(vocabulary, id == nullptr ? "" : id->text);
    for (const Word& word : words) {
      if (!code.has_value() || word.code != *code) continue;
      json->Member(member, word.word);
      source_.Carry(id, member, word.loss, "word");
      source_.UseAll(concept_node);
      return;
    }
    const SourceNode* const label = TextAt(concept_node, "prefLabel");
    if (label == nullptr) return;
    json->Member(member, label->text);
    source_.Carry(label, member, kKept, "word");
    source_.UseAll(concept_node);
  }

  void WriteIssuer(base::JsonWriter* json) {
    const std::vector<const SourceNode*> bodies = source_.Find(claim_, "awardedBy/awardingBody");
    const SourceNode* const body = bodies.empty() ? nullptr : bodies.front();
    for (size_t i = 1; i < bodies.size(); ++i) {
      source_.Warn("issuer.several", bodies[i], "A badge has one issuer; the first awarding body is it.");
      source_.Drop(bodies[i], "a badge has one issuer");
    }
    json->Key("issuer");
    json->BeginObject();
    json->Member("id", TakeAddress(body, "identifier"));
    WriteTypes({"Profile"}, json);
    WriteText(body, "legalName|prefLabel", "name", json, kKept);
    const SourceNode* const page = source_.FindFirst(body, "homepage/contentURL");
    if (page != nullptr && elm::IsWebAddress(page->text)) WriteValue(body, "homepage/contentURL", "url", json);
    const SourceNode* const mail = source_.FindFirst(body, "contactPoint/emailAddress/id");
    if (mail != nullptr) {
      json->Member("email", absl::StripPrefix(mail->text, "mailto:"));
      source_.Carry(mail, "issuer.email", kKept, "");
    }
    WriteCountry(body, json);
    WriteIdentifiers(body, json);
    json->EndObject();
  }

  // The first identifier that is an address or DID; else the node's own id.
  std::string TakeAddress(const SourceNode* node, absl::string_view path) {
    for (const SourceNode* identifier : source_.Find(node, path)) {
      const SourceNode* const notation = source_.FindFirst(identifier, "notation");
      if (notation == nullptr || !IsUri(notation->text)) continue;
      source_.Carry(notation, "id", kKept, "");
      source_.UseAll(identifier);
      return notation->text;
    }
    const SourceNode* const id = source_.FindFirst(node, "id");
    if (id != nullptr && IsUri(id->text)) {
      source_.Use(id);
      return id->text;
    }
    source_.Supply("id", kDefaulted, "id.nobody");
    return "urn:passerelle:unnamed";
  }

  void WriteCountry(const SourceNode* body, base::JsonWriter* json) {
    const SourceNode* const country = source_.FindFirst(body, "location/address/countryCode/id");
    const auto code = elm::CountryCodeOf(country == nullptr ? "" : country->text);
    if (!code.has_value()) return;
    json->Key("address");
    json->BeginObject();
    WriteTypes({"Address"}, json);
    json->Member("addressCountryCode", *code);
    json->EndObject();
    source_.Carry(country, "issuer.address.addressCountryCode", kKept, "country.code");
    source_.UseAll(source_.FindFirst(body, "location/address/countryCode"));
  }

  void WriteIdentifiers(const SourceNode* node, base::JsonWriter* json) {
    bool open = false;
    for (const SourceNode* identifier : source_.Find(node, "identifier")) {
      const SourceNode* const notation = source_.FindFirst(identifier, "notation");
      if (notation == nullptr || IsUri(notation->text)) continue;
      if (!open) {
        json->Key("otherIdentifier");
        json->BeginArray();
      }
      open = true;
      json->BeginObject();
      json->Member("type", "IdentifierEntry");
      json->Member("identifier", notation->text);
      json->Member("identifierType", ExtensionOf(source_.TextOf(identifier, "schemeName")));
      json->EndObject();
      source_.Carry(notation, "otherIdentifier", kKept, "");
      source_.UseAll(identifier);
    }
    if (open) json->EndArray();
  }

  void WriteIdentity(const SourceNode* value, absl::string_view type, absl::string_view identity,
                     std::vector<std::string>* identities) {
    // "hash of id, salt pepper" is how a hash that somebody else made is named: families/badge3_parts.cc.
    absl::string_view scheme = type;
    const bool hashed = absl::ConsumePrefix(&scheme, "hash of ");
    const size_t comma = hashed ? scheme.find(", salt ") : absl::string_view::npos;
    const std::string salt = comma == absl::string_view::npos ? "" : std::string(scheme.substr(comma + 7));
    std::string text;
    base::JsonWriter json(text);
    json.BeginObject();
    json.Member("type", "IdentityObject");
    json.Member("hashed", hashed);
    json.Member("identityHash", identity);
    json.Member("identityType", ExtensionOf(scheme.substr(0, comma)));
    if (!salt.empty()) json.Member("salt", salt);
    json.EndObject();
    identities->push_back(std::move(text));
    source_.Carry(value, "credentialSubject.identifier", kKept, "learner.identity-object");
  }

  void WriteLearner(base::JsonWriter* json) {
    const SourceNode* const learner = source_.FindFirst(root(), "credentialSubject");
    std::string id;
    std::vector<std::string> identities;
    for (const SourceNode* identifier : source_.Find(learner, "identifier")) {
      const SourceNode* const notation = source_.FindFirst(identifier, "notation");
      if (notation == nullptr) continue;
      const std::string scheme = source_.TextOf(identifier, "schemeName");
      if (id.empty() && IsUri(notation->text) && !absl::StartsWith(notation->text, "urn:schac:")) {
        id = notation->text;
        source_.Carry(notation, "credentialSubject.id", kKept, "learner.identifier");
      } else {
        WriteIdentity(notation, scheme, notation->text, &identities);
      }
      source_.UseAll(identifier);
    }
    WriteName(learner, &identities);
    for (const SourceNode* mail : source_.Find(learner, "contactPoint/emailAddress/id")) {
      WriteIdentity(mail, "emailAddress", absl::StripPrefix(mail->text, "mailto:"), &identities);
    }
    for (const SourceNode* number : source_.Find(learner, "nationalID")) {
      source_.Drop(number, "badges are shown in public; a national number does not belong there");
    }
    if (!id.empty()) json->Member("id", id);
    if (identities.empty()) return;
    json->Key("identifier");
    json->BeginArray();
    for (const std::string& identity : identities) json->Raw(identity);
    json->EndArray();
  }

  void WriteName(const SourceNode* learner, std::vector<std::string>* identities) {
    const SourceNode* const full = TextAt(learner, "fullName");
    const SourceNode* const given = TextAt(learner, "givenName");
    const SourceNode* const family = TextAt(learner, "familyName");
    if (full != nullptr) return WriteIdentity(full, "name", full->text, identities);
    if (given == nullptr && family == nullptr) return;
    const std::string name =
        absl::StrCat(given == nullptr ? "" : given->text, given == nullptr || family == nullptr ? "" : " ",
                     family == nullptr ? "" : family->text);
    WriteIdentity(given == nullptr ? family : given, "name", name, identities);
    if (given != nullptr && family != nullptr) {
      source_.Carry(family, "credentialSubject.identifier", kWidened, "learner.identity-object");
    }
  }

  void WriteAchievement(base::JsonWriter* json) {
    specification_ = source_.FindFirst(claim_, "specifiedBy");
    json->BeginObject();
    json->Member("id", TakeAddress(specification_, "identifier"));
    WriteTypes({"Achievement", "EducredentialAchievement"}, json);
    json->Member("name", TextAt(claim_, "title")->text);
    WriteDescription(json);
    json->Key("criteria");
    json->BeginObject();
    json->Member("narrative", TakeCriteria());
    json->EndObject();
    if (language_ != "und") json->Member("inLanguage", language_);
    WriteAlignments(json);
    WriteWorkload(json);
    WriteWord(Mode(), "participationType", Vocabulary::kMode, kModes, json);
    WriteAssessment(json);
    WriteIdentifiers(specification_, json);
    WriteScheme(json);
    json->EndObject();
  }

  // Outcomes are the description of a badge; the description of the achievement comes after them.
  void WriteDescription(base::JsonWriter* json) {
    std::vector<std::string> parts;
    const auto add = [&parts](std::string text) {
      if (!text.empty()) parts.push_back(std::move(text));
    };
    add(TakeText(specification_, "learningOutcomeSummary/noteLiteral", "achievement.description", kKept));
    for (const SourceNode* outcome : source_.Find(specification_, "learningOutcome")) {
      if (source_.FindFirst(outcome, "relatedESCOSkill") == nullptr) {
        add(TakeText(outcome, "title", "achievement.description", kWidened));
      }
    }
    add(TakeText(specification_, "description", "achievement.description", kWidened));
    add(TakeText(claim_, "description", "achievement.description", kWidened));
    std::string text;
    for (const std::string& part : parts) absl::StrAppend(&text, text.empty() ? "" : "\n\n", part);
    if (text.empty()) {
      text = TextAt(claim_, "title")->text;
      source_.Supply("achievement.description", kDefaulted, "description.title");
    }
    json->Member("description", text);
  }

  std::string TakeCriteria() {
    constexpr absl::string_view kLabel = "Criteria: ";
    for (const SourceNode* note : source_.Find(specification_, "additionalNote/noteLiteral/*")) {
      if (!absl::StartsWith(note->text, kLabel)) continue;
      source_.Carry(note, "achievement.criteria", kKept, "criteria.note");
      written_.insert(note);
      return note->text.substr(kLabel.size());
    }
    return "";
  }

  static void WriteAlignment(absl::string_view type, absl::string_view name, absl::string_view code,
                             absl::string_view address, base::JsonWriter* json) {
    json->BeginObject();
    WriteTypes({"Alignment"}, json);
    json->Member("targetType", type);
    json->Member("targetName", name);
    if (!code.empty()) json->Member("targetCode", code);
    json->Member("targetUrl", address);
    json->EndObject();
  }

  void WriteAlignments(base::JsonWriter* json) {
    const SourceNode* const level = source_.FindFirst(specification_, "eqfLevel/id");
    const auto eqf = elm::CodeOf(Vocabulary::kEqf, level == nullptr ? "" : level->text);
    json->Key("alignment");
    json->BeginArray();
    if (eqf.has_value()) {
      WriteAlignment("ext:EQF", absl::StrCat("EQF level ", *eqf), *eqf, level->text, json);
      source_.Carry(level, "achievement.alignment", kKept, "level.eqf");
      source_.UseAll(source_.FindFirst(specification_, "eqfLevel"));
    }
    for (const SourceNode* accreditation : source_.Find(specification_, "accreditation")) {
      const std::string title = TakeText(accreditation, "title", "achievement.alignment", kKept);
      const SourceNode* const page = source_.FindFirst(accreditation, "landingPage/contentURL");
      const std::string address = page != nullptr ? page->text : source_.TextOf(accreditation, "id");
      if (title.empty() || !IsUri(address)) continue;
      WriteAlignment("ext:QualityAssurance", title, "", address, json);
      if (page != nullptr) source_.Carry(page, "achievement.alignment", kKept, "");
    }
    WriteQualityNotes(json);
    for (const SourceNode* outcome : source_.Find(specification_, "learningOutcome")) {
      const SourceNode* const skill = source_.FindFirst(outcome, "relatedESCOSkill/id");
      if (skill == nullptr || !IsUri(skill->text)) continue;
      WriteAlignment("ext:ESCO", TakeText(outcome, "title", "achievement.alignment", kKept), "", skill->text, json);
      source_.Carry(skill, "achievement.alignment", kKept, "outcomes.esco");
      source_.UseAll(source_.FindFirst(outcome, "relatedESCOSkill"));
    }
    for (const SourceNode* field : source_.Find(specification_, "thematicArea")) {
      const SourceNode* const id = source_.FindFirst(field, "id");
      const auto code = elm::CodeOf(Vocabulary::kIscedF, id == nullptr ? "" : id->text);
      if (!code.has_value()) continue;
      const SourceNode* const label = TextAt(field, "prefLabel");
      WriteAlignment("ext:ISCED", label == nullptr ? *code : label->text, *code, id->text, json);
      source_.Carry(id, "achievement.alignment", kKept, "field.isced");
      source_.UseAll(field);
    }
    json->EndArray();
  }

  // A note on quality assurance that ends in an address, as badges are read into one.
  void WriteQualityNotes(base::JsonWriter* json) {
    for (const SourceNode* note : source_.Find(specification_, "additionalNote/noteLiteral/*")) {
      absl::string_view text = note->text;
      if (!absl::ConsumePrefix(&text, "Quality assurance: ")) continue;
      const size_t line = text.rfind('\n');
      if (line == absl::string_view::npos || !elm::IsWebAddress(text.substr(line + 1))) continue;
      WriteAlignment("ext:QualityAssurance", text.substr(0, line), "", text.substr(line + 1), json);
      source_.Carry(note, "achievement.alignment", kKept, "quality.text");
      written_.insert(note);
    }
  }

  // Of what was learned, else of what the learner received for it.
  std::vector<const SourceNode*> Credits() const {
    std::vector<const SourceNode*> credits = source_.Find(specification_, "creditPoint");
    return credits.empty() ? source_.Find(claim_, "creditReceived") : credits;
  }

  void WriteWorkload(base::JsonWriter* json) {
    bool credits = false;
    for (const SourceNode* credit : Credits()) {
      const SourceNode* const point = source_.FindFirst(credit, "point");
      const std::string framework = source_.TextOf(credit, "framework/id");
      const auto points = point == nullptr ? std::nullopt : elm::CreditPoints(point->text);
      if (credits || !points.has_value() || !absl::EndsWith(framework, elm::kCreditSystemEcts)) continue;
      credits = true;
      json->Key("ECTS");
      json->Raw(*points);
      source_.Carry(point, "achievement.ECTS", kKept, "credit.ects");
      source_.UseAll(credit);
    }
    const SourceNode* const volume = source_.FindFirst(specification_, "volumeOfLearning");
    const auto duration = volume == nullptr ? std::nullopt : elm::ParseDuration(volume->text);
    if (!duration.has_value() || duration->negative || duration->months != 0) return;
    const auto hours = static_cast<int64_t>(duration->hours);
    if (static_cast<double>(hours) != duration->hours || hours < 1) return;
    json->Member(credits ? "timeInvestment" : "SBU", hours);
    source_.Carry(volume, credits ? "achievement.timeInvestment" : "achievement.SBU", kKept, "workload.hours");
  }

  // Of the qualification, else of the activity that led to it.
  const SourceNode* Mode() const {
    const SourceNode* const mode = source_.FindFirst(specification_, "mode");
    return mode != nullptr ? mode : source_.FindFirst(claim_, "influencedBy/specifiedBy/mode");
  }

  const SourceNode* Assessment() const { return source_.FindFirst(claim_, "provenBy"); }

  // The kind of the assessment that was made, else of the one that the specification asks for.
  const SourceNode* AssessmentKind() const {
    const SourceNode* const made = source_.FindFirst(Assessment(), "specifiedBy");
    return made != nullptr ? made : source_.FindFirst(specification_, "provenBy");
  }

  void WriteAssessment(base::JsonWriter* json) {
    WriteWord(source_.FindFirst(AssessmentKind(), "dcType"), "assessmentType", Vocabulary::kAssessment, kAssessments,
              json);
    const SourceNode* const supervision = source_.FindFirst(Assessment(), "idVerification");
    const SourceNode* const id = source_.FindFirst(supervision, "id");
    const auto code = elm::CodeOf(Vocabulary::kIdVerification, id == nullptr ? "" : id->text);
    if (!code.has_value()) return;
    const bool online = absl::EndsWith(source_.TextOf(Mode(), "id"), elm::kModeOnline);
    if (*code == elm::kIdVerificationSupervisedWithId) {
      json->Member("supervisionType", online ? "supervised online" : "onsite with identity verification");
      json->Member("identityChecked", true);
    } else if (*code == elm::kIdVerificationUnsupervisedWithoutId) {
      json->Member("supervisionType", "unsupervised with no identity verification");
      json->Member("identityChecked", false);
    } else {
      return;
    }
    source_.Carry(id, "achievement.supervisionType", kKept, "supervision.word");
    source_.UseAll(supervision);
  }

  std::string SchemeId() const { return absl::StrCat(id_, "#result"); }

  void WriteScheme(base::JsonWriter* json) {
    if (source_.FindFirst(Assessment(), "grade") == nullptr) return;
    const SourceNode* const scheme = source_.FindFirst(AssessmentKind(), "gradingScheme");
    std::string name = TakeText(scheme, "title", "achievement.resultDescription", kKept);
    json->Key("resultDescription");
    json->BeginArray();
    json->BeginObject();
    json->Member("id", SchemeId());
    WriteTypes({"ResultDescription"}, json);
    json->Member("name", name.empty() ? "Grade" : name);
    json->Member("resultType", "Result");
    json->EndObject();
    json->EndArray();
  }

  void WriteResult(base::JsonWriter* json) {
    const std::string grade = TakeText(Assessment(), "grade/noteLiteral", "credentialSubject.result", kKept);
    if (grade.empty()) return;
    json->Key("result");
    json->BeginArray();
    json->BeginObject();
    WriteTypes({"Result"}, json);
    json->Member("resultDescription", SchemeId());
    json->Member("value", grade);
    json->EndObject();
    json->EndArray();
  }

  // Notes and entry requirements, for people.
  void WriteNarrative(base::JsonWriter* json) {
    std::string text;
    const auto add = [&text, this](const SourceNode* note, absl::string_view label) {
      if (note->text.empty() || written_.contains(note)) return;
      absl::StrAppend(&text, text.empty() ? "" : "\n", label, note->text);
      source_.Carry(note, "credentialSubject.narrative", kWidened, "note.narrative");
    };
    for (const SourceNode* note : source_.Find(specification_, "entryRequirement/noteLiteral/*")) {
      add(note, "Entry requirements: ");
    }
    for (const SourceNode* node : {claim_, specification_}) {
      for (const SourceNode* note : source_.Find(node, "additionalNote/noteLiteral/*")) add(note, "");
    }
    if (!text.empty()) json->Member("narrative", text);
  }

  document::Source& source_;
  const SourceNode* claim_;
  const SourceNode* specification_ = nullptr;
  std::string language_;
  std::string id_;                                  // of the badge
  absl::flat_hash_set<const SourceNode*> written_;  // notes that went elsewhere than into the narrative
  std::string text_;
};

// What the model demands of every document says nothing that a badge should repeat.
void PassOver(document::Source* source) {
  for (const SourceNode* node :
       source->Find(source->root(), "@context|type|credentialSchema|credentialProfiles|displayParameter")) {
    source->UseAll(node);
  }
  for (const SourceNode* node : source->Find(source->root(), "evidence|attachment")) {
    source->Drop(node, "documents do not fit into a badge");
  }
}

}  // namespace

absl::StatusOr<document::Exported> WriteBadge(const elm::v3::EuropeanDigitalCredential& credential,
                                              const document::ExportOptions& options) {
  document::SourceTree::Options linked;
  linked.follow_references = true;
  ASSIGN_OR_RETURN(document::SourceTree tree, document::SourceTree::OfJson(elm::Write(credential), linked));
  document::ImportOptions import;
  import.list_mapped = options.list_mapped;
  document::Source source(std::move(tree), import);
  source.SetNoPlace("no place in Open Badges");
  const std::vector<const SourceNode*> claims = source.Find(source.root(), "credentialSubject/hasClaim");
  const SourceNode* chosen = nullptr;
  for (const SourceNode* claim : claims) {
    const bool achievement = source.TextOf(claim, "type") == "LearningAchievement";
    if (chosen == nullptr && achievement) {
      chosen = claim;
    } else {
      source.Drop(claim, "a badge is for one achievement");
    }
  }
  if (chosen == nullptr) return Problem(Reason::kNothingAwarded, "/credentialSubject/hasClaim");
  const SourceNode* const title = source.FindFirst(chosen, "title");
  if (title == nullptr || title->first_child == nullptr) {
    return Problem(Reason::kTitleMissing, source.tree().Path(chosen));
  }
  PassOver(&source);
  for (const SourceNode* part : source.Find(chosen, "hasPart")) source.Drop(part, "a badge has no parts");
  document::Exported exported;
  exported.content = Writer(&source, chosen).Write();
  RETURN_IF_ERROR(source.CheckAllowance());
  for (const SourceNode& node : source.tree().nodes()) {
    // Types and ids of nodes are the form of the model.
    if (node.name == "type" || node.name == "id" || node.name == "inScheme") source.UseAll(&node);
  }
  source.Close(&exported);
  return exported;
}

}  // namespace passerelle::adapters::openbadges3
