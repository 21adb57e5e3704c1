#include "adapters/elm/adapter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "adapters/families/carrier.h"
#include "adapters/families/european.h"
#include "core/base/json_peek.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/elm/codec.h"

namespace passerelle::adapters::elm {
namespace {

namespace model = ::passerelle::elm;
using document::Confidence;
using document::FormatInfo;
using document::Imported;

document::v1::Diagnostic MakeDiagnostic(absl::string_view rule, absl::string_view place, absl::string_view message,
                                        document::v1::Severity severity) {
  document::v1::Diagnostic diagnostic;
  diagnostic.set_rule(std::string(rule));
  diagnostic.set_place(std::string(place));
  diagnostic.set_message(std::string(message));
  diagnostic.set_severity(severity);
  return diagnostic;
}

// The catalogue of DC4EU names the class and describes it by a context of its own, which is not the model's.
bool IsOfOtherContext(absl::string_view bytes) {
  std::string buffer;
  auto peek = base::JsonPeek::Of(families::PeekCarrier(bytes, families::kNeverBaked, &buffer));
  if (peek.has_value() && peek->Has("vc")) peek = base::JsonPeek::Of(peek->Value("vc"));
  return peek.has_value() && absl::StrContains(peek->Value("@context"), "ec.europa.eu/credentials/v1");
}

class ElmAdapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    if (!model::LooksLikeCredential(bytes)) return Confidence::kNone;
    return IsOfOtherContext(bytes) ? Confidence::kPossible : Confidence::kCertain;
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const document::ImportOptions& /*options*/) const override {
    ASSIGN_OR_RETURN(model::ReadCredential read, model::Read(bytes));
    const bool is_unsigned = std::any_of(read.findings.begin(), read.findings.end(),
                                         [](const model::Finding& finding) { return finding.rule == "seal.none"; });
    if (is_unsigned) return base::Problem(base::Reason::kSignatureNone, "protected header");
    RETURN_IF_ERROR(families::CheckOneSubject(read, ""));
    Imported imported;
    imported.european = true;
    if (read.envelope == model::Envelope::kSealed) {
      imported.diagnostics.push_back(MakeDiagnostic("seal.stays-with-original", "",
                                                    "The seal covers the bytes as received, not what is written anew.",
                                                    document::v1::SEVERITY_WARNING));
    }
    for (const model::Finding& finding : read.findings) {
      if (imported.diagnostics.size() >= base::kFindingsMax) break;
      const bool kept = finding.rule == "json.unknown-member" || finding.rule == "claim.taken";
      imported.diagnostics.push_back(
          MakeDiagnostic(finding.rule, finding.pointer, finding.message,
                         kept ? document::v1::SEVERITY_NOTE : document::v1::SEVERITY_WARNING));
    }
    imported.credential = std::move(read.credential);
    return imported;
  }

 private:
  const FormatInfo info_ = {"elm",
                            "European Learning Model, European Digital Credentials",
                            {"3.1", "3.2", "3.3"},
                            {"read", "write"},
                            "beta",
                            "application/ld+json",
                            "elm-3"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<ElmAdapter>(); }

}  // namespace passerelle::adapters::elm
