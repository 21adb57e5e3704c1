#include "adapters/ewp/adapter.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/families/around.h"
#include "adapters/families/names.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/base/xml.h"

namespace passerelle::adapters::ewp {
namespace {

using document::Enclosed;

constexpr absl::string_view kNamespace =
    "https://github.com/erasmus-without-paper/ewp-specs-api-imobility-tors/blob/stable-v";
constexpr absl::string_view kOfTheExchange = "belongs to the exchange between institutions, not to the learning";
constexpr absl::string_view kNotAskedFor = "another transcript of the answer was asked for";
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
    ASSIGN_OR_RETURN(const Chosen chosen, Choose(document, mobilities, options.report_index));
    const pugi::xml_node mobility = mobilities[chosen.mobility];
    const pugi::xml_node transcript = TranscriptIn(mobility);
    if (!transcript) return Problem(Reason::kReportMissing, document.Path(mobility));
    for (pugi::xml_node other = transcript.next_sibling(); other; other = other.next_sibling()) {
      if (base::XmlLocalName(other) == "elmo") return Problem(Reason::kSeveralReports, document.Path(other));
    }
    Enclosed enclosed;
    enclosed.format = "elmo";
    enclosed.bytes = base::XmlElementAsDocument(transcript);
    enclosed.place = document.Path(mobility);
    enclosed.report_index = chosen.report;
    enclosed.among_others = mobilities.size() > 1;
    const auto reason_of = [](const pugi::xml_node& beside) {
      return TranscriptIn(beside) ? kNotAskedFor : kOfTheExchange;
    };
    families::DropAround(document, transcript, kOfTheExchange, reason_of, &enclosed);
    return std::optional<Enclosed>(std::move(enclosed));
  }

  absl::StatusOr<Imported> Import(absl::string_view /*bytes*/, const ImportOptions& /*options*/) const override {
    return Problem(Reason::kFormatNotSupported, kRoot, "an answer is opened; what is inside has a format of its own");
  }

 private:
  struct Chosen {
    size_t mobility = 0;
    std::optional<size_t> report;  // of its transcript, where that has several
  };

  // The index counts the reports of the whole answer, in the order of its transcripts.
  static absl::StatusOr<Chosen> Choose(const base::XmlDocument& document, const std::vector<pugi::xml_node>& mobilities,
                                       std::optional<size_t> index) {
    std::vector<pugi::xml_node> reports;
    std::optional<Chosen> chosen;
    for (size_t i = 0; i < mobilities.size(); ++i) {
      const size_t before = reports.size();
      const pugi::xml_node transcript = TranscriptIn(mobilities[i]);
      if (!transcript) continue;
      for (const pugi::xml_node& report : document.Children(transcript, "report")) reports.push_back(report);
      const size_t wanted = index.value_or(0);
      if (wanted < before || wanted >= reports.size()) continue;
      chosen = Chosen{i, std::nullopt};
      if (reports.size() - before > 1) chosen->report = wanted - before;
    }
    if (reports.empty()) return Chosen();  // what is missing is told by what is read
    if (reports.size() > 1 && !index.has_value()) {
      return Problem(Reason::kSeveralReports, document.Path(reports[1]),
                     absl::StrCat("the reports of the answer have the indices 0 to ", reports.size() - 1));
    }
    if (chosen.has_value()) return *chosen;
    return Problem(Reason::kFieldInvalid, "report_index",
                   absl::StrCat("the answer has ", reports.size(), " reports, counted from 0"));
  }

  const document::FormatInfo info_ = {
      "ewp",  "Erasmus Without Paper, transcripts of incoming mobility", {"2"}, {"read"}, "beta", "application/xml",
      "ewp-6"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<EwpAdapter>(); }

}  // namespace passerelle::adapters::ewp
