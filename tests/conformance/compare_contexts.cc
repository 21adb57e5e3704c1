// Compares the built-in contexts with the copies of the judge: compare_contexts FOLDER
// Every file of the folder is {"url": …, "@context": …}. Exit code 1 when a context that both have differs.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "core/base/jcs.h"
#include "core/base/json.h"
#include "core/rdf/pinned_contexts.h"

namespace base = passerelle::base;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: compare_contexts FOLDER\n";
    return 64;
  }
  int same = 0;
  int different = 0;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto document = base::JsonDocument::Parse(text);
    const auto object = document.ok() ? base::AsObject(document->root()) : std::nullopt;
    if (!object.has_value()) continue;
    const std::string url(base::FindString(*object, "url").value_or(""));
    const auto built_in = passerelle::rdf::PinnedContexts::Get().Load(url);
    const auto context = base::Find(*object, "@context");
    if (!built_in.ok() || !context.has_value()) {
      std::cout << "not built in: " << url << "\n";
      continue;
    }
    // The judge has an earlier state of Open Badges 3.0.3 than was published last; ours is compared with that one by
    // its digest elsewhere.
    if (url == "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json") continue;
    const bool equal =
        base::CanonicalJson((*built_in)->context).value_or("a") == base::CanonicalJson(*context).value_or("b");
    std::cout << (equal ? "same:         " : "DIFFERENT:    ") << url << "\n";
    ++(equal ? same : different);
  }
  return different == 0 && same > 0 ? 0 : 1;
}
