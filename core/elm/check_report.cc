#include "core/elm/check_report.h"

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/one_line.h"
#include "core/elm/annex_one.h"
#include "core/elm/codec_envelope.h"
#include "core/elm/constraints_graph.h"
#include "core/elm/constraints_jsonld.h"
#include "core/elm/labels/labels.h"
#include "core/elm/skill_tags.h"

namespace passerelle::elm {
namespace {

using base::JsonWriter;
using document::v1::AnnexOneElement;
using document::v1::AnnexOneReport;

constexpr size_t kColumns = 100;
// Columns of the table: "A1-M01  stated        Identification of the learner           value".
constexpr size_t kIdColumns = 8;
constexpr size_t kStatusColumns = 14;  // more where a language has longer words
constexpr size_t kNameColumns = 42;
constexpr size_t kLimbColumns = 27;
// Findings that the table lists; the JSON lists them all.
constexpr size_t kFindingsShown = 20;

absl::string_view StatusLabel(document::v1::ElementStatus status, absl::string_view language) {
  return Word(absl::StrCat("status/", StatusWord(status)), language);
}

absl::string_view ReportWord(absl::string_view word, absl::string_view language) {
  return Word(absl::StrCat("report/", word), language);
}

void WriteFindings(const std::vector<Finding>& findings, JsonWriter& json) {
  json.BeginArray();
  for (const Finding& finding : findings) {
    json.BeginObject();
    json.Member("pointer", finding.pointer);
    json.Member("rule", finding.rule);
    json.Member("message", finding.message);
    json.EndObject();
  }
  json.EndArray();
}

template <typename Texts>
void WriteStrings(absl::string_view name, const Texts& texts, JsonWriter& json) {
  json.Key(name);
  json.BeginArray();
  for (const std::string& text : texts) json.String(text);
  json.EndArray();
}

void WriteAnnexOne(const AnnexOneReport& annex_one, absl::string_view language, JsonWriter& json) {
  json.BeginObject();
  json.Member("complete", annex_one.complete());
  json.Key("elements");
  json.BeginObject();
  for (const AnnexOneElement& element : annex_one.elements()) {
    json.Key(element.element());
    json.BeginObject();
    json.Member("name", Word(element.element(), language));
    json.Member("status", StatusWord(element.status()));
    json.Member("status_label", StatusLabel(element.status(), language));
    WriteStrings("paths", element.paths(), json);
    json.Member("value", element.value());
    json.EndObject();
  }
  json.EndObject();
  json.EndObject();
}

void WriteSkills(const document::v1::SkillTags& skills, JsonWriter& json) {
  json.BeginObject();
  WriteStrings("tags", DistinctTags(skills), json);
  json.Key("because");
  json.BeginArray();
  for (const document::v1::SkillTag& tag : skills.tags()) {
    json.BeginObject();
    json.Member("tag", tag.tag());
    json.Member("skill", tag.skill());
    json.Member("collection", tag.collection());
    json.EndObject();
  }
  json.EndArray();
  WriteStrings("untagged", skills.untagged_skills(), json);
  json.EndObject();
}

// Length in characters, not bytes.
size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// The text on one line, without controls of a terminal; white space in it is a blank.
std::string Printable(absl::string_view text) {
  std::string line(text);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return absl::ascii_isspace(c); }, ' ');
  return base::OneLine(line);
}

// The text on one line, cut to the width with an ellipsis.
std::string Fit(absl::string_view text, size_t width) {
  std::string line = Printable(text);
  if (Characters(line) <= width) return line;
  size_t bytes = 0;
  for (size_t characters = 0; bytes < line.size(); ++bytes) {
    if ((line[bytes] & 0xC0) != 0x80 && characters++ == width - 1) break;
  }
  return absl::StrCat(line.substr(0, bytes), "…");
}

// The text, filled with blanks up to the width.
std::string Padded(absl::string_view text, size_t width) {
  std::string cell = Fit(text, width);
  const size_t characters = Characters(cell);
  if (characters < width) cell.append(width - characters, ' ');
  return cell;
}

