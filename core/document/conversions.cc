// The conversions that formats share; see mapping.h.
#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/decimal.h"
#include "core/document/mapping.h"
#include "core/elm/rules/bridge.h"
#include "core/elm/rules/date.h"
#include "core/elm/rules/level.h"
#include "core/elm/rules/text.h"
#include "core/elm/rules/workload.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {
namespace {

// What the row says, unless what happened is weaker.
LossClass Weaker(LossClass row, LossClass happened) { return happened == kKept ? row : happened; }

LossClass Drop(const Step& step, absl::string_view rule, absl::string_view message, absl::string_view reason) {
  step.source().Warn(rule, step.node, message);
  step.source().Drop(step.node, reason);
  return kDropped;
}

// The notes beside a target: those of the anchor of its path.
std::string NotesBeside(absl::string_view target) {
  const absl::string_view anchor = target.substr(0, 1);
  const absl::string_view element = ElementOfTarget(target);
  const absl::string_view notes = anchor == "C" || anchor == "S" ? "A.additionalNote" : "";
  return absl::StrCat(notes.empty() ? absl::StrCat(anchor, ".additionalNote") : std::string(notes),
                      element.empty() ? "" : "#", element);
}

LossClass PutWords(const Step& step, const std::string& value) {
  if (value.empty()) {
    step.source().Drop(step.node, "holds no text");
    return kDropped;
  }
  const std::string language = step.source().SeeLanguage(step.Language(), step.node);
  const bool second_grade = step.rule.target == "T.grade" && step.context.targets.assessment->has_grade();
  const LossClass put = PutText(step.context.targets, step.rule.target, language, value);
  if (second_grade) {
    step.source().Warn("grade.several", step.node,
                       "The document states several grades of one achievement; each is a line of the grade.");
  }
  if (put == kWidened) {
    step.source().Note("text.duplicate-language", step.node, "A second text in the same language became a note.");
  }
  return Weaker(step.rule.loss, put);
}

// Rule markup.html, for texts that people read.
std::string WithoutActiveContent(const Step& step, absl::string_view text) {
  if (!elm::HasMarkup(text)) return std::string(text);
  step.source().Note("markup.html", step.node, "Active content, if any, was taken out of the markup.");
  return elm::StripActiveContent(text);
}

// A word that bridges to a concept, or stays a word; put where the conversion says.
template <typename Put>
LossClass PutWord(const Step& step, const elm::Bridged& bridged, absl::string_view list, const Put& put) {
  if (bridged.concept_node.has_value()) {
    const LossClass done = put(*bridged.concept_node);
    return done == kKept && bridged.derived ? kDerived : Weaker(step.rule.loss, done);
  }
  return put(PrivateConcept(list, step.Value(), step.Language())) == kKept ? kWidened : kDropped;
}

void WarnOfThousands(const Step& step) {
  step.source().Warn("workload.text", step.node,
                     "The hours can be thousands or a decimal number; they are kept as text.");
}

void NoteOrder(const Step& step, const elm::SourceDate& date) {
  if (!date.turned) return;
  step.source().Note("date.order", step.node, "Day, month and year were put into the order of ISO 8601.");
}

bool IsSameNumber(absl::string_view one, absl::string_view other) {
  const auto number = base::Decimal::Parse(one);
  return number.has_value() ? number == base::Decimal::Parse(other) : one == other;
}

// The first ECTS credits that stand where the row puts its own; null for none.
const elm::v3::CreditPoint* EctsThere(const Step& step) {
  const Targets& targets = step.context.targets;
  const auto* const points = step.rule.target == "Q.creditPoint"      ? &targets.qualification->credit_point()
                             : step.rule.target == "A.creditReceived" ? &targets.achievement->credit_received()
                                                                      : nullptr;
  if (points == nullptr) return nullptr;
  const std::string ects = elm::EctsCredits("1").framework().id();
  const auto there = std::find_if(points->begin(), points->end(),
                                  [&ects](const auto& point) { return point.framework().id() == ects; });
  return there == points->end() ? nullptr : &*there;
}

// The amount as written, for notes.
std::string Amount(const Step& step) {
  return step.context.unit.empty() ? step.Value() : absl::StrCat(step.Value(), " ", step.context.unit);
}

LossClass PutEcts(const Step& step, const std::string& points, absl::string_view label) {
  const elm::v3::CreditPoint* const there = EctsThere(step);
  if (there == nullptr) {
    return Weaker(step.rule.loss, PutMessage(step.context.targets, step.rule.target, elm::EctsCredits(points)));
  }
  if (IsSameNumber(there->point(), points)) return step.rule.loss;
  step.source().Warn("credit.contradiction", step.node,
                     "The document states several amounts of credits in one system; the first counts.");
  return NoteOf(step, NotesBeside(step.rule.target), label, Amount(step));
}

// One amount of work fits; several that differ are told, as those of credits are.
LossClass PutWorkload(const Step& step, absl::string_view target, const std::string& duration,
                      absl::string_view label) {
  if (PutText(step.context.targets, target, "", duration) == kKept) return step.rule.loss;
  step.source().Warn("workload.contradiction", step.node,
                     "The document states several amounts of work; the first counts.");
  return NoteOf(step, NotesBeside(target), label, Amount(step));
}

LossClass PutEqf(const Step& step, bool defined_as_eqf) {
  const std::optional<int> level = elm::EqfLevelOf(step.Value(), defined_as_eqf);
  const auto concept_node = level.has_value() ? elm::EqfLevel(*level) : std::nullopt;
  if (!concept_node.has_value()) {
    step.source().Warn("level.eqf", step.node, "The framework has levels 1 to 8; the value is kept as text.");
    return NoteOf(step, NotesBeside(step.rule.target), step.Label(), step.Value());
  }
  if (PutConcept(step.context.targets, step.rule.target, *concept_node) == kKept) return step.rule.loss;
  step.source().Warn("level.contradiction", step.node, "The document states two levels; the first counts.");
  return NoteOf(step, "Q.additionalNote", step.Label(), step.Value());
}

}  // namespace

