#include "core/rdf/canonical.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/rdf/nquads.h"

namespace passerelle::rdf {
namespace {

std::string Canonical(absl::string_view text, HashFunction hash = HashFunction::kSha256) {
  const auto dataset = ReadNQuads(text);
  if (!dataset.ok()) return dataset.status().ToString();
  const auto canonical = Canonicalize(*dataset, hash);
  return canonical.ok() ? canonical->Text() : std::string(base::Catalogue(base::ReasonOf(canonical.status())).name);
}

// Every node with every other one, both ways.
std::string Clique(int size) {
  std::string text;
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) {
      if (i != j) absl::StrAppend(&text, "_:n", i, " <a:p> _:n", j, " .\n");
    }
  }
  return text;
}

// A ring of nodes that look alike.
std::string Ring(int size, absl::string_view label, int first) {
  std::string text;
  for (int i = 0; i < size; ++i) {
    absl::StrAppend(&text, "_:", label, (first + i) % size, " <a:next> _:", label, (first + i + 1) % size, " .\n");
  }
  return text;
}

TEST(CanonicalTest, DoesNotDependOnLabelsAndOrder) {
  const std::string one = "_:a <a:p> _:b .\n_:b <a:q> \"x\" .\n_:a <a:p> _:c .\n_:c <a:q> \"y\" _:g .\n";
  const std::string other = "_:z <a:q> \"y\" _:q .\n_:k <a:p> _:z .\n_:k <a:p> _:m .\n_:m <a:q> \"x\" .\n";
  EXPECT_EQ(Canonical(one), Canonical(other));
  EXPECT_EQ(Canonical(one, HashFunction::kSha384), Canonical(other, HashFunction::kSha384));
  EXPECT_EQ(Canonical(Ring(7, "a", 0)), Canonical(Ring(7, "b", 3)));
  EXPECT_NE(Canonical(Ring(7, "a", 0)), Canonical(Ring(6, "a", 0)));
}

TEST(CanonicalTest, SortsByCodePoint) {
  EXPECT_EQ(Canonical("<a:b> <a:p> \"2\" .\n<a:a> <a:p> \"\xef\xbc\xa1\" .\n<a:a> <a:p> \"1\" <a:g> .\n"),
            "<a:a> <a:p> \"1\" <a:g> .\n<a:a> <a:p> \"\xef\xbc\xa1\" .\n<a:b> <a:p> \"2\" .\n");
}

TEST(CanonicalTest, StopsAtPoisonedGraphs) {
  EXPECT_EQ(Canonical(Clique(14)), "RDF_TOO_COMPLEX");
  EXPECT_EQ(Canonical(Ring(static_cast<int>(base::kRdfCanonicalDepthMax) + 10, "a", 0)), "RDF_TOO_COMPLEX");
}

TEST(CanonicalTest, BoundsBlankNodes) {
  std::string text;
  for (size_t i = 0; i < base::kRdfBlankNodesMax; ++i) absl::StrAppend(&text, "_:n", i, " <a:p> \"", i, "\" .\n");
  EXPECT_NE(Canonical(text), "RDF_TOO_COMPLEX");
  EXPECT_EQ(Canonical(absl::StrCat(text, "_:one <a:p> \"more\" .\n")), "RDF_TOO_COMPLEX");
}

}  // namespace
}  // namespace passerelle::rdf
