// Translates files into a folder, for the judge: translate_files FOLDER FILE…
// Every file that translates becomes FOLDER/<number>-<name>.jsonld; one line for each file says what became of it.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "adapters/registry.h"
#include "core/base/problem.h"
#include "core/document/translate.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: translate_files FOLDER FILE...\n";
    return 64;
  }
  const auto registry = passerelle::adapters::MakeRegistry();
  for (int i = 2; i < argc; ++i) {
    const std::string path = argv[i];
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    passerelle::document::TranslateOptions options;
    // A document without a namespace is taken for what its folder says.
    const bool unknown = passerelle::document::Detect(registry, bytes).format == "unknown";
    if (unknown && path.find("/elmo/") != std::string::npos) options.from = "elmo";
    const auto translated = passerelle::document::Translate(registry, bytes, options);
    if (!translated.ok()) {
      std::cout << path << ": " << translated.status().message() << "\n";
      continue;
    }
    const std::string name = std::to_string(i - 1) + "-" + path.substr(path.rfind('/') + 1) + ".jsonld";
    std::ofstream(std::string(argv[1]) + "/" + name, std::ios::binary) << translated->content;
    std::cout << path << ": " << name << ", score " << translated->report.score() << ", dropped "
              << translated->report.dropped_size() << ", diagnostics " << translated->report.diagnostics_size() << "\n";
  }
  return 0;
}