LossClass NoteOf(const Step& step, absl::string_view target, absl::string_view label, absl::string_view value) {
  const std::string safe = WithoutActiveContent(step, value);
  const std::string text = label.empty() ? safe : absl::StrCat(label, ": ", safe);
  // The labels are English; a value that says its own language decides for the whole.
  const bool own = step.source().FindFirst(step.node, "@lang") != nullptr;
  const LossClass put = PutText(step.context.targets, target, label.empty() || own ? step.Language() : "en", text);
  if (put == kDropped) return kDropped;
  step.source().Carry(step.node, target, kWidened, step.rule.rule);
  return v1::LOSS_CLASS_UNSPECIFIED;
}

void AddIdentifier(absl::string_view notation, absl::string_view scheme_name,
                   google::protobuf::RepeatedPtrField<elm::v3::IdentifierNode>* identifiers) {
  if (notation.empty()) return;
  auto* const identifier = identifiers->Add()->mutable_identifier();
  identifier->set_notation(std::string(notation));
  if (!scheme_name.empty()) identifier->set_scheme_name(std::string(scheme_name));
}

elm::v3::Concept PrivateConcept(absl::string_view list, absl::string_view word, absl::string_view language) {
  std::string slug;
  for (const char c : word) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c));
    if (plain) {
      slug.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
    constexpr size_t kSlugBytes = 60;
    if (slug.size() >= kSlugBytes) break;
  }
  const std::string scheme = absl::StrCat("urn:passerelle:", list);
  return elm::MakeConcept(absl::StrCat(scheme, ":", slug.empty() ? "word" : slug), scheme, word, language);
}

LossClass Text(const Step& step) { return PutWords(step, step.Value()); }

