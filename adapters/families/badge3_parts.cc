#include "adapters/families/badge3_parts.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/families/names.h"
#include "core/elm/rules/bridge.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/text.h"
#include "core/elm/vocabulary.h"

namespace passerelle::adapters::families {
namespace {

constexpr absl::string_view kEscoSkill = "http://data.europa.eu/esco/skill/";
constexpr absl::string_view kEqfBase = "http://data.europa.eu/snb/eqf/";
constexpr absl::string_view kIscedPart = "isced-f/";
constexpr absl::string_view kEscoSkillScheme = "http://data.europa.eu/esco/concept-scheme/skills";

LossClass PutIdentifier(const Step& step, absl::string_view notation, absl::string_view scheme) {
  elm::v3::IdentifierNode node;
  node.mutable_identifier()->set_notation(std::string(notation));
  if (!scheme.empty()) node.mutable_identifier()->set_scheme_name(std::string(scheme));
  return PutMessage(step.context.targets, step.rule.target, node) == kKept ? step.rule.loss : kDropped;
}

absl::string_view SchemeOfId(absl::string_view id) {
  if (absl::StartsWith(id, "did:")) return "DID";
  if (absl::StartsWith(id, "http:") || absl::StartsWith(id, "https:")) return "URL";
  return absl::StartsWith(id, "urn:") ? "URN" : "";
}

std::string TextAt(const Step& step, absl::string_view path) { return step.source().TextOf(step.node, path); }

// Carries the parts of the step's node that were made use of.
void CarryParts(const Step& step, absl::string_view paths, absl::string_view target, LossClass loss,
                absl::string_view rule) {
  for (const SourceNode* part : step.source().Find(step.node, paths)) {
    if (!part->text.empty()) step.source().Carry(part, target, loss, rule);
  }
  step.source().Use(step.source().FindFirst(step.node, "type"));
  for (const SourceNode* type : step.source().Find(step.node, "type")) step.source().Use(type);
}

bool IsOf(const Step& step, absl::string_view name) {
  const std::string type = TextAt(step, "targetType");
  const std::string framework = TextAt(step, "targetFramework");
  return absl::EqualsIgnoreCase(type, absl::StrCat("ext:", name)) || absl::EqualsIgnoreCase(type, name) ||
         absl::EqualsIgnoreCase(framework, name);
}

bool IsEqf(const Step& step) {
  return IsOf(step, "EQF") || IsOf(step, "European Qualifications Framework") ||
         IsOf(step, "European Qualifications Framework (EQF)");
}

constexpr absl::string_view kAlignmentParts =
    "targetType|targetName|targetDescription|targetCode|targetUrl|targetFramework";

// The parts of an alignment as one line for people.
std::string Describe(const Step& step) {
  std::string text = TextAt(step, "targetName");
  const std::string framework = TextAt(step, "targetFramework");
  const std::string code = TextAt(step, "targetCode");
  const std::string description = TextAt(step, "targetDescription");
  const std::string address = TextAt(step, "targetUrl");
  if (!framework.empty()) absl::StrAppend(&text, text.empty() ? "" : ", ", framework);
  if (!code.empty()) absl::StrAppend(&text, " (", code, ")");
  if (!description.empty()) absl::StrAppend(&text, "\n", description);
  if (!address.empty()) absl::StrAppend(&text, "\n", address);
  return text;
}

LossClass AlignmentAsNote(const Step& step, absl::string_view label, absl::string_view target, absl::string_view rule) {
  const std::string text = Describe(step);
  if (text.empty()) return kDone;
  if (PutText(step.context.targets, target, step.Language(), label.empty() ? text : absl::StrCat(label, ": ", text)) ==
      kDropped) {
    return kDropped;
  }
  CarryParts(step, kAlignmentParts, target, kWidened, rule);
  return kDone;
}

// The levels that an alignment states in its code, its address and its name; of one that says it twice, one. An address
// of the framework that is none of its levels is 0.
std::set<int> LevelsOf(const Step& step) {
  std::set<int> levels;
  const std::string address = VocabularyAddress(TextAt(step, "targetUrl"));
  const bool is_other =
      absl::StartsWith(address, kEqfBase) && address != kEqfBase && address != elm::SchemeOf(elm::Vocabulary::kEqf);
  if (is_other && !elm::EqfLevelOf(address, false).has_value()) levels.insert(0);
  for (const std::optional<int> level :
       {elm::EqfLevelOf(TextAt(step, "targetCode"), true), elm::EqfLevelOf(TextAt(step, "targetUrl"), false),
        elm::EqfLevelOf(TextAt(step, "targetName"), IsEqf(step))}) {
    if (level.has_value()) levels.insert(*level);
  }
  return levels;
}

LossClass AlignedLevel(const Step& step) {
  const std::set<int> levels = LevelsOf(step);
  if (levels.size() > 1) {
    step.source().Warn("level.contradiction", step.node, "The alignment states two levels; both are kept as text.");
    return AlignmentAsNote(step, "Level", "Q.additionalNote#A1-M08", "level.contradiction");
  }
  const auto concept_node = levels.empty() ? std::nullopt : elm::EqfLevel(*levels.begin());
  if (!concept_node.has_value()) {
    step.source().Warn("level.eqf", step.node, "The framework has levels 1 to 8; the value is kept as text.");
    return AlignmentAsNote(step, "Level", "Q.additionalNote#A1-M08", "level.eqf");
  }
  if (PutConcept(step.context.targets, "Q.eqfLevel", *concept_node) == kDropped) {
    step.source().Warn("level.contradiction", step.node, "The document states two levels; the first counts.");
    return AlignmentAsNote(step, "Level", "Q.additionalNote", "level.contradiction");
  }
  CarryParts(step, "targetType|targetName|targetCode|targetFramework", "Q.eqfLevel", kKept, "level.eqf");
  const SourceNode* const address = step.source().FindFirst(step.node, "targetUrl");
  if (address != nullptr) step.source().Drop(address, "describes the framework, not the achievement");
  return kDone;
}

LossClass AlignedSkill(const Step& step) {
  const std::string name = TextAt(step, "targetName");
  if (name.empty()) return AlignmentAsNote(step, "Skill", "Q.additionalNote", "alignment.note");
  elm::v3::LearningOutcome outcome;
  elm::AddText(step.Language(), name, outcome.mutable_title());
  *outcome.add_related_esco_skill() =
      elm::MakeConcept(VocabularyAddress(TextAt(step, "targetUrl")), kEscoSkillScheme, name, step.Language());
  const std::string description = TextAt(step, "targetDescription");
  if (!description.empty()) elm::AddNote(step.Language(), description, outcome.mutable_additional_note());
  if (PutMessage(step.context.targets, "Q.learningOutcome", outcome) == kDropped) return kDropped;
  CarryParts(step, kAlignmentParts, "Q.learningOutcome", kKept, "outcomes.esco");
  return kDone;
}

LossClass AlignedField(const Step& step) {
  const auto by_code = elm::IscedField(TextAt(step, "targetCode"));
  const auto by_address = elm::IscedField(IscedCodeOfAddress(TextAt(step, "targetUrl")));
  if (by_code.has_value() && by_address.has_value() && by_code->id() != by_address->id()) {
    step.source().Warn("field.contradiction", step.node, "The alignment states two fields; both are kept as text.");
    return AlignmentAsNote(step, "Field of study", "Q.additionalNote", "field.contradiction");
  }
  const auto field = by_code.has_value() ? by_code : by_address;
  if (!field.has_value() || PutConcept(step.context.targets, "Q.thematicArea", *field) == kDropped) {
    return AlignmentAsNote(step, "Field of study", "Q.additionalNote", "field.isced");
  }
  CarryParts(step, kAlignmentParts, "Q.thematicArea", kKept, "field.isced");
  return kDone;
}

LossClass InLanguage(const Step& step, document::Conversion convert) {
  if (!step.node->IsBranch()) return convert(step);
  document::Source& source = step.source();
  const SourceNode* const value = source.FindFirst(step.node, "@value");
  if (value == nullptr || value->text.empty()) return kDone;
  Context context = step.context;
  if (const SourceNode* const language = source.FindFirst(step.node, "@language")) {
    context.language = source.Language(language);
    source.Use(language);
  }
  const LossClass loss = convert({context, step.rule, value});
  if (loss == kDropped) source.DropSecond(value);
  if (loss != kDropped && loss != kDone) source.Carry(value, step.rule.target, loss, step.rule.rule);
  return kDone;
}

// {"en": …, "nl": …}, which the schema does not have and issuers of the European model write.
bool IsLanguageMap(const SourceNode& node) {
  for (const SourceNode* member = node.first_child; member != nullptr; member = member->next_sibling) {
    if (elm::LanguageTag(member->name) == elm::kLanguageUndetermined) return false;
  }
  return node.kind == SourceNode::Kind::kObject && node.first_child != nullptr;
}

// Who else had a part in it, by name and address.
LossClass ProfileNote(const Step& step, absl::string_view label) {
  const std::string id = step.node->IsBranch() ? TextAt(step, "id") : step.Value();
  const std::string name = TextAt(step, "name");
  if (id.empty() && name.empty()) return kDone;
  const std::string text = name.empty() ? id : id.empty() ? name : absl::StrCat(name, " (", id, ")");
  const LossClass put = PutText(step.context.targets, step.rule.target, "en", absl::StrCat(label, ": ", text));
  if (put == kDropped || !step.node->IsBranch()) return put;
  CarryParts(step, "name|id", step.rule.target, step.rule.loss, step.rule.rule);
  return kDone;
}

std::optional<bool> IdentityAnswer(const Step& step) {
  const SourceNode* const checked = step.source().FindFirst(step.node->parent, "identityChecked");
  return checked == nullptr ? std::nullopt : std::optional(checked->text == "true");
}

// Whether a word for the supervision says itself whether the identity was verified, and the answer says the opposite.
bool Contradicts(absl::string_view word, std::optional<bool> identity_checked) {
  if (!identity_checked.has_value()) return false;
  return absl::StrContains(word, *identity_checked ? "no identity verification" : "with identity verification");
}

}  // namespace

LossClass TextInLanguage(const Step& step) {
  return IsLanguageMap(*step.node) ? document::Texts(step) : InLanguage(step, document::Text);
}

LossClass ProseInLanguage(const Step& step) { return InLanguage(step, document::Prose); }

LossClass NodeIdentifier(const Step& step) { return PutIdentifier(step, step.Value(), SchemeOfId(step.Value())); }

LossClass NamedIdentifier(const Step& step) { return PutIdentifier(step, step.Value(), step.Label()); }

LossClass NamesNothing(const Step& step) {
  step.source().Drop(step.node, "identifies nothing");
  return kDone;
}

LossClass OtherIdentifier(const Step& step) {
  const std::string notation = TextAt(step, "identifier");
  std::string scheme = TextAt(step, "identifierType");
  if (absl::StartsWith(scheme, "ext:")) scheme.erase(0, 4);
  if (notation.empty()) return NamesNothing(step);
  if (PutIdentifier(step, notation, scheme) == kDropped) return kDropped;
  CarryParts(step, "identifier|identifierType", step.rule.target, kKept, step.rule.rule);
  return kDone;
}

LossClass Mail(const Step& step) {
  const std::string address = step.Value();
  if (!absl::StrContains(address, "@")) return NoteOf(step, "B.additionalNote", "E-mail", address);
  elm::v3::Mailbox mailbox;
  mailbox.add_type("Mailbox");
  mailbox.set_id(absl::StrCat("mailto:", address));
  return PutMessage(step.context.targets, step.rule.target, mailbox) == kKept ? step.rule.loss : kDropped;
}

LossClass ParentOrganisation(const Step& step) {
  return NoteOf(step, step.rule.target, "Parent organisation", step.Value());
}

LossClass CreatorUnlessIssuer(const Step& step) {
  const auto& body = *step.context.targets.body;
  const std::string name = TextAt(step, "name");
  const std::string id = step.node->IsBranch() ? TextAt(step, "id") : step.Value();
  const bool same_name = std::any_of(body.legal_name().begin(), body.legal_name().end(),
                                     [&name](const auto& stated) { return stated.value() == name; });
  const bool same_id = std::any_of(body.identifier().begin(), body.identifier().end(), [&id](const auto& stated) {
    return !id.empty() && stated.identifier().notation() == id;
  });
  if (!same_name && !(name.empty() && same_id)) return ProfileNote(step, "Designed by");
  step.source().UseAll(step.node);
  return kDone;
}

LossClass SourceOfClaim(const Step& step) { return ProfileNote(step, "Source"); }

LossClass LearnerId(const Step& step) {
  step.source().Origin("A1-M01", document::v1::ELEMENT_STATUS_BY_REFERENCE, step.node, step.rule.rule);
  return PutIdentifier(step, step.Value(), SchemeOfId(step.Value()));
}

LossClass IdentityObject(const Step& step) {
  const std::string identity = TextAt(step, "identityHash");
  std::string type = TextAt(step, "identityType");
  if (absl::StartsWith(type, "ext:")) type.erase(0, 4);
  const bool hashed = TextAt(step, "hashed") == "true";
  if (identity.empty()) return NamesNothing(step);
  const SourceNode* const place = step.source().FindFirst(step.node, "identityHash");
  LossClass put = kKept;
  if (!hashed && absl::StartsWithIgnoreCase(type, "email") && absl::StrContains(identity, "@")) {
    elm::v3::Mailbox mailbox;
    mailbox.add_type("Mailbox");
    mailbox.set_id(absl::StrCat("mailto:", identity));
    put = PutMessage(step.context.targets, "S.contactPoint.emailAddress", mailbox);
    step.source().Origin("A1-M01", document::v1::ELEMENT_STATUS_STATED, place, step.rule.rule);
  } else if (!hashed && type == "name" && step.context.targets.subject->full_name().empty()) {
    put = PutText(step.context.targets, "S.fullName", "und", identity);
    step.source().Origin("A1-M01", document::v1::ELEMENT_STATUS_STATED, place, step.rule.rule);
  } else {
    const std::string salt = hashed ? TextAt(step, "salt") : "";
    put = PutIdentifier(step, identity,
                        absl::StrCat(hashed ? "hash of " : "", type.empty() ? "identity" : type,
                                     salt.empty() ? "" : absl::StrCat(", salt ", salt)));
    step.source().Origin("A1-M01", document::v1::ELEMENT_STATUS_BY_REFERENCE, place, step.rule.rule);
  }
  if (put == kDropped) return kDropped;
  CarryParts(step, "identityHash|identityType", step.rule.target, kKept, step.rule.rule);
  for (const SourceNode* part : step.source().Find(step.node, "hashed|salt")) step.source().Use(part);
  return kDone;
}

LossClass NameUnlessTitle(const Step& step) {
  if (step.node->IsBranch()) return InLanguage(step, NameUnlessTitle);
  for (const auto& title : step.context.targets.achievement->title()) {
    if (absl::string_view(title.value()) != step.Value()) continue;
    step.source().Use(step.node);
    return kDone;
  }
  return NoteOf(step, step.rule.target, "Name of the credential", step.Value());
}

LossClass RelatedAchievement(const Step& step) { return NoteOf(step, step.rule.target, "Related", step.Value()); }

LossClass Criteria(const Step& step) { return NoteOf(step, step.rule.target, "Criteria", step.Value()); }

LossClass Evidence(const Step& step) {
  if (!step.node->IsBranch()) return document::WebAddress(step);
  constexpr document::Rule kEvidence[] = {
      {"type", "", document::UseIt, kKept, ""},
      {"id", "A.supplementaryDocument", document::WebAddress, kKept, "address.web"},
      {"name|description|narrative|genre|audience", "A.additionalNote", document::LabelledNote, kWidened,
       "evidence.note"},
  };
  Apply(kEvidence, step.node, step.context);
  return kDone;
}

LossClass Alignment(const Step& step) {
  const std::string address = VocabularyAddress(TextAt(step, "targetUrl"));
  if (IsEqf(step) || absl::StartsWith(address, kEqfBase)) return AlignedLevel(step);
  if (IsOf(step, "QualityAssurance")) {
    // An accreditation of the model needs its agency and kind, which stand in the decision behind the address.
    step.source().Note("quality.reference", step.node, "The decision is named; its agency and kind are not.");
    return AlignmentAsNote(step, "Quality assurance", "Q.additionalNote#A1-M11", "quality.text");
  }
  if (absl::StartsWith(address, kEscoSkill)) return AlignedSkill(step);
  if (IsOf(step, "ISCED") || absl::StrContains(address, kIscedPart)) return AlignedField(step);
  return AlignmentAsNote(step, "Alignment", "Q.additionalNote", "alignment.note");
}

std::string VocabularyAddress(absl::string_view address) {
  constexpr absl::string_view kSecure = "https://data.europa.eu/";
  if (!absl::StartsWith(address, kSecure)) return std::string(address);
  return absl::StrCat("http://data.europa.eu/", address.substr(kSecure.size()));
}

std::string IscedCodeOfAddress(absl::string_view address) {
  const size_t begin = address.find(kIscedPart);
  return begin == absl::string_view::npos ? "" : std::string(address.substr(begin + kIscedPart.size()));
}

// The separate answer "identityChecked" is needed by one of the words only; where it denies another word, none of the
// two is taken for true.
LossClass Supervision(const Step& step) {
  const std::optional<bool> answer = IdentityAnswer(step);
  if (Contradicts(step.Value(), answer)) {
    step.source().Warn("supervision.contradiction", step.node,
                       "The document says two things of whether the identity was verified; both are kept as text.");
    return NoteOf(step, "Q.additionalNote#A1-O02", "Supervision", step.Value());
  }
  const elm::Bridged bridged = elm::SupervisionOfWord(step.Value(), answer);
  if (!bridged.concept_node.has_value()) {
    return NoteOf(step, "Q.additionalNote#A1-O02", "Supervision", step.Value());
  }
  const LossClass put = PutConcept(step.context.targets, step.rule.target, *bridged.concept_node);
  return put == kDropped ? kDropped : bridged.derived ? kDerived : step.rule.loss;
}

LossClass IdentityChecked(const Step& step) {
  // The word is there and is read together with this answer.
  const SourceNode* const word = step.source().FindFirst(step.node->parent, "supervisionType");
  if (word != nullptr && !Contradicts(word->text, IdentityAnswer(step))) {
    step.source().Use(step.node);
    return kDone;
  }
  return NoteOf(step, step.rule.target, "Identity checked", step.Value());
}

}  // namespace passerelle::adapters::families
