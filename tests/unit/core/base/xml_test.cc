#include "core/base/xml.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "tests/support/status_matchers.h"

namespace passerelle::base {
namespace {

using ::passerelle::testing::HasReason;
using ::passerelle::testing::HasReasonAt;

std::string Repeat(absl::string_view text, size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (size_t i = 0; i < times; ++i) absl::StrAppend(&result, text);
  return result;
}

struct Malformed {
  const char* xml;
  const char* place;
};

TEST(ReadXmlTest, NamesThePlaceOfEveryFault) {
  const std::vector<Malformed> cases = {
      {"<a><b></a>", "line 1, column 7"},
      {"<a>\n<b>", "line 2, column 4"},
      {"<a/><b/>", "line 1, column 5"},
      {"text", "line 1, column 1"},
      {"<a>&unknown;</a>", "line 1, column 4"},
      {"<a>&#0;</a>", "line 1, column 4"},
      {"<a>&#xD800;</a>", "line 1, column 4"},
      {"<a>&lt</a>", "line 1, column 4"},
      {"<a b='1' b='2'/>", "line 1, column 1"},
      {"<a b='<'/>", "line 1, column 7"},
      {"<a b=1/>", "line 1, column 6"},
      {"<a b='1'c='2'/>", "line 1, column 9"},
      {"<p:a/>", "line 1, column 1"},
      {"<a><p:b xmlns:p='urn:x'/><p:c/></a>", "line 1, column 26"},
      {"<a><!-- x -- y --></a>", "line 1, column 11"},
      {"<a><!-- open</a>", "line 1, column 4"},
      {"<a><![CDATA[open</a>", "line 1, column 4"},
      {"<a>\x01</a>", "line 1, column 4"},
      {"<a>]]></a>", "line 1, column 4"},
      {"<!-- nothing else -->", "line 1, column 22"},
      {" <?xml version='1.0'?><a/>", "line 1, column 2"},
      {"<1/>", "line 1, column 2"},
  };
  for (const Malformed& one : cases) {
    EXPECT_THAT(ReadXml(one.xml), HasReasonAt(Reason::kXmlMalformed, one.place)) << one.xml;
  }
}

TEST(ReadXmlTest, RefusesDocumentTypesButNotTheirMention) {
  EXPECT_THAT(ReadXml("<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
              HasReasonAt(Reason::kXmlDoctype, "line 2"));
  EXPECT_TRUE(ReadXml("<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>").ok());
}

TEST(ReadXmlTest, ChecksTheDeclaredEncodingAgainstTheBytes) {
  EXPECT_THAT(ReadXml("<a>\n\xE6</a>"), HasReasonAt(Reason::kXmlCharset, "line 2"));
  EXPECT_THAT(ReadXml("<?xml version='1.0' encoding='KOI8-R'?><a/>"), HasReason(Reason::kXmlCharset));
  EXPECT_THAT(ReadXml("<?xml version='1.0' encoding='UTF-16'?><a/>"), HasReason(Reason::kXmlCharset));
  EXPECT_THAT(ReadXml(std::string("<\0a\0/\0>\0", 8)), HasReason(Reason::kXmlCharset));
  EXPECT_THAT(ReadXml(std::string("<a>\0</a>", 8)), HasReasonAt(Reason::kXmlMalformed, "line 1, column 4"));
  EXPECT_THAT(ReadXml(std::string("\xFF\xFE\0\0<\0\0\0", 8)), HasReason(Reason::kXmlCharset));
  EXPECT_THAT(ReadXml("\xEF\xBB\xBF<?xml version='1.0' encoding='ISO-8859-1'?><a/>"), HasReason(Reason::kXmlCharset));
}

TEST(ReadXmlTest, ReadsTheSupportedEncodingsAsUtf8) {
  struct Case {
    std::string bytes;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"<a>\xC3\xA6</a>", "\xC3\xA6"},
      {"\xEF\xBB\xBF<a>\xC3\xA6</a>", "\xC3\xA6"},
      {"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE6</a>", "\xC3\xA6"},
      {"<?xml version='1.0' encoding=\"iso-8859-15\"?><a>\xA4</a>", "\xE2\x82\xAC"},
      {"<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>", "\xE2\x82\xAC"},
      {"<?xml version='1.0' encoding='ISO-8859-2'?><a>\xA3</a>", "\xC5\x81"},
      {"<?xml version='1.0' encoding='ISO-8859-7'?><a>\xC1</a>", "\xCE\x91"},
      {"<?xml version='1.0' encoding='ISO-8859-13'?><a>\xE0</a>", "\xC4\x85"},
      {"<?xml version='1.0' encoding='windows-1250'?><a>\xA3</a>", "\xC5\x81"},
      {"<?xml version='1.0' encoding='Windows-1251'?><a>\xC0</a>", "\xD0\x90"},
      {std::string("\xFF\xFE<\0a\0>\0\xE6\0<\0/\0a\0>\0", 18), "\xC3\xA6"},
      {std::string("\xFE\xFF\0<\0a\0>\0\xE6\0<\0/\0a\0>", 18), "\xC3\xA6"},
  };
  for (const Case& one : cases) {
    ASSERT_OK_AND_ASSIGN(const XmlDocument document, ReadXml(one.bytes));
    EXPECT_EQ(XmlText(document.Root()), one.text);
  }
}

TEST(ReadXmlTest, HoldsItsLimits) {
  EXPECT_THAT(ReadXml(""), HasReason(Reason::kInputEmpty));
  EXPECT_THAT(ReadXml(std::string(kDocumentBytesMax + 1, ' ')), HasReason(Reason::kInputTooLarge));
  EXPECT_TRUE(ReadXml(Repeat("<a>", kNestingMax) + Repeat("</a>", kNestingMax)).ok());
  EXPECT_THAT(ReadXml(Repeat("<a>", kNestingMax + 1)), HasReason(Reason::kInputTooDeep));
  EXPECT_THAT(ReadXml(Repeat("<a>", 10'000)), HasReason(Reason::kInputTooDeep));
  EXPECT_THAT(ReadXml("<a>" + Repeat("<b/>", kXmlNodesMax) + "</a>"), HasReason(Reason::kInputTooLarge));
  std::string attributes;
  for (size_t i = 0; i <= kXmlAttributesMax; ++i) absl::StrAppend(&attributes, " a", i, "=''");
  EXPECT_THAT(ReadXml("<a" + attributes + "/>"), HasReason(Reason::kInputTooLarge));
}

TEST(XmlDocumentTest, FindsChildrenByNameAndNamespaceWhateverThePrefix) {
  ASSERT_OK_AND_ASSIGN(const XmlDocument document,
                       ReadXml("<x:r xmlns:x='urn:1' xmlns:y='urn:1' xmlns:z='urn:2'>"
                               "<y:a>1</y:a><z:a>2</z:a><a>3</a><a xmlns='urn:1'>4</a></x:r>"));
  const auto children = document.Children(document.Root(), "a");
  ASSERT_EQ(children.size(), 2);
  EXPECT_EQ(XmlText(children[0]), "1");
  EXPECT_EQ(XmlText(children[1]), "4");
  EXPECT_EQ(document.Path(children[1]), "/r/a[4]");
  EXPECT_EQ(document.Namespace(document.Root()), "urn:1");
}

TEST(XmlDocumentTest, MergesCdataIntoTheText) {
  ASSERT_OK_AND_ASSIGN(const XmlDocument document, ReadXml("<a> x &lt;b<![CDATA[r> \n y]]> </a>"));
  EXPECT_EQ(XmlText(document.Root()), "x <br> y");
}

TEST(XmlDocumentTest, KeepsWhiteSpaceInsideATextOnly) {
  ASSERT_OK_AND_ASSIGN(const XmlDocument document,
                       ReadXml("<r>\n <a><![CDATA[<b>]]> <![CDATA[II]]></a>\n <a>\n<![CDATA[x]]>\n</a>"
                               "<a><![CDATA[x]]> <!-- c --> <![CDATA[y]]> <b/> </a> </r>"));
  const auto texts = document.Children(document.Root(), "a");
  ASSERT_EQ(texts.size(), 3);
  EXPECT_EQ(XmlRawText(texts[0]), "<b> II");
  EXPECT_EQ(XmlRawText(texts[1]), "x");
  EXPECT_EQ(XmlRawText(texts[2]), "x  y");
  EXPECT_EQ(XmlRawText(document.Root()), "");
}

TEST(XmlDocumentTest, InheritsLanguages) {
  ASSERT_OK_AND_ASSIGN(const XmlDocument document, ReadXml("<a xml:lang='nb'><b/><c xml:lang='en'/></a>"));
  EXPECT_EQ(XmlLanguage(document.Child(document.Root(), "b")), "nb");
  EXPECT_EQ(XmlLanguage(document.Child(document.Root(), "c")), "en");
}

TEST(PeekXmlRootTest, SeesTheRootOfWholeBrokenAndForbiddenDocuments) {
  for (const char* xml :
       {"<e:elmo xmlns:e='urn:1'>", "\xEF\xBB\xBF<?xml version='1.0'?><!-- <x> --><elmo a='>' xmlns='urn:1'/>",
        "<!DOCTYPE elmo [<!ENTITY a '>'>]><elmo xmlns=\"urn:1\">"}) {
    const auto root = PeekXmlRoot(xml);
    ASSERT_TRUE(root.has_value()) << xml;
    EXPECT_EQ(root->local, "elmo");
  }
  EXPECT_EQ(PeekXmlRoot("<e:elmo xmlns:f='urn:2' xmlns:e='urn:1'>")->name_space, "urn:1");
  for (const char* other : {"", "{}", "text <a/>", "<!-- open", "<", "<>"}) EXPECT_FALSE(PeekXmlRoot(other)) << other;
}

}  // namespace
}  // namespace passerelle::base
