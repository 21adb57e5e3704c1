#include "adapters/virta/adapter.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "adapters/virta/mapping.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::adapters::virta {
namespace {

constexpr absl::string_view kNamespace = "urn:mace:funet.fi:virta/";
constexpr absl::string_view kRoots[] = {
    "Envelope",    "OpiskelijanKaikkiTiedotResponse", "OpiskelijanTiedotResponse", "Virta",
    "Opiskelijat", "OpintosuorituksetResponse",       "Opintosuoritukset"};

// Behind a header with the signature of a message, if there is one. UTF-16 has the same letters with a zero each.
bool NamesNamespace(absl::string_view bytes) {
  constexpr size_t kLookBytes = 64u << 10;
  std::string text(bytes.substr(0, kLookBytes));
  if (absl::StartsWith(text, "\xFE\xFF") || absl::StartsWith(text, "\xFF\xFE")) {
    text.erase(std::remove(text.begin(), text.end(), '\0'), text.end());
  }
  return absl::StrContains(text, kNamespace);
}

// The elements of learners, at whatever depth of envelopes.
std::vector<const SourceNode*> Learners(const Source& source) {
  const SourceNode* at = source.root();
  constexpr int kEnvelopes = 4;
  for (int i = 0; i < kEnvelopes; ++i) {
    std::vector<const SourceNode*> found = source.Find(at, "Opiskelija");
    if (!found.empty()) return found;
    const SourceNode* const inner =
        source.FindFirst(at, "Body|OpiskelijanKaikkiTiedotResponse|OpiskelijanTiedotResponse|Virta|Opiskelijat");
    if (inner == nullptr) break;
    at = inner;
  }
  return {};
}

// Records of one identity code are of one learner.
absl::StatusOr<std::vector<const SourceNode*>> ChooseRecords(Source* source, const ImportOptions& options) {
  std::vector<const SourceNode*> records = Learners(*source);
  if (records.empty()) {
    const SourceNode* const fault = source->FindFirst(source->root(), "Body/Fault");
    if (fault == nullptr) return Problem(Reason::kLearnerMissing, source->tree().Path(source->root()));
    return Problem(Reason::kLearnerMissing, source->tree().Path(fault), "the register answered with an error");
  }
  if (options.report_index.has_value()) {
    if (*options.report_index >= records.size()) {
      return Problem(Reason::kFieldInvalid, "report_index",
                     absl::StrCat("the answer has ", records.size(), " learner records"));
    }
    for (size_t i = 0; i < records.size(); ++i) {
      if (i != *options.report_index) source->Drop(records[i], "another record of the answer was asked for");
    }
    return std::vector<const SourceNode*>{records[*options.report_index]};
  }
  std::set<std::string> codes;
  for (const SourceNode* record : records) {
    codes.insert(source->TextOf(record, "Henkilotunnus"));
    if (codes.size() > 1) return Problem(Reason::kSeveralReports, source->tree().Path(record));
  }
  if (records.size() > 1 && codes.count("") > 0) {
    return Problem(Reason::kSeveralReports, source->tree().Path(records[1]));
  }
  return records;
}

class VirtaAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto root = base::PeekXmlRoot(bytes);
    const bool known =
        root.has_value() && std::find(std::begin(kRoots), std::end(kRoots), root->local) != std::end(kRoots);
    return known && NamesNamespace(bytes) ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfXml(bytes));
    Source source(std::move(tree), options);
    ASSIGN_OR_RETURN(const std::vector<const SourceNode*> records, ChooseRecords(&source, options));
    const std::string suffix =
        options.report_index.has_value() ? absl::StrCat("report:", *options.report_index) : std::string();
    Draft draft(&source, bytes, suffix);
    MapLearner(&source, &draft, records);
    RETURN_IF_ERROR(MapStudies(&source, &draft, records));
    return draft.Finish(options);
  }

 private:
  const document::FormatInfo info_ = {"virta",        "VIRTA, the data warehouse of Finnish higher education",
                                      {"2015/09/01"}, {"read"},
                                      "beta",         "application/xml",
                                      "virta-6"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<VirtaAdapter>(); }

}  // namespace passerelle::adapters::virta