LossClass Texts(const Step& step) {
  if (!step.node->IsBranch()) return Text(step);
  for (const SourceNode* member = step.node->first_child; member != nullptr; member = member->next_sibling) {
    const std::string tag = elm::LanguageTag(member->name);
    for (const SourceNode* text : step.source().Find(member, "")) {  // a language has a text, or an array of them
      if (text->text.empty()) continue;
      const std::string language = step.source().SeeLanguage(tag, text);
      const LossClass put = PutText(step.context.targets, step.rule.target, language, text->text);
      if (put == kWidened) {
        step.source().Note("text.duplicate-language", text, "A second text in the same language became a note.");
      }
      if (put == kDropped) {
        step.source().DropSecond(text);
      } else {
        step.source().Carry(text, step.rule.target, Weaker(step.rule.loss, put), step.rule.rule);
      }
    }
  }
  return v1::LOSS_CLASS_UNSPECIFIED;
}

LossClass PlainText(const Step& step) { return PutWords(step, elm::PlainTextOf(step.Value())); }

LossClass Verbatim(const Step& step) {
  return Weaker(step.rule.loss, PutText(step.context.targets, step.rule.target, step.Language(), step.Value()));
}

LossClass Prose(const Step& step) { return PutWords(step, WithoutActiveContent(step, step.Value())); }

LossClass LabelledNote(const Step& step) { return NoteOf(step, step.rule.target, step.Label(), step.Value()); }

LossClass DateTime(const Step& step) {
  const auto date = elm::ReadDate(step.Value());
  if (!date.has_value()) {
    const LossClass noted = NoteOf(step, NotesBeside(step.rule.target), step.Label(), step.Value());
    if (noted == kDropped) return Drop(step, "date.unreadable", "This is no day of the calendar.", "is no date");
    step.source().Warn("date.unreadable", step.node, "This is no day of the calendar; it is kept as text.");
    return noted;
  }
  NoteOrder(step, *date);
  if (date->lacks_zone()) step.source().Note("date.zone", step.node, "The time has no zone; it is written as UTC.");
  return Weaker(step.rule.loss, PutText(step.context.targets, step.rule.target, "", date->DateTime()));
}

LossClass BirthDate(const Step& step) {
  const auto date = elm::ReadDate(step.Value());
  if (!date.has_value()) return Drop(step, "date.unreadable", "This is no day of the calendar.", "is no date");
  NoteOrder(step, *date);
  if (!date->zone.empty() || !date->time.empty()) {
    step.source().Note("date.calendar", step.node,
                       "A birth date is a day of the calendar; its time and zone were left out.");
  }
  return Weaker(step.rule.loss, PutText(step.context.targets, step.rule.target, "", date->WholeDay()));
}

LossClass EctsPoints(const Step& step) {
  const auto points = elm::CreditPoints(step.Value());
  if (points.has_value()) return PutEcts(step, *points, step.Label());
  if (elm::PlainDecimal(step.Value()).has_value()) {
    return Drop(step, "credit.zero", "Credit of zero counts as missing.", "zero credits count as missing");
  }
  step.source().Note("credit.text", step.node, "Credit that is no number is kept as text.");
  return NoteOf(step, NotesBeside(step.rule.target), step.Label(), Amount(step));
}

LossClass Hours(const Step& step) {
  // A number of JSON has a decimal point.
  if (step.node->kind != SourceNode::Kind::kNumber && elm::HasThousandsOrDecimals(step.Value())) {
    WarnOfThousands(step);
    return NoteOf(step, NotesBeside(step.rule.target), step.Label(), step.Value());
  }
  const auto hours = elm::HoursAsDuration(step.Value());
  if (hours.has_value()) return PutWorkload(step, step.rule.target, *hours, step.Label());
  if (elm::PlainDecimal(step.Value()).has_value()) {
    return Drop(step, "workload.zero", "Zero hours, or more than a working life, count as missing.",
                "counts as missing");
  }
  const elm::TextWorkload words = elm::WorkloadOfText(step.Value());  // "40 hours"
  if (words.kind == elm::TextWorkload::Kind::kDuration) {
    return PutWorkload(step, step.rule.target, words.value, step.Label());
  }
  step.source().Warn("workload.unreadable", step.node, "This is no number of hours; it is kept as text.");
  return NoteOf(step, NotesBeside(step.rule.target), step.Label(), Amount(step));
}