// The text on as many lines as it takes, each behind the indentation.
void AppendWrapped(absl::string_view text, size_t indentation, std::string& out) {
  const std::string margin(indentation, ' ');
  size_t column = kColumns;  // so that the first word begins a line
  for (absl::string_view word : absl::StrSplit(Printable(text), ' ', absl::SkipEmpty())) {
    const std::string shown = Fit(word, kColumns - indentation);
    const size_t width = Characters(shown);
    if (column + 1 + width > kColumns) {
      absl::StrAppend(&out, out.back() == '\n' ? "" : "\n", margin, shown);
      column = indentation + width;
    } else {
      absl::StrAppend(&out, " ", shown);
      column += 1 + width;
    }
  }
  out += '\n';
}

void AppendFindings(absl::string_view title, const std::vector<Finding>& findings, std::string& out) {
  if (findings.empty()) return;
  absl::StrAppend(&out, "\n", title, " (", findings.size(), ")\n");
  for (size_t i = 0; i < findings.size() && i < kFindingsShown; ++i) {
    const Finding& finding = findings[i];
    AppendWrapped(absl::StrCat(finding.rule, ": ", finding.message), 2, out);
    absl::StrAppend(&out, "    at ", Fit(finding.pointer.empty() ? "the credential" : finding.pointer, kColumns - 7),
                    "\n");
  }
  if (findings.size() > kFindingsShown) {
    absl::StrAppend(&out, "  … and ", findings.size() - kFindingsShown, " more; --json lists them all\n");
  }
}

// One element: id, status, name and value on a line; a name or value that does not fit goes below. Then its first path.
void AppendElement(const AnnexOneElement& element, size_t status_columns, absl::string_view language,
                   std::string& out) {
  const absl::string_view name = Word(element.element(), language);
  const size_t margin = kIdColumns + status_columns;
  std::string line = absl::StrCat(Padded(element.element(), kIdColumns),
                                  Padded(StatusLabel(element.status(), language), status_columns));
  if (margin + kNameColumns + 2 < kColumns && Characters(name) <= kNameColumns) {
    absl::StrAppend(&line, Padded(name, kNameColumns), "  ",
                    Fit(element.value(), kColumns - margin - kNameColumns - 2));
  } else {
    absl::StrAppend(&line, Fit(name, kColumns - margin));
    if (!element.value().empty()) {
      absl::StrAppend(&line, "\n", std::string(margin, ' '), Fit(element.value(), kColumns - margin));
    }
  }
  absl::StrAppend(&out, absl::StripTrailingAsciiWhitespace(line), "\n");
  if (element.paths_size() == 0) return;
  const std::string more = element.paths_size() > 1 ? absl::StrCat(" + ", element.paths_size() - 1) : "";
  absl::StrAppend(&out, std::string(kIdColumns, ' '), Fit(element.paths(0), kColumns - kIdColumns - more.size()), more,
                  "\n");
}

}  // namespace

absl::string_view StatusWord(document::v1::ElementStatus status) {
  switch (status) {
    case document::v1::ELEMENT_STATUS_STATED:
      return "stated";
    case document::v1::ELEMENT_STATUS_TEXT:
      return "text";
    case document::v1::ELEMENT_STATUS_DERIVED:
      return "derived";
    case document::v1::ELEMENT_STATUS_WITHHELD:
      return "withheld";
    case document::v1::ELEMENT_STATUS_BY_REFERENCE:
      return "by_reference";
    default:
      return "missing";
  }
}

CheckResult Check(const ReadCredential& read, absl::string_view language) {
  const auto graph = std::make_shared<const NodeGraph>(read.credential);
  CheckResult result;
  result.conformance = CheckConstraints(read, *graph);
  result.annex_one = AnnexOne(graph, language);
  result.definition = CheckDefinition(graph, result.annex_one);
  result.plausibility = CheckPlausibility(graph);
  if (read.source != nullptr) {
    for (Finding& finding : result.plausibility) {
      finding.pointer = PointerInJson(read.source->credential, finding.pointer);
    }
  }
  return result;
}

