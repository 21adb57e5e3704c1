#include "core/document/foreign.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/utf8.h"

namespace passerelle::document {
namespace {

struct Sent {
  std::string bytes;
  const char* says;  // part of the words; empty for none
};

TEST(DescribeForeignTest, SaysWhatWasSentByMistake) {
  const Sent cases[] = {
      {"%PDF-1.7\n", "people read"},
      {"%PDF-1.7\n1 0 obj <</Type/EmbeddedFile>>", "file attached"},
      {"%PDF-1.7\ntrailer <</Encrypt 5 0 R>>", "encrypted PDF"},
      {"7z\xBC\xAF\x27\x1C", "7z"},
      {"PK\x03\x04rest", "ZIP"},
      {"\x89PNG\r\n\x1a\n", "picture"},
      {"\xFF\xD8\xFF\xE0", "photograph"},
      {std::string("MM\0*", 4), "picture"},
      {"MMXX is a year", ""},
      {"\xFF\xFE{", "UTF-16"},
      {std::string("{\0\"\0", 4), "UTF-16"},
      {"\xEF\xBB\xBF  \n", "white space"},
      {"<!DOCTYPE HTML><p>", "web page"},
      {"<html xmlns='http://www.w3.org/1999/xhtml'/>", "web page"},
      {"Received: from example.org\r\n", "e-mail"},
      {"From: registry@example.org\r\n", "e-mail"},
      {"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>", "SOAP"},
      {"<note xmlns='urn:x'/>", "root note in urn:x"},
      {"<note/>", "root note in no namespace"},
      {"<?xml version='1.0' encoding='ISO-8859-1'?><dipl\xF4me/>", "no format has such a root"},
      {"<note xmlns='urn:x\nelmo  y'/>", "no format has such a root"},
      {"<no\x1Bte/>", "no format has such a root"},
      {"-----BEGIN CERTIFICATE-----\n", "PEM"},
      {"eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.AAAA", "token"},
      {R"({"type": ["VerifiableCredential", "LibraryCard"]})", "no type of learning"},
      {R"({"type": "VerifiablePresentation", "verifiableCredential": []})", "presentation"},
      {R"({"$schema": "https://json-schema.org/draft/2020-12/schema"})", "JSON Schema"},
      {R"({"@context": {}})", "context"},
      {R"({"a": 1})", "JSON"},
      {"scrawl", ""},
      {"https://wallet.example/offer?id=1\n", "it is a link"},
      {"https://wallet.example/1\r\nHTTP://wallet.example/2\n", "list of links"},
      {"https://wallet.example/1 is the link", ""},
      {"name;course;grade\nIngrid;Bogs;5\n", "CSV"},
      {"name,course,grade\n\"Berg, Ingrid\",Bogs,5\n", "CSV"},
      {"name;course;grade\nIngrid;Bogs\n", ""},
      {"Dear Sir, dear Madam, dear all\nthis, that, and more\n", ""},
      {"name;course;grade\n", ""},
  };
  for (const Sent& one : cases) {
    const std::string words = DescribeForeign(one.bytes);
    EXPECT_EQ(words.empty(), *one.says == '\0') << one.bytes << ": " << words;
    EXPECT_TRUE(absl::StrContains(words, one.says)) << one.bytes << ": " << words;
  }
}

TEST(DescribeForeignTest, RepeatsNothingOfTheDocumentButItsRoot) {
  const std::string words = DescribeForeign("<note><learner>Kertu</learner></note>");
  EXPECT_FALSE(absl::StrContains(words, "Kertu")) << words;
  EXPECT_LT(DescribeForeign(absl::StrCat("<", std::string(5000, 'a'), "/>")).size(), 500u);
}

// Names are cut between characters, wherever the limit falls.
TEST(DescribeForeignTest, WordsAreUtf8) {
  for (size_t before = 0; before < 4; ++before) {
    std::string name(before + 1, 'a');
    for (int i = 0; i < 200; ++i) absl::StrAppend(&name, "\xF0\x90\x8C\x80");
    const std::string words = DescribeForeign(absl::StrCat("<", name, " xmlns='urn:", name, "'/>"));
    EXPECT_TRUE(base::IsUtf8(words)) << before;
    EXPECT_TRUE(absl::StrContains(words, "\xF0\x90\x8C\x80")) << words;
  }
}

}  // namespace
}  // namespace passerelle::document
