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

// Certificates are pruefungszeugnis, fortbildungszeugnis and zeugnisAEVO; other messages pass between authorities.
absl::Status CheckKind(const Source& source) {
  const std::string& kind = source.root()->name;
  const std::string place = source.tree().Path(source.root());
  if (absl::StrContains(kind, "eintragungsbestaetigung")) return Problem(Reason::kEnrolmentCertificate, place);
  if (absl::StrContains(kind, "zeugnis")) return absl::OkStatus();
  return Problem(Reason::kFormatNotSupported, place, "no certificate of XBerufsbildung");
}

absl::Status CheckLearner(const Source& source) {
  const std::vector<const SourceNode*> learners = source.Find(source.root(), "pruefling");
  if (learners.empty()) return Problem(Reason::kLearnerMissing, source.tree().Path(source.root()));
  if (learners.size() > 1) return Problem(Reason::kSeveralSubjects, source.tree().Path(learners[1]));
  const SourceNode* const learner = learners.front();
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

// The examination of trainers has no result as a whole; it is passed with every part of it.
absl::Status CheckPassed(const Source& source) {
  for (const SourceNode* grade :
       source.Find(source.root(), IsOfTrainer(source.root()) ? "pruefungsteil/benotung" : "gesamtergebnis")) {
    if (document::XBildungPassed(source, grade) != false) continue;
    return Problem(Reason::kNothingAwarded, source.tree().Path(grade));
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
    RETURN_IF_ERROR(CheckKind(source));
    RETURN_IF_ERROR(CheckLearner(source));
    RETURN_IF_ERROR(CheckPassed(source));
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
                                      "xberufsbildung-6"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<XBerufsbildungAdapter>(); }

}  // namespace passerelle::adapters::xberufsbildung
