#include "adapters/elmo/annex_one.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace passerelle::adapters::elmo {
namespace {

using document::v1::ElementStatus;
using elm::Vocabulary;

struct Label {
  absl::string_view entry;
  absl::string_view text;
};
constexpr Label kLabels[] = {{kOutcomeEntry, "Learning outcome"},
                             {kAssessmentEntry, "Type of assessment"},
                             {kParticipationEntry, "Form of participation"},
                             {kQualityEntry, "Quality assurance"},
                             {kRequirementEntry, "Entry requirements"},
                             {kSupervisionEntry, "Supervision and identity verification"},
                             {kDescriptionEntry, "Description"},
                             {kAchievementDescriptionEntry, "Description"},
                             {kNoteEntry, "Note"},
                             {kAchievementNoteEntry, "Note"},
                             {kAlternativeTitleEntry, "Also known as"},
                             {kEntitlementEntry, "Entitles to"}};

std::vector<xml_node> EntriesOf(const Source& source, const xml_node& specification) {
  std::vector<xml_node> entries;
  for (const xml_node& block : source.Child(specification, "extension").children()) {
    if (base::XmlLocalName(block) != "annexOne" || source.document().Namespace(block) != kAnnexOneNamespace) continue;
    for (const xml_node& entry : block.children()) {
      if (entry.type() == pugi::node_element) entries.push_back(entry);
    }
  }
  return entries;
}

std::string TextOf(const xml_node& entry) {
  const std::string raw = base::XmlRawText(entry);
  return std::string(absl::StripAsciiWhitespace(raw));
}

// The concept of an entry: of the public list that its IRI is of, or one of our own with its words.
elm::v3::Concept ConceptOf(Source* source, const xml_node& entry, Vocabulary vocabulary) {
  const std::string iri = source->TakeAttribute(entry, "uri");
  const std::string text = source->Take(entry);
  const std::string language = source->TakeLanguage(entry);
  const auto code = elm::CodeOf(vocabulary, iri);
  const auto known = code.has_value() ? elm::ConceptOf(vocabulary, *code) : std::nullopt;
  if (known.has_value()) return *known;
  const size_t end = iri.rfind(':');
  return elm::MakeConcept(iri, end == std::string::npos ? iri : iri.substr(0, end), text, language);
}

class Reader {
 public:
  Reader(Source* source, size_t depth, elm::v3::LearningAchievement* achievement, elm::v3::Qualification* qualification)
      : source_(*source), depth_(depth), achievement_(*achievement), qualification_(*qualification) {}

  void Read(const xml_node& entry) {
    const absl::string_view name = base::XmlLocalName(entry);
    if (name == kOutcomeEntry) return ReadOutcome(entry);
    if (name == kAssessmentEntry) return ReadAssessment(entry);
    if (name == kParticipationEntry) {
      *qualification_.add_mode() = ConceptOf(&source_, entry, Vocabulary::kMode);
      return Origin("A1-M10", document::v1::ELEMENT_STATUS_STATED, entry);
    }
    if (name == kSupervisionEntry) return ReadSupervision(entry);
    if (name == kDescriptionEntry) return ReadText(entry, qualification_.mutable_description());
    if (name == kAchievementDescriptionEntry) return ReadText(entry, achievement_.mutable_description());
    if (name == kAlternativeTitleEntry) return ReadText(entry, qualification_.mutable_alt_label());
    if (name == kNoteEntry) return ReadNote(entry, "", qualification_.mutable_additional_note());
    if (name == kAchievementNoteEntry) return ReadNote(entry, "", achievement_.mutable_additional_note());
    if (name == kRequirementEntry) {
      ReadText(entry, qualification_.mutable_entry_requirement()->mutable_note_literal());
      return Origin("A1-O01", document::v1::ELEMENT_STATUS_STATED, entry);
    }
    if (name == kQualityEntry) {
      ReadNote(entry, name, qualification_.mutable_additional_note());
      return Origin("A1-M11", document::v1::ELEMENT_STATUS_TEXT, entry);
    }
    if (name == kEntitlementEntry) ReadNote(entry, name, achievement_.mutable_additional_note());
  }

 private:
  void Origin(absl::string_view element, ElementStatus status, const xml_node& entry) {
    if (depth_ == 0) source_.Origin(element, status, entry, "extension.annex-one");
  }

  void ReadText(const xml_node& entry, Texts* texts) {
    AddText(source_.TakeLanguage(entry), absl::StripAsciiWhitespace(source_.TakeRaw(entry)), texts);
  }

