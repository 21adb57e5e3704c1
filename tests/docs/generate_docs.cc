// passerelle_docs <folder>: writes the generated pages into it.
#include <fstream>
#include <iostream>

#include "tests/docs/generated_pages.h"
#include "tests/support/paths.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: passerelle_docs <folder>\n";
    return 64;
  }
  const passerelle::api::DescriptorSet descriptors(std::string(passerelle::testing::kBuildDir) + "/passerelle.binpb");
  for (const passerelle::docs::Page& page : passerelle::docs::GeneratedPages(descriptors)) {
    const std::string path = std::string(argv[1]) + "/" + page.name;
    if (!(std::ofstream(path) << page.text).flush()) {
      std::cerr << "cannot write " << path << "\n";
      return 1;
    }
    std::cout << path << "\n";
  }
  return 0;
}
