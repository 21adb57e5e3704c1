#include "adapters/ooapi/adapter.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "adapters/families/names.h"
#include "adapters/ooapi/catalogue.h"
#include "adapters/ooapi/mapping.h"
#include "adapters/ooapi/parts.h"
#include "adapters/ooapi/version.h"
#include "adapters/ooapi/write.h"
#include "core/base/json_peek.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::adapters::ooapi {
namespace {

// Members that only objects of this interface have, each beside the code that all of them have.
constexpr absl::string_view kIds[] = {
    "courseId",    "programId",      "offeringId",       "componentId",         "organizationId",     "personId",
    "programmeId", "organisationId", "courseOfferingId", "programmeOfferingId", "learningComponentId"};

bool IsAssociation(const base::JsonPeek& peek) {
  return peek.Has("associationId") && (peek.Has("offering") || peek.Has("result"));
}

// A page of a list, whose items have codes and ids of the interface, or are associations.
bool IsPage(const base::JsonPeek& top) {
  if (!top.Has("items") || !top.Has("pageSize")) return false;
  const auto first = base::JsonPeek::Of(top.Value("items"));
  if (!first.has_value()) return false;
  if (IsAssociation(*first)) return true;
  if (!first->Has("primaryCode")) return false;
  return std::any_of(std::begin(kIds), std::end(kIds), [&first](absl::string_view id) { return first->Has(id); });
}

bool IsPlaceholder(absl::string_view text) { return absl::StartsWith(text, "--") && absl::EndsWith(text, "--"); }

// A result is an award to a student whose association stands, or has ended.
absl::Status CheckAssociation(const Source& source, const SourceNode* association) {
  const std::string role = source.TextOf(association, "role");
  if (!role.empty() && role != "student") {
    return Problem(Reason::kNothingAwarded, source.tree().Path(source.FindFirst(association, "role")),
                   "the association is that of no student");
  }
  const std::string state = source.TextOf(association, "state");
  const std::string place = source.tree().Path(source.FindFirst(association, "state"));
  // Version 5 spells it "canceled".
  if (state == "cancelled" || state == "canceled" || state == "denied") return Problem(Reason::kNothingAwarded, place);
  if (state == "pending" || state == "queued") return Problem(Reason::kResultNotFinal, place);
  return absl::OkStatus();
}

// Values of several people must never meet in one translation.
absl::Status CheckOneLearner(const Source& source, const SourceNode* association) {
  for (const char* member : {"person", "student"}) {
    const std::vector<const SourceNode*> people = source.Find(association, member);
    if (people.size() > 1) return Problem(Reason::kSeveralSubjects, source.tree().Path(people[1]));
  }
  return absl::OkStatus();
}

// Results are passed and final before they are an award.
absl::Status CheckResult(const Source& source, const SourceNode* association) {
  const SourceNode* const result = source.FindFirst(association, "result");
  const std::string place = source.tree().Path(result == nullptr ? association : result);
  const std::string pass = absl::AsciiStrToLower(source.TextOf(result, "pass"));
  if (pass == "failed") return Problem(Reason::kNothingAwarded, place);
  const std::string state = source.TextOf(result, "state");
  const bool final = state == "completed" || state == "final" || state == "finished";
  if (pass != "passed" || !final) return Problem(Reason::kResultNotFinal, place);
  return absl::OkStatus();
}

class OoapiAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto top = base::JsonPeek::Of(bytes);
    if (!top.has_value()) return Confidence::kNone;
    if (IsAssociation(*top)) return Confidence::kCertain;
    const bool coded = absl::StrContains(top->Value("primaryCode"), "\"codeType\"");
    for (const absl::string_view id : kIds) {
      if (coded && top->Has(id)) return Confidence::kCertain;
    }
    if (IsPage(*top)) return Confidence::kCertain;
    return top->Has("consumerKey") ? Confidence::kPossible : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfJson(bytes));
    Source source(std::move(tree), options);
    RETURN_IF_ERROR(RefuseTemplate(source));
    if (IsCatalogue(source)) return ImportCatalogue(&source);
    ASSIGN_OR_RETURN(const SourceNode* const association, ChooseAssociation(&source, options));
    RETURN_IF_ERROR(CheckAssociation(source, association));
    RETURN_IF_ERROR(CheckOneLearner(source, association));
    RETURN_IF_ERROR(CheckResult(source, association));
    if (LearnerOf(source, association) == nullptr) {
      return Problem(Reason::kLearnerMissing, source.tree().Path(association));
    }
    const SourceNode* const offering_id = source.FindFirst(association, kOfferingIds);
    if (OfferingOf(source, association) == nullptr && offering_id != nullptr) {
      return Problem(Reason::kReferenceNotEmbedded, source.tree().Path(offering_id));
    }
    Draft draft(&source, bytes);
    MapResult(&source, &draft, association);
    return draft.Finish(options);
  }

  absl::StatusOr<document::Exported> ExportCatalogue(const elm::v3::Dataset& catalogue,
                                                     const document::ExportOptions& options) const override {
    return WriteCatalogue(catalogue, options, kVersion6);
  }

 private:
  static absl::Status RefuseTemplate(const Source& source) {
    for (const SourceNode& node : source.tree().nodes()) {
      if (IsPlaceholder(node.text)) return Problem(Reason::kTemplateNotFilled, source.tree().Path(&node));
    }
    return absl::OkStatus();
  }

  // A result names its offering and course, but is an association itself.
  static bool IsCatalogue(const Source& source) {
    const std::vector<const SourceNode*> entries = EntriesOf(source);
    return std::any_of(entries.begin(), entries.end(), [&source](const SourceNode* entry) {
      return source.FindFirst(entry, "associationId") == nullptr && IsCatalogueEntry(source, entry);
    });
  }

  static absl::StatusOr<Imported> ImportCatalogue(Source* source) {
    Imported imported;
    ASSIGN_OR_RETURN(imported.catalogue, ReadCatalogue(source));
    source->Close(&imported);
    return imported;
  }

  // An association on its own, one of a list, or one of a page ("items").
  static absl::StatusOr<const SourceNode*> ChooseAssociation(Source* source, const ImportOptions& options) {
    std::vector<const SourceNode*> found;
    for (const char* path : {"", "items"}) {
      for (const SourceNode* node : source->Find(source->root(), path)) {
        if (source->FindFirst(node, "associationId") != nullptr) found.push_back(node);
      }
    }
    if (found.empty()) return Problem(Reason::kNotACredential, "/");
    if (options.report_index.has_value() && *options.report_index >= found.size()) {
      return Problem(Reason::kFieldInvalid, "report_index",
                     absl::StrCat("the document has ", found.size(), " associations"));
    }
    if (found.size() > 1 && !options.report_index.has_value()) {
      return Problem(Reason::kSeveralReports, source->tree().Path(found[1]));
    }
    const size_t chosen = options.report_index.value_or(0);
    for (size_t i = 0; i < found.size(); ++i) {
      if (i != chosen) source->Drop(found[i], "another association of the document was asked for");
    }
    return found[chosen];
  }

  const document::FormatInfo info_ = {"ooapi",    "Open Education API: results read, catalogues read and written",
                                      {"5", "6"}, {"read", "write"},
                                      "beta",     "application/json",
                                      "ooapi-9"};
};

class Version5Writer : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view) const override { return Confidence::kNone; }

  absl::StatusOr<Imported> Import(absl::string_view, const ImportOptions&) const override {
    return Problem(Reason::kFormatNotSupported, info_.id, "it is read as ooapi");
  }

  absl::StatusOr<document::Exported> ExportCatalogue(const elm::v3::Dataset& catalogue,
                                                     const document::ExportOptions& options) const override {
    return WriteCatalogue(catalogue, options, kVersion5);
  }

 private:
  const document::FormatInfo info_ = {"ooapi5",  "Open Education API 5: catalogues written, read as ooapi",
                                      {"5"},     {"write"},
                                      "beta",    "application/json",
                                      "ooapi5-2"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<OoapiAdapter>(); }

std::unique_ptr<const document::Adapter> MakeVersion5Writer() { return std::make_unique<Version5Writer>(); }

}  // namespace passerelle::adapters::ooapi
