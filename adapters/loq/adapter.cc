#include "adapters/loq/adapter.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "adapters/loq/names.h"
#include "adapters/loq/read_xml.h"
#include "adapters/loq/shapes.h"
#include "adapters/loq/write_xml.h"
#include "core/base/json_peek.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"
#include "core/elm/codec.h"

namespace passerelle::adapters::loq {
namespace {

constexpr absl::string_view kRoot = "Courses";

// Classes of which a catalogue has nodes; agents and places alone are none.
constexpr absl::string_view kClasses[] = {"LearningOpportunity",
                                          "Qualification",
                                          "LearningAchievementSpecification",
                                          "LearningActivitySpecification",
                                          "LearningAssessmentSpecification",
                                          "LearningEntitlementSpecification",
                                          "LearningOutcome"};

constexpr absl::string_view kModel = "data.europa.eu/snb/model/";

// How far into a document the classes of its nodes are looked for.
constexpr size_t kLookBytes = 64u << 10;

bool NamesClass(absl::string_view json) {
  return std::any_of(std::begin(kClasses), std::end(kClasses), [json](absl::string_view name) {
    return absl::StrContains(json, absl::StrCat("\"", name, "\"")) ||
           absl::StrContains(json, absl::StrCat("elm/", name, "\"")) ||
           absl::StrContains(json, absl::StrCat("elm:", name, "\""));
  });
}

// UTF-16 has the same letters with a zero each.
bool NamesModel(absl::string_view xml) {
  std::string text(xml);
  if (absl::StartsWith(text, "\xFE\xFF") || absl::StartsWith(text, "\xFF\xFE")) {
    text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  }
  return absl::StrContains(text, kModel);
}

// Something that is offered or described; agents and places alone are no catalogue.
bool HasEntry(const elm::v3::Dataset& catalogue) {
  return std::any_of(catalogue.node().begin(), catalogue.node().end(), [](const elm::v3::DatasetNode& node) {
    return node.node_case() != elm::v3::DatasetNode::NODE_NOT_SET &&
           node.node_case() <= elm::v3::DatasetNode::kLearningOutcome;
  });
}

bool IsXml(absl::string_view bytes) { return base::PeekXmlRoot(bytes).has_value(); }

class LoqAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    if (bytes.size() > base::kDocumentBytesMax) return Confidence::kNone;
    const absl::string_view head = bytes.substr(0, kLookBytes);
    if (const auto root = base::PeekXmlRoot(bytes)) {
      return root->local == kRoot && NamesModel(head) ? Confidence::kCertain : Confidence::kNone;
    }
    const auto top = base::JsonPeek::Of(bytes);
    if (!top.has_value()) return Confidence::kNone;
    const absl::string_view type = top->Has("type") ? top->Value("type") : top->Value("@type");
    const absl::string_view graph = top->Value("@graph");
    if (!NamesClass(type) && !NamesClass(graph.substr(0, kLookBytes))) return Confidence::kNone;
    if (elm::LooksLikeCredential(bytes)) return Confidence::kNone;
    return absl::StrContains(top->Value("@context"), kModel) ? Confidence::kCertain : Confidence::kPossible;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    const bool xml = IsXml(bytes);
    ASSIGN_OR_RETURN(Imported imported, xml ? ImportXml(bytes, options) : ImportJson(bytes));
    if (!HasEntry(*imported.catalogue)) {
      return Problem(Reason::kFieldMissing, xml ? "/Courses" : "/", "the catalogue has no entry");
    }
    return imported;
  }

  absl::StatusOr<document::Exported> ExportCatalogue(const elm::v3::Dataset& catalogue,
                                                     const document::ExportOptions& options) const override {
    return WriteCourses(catalogue, options);
  }

 private:
  static void AddMissing(PlaceOf place_of, Step step, Imported* imported) {
    for (document::v1::Diagnostic& missing : CheckShapes(*imported->catalogue, place_of, step)) {
      if (imported->diagnostics.size() >= base::kFindingsMax) break;
      imported->diagnostics.push_back(std::move(missing));
    }
  }

  static absl::StatusOr<Imported> ImportXml(absl::string_view bytes, const ImportOptions& options) {
    ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfXml(bytes));
    if (tree.root()->name != kRoot)
      return Problem(Reason::kFormatUnknown, tree.Path(tree.root()), "the root is Courses");
    Source source(std::move(tree), options);
    Imported imported;
    std::vector<const SourceNode*> places;
    imported.catalogue = ReadCourses(&source, &places);
    RETURN_IF_ERROR(source.CheckAllowance());
    source.Close(&imported);
    AddMissing([&](size_t node) { return source.tree().Path(places[node]); }, &XmlStep, &imported);
    return imported;
  }

  static absl::StatusOr<Imported> ImportJson(absl::string_view bytes) {
    ASSIGN_OR_RETURN(elm::ReadDataset read, elm::ReadData(bytes));
    Imported imported;
    for (const elm::Finding& finding : read.findings) {
      if (imported.diagnostics.size() >= base::kFindingsMax) break;
      document::v1::Diagnostic& diagnostic = imported.diagnostics.emplace_back();
      diagnostic.set_rule(finding.rule);
      diagnostic.set_place(finding.pointer);
      diagnostic.set_message(finding.message);
      const bool kept = finding.rule == "json.unknown-member";
      diagnostic.set_severity(kept ? document::v1::SEVERITY_NOTE : document::v1::SEVERITY_WARNING);
    }
    imported.catalogue = std::move(read.dataset);
    AddMissing([&](size_t node) { return read.places[node]; }, &JsonStep, &imported);
    return imported;
  }

  const document::FormatInfo info_ = {
      "loq",          "European Learning Model, catalogues of learning opportunities and qualifications",
      {"3.1", "3.2"}, {"read", "write"},
      "beta",         "application/xml",
      "loq-5"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<LoqAdapter>(); }

}  // namespace passerelle::adapters::loq
