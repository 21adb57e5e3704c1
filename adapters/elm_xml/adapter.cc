#include "adapters/elm_xml/adapter.h"

#include "absl/strings/match.h"
#include "core/base/problem.h"
#include "core/base/xml.h"

namespace passerelle::adapters::elm_xml {
namespace {

using document::Confidence;
using document::FormatInfo;
using document::Imported;

// How far into a catalogue its namespace declarations are looked for.
constexpr size_t kLookBytes = 8192;

class ElmXmlAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto root = base::PeekXmlRoot(bytes);
    if (!root.has_value()) return Confidence::kNone;
    if (root->local == "europassCredential" && root->name_space == "http://data.europa.eu/snb") {
      return Confidence::kCertain;
    }
    const bool catalogue = root->local == "Courses" || root->local == "Accreditations";
    const bool european = absl::StrContains(bytes.substr(0, kLookBytes), "http://data.europa.eu/snb/model/");
    return catalogue && european ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<Imported> Import(absl::string_view /*bytes*/,
                                  const document::ImportOptions& /*options*/) const override {
    return base::Problem(base::Reason::kFormatNotSupported, "document",
                         "the XML forms of the European model are recognised, not read");
  }

 private:
  const FormatInfo info_ = {"elm-xml",    "European Learning Model in XML: credentials of version 1 and 2, catalogues",
                            {"1", "2"},   {},
                            "recognised", "application/xml",
                            "elm-xml-1"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<ElmXmlAdapter>(); }

}  // namespace passerelle::adapters::elm_xml
