#include "adapters/xberufsbildung/adapter.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "adapters/families/names.h"
#include "adapters/xberufsbildung/mapping.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"
#include "core/document/xbildung.h"
#include "core/elm/rules/date.h"

namespace passerelle::adapters::xberufsbildung {
namespace {

constexpr absl::string_view kNamespace = "http://xberufsbildung.de/def/xberufsbildung/";

absl::Status CheckLearner(const Source& source) {
  const SourceNode* const learner = source.FindFirst(source.root(), "pruefling");
  if (learner == nullptr) return Problem(Reason::kLearnerMissing, source.tree().Path(source.root()));
  for (const char* path : {"nameNatuerlichePerson/familienname", "nameNatuerlichePerson/vorname"}) {
    const std::vector<const SourceNode*> names = source.Find(learner, path);
    if (names.size() > 1) {
      return Problem(Reason::kLearnerUnclear, source.tree().Path(names[1]), "the standard allows one");
    }
  }
  for (const SourceNode* date : source.Find(learner, "geburt/datum/jahrMonatTag")) {
    const auto day = elm::ReadDate(absl::StripAsciiWhitespace(date->text));
    if (!day.has_value() || day->turned) {
      return Problem(Reason::kLearnerUnclear, source.tree().Path(date), "the standard demands year, month and day");
    }
  }
  return absl::OkStatus();
}

class XBerufsbildungAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto root = base::PeekXmlRoot(bytes);
    return root.has_value() && absl::StartsWith(root->name_space, kNamespace) ? Confidence::kCertain
                                                                              : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(SourceTree tree, SourceTree::OfXml(bytes));
    Source source(std::move(tree), options);
    const SourceNode* const root = source.root();
    absl::string_view version = root->name_space;
    if (!absl::ConsumePrefix(&version, kNamespace)) {
      return Problem(Reason::kXmlNamespace, source.tree().Path(root));
    }
    version = version.substr(0, version.find('/'));
    RETURN_IF_ERROR(CheckLearner(source));
    if (document::XBildungPassed(source, source.FindFirst(root, "gesamtergebnis")) == false) {
      return Problem(Reason::kNothingAwarded, source.tree().Path(source.FindFirst(root, "gesamtergebnis")));
    }
    if (std::find(info_.versions.begin(), info_.versions.end(), version) == info_.versions.end()) {
      source.Warn("version.unknown", root, "This version is not known; it was read like those that are.");
    }
    Draft draft(&source, bytes);
    MapCertificate(&source, &draft, root, document::XBildungLanguage(&source, root));
    return draft.Finish(options);
  }

 private:
  const document::FormatInfo info_ = {"xberufsbildung",
                                      "XBerufsbildung, certificates of German chambers",
                                      {"0.5", "0.6"},
                                      {"read"},
                                      "beta",
                                      "application/xml",
                                      "xberufsbildung-2"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<XBerufsbildungAdapter>(); }

}  // namespace passerelle::adapters::xberufsbildung
