#include "adapters/presentation/adapter.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/families/carrier.h"
#include "adapters/presentation/envelope.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/document/allowance.h"

namespace passerelle::adapters::presentation {
namespace {

using base::Problem;
using base::Reason;
using document::Confidence;
using document::Enclosed;
using document::FormatInfo;
using document::Imported;
using document::ImportOptions;

class PresentationAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override { return LooksLikeEnvelope(bytes); }

  absl::StatusOr<std::optional<Enclosed>> Open(absl::string_view bytes, const ImportOptions& options) const override {
    RETURN_IF_ERROR(families::CheckSigned(bytes));
    ASSIGN_OR_RETURN(Envelope envelope, OpenEnvelope(bytes));
    const bool several = envelope.contents.size() > 1;
    if (several && !options.report_index.has_value()) {
      return Problem(Reason::kSeveralReports, envelope.contents[1].place);
    }
    // With one credential the index is left to it: its own reports are meant.
    const size_t chosen = several ? *options.report_index : 0;
    if (chosen >= envelope.contents.size()) {
      return Problem(Reason::kFieldInvalid, "report_index",
                     absl::StrCat("there are ", envelope.contents.size(), " credentials"));
    }
    Enclosed enclosed;
    enclosed.bytes = std::move(envelope.contents[chosen].bytes);
    enclosed.place = envelope.contents[chosen].place;
    if (!several) enclosed.report_index = options.report_index;
    document::Listing listed;
    for (size_t i = 0; i < envelope.contents.size(); ++i) {
      if (i != chosen) AddDropped(envelope.contents[i].place, "another credential was asked for", &listed, &enclosed);
    }
    enclosed.among_others = several || envelope.has_others;
    if (options.list_mapped) {
      for (std::string& place : envelope.used) enclosed.mapped.emplace_back().set_source(std::move(place));
    }
    for (const std::string& place : envelope.dropped) {
      AddDropped(place, "belongs to what holds the credential, not to the learning", &listed, &enclosed);
    }
    return std::optional<Enclosed>(std::move(enclosed));
  }

  std::optional<std::string> SignedWithin(absl::string_view bytes) const override {
    auto envelope = OpenEnvelope(bytes);
    if (!envelope.ok() || envelope->contents.size() != 1) return std::nullopt;
    return std::move(envelope->contents.front().bytes);
  }

  absl::StatusOr<Imported> Import(absl::string_view /*bytes*/, const ImportOptions& /*options*/) const override {
    return Problem(Reason::kFormatNotSupported, "", "an envelope within an envelope; send what is inside");
  }

 private:
  // The list is bounded, and its last entry says so.
  static void AddDropped(const std::string& place, absl::string_view reason, document::Listing* listed,
                         Enclosed* enclosed) {
    constexpr absl::string_view kMore = "and more than are listed";
    const bool takes = listed->Takes([&] { return place.size() + reason.size(); });
    if (!takes && enclosed->dropped.back().reason() == kMore) return;
    document::v1::DroppedSource& dropped = enclosed->dropped.emplace_back();
    if (takes) dropped.set_source(place);
    dropped.set_reason(std::string(takes ? reason : kMore));
  }

  const FormatInfo info_ = {"vc-presentation",
                            "Presentations and envelopes around a credential: W3C, OpenID4VCI, JWS in JSON",
                            {"W3C 1.1", "W3C 2.0"},
                            {"read"},
                            "beta",
                            "application/vp",
                            "vc-presentation-3"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<PresentationAdapter>(); }

}  // namespace passerelle::adapters::presentation
