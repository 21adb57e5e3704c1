#include "adapters/xhochschule/adapter.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "adapters/families/names.h"
#include "adapters/xhochschule/mapping.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"
#include "core/document/xbildung.h"

namespace passerelle::adapters::xhochschule {
namespace {

constexpr absl::string_view kNamespace = "http://xhochschule.de/def/xhochschule/";

// "1.2" of ".../xhochschule/1.2/xsd".
absl::string_view VersionOf(absl::string_view name_space) {
  absl::ConsumePrefix(&name_space, kNamespace);
  return name_space.substr(0, name_space.find('/'));
}

class XHochschuleAdapter : public document::Adapter {
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
    RETURN_IF_ERROR(CheckRoot(&source));
    Draft draft(&source, bytes);
    const Frame frame = {&source, &draft, document::XBildungLanguage(&source, root)};
    if (root->name == "transcriptOfRecords") {
      MapTranscript(frame, root);
    } else if (root->name == "diplomaSupplement") {
      RETURN_IF_ERROR(MapSupplement(frame, root));
    } else {
      RETURN_IF_ERROR(MapCertificate(frame, root));
    }
    return draft.Finish(options);
  }

 private:
  absl::Status CheckRoot(Source* source) const {
    const SourceNode* const root = source->root();
    const std::string place = source->tree().Path(root);
    if (!absl::StartsWith(root->name_space, kNamespace)) return Problem(Reason::kXmlNamespace, place);
    // Certificates of enrolment, of leaving, of the course of studies, and of the terms for the pension.
    for (const char* part :
         {"matrikulationsbescheinigung", "tudienverlauf", "tudienbescheinigung", "entenbescheinigung"}) {
      if (absl::StrContains(root->name, part)) return Problem(Reason::kEnrolmentCertificate, place);
    }
    const bool known = root->name == "transcriptOfRecords" || root->name == "diplomaSupplement" ||
                       root->name == "hochschulabschlusszeugnis";
    if (!known) return Problem(Reason::kFormatNotSupported, place, "no document of XHochschule that states learning");
    const bool certificate = root->name != "diplomaSupplement";
    const std::vector<const SourceNode*> people = source->Find(root, certificate ? "studierender" : "angabenInhaber");
    if (people.empty()) return Problem(Reason::kLearnerMissing, place);
    if (people.size() > 1) return Problem(Reason::kSeveralSubjects, source->tree().Path(people[1]));
    const std::string version(VersionOf(root->name_space));
    if (std::find(info_.versions.begin(), info_.versions.end(), version) == info_.versions.end()) {
      source->Warn("version.unknown", root, "This version is not known; it was read like those that are.");
    }
    return absl::OkStatus();
  }

  const document::FormatInfo info_ = {"xhochschule",
                                      "XHochschule, documents of German universities",
                                      {"0.7", "0.91", "0.92", "0.93", "0.94", "1.0", "1.1", "1.2"},
                                      {"read"},
                                      "beta",
                                      "application/xml",
                                      "xhochschule-6"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<XHochschuleAdapter>(); }

}  // namespace passerelle::adapters::xhochschule
