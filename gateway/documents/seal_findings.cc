#include "gateway/documents/seal_findings.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/problem.h"
#include "core/proof/jades/jades.h"

namespace passerelle::gateway {

void AddSealFindings(absl::string_view sealed, absl::Time at, elm::CheckResult* result) {
  const proof::JadesVerdict verdict = proof::VerifyJades(sealed, {}, at);
  for (const proof::Finding& finding : verdict.findings.list()) {
    if (finding.weight == proof::Weight::kNote) continue;
    const base::CatalogueEntry& entry = base::Catalogue(finding.reason);
    const std::string reason = absl::AsciiStrToLower(absl::StrReplaceAll(entry.name, {{"_", "-"}}));
    elm::Finding told{"", absl::StrCat("seal.", reason),
                      absl::StrCat(finding.place, ": ", finding.detail.empty() ? entry.meaning : finding.detail)};
    if (finding.reason == base::Reason::kCertificateExpired) {
      result->plausibility.push_back(std::move(told));
    } else {
      result->conformance.findings.push_back(std::move(told));
      result->conformance.conforms = false;
    }
  }
}

}  // namespace passerelle::gateway