bool IsClean(const CheckResult& result) {
  return result.conformance.conforms && result.annex_one.complete() && result.plausibility.empty();
}

std::string CheckJson(const ReadCredential& read, const CheckResult& result, absl::string_view format,
                      absl::string_view language) {
  std::string out;
  JsonWriter json(out, JsonWriter::Layout::kIndented);
  json.BeginObject();
  json.Member("format", format);
  json.Member("language", language);
  json.Member("envelope", EnvelopeName(read.envelope));
  json.Key("european_model");
  json.BeginObject();
  json.Member("conforms", result.conformance.conforms);
  json.Member("profile", result.conformance.profile);
  json.Member("version", read.model_version);
  json.Key("findings");
  WriteFindings(result.conformance.findings, json);
  if (!result.conformance.set_by_seal.empty()) {
    json.Key("set_by_seal");
    WriteFindings(result.conformance.set_by_seal, json);
  }
  json.EndObject();
  json.Key("annex_one");
  WriteAnnexOne(result.annex_one, language, json);
  json.Key("definition");
  json.BeginObject();
  for (const DefinitionLimb& limb : result.definition) {
    json.Key(limb.limb);
    json.BeginObject();
    json.Member("name", Word(absl::StrCat("limb/", limb.limb), language));
    json.Member("outcome", limb.outcome);
    json.Member("outcome_label", Word(absl::StrCat("outcome/", limb.outcome), language));
    json.Member("explanation", limb.explanation);
    WriteStrings("paths", limb.paths, json);
    json.EndObject();
  }
  json.EndObject();
  json.Key("plausibility");
  WriteFindings(result.plausibility, json);
  if (result.skills.has_value()) {
    json.Key("skills");
    WriteSkills(*result.skills, json);
  }
  json.EndObject();
  return out;
}

std::string CheckText(const ReadCredential& read, const CheckResult& result, absl::string_view language) {
  const auto word = [language](absl::string_view key) { return ReportWord(key, language); };
  const Conformance& conformance = result.conformance;
  std::string out = absl::StrCat(word("model"), " ", read.model_version, ", ", word("profile"), " ",
                                 conformance.profile.empty() ? word("not_stated") : conformance.profile, ": ",
                                 word(conformance.conforms ? "conforms" : "violates"), "\n");
  absl::StrAppend(&out, word("annex_one"), ": ", word(result.annex_one.complete() ? "complete" : "incomplete"), "\n\n");
  size_t status_columns = kStatusColumns;
  for (const AnnexOneElement& element : result.annex_one.elements()) {
    status_columns = std::max(status_columns, Characters(StatusLabel(element.status(), language)) + 2);
  }
  for (const AnnexOneElement& element : result.annex_one.elements()) {
    AppendElement(element, status_columns, language, out);
  }
  absl::StrAppend(&out, "\n", word("definition"), "\n");
  size_t limb_columns = kLimbColumns;
  for (const DefinitionLimb& limb : result.definition) {
    limb_columns = std::max(limb_columns, Characters(Word(absl::StrCat("limb/", limb.limb), language)) + 2);
  }
  for (const DefinitionLimb& limb : result.definition) {
    absl::StrAppend(&out, "  ", Padded(Word(absl::StrCat("limb/", limb.limb), language), limb_columns),
                    Word(absl::StrCat("outcome/", limb.outcome), language), "\n");
    AppendWrapped(limb.explanation, 4, out);
  }
  AppendFindings(word("findings"), conformance.findings, out);
  AppendFindings(word("set_by_seal"), conformance.set_by_seal, out);
  AppendFindings(word("implausible"), result.plausibility, out);
  if (result.skills.has_value()) {
    out += "\n";
    for (const absl::string_view line : absl::StrSplit(SkillTagsText(*result.skills), '\n', absl::SkipEmpty())) {
      absl::StrAppend(&out, Printable(line), "\n");
    }
  }
  out += "\n";
  AppendWrapped(word("disclaimer"), 0, out);
  return out;
}

}  // namespace passerelle::elm
