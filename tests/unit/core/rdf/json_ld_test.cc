#include "core/rdf/json_ld.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/rdf/canonical.h"

namespace passerelle::rdf {
namespace {

// Contexts that name each other: "loop:N" names "loop:N+1".
class TestContexts : public ContextSource {
 public:
  absl::StatusOr<const LoadedContext*> Load(absl::string_view url) override {
    auto& entry = entries_[std::string(url)];
    if (entry != nullptr) return &entry->loaded;
    absl::string_view number = url;
    if (number.substr(0, 5) != "loop:") return base::Problem(base::Reason::kJsonLdContextUnknown, "");
    number.remove_prefix(5);
    auto document = base::JsonDocument::Parse(absl::StrCat("[\"loop:", number, "1\"]"));
    entry = std::make_unique<Entry>(Entry{*std::move(document), {}});
    entry->loaded = {std::string(url), entry->document.root(), false};
    return &entry->loaded;
  }

 private:
  struct Entry {
    base::JsonDocument document;
    LoadedContext loaded;
  };
  std::map<std::string, std::unique_ptr<Entry>> entries_;
};

std::string Rdf(absl::string_view json, const JsonLdOptions& options = {}) {
  const auto document = base::JsonDocument::Parse(json);
  if (!document.ok()) return document.status().ToString();
  TestContexts contexts;
  const auto result = ToRdf(document->root(), contexts, options);
  if (!result.ok()) {
    return absl::StrCat(base::Catalogue(base::ReasonOf(result.status())).name, " at ", base::PlaceOf(result.status()),
                        ": ", base::DetailOf(result.status()));
  }
  const auto canonical = Canonicalize(result->dataset);
  return canonical.ok() ? canonical->Text() : canonical.status().ToString();
}

TEST(JsonLdTest, SaysWhatADocumentMeans) {
  const struct {
    absl::string_view json;
    absl::string_view rdf;
  } kCases[] = {
      {"[]", ""},
      {R"({"@context":{"name":"a:name"},"@id":"a:1","name":"x","other":"dropped"})", "<a:1> <a:name> \"x\" .\n"},
      {R"({"@context":{"@vocab":"a:"},"@id":"a:1","@type":"T","n":[1,2.5,true,1e30]})",
       "<a:1> <a:n> \"1\"^^<http://www.w3.org/2001/XMLSchema#integer> .\n"
       "<a:1> <a:n> \"1.0E30\"^^<http://www.w3.org/2001/XMLSchema#double> .\n"
       "<a:1> <a:n> \"2.5E0\"^^<http://www.w3.org/2001/XMLSchema#double> .\n"
       "<a:1> <a:n> \"true\"^^<http://www.w3.org/2001/XMLSchema#boolean> .\n"
       "<a:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <a:T> .\n"},
      // A context scoped by type holds for its object only, one scoped by property for what is below.
      {R"({"@context":{"@vocab":"a:","T":{"@context":{"@vocab":"t:"}},"p":{"@context":{"@vocab":"p:"}}},)"
       R"("@id":"a:1","@type":"T","x":{"@id":"a:2","x":"y"}})",
       "<a:1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <a:T> .\n<a:1> <t:x> <a:2> .\n<a:2> <a:x> \"y\" .\n"},
      {R"({"@context":{"@vocab":"a:","p":{"@context":{"@vocab":"p:"}}},"@id":"a:1","p":{"@id":"a:2","x":"y"}})",
       "<a:1> <a:p> <a:2> .\n<a:2> <p:x> \"y\" .\n"},
      {R"({"@context":{"@vocab":"a:","l":{"@container":"@language"}},"@id":"a:1","l":{"EN":"x","@none":["y"]}})",
       "<a:1> <a:l> \"x\"@en .\n<a:1> <a:l> \"y\" .\n"},
      {R"({"@context":{"@vocab":"a:","c":{"@reverse":"a:p"}},"@id":"a:1","c":{"@id":"a:2"}})", "<a:2> <a:p> <a:1> .\n"},
      {R"({"@context":{"@vocab":"a:","j":{"@type":"@json"}},"@id":"a:1","j":{"b":1.0,"a":null}})",
       "<a:1> <a:j> \"{\\\"a\\\":null,\\\"b\\\":1}\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> .\n"},
      {R"({"@context":{"@vocab":"a:","n":"@nest"},"@id":"a:1","n":[{"x":"y"},{"z":"w"}]})",
       "<a:1> <a:x> \"y\" .\n<a:1> <a:z> \"w\" .\n"},
      {R"({"@id":"a:g","@graph":[{"@id":"a:1","a:p":{"@id":"a:2"}}]})", "<a:1> <a:p> <a:2> <a:g> .\n"},
      {R"({"@id":"a:1","a:p":{"@id":"relative"},"a:q":{"@id":"a:2"}})", "<a:1> <a:q> <a:2> .\n"},
      {R"({"@id":"a:1","a:p":{"@list":[]}})", "<a:1> <a:p> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil> .\n"},
      {R"({"@id":"a:1","@included":[{"@id":"a:2","a:p":"x"}],"a:q":{"@set":["y"]}})",
       "<a:1> <a:q> \"y\" .\n<a:2> <a:p> \"x\" .\n"},
  };
  for (const auto& row : kCases) EXPECT_EQ(Rdf(row.json), row.rdf) << row.json;
}

TEST(JsonLdTest, ResolvesAgainstTheBase) {
  JsonLdOptions options;
  options.base = "http://a/b/c/d;p?q";
  const auto resolved = [&](absl::string_view reference) {
    return Rdf(absl::StrCat(R"({"@id":")", reference, R"(","a:p":"x"})"), options);
  };
  // RFC 3986, 5.4.
  const std::map<std::string, std::string> kExamples = {{"g", "http://a/b/c/g"},
                                                        {"./g", "http://a/b/c/g"},
                                                        {"g/", "http://a/b/c/g/"},
                                                        {"/g", "http://a/g"},
                                                        {"//g", "http://g"},
                                                        {"?y", "http://a/b/c/d;p?y"},
                                                        {"g?y", "http://a/b/c/g?y"},
                                                        {"#s", "http://a/b/c/d;p?q#s"},
                                                        {"", "http://a/b/c/d;p?q"},
                                                        {".", "http://a/b/c/"},
                                                        {"..", "http://a/b/"},
                                                        {"../../g", "http://a/g"},
                                                        {"../../../g", "http://a/g"},
                                                        {"/./g", "http://a/g"},
                                                        {"g;x=1/../y", "http://a/b/c/y"},
                                                        {"g#s/../x", "http://a/b/c/g#s/../x"}};
  for (const auto& [reference, iri] : kExamples)
    EXPECT_EQ(resolved(reference), absl::StrCat("<", iri, "> <a:p> \"x\" .\n"));
}

TEST(JsonLdTest, SafeModeLosesNothing) {
  JsonLdOptions options;
  options.safe = true;
  const struct {
    absl::string_view json;
    absl::string_view problem;
  } kCases[] = {
      {R"({"@id":"a:1","b":{"c":1}})", "JSON_LD_NOT_COVERED at /b: a term that no context defines"},
      {R"({"@id":"a:1","a:p":[{"@id":"x"}]})", "JSON_LD_NOT_COVERED at /a:p/0/@id: a relative identifier"},
      {R"({"@id":"a:1","@type":["x"]})", "JSON_LD_NOT_COVERED at /@type/0: a type that no context defines"},
      {R"({"@id":"@x","a:p":"y"})", "JSON_LD_NOT_COVERED at /@id: a reserved word as an identifier"},
      {R"({"@context":{"p":{"@id":"a:p","@type":"@id"}},"@id":"a:1","p":"x"})",
       "JSON_LD_NOT_COVERED at /p: a relative reference"},
      {R"({"@id":"a:1","a:p":{"@value":"x","@direction":"rtl"}})", "JSON_LD_NOT_COVERED at : a base direction"},
      {R"({"@id":"a:1","a:p":{"@value":"x","@language":"not a tag"}})",
       "JSON_LD_NOT_COVERED at : a malformed language tag"},
      {R"({"@id":"a:1","_:p":"x"})", "JSON_LD_NOT_COVERED at : a property that is no absolute IRI"},
      {R"({"@graph":["x"]})", "JSON_LD_NOT_COVERED at /@graph/0: a value that belongs to nothing"},
      {R"({"@id":"a:1"})", "JSON_LD_NOT_COVERED at : an object that says nothing"},
      {R"({"@id":"a:1","a:p":9007199254740993})",
       "JSON_NUMBER_INEXACT at : A whole number has more digits than a double holds, so readers may differ on what was "
       "signed."},
  };
  for (const auto& row : kCases) EXPECT_EQ(Rdf(row.json, options), row.problem) << row.json;
  for (const auto& row : kCases) EXPECT_EQ(Rdf(row.json).find("JSON_"), std::string::npos) << row.json;
}

TEST(JsonLdTest, NamesTheFaultAndItsPlace) {
  const struct {
    absl::string_view json;
    absl::string_view problem;
  } kCases[] = {
      {R"({"@id":"a:1","a:p":[{"@id":5}]})", "JSON_LD_INVALID at /a:p/0/@id: invalid @id value"},
      {R"({"a:p":{"@context":{"t":{"@id":5}}}})", "JSON_LD_INVALID at /a:p/@context, t: invalid IRI mapping"},
      {R"({"@context":"a:none"})",
       "JSON_LD_CONTEXT_UNKNOWN at /@context: The document uses a context that is not "
       "built in; contexts are never fetched."},
      {R"({"@context":"loop:"})", "JSON_LD_INVALID at /@context, @context: context overflow"},
      {R"({"@context":{"a":"b:","b":"a:"}})", "JSON_LD_INVALID at /@context, a: cyclic IRI mapping"},
      {R"({"@context":[{"@protected":true,"t":"a:t"},{"t":"b:t"}]})",
       "JSON_LD_INVALID at /@context, t: protected term redefinition"},
  };
  for (const auto& row : kCases) EXPECT_EQ(Rdf(row.json), row.problem) << row.json;
}

TEST(JsonLdTest, BoundsWork) {
  std::string many = "[";
  for (size_t i = 0; i <= base::kJsonLdItemsMax; ++i) many += "1,";
  many += "1]";
  EXPECT_EQ(Rdf(many).substr(0, 15), "RDF_TOO_COMPLEX");

  // Each of many objects copies a context of many terms.
  std::string copies = R"({"@context":{"x":"a:x")";
  for (int i = 0; i < 3000; ++i) absl::StrAppend(&copies, ",\"t", i, "\":\"a:t\"");
  copies += R"(},"x":[)";
  for (int i = 0; i < 3000; ++i) copies += R"({"@context":{"y":"a:y"}},)";
  copies += "1]}";
  EXPECT_EQ(Rdf(copies).substr(0, 15), "RDF_TOO_COMPLEX");

  const std::string prefix(base::kJsonLdPrefixBytesMax, 'p');
  EXPECT_EQ(Rdf(absl::StrCat(R"({"@context":{"p":"a:)", prefix, R"(#"}})")).substr(0, 15), "RDF_TOO_COMPLEX");
  EXPECT_EQ(Rdf(absl::StrCat(R"({"@context":{"@vocab":"a:)", prefix, R"("}})")).substr(0, 15), "RDF_TOO_COMPLEX");
}

}  // namespace
}  // namespace passerelle::rdf
