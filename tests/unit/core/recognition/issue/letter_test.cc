// The letter: whole in every language, readable by machines and screen readers, and harmless whatever stands in a name.
#include "core/recognition/issue/letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/problem.h"
#include "core/recognition/decisions.h"
#include "core/recognition/issue/html.h"
#include "core/recognition/issue/letter_labels.h"
#include "core/recognition/issue/letter_lines.h"
#include "core/recognition/reason_codes.h"
#include "pugixml.hpp"
#include "tests/support/paths.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/core/recognition/issue/issue_examples.h"

namespace passerelle::recognition {
namespace {

using base::Reason;
using ::passerelle::testing::HasReasonAt;
using ::testing::HasSubstr;
using ::testing::Not;

LetterWish Wish(std::vector<std::string> languages = {"en", "fr"}) {
  LetterWish wish;
  wish.holder_name = "Ingrid Solbakken";
  wish.authority_language = "en";
  wish.languages = std::move(languages);
  wish.credential_sha256 = std::string(64, 'b');
  wish.verify_at = "https://centre.example/verify?lang=en&x=1";
  return wish;
}

// Read as XML, which forgives nothing.
pugi::xml_document Parse(const std::string& html) {
  pugi::xml_document page;
  const pugi::xml_parse_result read =
      page.load_buffer(html.data(), html.size(), pugi::parse_default | pugi::parse_doctype);
  EXPECT_TRUE(read) << read.description() << " at " << html.substr(static_cast<size_t>(read.offset), 80);
  return page;
}

void Visit(const pugi::xml_node& node, const std::function<void(const pugi::xml_node&)>& visit) {
  visit(node);
  for (const pugi::xml_node& child : node.children()) Visit(child, visit);
}

std::string TextOf(const pugi::xml_node& node) {
  std::string text;
  Visit(node, [&](const pugi::xml_node& one) {
    if (one.type() == pugi::node_pcdata) absl::StrAppend(&text, one.value(), " ");
  });
  return text;
}

std::map<std::string, std::string> TableOf(absl::string_view language) {
  std::ifstream file(
      absl::StrCat(passerelle::testing::kSourceDir, "/core/recognition/issue/labels/", language, ".def"));
  std::map<std::string, std::string> table;
  for (std::string line; std::getline(file, line);) {
    const size_t middle = line.find("\", \"");
    if (!absl::StartsWith(line, "LABEL(\"") || middle == std::string::npos) continue;
    EXPECT_TRUE(table.emplace(line.substr(7, middle - 7), line.substr(middle + 4, line.size() - middle - 6)).second)
        << language << " " << line;
  }
  return table;
}

TEST(LetterLabels, EveryLanguageHasEveryKey) {
  const std::map<std::string, std::string> english = TableOf("en");
  EXPECT_EQ(LetterLanguages().size(), 6u);
  for (const absl::string_view language : LetterLanguages()) {
    const std::map<std::string, std::string> table = TableOf(language);
    EXPECT_EQ(table.size(), english.size()) << language;
    for (const auto& [key, text] : english) {
      ASSERT_EQ(table.count(key), 1u) << language << " lacks " << key;
      EXPECT_EQ(LetterWord(key, language), table.at(key));
      EXPECT_NE(table.at(key).find_first_not_of(' '), std::string::npos) << language << " says nothing for " << key;
      EXPECT_EQ(absl::StrContains(text, "%"), absl::StrContains(table.at(key), "%")) << language << " " << key;
    }
  }
  for (const ReasonCode& code : kReasonCodes) {
    EXPECT_EQ(english.count(absl::StrCat("code/", code.code)), 1u) << code.code;
  }
  for (const v1::DecisionKind kind : kKinds) EXPECT_EQ(english.count(absl::StrCat("kind/", KindWord(kind))), 1u);
  EXPECT_FALSE(IsLetterLanguage("ga"));
  EXPECT_EQ(LetterWord("case", "ga"), "");
  EXPECT_EQ(LetterWord("nothing", "en"), "");
}

TEST(LetterLabels, NoneIsEnglishByAccident) {
  const std::map<std::string, std::string> english = TableOf("en");
  for (const absl::string_view language : LetterLanguages()) {
    if (language == "en") continue;
    for (const auto& [key, text] : TableOf(language)) {
      if (text == "Conditions" || text == "Condition") continue;
      EXPECT_NE(text, english.at(key)) << language << " " << key;
    }
  }
}

TEST(Days, AreWrittenAsTheLanguageDoes) {
  const absl::CivilDay day(2026, 3, 2);
  EXPECT_EQ(LongDay(day, "de"), "2. März 2026");
  EXPECT_EQ(LongDay(day, "en"), "2 March 2026");
  EXPECT_EQ(LongDay(day, "fr"), "2 mars 2026");
  EXPECT_EQ(LongDay(day, "nb"), "2. mars 2026");
  EXPECT_THAT(LongDay(day, "bg"), HasSubstr("март"));
}

TEST(Letter, IsWholeInEachOfTwoLanguages) {
  for (const v1::DecisionKind kind : kKinds) {
    const v1::RecognitionCase content = ClosedCase(kind);
    for (const absl::string_view second : LetterLanguages()) {
      if (second == "en") continue;
      ASSERT_OK_AND_ASSIGN(const std::string html, LetterHtml(content, Wish({"en", std::string(second)})));
      const pugi::xml_document page = Parse(html);
      EXPECT_STREQ(page.child("html").attribute("lang").value(), "en");
      const pugi::xml_node main = page.child("html").child("body").child("main");
      std::vector<std::string> languages;
      for (const pugi::xml_node& article : main.children("article")) {
        const std::string language = article.attribute("lang").value();
        languages.push_back(language);
        const std::string text = TextOf(article);
        EXPECT_THAT(text, HasSubstr("Ingrid Solbakken"));
        EXPECT_THAT(text, HasSubstr(std::string(KindText(kind, language)))) << language;
        EXPECT_THAT(text, HasSubstr(std::string(LetterWord("verification_text", language))));
        EXPECT_THAT(text, HasSubstr(std::string(64, 'b')));
        EXPECT_THAT(text, HasSubstr("https://centre.example/verify?lang=en&x=1"));
        EXPECT_STREQ(article.child("header").child("h1").text().get(),
                     std::string(LetterWord(kind == v1::DECISION_KIND_STATEMENT ? "title/statement" : "title/decision",
                                            language))
                         .c_str());
        const absl::string_view appeal =
            kind == v1::DECISION_KIND_STATEMENT ? LetterWord("no_appeal", language) : LetterWord("appeal", language);
        EXPECT_THAT(text, HasSubstr(std::string(appeal)));
        for (const v1::DecisionReason& reason : content.procedure().decision().reasons()) {
          EXPECT_THAT(text, HasSubstr(MeaningOf(reason.code(), language)));
          EXPECT_THAT(text, HasSubstr(reason.text()));
        }
        for (const v1::ConsideredKind& considered : content.procedure().decision().considered()) {
          EXPECT_THAT(text, HasSubstr(std::string(KindText(considered.kind(), language))));
        }
      }
      EXPECT_EQ(languages, (std::vector<std::string>{"en", std::string(second)}));
      ASSERT_OK_AND_ASSIGN(const std::string again, LetterHtml(content, Wish({"en", std::string(second)})));
      EXPECT_EQ(again, html);
    }
  }
}

// A label that there is no word for would be an element that says nothing, or "undefined: text".
TEST(Letter, EveryLabelSaysSomething) {
  for (const v1::DecisionKind kind : kKinds) {
    for (const absl::string_view language : LetterLanguages()) {
      ASSERT_OK_AND_ASSIGN(const std::string html, LetterHtml(ClosedCase(kind), Wish({std::string(language)})));
      int labels = 0;
      Visit(Parse(html), [&](const pugi::xml_node& node) {
        const std::string name = node.name();
        if (name == "title" || name == "h1" || name == "h2" || name == "dt" || name == "th" || name == "caption") {
          ++labels;
          EXPECT_NE(absl::StripAsciiWhitespace(TextOf(node)), "")
              << language << " " << name << " " << KindText(kind, "en");
        }
        if (node.type() == pugi::node_pcdata) {
          EXPECT_FALSE(absl::StartsWith(node.value(), ":")) << language << " " << node.value();
        }
      });
      EXPECT_GT(labels, 15) << language;
    }
  }
}

// And a word that nobody uses is not there: every key stands in the code.
TEST(LetterLabels, EveryKeyIsUsed) {
  std::string code;
  for (const char* file : {"letter.cc", "letter_lines.cc", "decision_credential.cc"}) {
    std::ifstream stream(absl::StrCat(passerelle::testing::kSourceDir, "/core/recognition/issue/", file));
    code.append(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  for (const auto& [key, text] : TableOf("en")) {
    const size_t slash = key.find('/');
    const std::string part = slash == std::string::npos ? key : key.substr(0, slash + 1);
    const std::string end = slash == std::string::npos ? "\"" : "";
    EXPECT_THAT(code, HasSubstr(absl::StrCat("\"", part, end))) << key;
  }
}

// What a screen reader needs: a title, headings in order, tables with heads, a language wherever it changes.
TEST(Letter, CanBeReadByAScreenReader) {
  ASSERT_OK_AND_ASSIGN(const std::string html, LetterHtml(ClosedCase(v1::DECISION_KIND_REFUSED), Wish({"fr", "nb"})));
  const pugi::xml_document page = Parse(html);
  EXPECT_STREQ(page.child("html").child("head").child("title").text().get(), "Décision de reconnaissance");
  int heads = 0;
  int foreign = 0;
  Visit(page, [&](const pugi::xml_node& node) {
    const std::string name = node.name();
    if (name == "th") {
      ++heads;
      EXPECT_STREQ(node.attribute("scope").value(), "col");
    }
    EXPECT_EQ(name == "table", std::string(node.first_child().name()) == "caption") << name;
    EXPECT_EQ(name == "dd" || name == "dt", std::string(node.parent().name()) == "dl") << name;
    if (name == "img" || name == "font") ADD_FAILURE() << name;
    if (name == "bdi" && std::string(node.attribute("lang").value()) == "en") ++foreign;
  });
  EXPECT_GT(heads, 0);
  // The authority writes English; in neither article is that the language of the text around it.
  EXPECT_GT(foreign, 20);
  EXPECT_THAT(html, HasSubstr("<time datetime=\"2026-03-02\">2 mars 2026</time>"));
}

struct Hostile {
  const char* text;
  const char* shown;
};
constexpr Hostile kHostile[] = {
    {"<script>alert(1)</script>", "<script>alert(1)</script>"},
    {"\"><img src=x onerror=alert(1)>", "\"><img src=x onerror=alert(1)>"},
    {"' onmouseover='alert(1)", "' onmouseover='alert(1)"},
    {"</bdi></article></main><h1>REFUSED</h1>", "</bdi></article></main><h1>REFUSED</h1>"},
    {"&lt;b&gt; &amp;", "&lt;b&gt; &amp;"},
    {"]]><!-- --><![CDATA[", "]]><!-- --><![CDATA["},
    {"</style></title>", "</style></title>"},
    // Direction: overrides, embeddings, isolates and marks.
    {"Anna \xE2\x80\xAEgnp.exe", "Anna \xEF\xBF\xBDgnp.exe"},
    {"\xE2\x81\xA7\xE2\x80\xAA\xE2\x80\x8F Anna", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD Anna"},
    {"Anna\xE2\x81\xA9\xD8\x9C", "Anna\xEF\xBF\xBD\xEF\xBF\xBD"},
    // Control characters, line ends of other kinds, tags, and what is no UTF-8.
    {"An\x01\x1B[31mna", "An\xEF\xBF\xBD\xEF\xBF\xBD[31mna"},
    {"An\nna\t\xE2\x80\xA8", "An na \xEF\xBF\xBD"},
    {"An\xF3\xA0\x81\xA1na", "An\xEF\xBF\xBDna"},
    {"An\xC3(na", "An\xEF\xBF\xBD(na"},
    {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    // Names as they are, in any script, stay as they are.
    {"Þórunn Ágústsdóttir", "Þórunn Ágústsdóttir"},
    {"יעל כהן", "יעל כהן"},
    {"می\xE2\x80\x8Cخواهم", "می\xE2\x80\x8Cخواهم"},
    {"Мария Димитрова", "Мария Димитрова"},
};

TEST(Html, ShowsTextsAsTheyAreAndMakesNothingOfThem) {
  for (const Hostile& row : kHostile) {
    EXPECT_EQ(PlainText(row.text), row.shown) << row.text;
    std::string html;
    HtmlWriter writer(&html);
    writer.Element("p", row.text, {{"title", row.text}});
    const pugi::xml_document page = Parse(html);
    EXPECT_STREQ(page.child("p").text().get(), row.shown);
    EXPECT_STREQ(page.child("p").attribute("title").value(), row.shown);
    EXPECT_FALSE(page.child("p").next_sibling());
  }
}

// Every text of a decision and its holder replaced by what is hostile.
void Poison(absl::string_view text, google::protobuf::Message* message) {
  const google::protobuf::Reflection& reflection = *message->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const google::protobuf::FieldDescriptor* const field : fields) {
    const std::string name = field->name();
    if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      if (name == "code" || name == "decision_date" || name == "until" || name == "ects") continue;
      if (!field->is_repeated()) reflection.SetString(message, field, std::string(text));
      for (int i = 0; field->is_repeated() && i < reflection.FieldSize(*message, field); ++i) {
        reflection.SetRepeatedString(message, field, i, std::string(text));
      }
    } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) Poison(text, reflection.MutableMessage(message, field));
      for (int i = 0; field->is_repeated() && i < reflection.FieldSize(*message, field); ++i) {
        Poison(text, reflection.MutableRepeatedMessage(message, field, i));
      }
    }
  }
}

TEST(Letter, NoTextOfACaseBecomesMarkup) {
  const std::set<std::string> known = {"html",    "head",  "meta",    "title", "style", "body", "main", "article",
                                       "header",  "p",     "h1",      "h2",    "dl",    "dt",   "dd",   "bdi",
                                       "time",    "table", "caption", "thead", "tbody", "tr",   "th",   "td",
                                       "section", "ol",    "ul",      "li",    "a",     "code", ""};
  for (const v1::DecisionKind kind : kKinds) {
    ASSERT_OK_AND_ASSIGN(const std::string plain, LetterHtml(ClosedCase(kind), Wish()));
    int elements = 0;
    Visit(Parse(plain), [&](const pugi::xml_node&) { ++elements; });
    for (const Hostile& row : kHostile) {
      v1::RecognitionCase content = ClosedCase(kind);
      Poison(row.text, content.mutable_procedure()->mutable_decision());
      LetterWish wish = Wish();
      wish.holder_name = row.text;
      ASSERT_OK_AND_ASSIGN(const std::string html, LetterHtml(content, wish));
      int found = 0;
      Visit(Parse(html), [&](const pugi::xml_node& node) {
        ++found;
        EXPECT_EQ(known.count(node.name()), 1u) << node.name();
        for (const pugi::xml_attribute& attribute : node.attributes()) {
          EXPECT_FALSE(absl::StartsWith(attribute.name(), "on")) << attribute.name();
          if (std::string(attribute.name()) == "href") {
            EXPECT_STREQ(attribute.value(), "https://centre.example/verify?lang=en&x=1");
          }
        }
      });
      // A scope that is none of the usual ones is a text of the authority: the elements are the same in number.
      EXPECT_EQ(found, elements) << row.text;
      for (const char* control : {"\xE2\x80\xAE", "\xE2\x80\xAA", "\xE2\x81\xA7", "\xD8\x9C", "\x1B"}) {
        EXPECT_THAT(html, Not(HasSubstr(control)));
      }
    }
  }
}

TEST(Letter, IsRefusedWhereTheWishIsWrong) {
  const v1::RecognitionCase content = ClosedCase(v1::DECISION_KIND_FULL);
  const std::vector<std::pair<const char*, std::function<void(LetterWish&)>>> rows = {
      {"languages", [](LetterWish& wish) { wish.languages = {}; }},
      {"languages",
       [](LetterWish& wish) {
         wish.languages = {"en", "fr", "de"};
       }},
      {"languages",
       [](LetterWish& wish) {
         wish.languages = {"en", "en"};
       }},
      {"languages",
       [](LetterWish& wish) {
         wish.languages = {"en", "xx"};
       }},
      {"credential_sha256", [](LetterWish& wish) { wish.credential_sha256 = "b"; }},
      {"verify_at", [](LetterWish& wish) { wish.verify_at = "javascript:alert(1)"; }},
      {"verify_at", [](LetterWish& wish) { wish.verify_at = "http://centre.example"; }},
      {"verify_at", [](LetterWish& wish) { wish.verify_at = "https://centre.example/\"onclick="; }}};
  for (const auto& [place, change] : rows) {
    LetterWish wish = Wish();
    change(wish);
    EXPECT_THAT(LetterHtml(content, wish), HasReasonAt(Reason::kFieldInvalid, place));
  }
  v1::RecognitionCase open = content;
  open.set_state(v1::CASE_STATE_EVALUATION);
  EXPECT_THAT(LetterHtml(open, Wish()), HasReasonAt(Reason::kGuardNotMet, "state"));
}

}  // namespace
}  // namespace passerelle::recognition
