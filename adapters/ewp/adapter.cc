#include "adapters/ewp/adapter.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/names.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::adapters::ewp {
namespace {

using document::Enclosed;

constexpr absl::string_view kNamespace =
    "https://github.com/erasmus-without-paper/ewp-specs-api-imobility-tors/blob/stable-v";
constexpr absl::string_view kRoot = "imobility-tors-get-response";

pugi::xml_node TranscriptIn(const pugi::xml_node& mobility) {
  for (const pugi::xml_node& child : mobility.children()) {
    if (child.type() == pugi::node_element && base::XmlLocalName(child) == "elmo") return child;
  }
  return {};
}

class EwpAdapter : public document::Adapter {
 public:
  const document::FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const auto root = base::PeekXmlRoot(bytes);
    const bool mine = root.has_value() && root->local == kRoot && absl::StartsWith(root->name_space, kNamespace);
    return mine ? Confidence::kCertain : Confidence::kNone;
  }

  absl::StatusOr<std::optional<Enclosed>> Open(absl::string_view bytes, const ImportOptions& options) const override {
    ASSIGN_OR_RETURN(const base::XmlDocument document, base::ReadXml(bytes));
    if (base::XmlLocalName(document.Root()) != kRoot) {
      return Problem(Reason::kFormatUnknown, document.Path(document.Root()), absl::StrCat("the root is ", kRoot));
    }
    const std::vector<pugi::xml_node> mobilities = document.Children(document.Root(), "tor");
    if (mobilities.empty()) return Problem(Reason::kReportMissing, document.Path(document.Root()));
    // With one transcript the index is left to it: its own reports are meant.
    const bool several = mobilities.size() > 1;
    if (several && !options.report_index.has_value()) {
      return Problem(Reason::kSeveralReports, document.Path(mobilities[1]));
    }
    const size_t chosen = several ? *options.report_index : 0;
    if (chosen >= mobilities.size()) {
      return Problem(Reason::kFieldInvalid, "report_index",
                     absl::StrCat("the answer has ", mobilities.size(), " transcripts"));
    }
    const pugi::xml_node transcript = TranscriptIn(mobilities[chosen]);
    if (!transcript) return Problem(Reason::kReportMissing, document.Path(mobilities[chosen]));
    for (pugi::xml_node other = transcript.next_sibling(); other; other = other.next_sibling()) {
      if (base::XmlLocalName(other) == "elmo") return Problem(Reason::kSeveralReports, document.Path(other));
    }
    Enclosed enclosed;
    enclosed.format = "elmo";
    enclosed.bytes = base::XmlElementAsDocument(transcript);
    enclosed.place = document.Path(mobilities[chosen]);
    if (!several) enclosed.report_index = options.report_index;
    enclosed.among_others = several;
    AccountFor(document, mobilities, chosen, &enclosed);
    return std::optional<Enclosed>(std::move(enclosed));
  }

  absl::StatusOr<Imported> Import(absl::string_view /*bytes*/, const ImportOptions& /*options*/) const override {
    return Problem(Reason::kFormatNotSupported, kRoot, "an answer is opened; what is inside has a format of its own");
  }

 private:
  static void AddDropped(std::string source, absl::string_view reason, Enclosed* enclosed) {
    document::v1::DroppedSource& dropped = enclosed->dropped.emplace_back();
    dropped.set_source(std::move(source));
    dropped.set_reason(std::string(reason));
  }

  // What of the answer is outside the transcript.
  static void AccountFor(const base::XmlDocument& document, const std::vector<pugi::xml_node>& mobilities,
                         size_t chosen, Enclosed* enclosed) {
    for (size_t i = 0; i < mobilities.size(); ++i) {
      if (i != chosen) {
        AddDropped(document.Path(mobilities[i]), "another transcript of the answer was asked for", enclosed);
        continue;
      }
      for (const pugi::xml_node& child : mobilities[i].children()) {
        if (child.type() != pugi::node_element || base::XmlLocalName(child) == "elmo") continue;
        AddDropped(document.Path(child), "belongs to the exchange between institutions, not to the learning", enclosed);
      }
    }
  }

  const document::FormatInfo info_ = {
      "ewp",  "Erasmus Without Paper, transcripts of incoming mobility", {"2"}, {"read"}, "beta", "application/xml",
      "ewp-4"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<EwpAdapter>(); }

}  // namespace passerelle::adapters::ewp
