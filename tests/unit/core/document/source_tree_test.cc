// JSON and XML as one kind of tree: look-ups, paths, and what is too much.
#include "core/document/source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::document {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> PathsOf(const SourceTree& tree, absl::string_view path) {
  std::vector<std::string> paths;
  for (const SourceNode* node : tree.Find(tree.root(), path)) paths.push_back(tree.Path(node) + "=" + node->text);
  return paths;
}

TEST(SourceTreeTest, AnArrayStandsForItsEntries) {
  const auto tree = SourceTree::OfJson(R"({"a": [{"b": "1"}, {"b": ["2", ["3"]]}, {"c": 4.50}], "d": {"b": true}})");
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_THAT(PathsOf(*tree, "a/b"), ElementsAre("/a/0/b=1", "/a/1/b/0=2", "/a/1/b/1/0=3"));
  EXPECT_THAT(PathsOf(*tree, "a/c|d/b"), ElementsAre());
  EXPECT_THAT(PathsOf(*tree, "a/b|c"), ElementsAre("/a/0/b=1", "/a/1/b/0=2", "/a/1/b/1/0=3", "/a/2/c=4.50"));
  EXPECT_THAT(PathsOf(*tree, "*/b"), ElementsAre("/a/0/b=1", "/a/1/b/0=2", "/a/1/b/1/0=3", "/d/b=true"));
  EXPECT_THAT(PathsOf(*tree, "B"), IsEmpty());
  EXPECT_EQ(tree->TextOf(tree->root(), "a/c"), "4.50") << "digits stay as written";
}

TEST(SourceTreeTest, NamesMayIgnoreCaseAndPathsAreEscaped) {
  SourceTree::Options options;
  options.ignore_case = true;
  const auto tree = SourceTree::OfJson(R"({"EqfLevel": 6, "a/b~c": "x"})", options);
  ASSERT_TRUE(tree.ok());
  EXPECT_THAT(PathsOf(*tree, "eqfLevel"), ElementsAre("/EqfLevel=6"));
  EXPECT_THAT(PathsOf(*tree, "*"), ElementsAre("/EqfLevel=6", "/a~1b~0c=x"));
}

TEST(SourceTreeTest, XmlHasAttributesRepetitionsAndNamespaces) {
  const auto tree = SourceTree::OfXml(
      "<r xmlns='urn:a' xmlns:b='urn:b'><!-- c --><b:t xml:lang='nl'>een</b:t><t>two</t><t x='1'/></r>");
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_THAT(PathsOf(*tree, "t"), ElementsAre("/r/t[1]=een", "/r/t[2]=two", "/r/t[3]="));
  EXPECT_THAT(PathsOf(*tree, "t/@lang"), ElementsAre("/r/t[1]/@lang=nl"));
  EXPECT_THAT(PathsOf(*tree, "t/@x"), ElementsAre("/r/t[3]/@x=1"));
  EXPECT_EQ(tree->FindFirst(tree->root(), "t")->name_space, "urn:b");
}

TEST(SourceTreeTest, ReferencesLeadToWhatDescribesTheNode) {
  constexpr char kText[] = R"({"a": [{"id": "urn:1", "type": "T"}, {"@id": "urn:1"}, {"id": "urn:9"}],
      "b": {"id": "urn:1", "n": "some"}, "c": {"id": "urn:1", "n": "more", "to": {"id": "urn:1"}}})";
  SourceTree::Options options;
  options.follow_references = true;
  const auto tree = SourceTree::OfJson(kText, options);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_THAT(PathsOf(*tree, "a/n"), ElementsAre("/c/n=more")) << "the node of the most members, once";
  EXPECT_THAT(PathsOf(*tree, "b/n"), ElementsAre("/b/n=some")) << "what describes is no reference";
  EXPECT_THAT(PathsOf(*tree, "a/id"), ElementsAre("/c/id=urn:1", "/a/2/id=urn:9")) << "nothing describes the second";
  EXPECT_THAT(PathsOf(*tree, "a/to/to/to/n"), ElementsAre("/c/n=more")) << "circles end with the path";
  const auto plain = SourceTree::OfJson(kText);
  ASSERT_TRUE(plain.ok());
  EXPECT_THAT(PathsOf(*plain, "a/n"), IsEmpty());
}

TEST(SourceTreeTest, TooManyPartsAreRefused) {
  std::string bytes = "[";
  for (size_t i = 0; i < base::kSourceNodesMax; ++i) bytes += "0,";
  bytes += "0]";
  EXPECT_EQ(base::ReasonOf(SourceTree::OfJson(bytes).status()), base::Reason::kInputTooLarge);
  std::string xml = "<r>";
  for (size_t i = 0; i <= base::kSourceNodesMax; ++i) xml += "<!---->";
  xml += "</r>";
  EXPECT_EQ(base::ReasonOf(SourceTree::OfXml(xml).status()), base::Reason::kInputTooLarge);
}

TEST(SourceTreeTest, WhatTheReadersRefuseKeepsItsReason) {
  EXPECT_EQ(base::ReasonOf(SourceTree::OfJson("{").status()), base::Reason::kJsonMalformed);
  EXPECT_EQ(base::ReasonOf(SourceTree::OfXml("<r>").status()), base::Reason::kXmlMalformed);
  EXPECT_EQ(base::ReasonOf(SourceTree::OfJson(std::string(10000, '[')).status()), base::Reason::kInputTooDeep);
}

}  // namespace
}  // namespace passerelle::document
