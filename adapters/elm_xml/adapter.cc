#include "adapters/elm_xml/adapter.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "adapters/elm_xml/awards.h"
#include "adapters/elm_xml/mapping.h"
#include "core/base/digest.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::adapters::elm_xml {
namespace {

using base::Problem;
using base::Reason;
using document::Confidence;
using document::FormatInfo;
using document::Imported;
using document::ImportOptions;
using pugi::xml_node;

constexpr absl::string_view kNamespace = "http://data.europa.eu/snb";

// How far into accreditation data their namespace declarations are looked for.
constexpr size_t kLookBytes = 8192;

constexpr absl::string_view kAccreditations = "Accreditations";

absl::Status CheckRoot(const base::XmlDocument& document) {
  const absl::string_view root = base::XmlLocalName(document.Root());
  if (root == kAccreditations) {
    return Problem(Reason::kFormatNotSupported, document.Path(document.Root()),
                   "accreditation data (AMS) are no credential");
  }
  if (root != "europassCredential") {
    return Problem(Reason::kFormatUnknown, document.Path(document.Root()), "the root is europassCredential");
  }
  if (document.Namespace(document.Root()) != kNamespace) return Problem(Reason::kXmlNamespace, "/europassCredential");
  return absl::OkStatus();
}

// The date from which the credential holds: stated, of issue, or of the translation.
std::string ValidFrom(Source* source, const xml_node& root, const ImportOptions& options) {
  for (const char* const name : {"issued", "issuanceDate"}) {
    std::string date = base::XmlText(source->document().Child(root, name));
    if (!date.empty()) return date;
  }
  source->Warn("date.translation", root, "The document has no date; the credential holds from its translation.");
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", options.translation_time, absl::UTCTimeZone());
}

class ElmXmlAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto root = base::PeekXmlRoot(bytes);
    if (!root.has_value()) return Confidence::kNone;
    if (root->local == "europassCredential" && root->name_space == kNamespace) return Confidence::kCertain;
    const bool european = absl::StrContains(bytes.substr(0, kLookBytes), "http://data.europa.eu/snb/model/");
    return root->local == kAccreditations && european ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(base::XmlDocument document, base::ReadXml(bytes));
    RETURN_IF_ERROR(CheckRoot(document));
    Source source(std::move(document));
    const xml_node root = source.document().Root();
    const xml_node subject = source.document().Child(root, "credentialSubject");
    if (!subject) return Problem(Reason::kLearnerMissing, "/europassCredential");

    Imported imported;
    auto* const credential = &imported.credential;
    credential->add_type("VerifiableCredential");
    credential->add_type("EuropeanDigitalCredential");
    FillNode(&source, root, credential);
    constexpr size_t kDigestDigits = 32;
    credential->set_id(absl::StrCat("urn:passerelle:", base::Sha256Hex(bytes).substr(0, kDigestDigits), ":credential"));
    if (credential->valid_from().empty()) credential->set_valid_from(ValidFrom(&source, root, options));
    auto* const person = credential->mutable_credential_subject()->mutable_person();
    if (person->has_claim().empty()) return Problem(Reason::kNothingAwarded, source.document().Path(subject));
    CompleteAwards(&source, root, person, &imported);
    CompleteDisplay(credential);
    source.DropUnused();
    source.Account(&imported);
    return imported;
  }

 private:
  const FormatInfo info_ = {"elm-xml",  "European Learning Model in XML: credentials of version 1 and 2",
                            {"1", "2"}, {"read"},
                            "alpha",    "application/xml",
                            "elm-xml-1"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<ElmXmlAdapter>(); }

}  // namespace passerelle::adapters::elm_xml
