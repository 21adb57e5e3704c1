#include "tests/unit/adapters/contract/golden_documents.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/json.h"
#include "core/base/xml.h"
#include "tests/support/paths.h"

namespace passerelle::adapters {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
}

void AddJson(simdjson::dom::element element, const std::string& pointer, std::vector<std::string>* paths) {
  if (const auto object = base::AsObject(element)) {
    for (const auto member : *object) {
      std::string child = pointer;
      base::AppendPointerToken(base::View(member.key), child);
      AddJson(member.value, child, paths);
    }
  } else if (const auto array = base::AsArray(element)) {
    size_t index = 0;
    for (const auto entry : *array) AddJson(entry, absl::StrCat(pointer, "/", index++), paths);
  } else if (!element.is_null()) {
    const auto text = base::AsString(element);
    if (!text.has_value() || text->find_first_not_of(" \t\r\n") != absl::string_view::npos) paths->push_back(pointer);
  }
}

void AddXml(const base::XmlDocument& document, const pugi::xml_node& node, std::vector<std::string>* paths) {
  const std::string path = document.Path(node);
  if (!base::XmlText(node).empty()) paths->push_back(path);
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    const bool says = !base::IsNamespaceDeclaration(attribute) && *attribute.value() != '\0';
    if (says) paths->push_back(absl::StrCat(path, "/@", base::XmlLocalName(attribute)));
  }
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element) AddXml(document, child, paths);
  }
}

}  // namespace

std::vector<std::string> LeafPaths(const std::string& bytes) {
  std::vector<std::string> paths;
  if (const auto json = base::JsonDocument::Parse(bytes); json.ok()) {
    AddJson(json->root(), "", &paths);
  } else if (const auto xml = base::ReadXml(bytes); xml.ok()) {
    AddXml(*xml, xml->Root(), &paths);
  }
  return paths;
}

std::vector<GoldenDocument> GoldenDocuments(const document::Registry& registry) {
  std::vector<GoldenDocument> documents;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(testing::kSourceDir) / "tests/golden")) {
    if (!entry.is_regular_file() || entry.path().stem() != "input") continue;
    GoldenDocument document;
    document.options.catalogues = true;
    const fs::path folder = entry.path().parent_path();
    document.name = absl::StrCat(folder.parent_path().filename().string(), "/", folder.filename().string());
    document.bytes = ReadFile(entry.path());
    for (const absl::string_view line : absl::StrSplit(ReadFile(folder / "options.txt"), '\n', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> option = absl::StrSplit(line, absl::MaxSplits('=', 1));
      size_t number = 0;
      if (option.first == "from") document.options.from = option.second;
      if (option.first == "report_index" && absl::SimpleAtoi(option.second, &number)) {
        document.options.import.report_index = number;
      }
    }
    document.format =
        document.options.from.empty() ? document::Detect(registry, document.bytes).format : document.options.from;
    documents.push_back(std::move(document));
  }
  std::sort(documents.begin(), documents.end(),
            [](const GoldenDocument& a, const GoldenDocument& b) { return a.name < b.name; });
  return documents;
}

}  // namespace passerelle::adapters
