#include "core/recognition/issue/letter.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/rules/text.h"
#include "core/recognition/issue/decision_json.h"
#include "core/recognition/issue/html.h"
#include "core/recognition/issue/letter_labels.h"
#include "core/recognition/issue/letter_lines.h"

namespace passerelle::recognition {
namespace {

using base::Problem;
using base::Reason;

constexpr size_t kLanguagesMax = 2;  // the authority's, and the applicant's

// Printed on paper too: no colour carries a meaning, and long words and digests break.
constexpr absl::string_view kStyle = R"(
@page { size: A4; margin: 22mm 20mm; @bottom-center { content: counter(page) " / " counter(pages); font-size: 9pt; } }
body { font-family: "DejaVu Sans", Verdana, sans-serif; font-size: 10.5pt; line-height: 1.45; max-width: 46em;
  margin: 0 auto; padding: 0 1em; color: #000; background: #fff; overflow-wrap: anywhere; }
article + article { break-before: page; }
h1 { font-size: 17pt; } h2 { font-size: 12.5pt; margin-bottom: .3em; }
dt { font-weight: bold; margin-top: .5em; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; } caption { text-align: start; font-weight: bold; padding: .3em 0; }
th, td { border: 1px solid #000; padding: .25em .5em; text-align: start; vertical-align: top; }
bdi { unicode-bidi: isolate; } code { font-family: "DejaVu Sans Mono", monospace; font-size: 9pt; }
)";

class Article {
 public:
  Article(const v1::RecognitionCase& content, const LetterWish& wish, absl::string_view language, HtmlWriter* html)
      : content_(content), decision_(content.procedure().decision()), wish_(wish), language_(language), html_(*html) {}

  void Write() {
    html_.Open("article", {{"lang", language_}});
    html_.Open("header");
    html_.Open("p");
    OfAuthority(decision_.competent_authority());
    html_.Close();
    html_.Element("h1", Word(Title()));
    html_.Close();
    Lines();
    Units("accepted", decision_.accepted());
    Units("not_accepted", decision_.not_accepted());
    Conditions();
    Reasons();
    Considered();
    Appeal();
    if (!decision_.remedial_advice().empty()) {
      Section("remedial_advice");
      Paragraph(decision_.remedial_advice());
      html_.Close();
    }
    Verification();
    html_.Close();
  }

  absl::string_view Title() const {
    return decision_.kind() == v1::DECISION_KIND_STATEMENT ? "title/statement" : "title/decision";
  }

 private:
  absl::string_view Word(absl::string_view key) const { return LetterWord(key, language_); }

  // Isolated from its surroundings, so that a text from right to left changes nothing but itself.
  void OfAuthority(absl::string_view text) {
    if (wish_.authority_language == language_) {
      html_.Element("bdi", text);
    } else {
      html_.Element("bdi", text, {{"lang", wish_.authority_language}});
    }
  }

  void Show(const LetterText& text) {
    if (text.of_authority) {
      OfAuthority(text.text);
    } else if (!text.day.empty()) {
      html_.Element("time", text.text, {{"datetime", text.day}});
    } else {
      html_.Element("bdi", text.text);
    }
  }

  void Definition(absl::string_view key, const std::vector<LetterText>& texts) {
    html_.Element("dt", Word(key));
    for (const LetterText& text : texts) {
      html_.Open("dd");
      Show(text);
      html_.Close();
    }
  }

  void Lines() {
    html_.Open("dl");
    // A name belongs to no language.
    html_.Element("dt", Word("holder"));
    html_.Open("dd");
    html_.Element("bdi", wish_.holder_name, {{"lang", ""}});
    html_.Close();
    for (const LetterLine& line : DecisionLines(content_, language_)) Definition(line.key, line.texts);
    html_.Close();
  }

  void Section(absl::string_view heading) {
    html_.Open("section");
    html_.Element("h2", Word(heading));
  }

  void Paragraph(absl::string_view words) {
    html_.Open("p");
    OfAuthority(words);
    html_.Close();
  }

  void Cell(const LetterText& text) {
    html_.Open("td");
    Show(text);
    html_.Close();
  }

  void Head(std::initializer_list<absl::string_view> keys) {
    html_.Open("thead");
    html_.Open("tr");
    for (const absl::string_view key : keys) html_.Element("th", Word(key), {{"scope", "col"}});
    html_.Close();
    html_.Close();
  }

  template <typename Entries>
  void Units(absl::string_view key, const Entries& units) {
    if (units.empty()) return;
    const bool accepted = key == "accepted";
    html_.Open("table");
    html_.Element("caption", Word(key));
    if (accepted) Head({"unit", "credits"});
    if (!accepted) Head({"unit", "reason"});
    html_.Open("tbody");
    for (const v1::DecidedUnit& unit : units) {
      html_.Open("tr");
      Cell({unit.unit(), true, ""});
      Cell(accepted ? LetterText{unit.ects(), false, ""} : LetterText{unit.reason(), true, ""});
      html_.Close();
    }
    html_.Close();
    html_.Close();
  }

  void Conditions() {
    if (decision_.conditions().empty()) return;
    html_.Open("table");
    html_.Element("caption", Word("conditions"));
    Head({"condition", "checked_by", "until", "if_met", "if_unmet"});
    html_.Open("tbody");
    for (const v1::DecisionCondition& condition : decision_.conditions()) {
      html_.Open("tr");
      Cell({condition.condition(), true, ""});
      Cell({condition.checked_by(), true, ""});
      Cell(DayLine(condition.until(), language_));
      Cell({condition.if_met(), true, ""});
      Cell({condition.if_unmet(), true, ""});
      html_.Close();
    }
    html_.Close();
    html_.Close();
  }

  void Detail(absl::string_view key, const std::string& words) {
    if (words.empty()) return;
    html_.Open("p");
    html_.Text(absl::StrCat(Word(key), ": "));
    OfAuthority(words);
    html_.Close();
  }

  void Reasons() {
    if (decision_.reasons().empty()) return;
    Section("reasons");
    html_.Open("ol");
    for (const v1::DecisionReason& reason : decision_.reasons()) {
      html_.Open("li");
      html_.Element("p", absl::StrCat(MeaningOf(reason.code(), language_), " (", reason.code(), ")"));
      Paragraph(reason.text());
      Detail("purpose_link", reason.purpose_link());
      Detail("evidence", reason.evidence());
      html_.Close();
    }
    html_.Close();
    html_.Close();
  }

  void Considered() {
    if (decision_.considered().empty()) return;
    Section("considered");
    html_.Open("ul");
    for (const v1::ConsideredKind& considered : decision_.considered()) {
      html_.Open("li");
      html_.Text(absl::StrCat(KindText(considered.kind(), language_), ": "));
      OfAuthority(considered.reason());
      html_.Close();
    }
    html_.Close();
    html_.Close();
  }

  void Appeal() {
    const bool statement = decision_.kind() == v1::DECISION_KIND_STATEMENT;
    if (!statement && decision_.appeal().empty()) return;
    Section("appeal");
    if (statement) html_.Element("p", Word("no_appeal"));
    if (!statement) Paragraph(decision_.appeal());
    const std::string& until = content_.procedure().appeal_until();
    if (!statement && !until.empty()) {
      html_.Open("p");
      html_.Text(absl::StrCat(Word("appeal_until"), ": "));
      Show(DayLine(until, language_));
      html_.Close();
    }
    html_.Close();
  }

  void Verification() {
    Section("verification");
    html_.Open("p");
    html_.Text(absl::StrCat(Word("verification_text"), " "));
    html_.Element("a", wish_.verify_at, {{"href", wish_.verify_at}});
    html_.Close();
    html_.Open("p");
    html_.Text(absl::StrCat(Word("digest"), ": "));
    html_.Element("code", wish_.credential_sha256);
    html_.Close();
    html_.Close();
  }

  const v1::RecognitionCase& content_;
  const v1::Decision& decision_;
  const LetterWish& wish_;
  const absl::string_view language_;
  HtmlWriter& html_;
};

absl::Status CheckWish(const LetterWish& wish) {
  if (wish.languages.empty() || wish.languages.size() > kLanguagesMax) {
    return Problem(Reason::kFieldInvalid, "languages", "one or two are expected");
  }
  std::set<std::string> seen;
  for (const std::string& language : wish.languages) {
    if (!IsLetterLanguage(language)) {
      return Problem(Reason::kFieldInvalid, "languages",
                     absl::StrCat("there are letters in ", absl::StrJoin(LetterLanguages(), ", ")));
    }
    if (!seen.insert(language).second) return Problem(Reason::kFieldInvalid, "languages", "one stands twice");
  }
  if (!base::IsSha256Hex(wish.credential_sha256)) {
    return Problem(Reason::kFieldInvalid, "credential_sha256", "64 lower-case hexadecimal digits are expected");
  }
  if (!elm::IsWebAddress(wish.verify_at) || !absl::StartsWith(wish.verify_at, "https://")) {
    return Problem(Reason::kFieldInvalid, "verify_at", "an address that begins with https:// is expected");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> LetterHtml(const v1::RecognitionCase& content, const LetterWish& wish) {
  RETURN_IF_ERROR(CheckWish(wish));
  RETURN_IF_ERROR(CheckIssuable(content));
  std::string text = "<!DOCTYPE html>\n";
  HtmlWriter html(&text);
  const std::string& first = wish.languages.front();
  html.Open("html", {{"lang", first}});
  html.Open("head");
  html.Empty("meta", {{"charset", "utf-8"}});
  html.Empty("meta", {{"name", "viewport"}, {"content", "width=device-width"}});
  html.Element("title", LetterWord(Article(content, wish, first, &html).Title(), first));
  html.Open("style");
  html.Raw(kStyle);
  html.Close();
  html.Close();
  html.Open("body");
  html.Open("main");
  for (const std::string& language : wish.languages) Article(content, wish, language, &html).Write();
  html.Close();
  html.Close();
  html.Close();
  return text;
}

}  // namespace passerelle::recognition