LossClass FreeWorkload(const Step& step) {
  const elm::TextWorkload workload = elm::WorkloadOfText(step.Value());
  if (workload.kind == elm::TextWorkload::Kind::kCredits && elm::IsEcts(workload.unit)) {
    return PutEcts(step, workload.value, "Workload");
  }
  if (workload.kind == elm::TextWorkload::Kind::kDuration) {
    return PutWorkload(step, "Q.volumeOfLearning", workload.value, "Workload");
  }
  if (workload.ambiguous) WarnOfThousands(step);
  return NoteOf(step, NotesBeside(step.rule.target), "Workload", step.Value());
}

LossClass IsoDuration(const Step& step) {
  const auto duration = elm::ParseDuration(step.Value());
  if (duration.has_value() && !duration->negative) {
    return PutWorkload(step, step.rule.target, step.Value(), step.Label());
  }
  step.source().Warn("workload.unreadable", step.node, "This is no duration that can be carried; it is kept as text.");
  return NoteOf(step, NotesBeside(step.rule.target), step.Label(), step.Value());
}

LossClass EqfLevel(const Step& step) { return PutEqf(step, true); }

LossClass EqfLevelText(const Step& step) { return PutEqf(step, false); }

LossClass IscedField(const Step& step) {
  const auto field = elm::IscedField(step.Value());
  if (field.has_value()) return Weaker(step.rule.loss, PutConcept(step.context.targets, step.rule.target, *field));
  step.source().Warn("field.isced", step.node, "The code is none of ISCED-F 2013; it is kept as text.");
  return NoteOf(step, NotesBeside(step.rule.target), step.Label(), step.Value());
}

LossClass CountryCode(const Step& step) {
  auto country = elm::Country(step.Value());
  if (!country.has_value()) country = elm::CountryNamed(step.Value());
  if (!country.has_value()) {
    return Drop(step, "country.unknown", "This names no country; the country counts as missing.", "names no country");
  }
  if (!absl::EndsWith(step.rule.target, ".location")) {
    return Weaker(step.rule.loss, PutConcept(step.context.targets, step.rule.target, *country));
  }
  elm::v3::Location location;
  *location.add_address()->mutable_country_code() = *country;
  return Weaker(step.rule.loss, PutMessage(step.context.targets, step.rule.target, location));
}

LossClass LanguageCode(const Step& step) {
  const std::string tag = elm::LanguageTag(step.Value());
  const auto language = tag == elm::kLanguageUndetermined ? std::nullopt : elm::Language(tag);
  if (!language.has_value()) return Drop(step, "language.bcp47", "This names no language.", "names no language");
  return Weaker(step.rule.loss, PutConcept(step.context.targets, step.rule.target, *language));
}

LossClass WebAddress(const Step& step) {
  if (elm::IsWebAddress(step.Value())) {
    return Weaker(step.rule.loss, PutText(step.context.targets, step.rule.target, "", step.Value()));
  }
  step.source().Note("address.web", step.node, "This is no complete web address; it is kept as a note.");
  return NoteOf(step, NotesBeside(step.rule.target), "Web address", step.Value());
}

LossClass ModeWord(const Step& step) {
  return PutWord(step, elm::ModeOfWord(step.Value()), "participation", [&step](const elm::v3::Concept& mode) {
    return PutConcept(step.context.targets, step.rule.target, mode);
  });
}

LossClass AssessmentWord(const Step& step) {
  return PutWord(step, elm::AssessmentOfWord(step.Value()), "assessment",
                 [&step](const elm::v3::Concept& kind) { return PutAssessmentKind(step.context.targets, kind); });
}

LossClass DropIt(const Step& step) {
  step.source().Drop(step.node, step.rule.target);
  return v1::LOSS_CLASS_UNSPECIFIED;
}

LossClass UseIt(const Step& step) {
  step.source().UseAll(step.node);
  return v1::LOSS_CLASS_UNSPECIFIED;
}

}  // namespace passerelle::document