  // Notes of one number are one note in several languages. What has no field of its own keeps its label.
  void ReadNote(const xml_node& entry, absl::string_view label, Notes* notes) {
    const std::string text(absl::StripAsciiWhitespace(source_.TakeRaw(entry)));
    elm::v3::Note*& note = notes_[absl::StrCat(base::XmlLocalName(entry), source_.TakeAttribute(entry, "number"))];
    if (note == nullptr) note = notes->Add();
    AddText(source_.TakeLanguage(entry), label.empty() ? text : AnnexOneLine(label, text),
            note->mutable_note_literal());
  }

  void ReadOutcome(const xml_node& entry) {
    elm::v3::LearningOutcome*& outcome = outcomes_[source_.TakeAttribute(entry, "number")];
    if (outcome == nullptr) outcome = qualification_.add_learning_outcome();
    ReadText(entry, outcome->mutable_title());
    Origin("A1-M06", document::v1::ELEMENT_STATUS_STATED, entry);
  }

  // To the assessment that was graded, else to the one that is asked for.
  void ReadAssessment(const xml_node& entry) {
    elm::v3::LearningAssessmentSpecification* asked = nullptr;
    if (achievement_.proven_by_size() > 0) {
      auto* const made = achievement_.mutable_proven_by(0);
      asked = made->specified_by_size() > 0 ? made->mutable_specified_by(0) : made->add_specified_by();
    } else {
      asked =
          qualification_.proven_by_size() > 0 ? qualification_.mutable_proven_by(0) : qualification_.add_proven_by();
    }
    if (asked->title().empty()) *asked->mutable_title() = achievement_.title();
    *asked->add_dc_type() = ConceptOf(&source_, entry, Vocabulary::kAssessment);
    Origin("A1-M09", document::v1::ELEMENT_STATUS_STATED, entry);
  }

  // The model has it of an assessment with a grade only.
  void ReadSupervision(const xml_node& entry) {
    if (achievement_.proven_by_size() == 0) {
      return ReadNote(entry, kSupervisionEntry, qualification_.mutable_additional_note());
    }
    *achievement_.mutable_proven_by(0)->mutable_id_verification() =
        ConceptOf(&source_, entry, Vocabulary::kIdVerification);
    Origin("A1-O02", document::v1::ELEMENT_STATUS_STATED, entry);
  }

  Source& source_;
  size_t depth_;
  elm::v3::LearningAchievement& achievement_;
  elm::v3::Qualification& qualification_;
  std::map<std::string, elm::v3::Note*> notes_;
  std::map<std::string, elm::v3::LearningOutcome*> outcomes_;
};

}  // namespace

std::string AnnexOneLine(absl::string_view entry, absl::string_view text) {
  for (const Label& label : kLabels) {
    if (label.entry == entry) return absl::StrCat(label.text, ": ", text);
  }
  return std::string(text);
}

void RemoveAnnexOneLines(const Source& source, const xml_node& specification, Texts* texts) {
  std::map<std::string, std::string> lines;  // by language
  for (const xml_node& entry : EntriesOf(source, specification)) {
    if (base::XmlLocalName(entry) == kUndatedEntry) continue;
    const std::string stated = base::XmlLanguage(entry);
    std::string& known = lines[stated.empty() ? "und" : LanguageTag(stated)];
    absl::StrAppend(&known, known.empty() ? "" : "\n", AnnexOneLine(base::XmlLocalName(entry), TextOf(entry)));
  }
  for (int i = texts->size() - 1; i >= 0; --i) {
    absl::string_view text = texts->Get(i).value();
    if (!absl::ConsumeSuffix(&text, lines[texts->Get(i).language()])) continue;
    absl::ConsumeSuffix(&text, "\n");
    if (text.empty()) {
      texts->DeleteSubrange(i, 1);
    } else {
      texts->Mutable(i)->set_value(std::string(text));
    }
  }
}

bool IsUndated(const Source& source, const xml_node& specification) {
  for (const xml_node& entry : EntriesOf(source, specification)) {
    if (base::XmlLocalName(entry) == kUndatedEntry) return true;
  }
  return false;
}

void MapAnnexOne(Source* source, const xml_node& specification, size_t depth, elm::v3::LearningAchievement* achievement,
                 elm::v3::Qualification* qualification) {
  Reader reader(source, depth, achievement, qualification);
  for (const xml_node& entry : EntriesOf(*source, specification)) reader.Read(entry);
}

}  // namespace passerelle::adapters::elmo
