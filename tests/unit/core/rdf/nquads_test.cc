#include "core/rdf/nquads.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"

namespace passerelle::rdf {
namespace {

std::string Rewritten(absl::string_view text) {
  const auto dataset = ReadNQuads(text);
  if (dataset.ok()) return WriteNQuads(*dataset);
  return absl::StrCat(base::Catalogue(base::ReasonOf(dataset.status())).name, " ", base::PlaceOf(dataset.status()));
}

TEST(NQuadsTest, ReadsAndWritesCanonically) {
  const struct {
    absl::string_view text;
    absl::string_view canonical;
  } kCases[] = {
      {"", ""},
      {"# nothing\n\n", ""},
      {"<a:s><a:p><a:o>.", "<a:s> <a:p> <a:o> .\n"},
      {"<a:s> <a:p> <a:o> .\n<a:s> <a:p> <a:o> .\n", "<a:s> <a:p> <a:o> .\n"},
      {"_:x\t<a:p> _:y.z _:g . # why\r\n", "_:x <a:p> _:y.z _:g .\n"},
      {"<a:s> <a:p> \"\\u00e9\\U0001F600\\'\\t\\n\\\"\" .", "<a:s> <a:p> \"\xc3\xa9\xf0\x9f\x98\x80'\\t\\n\\\"\" .\n"},
      {"<a:s> <a:p> \"\x7f\x01\" .", "<a:s> <a:p> \"\\u007F\\u0001\" .\n"},
      {"<a:s> <a:p> \"1\"^^<http://www.w3.org/2001/XMLSchema#string> .", "<a:s> <a:p> \"1\" .\n"},
      {"<a:s> <a:p> \"1\"^^<a:t> <a:g> .", "<a:s> <a:p> \"1\"^^<a:t> <a:g> .\n"},
      {"<a:s> <a:p> \"x\"@en-GB .", "<a:s> <a:p> \"x\"@en-GB .\n"},
      {"<a:\\u00e9> <a:p> <a:o> .", "<a:\xc3\xa9> <a:p> <a:o> .\n"},
  };
  for (const auto& row : kCases) EXPECT_EQ(Rewritten(row.text), row.canonical) << row.text;
}

TEST(NQuadsTest, NamesThePlaceOfAFault) {
  const struct {
    absl::string_view text;
    absl::string_view fault;
  } kCases[] = {
      {"<a:s> <a:p> <a:o>", "line 1, column 18"},
      {"<a:s> <a:p> <a:o> .\nno\n", "line 2, column 1"},
      {"<s> <a:p> <a:o> .", "line 1, column 3"},
      {"<a:s> _:p <a:o> .", "line 1, column 7"},
      {"\"s\" <a:p> <a:o> .", "line 1, column 1"},
      {"<a:s> <a:p> \"o .\n", "line 1, column 17"},
      {"<a:s> <a:p> \"\\q\" .", "line 1, column 15"},
      {"<a:s> <a:p> \"\\ud800\" .", "line 1, column 20"},
      {"<a:s> <a:p> \"\\U00110000\" .", "line 1, column 24"},
      {"<a:s\\u0020> <a:p> <a:o> .", "line 1, column 11"},
      {"<a:s> <a:p> \"x\"@ .", "line 1, column 17"},
      {"<a:s> <a:p> \"x\"@en- .", "line 1, column 20"},
      {"_: <a:p> <a:o> .", "line 1, column 3"},
      {"<a:s> <a:p> <a:o> . <a:s> <a:p> <a:o> .", "line 1, column 21"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(Rewritten(row.text), absl::StrCat("N_QUADS_MALFORMED ", row.fault)) << row.text;
  }
  EXPECT_EQ(Rewritten("<a:s> <a:p> \"\xff\" ."), "N_QUADS_MALFORMED ");
}

TEST(NQuadsTest, BoundsStatementsAndText) {
  Dataset dataset;
  const TermId resource = dataset.Iri("a:s");
  absl::Status status;
  for (size_t i = 0; status.ok() && i <= base::kRdfQuadsMax; ++i) {
    status = dataset.Add({resource, resource, dataset.Literal(absl::StrCat(i), kXsdString, "")});
  }
  EXPECT_EQ(base::ReasonOf(status), base::Reason::kRdfTooComplex);
  EXPECT_EQ(dataset.quads().size(), base::kRdfQuadsMax);

  Dataset long_texts;
  const TermId long_text = long_texts.Literal(std::string(base::kRdfTextBytesMax, 'x'), kXsdString, "");
  EXPECT_EQ(base::ReasonOf(long_texts.Add({resource, resource, long_text})), base::Reason::kRdfTooComplex);
}

}  // namespace
}  // namespace passerelle::rdf
