#include "tests/cli/bad_inputs.h"

#include <zlib.h>

#include <cstdlib>
#include <functional>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/digest.h"
#include "core/base/limits.h"
#include "tests/cli/run_program.h"
#include "tests/support/paths.h"

namespace passerelle::tests {
namespace {

std::string Folder() { return std::string(testing::kSourceDir) + "/tests/cli/"; }
std::string Transcript() { return ReadAll(Folder() + "documents/transcript.elmo.xml"); }
std::string Credential() { return ReadAll(Folder() + "documents/credential.elm.json"); }

std::string Repeated(absl::string_view text, size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

// The part of a document from `begin` to the end of `end`.
std::string Part(const std::string& document, absl::string_view begin, absl::string_view end) {
  const size_t first = document.find(begin.data(), 0, begin.size());
  const size_t last = document.find(end.data(), first, end.size());
  return document.substr(first, last + end.size() - first);
}

std::string With(const std::string& document, absl::string_view part, absl::string_view instead) {
  return absl::StrReplaceAll(document, {{part, instead}});
}

std::string Gzip(absl::string_view bytes) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16;
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::string DeepParts() {
  const std::string document = Transcript();
  const std::string specification =
      Part(document, "<learningOpportunitySpecification>", "</learningOpportunitySpecification>");
  std::string nested = specification;
  for (size_t depth = 0; depth <= base::kPartsDepthMax; ++depth) {
    nested = With(specification, "</learningOpportunitySpecification>",
                  absl::StrCat("<hasPart>", nested, "</hasPart></learningOpportunitySpecification>"));
  }
  return With(document, specification, nested);
}

std::string TwoReports() {
  const std::string document = Transcript();
  const std::string report = Part(document, "<report>", "</report>");
  return With(document, report, report + report);
}

std::string EntityBomb() {
  std::string declarations = "<!DOCTYPE elmo [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&declarations, "<!ENTITY l", i, " \"", Repeated(absl::StrCat("&l", i - 1, ";"), 10), "\">");
  }
  return With(With(Transcript(), "<elmo ", declarations + "]><elmo "), "Haugland</familyName>", "&l9;</familyName>");
}

const std::map<std::string, std::function<std::string()>>& Generators() {
  constexpr size_t kDeep = 10'000;
  static const auto& generators = *new std::map<std::string, std::function<std::string()>>{
      {"@empty", [] { return std::string(); }},
      {"@blank", [] { return std::string(" "); }},
      {"@plain-text", [] { return std::string("Dear colleague, please find attached the transcript.\n"); }},
      {"@random-bytes", [] { return absl::HexStringToBytes("8f3a00ff61c2d91e7705aabbccddeeff0102030405"); }},
      {"@truncated-xml", [] { return Transcript().substr(0, Transcript().size() / 2); }},
      {"@truncated-json", [] { return Credential().substr(0, Credential().size() - 20); }},
      {"@two-json-values", [] { return Credential() + Credential(); }},
      {"@twenty-megabytes", [] { return With(Transcript(), "</elmo>", std::string(20u << 20, ' ') + "</elmo>"); }},
      {"@deep-xml",
       [] {
         return With(Transcript(), "<issueDate>", Repeated("<x>", kDeep) + Repeated("</x>", kDeep) + "<issueDate>");
       }},
      {"@deep-json",
       [] {
         return With(Credential(), "\"issued\"",
                     "\"deep\": " + Repeated("[", kDeep) + Repeated("]", kDeep) + ", \"issued\"");
       }},
      {"@deep-parts", DeepParts},
      {"@utf-16-declared", [] { return With(Transcript(), "encoding=\"UTF-8\"", "encoding=\"UTF-16\""); }},
      {"@entity-bomb", EntityBomb},
      {"@gzip-bomb",
       [] {
         return base::Base64Encode(Gzip(With(Transcript(), "</elmo>", std::string(200u << 20, ' ') + "</elmo>")));
       }},
      {"@gzip-truncated",
       [] {
         const std::string packed = Gzip(Transcript());
         return base::Base64Encode(packed.substr(0, packed.size() - 30));
       }},
      {"@two-reports", TwoReports},
      {"@no-report", [] { return With(Transcript(), Part(Transcript(), "<report>", "</report>"), ""); }},
      {"@no-learner", [] { return With(Transcript(), Part(Transcript(), "<learner>", "</learner>"), ""); }},
      {"@elm-xml",
       [] {
         return std::string(
             "<?xml version=\"1.0\"?><europassCredential "
             "xmlns=\"http://data.europa.eu/snb\"/>");
       }},
      {"@broken-seal",
       [] {
         return absl::StrCat(R"({"payload":")", base::Base64UrlEncode(Credential()),
                             R"(","signatures":[{"protected":5}]})");
       }},
  };
  return generators;
}

}  // namespace

std::vector<std::vector<std::string>> ReadTable(const std::string& file) {
  std::vector<std::vector<std::string>> rows;
  for (const absl::string_view line : absl::StrSplit(ReadAll(Folder() + file), '\n')) {
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    rows.push_back(absl::StrSplit(line, '\t'));
  }
  return rows;
}

std::string MakeDocument(const std::string& source, absl::string_view change) {
  const auto generator = Generators().find(source);
  if (generator != Generators().end()) return generator->second();
  const std::string document = ReadAll(Folder() + "documents/" + source);
  if (change == "-") return document;
  const std::vector<std::string> sides = absl::StrSplit(change, absl::MaxSplits(" => ", 1));
  std::string with;
  if (sides.size() != 2 || !absl::CUnescape(sides[1], &with)) return "";
  const size_t place = document.find(sides[0]);
  if (place == std::string::npos) return "";
  return document.substr(0, place) + with + document.substr(place + sides[0].size());
}

std::vector<BadInput> BadInputs() {
  std::vector<BadInput> inputs;
  for (const std::vector<std::string>& row : ReadTable("bad_inputs.tsv")) {
    if (row.size() != 5) std::abort();
    inputs.push_back({row[0], MakeDocument(row[1], row[2]), row[3], row[4]});
  }
  return inputs;
}

}  // namespace passerelle::tests
