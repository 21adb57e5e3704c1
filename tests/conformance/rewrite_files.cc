// Reads European documents and writes them anew: rewrite_files FOLDER FILE…
// FOLDER/<number>.jsonld is what was written; FOLDER/index.tsv has one line a file: number, outcome ("credential",
// "data" or a reason), the rules of the findings that are repairs, and the path.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/base/problem.h"
#include "core/elm/codec.h"

namespace {

using passerelle::elm::Finding;

// Rules by which reading takes something for what the document does not quite say, so that writing says it.
const std::set<std::string>& Repairs() {
  static const auto& rules =
      *new std::set<std::string>{"json.term-alias",   "json.type-missing", "json.language-missing",
                                 "json.literal-type", "json.literal-kind", "json.reference"};
  return rules;
}

std::string RepairsOf(const std::vector<Finding>& findings) {
  std::set<std::string> seen;
  for (const Finding& finding : findings) {
    if (Repairs().contains(finding.rule)) seen.insert(finding.rule);
  }
  return seen.empty() ? "-" : absl::StrJoin(seen, ",");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: rewrite_files FOLDER FILE...\n";
    return 64;
  }
  const std::string folder = argv[1];
  std::ofstream index(folder + "/index.tsv", std::ios::binary);
  for (int i = 2; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::string number = std::to_string(i - 1);
    std::string outcome;
    std::string repairs = "-";
    std::string written;
    if (const auto credential = passerelle::elm::Read(bytes); credential.ok()) {
      outcome = "credential";
      repairs = RepairsOf(credential->findings);
      written = passerelle::elm::Write(credential->credential);
    } else if (const auto data = passerelle::elm::ReadData(bytes); data.ok()) {
      outcome = "data";
      repairs = RepairsOf(data->findings);
      written = passerelle::elm::WriteData(data->dataset);
    } else {
      outcome = std::string(passerelle::base::Catalogue(passerelle::base::ReasonOf(credential.status())).name);
    }
    if (!written.empty()) std::ofstream(folder + "/" + number + ".jsonld", std::ios::binary) << written;
    index << number << "\t" << outcome << "\t" << repairs << "\t" << argv[i] << "\n";
  }
  return 0;
}
